"""Shows a remembered lapse to a person: in one line of a list, or in full with evidence, draft and outcome."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from crmlink.app.config.settings import Settings
from crmlink.drafts.dates import phrase_day
from crmlink.ledger.records import LapseRecord
from crmlink.model.draft import DraftState, StoredDraft

_OUTCOMES = frozenset(
    {
        DraftState.SENT,
        DraftState.ACCEPTED,
        DraftState.EDITED,
        DraftState.DISCARDED,
        DraftState.OVERTAKEN,
        DraftState.PARKED,
    }
)


def in_words(moment: datetime, settings: Settings, now: datetime) -> str:
    """A moment as the owner would say it, in the owner's zone and language: "dinsdag 24 maart 10:00"."""
    local = moment.astimezone(settings.timezone)
    return f"{phrase_day(local.date(), settings.language, now=now.astimezone(settings.timezone))} {local:%H:%M}"


def state_word(one: LapseRecord, stored: StoredDraft | None) -> str:
    """How a lapse stands, in one word: what the owner said of it, what became of it, or else what was decided."""
    if one.repaired_at:
        return "repaired"
    if one.dismissed_at:
        return "dismissed"
    if stored and stored.state in _OUTCOMES:
        return stored.state.value
    return "closed" if one.closed_at else one.decision.value


def show_line(one: LapseRecord, stored: StoredDraft | None, zone: ZoneInfo) -> None:
    """Print a lapse as one line."""
    who = one.contact.name or one.contact.address
    word = state_word(one, stored)
    click.echo(f"{one.id}  {one.happened_at.astimezone(zone):%Y-%m-%d}  {one.kind:<10} {word:<9} {who}: {one.subject}")


def show_lapse(one: LapseRecord, stored: StoredDraft | None, settings: Settings, now: datetime) -> None:
    """Print all that is known of a lapse."""
    zone = settings.timezone
    happened = one.happened_at.astimezone(zone)
    click.echo(f"{one.kind}, fault {one.fault}, {one.confidence:.0%} sure, {happened:%Y-%m-%d %H:%M}")
    click.echo(f"{one.contact.name} <{one.contact.address}>: {one.subject}")
    for evidence in one.evidence:
        click.echo(f"  {evidence.rule} ({evidence.source} {evidence.ref}): “{evidence.quote}”")
    click.echo(f"{state_word(one, stored)}: {one.reason}")
    if stored:
        to = ", ".join(person.address for person in stored.draft.to)
        error = f" ({stored.error})" if stored.error else ""
        click.echo(f"\nDraft {stored.draft.message_id}, {stored.state}{error}\nTo: {to}\n")
        click.echo(f"Subject: {stored.draft.subject}\n\n{stored.draft.body}")
        click.echo(f"Outcome: {_outcome(stored, settings, now)}")
    if one.repaired_at:
        click.echo(f"Repaired: it was made good on {in_words(one.repaired_at, settings, now)}")


def _outcome(stored: StoredDraft, settings: Settings, now: datetime) -> str:
    at = f" on {in_words(stored.closed_at, settings, now)}" if stored.closed_at else ""
    match stored.state:
        case DraftState.ACCEPTED if stored.acceptance:
            words = f" (“{stored.acceptance.quote}”)" if stored.acceptance.quote else ""
            return f"sent{at}; they picked {in_words(stored.acceptance.option.start, settings, now)}{words}"
        case DraftState.SENT | DraftState.ACCEPTED:
            return f"sent{at}; they have picked no moment yet"
        case DraftState.EDITED:
            return "you edited it: it is yours now, and crmlink leaves it alone"
        case DraftState.DISCARDED:
            return f"you deleted it, as was seen{at}; that is remembered as a no"
        case DraftState.OVERTAKEN:
            return f"nobody needed it any more; it was moved to Trash{at}"
        case DraftState.PLACED:
            since = f" since {in_words(stored.placed_at, settings, now)}" if stored.placed_at else ""
            return f"it lies in Drafts{since}, as it was written"
        case _:
            return "it is not in Drafts yet"
