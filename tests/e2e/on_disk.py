"""Owners whose mailbox is a Maildir: the whole program, and no server to start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from crmlink.app.config.accounts import Account, accounts_of
from tests.e2e.office import NOW, Done, run_here

QUESTION = "Hoi,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs\n"


def maildir(directory: Path, owner: str, *, questions: int = 1) -> str:
    """A mailbox with so many questions to the owner, each of somebody else, a week old and older; its MAIL setting."""
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (directory / folder / part).mkdir(parents=True, exist_ok=True)
    for number in range(questions):
        (directory / "cur" / f"{number}:2,S").write_bytes(_question(number, owner))
    return f"maildir://{directory}"


def crmlink(settings: Mapping[str, str], *arguments: str) -> Done:
    """The command line with these settings (by name without the prefix), beside their ledger."""
    return run_here(arguments, settings, Path(settings["DATABASE"]).parent)


def accounts(settings: Mapping[str, str]) -> tuple[Account, ...]:
    """The accounts of these settings."""
    return accounts_of({f"CRMLINK_{name}": text for name, text in settings.items()}, env_file=None)


def _question(number: int, owner: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"Gijs Bakker <gijs{number}@bakker.example>", owner
    message["Subject"], message["Message-ID"] = f"Offerte {number}", f"<ask{number}@test.example>"
    message["Date"] = format_datetime(NOW() - timedelta(days=8 + number))
    message.set_content(QUESTION)
    return message.as_bytes()
