"""The stage of the demo: two servers on loopback with the invented week in them, and the settings that fit.

Everything stands in temporary directories and is gone when the stage is left, however it is left. Settings, `.env` and
ledger of the person who runs it are never looked at.
"""

from __future__ import annotations

import email
import email.policy
import importlib.util
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from crmlink.app.config.load_settings import PREFIX, load
from crmlink.app.config.settings import Settings
from crmlink.app.config.write_env import write_env
from crmlink.demo.days import Days
from crmlink.demo.events import calendar_text
from crmlink.demo.letters import Post, message_id
from crmlink.demo.script import Letter, Script, read_script
from crmlink.demo.servers.accounts import CalendarAccount, ImapAccount
from crmlink.demo.servers.calendars import put_event
from crmlink.demo.servers.mailboxes import connected, messages, store
from crmlink.demo.servers.pymap_server import Pymap
from crmlink.demo.servers.radicale_server import Radicale
from crmlink.model.errors import UsageError
from crmlink.model.workdays import WorkingCalendar

PASSWORD = "demo"  # noqa: S105 -- of servers that only this machine can reach, and only for as long as the demo lasts
NEEDED = ("pymap", "radicale")
ZONE = ZoneInfo("Europe/Amsterdam")
COUNTRY = "NL"


@dataclass(frozen=True, slots=True)
class Stage:
    """Running servers. `given` are the settings that use them: name in lower case without prefix -> text."""

    script: Script
    mail: ImapAccount
    calendar: CalendarAccount
    given: Mapping[str, str]
    env_file: Path

    @property
    def settings(self) -> Settings:
        """The settings, through the same door as those of a person."""
        return load({f"{PREFIX}{name.upper()}": text for name, text in self.given.items()})

    def drafts(self) -> tuple[EmailMessage, ...]:
        """What lies in the Drafts folder now, fetched over IMAP, oldest first."""
        return tuple(_parsed(raw) for raw in messages(self.mail, "Drafts"))

    def answered_by(self, draft: EmailMessage) -> Letter | None:
        """The mail of the week that a draft answers."""
        return next((one for one in self.script.letters if message_id(one) == draft["In-Reply-To"]), None)


def check_installed(needed: Sequence[str] = NEEDED) -> None:
    """Make sure that the servers can be started.

    Raises:
        UsageError: one of their packages is not installed; the hint says how to get it.
    """
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the demo needs {' and '.join(missing)}",
            hint="pip install 'crmlink[demo]', or from a checkout: uv run --extra demo crmlink demo",
        )


@contextmanager
def open_stage(now: datetime) -> Iterator[Stage]:
    """Start the servers and fill them with the week around `now` (aware).

    Raises:
        UsageError: the servers are not installed.
        ServerDidNotStartError: a server did not come up.
    """
    check_installed()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crmlink-demo-")))
        # Each takes a second to start; the thread does nothing but wait.
        with ThreadPoolExecutor(1) as side:
            starting = side.submit(Radicale, within=directory)
            stack.callback(_stop_if_started, starting)
            imap = stack.enter_context(Pymap(within=directory))
            dav = starting.result()
        script = read_script()
        owner = script.owner.address
        mail = imap.add_user(owner, PASSWORD)
        calendar = dav.add_user(owner, PASSWORD)
        post = Post(script, Days(now.astimezone(ZONE), WorkingCalendar(ZONE, COUNTRY)))
        _fill_calendar(calendar, post)
        _fill_mailbox(mail, post)
        given = _settings(script, mail, calendar, directory)
        env_file = directory / "demo.env"
        write_env(env_file, given)
        yield Stage(script, mail, calendar, given, env_file)


def _stop_if_started(starting: Future[Radicale]) -> None:
    if starting.exception() is None:
        starting.result().stop()


def _settings(script: Script, mail: ImapAccount, calendar: CalendarAccount, directory: Path) -> dict[str, str]:
    return {
        "me": f"{script.owner.name} <{script.owner.address}>",
        "mail": mail.url,
        "mail_password": mail.password,
        "calendar": calendar.url,
        "calendar_user": calendar.user,
        "calendar_password": calendar.password,
        "timezone": ZONE.key,
        "country": COUNTRY,
        "max_drafts_per_day": "10",
        "database": str(directory / "ledger.db"),
    }


def _fill_calendar(account: CalendarAccount, post: Post) -> None:
    for booking in post.script.bookings:
        put_event(account, calendar_text(booking, post.days, post.script.owner))


def _fill_mailbox(account: ImapAccount, post: Post) -> None:
    answered = {one.answers for one in post.script.letters if one.sender == post.script.owner}
    with connected(account) as client:
        for letter in sorted(post.script.letters, key=lambda one: post.days.moment(one.at)):
            mine = letter.sender == post.script.owner
            folder, flags = ("Sent" if mine else "INBOX"), _flags(letter, answered)
            store(client, post.raw(letter), folder, flags, post.days.moment(letter.at))


def _flags(letter: Letter, answered: set[str]) -> tuple[str, ...]:
    seen = () if letter.unread else ("\\Seen",)
    return (*seen, "\\Answered") if letter.name in answered else seen


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
