"""Runs a piece of Python in a process of its own and tells how much memory it took at most."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MOST = 300 * 1024
"""Kilobytes that nothing may exceed, however large the input."""

_PROGRAM = """
import sys
program = sys.argv.pop(1)
try:
    exec(program, {"__name__": "__main__"})
finally:
    # Not ru_maxrss: that begins with what the parent had.
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(peak, file=sys.stderr)
"""


def peak_of(
    program: str, *arguments: str, environment: Mapping[str, str] | None = None, directory: Path | None = None
) -> tuple[str, int]:
    """What the program printed, and the most memory it had (kilobytes)."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, program, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd=directory,
        timeout=600,  # against endless input, not against slow machines
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout, int(done.stderr.split()[-1])
