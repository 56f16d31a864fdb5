"""Says whether a mail provably comes from the domain in its From, by what the receiving server wrote (RFC 8601).

Only the topmost Authentication-Results counts, and only when its authserv-id is one the owner's provider uses: anybody can
write such a header, and a provider adds its own on top. What is not proven is "unverified", never "forged": forwarders and
lists break signatures. In: the raw header values of a message, topmost first. Out: yes or no. Never raises.
"""

from __future__ import annotations

from collections.abc import Iterable

import authres

from crmlink.model.mail import Message, Role

_LONGEST = 8_000


def is_verified(message: Message, *, authserv_ids: frozenset[str]) -> bool:
    """Whether the owner's server saw a passing DMARC check, or a DKIM signature aligned with the From domain.

    `authserv_ids` are the trusted authserv-ids in lower case; none of them means that nothing is verified. SPF alone
    proves the envelope, not the From, and counts for nothing.
    """
    if message.sender is None or not message.authentication_results:
        return False
    header = _parsed(message.authentication_results[0])
    if header is None or str(header.authserv_id or "").lower() not in authserv_ids:
        return False
    return any(_proves(result, message.sender.domain) for result in header.results)


def learned_authserv_ids(messages: Iterable[Message]) -> frozenset[str]:
    """The authserv-ids that stand topmost in mail the owner sent to himself; `messages` are copies, not merged yet.

    A mail "from me" proves nothing: it counts only when the same Message-ID lies in Sent, which no forger can arrange.
    """
    copies = tuple(messages)
    sent = {message.id for message in copies if message.from_me and message.role is Role.SENT}
    received = (
        message
        for message in copies
        if message.id in sent and message.role is not Role.SENT and message.authentication_results
    )
    headers = (_parsed(message.authentication_results[0]) for message in received)
    return frozenset(str(header.authserv_id).lower() for header in headers if header and header.authserv_id)


def _parsed(value: str) -> authres.AuthenticationResultsHeader | None:
    try:
        return authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value[:_LONGEST]}")
    except (authres.AuthResError, ValueError, RecursionError, IndexError, TypeError, AttributeError):
        return None  # authres answers garbage with whatever came up


def _proves(result: authres.AuthenticationResult, domain: str) -> bool:
    if str(result.result).lower() != "pass":
        return False
    given = {
        (str(one.type).lower(), str(one.name).lower()): str(one.value).lower().rstrip(".") for one in result.properties
    }
    match str(result.method).lower():
        case "dmarc":
            return given.get(("header", "from"), "").rpartition("@")[2] == domain
        case "dkim":
            return _aligned(given.get(("header", "d"), ""), domain)
        case _:
            return False


def _aligned(signer: str, domain: str) -> bool:
    """Relaxed alignment (RFC 7489 section 3.1.1) without a list of public suffixes: equal, or one below the other."""
    if "." not in signer or "." not in domain:
        return False
    return signer == domain or signer.endswith(f".{domain}") or domain.endswith(f".{signer}")
