"""Runs one command and ends it, with everything it started, when this process's input closes.

Whoever started it may be killed and cannot clean up then, but the kernel closes its pipes: that is the signal here.
Uses the standard library only, and is started as a file: `guard_main.py [--user NAME] -- COMMAND...`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading


def main(arguments: list[str]) -> None:
    """Start the command, as another user when asked, and wait for the first of: it ends, our input closes."""
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    user = options[1] if options[:1] == ["--user"] else None
    identity = {"user": user, "group": primary_group(user), "extra_groups": []} if user else {}
    # A group of its own: the whole group is ended at once, and this guard is not in it.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0, **identity)  # type: ignore[call-overload]  # noqa: S603 -- given by the starter
    threading.Thread(target=end_when_input_closes, args=(server,), daemon=True).start()
    code = server.wait()
    end_group(server.pid)
    sys.stdout.flush()
    os._exit(code if code >= 0 else 128 - code)


def primary_group(user: str) -> int:
    """The group that a user's processes have."""
    import pwd  # noqa: PLC0415 - only needed for another user, and the guard should start fast

    return pwd.getpwnam(user).pw_gid


def end_when_input_closes(server: subprocess.Popen[bytes]) -> None:
    """Block until the parent is gone or lets go, then end the server.

    At once and by force: its data is thrown away anyway, and Dovecot takes a second to end politely.
    """
    sys.stdin.buffer.read()
    end_group(server.pid)


def end_group(group: int) -> None:
    """Kill what is left of the server's process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
