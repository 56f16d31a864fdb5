"""What is held on a person can be shown, exported and erased; what was erased never comes back."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from crmlink.app.lock import only_one
from tests.e2e.office import NOW, Done, run_here

ME = "Marleen van der Veen <marleen@example.nl>"
GIJS = "Gijs Bakkerman <gijs@bakkerman.example>"
ELS = "Els Smitsen <els@smitsen.example>"
WORDS = (b"bakkerman", b"levertijd", "Dakkapel".encode("utf-16-le"), b"Dakkapel")


def _mail(name: str, sender: str, text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ME, "Dakkapel" if sender == GIJS else "Offerte"
    message["Date"], message["Message-ID"] = format_datetime(NOW() - timedelta(days=8)), f"<{name}@test.example>"
    message.set_content(text)
    return message.as_bytes()


def _meeting(uid: str, guest: str, title: str, *, in_days: int) -> str:
    name, _, address = guest.rstrip(">").partition(" <")
    day = NOW() + timedelta(days=in_days)
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:{day:%Y%m%d}T100000Z\r\nDURATION:PT1H\r\nSUMMARY:{title}\r\nORGANIZER:mailto:marleen@example.nl\r\n"
        f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Two people who were left without an answer, and a meeting with one of them."""
    for folder in ("", ".Sent", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
    (tmp_path / "agenda").mkdir()
    (tmp_path / "state").mkdir()
    question = "Hoi Marleen,\n\nKun je me laten weten of de levertijd nog klopt?\n\nGroet,\n"
    (tmp_path / "Maildir" / "cur" / "1:2,S").write_bytes(_mail("a", GIJS, f"{question}Gijs Bakkerman"))
    (tmp_path / "Maildir" / "cur" / "2:2,S").write_bytes(_mail("b", ELS, "Hoi,\n\nKun je mij de prijs sturen?\n\nEls"))
    (tmp_path / "agenda" / "a.ics").write_text(_meeting("m-1", GIJS, "Bouwoverleg", in_days=6))
    (tmp_path / "agenda" / "b.ics").write_text(_meeting("m-2", ELS, "Bellen met Gijs Bakkerman", in_days=8))
    return {
        "ME": ME,
        "MAIL": f"maildir://{tmp_path}/Maildir",
        "CALENDAR": f"vdir://{tmp_path}/agenda",
        "DATABASE": str(tmp_path / "state" / "ledger.db"),
    }


def _crmlink(settings: dict[str, str], *arguments: str) -> Done:
    done = run_here(arguments, settings, Path(settings["DATABASE"]).parent)
    assert "Traceback" not in done.err
    return done


def _scan(settings: dict[str, str]) -> list[tuple[str, str]]:
    done = _crmlink(settings, "scan", "--json")
    assert done.code == 0, done.err
    return [(one["contact"]["address"], one["decision"]) for one in done.json["lapses"]]


def _left(settings: dict[str, str], *, ledger_only: bool = False) -> set[tuple[str, bytes]]:
    """Which of the words stand in which file beside the ledger."""
    files = Path(settings["DATABASE"]).parent.glob("ledger.db*")
    return {
        (path.name, word)
        for path in files
        if not (ledger_only and ".cache" in path.name)
        for word in WORDS
        if word.lower() in path.read_bytes().lower()
    }


def test_everybody_is_listed_and_one_is_shown(settings: dict[str, str]) -> None:
    assert _crmlink(settings, "contacts", "list").out == "Nobody is known yet.\n"
    _scan(settings)
    lines = _crmlink(settings, "contacts", "list").out.splitlines()
    assert len(lines) == 2
    assert "1 lapse(s), 1 draft(s), 1 meeting(s)" in lines[1]
    assert "Gijs Bakkerman <gijs@bakkerman.example>, bakkerman.example" in lines[1]
    shown = _crmlink(settings, "contacts", "show", "bakkerman").out
    for words in ("unanswered", "Dakkapel", "Bouwoverleg", "placed"):
        assert words in shown


def test_who_may_be_an_address_or_words_of_one_name(settings: dict[str, str]) -> None:
    _scan(settings)
    for words in ("GIJS@bakkerman.example", "gijs bakk", "Bakkerman"):
        assert "gijs@bakkerman.example" in _crmlink(settings, "contacts", "show", words).out
    nobody, several = (_crmlink(settings, "contacts", "show", words) for words in ("Piet", "s"))
    assert (nobody.code, several.code) == (2, 2)
    assert "Nobody is known as Piet" in nobody.err
    assert "els@smitsen.example, gijs@bakkerman.example" in several.err


def test_who_needs_attention_comes_first_with_what_was_kept_and_broken(settings: dict[str, str]) -> None:
    _scan(settings)
    document = _crmlink(settings, "contacts", "list", "--json").json
    assert document["schema"] == 1
    told = [(one["address"], one["broken_by_me"], one["open"], one["kept"]) for one in document["contacts"]]
    assert told == [("els@smitsen.example", 1, 2, 0), ("gijs@bakkerman.example", 1, 2, 0)]
    gijs, els = _crmlink(settings, "contacts", "list", "--companies", "--json").json["companies"]
    assert (gijs["domain"], els["domain"]) == ("bakkerman.example", "smitsen.example")
    assert gijs["people"] == ["gijs@bakkerman.example"]
    assert "1 broken by me, 1 open" in _crmlink(settings, "contacts", "list").out
    answer = _mail("c", ME, "Hoi Els,\n\nDe prijs is 500 euro.\n\nMarleen").replace(
        b"To: Marleen van der Veen <marleen@example.nl>", f"To: {ELS}\nIn-Reply-To: <b@test.example>".encode()
    )
    sent = Path(settings["DATABASE"]).parents[1] / "Maildir" / ".Sent" / "cur" / "3:2,S"
    then, now = (format_datetime(moment).encode() for moment in (NOW() - timedelta(days=8), NOW()))
    sent.write_bytes(answer.replace(then, now))
    _scan(settings)
    first, second = _crmlink(settings, "contacts", "list", "--json").json["contacts"]
    assert (first["address"], first["repaired"]) == ("gijs@bakkerman.example", 0)
    assert (second["address"], second["repaired"], second["broken_by_me"]) == ("els@smitsen.example", 1, 0)
    assert second["hours_to_answer"] == pytest.approx(8 * 24, abs=2)


def test_a_person_and_a_company_are_shown_with_their_months(settings: dict[str, str]) -> None:
    _scan(settings)
    for who in ("gijs@bakkerman.example", "bakkerman.example"):
        shown = _crmlink(settings, "contacts", "show", who).out
        assert "broken by me, still open: Dakkapel “Kun je me laten weten of de levertijd nog klopt?”" in shown
        assert shown.splitlines()[-4].split()[1].count("◆") == 1
        assert "smitsen" not in shown
    assert "people: Gijs Bakkerman" in shown
    assert "0 lapse(s)" in _crmlink(settings, "contacts", "show", "niemand@nergens.example").out


def test_the_report_is_written_for_the_owner_alone_and_shown_in_the_terminal(settings: dict[str, str]) -> None:
    _scan(settings)
    page = Path(settings["DATABASE"]).parent / "page.html"
    before = Path(settings["DATABASE"]).read_bytes()
    for _ in range(2):
        assert _crmlink(settings, "report", "--html", str(page)).out == f"Written to {page}.\n"
    assert page.stat().st_mode & 0o777 == 0o600
    text = page.read_text()
    assert '<html lang="nl">' in text
    for words in ("Gijs Bakkerman", "Kun je mij de prijs sturen?", "Een antwoord ligt klaar in Concepten."):
        assert words in text
    english = _crmlink(settings, "report", "--text", "--language", "en").out
    for words in ("What you still owe", "Els Smitsen", "A reply lies ready in Drafts."):
        assert words in english
    assert _crmlink(settings, "report", "--html", "-").out.startswith("<!DOCTYPE html>")
    refused = _crmlink(settings, "report", "--html", str(page / "in a file.html"))
    assert (refused.code, "cannot be written" in refused.err) == (2, True)
    assert Path(settings["DATABASE"]).read_bytes() == before


def test_the_address_book_names_people_and_nobody_else_is_kept_of_it(settings: dict[str, str]) -> None:
    book = Path(settings["DATABASE"]).parents[1] / "boek"
    book.mkdir()
    lines = ("FN:Gijsbert Bakkerman", "EMAIL:gijs@bakkerman.example", "ORG:Bakkerman Bouw", "NICKNAME:Bakkie")
    (book / "a.vcf").write_text("\n".join(("BEGIN:VCARD", "VERSION:4.0", *lines, "END:VCARD\n")))
    (book / "b.vcf").write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Tante Corrie\nEMAIL:corrie@familie.example\nEND:VCARD\n")
    settings["CONTACTS"] = f"vdir://{book}"
    _scan(settings)
    assert "2 card(s) with an address" in _crmlink(settings, "check").out
    shown = _crmlink(settings, "contacts", "show", "bakkie").out
    assert shown.startswith("Gijsbert Bakkerman <gijs@bakkerman.example>, Bakkerman Bouw")
    assert "Bakkerman Bouw, bakkerman.example" in _crmlink(settings, "contacts", "list", "--companies").out
    assert (
        _crmlink(settings, "contacts", "export", "gijs@bakkerman.example").json["address_book"]["nickname"] == "Bakkie"
    )
    assert b"corrie" not in Path(settings["DATABASE"]).read_bytes().lower()
    _crmlink(settings, "contacts", "forget", "gijs@bakkerman.example", "--yes")
    assert b"bakkie" not in Path(settings["DATABASE"]).read_bytes().lower()


def test_an_address_book_that_cannot_be_read_is_told_and_the_pass_goes_on(settings: dict[str, str]) -> None:
    settings["CONTACTS"] = "vdir:///nergens/te/vinden"
    done = _crmlink(settings, "scan", "--json")
    assert (done.code, len(done.json["lapses"])) == (0, 2)
    assert [one["code"] for one in done.json["problems"]] == ["contacts.unreadable"]


def test_an_export_holds_everything_on_that_person_and_nothing_on_another(settings: dict[str, str]) -> None:
    _scan(settings)
    document = _crmlink(settings, "contacts", "export", "gijs@bakkerman.example").json
    assert (document["schema"], document["names"], document["company"]) == (1, ["Gijs Bakkerman"], "bakkerman.example")
    assert [one["evidence"][0]["quote"] for one in document["lapses"]] == [
        "Kun je me laten weten of de levertijd nog klopt?"
    ]
    assert [(one["outcome"], one["to"][0]["address"]) for one in document["drafts"]] == [
        ("placed", "gijs@bakkerman.example")
    ]
    assert "levertijd" in document["drafts"][0]["body"]
    assert [one["title"] for one in document["meetings"]] == ["Bouwoverleg"]
    assert [("Bouwoverleg" in text) for text in document["calendar_items"]] == [True]
    assert [(one["subject"], "levertijd" in one["text"]) for one in document["mails"]] == [("Dakkapel", True)]
    assert [(one["kind"], one["state"]) for one in document["agreements"]] == [("meeting", "open"), ("request", "open")]
    assert [one["mails_in"] for one in document["contact_days"]] == [1]
    assert "smitsen" not in str(document)


def test_forgetting_leaves_no_word_in_any_file_and_the_lapse_never_returns(settings: dict[str, str]) -> None:
    assert dict(_scan(settings)) == {"gijs@bakkerman.example": "draft", "els@smitsen.example": "draft"}
    assert _left(settings)
    done = _crmlink(settings, "contacts", "forget", "gijs@bakkerman.example", "--yes")
    assert done.out == "Erased: 1 lapse(s), 1 draft(s), 1 meeting(s).\n"
    assert _left(settings) == set()
    assert "bakkerman" not in _crmlink(settings, "contacts", "list").out
    drafts = list((Path(settings["DATABASE"]).parents[1] / "Maildir" / ".Drafts").rglob("*:2,*"))
    assert len(drafts) == 2  # what lies in the mailbox is the owner's
    for path in drafts:
        path.unlink()
    for _ in range(2):
        assert _scan(settings) == [("els@smitsen.example", "skip")]
    assert "gijs" not in _crmlink(settings, "lapses", "list", "--all").out.lower()
    assert {name for name, word in _left(settings, ledger_only=True) if word == b"levertijd"} == set()


def test_forgetting_asks_first_and_takes_no_for_an_answer(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _scan(settings)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    done = _crmlink(settings, "contacts", "forget", "gijs@bakkerman.example")
    assert done.code == 130
    assert "Erase 1 lapse(s)" in done.out + done.err
    assert "gijs@bakkerman.example" in _crmlink(settings, "contacts", "list").out


def test_nobody_is_forgotten_while_a_pass_is_at_work(settings: dict[str, str]) -> None:
    _scan(settings)
    with only_one(Path(settings["DATABASE"])):
        assert _crmlink(settings, "contacts", "forget", "gijs@bakkerman.example", "--yes").code == 75


def test_old_words_are_erased_and_the_deed_is_remembered(settings: dict[str, str]) -> None:
    import time_machine  # noqa: PLC0415 -- only here the days go by

    _scan(settings)
    answer = _mail("c", ME, "Hoi Gijs,\n\nJa, de levertijd klopt.\n\nMarleen")
    answer = answer.replace(
        b"To: Marleen van der Veen <marleen@example.nl>", f"To: {GIJS}\nIn-Reply-To: <a@test.example>".encode()
    )
    sent = Path(settings["DATABASE"]).parents[1] / "Maildir" / ".Sent" / "cur" / "3:2,S"
    sent.write_bytes(
        answer.replace(format_datetime(NOW() - timedelta(days=8)).encode(), format_datetime(NOW()).encode())
    )
    assert _scan(settings) == [("els@smitsen.example", "drafted")]
    assert "levertijd" in str(_crmlink(settings, "contacts", "export", "gijs@bakkerman.example").json)
    settings["RETENTION_DAYS"] = "40"
    later = NOW() + timedelta(days=50)
    sent.with_name("4:2,S").write_bytes(
        _mail("d", ME, "Ter info.")
    )  # mail goes on, so that dates of files say something
    os.utime(sent.with_name("4:2,S"), (later.timestamp(), later.timestamp()))
    with time_machine.travel(later):
        _scan(settings)
        document = _crmlink(settings, "contacts", "export", "gijs@bakkerman.example").json
    assert "levertijd" not in str(document)
    assert document["mails"] == []
    assert [(one["kind"], one["subject"]) for one in document["lapses"]] == [("unanswered", "[…]")]
    assert [one["body"] for one in document["drafts"]] == [""]
