"""Subjects without and with the marks of replying and forwarding.

In: a clean subject line. Out: what the conversation is called, or the subject of an answer to it. List tags such as
"[board]" belong to the name.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Re and Fwd as clients write them: English, Dutch, German, French, Spanish, Italian, Portuguese, Scandinavian, Polish.
_REPLY = r"re|aw|antw|antwoord|betr|sv|rép|rep|rif|res|odp|vs|ynt|bals"
_FORWARD = r"fwd?|fw|doorst|doorgest|doorgestuurd|wg|tr|rv|enc|vb|vl|pd|weitergeleitet"
_PREFIX = re.compile(
    rf"\s*(?:(?P<reply>{_REPLY})|(?P<forward>{_FORWARD}))\.?(?:\s?[\[(]\d{{1,3}}[\])]|\^\d{{1,3}}|\d{{1,2}})?\s?[:：]\s*",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    r"\s*(\[[^\[\]]{1,60}\])\s*(?=(?:\[[^\[\]]{1,60}\]\s*)?(?:" + _REPLY + "|" + _FORWARD + r")\s?[:：])", re.IGNORECASE
)


@lru_cache(maxsize=16384)
def bare_subject(subject: str) -> str:
    """The subject without any reply and forward prefix, also where they stand behind a list tag."""
    tags: list[str] = []
    rest = subject.strip()
    for _ in range(50):
        if match := _PREFIX.match(rest):
            rest = rest[match.end() :]
        elif match := _TAGGED.match(rest):
            if match[1] not in tags:
                tags.append(match[1])
            rest = rest[match.end() :]
        else:
            break
    tags = [tag for tag in tags if not rest.startswith(tag)]
    return " ".join([*tags, rest.strip()]).strip()


def is_reply(subject: str) -> bool:
    """Whether the subject says that this answers something."""
    match = _PREFIX.match(subject) or _PREFIX.match(re.sub(r"^\s*\[[^\]]{1,60}\]", "", subject))
    return bool(match and match["reply"])


def is_forward(subject: str) -> bool:
    """Whether the subject says that this passes something on."""
    match = _PREFIX.match(subject)
    return bool(match and match["forward"])


def reply_subject(subject: str) -> str:
    """The subject of an answer: exactly one "Re: "."""
    return f"Re: {bare_subject(subject)}".strip()
