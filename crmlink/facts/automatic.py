"""Tells mail that a person wrote to a person from everything else, and says what showed it.

In: the headers and the text of a message. Out: the kind and the reason, or nothing for personal mail. Headers decide first
(RFC 3834, RFC 2919, RFC 2369, RFC 3464), words only where the headers are silent. Calendar robots count as `invitation`:
their iTIP evidence is kept elsewhere, only their prose is not read as somebody's words.
"""

from __future__ import annotations

from collections.abc import Callable

from crmlink.facts.bulk import bulk_reason
from crmlink.facts.cues import cues, pattern, words
from crmlink.facts.headers import Headers, clean, decode_words
from crmlink.facts.letter import Letter
from crmlink.facts.people import is_no_reply
from crmlink.model.mail import Automatic

Found = tuple[Automatic, str] | None

_AT_START = r"^\W{0,12}(?:\*{0,5}spam\*{0,5}\W*)?(?:{})"
_SHORT = 2500
_OPENING = 400
_QUOTE_LENGTH = 60
_LONGEST_ADDRESS = 400


def automatic(letter: Letter) -> tuple[Automatic | None, str]:
    """The kind of automatic mail and the header or words that showed it; None and "" for personal mail."""
    for rule in _BY_HEADER if letter.from_owner else (*_BY_HEADER, *_BY_WORDS):
        found = rule(letter)
        if found:
            return found
    return None, ""


def automatic_by_header(letter: Letter) -> Automatic | None:
    """The kind of automatic mail that the header alone shows."""
    return next((found[0] for rule in _BY_HEADER if (found := rule(letter))), None)


def _bounce(letter: Letter) -> Found:
    report = letter.report_type
    if report == "delivery-status" or letter.has_part("message/delivery-status"):
        return Automatic.BOUNCE, "multipart/report; report-type=delivery-status"
    if report == "disposition-notification" or letter.has_part("message/disposition-notification"):
        return Automatic.NOTIFICATION, "multipart/report; report-type=disposition-notification"
    if "x-failed-recipients" in letter.headers:
        return Automatic.BOUNCE, "X-Failed-Recipients"
    local = letter.sender.local_part if letter.sender else ""
    if local.startswith(("mailer-daemon", "mailerdaemon", "mail-daemon")) or (
        local == "postmaster" and _starts(letter.subject, "bounce_subjects")
    ):
        return Automatic.BOUNCE, f"From: {local}"
    if _null_return_path(letter.headers) and _starts(letter.subject, "bounce_subjects"):
        return Automatic.BOUNCE, "Return-Path: <>"
    if letter.bounced():
        return Automatic.BOUNCE, "the text of a mail system's error report"
    return None


def _calendar(letter: Letter) -> Found:
    if letter.calendar_method:
        return Automatic.INVITATION, f"text/calendar; method={letter.calendar_method}"
    if "calendarmessage" in letter.headers.first("content-class").lower():
        return Automatic.INVITATION, "Content-Class: calendarmessage"
    submitted = letter.headers.first("auto-submitted").lower()
    if (
        submitted.startswith("auto-")
        and not submitted.startswith("auto-replied")
        and _starts(letter.subject, "calendar_subjects")
    ):
        return Automatic.INVITATION, f"Auto-Submitted: {clean(submitted, _QUOTE_LENGTH)}"
    return None


def _auto_reply_header(letter: Letter) -> Found:
    headers = letter.headers
    submitted = headers.first("auto-submitted").lower().strip()
    if submitted.startswith("auto-replied") or (
        submitted.startswith("auto-") and _starts(letter.subject, "auto_reply_subjects")
    ):
        return Automatic.AUTO_REPLY, f"Auto-Submitted: {clean(submitted, _QUOTE_LENGTH)}"
    for name in sorted(words("automatic", "auto_reply_headers") & headers.fields.keys()):
        if headers.first(name).strip().lower() not in ("no", "false", "0"):
            return Automatic.AUTO_REPLY, name.title()
    if "auto_reply" in _precedence(headers) or "auto-reply" in _precedence(headers):
        return Automatic.AUTO_REPLY, "Precedence: auto_reply"
    if headers.first("delivered-to").strip().lower() == "autoresponder":
        return Automatic.AUTO_REPLY, "Delivered-To: Autoresponder"
    if _starts(letter.subject, "auto_reply_subjects") and (
        "x-auto-response-suppress" in headers or _null_return_path(headers)
    ):
        return Automatic.AUTO_REPLY, f"Subject: {clean(letter.subject, _QUOTE_LENGTH)}"
    return None


def _list_header(letter: Letter) -> Found:
    headers = letter.headers
    for name in sorted(words("automatic", "list_headers") & headers.fields.keys()):
        return Automatic.LIST, f"{name.title()}: {clean(decode_words(headers.first(name)), _QUOTE_LENGTH)}"
    precedence = _precedence(headers)
    if precedence in ("bulk", "list", "junk"):
        return Automatic.LIST, f"Precedence: {precedence}"
    for name in ("from", "sender", "return-path", "errors-to", "x-envelope-from", "envelope-from"):
        if reason := _list_robot(headers.first(name)):
            return Automatic.LIST, f"{name.title()}: {reason}"
    if letter.sender and letter.sender.local_part in words("automatic", "list_robots"):
        return Automatic.LIST, f"From: {letter.sender.address}"
    return None


def _list_robot(value: str) -> str:
    if "-" not in value:
        return ""
    value = clean(value, _LONGEST_ADDRESS).rpartition("<")[2].rstrip("> ").lower()
    local = value.rpartition("@")[0]
    robot = (
        local.startswith("owner-")
        or local.endswith(("-owner", "-admin", "-bounces", "-bounce", "-request", "-return", "-errors"))
        or "-bounces+" in local
    )
    return clean(value, _QUOTE_LENGTH) if robot else ""


def _notification_header(letter: Letter) -> Found:
    headers = letter.headers
    submitted = headers.first("auto-submitted").lower().strip()
    if submitted and submitted != "no":
        return Automatic.NOTIFICATION, f"Auto-Submitted: {clean(submitted, _QUOTE_LENGTH)}"
    for name in sorted(words("automatic", "notification_headers") & headers.fields.keys()):
        return Automatic.NOTIFICATION, name.title()
    if letter.sender and (
        is_no_reply(letter.sender.address) or letter.sender.local_part in words("automatic", "robots")
    ):
        return Automatic.NOTIFICATION, f"From: {letter.sender.address}"
    if _null_return_path(headers):
        return Automatic.NOTIFICATION, "Return-Path: <>"
    loop = headers.first("x-loop").lower()
    if loop and not any(own in loop for own in letter.owner.addresses):
        return Automatic.NOTIFICATION, f"X-Loop: {clean(loop, _QUOTE_LENGTH)}"
    if letter.suppresses_answers and letter.from_office:
        return Automatic.NOTIFICATION, "X-Auto-Response-Suppress"
    return None


def _auto_reply_words(letter: Letter) -> Found:
    if _starts(letter.subject, "auto_reply_subjects"):
        return Automatic.AUTO_REPLY, f"Subject: {clean(letter.subject, _QUOTE_LENGTH)}"
    if len(letter.text) > _SHORT:
        return None
    absent = _all(letter.text, "absence")
    thanks = _finds(letter.text[:_OPENING], "thanks_for_mail")
    if not absent and not thanks:
        return None
    says = _finds(letter.text, "says_automatic")
    if absent and (says or thanks):
        return Automatic.AUTO_REPLY, _quoted(says or absent[0])
    if len(absent) > 2:  # noqa: PLR2004 - three formulas of absence in one short mail
        return Automatic.AUTO_REPLY, _quoted(absent[0])
    if thanks and (says or len(_all(letter.text, "receipt_promise")) > 1) and not letter.answers:
        return Automatic.AUTO_REPLY, _quoted(says or thanks)
    return None


def _notification_words(letter: Letter) -> Found:
    if says := _finds(letter.text, "says_automatic"):
        return Automatic.NOTIFICATION, _quoted(says)
    if _starts(letter.subject, "calendar_subjects") and (told := _finds(letter.text, "notification")):
        return Automatic.INVITATION, _quoted(told)
    if letter.from_office and not letter.answers and len(found := _all(letter.text, "notification")) > 1:
        return Automatic.NOTIFICATION, _quoted(found[0])
    return None


def _bulk_words(letter: Letter) -> Found:
    reason = bulk_reason(letter)
    return (Automatic.LIST, reason) if reason else None


def _precedence(headers: Headers) -> str:
    return headers.first("precedence").strip().lower()


def _null_return_path(headers: Headers) -> bool:
    return headers.first("return-path").strip() == "<>"


def _starts(subject: str, name: str) -> bool:
    return bool(pattern("automatic", name, _AT_START).match(subject))


def _finds(text: str, name: str) -> str:
    return cues("automatic", name).first(text)


def _all(text: str, name: str) -> list[str]:
    return cues("automatic", name).all(text)


def _quoted(cue: str) -> str:
    return f'the words "{clean(cue, _QUOTE_LENGTH)}"'


_BY_HEADER: tuple[Callable[[Letter], Found], ...] = (
    _bounce,
    _calendar,
    _auto_reply_header,
    _list_header,
    _notification_header,
)
_BY_WORDS: tuple[Callable[[Letter], Found], ...] = (_auto_reply_words, _notification_words, _bulk_words)
