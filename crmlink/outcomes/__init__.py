"""Outcomes match what lies in Drafts, Sent and Trash, and later mail, against the drafts the ledger knows. Pure."""
