"""Settings: the table of them, the reading of it, the accounts they make."""
