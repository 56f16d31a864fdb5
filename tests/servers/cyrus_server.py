r"""Cyrus (IMAP and CalDAV in one server), from Debian's packages unpacked into a directory.

Debian does not let Cyrus and Dovecot be installed together, so `.ci/install` unpacks Cyrus; see there. It is the one
server here that schedules: it mails an invitation on to the attendee's calendar, and turns the attendee's copy into
STATUS:CANCELLED when the organizer deletes the meeting. Users live in an SQLite file that Cyrus asks for passwords,
so a wrong password is really refused. Special-use marks come back in lower case (`\drafts`), as on Cyrus hosts.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from imapclient import IMAPClient

from crmlink.demo.servers.process import ServerProcess, start_with_free_ports
from tests.servers.accounts import CalendarAccount, ImapAccount
from tests.servers.calendars import make_calendars
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.installed import ServerNotInstalledError, greeting, service_user

DIRECTORY_VARIABLE = "CRMLINK_TEST_CYRUS"
DEFAULT_DIRECTORY = "/var/cache/crmlink-tests/cyrus"  # where .ci/install unpacks it, readable by every user
DOMAIN: Final = "example.nl"
OWN_CALENDAR: Final = "personal"


class Cyrus:
    """A running Cyrus; a context manager."""

    name: Final = "cyrus"
    checks_passwords: Final = True

    def __init__(self) -> None:
        self._root = Path(os.environ.get(DIRECTORY_VARIABLE, DEFAULT_DIRECTORY))
        if not (self._root / "usr/lib/cyrus/bin/master").exists():
            raise ServerNotInstalledError(f"cyrus is not in {self._root}: run .ci/install, or set {DIRECTORY_VARIABLE}")
        self._numbers = itertools.count(1)
        self.port, self.tls_port, self.http_port, self.process = start_with_free_ports(3, self._start)

    def account(self, calendars: Sequence[str] = ("Agenda",)) -> CalendarAccount:
        """A new user with mailbox, folders and these calendars; the mailbox is in `.mail`.

        Cyrus adds a calendar of its own, called "personal": invitations from others land there.
        """
        mail = self.mail_account()
        home = f"http://127.0.0.1:{self.http_port}/dav/calendars/user/{mail.user}/"
        principal = f"http://127.0.0.1:{self.http_port}/dav/principals/user/{mail.user}/"
        made = make_calendars(home, mail.user, mail.password, calendars)
        made[OWN_CALENDAR] = f"{home}Default/"
        return CalendarAccount(principal, mail.user, mail.password, f"{mail.user}@{DOMAIN}", made, mail)

    def mail_account(self) -> ImapAccount:
        """A new user with a mailbox only."""
        number = next(self._numbers)
        user, password = f"eigenaar{number}", f'geheim {number} %+"'
        with closing(sqlite3.connect(self.process.directory / "users.sqlite", timeout=10)) as users, users:
            users.execute("INSERT INTO users VALUES (?, ?)", (user, password))
        # The first login makes the mailbox and its folders.
        with IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=15) as client:
            client.login(user, password)
        authority = self.process.directory / "authority.pem"
        return ImapAccount("127.0.0.1", self.port, user, password, self.tls_port, authority)

    @property
    def mail(self) -> CyrusMail:
        """The same server, seen as an IMAP server."""
        return CyrusMail(self)

    def stop(self) -> None:
        """End the server and remove its data."""
        self.process.stop()

    def _start(self, ports: list[int]) -> tuple[int, int, int, ServerProcess]:
        port, tls_port, http_port = ports
        process = ServerProcess("cyrus")
        try:
            self._write_configuration(process.directory, port, tls_port, http_port)
            libraries = next((self._root / "usr/lib").glob("*-linux-gnu"))
            process.start(
                [
                    *(self._root / "usr/lib/cyrus/bin/master", "-D", "-C", process.directory / "imapd.conf"),
                    *("-M", process.directory / "cyrus.conf", "-p", process.directory / "master.pid"),
                ],
                environment={"LD_LIBRARY_PATH": str(libraries), "CYRUS_USER": service_user()},
                user=service_user(),
            )
            process.wait_for(lambda: greeting(port))
        except BaseException:
            process.stop()
            raise
        return port, tls_port, http_port, process

    def _write_configuration(self, directory: Path, port: int, tls_port: int, http_port: int) -> None:
        write_certificate(Certificate.TRUSTED, directory)
        for name in ("lib/socket", "lib/db", "lib/proc", "lib/lock", "spool", "run"):
            (directory / name).mkdir(parents=True)
        with closing(sqlite3.connect(directory / "users.sqlite")) as users, users:
            users.execute("CREATE TABLE users (name TEXT PRIMARY KEY, password TEXT NOT NULL)")
        programs = self._root / "usr/lib/cyrus/bin"
        (directory / "imapd.conf").write_text(imapd_conf(directory))
        (directory / "cyrus.conf").write_text(cyrus_conf(programs, directory, port, tls_port, http_port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class CyrusMail:
    """Cyrus where a test wants any IMAP server."""

    server: Cyrus

    @property
    def name(self) -> str:
        """What the server is called in a test's id."""
        return self.server.name

    def account(self) -> ImapAccount:
        """A new user with a mailbox."""
        return self.server.mail_account()


def imapd_conf(directory: Path) -> str:
    """Cyrus's settings."""
    # The query is Cyrus's own template: it fills in and quotes %u itself.
    return f"""configdirectory: {directory}/lib
partition-default: {directory}/spool
defaultpartition: default
proc_path: {directory}/lib/proc
mboxname_lockpath: {directory}/lib/lock
temp_path: {directory}/run
cyrus_user: {service_user()}
servername: {DOMAIN}
admins: admin
virtdomains: off
unixhierarchysep: yes
altnamespace: yes
allowplaintext: yes
failedloginpause: 0
imapidlepoll: 1
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sql
sasl_sql_engine: sqlite3
sasl_sql_database: {directory}/users.sqlite
sasl_sql_select: SELECT password FROM users WHERE name = '%u'
tls_server_cert: {directory}/server.pem
tls_server_key: {directory}/server.key
autocreate_quota: 0
autocreate_inbox_folders: Drafts | Sent | Trash | Junk | Archive
autocreate_subscribe_folders: Drafts | Sent | Trash | Junk | Archive
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
httpmodules: caldav
caldav_allowscheduling: on
calendar_user_address_set: {DOMAIN}
caldav_historical_age: -1
skiplist_unsafe: 1
master_bind_errors_fatal: 1
"""  # noqa: S608


def cyrus_conf(programs: Path, directory: Path, port: int, tls_port: int, http_port: int) -> str:
    """Cyrus's processes: what is started once, and what listens."""
    arguments = f"-C {directory}/imapd.conf"
    return f"""START {{
  recover cmd="{programs}/ctl_cyrusdb {arguments} -r"
}}
SERVICES {{
  imap cmd="{programs}/imapd {arguments}" listen="127.0.0.1:{port}" prefork=1
  imaps cmd="{programs}/imapd {arguments} -s" listen="127.0.0.1:{tls_port}" prefork=0
  http cmd="{programs}/httpd {arguments}" listen="127.0.0.1:{http_port}" prefork=1
}}
EVENTS {{
}}
"""
