"""Shows a pass to a person: a line for each lapse with its why, then what went wrong with what was read."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crmlink.app.scan import ScanResult
from crmlink.model.lapse import Decision, Verdict

LOOKS = {Decision.DRAFT: "bold green", Decision.DRAFTED: "green", Decision.HOLD: "yellow", Decision.SKIP: "dim"}
SAYS = {
    Decision.DRAFT: "draft placed",
    Decision.DRAFTED: "drafted",
    Decision.HOLD: "hold",
    Decision.SKIP: "skip",
}


def show_scan(result: ScanResult, console: Console | None = None) -> None:
    """Print the result; on a terminal in colour."""
    out = console or Console(highlight=False)
    show_reports(result, out)
    if result.verdicts:
        out.print()
        out.print(_table(result))
    else:
        out.print("No agreement is broken.")
    for problem in result.problems:
        out.print(f"[yellow]![/] {escape(problem.subject)}: {escape(problem.message)}")
        if problem.hint:
            out.print(f"  -> {escape(problem.hint)}", style="dim")


def show_reports(result: ScanResult, out: Console) -> None:
    """Print a line for each source: whether it could be read, and how much."""
    for report in result.reports:
        cut = ", cut off" if report.truncated else ""
        aside = f", {report.set_aside} left alone" if report.set_aside else ""
        out.print(f"{escape(report.name)}: {report.health}, {report.seen} read, {report.new} new{cut}{aside}")


def _table(result: ScanResult) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="dim", expand=True)
    for name in ("id", "lapse"):
        table.add_column(name, no_wrap=True)
    for name, share in (("who", 4), ("what", 6), ("decision and why", 5)):
        table.add_column(name, overflow="fold", ratio=share)
    for verdict in result.verdicts:
        lapse = verdict.lapse
        contact = lapse.agreement.contact
        table.add_row(
            lapse.id,
            f"{lapse.kind}\n[dim]fault {lapse.fault}[/]",
            escape(contact.name or contact.address),
            f"{escape(lapse.agreement.subject)}\n[dim]{escape(_because(verdict))}[/]",
            f"[{LOOKS[verdict.decision]}]{_decision(verdict, result)}[/]\n{escape(verdict.reason)}",
        )
    return table


def _decision(verdict: Verdict, result: ScanResult) -> str:
    if verdict.decision is Decision.DRAFT and result.task.dry_run:
        return "would draft"
    return SAYS[verdict.decision]


def _because(verdict: Verdict) -> str:
    """The first words of evidence; `lapses show` has all of it, with the rules."""
    shown = next((one for one in verdict.lapse.evidence if one.quote), None)
    return f"“{shown.quote[:160]}”" if shown else ""
