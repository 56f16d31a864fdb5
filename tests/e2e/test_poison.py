"""Mail and calendar items that take the reader down, over several passes: tried three times, told, then left alone.

The poison is put into the reading code itself, because no bytes are known that do it: what is, is refused before.
"""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from crmlink.app.gathering.careful import TRIES
from crmlink.facts.calendar_text import cut
from crmlink.facts.parts import Part
from tests.e2e.office import GIJS, NOW, Done, run_here

ME = "Marleen van der Veen <marleen@example.nl>"
QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\nGijs\n"
POISON = "vergif"
CODES = ["mail.reading-broke"] * (TRIES - 1) + ["mail.quarantined"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A Maildir with one question, and an empty calendar."""
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    (tmp_path / "agenda").mkdir()
    _put(tmp_path, "", "ask", GIJS, ME, QUESTION, days_ago=8)
    return tmp_path


@pytest.fixture(autouse=True)
def poisonous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a text with the poison in it breaks; so does reading an event."""
    text = Part.text

    def read_text(part: Part) -> str:
        found = text(part)
        if POISON in found:
            raise MemoryError
        return found

    def read_calendar(raw: bytes, *, subject: str) -> Any:
        if POISON.encode() in raw:
            raise MemoryError
        return cut(raw, subject=subject)

    monkeypatch.setattr(Part, "text", read_text)
    monkeypatch.setattr("crmlink.facts.events.cut", read_calendar)


def _put(
    place: Path, folder: str, name: str, sender: str, to: str, text: str, *, days_ago: float, answers: str = ""
) -> Path:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Offerte"
    message["Date"], message["Message-ID"] = format_datetime(NOW() - timedelta(days=days_ago)), f"<{name}@test.example>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text)
    path = place / "Maildir" / folder / "cur" / f"{name}:2,S"
    path.write_bytes(message.as_bytes())
    return path


def _crmlink(place: Path, *arguments: str) -> Done:
    settings = {
        "ME": ME,
        "MAIL": f"maildir://{place}/Maildir",
        "CALENDAR": f"vdir://{place}/agenda",
        "DATABASE": str(place / "ledger.db"),
    }
    return run_here(arguments, settings, place)


def _scan(place: Path, code: int = 0) -> dict[str, Any]:
    done = _crmlink(place, "scan", "--json")
    assert done.code == code, done.err
    return done.json


def _codes(document: dict[str, Any]) -> list[str]:
    return [one["code"] for one in document["problems"]]


def test_a_poisonous_mail_is_told_three_times_and_then_only_counted(place: Path) -> None:
    _put(place, "", "poison", "Eve <eve@x.example>", ME, f"{QUESTION}{POISON}", days_ago=7)
    told = [_scan(place) for _ in range(TRIES + 2)]
    assert [_codes(one) for one in told] == [*([code] for code in CODES), [], []]
    assert [one["sources"][0]["set_aside"] for one in told] == [0, 0, 1, 1, 1]
    assert {one["sources"][0]["state"] for one in told} == {"ok"}
    # The other mail was read, the first time and every time.
    assert [[lapse["decision"] for lapse in one["lapses"]] for one in told] == [["draft"], *[["drafted"]] * (TRIES + 1)]
    check = _crmlink(place, "check")
    assert check.code == 0
    assert "eve@x.example is left alone (reading it broke: MemoryError" in check.out
    assert "1 left alone" in _crmlink(place, "scan").out


def test_a_dry_run_counts_no_try(place: Path) -> None:
    _put(place, "", "poison", "Eve <eve@x.example>", ME, POISON, days_ago=7)
    for _ in range(TRIES + 1):
        assert _codes(_crmlink(place, "scan", "--json", "--dry-run").json) == ["mail.reading-broke"]
    assert not (place / "ledger.db").exists()


def test_an_answer_of_the_owner_that_cannot_be_read_is_still_an_answer(place: Path) -> None:
    _put(place, ".Sent", "answer", ME, GIJS, f"Ja hoor. {POISON}", days_ago=5, answers="<ask@test.example>")
    for _ in range(TRIES + 1):
        document = _scan(place)
        assert document["lapses"] == []
        assert document["sources"][0]["state"] == "ok"


def test_it_is_read_once_it_can_be(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(place, "", "poison", "Eve <eve@x.example>", ME, f"{QUESTION}{POISON}", days_ago=7)
    assert len(_scan(place)["lapses"]) == 1
    monkeypatch.undo()
    document = _scan(place)
    assert {one["contact"]["address"] for one in document["lapses"]} == {"gijs@bakker.example", "eve@x.example"}
    assert "eve@x.example" not in _crmlink(place, "check").out


def test_a_lost_cache_does_not_try_it_again_but_another_crmlink_does(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(place, "", "poison", "Eve <eve@x.example>", ME, POISON, days_ago=7)
    for _ in range(TRIES):
        _scan(place)
    for path in place.glob("ledger.db.cache*"):
        path.unlink()
    assert _codes(_scan(place)) == []
    monkeypatch.setattr("crmlink.app.gathering.careful.version", lambda _name: "99.0")
    for path in place.glob("ledger.db.cache*"):  # a cache of other code is begun anew
        path.unlink()
    assert _codes(_scan(place)) == ["mail.reading-broke"]


def test_a_poisonous_event_leaves_its_calendar_in_doubt_and_the_mail_readable(place: Path) -> None:
    day = NOW() + timedelta(days=3)
    event = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:een\r\nDTSTART:{day:%Y%m%d}T090000Z\r\nSUMMARY:{POISON}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    path = place / "agenda" / "een.ics"
    path.write_text(event)
    told = [_scan(place, code=1) for _ in range(TRIES + 1)]
    assert [_codes(one) for one in told] == [*([code.replace("mail", "calendar")] for code in CODES), []]
    assert [one["sources"][1]["state"] for one in told] == ["doubtful"] * (TRIES + 1)
    assert [one["sources"][1]["seen"] for one in told] == [1] * (TRIES + 1)
    assert told[0]["lapses"][0]["decision"] == "draft"
    path.write_text(event.replace(POISON, "Gewoon"))
    assert _scan(place)["sources"][1]["state"] == "ok"
