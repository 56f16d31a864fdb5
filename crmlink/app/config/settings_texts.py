"""Writes what people read of the settings: `.env.example` and the table in the README, both from the settings table."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from crmlink.app.config.crm_settings import CrmSettings
from crmlink.app.config.load_settings import PREFIX
from crmlink.app.config.settings import Settings


def example() -> str:
    """The text of `.env.example`: every setting with its meaning; what has a default is commented out."""
    blocks = ["# Settings of crmlink. Copy to .env, fill in, and `chmod 600 .env`; or let `crmlink init` write it.\n"]
    for name, field in _rows():
        shown = _shown_default(field) or str((field.examples or [""])[0])
        required = field.is_required() or name == "mail_password"
        quote = "'" if {" ", "#", "$"} & set(shown) else ""
        blocks.append(f"# {field.description}\n{'' if required else '#'}{PREFIX}{name.upper()}={quote}{shown}{quote}\n")
    return "\n".join(blocks)


def documentation() -> str:
    """The table of all settings for the README, in Markdown."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in _rows():
        shown = _shown_default(field)
        default = "needed" if field.is_required() else f"`{shown}`" if shown else ""
        rows.append(f"| `{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def _rows() -> list[tuple[str, FieldInfo]]:
    """All settings, those about a CRM at the end."""
    return sorted(Settings.model_fields.items(), key=lambda row: row[0] in CrmSettings.model_fields)


def _shown_default(field: FieldInfo) -> str:
    if field.is_required() or field.default is None or isinstance(field.default, SecretStr):
        return ""
    return str(field.default).replace(str(Path.home()), "~", 1)
