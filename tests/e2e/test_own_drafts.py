"""What lies in Drafts already: letters the owner writes, and drafts of crmlink that the ledger does not know any more."""

from __future__ import annotations

import email.policy
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.e2e.office import GIJS, Office
from tests.servers import mailboxes

QUESTION = "Hoi Marleen,\n\nKun je me laten weten of de levertijd van zes weken nog klopt?\n\nGroet,\nGijs"


def _asked(office: Office) -> str:
    """A question that was not answered: the draft answers it. Gives its subject."""
    office.receive("ask", GIJS, QUESTION, days_ago=8)
    return "Re: Offerte"


def _cancelled(office: Office) -> str:
    """A meeting that was called off: the draft answers no mail."""
    office.book("intake@test", "Intake", GIJS, in_days=3, status="CANCELLED")
    office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=4)
    return "Intake"


lapses = pytest.mark.parametrize("lapse", [_asked, _cancelled], ids=["in a thread", "outside any thread"])
Lapse = Callable[[Office], str]


@lapses
def test_a_letter_the_owner_is_writing_comes_first_also_outside_the_thread(on_pymap: Office, lapse: Lapse) -> None:
    own = _letter(lapse(on_pymap))
    _put(on_pymap, own)

    for arguments in (["--dry-run"], [], []):
        (one,) = on_pymap.scan(*arguments)
        assert (one["decision"], one["draft"]) == ("hold", None)
        assert "a draft of your own" in one["reason"]
    assert [str(each["Message-ID"]) for each in on_pymap.drafts()] == ["<own@client.example>"]

    on_pymap.delete_draft()
    assert [one["decision"] for one in on_pymap.scan()] == ["draft"]


@lapses
@pytest.mark.parametrize("to", ["Els <els@bakker.example>", GIJS])
def test_a_letter_about_something_else_holds_nothing_back(on_pymap: Office, lapse: Lapse, to: str) -> None:
    subject = lapse(on_pymap)
    _put(on_pymap, _letter(subject if to != GIJS else "Nieuwjaarsborrel", to))

    assert [one["decision"] for one in on_pymap.scan()] == ["draft"]


@lapses
def test_a_draft_that_a_lost_ledger_does_not_know_is_taken_for_what_it_is(on_pymap: Office, lapse: Lapse) -> None:
    lapse(on_pymap)
    on_pymap.scan()
    placed = on_pymap.drafts()
    (on_pymap.directory / "ledger.db").unlink()

    on_pymap.scan()
    assert [one["decision"] for one in on_pymap.scan()] == ["drafted"]
    assert [str(each["Message-ID"]) for each in on_pymap.drafts()] == [str(each["Message-ID"]) for each in placed]

    on_pymap.delete_draft()
    assert [one["decision"] for one in on_pymap.scan()] == ["skip"]


@lapses
def test_a_draft_that_lost_name_and_thread_and_then_its_ledger_is_not_made_again(
    on_pymap: Office, lapse: Lapse
) -> None:
    subject = lapse(on_pymap)
    on_pymap.scan()
    on_pymap.delete_draft()
    _put(on_pymap, _letter(subject))
    assert [one["decision"] for one in on_pymap.scan()] == ["drafted"]
    (on_pymap.directory / "ledger.db").unlink()

    for _ in range(2):
        assert [one["decision"] for one in on_pymap.scan()] == ["hold"]
    assert len(on_pymap.drafts()) == 1


@lapses
def test_a_draft_that_was_sent_under_another_name_is_known_by_its_words(on_pymap: Office, lapse: Lapse) -> None:
    subject = lapse(on_pymap)
    on_pymap.scan()
    (draft,) = on_pymap.drafts()
    on_pymap.delete_draft()
    on_pymap.send("own", GIJS, draft.get_content(), days_ago=0, subject=subject)
    (on_pymap.directory / "ledger.db").unlink()

    assert on_pymap.scan() == []
    assert on_pymap.drafts() == []


def _letter(subject: str, to: str = GIJS) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "marleen@example.nl", to, subject
    letter["Message-ID"] = "<own@client.example>"
    letter.set_content("Hoi,\n\nHet spijt me.\n")
    return letter


def _put(office: Office, letter: EmailMessage) -> None:
    mailboxes.deliver(office.mail, letter.as_bytes(policy=email.policy.SMTP), "Drafts", ["\\Draft", "\\Seen"])
