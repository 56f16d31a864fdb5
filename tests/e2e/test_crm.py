"""A CRM is told by the real command line over real HTTPS; what must stay secret stays so, and off means off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier

from tests.crm_examples import SECRET
from tests.e2e.office import Done, run_here
from tests.e2e.test_contacts import settings as settings  # noqa: PLC0414 -- the same office: Gijs and Els wait for an answer
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import Reply, ScriptedServer, scripted

WORDS = ("levertijd", "de prijs sturen")
BARE_SECRET = SECRET.removeprefix("whsec_")


@pytest.fixture
def crm(settings: dict[str, str], tmp_path: Path) -> Iterator[ScriptedServer]:
    """A CRM with a certificate of a private authority."""
    (tmp_path / "certificates").mkdir()
    files = write_certificate(Certificate.TRUSTED, tmp_path / "certificates")
    with scripted(files) as server:
        server.replies = {"POST /hook": Reply(200)}
        settings |= {"CRM_WEBHOOK": f"{server.url}/hook", "CRM_WEBHOOK_SECRET": SECRET, "CA_FILE": str(files.authority)}
        yield server


def crmlink(settings: dict[str, str], *arguments: str, code: int = 0) -> Done:
    done = run_here(arguments, settings, Path(settings["DATABASE"]).parent)
    assert done.code == code, done.err
    assert BARE_SECRET not in done.out + done.err
    return done


def codes(done: Done) -> list[str]:
    return [one["code"] for one in done.json["problems"]]


def events(server: ScriptedServer) -> list[tuple[str, str]]:
    """Type and person of all that the CRM was told, the signature of each checked."""
    found = []
    for asked in server.asked:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        document = Verifier(SECRET).verify(asked.body, headers)
        found.append((document["type"], document["data"]["lapse"]["contact"]["address"]))
    return found


def test_a_pass_tells_the_crm_once_and_no_word_of_a_mail(settings: dict[str, str], crm: ScriptedServer) -> None:
    assert codes(crmlink(settings, "scan", "--json", "--dry-run")) == []
    assert crm.asked == []
    for _ in range(2):
        assert codes(crmlink(settings, "scan", "--json")) == []
    assert sorted(events(crm)) == [
        ("draft.placed", "els@smitsen.example"),
        ("draft.placed", "gijs@bakkerman.example"),
        ("lapse.found", "els@smitsen.example"),
        ("lapse.found", "gijs@bakkerman.example"),
    ]
    told = crmlink(settings, "contacts", "export", "gijs@bakkerman.example").json["crm_events"]
    assert [(one["type"], one["told_at"] is not None) for one in told] == [
        ("lapse.found", True),
        ("draft.placed", True),
    ]
    sent = "".join(asked.body for asked in crm.asked)
    assert not any(word in sent for word in WORDS)
    assert "webhook is told of lapses and drafts; 0 event(s) wait" in crmlink(settings, "check").out


def test_the_secret_is_in_no_file_and_in_nothing_that_is_said(settings: dict[str, str], crm: ScriptedServer) -> None:
    crm.replies = {"POST /hook": Reply(500)}
    assert codes(crmlink(settings, "scan", "--json")) == ["crm.failed"]
    crmlink(settings, "scan")
    crmlink(settings, "check")
    crmlink(settings, "contacts", "export", "gijs@bakkerman.example")
    crmlink(settings | {"CRM_WEBHOOK_SECRET": f"{SECRET}\r\nx"}, "scan", code=78)
    crmlink(settings | {"CRM_WEBHOOK_SECRET": f"{SECRET}!"}, "check", code=78)
    assert not any(BARE_SECRET in str(asked) for asked in crm.asked)
    for path in Path(settings["DATABASE"]).parents[1].rglob("*"):
        assert not path.is_file() or BARE_SECRET.encode() not in path.read_bytes(), path


def test_who_is_forgotten_while_the_crm_is_down_is_never_told(settings: dict[str, str], crm: ScriptedServer) -> None:
    crm.replies = {"POST /hook": Reply(500)}
    assert codes(crmlink(settings, "scan", "--json")) == ["crm.failed"]
    tried = len(crm.asked)
    crmlink(settings, "contacts", "forget", "gijs@bakkerman.example", "--yes")
    crmlink(settings, "contacts", "forget", "els@smitsen.example", "--yes")
    crm.replies = {"POST /hook": Reply(200)}
    assert codes(crmlink(settings, "scan", "--json")) == []
    assert len(crm.asked) == tried


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"CRM_WEBHOOK_SECRET": ""}, "CRMLINK_CRM_WEBHOOK_SECRET: is missing", id="no secret"),
        pytest.param({"CRM_WEBHOOK_SECRET": "x"}, "CRMLINK_CRM_WEBHOOK_SECRET: is no whsec_", id="a bad secret"),
        pytest.param({"CRM_CONNECTOR": "zwam"}, "there is no connector 'zwam'", id="no such connector"),
    ],
)
def test_a_crm_that_is_not_set_right_is_told_nothing_and_the_drafts_come(
    settings: dict[str, str], crm: ScriptedServer, change: dict[str, str], said: str
) -> None:
    settings |= change
    done = crmlink(settings, "scan", "--json")
    assert said in json.dumps(done.json["problems"], ensure_ascii=False)
    assert [one["decision"] for one in done.json["lapses"]] == ["draft", "draft"]
    assert said in crmlink(settings, "check", code=78).out
    assert crm.asked == []


def test_an_address_without_tls_or_with_a_login_is_refused(settings: dict[str, str]) -> None:
    for url, said in {
        "http://crm.example/hook": "must use TLS",
        "https://me:kanarie@crm.example/": "may not hold a login",
        "ftp://crm.example": "is no address of the web",
    }.items():
        done = crmlink(settings | {"CRM_WEBHOOK": url}, "scan", code=78)
        assert f"CRMLINK_CRM_WEBHOOK: {said}" in done.err
        assert "kanarie" not in done.err
