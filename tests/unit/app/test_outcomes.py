from __future__ import annotations

from datetime import timedelta

import pytest

from crmlink.model.draft import DraftState
from crmlink.model.mail import Role
from tests.ledger_examples import draft
from tests.outbox_world import World

DRAFTS, SENT, TRASH = "Concepten", "Verzonden", "Prullenbak"
RAW = draft().raw


def placed(raw: bytes | None = None) -> World:
    """A world with the draft in Drafts; with `raw` the server or the owner keeps it like that."""
    world = World()
    world.one_pass(draft())
    if raw is not None:
        (mail,) = world.mailbox.mails(DRAFTS)
        world.mailbox.remove(DRAFTS, mail.uid)
        world.mailbox.deliver(raw, folder=DRAFTS, flags=mail.flags)
    return world


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(RAW, None, id="untouched"),
        pytest.param(RAW.replace(b"\r\n", b"\n"), None, id="kept with bare line feeds"),
        pytest.param(b"X-Server: rewrote\r\n" + RAW, None, id="a header added by the server"),
        pytest.param(RAW.replace(b"Gijs Bakker <gijs@bakker.example>", b'"Gijs Bakker"\r\n <gijs@bakker.example>'), None, id="folded by the server"),
        pytest.param(RAW.replace(b"spijt me.", b"spijt me erg."), DraftState.EDITED, id="a word more"),
        pytest.param(RAW.replace(b"Re: Kennismaking", b"Onze afspraak"), DraftState.EDITED, id="another subject"),
        pytest.param(RAW.replace(b"To: Gijs", b"To: omar@else.example, Gijs"), DraftState.EDITED, id="one recipient more"),
        pytest.param(b"Content-Type: text/plain; charset=x-none\r\n" + RAW, DraftState.EDITED, id="unreadable"),
    ],
)  # fmt: skip
def test_only_other_words_make_a_draft_the_owners(raw: bytes, expected: DraftState | None) -> None:
    world = placed(raw)

    assert world.follow_up().settle(()) == ({} if expected is None else {draft().message_id: expected})


def test_a_draft_that_was_sent_is_settled_once() -> None:
    world = placed()
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.move(DRAFTS, mail.uid, SENT)

    assert world.follow_up().settle(()) == {draft().message_id: DraftState.SENT}
    assert world.follow_up().settle(()) == {}
    stored = world.stored()
    assert stored is not None
    assert stored.closed_at == world.now


def test_a_discarded_draft_that_is_sent_after_all_is_seen_in_the_mail_of_the_pass() -> None:
    world = placed()
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.remove(DRAFTS, mail.uid)
    assert world.follow_up().settle(()) == {draft().message_id: DraftState.DISCARDED}
    assert world.follow_up().settle(()) == {}

    world.later(timedelta(minutes=10))
    world.mailbox.deliver(mail.raw, folder=SENT)
    (header,) = world.outbox().writer.headers(Role.SENT)

    assert world.follow_up().settle([header]) == {draft().message_id: DraftState.SENT}


def test_an_overtaken_draft_goes_to_trash_and_is_closed() -> None:
    world = placed()

    assert world.follow_up().overtake(draft().message_id)

    assert world.everywhere(draft()) == [TRASH]
    assert world.state() is DraftState.OVERTAKEN
    assert world.follow_up().settle(()) == {}
    world.until_settled(draft())
    assert world.everywhere(draft()) == [TRASH]


@pytest.mark.parametrize("raw", [RAW.replace(b"me.", b"me erg."), RAW.replace(b".draft@", b".edited@")])
def test_a_draft_the_owner_edited_is_never_moved(raw: bytes) -> None:
    world = placed(raw)

    assert not world.follow_up().overtake(draft().message_id)

    assert [mail.raw for mail in world.mailbox.mails(DRAFTS)] == [raw]
    assert world.mailbox.mails(TRASH) == ()


def test_a_draft_that_is_not_known_or_not_placed_is_not_moved() -> None:
    world = World()
    assert not world.follow_up().overtake(draft().message_id)

    world.mailbox.deliver(RAW, folder=SENT)
    world.one_pass(draft())
    assert not world.follow_up().overtake(draft().message_id)
    assert world.everywhere(draft()) == [SENT]


def test_when_a_draft_was_sent_is_known_from_the_mail_in_sent() -> None:
    world = placed()
    (mail,) = world.mailbox.mails(DRAFTS)
    world.mailbox.remove(DRAFTS, mail.uid)
    sent_at = world.now + timedelta(minutes=7)
    world.mailbox.deliver(mail.raw, folder=SENT, received_at=sent_at)
    world.later(timedelta(hours=5))

    world.follow_up().settle(())

    stored = world.stored()
    assert stored is not None
    assert (stored.state, stored.closed_at) == (DraftState.SENT, sent_at)
