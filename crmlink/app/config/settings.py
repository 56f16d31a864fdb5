"""The settings table: every setting once, with its meaning, its default and its parser.

`load_settings` reads it, `settings_texts` writes `.env.example` and the README's table from the same table, `accounts`
reads it once for each of several accounts.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from crmlink.app.config import setting_values as values
from crmlink.app.config.crm_settings import CrmSettings
from crmlink.app.config.logins import CalendarAuth, Login, MailAuth, parse_calendar_auth
from crmlink.mailbox.location import ImapLocation, MaildirLocation, parse_location
from crmlink.model.contact import Owner
from crmlink.model.policy import Attention, Colleagues, Nudge, Policy, WhenTheyCancel, WorkingHours
from crmlink.sources.calendar_location import CalendarLocation, parse_calendars
from crmlink.sources.contacts_location import ContactsLocation, parse_contacts

DEFAULT_DATABASE = Path(platformdirs.user_state_dir("crmlink")) / "ledger.db"


def _setting(default: object = ..., *, description: str, **more: Any) -> Any:
    """A row of the table. The default is text, as a person would write it; its parser makes the value."""
    return Field(default, description=description, **more)


Parsed = BeforeValidator


class Settings(CrmSettings):
    """All settings, parsed. Field names are the setting names in lower case, without the prefix."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True, arbitrary_types_allowed=True
    )

    me: Annotated[Owner, Parsed(values.parse_owner)] = _setting(
        description="Who you are: your name and your addresses, the main one first.",
        examples=["Marleen van der Veen <marleen@example.nl>, info@example.nl"],
    )
    mail: Annotated[ImapLocation | MaildirLocation, Parsed(parse_location)] = _setting(
        description="Your mailbox: imaps://user@host, imap+starttls://user@host, imap://user@127.0.0.1 (this machine only) or maildir:///path.",
        examples=["imaps://marleen@example.nl@imap.example.nl"],
    )
    mail_password: values.Secret = _setting(
        SecretStr(""), description="Its password (an app password where the provider has them).", examples=["secret"]
    )
    mail_password_file: Annotated[Path | None, Parsed(values.parse_file)] = _setting(
        "",
        description="A file that holds the password instead. Under systemd the credential mail_password is used by itself.",
        examples=["/etc/crmlink/mail_password"],
    )
    mail_auth: MailAuth = _setting(
        MailAuth.PASSWORD,
        description="How to log in to the mailbox: password, or google or microsoft (OAuth2; `crmlink login` once).",
    )
    calendar: Annotated[tuple[CalendarLocation, ...], Parsed(parse_calendars)] = _setting(
        "",
        description="Your calendars, comma separated: https://… (CalDAV principal or calendar), http://127.0.0.1… (this machine only), ics+https://… (feed), vdir:///path. Empty: drafts ask for dates instead of offering them.",
        examples=["https://dav.example.nl/marleen/"],
    )
    calendar_user: str = _setting(
        "", description="The calendar login; empty for a calendar that needs none.", examples=["marleen"]
    )
    calendar_password: values.Secret = _setting(SecretStr(""), description="Its password.", examples=["secret"])
    calendar_password_file: Annotated[Path | None, Parsed(values.parse_file)] = _setting(
        "", description="A file that holds it instead.", examples=["/etc/crmlink/calendar_password"]
    )
    calendar_auth: Annotated[CalendarAuth, Parsed(parse_calendar_auth)] = _setting(
        CalendarAuth.PASSWORD,
        description="How to log in to the calendar: password, or google (OAuth2, for Google's own calendars only).",
    )
    oauth_client_id: str = _setting(
        "",
        description="OAuth2: the client ID that you registered for crmlink with Google or Microsoft.",
        examples=["1234-abcd.apps.googleusercontent.com"],
    )
    oauth_client_secret: values.Secret = _setting(
        SecretStr(""),
        description="OAuth2: the client secret; Google wants one, Microsoft does not.",
        examples=["secret"],
    )
    oauth_client_secret_file: Annotated[Path | None, Parsed(values.parse_file)] = _setting(
        "", description="A file that holds it instead.", examples=["/etc/crmlink/oauth_client_secret"]
    )
    oauth_tenant: Annotated[str, Parsed(values.parse_tenant)] = _setting(
        "common", description="OAuth2 with Microsoft: the tenant, if your organisation wants its own."
    )
    contacts: Annotated[ContactsLocation | None, Parsed(parse_contacts)] = _setting(
        "",
        description="Your address book, read only: https://… (CardDAV), http://127.0.0.1… (this machine only) or vdir:///path (a directory of .vcf files). Its names win over those in mail.",
        examples=["https://dav.example.nl/marleen/"],
    )
    contacts_user: str = _setting(
        "", description="Its login; empty: the calendar's, where both are on one server.", examples=["marleen"]
    )
    contacts_password: values.Secret = _setting(SecretStr(""), description="Its password.", examples=["secret"])
    contacts_password_file: Annotated[Path | None, Parsed(values.parse_file)] = _setting(
        "", description="A file that holds it instead.", examples=["/etc/crmlink/contacts_password"]
    )
    timezone: Annotated[ZoneInfo, Parsed(values.parse_zone)] = _setting(
        "Europe/Amsterdam", description="Where you live and work."
    )
    language: Annotated[str, Parsed(values.parse_language)] = _setting(
        "nl", description="The language of a draft when the mail does not tell: nl, en or de."
    )
    country: Annotated[str, Parsed(values.parse_country)] = _setting(
        "NL", description="Whose public holidays you keep (two letters)."
    )
    working_hours: Annotated[WorkingHours, Parsed(values.parse_working_hours)] = _setting(
        "mon-fri 09:00-17:30",
        description="When you can meet. More rules with commas: mon-thu 09:00-12:30 13:00-17:30, fri 09:00-13:00.",
    )
    lookback_days: int = _setting(30, ge=1, le=36500, description="How many days back mail and meetings are read.")
    unanswered_after_days: int = _setting(
        3, ge=0, le=365, description="After how many working days without an answer a question counts as forgotten."
    )
    promise_grace_hours: int = _setting(
        24, ge=0, le=8760, description="How many hours after its date a promise counts as broken."
    )
    options: int = _setting(3, ge=0, le=6, description="How many dates a draft offers.")
    max_drafts_per_day: int = _setting(
        5, ge=0, le=100, description="At most this many new drafts a day; the rest waits."
    )
    retention_days: int = _setting(
        90, ge=1, le=36500, description="After how many days the words of closed lapses and their drafts are erased."
    )
    scan_every_minutes: int = _setting(
        5, ge=1, le=1440, description="How often the daemon scans, in minutes; new mail wakes it sooner."
    )
    when_they_cancel: WhenTheyCancel = _setting(
        WhenTheyCancel.NOTHING,
        description="When the other side cancelled: nothing, or draft (a friendly note with dates).",
    )
    nudge: Nudge = _setting(
        Nudge.NOTHING,
        description="When others do not answer your questions: nothing, or draft (one gentle reminder for each).",
    )
    nudge_after_days: int = _setting(
        10, ge=1, le=365, description="After how many working days such a reminder is drafted."
    )
    attention: Attention = _setting(
        Attention.NOTHING,
        description="When somebody falls silent beyond their own rhythm: nothing, or draft (a calm letter; one a week at most).",
    )
    colleagues: Colleagues = _setting(
        Colleagues.NOTHING,
        description="Of several accounts in one ledger and one mail domain: nothing, or share (a question that a colleague answered is closed for you; both must share).",
    )
    ignore: Annotated[frozenset[str], Parsed(values.parse_ignore)] = _setting(
        "",
        description="Addresses and domains that never get a draft, comma separated.",
        examples=["boss@example.nl, example.org"],
    )
    database: Annotated[str, Parsed(values.parse_database)] = _setting(
        str(DEFAULT_DATABASE), description="The ledger: a file, or an SQLAlchemy URL."
    )
    templates: Annotated[Path | None, Parsed(values.parse_directory)] = _setting(
        "",
        description="A directory with your own templates; a file there replaces the shipped file of the same name.",
        examples=["/home/marleen/crmlink-templates"],
    )
    signature_file: Annotated[str, Parsed(values.read_signature)] = _setting(
        "",
        description="A text file (UTF-8) to put below every letter. Empty: none, because mail programs add your signature themselves.",
        examples=["/home/marleen/signature.txt"],
    )
    crm_bcc: Annotated[str, Parsed(values.parse_one_address)] = _setting(
        "",
        description="An address that every draft has in Bcc: that is how most CRM systems file the mail you send.",
        examples=["files@crm.example"],
    )
    drafts_folder: str = _setting(
        "", description="The Drafts folder, if crmlink does not find it by itself.", examples=["Concepten"]
    )
    sent_folder: str = _setting(
        "",
        description="The folder with sent mail, if crmlink does not find it by itself.",
        examples=["Verzonden items"],
    )
    accounts: str = _setting(
        "",
        description="Several accounts, comma separated: each the name of a settings file, or a NAME whose own settings are CRMLINK_NAME__MAIL and so on.",
        examples=["jan, piet"],
    )
    metrics_port: int = _setting(
        0, ge=0, le=65535, description="A port on 127.0.0.1 where the daemon shows its metrics (Prometheus); 0: none."
    )
    ca_file: Annotated[Path | None, Parsed(values.parse_file)] = _setting(
        "",
        description="Certificates (PEM) to trust instead of the well-known ones, for servers with a private authority.",
        examples=["/etc/ssl/own-ca.pem"],
    )
    fleet_key_file: Annotated[Path | None, Parsed(values.parse_file)] = _setting(
        "",
        description="For many mailboxes: the file with the keys their passwords are sealed with, the newest first. Under systemd the credential fleet_key is used by itself.",
        examples=["/etc/crmlink/fleet_key"],
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- read by `load_settings`, which also sees unknown names
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` hands over: it merges the sources itself, without interpolation."""
        assert isinstance(init_settings, InitSettingsSource), settings_cls
        return (init_settings,)

    @property
    def login(self) -> Login:
        """How the owner proves to be the owner, in mailbox and calendar."""
        return Login(
            mail=self.mail,
            calendars=self.calendar,
            mail_auth=self.mail_auth,
            calendar_auth=self.calendar_auth,
            has_password=bool(self.mail_password.get_secret_value()),
            has_client=bool(self.oauth_client_id),
            has_client_secret=bool(self.oauth_client_secret.get_secret_value()),
        )

    @property
    def policy(self) -> Policy:
        """The part the pure stages decide by."""
        return Policy(
            zone=self.timezone,
            language=self.language,
            country=self.country,
            working_hours=self.working_hours,
            lookback=timedelta(days=self.lookback_days),
            unanswered_after_working_days=self.unanswered_after_days,
            promise_grace=timedelta(hours=self.promise_grace_hours),
            options=self.options,
            max_drafts_per_day=self.max_drafts_per_day,
            when_they_cancel=self.when_they_cancel,
            ignore=self.ignore,
            signature=self.signature_file,
            crm_bcc=self.crm_bcc,
            retention=timedelta(days=self.retention_days),
            colleagues=self.colleagues,
            nudge=self.nudge,
            nudge_after_working_days=self.nudge_after_days,
            attention=self.attention,
        )
