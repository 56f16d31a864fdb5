"""`crmlink demo`: servers of our own with an invented week, one real scan, its drafts, and a second scan that adds nothing."""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter

import click

from crmlink.app.clock import Clock, system_clock
from crmlink.app.house import open_house
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.app.service.signals import Stopped, stopped_by_signals
from crmlink.cli.errors import INTERRUPTED
from crmlink.cli.session import progress_bar
from crmlink.cli.show_demo import Show
from crmlink.demo.stage import Stage, check_installed, open_stage


@click.command("demo")
@click.option("--keep", is_flag=True, help="Leave the servers running until Ctrl-C, to look with a mail client.")
@click.pass_context
def command(ctx: click.Context, *, keep: bool) -> None:
    """Show crmlink at work on an invented week of mail and meetings; nothing to set up.

    Two small servers start on this machine, for this call only. Your own settings, mail and calendar are not touched.
    """
    check_installed()
    began = perf_counter()
    clock = system_clock()
    show = Show()
    waiting = False
    tempfile.gettempdir()  # tries the place out with a file, which a signal in that moment would leave there
    try:
        with stopped_by_signals():
            show.opening()
            with open_stage(clock()) as stage:
                quiet = _two_scans(stage, clock, show)
                show.duration(perf_counter() - began)
                if keep:
                    waiting = True
                    show.ways_in(stage, _own_command())
                    threading.Event().wait()
    except Stopped:
        show.stopped()
        ctx.exit(0 if waiting else INTERRUPTED)
    show.closing()
    ctx.exit(0 if quiet else 1)


def _two_scans(stage: Stage, clock: Clock, show: Show) -> bool:
    """Scan, show what came of it, scan again; whether the second scan left everything as it was."""
    show.stage(stage)
    show.first_scan(_scan(stage, clock))
    drafts = stage.drafts()
    show.drafts(stage, drafts)
    again = _scan(stage, clock)
    unchanged = [bytes(one) for one in stage.drafts()] == [bytes(one) for one in drafts]
    return show.second_scan(again, unchanged=unchanged)


def _scan(stage: Stage, clock: Clock) -> ScanResult:
    """The pass of `crmlink scan`, with the settings of the stage."""
    settings = stage.settings
    now = clock().astimezone(settings.timezone)
    with open_house(settings, clock) as house, progress_bar(quiet=False) as progress:
        return scan(house, ScanTask(now, now - settings.policy.lookback), progress)


def _own_command() -> list[str]:
    """How this crmlink is called from anywhere."""
    script = Path(sys.argv[0]).absolute()
    return [str(script)] if script.name == "crmlink" and script.is_file() else [sys.executable, "-m", "crmlink"]
