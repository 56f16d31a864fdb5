"""Lapses with what became of them, as tables for other programs: CSV (RFC 4180) and JSON lines. Reads the ledger only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, Final

from crmlink.app.documents import SCHEMA
from crmlink.ledger.records import LapseRecord
from crmlink.ledger.store import Ledger
from crmlink.model.draft import StoredDraft

COLUMNS: Final = (
    "id", "kind", "fault", "name", "address", "company", "subject", "happened_at", "due", "decision", "found_at", "draft",
    "draft_subject", "placed_at", "closed_at", "accepted_start", "accepted_end", "repaired_at", "dismissed_at",
)  # fmt: skip
"""`draft` is what became of the draft (`sent`, `edited`, …), empty without one."""

# What a spreadsheet may take for the start of a formula, in full width as well (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Row = dict[str, str | None]


def lapse_rows(ledger: Ledger, account: str, *, since: datetime | None, zone: tzinfo) -> Iterator[Row]:
    """A row for each lapse that happened since then, oldest first; the values of `COLUMNS`, times in the zone."""
    drafts = {one.draft.lapse: one for one in ledger.drafts.all(account)}
    for lapse in ledger.lapses.all(account):
        if since is None or lapse.happened_at >= since:
            yield _row(lapse, drafts.get(lapse.id), zone)


def as_csv(rows: Iterable[Row]) -> str:
    """A table with a header line. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([_harmless(row[name] or "") for name in COLUMNS] for row in rows)
    return out.getvalue()


def as_json_lines(rows: Iterable[Row]) -> str:
    """One JSON object a line (schema 1)."""
    lines = (json.dumps({"schema": SCHEMA, **row}, ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def _row(lapse: LapseRecord, stored: StoredDraft | None, zone: tzinfo) -> Row:
    def at(moment: datetime | None) -> str | None:
        return moment.astimezone(zone).isoformat() if moment else None

    accepted = stored.acceptance.option if stored and stored.acceptance else None
    values: tuple[Any, ...] = (
        lapse.id,
        lapse.kind.value,
        lapse.fault.value,
        lapse.contact.name,
        lapse.contact.address,
        lapse.contact.company,
        lapse.subject,
        at(lapse.happened_at),
        at(lapse.due),
        lapse.decision.value,
        at(lapse.first_seen_at),
        stored.state.value if stored else None,
        stored.draft.subject if stored else None,
        at(stored.placed_at) if stored else None,
        at(lapse.closed_at),
        at(accepted.start) if accepted else None,
        at(accepted.end) if accepted else None,
        at(lapse.repaired_at),
        at(lapse.dismissed_at),
    )
    return dict(zip(COLUMNS, values, strict=True))
