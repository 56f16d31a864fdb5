"""`crmlink scan`: one pass, with what it found and why."""

from __future__ import annotations

from functools import partial

import click

from crmlink.app.accounts import Account
from crmlink.app.clock import frozen_clock, system_clock
from crmlink.app.documents import scan_document
from crmlink.app.house import open_house
from crmlink.app.scan import ScanTask, scan
from crmlink.cli.in_turn import Ended, in_turn
from crmlink.cli.session import accounts_in, parse_day, parse_moment, progress_bar
from crmlink.cli.show_scan import show_scan


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
        code = 0 if result.trusted else 1
        return Ended(scan_document(result), partial(show_scan, result), code, result.refused)

    ctx.exit(in_turn(accounts_in(ctx), one, as_json=as_json))
