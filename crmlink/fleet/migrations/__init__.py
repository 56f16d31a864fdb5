"""What brings the tables of the fleet up to date, beside those of the ledger."""
