"""The rows of the settings table that are about a CRM: off by default, each with its meaning and its parser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from crmlink.app.config import setting_values as values

_Address = Annotated[str, BeforeValidator(values.parse_web_address)]
_File = Annotated[Path | None, BeforeValidator(values.parse_file)]


class CrmSettings(BaseSettings):
    """Whether a CRM is told, which, and how to get in."""

    crm_connector: str = Field(
        "",
        description="Which connector tells your CRM what was found: webhook, espocrm, tryton or one you installed.",
    )
    crm_webhook: _Address = Field(
        "",
        description="An address (https://…, or http:// on this machine) that is told of lapses and drafts. Empty: nobody is.",
        examples=["https://crm.example/hooks/crmlink"],
    )
    crm_webhook_secret: values.Secret = Field(
        SecretStr(""),
        description="What its messages are signed with (Standard Webhooks): whsec_ and 24 to 64 bytes in base64.",
        examples=["whsec_…"],
    )
    crm_webhook_secret_file: _File = Field(
        None, description="A file that holds it instead.", examples=["/etc/crmlink/crm_webhook_secret"]
    )
    crm_url: _Address = Field(
        "", description="The address of your CRM, for a connector other than webhook.", examples=["https://crm.example"]
    )
    crm_user: str = Field("", description="The login there, for a connector that needs one.", examples=["crmlink"])
    crm_key: values.Secret = Field(SecretStr(""), description="The API key or password there.", examples=["secret"])
    crm_key_file: _File = Field(None, description="A file that holds it instead.", examples=["/etc/crmlink/crm_key"])
