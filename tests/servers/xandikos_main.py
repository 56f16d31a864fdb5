"""Runs Xandikos for many users in one process, each below a path of its own.

Xandikos's own command serves one principal; a test session needs a fresh one per test, and a process per test is slow.
Every path `/NAME/` here is a Xandikos of its own, made when it is first asked for, as `xandikos --route-prefix /NAME/`
would serve it. Started as a file: `xandikos_main.py DIRECTORY`; writes its port to `DIRECTORY/port`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from xandikos.web import SingleUserFilesystemBackend, XandikosApp

PRINCIPAL = "/user/"


class ManyUsers:
    """One Xandikos per first path segment."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._apps: dict[str, XandikosApp] = {}

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Hand the request to the Xandikos of its path."""
        name = request.match_info["name"]
        if name not in self._apps:
            self._apps[name] = self._make(name)
        app: Any = self._apps[name]  # Xandikos is only partly typed
        answer: web.StreamResponse = await app.aiohttp_handler(request, f"/{name}/")
        return answer

    def _make(self, name: str) -> XandikosApp:
        root = self._directory / "data" / name
        root.mkdir(parents=True)
        backend: Any = SingleUserFilesystemBackend(str(root), default_email=f"{name}@example.nl")
        backend.create_principal(PRINCIPAL, create_defaults=False)
        return XandikosApp(backend, current_user_principal=PRINCIPAL)


async def serve(directory: Path) -> None:
    """Listen on a port of the kernel's choice, for ever."""
    app = web.Application()
    app.router.add_route("*", "/{name:[a-z0-9]+}/{path_info:.*}", ManyUsers(directory))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    written = directory / "port.new"
    written.write_text(str(runner.addresses[0][1]))
    written.rename(directory / "port")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
