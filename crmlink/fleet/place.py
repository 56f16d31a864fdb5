"""A place of a worker where passes are made: one child process, started when first needed and anew whenever it ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import Process
from typing import Final

from crmlink.app.child_environment import without_settings
from crmlink.fleet.keys import Keys
from crmlink.fleet.settings import FleetSettings
from crmlink.fleet.told import Told
from crmlink.fleet.turns import Ending

LONGEST_PASS: Final = 900.0  # seconds; the lease of a pass lasts as long
PATIENCE: Final = 2.0  # seconds for a pass to leave when it is told to
MOST_MEMORY: Final = 400  # megabytes; a child that ever had so much is replaced


class Place:
    """Makes one pass at a time."""

    def __init__(self, settings: FleetSettings, keys: Keys) -> None:
        self._first = {"database": settings.database, "directory": str(settings.directory), "keys": keys.texts}
        self._child: Process | None = None

    async def scan(self, address: str) -> Told:
        """One pass over the mailbox. Cancelled, it aborts the pass: the next one goes on from what the ledger says."""
        try:
            child = await self._ready()
            await self._say(child, {"address": address})
            assert child.stdout is not None
            async with asyncio.timeout(LONGEST_PASS):
                answer = await child.stdout.readline()
        except TimeoutError:
            await self.stop()
            return Told(Ending.FAILED, f"the pass took longer than {LONGEST_PASS / 60:.0f} minutes")
        except OSError:
            answer = b""
        except asyncio.CancelledError:
            await self.stop()
            raise
        if not answer:
            return Told(Ending.FAILED, f"the pass ended its process ({await self._how_it_ended()})")
        told = Told.of(json.loads(answer))
        if told.memory > MOST_MEMORY:
            await self.stop()
        return told

    async def stop(self) -> None:
        """End the child, in the middle of a pass as well."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
            if not await _ended(child):
                child.kill()
        await child.wait()

    async def _how_it_ended(self) -> str:
        """In words, of a child that closed its output. It is asked before it is told: a signal would hide the reason."""
        child = self._child
        if child is None or not await _ended(child):
            await self.stop()
            return "it did not answer"
        self._child = None
        code = await child.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    async def _ready(self) -> Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "crmlink.fleet.child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=without_settings(os.environ),  # it gets what it needs through the pipe
            )
            await self._say(self._child, self._first)
        return self._child

    async def _say(self, child: Process, line: object) -> None:
        assert child.stdin is not None
        child.stdin.write(json.dumps(line).encode() + b"\n")
        await child.stdin.drain()


async def _ended(child: Process) -> bool:
    """Whether it ends within a while."""
    try:
        async with asyncio.timeout(PATIENCE):
            await child.wait()
    except TimeoutError:
        return False
    return True
