"""`crmlink scan`: one pass, with what it found and why."""

from __future__ import annotations

from functools import partial

import click

from crmlink.app.clock import Clock, frozen_clock, system_clock
from crmlink.app.config.accounts import Account
from crmlink.app.config.settings import Settings
from crmlink.app.documents import scan_document
from crmlink.app.house import open_house
from crmlink.app.scan import ScanResult, ScanTask, scan
from crmlink.app.service.pulse import note_pass
from crmlink.cli.in_turn import Ended, in_turn
from crmlink.cli.session import accounts_in, parse_day, parse_moment, progress_bar
from crmlink.model.errors import CrmlinkError, LedgerError


@click.command("scan")
@click.option("--dry-run", is_flag=True, help="Place no draft and remember nothing; show what would be done.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.option("--as-of", metavar="DATETIME", help="Replay: as if it were this moment. Implies --dry-run.")
@click.option("--since", metavar="DATE", help="Read mail since this day, instead of LOOKBACK_DAYS.")
@click.pass_context
def command(ctx: click.Context, *, dry_run: bool, as_json: bool, as_of: str | None, since: str | None) -> None:
    """Read mail and calendar once, find the agreements you broke, and place a draft for each.

    Exit code 0: done; 1: done, but a source failed or was doubtful.
    """

    def one(account: Account) -> Ended:
        settings, zone = account.settings, account.settings.timezone
        clock = frozen_clock(parse_moment(as_of, zone)) if as_of else system_clock(zone)
        now = clock()
        begin = parse_day(since, zone) if since else now - settings.policy.lookback
        task = ScanTask(now, begin, dry_run=dry_run or as_of is not None)
        with open_house(settings, clock, read_only=task.dry_run) as house, progress_bar(quiet=as_json) as progress:
            result = scan(house, task, progress)
        not_noted = _not_noted(settings, result, clock)
        return Ended(
            scan_document(result), partial(_show, result), 0 if result.trusted else 1, result.refused or not_noted
        )

    ctx.exit(in_turn(accounts_in(ctx), one, as_json=as_json))


def _show(result: ScanResult) -> None:
    from crmlink.cli.show_scan import show_scan  # noqa: PLC0415 -- slow to import, and only wanted by people

    show_scan(result)


def _not_noted(settings: Settings, result: ScanResult, clock: Clock) -> CrmlinkError | None:
    """Why the heartbeat could not be written after a pass whose drafts are placed all the same."""
    try:
        if not result.task.dry_run:
            note_pass(settings, result, clock)
    except LedgerError as error:
        return error
    return None
