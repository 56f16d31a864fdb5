"""The process that makes the passes of a worker, one after the other, in its main thread (`python -m crmlink.fleet.child`).

A job of the queue runs beside others in the worker's process, in a loop or a thread. The limits to what reading one
item may cost are signals, which only a main thread gets; and what no limit holds should take down a pass, not a worker.
So each place of a worker has one such process. It reads lines of JSON on its standard input, first the settings, then
addresses, and answers each address with a line. It ends with its worker: when the input ends, it is gone at once.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import resource
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any, Final, TextIO

from crmlink.app.service.signals import Stopped, stopped_by_signals
from crmlink.fleet.keys import Keys
from crmlink.fleet.one_pass import one_pass
from crmlink.fleet.open import open_fleet
from crmlink.fleet.settings import FleetSettings

MOST_MEMORY: Final = 1 << 30
"""Bytes of data: far more than a pass takes, far less than a machine has. Beyond it a pass fails, nothing else."""


def main() -> None:
    """Work until told to stop."""
    answers = _private_output()
    _limit()
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    try:
        with stopped_by_signals():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal reaches both; the worker decides
            given = asked.get()
            keys = Keys(tuple(given["keys"]))
            here = FleetSettings(given["database"], None, Path(given["directory"]))
            with open_fleet(here.database) as fleet:
                while True:
                    told = one_pass(fleet, keys, here, asked.get()["address"]).document()
                    told["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                    print(json.dumps(told), file=answers, flush=True)
    except Stopped:
        return


def _listen(asked: queue.SimpleQueue[Any]) -> None:
    """Hand over what the worker says. When it says no more, it is dead, and nothing may go on in its name."""
    for line in sys.stdin:
        asked.put(json.loads(line))
    os._exit(0)


def _private_output() -> TextIO:
    """Standard output for answers only: what a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _limit() -> None:
    """No memory image after a crash and no log of a library, which would hold mail; and not all of the memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    main()
