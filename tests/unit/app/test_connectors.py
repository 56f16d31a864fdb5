"""Connectors are found among what is installed, a package of somebody else's too; what cannot be used is said in time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crmlink.app.clock import frozen_clock
from crmlink.app.config.load_settings import load
from crmlink.app.config.settings import Settings
from crmlink.app.crm.connectors import connect_by, connector_name, connector_of
from crmlink.crm.espocrm import EspoCrm
from crmlink.crm.tryton import Tryton
from crmlink.crm.webhook import Webhook
from crmlink.model.errors import SettingsError
from tests.crm_examples import FOUND, NOW, SECRET

THEIRS = """
from crmlink.crm.port import CrmUnreachableError

class Ours:
    name = "ours"
    settings = ("crm_key",)

    def __init__(self, access):
        self.access = access

    def deliver(self, event):
        raise CrmUnreachableError(f"{self.access.language} {event.id}")
"""
CLOCK = frozen_clock(NOW)


def settings(**given: str) -> Settings:
    return load(
        {f"CRMLINK_{name}": value for name, value in {"ME": "m@veen.example", "MAIL": "maildir:///x", **given}.items()}
    )


def test_nobody_is_told_unless_it_is_set() -> None:
    assert (connector_name(settings()), connect_by(settings(), CLOCK)) == ("", None)
    assert connector_name(settings(CRM_WEBHOOK="https://crm.example/")) == "webhook"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param({"CRM_WEBHOOK": "https://crm.example/", "CRM_WEBHOOK_SECRET": SECRET}, Webhook, id="webhook"),
        pytest.param(
            {"CRM_CONNECTOR": "espocrm", "CRM_URL": "https://crm.example", "CRM_KEY": "x"}, EspoCrm, id="espocrm"
        ),
        pytest.param(
            {"CRM_CONNECTOR": "tryton", "CRM_URL": "https://crm.example/db", "CRM_USER": "a", "CRM_KEY": "x"},
            Tryton,
            id="tryton",
        ),
    ],
)
def test_the_connectors_that_come_with_crmlink(given: dict[str, str], kind: type[object]) -> None:
    assert isinstance(connector_of(settings(**given), CLOCK), kind)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of somebody else's with a connector, as pip would leave it."""
    (tmp_path / "their_connector.py").write_text(THEIRS)
    info = tmp_path / "their_connector-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-connector\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[crmlink.crm]\nours = their_connector:Ours\nbroken = their_connector:Missing\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "their_connector", raising=False)
    return tmp_path


@pytest.mark.usefixtures("installed")
def test_a_connector_of_another_package_is_loaded_by_its_name() -> None:
    connector = connector_of(settings(CRM_CONNECTOR="ours", CRM_KEY="x", LANGUAGE="de"), CLOCK)
    with pytest.raises(Exception, match="de evt_1"):
        connector.deliver(FOUND)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"CRM_CONNECTOR": "ours"}, "CRMLINK_CRM_KEY: is missing; ours needs it", id="not set"),
        pytest.param({"CRM_CONNECTOR": "zwam"}, "there is no connector 'zwam'", id="not installed"),
        pytest.param({"CRM_CONNECTOR": "broken"}, "broken cannot be loaded (AttributeError)", id="not to be loaded"),
        pytest.param(
            {"CRM_CONNECTOR": "tryton", "CRM_KEY": "x"},
            "CRMLINK_CRM_URL: is missing; tryton needs it; CRMLINK_CRM_USER: is missing; tryton needs it",
            id="all that is missing at once",
        ),
    ],
)
def test_what_cannot_be_used_is_said(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        connector_of(settings(**given), CLOCK)
    assert said in str(caught.value)
    assert caught.value.hint


def test_what_is_installed_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        connector_of(settings(CRM_CONNECTOR="zwam"), CLOCK)
    assert caught.value.hint == "installed are: espocrm, tryton, webhook"
