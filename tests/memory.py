"""Runs a piece of Python in a process of its own and tells how much memory it took at most."""

from __future__ import annotations

import subprocess
import sys

MOST = 300 * 1024
"""Kilobytes that nothing may exceed, however large the input."""

_PROGRAM = """
import resource, sys
program = sys.argv.pop(1)
try:
    exec(program, {"__name__": "__main__"})
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def peak_of(program: str, *arguments: str) -> tuple[str, int]:
    """What the program printed, and the most memory it had (kilobytes)."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, program, *arguments],
        capture_output=True,
        text=True,
        timeout=300,  # against endless input, not against slow machines
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, int(done.stderr.split()[-1])
