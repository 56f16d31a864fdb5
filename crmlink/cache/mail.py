"""What was read of each mail before: one row per message in a folder, and where reading of each folder stood."""

from __future__ import annotations

from typing import Final

LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS mail_folders (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    stand TEXT NOT NULL,
    since TEXT NOT NULL,
    checked_at REAL NOT NULL,
    PRIMARY KEY (account, folder)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mail (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    key TEXT NOT NULL,
    message_id TEXT NOT NULL,
    received_at REAL,
    seen INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (account, folder, key)
);
"""
