"""The service: the daemon, what wakes it, and who watches it."""
