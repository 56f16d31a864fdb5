"""The exchange: all personal mail in order of time, found by person and by conversation, with what was read in it.

Whoever joins mail into agreements asks here what was written later, by whom, to whom, and whether it is about the same
matter. Decides nothing itself. Mail that a machine wrote, drafts and thrown-away mail are not in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from crmlink.agreements.picture import Picture
from crmlink.facts.people import company_of
from crmlink.facts.subjects import bare_subject
from crmlink.language.closing import Closing, closing_words
from crmlink.language.topic import share_topic, topic_words
from crmlink.model.contact import Address
from crmlink.model.ids import MessageId
from crmlink.model.mail import Attachment, Message, Thread
from crmlink.model.reading import Reading

Sent = tuple[Thread, Message]
LINK = re.compile(r"https?://\S+")
_SIGNATURE_FILE = re.compile(
    r"(?i)^(?:image\d*|logo\w*|outlook-\w+|smime|signature|winmail|att\d+)\b.*$|\.(?:p7s|asc|vcf|ics)$"
)
_BEGINNING = 600
"""Characters of a mail in which it says what it is about."""


class Exchange:
    """The personal mail of a picture."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        personal = (pair for pair in picture.messages() if pair[1].automatic is None and pair[1].sender is not None)
        self.mails: tuple[Sent, ...] = tuple(sorted(personal, key=lambda pair: (pair[1].sent_at, pair[1].id)))
        self._with: dict[str, list[Sent]] = defaultdict(list)
        self._said: dict[tuple[MessageId, Closing], str] = {}
        self._topics: dict[MessageId, frozenset[str]] = {}
        for pair in self.mails:
            for person in people_in(pair[1]):
                self._with[person].append(pair)

    def later(self, people: Iterable[str], than: datetime) -> list[Sent]:
        """All mail from or to one of these addresses after that moment, in order of time."""
        found = {pair[1].id: pair for one in people for pair in self._with.get(one, []) if pair[1].sent_at > than}
        return sorted(found.values(), key=lambda pair: (pair[1].sent_at, pair[1].id))

    def reading(self, message: MessageId) -> Reading:
        """What was read in a message."""
        return self.picture.readings.get(message) or Reading(self.picture.policy.language)

    def says(self, message: Message, kind: Closing) -> str:
        """The closing words of that kind in a message, empty when there are none."""
        key = message.id, kind
        if key not in self._said:
            self._said[key] = closing_words(message.text, kind, language=self.reading(message.id).language)
        return self._said[key]

    def shares(self, words: frozenset[str], message: Message) -> frozenset[str]:
        """The words of a matter that a message has in its subject, its files or its beginning."""
        if message.id not in self._topics:
            self._topics[message.id] = _topic_of(message)
        return share_topic(words, self._topics[message.id])

    def my_side(self, sender: str, other: str) -> bool:
        """Whether the sender works with me and the other does not; inside one firm nobody answers for another."""
        mine = {company_of(address) for address in self.picture.owner.addresses} - {None}
        return company_of(sender) in mine and company_of(other) not in mine


def people_in(message: Message) -> frozenset[str]:
    """The addresses of everybody a message is from or to, the one to answer to among them."""
    people: list[Address] = [*message.recipients, *message.reply_to, *([message.sender] if message.sender else [])]
    return frozenset(one.address for one in people)


def name_words(message: Message) -> frozenset[str]:
    """The words of the names in a message's headers: a greeting with a name says nothing of the matter."""
    people = (*message.recipients, *((message.sender,) if message.sender else ()))
    return frozenset(word for one in people for word in topic_words(f"{one.name} {one.local_part}"))


def files_in(message: Message) -> tuple[Attachment, ...]:
    """What somebody attached to a message: no logos of a signature, cards, keys or calendar objects."""
    return tuple(
        one
        for one in message.attachments
        if not _SIGNATURE_FILE.search(one.name)
        and not one.content_type.startswith(("text/calendar", "application/pkcs7", "application/pgp"))
    )


def near_subject(one: str, two: str) -> bool:
    """Whether two subjects speak of the same thing: equal but for prefixes, or one inside the other and not tiny."""
    first, second = sorted((bare_subject(one).casefold(), bare_subject(two).casefold()), key=len)
    return bool(first) and (first == second or (len(first.split()) > 1 and first in second))


def _topic_of(message: Message) -> frozenset[str]:
    files = " ".join(re.sub(r"[_\W\d]+", " ", one.name) for one in message.attachments)
    return topic_words(f"{bare_subject(message.subject)} {files} {message.text[:_BEGINNING]}")


def first_line(message: Message) -> str:
    """The first line of what was written, to show it as evidence."""
    return next((line.strip() for line in message.text.splitlines() if line.strip()), message.subject)[:200]
