"""Shows the report in the terminal: the same as on the page, with a row of signs for each person's months."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crmlink.app.people.report import Line, Report
from crmlink.app.people.report_words import Words, lead
from crmlink.cli.signs import SIGNS, signs
from crmlink.trust.timeline import COUNTED

MOST_LINES, MOST_OWED = 25, 15


def show_report(report: Report, language: str, console: Console | None = None) -> None:
    """Print the report; on a terminal in colour."""
    out = console or Console(highlight=False)
    words = Words(language, report.now)
    out.print(f"[bold]{words.say('heading')}[/] · {words.day(report.now)}")
    out.print(f"\n{escape(lead(report, words))}")
    out.print(f"{words.say('answer')}: {words.hours(report.hours_to_answer)}")
    _week(report, words, out)
    _owed(report, words, out)
    _attention(report, words, out)
    _months(report, words, out)
    legend = "   ".join(f"{SIGNS[ending]} {words.ending(ending)}" for ending in COUNTED)
    for name, lines in (("people", report.people), ("companies", report.companies)):
        _head(words.say(name), out)
        if lines:
            out.print(f"[dim]{legend}[/]")
        out.print(_lines(lines[:MOST_LINES], words) if lines else words.say("nobody"))
        if name == "people" and len(lines) > MOST_LINES:
            out.print(f"[dim]{words.say('people_more', count=len(lines) - MOST_LINES)}[/]")


def _week(report: Report, words: Words, out: Console) -> None:
    _head(words.say("week"), out)
    for one in report.week:
        who = escape(one.lapse.contact.name or one.lapse.contact.address)
        day = words.short_day(one.lapse.happened_at)
        out.print(f"[dim]{day:>6}[/]  [bold]{words.lapse(one.lapse)}[/]: {who}, {escape(one.lapse.subject)}")
        out.print(f"        [dim]{escape(words.fate(one.lapse, one.draft))}[/]")
    if not report.week:
        out.print(words.say("week_none"))


def _owed(report: Report, words: Words, out: Console) -> None:
    _head(words.say("owed"), out)
    if not report.owed:
        out.print(words.say("owed_none"))
        return
    table = _table(words.say("owed_when"), words.say("owed_what"))
    for one in report.owed[:MOST_OWED]:
        due = words.due(one.entry)
        what = escape(words.what(one.entry))
        table.add_row(f"[bold]{due}[/]" if one.entry.late else due, f"{escape(one.person.called)}\n[dim]{what}[/]")
    out.print(table)
    if len(report.owed) > MOST_OWED:
        out.print(f"[dim]{words.say('owed_more', count=len(report.owed) - MOST_OWED)}[/]")


def _attention(report: Report, words: Words, out: Console) -> None:
    if report.ambassadors:
        _head(words.say("ambassadors"), out)
        for line in report.ambassadors[:8]:
            out.print(f"{escape(line.relation.person.called)}  [dim]{words.mended(line.relation)}[/]")
    if report.silent:
        _head(words.say("silent"), out)
        for line in report.silent[:8]:
            if line.silence:
                out.print(f"{escape(line.relation.person.called)}  [dim]{words.quiet(line.silence)}[/]")


def _months(report: Report, words: Words, out: Console) -> None:
    _head(words.say("months"), out)
    table = _table(words.say("month"), *(words.ending(ending) for ending in COUNTED), words.say("answer"))
    for column in table.columns[1:]:
        column.justify = "right"
    for month in report.months:
        counts = (str(month.count(ending)) for ending in COUNTED)
        table.add_row(words.long_month(month.first), *counts, words.hours(month.hours_to_answer))
    out.print(table)


def _lines(lines: tuple[Line, ...], words: Words) -> Table:
    table = _table("", "", "")
    table.show_header = False
    for line in lines:
        who = line.company.name if line.company else line.relation.person.called
        last = line.relation.last_contact
        since = f"\n[dim]{words.say('last_contact', day=words.short_day(last))}[/]" if last else ""
        table.add_row(escape(who), signs(line.months), f"{words.counts(line.months)}{since}")
    return table


def _head(text: str, out: Console) -> None:
    out.print(f"\n[bold]{text}[/]")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
