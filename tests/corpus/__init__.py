"""Cases: conversations in, what is agreed, open and broken out; each is a `thread.toml`."""
