"""Threads do not depend on the order in which folders were read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crmlink.facts.threads import threads
from crmlink.model.contact import Address
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message, Role

PEOPLE = [Address("", f"{name}@x.example") for name in "abc"]
NAMES = [MessageId(f"<{name}>") for name in "123456"]


@st.composite
def message(draw: st.DrawFn) -> Message:
    return Message(
        id=draw(st.sampled_from(NAMES)),
        sent_at=datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 30))),
        sender=draw(st.one_of(st.none(), st.sampled_from(PEOPLE))),
        to=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=2))),
        cc=(),
        subject=draw(st.sampled_from(["offerte", "Re: offerte", "Antw: notulen", "notulen"])),
        text=draw(st.sampled_from(["", "x"])),
        full_text=draw(st.sampled_from(["", "x"])),
        from_me=draw(st.booleans()),
        role=draw(st.sampled_from(Role)),
        references=tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
    )


@given(
    st.lists(message(), max_size=12).flatmap(lambda messages: st.tuples(st.just(messages), st.permutations(messages)))
)
@settings(max_examples=200, deadline=None)
def test_order_does_not_matter(orders: tuple[list[Message], list[Message]]) -> None:
    one, other = orders
    assert threads(one) == threads(other)
    assert sum(len(thread.messages) for thread in threads(one)) == len({message.id for message in one})
