"""The command line: thin, one module per command; only `errors` prints errors."""
