"""Says whether the header of a mail settles it: list mail, of which nothing in the body can count.

In: a header block and the shape of the parts as the server tells it (BODYSTRUCTURE, RFC 9051 section 7.5.2). Out: yes, or
no when in doubt; then the whole mail is read. A yes promises that the whole mail would be read as list mail without
invitations: calendar parts are evidence whoever sends them, and reports of mail systems are told by their parts.
"""

from __future__ import annotations

import re
from typing import Final

from crmlink.facts.addresses import addresses, sender
from crmlink.facts.automatic import automatic_by_header
from crmlink.facts.cues import words
from crmlink.facts.headers import message_ids
from crmlink.facts.letter import Letter
from crmlink.facts.parts import Budget, read_parts
from crmlink.model.contact import Owner
from crmlink.model.mail import Automatic

# Calendar types and file names, reports, messages in the message, and names that are coded or cut into pieces.
_MAY_COUNT: Final = re.compile(rb"calendar|ics|vcs|report|notification|status|rfc822|=\?|\*", re.IGNORECASE)
_OTHER_SIGNS: Final = ("precedence",)


def signs() -> tuple[str, ...]:
    """The header fields that settled mail has."""
    return (*sorted(words("automatic", "list_headers")), *_OTHER_SIGNS)


def settled_by_header(header: bytes, structure: bytes, *, owner: Owner) -> bool:
    """Whether the body of the mail with this header cannot matter. `structure` is empty when the server did not tell."""
    budget = Budget()
    root = read_parts(header, budget)
    shape = structure or root.headers.first("content-type").encode()
    if budget.spent or _MAY_COUNT.search(shape) or not message_ids(root.headers.first("message-id")):
        return False
    if not structure and root.content_type.startswith(("multipart/", "message/")):
        return False
    author = sender(root.headers)
    claimed = author or next(iter(addresses(root.headers.first("from"))), None)
    subject = root.headers.text("subject")
    letter = Letter(
        headers=root.headers,
        owner=owner,
        sender=claimed,
        recipients=(),
        subject=subject,
        text=subject.lower(),
        said=subject.lower(),
        html="",
        plain=False,
        types=(root.content_type,),
        report_type="",
        calendar_method="",
        raw=header,
    )
    return not letter.from_mail_system and automatic_by_header(letter) is Automatic.LIST
