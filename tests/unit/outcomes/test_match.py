from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from crmlink.model.contact import Address
from crmlink.model.draft import DraftState, Position, StoredDraft, StoredHeader
from crmlink.model.ids import AgreementId, MessageId
from crmlink.model.lapse import LapseKind
from crmlink.model.mail import Message
from crmlink.outcomes.match import continues, outcomes, sent_header
from tests.ledger_examples import ANCHOR, GIJS, ME, NOW, draft

OURS = draft().message_id
PLACED = StoredDraft(
    draft=draft(),
    agreement=AgreementId("agreement-een"),
    kind=LapseKind.MISSED,
    position=Position("Drafts", 1, 1),
    state=DraftState.PLACED,
    created_at=NOW,
    placed_at=NOW,
)
ITSELF = StoredHeader("1", OURS, ANCHOR, (ANCHOR,), (GIJS.address,), len(draft().raw), subject="Re: Kennismaking")
RENAMED = replace(ITSELF, uid="2", message_id=MessageId("<client@veen.example>"), stored_at=NOW + timedelta(hours=1))
ONLY_REFERENCES = replace(RENAMED, in_reply_to=None, references=(MessageId("<first@x>"), ANCHOR))
TO_ANOTHER = replace(RENAMED, to=("omar@else.example",))
ANOTHER_THREAD = replace(RENAMED, in_reply_to=MessageId("<other@x>"), references=())
EARLIER = replace(RENAMED, stored_at=NOW - timedelta(hours=1))
JUST_BEFORE = replace(RENAMED, stored_at=NOW - timedelta(minutes=5))
UNDATED = replace(RENAMED, stored_at=None)
LOST_THREAD = replace(RENAMED, in_reply_to=None, references=())
AS_FORWARD = replace(LOST_THREAD, subject="FW: kennismaking ")
ANOTHER_SUBJECT = replace(LOST_THREAD, subject="Kennismaking volgend jaar")
NO_SUBJECT = replace(LOST_THREAD, subject="")


@pytest.mark.parametrize(
    ("in_drafts", "in_sent", "expected"),
    [
        pytest.param([ITSELF], [], DraftState.PLACED, id="still in Drafts as it was"),
        pytest.param([ITSELF], [RENAMED], DraftState.PLACED, id="still in Drafts while the owner wrote by themselves"),
        pytest.param([RENAMED], [], DraftState.EDITED, id="in Drafts under a new Message-ID"),
        pytest.param([ONLY_REFERENCES], [], DraftState.EDITED, id="in Drafts, only References kept"),
        pytest.param([UNDATED], [], DraftState.EDITED, id="in Drafts, the store tells no time"),
        pytest.param([LOST_THREAD], [], DraftState.EDITED, id="in Drafts, neither name nor thread kept"),
        pytest.param([RENAMED], [RENAMED], DraftState.EDITED, id="being edited, and the owner wrote as well"),
        pytest.param([], [ITSELF], DraftState.SENT, id="sent as it was"),
        pytest.param([ITSELF], [ITSELF], DraftState.SENT, id="sent, and the client left the draft behind"),
        pytest.param([], [RENAMED], DraftState.SENT, id="sent under a new Message-ID"),
        pytest.param([], [ONLY_REFERENCES], DraftState.SENT, id="sent, only References kept"),
        pytest.param([], [JUST_BEFORE], DraftState.SENT, id="sent on a server whose clock is slow"),
        pytest.param([], [LOST_THREAD], DraftState.SENT, id="sent, neither name nor thread kept"),
        pytest.param([], [AS_FORWARD], DraftState.SENT, id="sent, the subject has another prefix"),
        pytest.param([], [], DraftState.DISCARDED, id="nowhere"),
        pytest.param(
            [ANOTHER_SUBJECT], [ANOTHER_SUBJECT], DraftState.DISCARDED, id="nowhere, another subject outside a thread"
        ),
        pytest.param([NO_SUBJECT], [NO_SUBJECT], DraftState.DISCARDED, id="nowhere, no subject says nothing"),
        pytest.param(
            [],
            [replace(LOST_THREAD, stored_at=EARLIER.stored_at)],
            DraftState.DISCARDED,
            id="nowhere, an older mail of that subject",
        ),
        pytest.param(
            [],
            [replace(LOST_THREAD, to=TO_ANOTHER.to)],
            DraftState.DISCARDED,
            id="nowhere, that subject to somebody else",
        ),
        pytest.param([], [UNDATED], DraftState.DISCARDED, id="nowhere, an answer of unknown date proves nothing"),
        pytest.param([], [EARLIER], DraftState.DISCARDED, id="nowhere, an older answer does not count"),
        pytest.param([], [TO_ANOTHER], DraftState.DISCARDED, id="nowhere, a mail to somebody else does not count"),
        pytest.param([ANOTHER_THREAD], [ANOTHER_THREAD], DraftState.DISCARDED, id="nowhere, another thread"),
    ],
)
def test_what_became_of_a_placed_draft(
    in_drafts: list[StoredHeader], in_sent: list[StoredHeader], expected: DraftState
) -> None:
    assert outcomes([PLACED], in_drafts=in_drafts, in_sent=in_sent) == {OURS: expected}


def test_a_draft_with_other_content_under_its_own_name_is_edited_and_stays_so() -> None:
    assert outcomes([PLACED], in_drafts=[ITSELF], in_sent=[], touched={OURS}) == {OURS: DraftState.EDITED}

    edited = replace(PLACED, state=DraftState.EDITED)
    assert outcomes([edited], in_drafts=[ITSELF], in_sent=[]) == {OURS: DraftState.EDITED}


@pytest.mark.parametrize(
    ("in_drafts", "in_sent", "expected"),
    [
        pytest.param([], [RENAMED], DraftState.SENT, id="a client that takes the draft away while it is written"),
        pytest.param([ITSELF], [], DraftState.PLACED, id="a folder that was listed empty by mistake"),
        pytest.param([], [], DraftState.DISCARDED, id="it stays away"),
    ],
)
def test_a_no_is_taken_back_when_the_draft_turns_up(
    in_drafts: list[StoredHeader], in_sent: list[StoredHeader], expected: DraftState
) -> None:
    discarded = replace(PLACED, state=DraftState.DISCARDED)
    assert outcomes([discarded], in_drafts=in_drafts, in_sent=in_sent) == {OURS: expected}


@pytest.mark.parametrize(
    "state",
    [state for state in DraftState if state not in {DraftState.PLACED, DraftState.EDITED, DraftState.DISCARDED}],
)
def test_drafts_on_their_way_and_closed_ones_are_left_out(state: DraftState) -> None:
    assert outcomes([replace(PLACED, state=state)], in_drafts=[ITSELF], in_sent=[ITSELF]) == {}


def test_another_draft_of_ours_in_the_same_thread_is_not_an_edited_one() -> None:
    sibling = replace(PLACED, draft=draft("twee"), agreement=AgreementId("agreement-twee"))
    its = replace(ITSELF, uid="9", message_id=draft("twee").message_id)

    found = outcomes([PLACED, sibling], in_drafts=[its], in_sent=[])

    assert found == {OURS: DraftState.DISCARDED, draft("twee").message_id: DraftState.PLACED}


@pytest.mark.parametrize(
    ("in_drafts", "in_sent", "expected"),
    [
        pytest.param([], [ITSELF], DraftState.SENT, id="sent as it was"),
        pytest.param([LOST_THREAD], [], DraftState.EDITED, id="in Drafts under a new Message-ID"),
        pytest.param([], [LOST_THREAD], DraftState.SENT, id="sent under a new Message-ID"),
        pytest.param([], [RENAMED], DraftState.DISCARDED, id="nowhere, an answer in a thread is none of it"),
        pytest.param([], [ONLY_REFERENCES], DraftState.DISCARDED, id="nowhere, nor is one that only has References"),
        pytest.param([], [ANOTHER_SUBJECT], DraftState.DISCARDED, id="nowhere, another subject"),
        pytest.param([], [], DraftState.DISCARDED, id="nowhere"),
    ],
)
def test_what_became_of_a_draft_that_answers_no_mail(
    in_drafts: list[StoredHeader], in_sent: list[StoredHeader], expected: DraftState
) -> None:
    alone = replace(PLACED, draft=draft(in_reply_to=None))

    assert outcomes([alone], in_drafts=in_drafts, in_sent=in_sent) == {OURS: expected}


def test_a_draft_whose_text_was_erased_is_not_known_by_its_lack_of_a_subject() -> None:
    erased = replace(PLACED, draft=draft(in_reply_to=None, subject=""), state=DraftState.DISCARDED)

    assert outcomes([erased], in_drafts=[], in_sent=[NO_SUBJECT]) == {OURS: DraftState.DISCARDED}


def test_one_of_several_recipients_is_enough_to_recognise_a_draft() -> None:
    to_two = replace(draft(), to=(Address("Omar", "omar@else.example"), GIJS))
    assert continues(RENAMED, to_two)


def test_a_mail_read_from_sent_identifies_itself_like_a_stored_one() -> None:
    message = Message(
        id=RENAMED.message_id or OURS,
        sent_at=NOW,
        sender=Address("Marleen", ME),
        to=(),
        cc=(GIJS,),
        subject="Re: Kennismaking",
        text="",
        full_text="",
        from_me=True,
        in_reply_to=ANCHOR,
    )
    header = sent_header(message)

    assert (header.message_id, header.stored_at) == (RENAMED.message_id, NOW)
    assert continues(header, draft())
    assert continues(replace(header, in_reply_to=None), draft(in_reply_to=None))
