"""Shows a reading to a person: the mail with the found words marked, what each means, and what was left alone and why."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from crmlink.app.explain import Explained
from crmlink.language.phrases import meaning
from crmlink.model.reading import MeetingAct, Reading

REQUEST, PROMISE, MEETING, DATE, LEFT = "bold cyan", "bold green", "bold magenta", "underline", "dim"


def show_reading(explained: Explained, console: Console | None = None) -> None:
    """Print one message as crmlink sees it."""
    out = console or Console(highlight=False)
    out.rule(Text(explained.source), align="left")
    message, reading = explained.message, explained.reading
    for problem in explained.problems:
        out.print(Text(f"! {problem.message} {problem.hint}".rstrip(), style="yellow"))
    if message is None or reading is None:
        return
    sender = (
        f"{message.sender.name} <{message.sender.address}>" if message.sender else "a sender that cannot be trusted"
    )
    out.print(
        Text(
            f"{message.subject or '(no subject)'} · {sender}{' (you)' if message.from_me else ''} · {message.sent_at:%Y-%m-%d %H:%M}"
        )
    )
    kind = (
        f"automatic: {message.automatic} ({message.automatic_reason}); nothing in it counts"
        if message.automatic
        else "written by a person"
    )
    out.print(Text(f"{reading.language}, {reading.register}, {kind}", style="dim"))
    out.print()
    out.print(_marked(message.text, reading))
    for line in _findings(reading):
        out.print(line)


def _marked(text: str, reading: Reading) -> Text:
    """The visible text with every finding in its colour."""
    page = Text(text.rstrip("\n") + "\n")
    spans = [(one.offset, one.quote, REQUEST) for one in reading.requests]
    spans += [(one.offset, one.quote, PROMISE) for one in reading.promises]
    spans += [(one.offset, one.quote, DATE) for one in reading.dates]
    if reading.meeting.act is not MeetingAct.NONE:
        spans.append((reading.meeting.offset, reading.meeting.quote, MEETING))
    for offset, quote, style in spans:
        if offset >= 0:
            page.stylize(style, offset, offset + len(quote))
    return page


def _findings(reading: Reading) -> Iterator[Text]:
    for request in reading.requests:
        whom = "a request to you" if request.to_me else "a request, not to you"
        due = f"by {request.due:%Y-%m-%d}" if request.due else ""
        weighed = f"for {', '.join(request.because)}" if request.because else ""
        yield _line(whom, request.quote, request.rule, REQUEST, " · ".join(part for part in (due, weighed) if part))
    for promise in reading.promises:
        yield _line(
            "a promise",
            promise.quote,
            promise.rule,
            PROMISE,
            f"due {promise.due:%Y-%m-%d}" if promise.due else "no date",
        )
    talk = reading.meeting
    if talk.act is not MeetingAct.NONE:
        yield _line(
            f"a meeting: {talk.act}", talk.quote, talk.rule, MEETING, f"fault {talk.fault}" if talk.fault else ""
        )
    for date in reading.dates:
        yield _line("a date", date.quote, "", DATE, f"{date.start:%Y-%m-%d %H:%M}, {date.grain}")
    for near in reading.near_misses:
        yield _line(f"no {near.looked_like}", near.quote, near.stopped_by, LEFT, "left alone")
    if not (reading.requests or reading.promises or talk.act is not MeetingAct.NONE):
        yield Text("Nothing here asks, promises or changes a meeting.", style=LEFT)


def _line(what: str, quote: str, rule: str, style: str, more: str) -> Text:
    line = Text(f"{what:<22} ", style=style)
    line.append(f"“{' '.join(quote.split())}”", style="")
    notes = [part for part in (more, rule, meaning(rule) if rule else "") if part]
    line.append(f"  {' · '.join(notes)}" if notes else "", style="dim")
    return line
