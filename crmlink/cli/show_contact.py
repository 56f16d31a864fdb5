"""Shows people and companies in the terminal: one line in a list, or one of them with the months and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

import click

from crmlink.app.people.circle import Known
from crmlink.app.people.contacts import Held
from crmlink.cli.signs import SIGNS, signs
from crmlink.trust.attention import silence, well_repaired
from crmlink.trust.relation import Ending, Entry, Relation
from crmlink.trust.timeline import months_until, timeline

MONTHS = 12
WORDS = {
    Ending.KEPT: "kept",
    Ending.REPAIRED: "repaired",
    Ending.BROKEN_BY_ME: "broken by me",
    Ending.BROKEN_BY_THEM: "broken by them",
    Ending.OPEN: "open",
    Ending.SETTLED: "moved or dropped",
}


def counts(lapses: int, drafts: int, meetings: int) -> str:
    """How much is held, in words."""
    return f"{lapses} lapse(s), {drafts} draft(s), {meetings} meeting(s)"


def trust_words(one: Relation) -> str:
    """What was kept and broken, in words: "5 kept, 1 repaired, 2 open"."""
    told = (*SIGNS, Ending.OPEN)
    return ", ".join(f"{count} {WORDS[ending]}" for ending in told if (count := one.count(ending)))


def show_list(listed: Sequence[Known], now: datetime) -> None:
    """Print a line for each: last contact, who, what was kept and broken, what else is held, why they stand so high."""
    told = [trust_words(one.relation) for one in listed]
    who_width = max((len(one.called) for one in listed), default=0)
    told_width = max(map(len, told), default=0)
    for one, words in zip(listed, told, strict=True):
        held = counts(one.lapses, one.drafts, one.meetings) if one.lapses or one.drafts or one.meetings else ""
        rest = "  ".join([part for part in (held, *_notes(one.relation, now)) if part])
        line = f"{day_of(one.last, now.tzinfo):<10}  {one.called:<{who_width}}  {words:<{told_width}}  {rest}"
        click.echo(line.rstrip())


def show_known(one: Known, now: datetime) -> None:
    """Print all that is known of one person or company, the newest last."""
    relation, zone = one.relation, now.tzinfo
    assert zone is not None
    click.echo(one.called)
    if one.company:
        click.echo(f"people: {', '.join(each.person.called for each in one.company.relations)}")
    elif len(relation.person.addresses) > 1:
        click.echo(f"addresses: {', '.join(relation.person.addresses)}")
    click.echo(f"{counts(one.lapses, one.drafts, one.meetings)}, last on {day_of(one.last, zone)}")
    for held in one.held:
        _show_held(held, zone)
    if not relation.entries and not relation.days:
        return
    hours = relation.hours_to_answer
    answered = "" if hours is None else f"; I answer in {hours:.0f} hours (median)"
    click.echo(f"\n{trust_words(relation) or 'nothing ended yet'}{answered}")
    for note in _notes(relation, now):
        click.echo(note)
    firsts = months_until(now.date(), MONTHS)
    months = timeline(relation.entries, relation.days, firsts, zone)
    click.echo(f"{firsts[0]:%Y-%m}  {signs(months)}  {firsts[-1]:%Y-%m}")
    click.echo(f"  {'   '.join(f'{sign} {WORDS[ending]}' for ending, sign in SIGNS.items())}")
    for entry in relation.entries:
        whom = f" ({entry.agreement.name or entry.agreement.address})" if one.company else ""
        click.echo(f"{_entry(entry, zone)}{whom}")


def day_of(moment: datetime | None, zone: tzinfo | None) -> str:
    """A day in the owner's zone, "never" for none."""
    return f"{moment.astimezone(zone):%Y-%m-%d}" if moment else "never"


def _notes(one: Relation, now: datetime) -> list[str]:
    quiet = silence(one, now.date())
    told = [f"silent for {quiet.days} days, usually {quiet.usual}"] if quiet else []
    return [*told, *(["let down, and well repaired"] if well_repaired(one) else [])]


def _entry(one: Entry, zone: tzinfo) -> str:
    past = one.agreement
    late = ", still open" if one.late else ""
    mended = f", made good on {day_of(past.repaired_at, zone)}" if past.repaired_at else ""
    quote = f" “{past.quote}”" if past.quote else ""
    state = f"{WORDS[one.ending]}{late}{mended}"
    return f"  {day_of(one.at, zone)}  {past.kind:<8} {state}: {past.subject}{quote}, {past.ref}"


def _show_held(one: Held, zone: tzinfo) -> None:
    for lapse in one.lapses:
        fate = "dismissed" if lapse.dismissed_at else "closed" if lapse.closed_at else lapse.decision.value
        click.echo(f"  {day_of(lapse.happened_at, zone)}  {lapse.kind:<10} {fate:<9} {lapse.id}  {lapse.subject}")
    for draft in one.drafts:
        click.echo(f"  {day_of(draft.created_at, zone)}  draft      {draft.state:<9} {draft.draft.subject}")
    for meeting in one.meetings:
        event = meeting.event
        begin = event.start if event.all_day or not isinstance(event.start, datetime) else event.start.astimezone(zone)
        click.echo(f"  {begin:%Y-%m-%d}  meeting    {event.status:<9} {event.title}")
