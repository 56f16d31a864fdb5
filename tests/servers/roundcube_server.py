"""Roundcube from Debian under PHP's own web server, with configuration, database and temporary files of its own.

Decides what a person's provider would: which IMAP server and which mail server Roundcube talks to. The program is the
machine's, read-only; its own configuration and database are not used, and no web server of the machine is asked.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, Self

from crmlink.demo.servers.process import ServerProcess, listens, start_with_free_ports
from tests.servers.installed import ServerNotInstalledError, service_user

PROGRAM: Final = Path("/var/lib/roundcube/public_html")
DEFAULTS: Final = Path("/etc/roundcube/defaults.inc.php")
# A page asks for dozens of files at once, and PHP's server takes one request at a time unless told otherwise.
WORKERS: Final = {"PHP_CLI_SERVER_WORKERS": "4"}


class Roundcube:
    """A running Roundcube for the users of one IMAP server; a context manager. It sends to the server on `smtp_port`."""

    def __init__(self, imap_port: int, smtp_port: int) -> None:
        program = shutil.which("php")
        if program is None or not (PROGRAM / "index.php").exists() or not DEFAULTS.exists():
            raise ServerNotInstalledError("roundcube is not installed: apt-get install roundcube-core (or .ci/install)")
        self._program = program
        self._imap_port, self._smtp_port = imap_port, smtp_port
        self.port, self.process = start_with_free_ports(1, self._start)

    @property
    def url(self) -> str:
        """Where the login page is."""
        return f"http://127.0.0.1:{self.port}/"

    def stop(self) -> None:
        """End the server and remove what it stored."""
        self.process.stop()

    def _start(self, ports: list[int]) -> tuple[int, ServerProcess]:
        (port,) = ports
        process = ServerProcess("roundcube")
        try:
            (process.directory / "config.inc.php").write_text(self._configuration(process.directory))
            (process.directory / "defaults.inc.php").symlink_to(DEFAULTS)
            (process.directory / "mimetypes.php").symlink_to(DEFAULTS.with_name("mimetypes.php"))
            process.start(
                [self._program, "-S", f"127.0.0.1:{port}", "-t", PROGRAM],
                environment={"ROUNDCUBE_CONFIG_DIR": str(process.directory), **WORKERS},
                user=service_user(),
            )
            process.wait_for(lambda: listens(port))
        except BaseException:
            process.stop()
            raise
        return port, process

    def _configuration(self, directory: Path) -> str:
        """The whole config.inc.php. Roundcube fills an empty SQLite file by itself."""
        return f"""<?php
$config['db_dsnw'] = 'sqlite:///{directory}/roundcube.db?mode=0600';
$config['imap_host'] = '127.0.0.1:{self._imap_port}';
$config['smtp_host'] = '127.0.0.1:{self._smtp_port}';
$config['smtp_user'] = '';
$config['smtp_pass'] = '';
$config['temp_dir'] = '{directory}';
$config['log_dir'] = '{directory}';
$config['log_driver'] = 'stdout';
$config['des_key'] = '24 letters of no secret.';
$config['language'] = 'en_GB';
$config['plugins'] = [];
$config['enable_spellcheck'] = false;
"""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
