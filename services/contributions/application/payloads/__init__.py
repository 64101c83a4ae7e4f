"""The payloads contributions publish. Amounts, rates and ids are strings; nothing tells who a person is."""
