"""What becomes of a letter after sending, over real servers: an option is picked, the meeting takes place, all is well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine

from crmlink.ledger.open import open_ledger
from tests.e2e.office import GIJS, JANE, NOW, ZONE, Office
from tests.servers import calendars, mailboxes


@dataclass(frozen=True, slots=True)
class Story:
    """One person to let down and to make it up to, in one language."""

    language: str
    person: str
    question: str
    second: str
    none: str
    missed: str


DUTCH = Story(
    "nl",
    GIJS,
    "Hoi Marleen,\n\nKun je me laten weten of de levertijd van zes weken nog klopt?\n\nGroet,\nGijs",
    "Hoi Marleen,\n\nDank voor je bericht. De tweede graag!\n\nGroet,\nGijs",
    "Hoi Marleen,\n\nGeen van deze momenten lukt me helaas.\n\nGroet,\nGijs",
    "Hoi Marleen,\n\nIk stond weer voor een dichte deur, je was er niet.\n\nGroet,\nGijs",
)
ENGLISH = Story(
    "en",
    JANE,
    "Dear Ms Van der Veen,\n\nCould you tell me which of the two appendices we may quote?\n\nKind regards,\nJane Hartley",
    "Dear Ms Van der Veen,\n\nThank you. The second one suits me.\n\nKind regards,\nJane Hartley",
    "Dear Ms Van der Veen,\n\nI am afraid none of these work.\n\nKind regards,\nJane Hartley",
    "Dear Ms Van der Veen,\n\nI stood at your door again, but you were not there.\n\nKind regards,\nJane Hartley",
)
stories = pytest.mark.parametrize("story", [DUTCH, ENGLISH], ids=["nl", "en"])


@stories
def test_a_picked_option_is_a_moved_meeting_until_it_was_kept_and_all_is_repaired(office: Office, story: Story) -> None:
    letter, options = _sent_letter(office, story)
    assert "sent on" in _shown(office)
    assert _owed(office) == []

    picked = office.receive("pick", story.person, story.second, days_ago=0, subject=_re(letter), answers=_id(letter))
    assert office.scan() == []

    (new,) = _owed(office)
    assert (new["kind"], new["state"], datetime.fromisoformat(new["due"])) == ("meeting", "moved", options[1])
    assert new["evidence"][0]["rule"] == "mail.picked-option"
    assert new["evidence"][0]["ref"] == picked
    assert new["evidence"][0]["quote"] in story.second
    assert f"put it in your calendar: {_words(options[1], story)}" in office.crmlink("owed").out
    assert f"they picked {_words(options[1], story)}" in _shown(office)
    assert f"(“{new['quote']}”)" in _shown(office)
    assert "accepted" in office.crmlink("lapses", "list", "--all").out

    _enter(office, "nieuw@test", story.person, options[1])
    assert office.scan() == []
    (open_now,) = _owed(office)
    assert (open_now["state"], open_now["ref"]) == ("open", "nieuw@test")
    assert "put it in your calendar" not in office.crmlink("owed").out

    with _at(options[1] + timedelta(hours=2)):
        assert office.scan() == []
        assert "repaired" in office.crmlink("lapses", "list", "--all").out
        assert "Repaired: it was made good on" in _shown(office)
        assert office.drafts() == []


@stories
def test_a_meeting_that_only_mail_knows_repairs_as_well(on_pymap: Office, story: Story) -> None:
    letter, options = _sent_letter(on_pymap, story)
    on_pymap.receive("pick", story.person, story.second, days_ago=0, subject=_re(letter), answers=_id(letter))
    on_pymap.scan()
    before = _remembered(on_pymap)
    on_pymap.scan()
    assert _remembered(on_pymap) == before

    with _at(options[1] + timedelta(hours=2)):
        assert on_pymap.scan() == []
        assert _owed(on_pymap) == []
        assert "repaired" in on_pymap.crmlink("lapses", "list", "--all").out


@stories
def test_a_new_meeting_missed_again_is_a_new_lapse_that_says_so(on_pymap: Office, story: Story) -> None:
    letter, options = _sent_letter(on_pymap, story)
    on_pymap.receive("pick", story.person, story.second, days_ago=0, subject=_re(letter), answers=_id(letter))
    on_pymap.scan()
    (first,) = _ids(on_pymap)

    with _at(options[1] + timedelta(hours=2)):
        assert on_pymap.scan() == []
        assert "repaired" in on_pymap.crmlink("lapses", "list", "--all").out

    with _at(options[1] + timedelta(hours=3)):
        complaint = on_pymap.receive(
            "again", story.person, story.missed, days_ago=0.01, subject=_re(letter), answers=_id(letter)
        )
        (lapse,) = on_pymap.scan()
        assert (lapse["kind"], lapse["fault"], lapse["decision"]) == ("missed", "me", "draft")
        assert lapse["id"] != first
        (draft,) = on_pymap.drafts()
        assert draft["In-Reply-To"] == complaint
        again = "eerste keer" if story.language == "nl" else "first time"
        assert again in lapse["draft"]["body"]
        assert "repaired" not in on_pymap.crmlink("lapses", "list", "--all").out


@stories
def test_an_answer_that_picks_nothing_leaves_it_sent(on_pymap: Office, story: Story) -> None:
    letter, _ = _sent_letter(on_pymap, story)
    on_pymap.receive("no", story.person, story.none, days_ago=0, subject=_re(letter), answers=_id(letter))
    assert on_pymap.scan() == []
    assert _owed(on_pymap) == []
    assert "they have picked no moment yet" in _shown(on_pymap)


@stories
def test_dates_changed_before_sending_are_those_that_can_be_picked(on_pymap: Office, story: Story) -> None:
    (lapse,) = _forgotten(on_pymap, story)
    options = [datetime.fromisoformat(one["start"]).astimezone(ZONE) for one in lapse["draft"]["options"]]
    letter = _send(on_pymap, options, moved_by=timedelta(minutes=90), message_id="<other@test.example>")
    on_pymap.receive(
        "pick", story.person, story.second, days_ago=0, subject=_re(letter), answers="<other@test.example>"
    )
    assert on_pymap.scan() == []
    (new,) = [one for one in _owed(on_pymap) if one["state"] == "moved"]
    assert datetime.fromisoformat(new["due"]) == options[1] + timedelta(minutes=90)


@stories
def test_a_talk_offered_with_an_answer_that_is_due_is_shown_the_same_way(on_pymap: Office, story: Story) -> None:
    (lapse,) = _forgotten(on_pymap, story)
    options = [datetime.fromisoformat(one["start"]) for one in lapse["draft"]["options"]]
    letter = _send(on_pymap)
    on_pymap.receive("pick", story.person, story.second, days_ago=0, subject=_re(letter), answers=_id(letter))
    assert on_pymap.scan() == []
    meetings = [one for one in _owed(on_pymap) if one["kind"] == "meeting" and one["subject"] != "Lunch"]
    assert [(one["state"], datetime.fromisoformat(one["due"])) for one in meetings] == [("moved", options[1])]


def test_what_they_took_back_is_no_meeting_any_more(on_pymap: Office) -> None:
    letter, options = _sent_letter(on_pymap, DUTCH)
    pick = on_pymap.receive("pick", GIJS, "De tweede graag.", days_ago=0.01, subject=_re(letter), answers=_id(letter))
    on_pymap.scan()
    assert len(_owed(on_pymap)) == 1
    back = on_pymap.receive("back", GIJS, "Sorry, toch niet de tweede.", days_ago=0, subject=_re(letter), answers=pick)
    on_pymap.scan()
    assert _owed(on_pymap) == []
    assert "they have picked no moment yet" in _shown(on_pymap)

    with _at(NOW() + timedelta(minutes=30)):
        on_pymap.receive("new", GIJS, "De eerste dan maar graag.", days_ago=0, subject=_re(letter), answers=back)
        on_pymap.scan()
        (new,) = _owed(on_pymap)
        assert datetime.fromisoformat(new["due"]) == options[0]


def test_a_lost_ledger_makes_no_second_letter_after_the_answer(on_pymap: Office) -> None:
    letter, _ = _sent_letter(on_pymap, DUTCH)
    on_pymap.receive("pick", GIJS, "De tweede graag.", days_ago=0, subject=_re(letter), answers=_id(letter))
    on_pymap.scan()
    (on_pymap.directory / "ledger.db").unlink()
    on_pymap.scan()
    assert on_pymap.drafts() == []


# ------------------------------------------------------------------ the owner's own word


def test_a_dismissed_draft_goes_to_trash_unless_it_was_edited(on_pymap: Office) -> None:
    (lapse,) = _forgotten(on_pymap)
    said = on_pymap.crmlink("lapses", "dismiss", lapse["id"][:4]).out
    assert "the next scan moves it to Trash" in said
    (verdict,) = on_pymap.scan()
    assert verdict["decision"] == "skip"
    can_move = "moved to Trash" in verdict["reason"]
    assert len(on_pymap.drafts()) == (0 if can_move else 1)
    assert can_move == _moves(on_pymap)
    assert [one["decision"] for one in on_pymap.scan()] == ["skip"]


def test_reopening_a_dismissed_lapse_or_a_deleted_draft_makes_one_new_draft_once(on_dovecot: Office) -> None:
    (lapse,) = _forgotten(on_dovecot)
    first = str(on_dovecot.drafts()[0]["Message-ID"])
    on_dovecot.crmlink("lapses", "dismiss", lapse["id"])
    on_dovecot.scan()
    assert on_dovecot.drafts() == []

    assert "may place a new draft, once" in on_dovecot.crmlink("lapses", "reopen", lapse["id"]).out
    assert [one["decision"] for one in on_dovecot.scan()] == ["draft"]
    (second,) = on_dovecot.drafts()
    assert str(second["Message-ID"]) != first
    assert [one["decision"] for one in on_dovecot.scan()] == ["drafted"]

    on_dovecot.delete_draft()
    assert [one["decision"] for one in on_dovecot.scan()] == ["skip"]
    on_dovecot.crmlink("lapses", "reopen", lapse["id"])
    assert [one["decision"] for one in on_dovecot.scan()] == ["draft"]
    assert [one["decision"] for one in on_dovecot.scan()] == ["drafted"]
    assert len(on_dovecot.drafts()) == 1

    (on_dovecot.directory / "ledger.db").unlink()
    for _ in range(2):
        on_dovecot.scan()
    assert len(on_dovecot.drafts()) == 1


def test_an_identifier_may_be_shortened_while_it_is_clear(on_pymap: Office) -> None:
    (lapse,) = _forgotten(on_pymap)
    assert on_pymap.crmlink("lapses", "show", lapse["id"][:3]).code == 0
    short = on_pymap.crmlink("lapses", "show", lapse["id"][:2])
    assert (short.code, "There is no lapse" in short.err) == (2, True)


# ------------------------------------------------------------------ helpers


def _sent_letter(office: Office, story: Story) -> tuple[EmailMessage, list[datetime]]:
    """The owner called a meeting off, and sends the letter about it; gives it with the options it was drafted with."""
    office.settings["LANGUAGE"] = story.language
    office.book("intake@test", "Intake", story.person, in_days=3, status="CANCELLED")
    (lapse,) = office.scan()
    assert lapse["decision"] == "draft"
    options = [datetime.fromisoformat(one["start"]).astimezone(ZONE) for one in lapse["draft"]["options"]]
    assert len(options) == 3
    letter = _send(office)
    assert office.scan() == []
    return letter, options


def _send(
    office: Office, options: list[datetime] | None = None, *, moved_by: timedelta | None = None, message_id: str = ""
) -> EmailMessage:
    """The mail client keeps the draft in Sent, as it was or with other times, and takes it out of Drafts."""
    ((uid, _),) = mailboxes.flags_of(office.mail, "Drafts").items()
    (letter,) = office.drafts()
    if moved_by:
        text = letter.get_content()
        for option in options or ():
            text = text.replace(
                f"{option.hour}:{option:%M}", f"@{option + moved_by:%H:%M}".replace("@0", "").strip("@")
            )
        letter.set_content(text)
    if message_id:
        letter.replace_header("Message-ID", message_id)
    mailboxes.deliver(office.mail, letter.as_bytes(), "Sent")
    mailboxes.remove(office.mail, uid, "Drafts")
    return letter


def _forgotten(office: Office, story: Story = DUTCH) -> list[dict[str, Any]]:
    """The lapse of a question that was left without an answer."""
    office.settings["LANGUAGE"] = story.language
    office.receive("ask", story.person, story.question, days_ago=8)
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=3)
    return office.scan()


def _enter(office: Office, uid: str, person: str, start: datetime) -> None:
    """The owner puts the new meeting into the calendar."""
    assert office.calendar is not None
    name, address = person.rstrip(">").split(" <")
    owner = office.me.rstrip(">").split(" <")[1]
    made = NOW().astimezone(UTC)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//test//test//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        *(f"{key}:{made:%Y%m%dT%H%M%SZ}" for key in ("DTSTAMP", "CREATED", "LAST-MODIFIED")),
        f"DTSTART;TZID=Europe/Amsterdam:{start:%Y%m%dT%H%M%S}",
        "DURATION:PT1H",
        "SUMMARY:Intake",
        f"ORGANIZER:mailto:{owner}",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{owner}",
        f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    calendars.put_event(office.calendar, "\r\n".join(lines))


@contextmanager
def _at(moment: datetime) -> Iterator[None]:
    """Later; the servers need not know."""
    with time_machine.travel(moment, tick=True):
        yield


def _owed(office: Office) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.crmlink("owed", "--json").json["agreements"]
    return [one for one in found if one["kind"] == "meeting"]


def _ids(office: Office) -> list[str]:
    return [line.split()[0] for line in office.crmlink("lapses", "list", "--all").out.splitlines()]


def _shown(office: Office) -> str:
    (lapse,) = _ids(office)
    return office.crmlink("lapses", "show", lapse).out


def _words(moment: datetime, story: Story) -> str:
    days = {
        "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag"],
        "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    }
    return f"{days[story.language][moment.weekday()]} {moment.day} "


def _re(letter: EmailMessage) -> str:
    subject = str(letter["Subject"])
    return subject if subject.startswith("Re:") else f"Re: {subject}"


def _id(letter: EmailMessage) -> str:
    return str(letter["Message-ID"])


def _remembered(office: Office) -> tuple[object, object]:
    me = office.me.rstrip(">").split(" <")[1]
    with open_ledger(str(office.directory / "ledger.db"), read_only=True) as ledger:
        return ledger.drafts.all(me), ledger.lapses.all(me)


def _moves(office: Office) -> bool:
    with mailboxes.connected(office.mail) as client:
        return b"MOVE" in {name.upper() for name in client.capabilities()}
