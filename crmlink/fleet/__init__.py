"""The fleet: many mailboxes, the same pass as a job for each, on workers that share one PostgreSQL (extra `fleet`)."""
