"""Hostile mail and hostile calendars, made on demand: each does all it can with the size it has."""

from __future__ import annotations

import base64
from collections.abc import Callable

Bomb = Callable[[], bytes]

_TEXT = b"Content-Type: text/plain; charset=utf-8\r\n"
_HTML = b"Content-Type: text/html\r\n\r\n"
_CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:%s\r\nSUMMARY:Bom\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_START = b"DTSTART:20260310T090000Z\r\nDURATION:PT1H\r\n"


def _nested(kind: bytes, depth: int) -> bytes:
    if kind == b"rfc822":
        return b"Content-Type: message/rfc822\r\n\r\n" * depth
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(depth))
    return b"".join(levels)


def _invitation(series: bytes) -> bytes:
    return b"Content-Type: text/calendar; method=REQUEST\r\n\r\n" + _CALENDAR % (
        b"bom",
        b"ORGANIZER:mailto:els@kantoor.example\r\n" + series,
    )


# What stands after the ordinary headers of a mail: more headers, an empty line, a body.
MAIL: dict[str, Bomb] = {
    "two thousand nested multiparts": lambda: _nested(b"multipart", 2_000),
    "two thousand nested messages": lambda: _nested(b"rfc822", 2_000),
    "a hundred thousand parts": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "a hundred thousand headers": lambda: b"X-A: b\r\n" * 100_000 + b"\r\nhoi",
    "a boundary on every line": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--bx\r\n" * 160_000,
    "twenty thousand parameters": lambda: b"Content-Type: text/plain" + b"".join(b"; a*%d=x" % i for i in range(20_000)) + b"\r\n\r\nhoi",
    "twenty thousand encoded parameters": lambda: b"Content-Disposition: attachment" + b"".join(b"; filename*%d*=%%41" % i for i in range(20_000)) + b"\r\n\r\nhoi",
    "twenty thousand brackets": lambda: b"To: " + b"(" * 20_000 + b"\r\n\r\nhoi",
    "fifty thousand recipients": lambda: b"Cc: " + b"a@b.nl, " * 50_000 + b"\r\n\r\nhoi",
    "an endless quoted name": lambda: b'Cc: "' + b"\\a" * 30_000 + b"\r\n\r\nhoi",
    "a header of one megabyte": lambda: b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\nhoi",
    "twenty thousand encoded words": lambda: b"Comments: " + b"=?utf-8?q?=C3=A9?= " * 20_000 + b"\r\n\r\nhoi",
    "a hundred thousand references": lambda: b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nhoi",
    "folded for ever": lambda: b"Subject: a" + b"\r\n a" * 200_000 + b"\r\n\r\nhoi",
    "an unknown charset": lambda: b"Content-Type: text/plain; charset=x-nergens-9\r\n\r\nhoi \xe9",
    "a charset that is a codec": lambda: b"Content-Type: text/plain; charset=zip\r\n\r\n" + b"x\x9c" * 1_000,
    "utf-7 without end": lambda: b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AAAA" * 50_000,
    "sixty thousand nested elements": lambda: _HTML + b"<div>" * 60_000 + b"hoi",
    "sixty thousand paragraphs": lambda: _HTML + b"<p>a" * 60_000,
    "nested tables": lambda: _HTML + b"<table><tr><td>" * 20_000,
    "one endless style": lambda: b'Content-Type: text/html\r\n\r\n<div style="' + b"border-left:" * 20_000 + b'">hoi',
    "a hundred thousand entities": lambda: _HTML + b"&#x41;&lt;" * 100_000,
    "fifty thousand almost-quotes": lambda: b"\r\n" + b"On 1\r\n" * 50_000,
    "eighty thousand names": lambda: b"\r\nhoi\r\n" + b"A\r\n" * 80_000,
    "quoted a hundred thousand deep": lambda: b"\r\n" + b">" * 100_000 + b"hoi",
    "one line of a megabyte": lambda: _TEXT + b"\r\n" + b"a" * 1_000_000,
    "a hundred thousand questions": lambda: _TEXT + b"\r\n" + b"Kun je mij helpen? " * 13_000,
    "dates without end": lambda: _TEXT + b"\r\n" + b"op 1 januari 2026 om 10:00 uur, " * 8_000,
    "NUL bytes": lambda: _TEXT + b"\r\n" + b"Kun je\x00 dit\x00 doen?\r\n" * 10_000,
    "lone surrogates": lambda: _TEXT + b"\r\n" + b"\xed\xa0\x80\xed\xb0\x80 hoi\r\n" * 10_000,
    "every kind of line end": lambda: _TEXT + b"\r\n" + b"a\rb\nc\r\nd\n\re\x0bf\x0cg\xc2\x85h\xe2\x80\xa8i" * 10_000,
    "base64 that is none": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 500_000 + b"!" * 500_000,
    "quoted-printable that is none": lambda: b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 300_000,
    "thirty megabytes of base64": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"a" * 22_000_000),
    "a hundred and ninety long texts": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>a</p>" * 20_000 + b"\r\n") * 190,
    "two hundred calendars": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n" + _invitation(_START) + b"\r\n") * 200,
    "an invitation every second": lambda: _invitation(_START + b"RRULE:FREQ=SECONDLY"),
    "an invitation of 36,000 alarms": lambda: _invitation(_START + b"BEGIN:VALARM\r\nEND:VALARM\r\n" * 36_000),
}  # fmt: skip

# Message-IDs on which the standard library raises; each stands in the place of the ordinary one.
MESSAGE_IDS = (b"<", b"<[]@x>", b"<>", b"<@>", b"<a", b'<"@x>', b"<a b@c>", b"=?utf-8?q?=0D=0A?=", b"<" + b"a" * 70_000)

# The lines of a VEVENT after UID and SUMMARY, in the window of 1 March to 1 May 2026, and the problem it is told as.
CALENDAR: dict[str, tuple[Bomb, str]] = {
    "every second": (lambda: _START + b"RRULE:FREQ=SECONDLY", "calendar.refused-recurrence"),
    "every minute": (lambda: _START + b"RRULE:FREQ=MINUTELY", "calendar.refused-recurrence"),
    "every second since 1970": (lambda: b"DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY", "calendar.refused-recurrence"),
    "every minute since 1970": (lambda: b"DTSTART:19700101T000000Z\r\nRRULE:FREQ=MINUTELY;INTERVAL=1", "calendar.refused-recurrence"),
    "every hour since 1970": (lambda: b"DTSTART:19700101T000000Z\r\nRRULE:FREQ=HOURLY", "calendar.refused-recurrence"),
    "an interval of zero": (lambda: _START + b"RRULE:FREQ=DAILY;INTERVAL=0", "calendar.refused-recurrence"),
    "the thirtieth of February": (lambda: _START + b"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "calendar.refused-recurrence"),
    "every second of the thirtieth of February": (lambda: _START + b"RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "calendar.refused-recurrence"),
    "daily since the year one": (lambda: b"DTSTART:00010101T090000Z\r\nRRULE:FREQ=DAILY", "calendar.refused-recurrence"),
    "2,900 dates": (lambda: _START + b"".join(b"RDATE:20260310T%02d%02d%02dZ\r\n" % (i // 3600, i // 60 % 60, i % 60) for i in range(2_900)) , "calendar.refused-recurrence"),
    "50,000 dates in a line": (lambda: _START + b"RDATE:" + b",".join(b"20260310T%02d%02d%02dZ" % (i // 3600, i // 60 % 60, i % 60) for i in range(50_000)), "calendar.refused-recurrence"),
    "86,400 dates": (lambda: _START + b"".join(b"RDATE:20260310T%02d%02d%02dZ\r\n" % (i // 3600, i // 60 % 60, i % 60) for i in range(86_400)), "calendar.too-large"),
    "every set position": (lambda: _START + b"RRULE:FREQ=YEARLY;BYDAY=MO;BYSETPOS=" + b",".join(b"%d" % i for i in range(1, 367)), ""),
    "36,000 alarms": (lambda: _START + b"BEGIN:VALARM\r\nEND:VALARM\r\n" * 36_000, ""),
    "100,000 alarms": (lambda: _START + b"BEGIN:VALARM\r\nTRIGGER:-PT1M\r\nEND:VALARM\r\n" * 100_000, "calendar.too-large"),
    "a duration of a million years": (lambda: b"DTSTART:20260310T090000Z\r\nDURATION:P999999999D", "calendar.broken-event"),
    "an end beyond time": (lambda: b"DTSTART:20260310T090000Z\r\nDTEND:99991231T235959Z", "calendar.broken-event"),
    "a hundred thousand levels": (lambda: _START + b"BEGIN:X\r\n" * 100_000, "calendar.broken-text"),
    "NUL bytes": (lambda: _START + b"DESCRIPTION:" + b"\x00" * 500_000, ""),
    "220,000 folds": (lambda: _START + b"DESCRIPTION:" + b"\r\n x" * 220_000, ""),
}  # fmt: skip


def calendar_bomb(name: str) -> bytes:
    """That bomb as a calendar resource; its UID is its name."""
    lines, _ = CALENDAR[name]
    return _CALENDAR % (name.encode(), lines())
