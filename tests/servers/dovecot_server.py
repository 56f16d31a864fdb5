"""Dovecot from Debian, as one unprivileged process group with a configuration of its own.

Decides how the server differs from a plain Dovecot, so that one module shows every variation a test can ask for: the
certificate, special-use marks, folder names in another language, a namespace prefix as Courier has it, and a server
without UIDPLUS. Nothing of the machine's own Dovecot (configuration, users, sockets) is used.
"""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self

from crmlink.demo.servers.process import ServerProcess, start_with_free_ports
from tests.servers.accounts import ImapAccount
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.installed import ServerNotInstalledError, greeting, service_user

ENGLISH = MappingProxyType(
    {"\\Drafts": "Drafts", "\\Sent": "Sent", "\\Trash": "Trash", "\\Junk": "Junk", "\\Archive": "Archive"}
)
DUTCH = MappingProxyType(
    {
        "\\Drafts": "Concepten",
        "\\Sent": "Verzonden items",
        "\\Trash": "Prullenbak",
        "\\Junk": "Ongewenste e-mail",
        "\\Archive": "Archief",
    }
)
FRENCH = MappingProxyType({"\\Drafts": "Brouillons", "\\Sent": "Envoyés", "\\Trash": "Supprimés"})
WITHOUT_UIDPLUS = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ NAMESPACE UNSELECT CHILDREN MOVE SPECIAL-USE"
)


@dataclass(frozen=True, slots=True)
class DovecotOptions:
    """How this server differs. `folders` maps each special use to the folder's name; none are made beyond these."""

    certificate: Certificate = Certificate.TRUSTED
    folders: Mapping[str, str] = field(default_factory=lambda: ENGLISH)
    special_use: bool = True  # False: the folders exist but carry no mark, as on many older servers
    uidplus: bool = True  # False: UIDPLUS is not announced; Dovecot still answers APPEND with APPENDUID
    prefix: str = ""  # "INBOX." puts every folder below INBOX, as Courier does
    separator: str = "/"
    location: str = "maildir:~/Maildir"  # how mail is stored
    tokens: str = ""  # the address that knows which OAuth2 tokens are good; empty: only passwords are taken
    tokens_authority: Path | None = None  # the authority of its certificate


class Dovecot:
    """A running Dovecot; a context manager."""

    def __init__(self, options: DovecotOptions | None = None) -> None:
        self.options = options or DovecotOptions()
        program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if program is None or not imap_plugin_exists():
            raise ServerNotInstalledError("dovecot is not installed: apt-get install dovecot-imapd (or .ci/install)")
        self._program = program
        self._numbers = itertools.count(1)
        self.port, self.tls_port, self.process = start_with_free_ports(2, self._start)

    @property
    def name(self) -> str:
        """What the server is called in a test's id."""
        return "dovecot"

    def account(self) -> ImapAccount:
        """A new user, with the folders of the options, made at the first login."""
        number = next(self._numbers)
        return self.add_user(f"eigenaar{number}@example.nl", f'geheim {number} %+"')

    def add_user(self, user: str, password: str) -> ImapAccount:
        """A user of this name. The password may hold anything but a colon and a line end."""
        # One file per user: Dovecot looks for changes of a file it knows once a second only.
        (self.process.directory / "users" / user).write_text(f"{user}:{{PLAIN}}{password}\n")
        authority = self.process.directory / "authority.pem"
        return ImapAccount("127.0.0.1", self.port, user, password, self.tls_port, authority)

    def stop(self) -> None:
        """End the server and remove its mail."""
        self.process.stop()

    def _start(self, ports: list[int]) -> tuple[int, int, ServerProcess]:
        port, tls_port = ports
        process = ServerProcess("dovecot")
        try:
            write_certificate(self.options.certificate, process.directory)
            (process.directory / "users").mkdir()
            (process.directory / "mail").mkdir()
            configuration = process.directory / "dovecot.conf"
            if self.options.tokens_authority:  # copied to where the service's user may read it
                (process.directory / "tokens.pem").write_bytes(self.options.tokens_authority.read_bytes())
                (process.directory / "oauth2.conf").write_text(tokens_text(self.options, process.directory))
            configuration.write_text(configuration_text(self.options, process.directory, port, tls_port))
            process.start([self._program, "-F", "-c", configuration], user=service_user())
            process.wait_for(lambda: greeting(port))
        except BaseException:
            process.stop()
            raise
        return port, tls_port, process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def imap_plugin_exists() -> bool:
    """Whether Dovecot was installed with its IMAP service, which Debian packs apart."""
    return any(Path(base, "dovecot", "imap").exists() for base in ("/usr/lib", "/usr/libexec", "/usr/local/libexec"))


def configuration_text(options: DovecotOptions, directory: Path, port: int, tls_port: int) -> str:
    """The whole dovecot.conf."""
    user = service_user()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    return f"""
base_dir = {directory}/run
state_dir = {directory}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1

# One ordinary user for everything: nothing here may need root, and nobody's mail is at stake.
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {min(os.getuid() or 1, 500)}
service anvil {{
  chroot =
  # Without the penalty a wrong password would slow down every later login from 127.0.0.1.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  service_count = 200
}}
service auth {{
  client_limit = 2000
}}

ssl = yes
ssl_cert = <{directory}/server.pem
ssl_key = <{directory}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login{" xoauth2 oauthbearer" if options.tokens else ""}
auth_failure_delay = 0
{token_login(directory) if options.tokens else ""}
passdb {{
  driver = passwd-file
  args = {directory}/users/%u
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={directory}/mail/%u
}}
mail_location = {options.location}
mail_max_userip_connections = 1000
{"" if options.uidplus else f"imap_capability = {WITHOUT_UIDPLUS}"}
namespace inbox {{
  inbox = yes
  prefix = {options.prefix}
  separator = {options.separator}
{folders_text(options)}
}}
"""


def token_login(directory: Path) -> str:
    """The part of the dovecot.conf that takes OAuth2 tokens."""
    return f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {directory}/oauth2.conf\n}}"


def tokens_text(options: DovecotOptions, directory: Path) -> str:
    """Whom Dovecot asks about a token (RFC 7662)."""
    return f"""
introspection_mode = post
introspection_url = {options.tokens}
tls_ca_cert_file = {directory}/tokens.pem
active_attribute = active
active_value = true
username_attribute = username
debug = no
"""


def folders_text(options: DovecotOptions) -> str:
    """The folders of every user, each made and subscribed at the first login."""
    return "\n".join(
        f'  mailbox "{folder}" {{\n    auto = subscribe\n'
        + (f"    special_use = {use}\n" if options.special_use else "")
        + "  }"
        for use, folder in options.folders.items()
    )
