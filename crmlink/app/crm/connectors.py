"""From settings to the connector that tells a CRM: found by its name among the installed ones, or none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import entry_points
from typing import Final

from pydantic import SecretStr

from crmlink.app.clock import Clock
from crmlink.app.config.load_settings import full_name
from crmlink.app.config.settings import Settings
from crmlink.crm.port import GROUP, Connector, CrmAccess
from crmlink.model.errors import SettingsError

WEBHOOK: Final = "webhook"

Connect = Callable[[], Connector]
"""Makes the connector of one account. Raises SettingsError when it is not there or something is not set."""


def connector_name(settings: Settings) -> str:
    """The connector that is set, "" for none: then nobody is told anything."""
    return settings.crm_connector or (WEBHOOK if settings.crm_webhook else "")


def connect_by(settings: Settings, clock: Clock) -> Connect | None:
    """What makes the connector, None when none is set. Nothing is loaded or connected yet."""
    return partial(connector_of, settings, clock) if connector_name(settings) else None


def connector_of(settings: Settings, clock: Clock) -> Connector:
    """The connector that is set, with what it needs.

    Raises:
        SettingsError: no such connector is installed, it cannot be loaded, or a setting that it needs is missing.
    """
    name = connector_name(settings)
    where = full_name("crm_connector")
    found = next(iter(entry_points(group=GROUP, name=name)), None)
    if found is None:
        installed = ", ".join(sorted(one.name for one in entry_points(group=GROUP)))
        raise SettingsError((f"{where}: there is no connector {name!r}",), hint=f"installed are: {installed}")
    try:
        kind = found.load()
        needed = tuple(kind.settings)
    except Exception as error:
        broken = f"{where}: the connector {name} cannot be loaded ({type(error).__name__})"
        raise SettingsError((broken,), hint="install what it needs, or another version of it") from error
    missing = tuple(f"{full_name(one)}: is missing; {name} needs it" for one in needed if not _is_set(settings, one))
    if missing:
        raise SettingsError(missing, hint="set it, or empty CRMLINK_CRM_CONNECTOR and CRMLINK_CRM_WEBHOOK")
    connector: Connector = kind(_access(settings, name, clock))
    return connector


def _is_set(settings: Settings, name: str) -> bool:
    value = getattr(settings, name, None)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _access(settings: Settings, name: str, clock: Clock) -> CrmAccess:
    if name == WEBHOOK:
        url, key = settings.crm_webhook, settings.crm_webhook_secret
    else:
        url, key = settings.crm_url, settings.crm_key
    return CrmAccess(
        url,
        clock,
        user=settings.crm_user,
        key=key.get_secret_value(),
        ca_file=settings.ca_file,
        language=settings.language,
    )
