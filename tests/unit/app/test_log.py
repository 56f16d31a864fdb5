"""A log names no address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import structlog

from crmlink.app.log import configure


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("as_json", [True, False])
def test_an_address_becomes_a_mark_that_stays_the_same(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 -- both forms
    configure(as_json=as_json, verbose=True)
    log = structlog.get_logger("crmlink")
    log.warning("refused", what="the login of <Marleen@example.nl>, marleen@example.nl and gijs@x.nl", tries=2)
    told = capsys.readouterr().err
    assert "@" not in told
    one, same, other = re.findall(r"address-[0-9a-f]{8}", told)
    assert (one == same, one == other) == (True, False)
    assert "tries" in told


def test_under_systemd_each_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure(as_json=True)
    structlog.get_logger("crmlink").info("pass done", lapses=2)
    structlog.get_logger("crmlink").debug("not without -v")
    assert {**json.loads(capsys.readouterr().err), "timestamp": ""} == {
        "event": "pass done", "lapses": 2, "level": "info", "timestamp": "",
    }  # fmt: skip


def test_an_address_in_a_list_becomes_a_mark_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure(as_json=True)
    structlog.get_logger("crmlink").error("settings not taken", problems=["two of jan@firma.example", "more"], count=2)
    told = json.loads(capsys.readouterr().err)
    assert re.fullmatch(r"two of address-[0-9a-f]{8}", told["problems"][0])
    assert told["count"] == 2
