"""Rules for times of day: "half tien", "tien voor half vijf", "15u30", "a quarter to noon", "3:30 to 6 pm".

They make `clock` values of numbers and words, and `time` series of clocks. A number alone is never a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crmlink.language.chart import Grammar
from crmlink.language.date_leaves import clock, floor, part, part_of
from crmlink.language.date_series import DAY, Kind, Series, both, due_on, fixed, lasting, through, void
from crmlink.language.lengths import Length
from crmlink.language.saying import Saying
from crmlink.model.reading import Grain

CLOCKS = Grammar()
_HALF_DAY = 12


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `whole`: only an hour was said. `twelve`: on a twelve-hour dial, so it comes twice a day."""

    hour: int
    minute: int = 0
    whole: bool = False
    twelve: bool = True

    def series(self, *, latent: bool = False) -> Series:
        """Every day at this time."""
        made = clock(self.hour, self.minute, whole=self.whole, twelve=self.twelve)
        return replace(made, latent=latent)

    def earlier(self, minutes: int) -> Clock:
        """That many minutes before (after, when negative)."""
        total = (self.hour * 60 + self.minute - minutes) % (24 * 60)
        return Clock(total // 60, total % 60, twelve=self.twelve)


def _dial(hour: int, minute: int = 0, *, whole: bool = False) -> Clock | None:
    if not (0 <= hour <= 24 and 0 <= minute < 60):  # noqa: PLR2004 - hours and minutes
        return None
    return Clock(hour, minute, whole, twelve=1 <= hour <= _HALF_DAY)


Said = tuple[int, int, bool]
"""Hour, minute, and whether the hour was written with a leading zero."""


@CLOCKS.rule("clock", "hm (clockword)?", "hmdot (clockword)")
def _digital(saying: Saying, said: Said) -> Clock:
    hour, minute, zero = said
    return Clock(hour, minute, twelve=saying.words.month_first and 1 <= hour <= _HALF_DAY and not zero)


@CLOCKS.rule("time", "(at) (approx)? hmdot")
def _dotted(saying: Saying, said: Said) -> Series:
    return _digital(saying, said).series()


@CLOCKS.rule("clock", "num (tominute) num|one", weight=2)
def _number_to_number(saying: Saying, minutes: int, hour: int) -> Clock | None:
    """In Dutch and German "tien voor drie" can be nothing else."""
    round_number = minutes % 5 == 0 and 0 < minutes < 30  # noqa: PLR2004 - half an hour
    return _moved(minutes, hour) if round_number and not saying.words.month_first else None


@CLOCKS.rule("dotted", "hmdot")
def _dotted_clock(saying: Saying, said: Said) -> Clock:
    return _digital(saying, said)


@CLOCKS.rule("clock", "num|one (clockword)")
def _hour(_: Saying, hour: int) -> Clock | None:
    return _dial(hour, whole=True)


@CLOCKS.rule("clock", "num (clockword) num")
def _hour_minute(_: Saying, hour: int, minute: int) -> Clock | None:
    return _dial(hour, minute) if minute else None


@CLOCKS.rule("clock", "(the)? noon")
def _noon(_: Saying, hour: int) -> Clock:
    return Clock(hour, whole=True, twelve=False)


@CLOCKS.rule("said", "num")
def _said_hour(_: Saying, hour: int) -> Clock | None:
    whole = _dial(hour, whole=True)
    return whole or (_dial(hour // 100, hour % 100) if hour >= 100 else None)  # noqa: PLR2004 - "730"


@CLOCKS.rule("said", "num num")
def _said_both(saying: Saying, hour: int, minute: int) -> Clock | None:
    spoken = saying.words.month_first and minute >= 10 and hour <= _HALF_DAY  # noqa: PLR2004 - "three twenty"
    return _dial(hour, minute) if spoken else None


@CLOCKS.rule("said", "num num num")
def _said_apart(saying: Saying, hour: int, ten: int, one: int) -> Clock | None:
    return _said_both(saying, hour, ten + one) if ten in {20, 30, 40, 50} and 0 < one <= 9 else None  # noqa: PLR2004


@CLOCKS.rule("clock", "said|clock|hmdot (am) (clockword)?", weight=1)
def _am(_: Saying, said: Clock | Said) -> Clock | None:
    made = _as_clock(said)
    return replace(made, hour=made.hour % _HALF_DAY, twelve=False) if made.hour <= _HALF_DAY else None


@CLOCKS.rule("clock", "said|clock|hmdot (pm) (clockword)?", weight=1)
def _pm(_: Saying, said: Clock | Said) -> Clock | None:
    made = _as_clock(said)
    return replace(made, hour=made.hour % _HALF_DAY + _HALF_DAY, twelve=False) if made.hour <= _HALF_DAY else None


def _as_clock(said: Clock | Said) -> Clock:
    return said if isinstance(said, Clock) else Clock(said[0], said[1])


@CLOCKS.rule("clock", "(half) num|one (clockword)?")
def _half_to(saying: Saying, hour: int) -> Clock | None:
    """Half nine is 8:30 in Dutch and German, 9:30 in English."""
    if not 1 <= hour <= _HALF_DAY:
        return None
    return Clock(hour, 30) if saying.words.month_first else Clock(hour).earlier(30)


@CLOCKS.rule("clock", "(half) (past) num|one|clock")
def _half_past(_: Saying, hour: int | Clock) -> Clock | None:
    return _moved(-30, hour)


@CLOCKS.rule("clock", "minutes|num (past) num|one|clock (clockword)?", weight=2)
def _past(_: Saying, minutes: int, hour: int | Clock) -> Clock | None:
    return _moved(-minutes, hour) if 1 <= minutes < 60 else None  # noqa: PLR2004 - an hour


@CLOCKS.rule("clock", "minutes (tominute) num|one|clock (clockword)?", weight=2)
def _to(_: Saying, minutes: int, hour: int | Clock) -> Clock | None:
    return _moved(minutes, hour)


@CLOCKS.rule("clock", "num (tominute) clock", weight=2)
def _number_to(_: Saying, minutes: int, hour: Clock) -> Clock | None:
    """Fifteen to noon, but "10 to 11 am" is from ten to eleven."""
    ranged = minutes <= _HALF_DAY and not hour.twelve
    return None if ranged or not 1 <= minutes < 30 else _moved(minutes, hour)  # noqa: PLR2004 - half an hour


@CLOCKS.rule("saidto", "num (tominute) num|one", weight=2)
def _said_to(_: Saying, minutes: int, hour: int) -> Clock | None:
    """Five to three; without "at" it may as well be a score or a range."""
    return _moved(minutes, hour) if 1 <= minutes < 30 else None  # noqa: PLR2004 - half an hour


@CLOCKS.rule("minutes", "(a)? (quarter)")
def _quarter(_: Saying) -> int:
    return 15


@CLOCKS.rule("minutes", "num unit")
def _minutes(_: Saying, number: int, unit: str) -> int | None:
    return number if unit == "minute" and 1 <= number < 60 else None  # noqa: PLR2004 - an hour


def _moved(minutes: int, hour: int | Clock) -> Clock | None:
    base = _dial(hour) if isinstance(hour, int) else hour
    if base is None or base.minute not in {0, 30}:  # "tien voor half vijf"
        return None
    return base.earlier(minutes)


@CLOCKS.rule(
    "time", "(approx) clock (approx)?", "clock (approx)", "(at) (approx)? clock (approx)?", "(approx) (at) clock"
)
def _clock_time(_: Saying, made: Clock) -> Series:
    return made.series()


@CLOCKS.rule("time", "clock")
def _bare_clock(_: Saying, made: Clock) -> Series:
    """Without "at", "3 uur" may be a length of time."""
    return made.series(latent=made.whole and made.twelve)


@CLOCKS.rule("time", "(at) (approx)? said|saidto (ish)?", "(approx) (at)? saidto", "(approx) (at) said", "said (ish)")
def _said_time(_: Saying, made: Clock) -> Series:
    return made.series(latent=True)


@CLOCKS.rule("time", "said|clock relday part?", "said|clock (this) part", "said|clock partly|todaypart")
def _said_day(saying: Saying, made: Clock, day: int | str, name: str | None = None) -> Series | None:
    """English alone says "nine tomorrow"; elsewhere a number beside a day is something else."""
    if not saying.words.month_first:
        return None
    days = day if isinstance(day, int) else 0
    start = floor(saying.at, Grain.DAY) + days * DAY
    spoken = day if isinstance(day, str) else name
    hours = saying.words.parts[spoken] if spoken else (0, 24)
    return both(fixed(part_of(start, *hours), Kind.DATE, Kind.PART), made.series())


@CLOCKS.rule("partial", "hmdot")
def _dotted_beside(saying: Saying, said: Said) -> Series | None:
    """Beside a day "13.30" is a time."""
    return None if saying.words.dotted_dates else _digital(saying, said).series()


@CLOCKS.rule("time", "(after) hourplural")
def _after_hour(saying: Saying, hour: int) -> Series:
    made = Clock(hour, whole=True).series()
    return due_on(made, lambda span: max(span.start, saying.calendar.closing(span.start.date())))


@CLOCKS.rule("time", "(loosely|approx|by|at) hourplural")
def _about_hour(_: Saying, hour: int) -> Series:
    return Clock(hour, whole=True).series()


@CLOCKS.rule("time", "(from)? clock (to) clock", "(between) clock (and|to) clock", weight=1)
def _clocks(_: Saying, first: Clock, second: Clock) -> Series:
    if first.twelve and not second.twelve and second.hour >= _HALF_DAY:
        # "3:30 to 6 pm" is in the afternoon as a whole, "11 to 1 pm" is not
        afternoon = first.hour % _HALF_DAY + _HALF_DAY
        later = (afternoon, first.minute) < (second.hour, second.minute)
        first = replace(first, hour=afternoon if later else first.hour, twelve=False)
    elif first.twelve and not second.twelve:
        first = replace(first, hour=first.hour % _HALF_DAY, twelve=False)
    return through(first.series(), second.series())


@CLOCKS.rule(
    "time", "said|dotted (to) clock", "clock|dotted (to) said|dotted", "(from) said|clock|dotted (to) said|clock|dotted"
)
@CLOCKS.rule("time", "(between) said|clock|dotted (and|to) said|clock|dotted")
def _loose_clocks(saying: Saying, first: Clock, second: Clock) -> Series:
    made: Series = _clocks(saying, first, second)
    return replace(made, latent=first.whole and second.whole)


@CLOCKS.rule("time", "(from)? clock (for) length")
def _clock_for(_: Saying, made: Clock, length: Length) -> Series:
    return lasting(made.series(), length.after)


@CLOCKS.rule("time", "(for) length (from) clock")
def _for_from(_: Saying, length: Length, made: Clock) -> Series:
    return lasting(made.series(), length.after)


@CLOCKS.rule("partial", "part")
def _part(saying: Saying, name: str) -> Series:
    return part(*saying.words.parts[name])


@CLOCKS.rule("time", "partly", "(on|in|at|approx|by) (the)? partly", weight=1)
@CLOCKS.rule("time", "(on|in|at|approx|by) (the)? part", weight=-1)
def _part_alone(saying: Saying, name: str) -> Series:
    return part(*saying.words.parts[name])


@CLOCKS.rule("time", "(this) part|partly", "todaypart")
def _part_today(saying: Saying, name: str) -> Series:
    span = part_of(floor(saying.at, Grain.DAY), *saying.words.parts[name])
    return fixed(span, Kind.DATE, Kind.PART)


@CLOCKS.rule("time", "(next) part")
def _next_part(_: Saying, __: str) -> Series:
    """The next morning is one in a story."""
    return void()


@CLOCKS.rule("time", "(last) part")
def _part_yesterday(saying: Saying, name: str) -> Series:
    return fixed(part_of(floor(saying.at, Grain.DAY) - DAY, *saying.words.parts[name]), Kind.DATE, Kind.PART)
