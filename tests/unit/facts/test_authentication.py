"""The receiving server's verdict on where a mail came from: topmost, from a known server, aligned with From."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crmlink.facts.authentication import is_verified, learned_authserv_ids
from crmlink.model.mail import Role
from tests.picture_of import ME, mail, march

OURS = frozenset({"mx.example.nl"})
FROM_GIJS = mail("a", march(2))

VERIFIED = {
    "dmarc": "mx.example.nl; dmarc=pass (p=REJECT sp=NONE) header.from=bakker.example",
    "a signature of the same domain": "mx.example.nl; dkim=pass (2048-bit key) header.d=bakker.example header.i=@bakker.example header.b=Zm9v",
    "a signature of a part of it": "mx.example.nl; dkim=pass header.d=mail.bakker.example",
    "one of two signatures": "mx.example.nl; dkim=pass header.d=list.example; dkim=pass header.d=bakker.example",
    "a server's name in capitals": "MX.Example.NL; dmarc=pass header.from=bakker.example",
}
UNVERIFIED = {
    "nothing checked": "mx.example.nl; none",
    "dmarc of another domain": "mx.example.nl; dmarc=pass header.from=evil.example",
    "dmarc that does not say of which domain": "mx.example.nl; dmarc=pass",
    "dmarc failed": "mx.example.nl; dmarc=fail header.from=bakker.example",
    "a signature that failed": "mx.example.nl; dkim=fail header.d=bakker.example",
    "a signature of another domain": "mx.example.nl; dkim=pass header.d=evil.example",
    "a domain that only ends the same": "mx.example.nl; dkim=pass header.d=er.example",
    "a top-level domain": "mx.example.nl; dkim=pass header.d=example",
    "the envelope only": "mx.example.nl; spf=pass smtp.mailfrom=bakker.example",
    "another server": "mx.evil.example; dmarc=pass header.from=bakker.example",
    "a server whose name ours begins": "mx.example.nl.evil.example; dmarc=pass header.from=bakker.example",
    "no server at all": "dmarc=pass header.from=bakker.example",
    "an endless comment": "mx.example.nl; dmarc=pass (" + "(" * 5000,
    "nothing": "",
}


@pytest.mark.parametrize("value", VERIFIED.values(), ids=VERIFIED)
def test_verified_by(value: str) -> None:
    assert is_verified(replace(FROM_GIJS, authentication_results=(value,)), authserv_ids=OURS)


@pytest.mark.parametrize("value", UNVERIFIED.values(), ids=UNVERIFIED)
def test_unverified_with(value: str) -> None:
    assert not is_verified(replace(FROM_GIJS, authentication_results=(value,)), authserv_ids=OURS)


def test_only_the_topmost_header_counts() -> None:
    good, bad = VERIFIED["dmarc"], UNVERIFIED["dmarc failed"]
    assert is_verified(replace(FROM_GIJS, authentication_results=(good, bad)), authserv_ids=OURS)
    assert not is_verified(replace(FROM_GIJS, authentication_results=(bad, good)), authserv_ids=OURS)


def test_without_known_servers_or_a_sender_nothing_is_verified() -> None:
    proven = replace(FROM_GIJS, authentication_results=(VERIFIED["dmarc"],))
    assert not is_verified(proven, authserv_ids=frozenset())
    assert not is_verified(replace(proven, sender=None), authserv_ids=OURS)


def test_the_providers_server_is_learned_from_mail_to_myself_only() -> None:
    received = replace(
        mail("zelf", march(2), sender=ME.mailbox),
        role=Role.INBOX,
        authentication_results=("Mx.Example.nl; none", "x; none"),
    )
    sent = replace(received, role=Role.SENT, authentication_results=())
    assert learned_authserv_ids([received, sent]) == OURS
    assert learned_authserv_ids([received]) == frozenset()
    assert learned_authserv_ids([replace(FROM_GIJS, authentication_results=("mx.evil.example; none",))]) == frozenset()
