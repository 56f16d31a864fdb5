"""The owner's own questions to others, in one pass: added to what was seen where nudges are wished, else not even looked for.

What is a question, and whether it waits, is decided in `agreements`. Here is only what the ledger adds: the letters that
crmlink drafted are no questions, however they end.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from crmlink.agreements.my_questions import my_questions
from crmlink.agreements.picture import Picture
from crmlink.app.house import House
from crmlink.app.look import Look
from crmlink.model.draft import StoredDraft
from crmlink.model.ids import MessageId
from crmlink.model.policy import Nudge
from crmlink.outcomes.match import is_sent_copy, sent_header


def with_questions(house: House, seen: Look) -> Look:
    """What was seen, with the owner's own questions when `Policy.nudge` wants them."""
    if house.policy.nudge is Nudge.NOTHING:
        return seen
    return replace(seen, questions=my_questions(seen.picture, besides=_drafted(house, seen.picture)))


def _drafted(house: House, picture: Picture) -> frozenset[MessageId]:
    """The owner's mails that were drafts of crmlink, about lapses or to introduce people."""
    by_person: dict[str, list[StoredDraft]] = defaultdict(list)
    for store in (house.ledger.drafts, house.ledger.introductions.drafts):
        for stored in store.all(house.account):
            for person in stored.draft.to:
                by_person[person.address].append(stored)
    return frozenset(
        message.id
        for _, message in picture.messages()
        if message.from_me
        and any(
            is_sent_copy(sent_header(message), stored)
            for person in message.recipients
            for stored in by_person.get(person.address, ())
        )
    )
