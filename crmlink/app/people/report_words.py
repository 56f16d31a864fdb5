"""The words of the report: read from the shipped files, with days, hours and counts as a person would say them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

from babel.dates import format_date

from crmlink.app.people.report import Report
from crmlink.drafts.template_set import shipped_file
from crmlink.ledger.records import LapseRecord
from crmlink.model.agreement import AgreementKind
from crmlink.model.draft import DraftState, StoredDraft
from crmlink.model.lapse import Fault
from crmlink.trust.attention import Silence
from crmlink.trust.relation import Ending, Entry, Relation
from crmlink.trust.timeline import COUNTED, Month

LANGUAGES = ("nl", "en")
"""The languages of the report."""

_LOCALES = {"nl": "nl", "en": "en_GB"}
_HOURS_AS_HOURS = 48
_WORDS_OF_DRAFT = {DraftState.UNKNOWN: DraftState.INTENT}


@cache
def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads(shipped_file(f"report/{language}.toml"))


@dataclass(frozen=True, slots=True)
class Words:
    """Words in one language, for a report made on the day of `now` (aware, in the owner's zone)."""

    language: str
    now: datetime

    def say(self, name: str, **values: object) -> str:
        """The text of that name, filled in; `lapse.me.missed` is a name in a part."""
        found: Any = _texts(self.language)
        for part in name.split("."):
            found = found[part]
        return str(found).format(**values)

    def some(self, name: str, count: int, **values: object) -> str:
        """The text for one or for many."""
        return self.say(f"{name}_one" if count == 1 else f"{name}_many", count=count, **values)

    def day(self, when: date | datetime) -> str:
        """A day as in "dinsdag 3 maart", with the year when it is another one."""
        return self._format(when, "EEEE d MMMM")

    def short_day(self, when: date | datetime) -> str:
        """A day as in "3 mrt"."""
        return self._format(when, "d MMM")

    def month(self, first: date) -> str:
        """A month as in "mrt", for a picture."""
        return str(format_date(first, "LLL", locale=_LOCALES[self.language])).rstrip(".")

    def long_month(self, first: date) -> str:
        """A month as in "maart", with the year when it is another one."""
        pattern = "LLLL" if first.year == self.now.year else "LLLL y"
        return str(format_date(first, pattern, locale=_LOCALES[self.language]))

    def hours(self, hours: float | None) -> str:
        """A length of time, in hours up to two days and in days beyond."""
        if hours is None:
            return self.say("answer_none")
        if hours < 1:
            return self.say("hour_none")
        if hours < _HOURS_AS_HOURS:
            return self.some("hour", round(hours))
        return self.some("day", round(hours / 24))

    def short_hours(self, hours: float | None) -> str:
        """The same for a picture, as in "13 u"; nothing for none."""
        if hours is None:
            return ""
        days = hours >= _HOURS_AS_HOURS
        return self.say("day_short" if days else "hour_short", count=max(1, round(hours / 24 if days else hours)))

    def counts(self, months: Iterable[Month]) -> str:
        """How agreements ended, as in "12 nagekomen, 1 goedgemaakt"."""
        listed = tuple(months)
        told = [(sum(month.count(ending) for month in listed), ending) for ending in COUNTED]
        said = [f"{count} {self.say(ending.value)}" for count, ending in told if count]
        return ", ".join(said) or self.say("none_counted")

    def due(self, entry: Entry) -> str:
        """When something owed is due, or how late it is."""
        today, due = self.now.date(), entry.agreement.due
        if entry.late:
            days = (today - self._local(entry.at)).days
            return self.some("late", days) if days > 0 else self.say("late")
        if due is None:
            return self.say("no_day")
        ahead = (self._local(due) - today).days
        near = {0: "today", 1: "tomorrow"}.get(ahead)
        day = self.say(near) if near else self._format(due, "EEE d MMM")
        local = due.astimezone(self.now.tzinfo)
        timed = entry.agreement.kind is AgreementKind.MEETING and local.time() > time()
        return f"{day} {local.hour}:{local.minute:02}" if timed else day

    def what(self, entry: Entry) -> str:
        """What an agreement is about: its words, of a meeting its title."""
        past = entry.agreement
        words = past.subject if past.kind is AgreementKind.MEETING else past.quote or past.subject
        return f"{self.say(f'kind.{past.kind.value}')}: {words}"

    def lapse(self, one: LapseRecord) -> str:
        """What broke, in one sentence without a full stop."""
        return self.say(f"lapse.{'me' if one.fault is Fault.ME else 'other'}.{one.kind.value}")

    def fate(self, one: LapseRecord, draft: StoredDraft | None) -> str:
        """What became of a lapse, in one sentence."""
        if one.repaired_at or one.dismissed_at:
            return self.say("draft.repaired" if one.repaired_at else "draft.dismissed")
        if draft:
            return self.say(f"draft.{_WORDS_OF_DRAFT.get(draft.state, draft.state).value}")
        state = "closed" if one.closed_at else "skip" if one.decision == "skip" else "hold"
        return self.say(f"draft.{state}", id=one.id)

    def quiet(self, silence: Silence) -> str:
        """How long nothing was heard, beside the usual."""
        many = silence.usual > 1
        return self.say("silence_many" if many else "silence_one", count=silence.days, usual=silence.usual)

    def mended(self, one: Relation) -> str:
        """When the last thing was made good, and how much was kept since."""
        repaired = [each for each in one.entries if each.ending is Ending.REPAIRED]
        last = max(each.agreement.repaired_at or each.at for each in repaired)
        kept = sum(each.ending is Ending.KEPT and each.at >= last for each in one.entries)
        return self.some("ambassador", kept, when=self.short_day(last))

    def ending(self, ending: Ending) -> str:
        """The word for an ending."""
        return self.say(ending.value)

    def _local(self, when: datetime) -> date:
        return when.astimezone(self.now.tzinfo).date()

    def _format(self, when: date | datetime, pattern: str) -> str:
        day = self._local(when) if isinstance(when, datetime) else when
        pattern = pattern if day.year == self.now.year else f"{pattern} y"
        return str(format_date(day, pattern, locale=_LOCALES[self.language]))


def lead(report: Report, words: Words) -> str:
    """The first sentence: how it went."""
    if not report.ended:
        return words.say("lead_none")
    told = report.totals
    repaired, broken, theirs = (told[one] for one in COUNTED[1:])
    return words.some(
        "lead",
        report.ended,
        month=words.long_month(next(month.first for month in report.months if month.ended)),
        kept=told[Ending.KEPT] or words.say("lead_kept_none"),
        repaired=words.say("lead_repaired", count=repaired) if repaired else "",
        broken=words.some("lead_broken", broken) if broken else "",
        theirs=words.some("lead_theirs", theirs) if theirs else "",
    )
