"""The webhook on real HTTP servers: signed so that others can check it, and to nobody it should not reach."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from crmlink.crm.port import CrmRefusedError, CrmUnreachableError
from crmlink.crm.webhook import Webhook, secret_bytes
from crmlink.model.errors import SettingsError
from tests.crm_examples import ACCEPTED, FOUND, SECRET, access
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.scripted_http import Reply, scripted

OK = {"POST /hook?token=kanarie": Reply(204)}
PATH = "/hook?token=kanarie"


def clock() -> datetime:
    """The real one: whoever checks a signature checks its age as well."""
    return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 -- what the verifier itself reads


def test_a_message_can_be_checked_by_others_and_holds_what_it_says() -> None:
    with scripted() as server:
        server.replies = OK
        Webhook(access(f"{server.url}{PATH}", now=clock)).deliver(ACCEPTED)
    (asked,) = server.asked
    headers = {name.lower(): value for name, value in asked.headers.items()}
    document = Verifier(SECRET).verify(asked.body, headers)
    assert document == json.loads(asked.body)
    assert (headers["webhook-id"], headers["content-type"]) == ("evt_3", "application/json")
    assert document["type"] == "draft.outcome"
    assert document["data"]["lapse"]["contact"] == {
        "name": "Gijs Bakker",
        "address": "gijs@bakker.example",
        "company": "bakker.example",
    }
    assert document["data"]["outcome"] == "accepted"
    assert document["data"]["accepted"] == {"start": "2026-03-12T08:00:00Z", "end": "2026-03-12T09:00:00Z"}
    for changed in (
        {**headers, "webhook-id": "evt_4"},
        {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
    ):
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(asked.body, changed)
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(asked.body.replace("accepted", "rejected"), headers)


def test_no_word_of_a_mail_is_in_it() -> None:
    with scripted() as server:
        server.replies = OK
        Webhook(access(f"{server.url}{PATH}")).deliver(FOUND)
    assert set(json.loads(server.asked[0].body)["data"]["lapse"]) == {
        "id", "kind", "fault", "subject", "happened_at", "due", "contact"
    }  # fmt: skip
    assert SECRET.removeprefix("whsec_") not in str(server.asked[0])


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        pytest.param(Reply(500), CrmUnreachableError, "does not take it (answer 500)", id="a broken server"),
        pytest.param(Reply(401), CrmUnreachableError, "does not take it (answer 401)", id="a wrong key"),
        pytest.param(Reply(422), CrmRefusedError, "refuses this message (answer 422)", id="a message it never takes"),
        pytest.param(
            Reply(307, headers={"Location": "http://127.0.0.1:1/"}),
            CrmUnreachableError,
            "redirects; nothing was said there",
            id="a redirect",
        ),
        pytest.param(
            Reply(200, "x" * 300_000), CrmUnreachableError, "more than can be read", id="an answer without measure"
        ),
        pytest.param(Reply(200, "x" * 400, pause=0.05), CrmUnreachableError, "in time", id="an answer that trickles"),
        pytest.param(Reply(200, pause=0.05, early=True), CrmUnreachableError, "in time", id="headers that trickle"),
    ],
)
def test_what_a_server_can_do_wrong_is_told_without_the_address(
    reply: Reply, error: type[Exception], said: str
) -> None:
    with scripted() as server:
        server.replies = {f"POST {PATH}": reply}
        with pytest.raises(error) as caught:
            Webhook(access(f"{server.url}{PATH}", seconds=1 if reply.pause else 5)).deliver(FOUND)
    assert said in str(caught.value)
    assert "kanarie" not in f"{caught.value}{caught.value.args}"
    assert len(server.asked) == 1


def test_nobody_there() -> None:
    with scripted() as server:
        pass
    with pytest.raises(CrmUnreachableError, match="cannot be reached"):
        Webhook(access(server.url)).deliver(FOUND)


@pytest.mark.parametrize("kind", Certificate)
def test_only_a_server_that_proves_who_it_is_hears_anything(kind: Certificate, tmp_path: Path) -> None:
    files = write_certificate(kind, tmp_path)
    with scripted(files) as server:
        server.replies = OK
        webhook = Webhook(access(f"{server.url}{PATH}", ca_file=files.authority))
        if kind is Certificate.TRUSTED:
            webhook.deliver(FOUND)
        else:
            with pytest.raises(CrmUnreachableError, match="no valid certificate"):
                webhook.deliver(FOUND)
    assert len(server.asked) == (kind is Certificate.TRUSTED)


def test_without_its_authority_a_private_certificate_is_not_trusted(tmp_path: Path) -> None:
    files = write_certificate(Certificate.TRUSTED, tmp_path)
    with scripted(files) as server, pytest.raises(CrmUnreachableError, match="no valid certificate"):
        Webhook(access(server.url)).deliver(FOUND)
    assert server.asked == []


@pytest.mark.parametrize("found", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "::ffff:192.168.1.1"])
def test_a_name_that_leads_inside_a_private_network_is_not_followed(
    found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket  # noqa: PLC0415 -- its look-up is what is replaced

    family = socket.AF_INET6 if ":" in found else socket.AF_INET
    answer = [(family, socket.SOCK_STREAM, 6, "", (found, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answer)
    with pytest.raises(CrmUnreachableError, match="inside a private network"):
        Webhook(access("https://crm.example/hook")).deliver(FOUND)


@pytest.mark.parametrize("text", ["", "geheim", "whsec_", "whsec_a2FuYXJpZQ==", "whsec_!!!" + "a" * 40])
def test_a_bad_secret_is_refused_unrepeated(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        secret_bytes(text)
    assert caught.value.problems[0].startswith("CRMLINK_CRM_WEBHOOK_SECRET: ")
    assert not text or text.removeprefix("whsec_") not in str(caught.value) or text == "whsec_"


def test_a_secret_may_come_without_its_prefix() -> None:
    assert secret_bytes(SECRET) == secret_bytes(SECRET.removeprefix("whsec_"))
