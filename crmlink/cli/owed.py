"""`crmlink owed`: every open agreement, or with --all the closed ones too, each with its evidence.

A new time that somebody accepted is open as well, until it stands in the calendar.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import click

from crmlink.agreements.picked import awaits_calendar
from crmlink.app.aftermath import agreed_since, letters_in
from crmlink.app.clock import frozen_clock, system_clock
from crmlink.app.config.accounts import Account
from crmlink.app.config.settings import Settings
from crmlink.app.documents import owed_document
from crmlink.app.gathering.gather import Window
from crmlink.app.house import open_house
from crmlink.app.look import look
from crmlink.cli.in_turn import Ended, in_turn
from crmlink.cli.session import accounts_in, parse_moment, progress_bar
from crmlink.cli.show_lapse import in_words
from crmlink.model.agreement import Agreement, AgreementKind, State

STILL_OPEN = frozenset({State.OPEN, State.PROPOSED})


@click.command("owed")
@click.option("--all", "closed_too", is_flag=True, help="Closed agreements too, with what closed them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.option("--as-of", metavar="DATETIME", help="As if it were this moment.")
@click.pass_context
def command(ctx: click.Context, *, closed_too: bool, as_json: bool, as_of: str | None) -> None:
    """Show what you still owe to whom, by when: requests to you, promises you made, meetings to come."""

    def one(account: Account) -> Ended:
        settings = account.settings
        clock = frozen_clock(parse_moment(as_of, settings.timezone)) if as_of else system_clock(settings.timezone)
        now = clock()
        with open_house(settings, clock, read_only=True) as house, progress_bar(quiet=as_json) as progress:
            seen = look(house, Window(now, now - settings.policy.lookback), progress)
            seen = agreed_since(seen, letters_in(house, seen))
        shown = [one for one in seen.agreements if closed_too or one.state in STILL_OPEN or awaits_calendar(one)]
        code = 0 if all(report.trusted for report in seen.reports) else 1
        return Ended(owed_document(shown, now), partial(_show, shown, settings, now), code, seen.refused)

    ctx.exit(in_turn(accounts_in(ctx), one, as_json=as_json))


def _show(agreements: list[Agreement], settings: Settings, now: datetime) -> None:
    from rich.console import Console  # noqa: PLC0415 -- slow to import, and not wanted for JSON
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    out = Console(highlight=False)
    if not agreements:
        out.print("You owe nobody anything that crmlink knows of.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("what", "who", "due", "words", "state and why"):
        table.add_column(name, overflow="fold")
    for one in agreements:
        why = _why(one)
        table.add_row(
            one.kind,
            escape(one.contact.name or one.contact.address),
            one.due.strftime("%Y-%m-%d %H:%M" if one.kind is AgreementKind.MEETING else "%Y-%m-%d") if one.due else "",
            f"{escape(one.quote)}\n[dim]{escape(one.subject)}[/]",
            f"{one.state}\n[dim]{escape(why)}[/]",
        )
    out.print(table)
    for one in agreements:
        if awaits_calendar(one) and one.due:
            who = escape(one.contact.name or one.contact.address)
            when = in_words(one.due, settings, now)
            out.print(f"{who} took a new time; put it in your calendar: [bold]{when}[/]", soft_wrap=True)


def _why(agreement: Agreement) -> str:
    """What shows that it stands so: of a meeting the deciding evidence comes first, of words what closed them last."""
    if not agreement.evidence:
        return ""
    shown = agreement.evidence[0 if agreement.kind is AgreementKind.MEETING else -1]
    return f"{shown.rule}: {shown.quote}" if shown.quote not in ("", agreement.quote) else shown.rule
