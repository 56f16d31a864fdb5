"""Reads from a lapse what a letter may say about it: when, why, where, in whose words.

Decides what is certain enough to be written; what is not stays empty and its sentence falls away. Never invents a
reason, a place or a trip.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from crmlink.drafts.quoting import one_line, short_quote
from crmlink.facts.places import is_online
from crmlink.facts.subjects import bare_subject
from crmlink.model.agreement import Agreement, AgreementKind
from crmlink.model.contact import Owner
from crmlink.model.evidence import EvidenceSource
from crmlink.model.lapse import Fault, Lapse, LapseKind

ABOUT_WORDS = frozenset({LapseKind.UNANSWERED, LapseKind.PROMISE, LapseKind.WAITING})
"""The lapses about what somebody wrote; the others are about a meeting."""

LATE_AFTER = timedelta(days=7)

_REASONS = (
    ("holiday", re.compile(r"(?i)\b(\w*vakantie|holidays?|vacation|urlaub|ferien)\b")),
    ("travel", re.compile(r"(?i)\b(\w*reis|buitenland|travel\w*|trip|tour|abroad|reise|dienstreise|ausland)\b")),
    (
        "leave",
        re.compile(r"(?i)\b(vrij|vrije dag|verlof|snipperdag|atv|adv|day off|off|leave|frei|out of office|ooo)\b"),
    ),
)
_DOUBLE = re.compile(r"(?i)double|overlap|booked")
_OFFICE = re.compile(
    r"(?i)^(?:(?:ons|my|our|mijn|unser)\s+)?(?:kantoor|office|büro|vestiging|locatie)\s+(?:in\s+|te\s+)?(?P<town>[A-Z][\w' -]{2,30})$"
)
_TOWN = re.compile(
    r"(?:^|, ?)(?:\d{4} ?[A-Z]{2} +|\d{5} +)?(?P<town>[A-Z][^\W\d_]+(?:[ -](?:[a-z]{1,3}[ -])?[A-Z][^\W\d_]+){0,2})$"
)
_COMMON_NOUN = re.compile(
    r"(?i)^(kantoor|office|büro|thuis|home|hier|lobby|receptie|reception|restaurant|café|cafe|hotel|zaal|kamer|room|nvt|tb[ad]|nader|volgt|onbekend|unknown|extern|intern|fysiek|locatie|location|"
    r"nederland|netherlands|deutschland|germany|vergaderzaal.*|meeting.*|spreekkamer.*|bij .*|at .*|boardroom.*|conference.*)$"
)
_CALL_THEM = re.compile(
    r"(?i)\b(?:terugbel\w*|bel (?:je|u|jullie)|(?:je|u|jullie)\b[^.,;]{0,40}\b(?:op)?bellen"
    r"|(?:call|ring|phone) you\b|give you a (?:call|ring)"
    r"|zurückruf\w*|rufe? (?:dich|sie|euch)\b|(?:dich|sie|euch)\b[^.,;]{0,40}\banrufen)"
)
_CALL_ME = re.compile(
    r"(?i)\b(?:terugbel\w*|belt? (?:\w+ )?(?:me|mij|ons)|(?:me|mij|ons)\b[^.,;]{0,40}\b(?:op)?bellen"
    r"|(?:call|ring|phone) (?:me|us)\b|give (?:me|us) a (?:call|ring)"
    r"|zurückruf\w*|rufen? sie (?:mich|uns)\b|(?:mich|uns)\b[^.,;]{0,40}\banrufen)"
)
_CALLED_OFF = re.compile(r"(?i)^(?:geannuleerd|afgelast|cancell?ed|abgesagt|storniert)(?: event)?\s*:\s*")
_TELL = re.compile(
    r"(?i)\b(?:laat\b[^.]*\bweten|laten weten|kom\b[^.]*\bterug|hoort?\b[^.]*\bvan (?:me|mij|ons)|je hoort|u hoort|uitsluitsel|neem\b[^.]*\bcontact"
    r"|let you know|(?:get|come|be) back to you|hear from (?:me|us)|be in touch|bescheid|melde mich|komme\b[^.]*\bzurück|hören von)"
)
_SEND = re.compile(
    r"(?i)\b(?:stuur|stuurt|sturen|toesturen|opsturen|doorsturen|zend\w*|mail|mailen|lever|leveren|bezorg\w*|krijg\w*|ontvang\w*|send|e?mail|forward"
    r"|(?:get|pass) (?:it|them|you)|you'll (?:have|get)|you will (?:have|get|receive)|share|schicke?n?|sende|zuschicken|zukommen|erh[aä]lt\w*|bekomm\w*)\b"
)
_CAME = re.compile(
    r"(?i)\b(?:dichte deur|(?:stond|sta)\b[^.]{0,40}\b(?:deur|balie|receptie|kantoor)|langsgekomen|langs geweest|voor niets gekomen"
    r"|closed door|locked door|came (?:by|over|to your)|drove|(?:stood|waited|was) at your (?:door|desk|reception|office)"
    r"|verschlossene\w* tür|an eurem empfang|umsonst gekommen|vor der tür)"
)
_SHORTEST, _LONGEST = timedelta(minutes=10), timedelta(hours=8)


def moment_of(lapse: Lapse) -> datetime | date | None:
    """The moment a letter names: of the meeting, or of the question or promise. None when the meeting's is not known."""
    agreement = lapse.agreement
    if lapse.kind in ABOUT_WORDS:
        return agreement.made_at
    return agreement.event.start if agreement.event else agreement.due


def is_late(lapse: Lapse, now: datetime) -> bool:
    """Whether a week or more has passed: since the question, else since it broke."""
    since = lapse.agreement.made_at if lapse.kind is LapseKind.UNANSWERED else lapse.happened_at
    return now - since >= LATE_AFTER


def meeting_length(agreement: Agreement, usual: timedelta) -> timedelta:
    """How long the broken meeting was to take; the usual length for whole days, and for no meeting's length."""
    event = agreement.event
    if event is None or not isinstance(event.start, datetime) or not isinstance(event.end, datetime):
        return usual
    length = event.end.astimezone(UTC) - event.start.astimezone(UTC)
    return length if _SHORTEST <= length <= _LONGEST else usual


def reason_of(lapse: Lapse) -> str:
    """travel, holiday, leave or double, as the owner's calendar shows it; empty when it shows none."""
    for evidence in lapse.evidence:
        if evidence.source is not EvidenceSource.CALENDAR:
            continue
        if "away" in evidence.rule:
            return next((name for name, words in _REASONS if words.search(evidence.quote)), "")
        if _DOUBLE.search(evidence.rule):
            return "double"
    return ""


def came_for_nothing(lapse: Lapse, owner: Owner, their_signature: str = "") -> bool:
    """Whether the other came to a place of the owner for a missed meeting.

    They say so, or the calendar does: the owner is the host, at a place that is neither a screen nor theirs, by their
    name or by the address under their mail.
    """
    event = lapse.agreement.event
    if lapse.kind is not LapseKind.MISSED or lapse.fault is not Fault.ME:
        return False
    if any(found.source is EvidenceSource.MAIL and _CAME.search(found.quote) for found in lapse.evidence):
        return True
    if event is None or event.organizer is None or not owner.is_me(event.organizer.address):
        return False
    place = event.location.strip().lower()
    street_or_town = place.partition(",")[0].strip()
    theirs = (
        any(word in place for word in _words_of_contact(lapse.agreement)) or street_or_town in their_signature.lower()
    )
    return place != "" and not is_online(place) and not theirs


def town_of(location: str) -> str:
    """The town in a location, when it can be told with certainty: "Vaartweg 1, 1211 JH Hilversum" -> Hilversum."""
    line = one_line(location, 120)
    hit = _OFFICE.match(line) or _TOWN.search(line)
    town = hit["town"] if hit else ""
    return "" if _COMMON_NOUN.match(town) else town


def quote_of(lapse: Lapse) -> str:
    """The words of the question or promise, short enough to quote; empty for a meeting."""
    return short_quote(lapse.agreement.quote) if lapse.kind in ABOUT_WORDS else ""


def topic_of(agreement: Agreement) -> str:
    """What it was about: the event's title or the mail's subject, on one line, at most 80 characters."""
    title = bare_subject(agreement.event.title if agreement.event else agreement.subject)
    title = _CALLED_OFF.sub("", title)
    line = one_line(title, 81).replace('"', "'")
    return line if len(line) <= 80 and "!" not in line else ""  # noqa: PLR2004  as the docstring says


def promise_of(lapse: Lapse) -> str:
    """What a broken promise was: "send" a thing, "tell" something, or empty for whatever else was to be done."""
    if lapse.kind is not LapseKind.PROMISE:
        return ""
    words = lapse.agreement.quote
    return "tell" if _TELL.search(words) else "send" if _SEND.search(words) else ""


def is_call(agreement: Agreement) -> bool:
    """Whether the words are about the owner calling the other: promised by the one, or asked for by the other."""
    match agreement.kind:
        case AgreementKind.PROMISE:
            return _CALL_THEM.search(agreement.quote) is not None
        case AgreementKind.REQUEST:
            return _CALL_ME.search(agreement.quote) is not None
        case _:
            return False


def _words_of_contact(agreement: Agreement) -> list[str]:
    company = (agreement.contact.company or "").partition(".")[0].lower()
    surname = agreement.contact.name.rpartition(" ")[2].lower()
    return [word for word in (company, surname) if len(word) > 3]  # noqa: PLR2004  short words are found anywhere
