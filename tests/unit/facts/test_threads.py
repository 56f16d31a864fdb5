"""Which messages belong together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crmlink.facts.threads import merged, threads
from crmlink.model.contact import Address
from crmlink.model.ids import MessageId
from crmlink.model.mail import Automatic, Message, Role

ME, ELS, JAN = (Address("", f"{name}@{name}.example") for name in ("me", "els", "jan"))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def message(
    name: str,
    *,
    sender: Address = ELS,
    to: tuple[Address, ...] = (ME,),
    subject: str = "offerte",
    after: float = 0,
    refers: tuple[str, ...] = (),
    answers: str = "",
    role: Role = Role.INBOX,
    text: str = "x",
) -> Message:
    return Message(
        id=MessageId(f"<{name}>"), sent_at=START + timedelta(days=after), sender=sender, to=to, cc=(), subject=subject, text=text, full_text=text, from_me=sender == ME, role=role,
        in_reply_to=MessageId(f"<{answers}>") if answers else None, references=tuple(MessageId(f"<{one}>") for one in refers),
    )  # fmt: skip


def groups(*messages: Message) -> list[list[str]]:
    return [[one.id.strip("<>") for one in thread.messages] for thread in threads(messages)]


def test_references_join_in_order_of_time() -> None:
    assert groups(
        message("c", after=2, refers=("a", "b")), message("a"), message("b", after=1, answers="a", sender=ME, to=(ELS,))
    ) == [["a", "b", "c"]]


def test_messages_that_refer_to_the_same_unseen_one_belong_together() -> None:
    assert groups(message("a", refers=("weg",)), message("b", after=1, refers=("weg",))) == [["a", "b"]]


def test_a_missing_link_is_bridged_by_references() -> None:
    assert groups(message("a"), message("c", after=2, refers=("a", "b"), answers="b")) == [["a", "c"]]


def test_an_answer_without_references_joins_by_subject_and_people() -> None:
    assert groups(message("a"), message("b", after=1, sender=ME, to=(ELS,), subject="RE: Antw: offerte")) == [
        ["a", "b"]
    ]


@pytest.mark.parametrize(
    "other",
    [
        message("b", after=1, sender=ME, to=(ELS,), subject="offerte"), message("b", after=15, sender=ME, to=(ELS,), subject="Re: offerte"), message("b", after=1, sender=JAN, to=(ME,), subject="Re: offerte"), message("b", after=1, sender=ME, to=(JAN,), subject="Re: offerte"), message("b", after=1, sender=ME, to=(ELS,), subject="Re: offerte 2"),
        message("b", after=1, sender=ME, to=(ELS,), subject="Re: offerte", refers=("iets",)), message("b", after=-1, sender=ME, to=(ELS,), subject="Re: offerte"),
    ],
    ids=["no reply prefix", "too late", "somebody else", "to somebody else", "another subject", "it refers to something else", "before the question"],
)  # fmt: skip
def test_the_subject_alone_does_not_join(other: Message) -> None:
    assert len(groups(message("a"), other)) == 2


def test_very_short_subjects_do_not_join() -> None:
    assert len(groups(message("a", subject="hoi"), message("b", after=1, sender=ME, to=(ELS,), subject="Re: hoi"))) == 2


def test_the_nearest_earlier_message_of_that_name_is_answered() -> None:
    late = message("c", after=9, sender=ME, to=(ELS,), subject="Re: offerte")
    assert groups(message("a"), message("b", after=8), late) == [["a"], ["b", "c"]]


def test_a_message_in_several_folders_counts_once_with_the_most_telling_role() -> None:
    copies = [message("a", role=Role.ALL), message("a", role=Role.SENT), message("a", role=Role.INBOX)]
    assert [one.role for one in merged(copies)] == [Role.SENT]
    assert [one.role for one in merged(reversed(copies))] == [Role.SENT]


def test_nobody_can_replace_my_own_mail_by_one_with_its_name() -> None:
    mine = replace(message("a", sender=ME, role=Role.SENT, text="mijn woorden"), from_me=True)
    forged = message("a", sender=JAN, text="andere woorden, en veel meer")
    assert [one.text for one in merged([forged, mine])] == ["mijn woorden"]


def test_a_direct_copy_is_kept_rather_than_the_one_of_a_list() -> None:
    listed = replace(message("a", text="met een voettekst"), automatic=Automatic.LIST)
    assert [one.automatic for one in merged([listed, message("a")])] == [None]


def test_the_fullest_copy_is_kept() -> None:
    assert [one.text for one in merged([message("a", text=""), message("a", text="alles")])] == ["alles"]


def test_the_thread_is_named_after_its_first_message() -> None:
    first, second = message("a"), message("b", after=1, refers=("a",))
    assert threads([first])[0].id == threads([second, first])[0].id


def test_threads_come_in_order_of_their_last_message() -> None:
    assert groups(message("a"), message("b", after=1), message("c", after=2, refers=("a",))) == [["b"], ["a", "c"]]
