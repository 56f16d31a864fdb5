"""What other programs get to read: tables no spreadsheet runs, and vCards that another library reads back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from crmlink.app.people.export_lapses import COLUMNS, Row, as_csv, as_json_lines, lapse_rows
from crmlink.app.people.vcards import Card, VCardVersion, vcards
from crmlink.ledger.open import open_ledger
from crmlink.model.contact import Contact
from crmlink.model.draft import DraftState, Position
from tests.ledger_examples import ME, NOW, ZONE, draft, verdict

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
AT = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


def row(**texts: str) -> Row:
    return {**dict.fromkeys(COLUMNS), **texts}


@given(TEXTS, TEXTS)
def test_a_table_reads_back_and_no_cell_can_run(subject: str, name: str) -> None:
    text = as_csv([row(subject=subject, name=name)])
    header, read = csv.reader(io.StringIO(text, newline=""))
    assert tuple(header) == COLUMNS
    for column, given_text in (("subject", subject), ("name", name)):
        cell = read[COLUMNS.index(column)]
        assert cell in {given_text, f"'{given_text}"}
        assert not cell.strip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-2", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1"])
def test_a_formula_is_made_harmless(text: str) -> None:
    assert f"'{text}" in as_csv([row(subject=text)])


def test_lines_end_as_rfc_4180_wants_them_and_quotes_are_doubled() -> None:
    text = as_csv([row(subject='Koffie, "snel"\r\nof thee')])
    assert text.startswith(f"{','.join(COLUMNS)}\r\n")
    assert '"Koffie, ""snel""\r\nof thee"' in text


@given(TEXTS)
def test_each_line_of_json_lines_is_one_object(subject: str) -> None:
    lines = as_json_lines([row(subject=subject), row(subject="Café")]).split("\n")
    assert [json.loads(line)["subject"] for line in lines[:-1]] == [subject, "Café"]
    assert lines[-1] == ""


def test_a_row_tells_what_became_of_a_lapse() -> None:
    with open_ledger("sqlite://", read_only=False) as ledger:
        ledger.lapses.record(ME, [verdict("een"), verdict("twee")], NOW)
        ledger.drafts.intend(ME, draft(), Position("Drafts"), NOW)
        ledger.drafts.mark(ME, draft().message_id, DraftState.PLACED, NOW)
        ledger.drafts.mark(ME, draft().message_id, DraftState.SENT, NOW)
        rows = {one["id"]: one for one in lapse_rows(ledger, ME, since=None, zone=ZONE)}
        assert list(lapse_rows(ledger, ME, since=NOW, zone=ZONE)) == []
        assert len(list(lapse_rows(ledger, ME, since=NOW - timedelta(days=1), zone=ZONE))) == 2
    assert (rows["een"]["draft"], rows["een"]["draft_subject"]) == ("sent", "Re: Kennismaking")
    assert rows["een"]["placed_at"] == "2026-03-10T09:00:00+01:00"
    assert (rows["twee"]["draft"], rows["twee"]["company"]) == (None, "bakker.example")


@given(name=TEXTS, version=st.sampled_from(VCardVersion), company=st.none() | TEXTS.filter(str.strip))
def test_any_name_gives_a_card_that_reads_back(name: str, version: VCardVersion, company: str | None) -> None:
    text = vcards([Card(Contact(name, "gijs@bakker.example", company), AT)], version, language="nl")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert (text.count("BEGIN:VCARD\r\n"), text.count("\r\nEND:VCARD\r\n")) == (1, 1)
    lines = {line.partition(":")[0].partition(";")[0] for line in text.replace("\r\n ", "").split("\r\n")}
    assert {"BEGIN", "VERSION", "UID", "FN", "EMAIL", "REV", "END"} <= lines
    assert lines <= {"BEGIN", "VERSION", "UID", "FN", "N", "EMAIL", "ORG", "REV", "END", ""}


@pytest.mark.parametrize(
    ("name", "family", "given_name", "prefix"),
    [
        ("Jan van der Berg", "van der Berg", "Jan", ""),
        ("Dr. Jane Hartley", "Hartley", "Jane", "Dr"),
        ("Visser; Zn, Utrecht", None, None, None),
    ],
)
@pytest.mark.parametrize("version", VCardVersion)
def test_another_library_reads_the_card(
    version: VCardVersion, name: str, family: str | None, given_name: str | None, prefix: str | None
) -> None:
    card = Card(Contact(name, "wie@bakker.example", "bakker.example"), AT)
    read = vobject.readOne(vcards([card], version, language="nl"))
    assert (read.version.value, read.fn.value) == (f"{version.value}.0", name)
    assert (read.email.value, read.org.value, read.rev.value) == (
        "wie@bakker.example",
        ["bakker.example"],
        "20260310T080000Z",
    )
    if family is not None:
        assert (read.n.value.family, read.n.value.given, read.n.value.prefix) == (family, given_name, prefix)


def test_a_card_keeps_its_identifier_and_another_person_has_another() -> None:
    first, again, other = (
        vobject.readOne(vcards([Card(Contact(name, address))], VCardVersion.V4, language="nl")).uid.value
        for name, address in (("Jan", "jan@a.example"), ("Jan de Vries", "jan@a.example"), ("Jan", "jan@b.example"))
    )
    assert first == again != other
    assert first.startswith("urn:uuid:")
