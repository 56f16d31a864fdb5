"""Reads what a mail does to a meeting: propose, accept, decline, cancel, reschedule, or tell that somebody was not there.

One act per mail, with the side from which a meeting broke as its wording claims, seen from the owner. In: the newly
written text, its language, who wrote it, and the dates in it. Out: the act and the near misses. Never decides whether
the meeting really existed or really broke; that is for who joins mail and calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from crmlink.language.body import find_body
from crmlink.language.meeting_lines import Line, Sign, meeting_signs
from crmlink.model.lapse import Fault
from crmlink.model.reading import DateMention, Grain, MeetingAct, MeetingTalk, NearMiss

LONGEST = 20_000
"""Characters that are read; nobody writes more about a meeting."""

_OLD_TIME = re.compile(
    r"\b(?:van|ipv|i\.p\.v\.|in plaats van|niet op|from|of|instead of|rather than|vom|von|statt|anstatt|anstelle)\s*(?:de|het|the|dem|den|am|on|op)?\s*$",
    re.IGNORECASE,
)
_NEW_TIME = re.compile(r"\b(?:naar|to|until|till|auf|tot|for|op|am|on)\s*(?:de|het|the|den|dem)?\s*$", re.IGNORECASE)
_FROM = re.compile(r"(?:from|van|vom|von)\b", re.IGNORECASE)
_REFUSALS = ("unable", "decline", "denied")
_NEAR = 24
_ALONE = 3


def read_meeting(
    text: str, *, language: str, from_me: bool, dates: tuple[DateMention, ...]
) -> tuple[MeetingTalk, tuple[NearMiss, ...]]:
    """The one act of a mail on a meeting, and what looked like one.

    `dates` are the mentions read in the same text, in order of offset. A language without phrases finds nothing.
    """
    end = min(find_body(text[:LONGEST]).end, LONGEST)
    lines, signs, misses = meeting_signs(text, end=end, language=language, dates=dates)
    if not signs:
        return MeetingTalk(), misses
    act, sign = _decide(_Signs(lines, signs))
    if act is MeetingAct.NONE:
        return MeetingTalk(), misses
    talk = MeetingTalk(
        act,
        _fault(act, sign, lines, from_me=from_me),
        sign.line.sentence.text,
        sign.hit.rule.name,
        sign.line.sentence.offset,
        _when(act, sign, signs, lines),
    )
    return talk, misses


class _Signs:
    """The best sign of each kind, and what the mail says about how far the meeting was."""

    def __init__(self, lines: tuple[Line, ...], signs: Iterable[Sign]) -> None:
        self.best: dict[str, Sign] = {}
        for sign in signs:
            known = self.best.get(sign.kind)
            if known is None or _rank(sign) > _rank(known):
                self.best[sign.kind] = sign
        kinds = [hit.rule.kind for line in lines for hit in line.hits]
        sudden = any(line.is_sudden for line in lines)
        self.was_agreed = kinds.count("agreed") + sudden > kinds.count("invited")
        self.is_invited = "invited" in kinds
        self.is_definite = "definite" in kinds
        self.hindered = tuple(line for line in lines if line.is_hindered)
        self.regrets = any(line.has("regret") and not line.has("not_hindered") for line in lines)
        self.has_cause = "fault_writer" in kinds or "fault_nobody" in kinds

    def asks_besides(self, no: Sign) -> bool:
        """Whether another sentence than the refusal would like it at some time."""
        offer = self.best.get("offer")
        return bool(offer and offer.line is not no.line and (no.kind == "denied" or offer.line.words.asks))

    def troubles(self, asked: Sign) -> bool:
        """Whether something came between a meeting that both know and the time asked for now."""
        hindered = [line for line in self.hindered if line is not asked.line]
        if self.is_definite and (hindered or self.regrets):
            return True
        anew = asked.kind == "anew" and not self.is_invited
        return any(line.dates and (line.is_sudden or anew) for line in hindered)


def _rank(sign: Sign) -> tuple[int, bool]:
    return sign.strength, bool(sign.line.dates)


def _decide(found: _Signs) -> tuple[MeetingAct, Sign]:
    """The act that the mail is about: what broke comes before what is asked, what is asked before what is agreed."""
    best = found.best
    missed = _first(best, "no_show_writer", "no_show_reader")
    moves = best.get("reschedule")
    if missed and (missed.strength >= _ALONE or not moves):
        return MeetingAct.NO_SHOW, missed
    other = _first(best, "anew", "propose")
    if moves and not ("cancel" in best and moves.strength < best["cancel"].strength and not moves.line.names_meeting):
        return MeetingAct.RESCHEDULE, moves
    if "cancel" in best:
        off = best["cancel"]
        anew = other and (other.kind == "anew" or other.line is not off.line or len(off.line.dates) > 1)
        return (MeetingAct.RESCHEDULE if anew or found.asks_besides(off) else MeetingAct.CANCEL), off
    if not best.keys().isdisjoint(_REFUSALS):
        return _refusal(found, other)
    return _agreement(found, other)


def _refusal(found: _Signs, other: Sign | None) -> tuple[MeetingAct, Sign]:
    """Somebody cannot: does that break a meeting, or is it an answer to a proposal?"""
    best = found.best
    no = next(best[kind] for kind in _REFUSALS if kind in best)
    names_another = other and not found.is_invited and (other.kind == "anew" or no.line.dates)
    breaks = (found.was_agreed or bool(names_another)) and no.kind != "decline"
    if other:
        return (MeetingAct.RESCHEDULE, no) if breaks else (MeetingAct.PROPOSE, other)
    if breaks and found.asks_besides(no):
        return MeetingAct.RESCHEDULE, no
    if "accept" in best and best["accept"].line.dates:
        return MeetingAct.ACCEPT, best["accept"]
    return (MeetingAct.CANCEL if breaks else MeetingAct.DECLINE), no


def _agreement(found: _Signs, other: Sign | None) -> tuple[MeetingAct, Sign]:
    """Nothing broke: is a time agreed, or asked for?"""
    accept = found.best.get("accept")
    if accept and (other is None or _answers(accept, other)):
        return MeetingAct.ACCEPT, accept
    if other is None:
        offer = found.best["offer"]  # there was a sign, and it is none of the others
        return (MeetingAct.RESCHEDULE if found.troubles(offer) else MeetingAct.NONE), offer
    if "anew" in found.best and (found.was_agreed or found.has_cause):
        return MeetingAct.RESCHEDULE, found.best["anew"]
    if found.troubles(other):
        return MeetingAct.RESCHEDULE, other
    return MeetingAct.PROPOSE, other


def _answers(accept: Sign, other: Sign) -> bool:
    """Whether the mail agrees to a time, and what it asks besides is only practical."""
    comes_first = accept.line.sentence.offset <= other.line.sentence.offset
    if accept.strength == _ALONE:
        return comes_first or not (accept.line.dates and other.line.words.asks and other.strength == _ALONE)
    return bool(accept.line.dates) and not accept.line.words.asks and (comes_first or not other.line.words.asks)


def _first(best: dict[str, Sign], *kinds: str) -> Sign | None:
    """The strongest of some kinds; of equals the one named first."""
    return max((best[kind] for kind in kinds if kind in best), key=lambda sign: sign.strength, default=None)


def _fault(act: MeetingAct, sign: Sign, lines: tuple[Line, ...], *, from_me: bool) -> Fault | None:
    """Whose side it was, as the words claim: who moves or cancels is the one, unless the mail blames somebody else."""
    if act not in (MeetingAct.CANCEL, MeetingAct.RESCHEDULE, MeetingAct.NO_SHOW):
        return None
    writer, reader = (Fault.ME, Fault.THEM) if from_me else (Fault.THEM, Fault.ME)
    claims = {
        hit.rule.kind: hit.rule.strength for line in lines for hit in line.hits if hit.rule.kind.startswith("fault_")
    }
    if act is MeetingAct.NO_SHOW:
        return writer if sign.kind == "no_show_writer" else reader
    if "fault_writer" in claims and claims["fault_writer"] >= max(claims.values()):
        return writer
    if "fault_nobody" in claims:
        return Fault.NOBODY
    return reader if "fault_reader" in claims else writer


def _when(act: MeetingAct, sign: Sign, signs: tuple[Sign, ...], lines: tuple[Line, ...]) -> DateMention | None:
    """The new time, or the time that was meant when there is no new one."""
    if act is MeetingAct.RESCHEDULE:
        asked = [one.line for one in signs if one.kind in ("anew", "propose", "reschedule")]
        return _new_time([*asked, *lines])
    dates = [date for date in sign.line.dates if not _follows(date, sign.line, _OLD_TIME)] or sign.line.dates
    return next(iter(dates), None) or next((date for line in lines for date in line.dates), None)


def _new_time(lines: list[Line]) -> DateMention | None:
    """Of the dates in the first sentence that has any, the one moved to."""
    line = next((line for line in lines if line.dates), None)
    if line is None:
        return None
    fresh = [date for date in line.dates if not _follows(date, line, _OLD_TIME)]
    moved = [date for date in fresh if _follows(date, line, _NEW_TIME)]
    return _end_of(next(iter((*moved, *fresh[-1:], *line.dates))))


def _end_of(date: DateMention) -> DateMention:
    """The end of a move that was read as a stretch of time: "from Tuesday to Thursday" means Thursday."""
    if date.end is None or not _FROM.match(date.quote):
        return date
    if date.grain in (Grain.MINUTE, Grain.HOUR):
        return replace(date, start=date.end, end=None)
    return replace(date, start=date.end - timedelta(days=1)) if date.grain is Grain.DAY else date


def _follows(date: DateMention, line: Line, words: re.Pattern[str]) -> bool:
    at = date.offset - line.sentence.offset
    return bool(words.search(line.sentence.text[max(0, at - _NEAR) : at]))
