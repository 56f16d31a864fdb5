"""The ledger: the memory between runs, in SQLite or PostgreSQL."""
