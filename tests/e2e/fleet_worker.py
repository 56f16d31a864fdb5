"""A worker as `crmlink worker` starts it, but one that looks and beats quickly: a test cannot wait half a minute."""

from __future__ import annotations

import os
import secrets
import sys

from crmlink.app.clock import system_clock
from crmlink.app.log import configure
from crmlink.fleet.settings import load_fleet
from crmlink.fleet.worker import Pace, Worker

QUICK = Pace(tick=0.5, heartbeat=0.5, stalled=4.0, poll=0.2, away=0.5)


def main(places: int) -> None:
    """Work until told to stop."""
    configure(as_json=True)
    settings = load_fleet(os.environ)
    jitter = secrets.SystemRandom().uniform
    Worker(settings, settings.keys(), system_clock(), jitter, places=places, pace=QUICK).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
