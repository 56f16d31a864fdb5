"""PostgreSQL from Debian, run by a user that is not root, on a socket in a directory of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.servers.installed import ServerNotInstalledError


class Postgresql:
    """A running server; a context manager."""

    def __init__(self, *settings: str) -> None:
        self.programs = _programs()
        self._numbers = itertools.count(1)
        self._home = Path(tempfile.mkdtemp(prefix="crmlink-pg-"))  # short, for its socket, below no directory of root's
        try:
            if os.geteuid() == 0:
                shutil.chown(self._home, "postgres")
            options = [f"-k {self._home}", "-c listen_addresses=''", "-c fsync=off", *(f"-c {one}" for one in settings)]
            self._run("initdb", "-D", self._data, "-A", "trust", "-U", "crmlink")
            self._run("pg_ctl", "-D", self._data, "-l", self._home / "log", "-w", "-o", " ".join(options), "start")
        except BaseException:
            shutil.rmtree(self._home)
            raise

    @property
    def url(self) -> str:
        """The database that is always there."""
        return self._url("postgres")

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"fleet{next(self._numbers)}"
        self._run("createdb", "-h", self._home, "-U", "crmlink", name)
        return self._url(name)

    def dump(self, url: str) -> str:
        """All that is in a database, as text."""
        name = url.partition("?")[0].rpartition("/")[2]
        return self._run("pg_dump", "-h", self._home, "-U", "crmlink", name)

    def stop(self) -> None:
        """End the server and remove its data."""
        try:
            self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self._home)

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def _url(self, name: str) -> str:
        return f"postgresql://crmlink@/{name}?host={self._home}"

    def _run(self, program: str, *arguments: object) -> str:
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        try:
            # pg_ctl leaves a server behind that would hold a pipe open: its words go to a file.
            with tempfile.TemporaryFile("w+") as said:
                subprocess.run(command, check=True, stdout=said, stderr=subprocess.STDOUT, cwd="/")
                said.seek(0)
                return said.read()
        except subprocess.CalledProcessError as error:
            raise ServerNotInstalledError(
                f"PostgreSQL does not run here: {program} ended with {error.returncode}"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    elsewhere = [Path(found).parent for found in [shutil.which("initdb")] if found]
    found = [*installed, *elsewhere]
    if not found or shutil.which("setpriv") is None:
        raise ServerNotInstalledError("PostgreSQL is not installed: apt-get install postgresql (or .ci/install)")
    return found[0]
