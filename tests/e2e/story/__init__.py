"""Every operation of the API, asked once in an order that makes sense, with the examples of the document."""
