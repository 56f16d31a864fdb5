"""Requests and promises in whole mails: none where nothing is said, and the right ones among much else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from crmlink.language.promises import find_promises
from crmlink.language.requests import Addressing, find_requests

MAILS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("whole_mails.toml").read_text(encoding="utf-8"))[
    "mail"
]
SANNE = Addressing(owner_names=("Sanne", "Sanne Wouters"), other_names=("Piet",))


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: " ".join(mail["text"].split())[:60])
def test_a_mail_asks_and_promises_what_it_should(mail: dict[str, Any]) -> None:
    requests, _ = find_requests(mail["text"], language=mail["language"], addressing=SANNE, dates=())
    promises, _ = find_promises(mail["text"], language=mail["language"], dates=())

    assert any(request.to_me for request in requests) == mail["asks"]
    assert bool(promises) == mail["promises"]
