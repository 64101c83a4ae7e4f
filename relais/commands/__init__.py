"""One module per subcommand, each with its Typer `app`."""
