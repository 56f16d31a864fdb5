"""A person's mail of years, made up from a fixed seed: threads, newsletters, notifications, invitations, attachments.

It is written straight into a server's directory, as a Maildir or as mbox files, because delivering it would take hours.
Times lie between `years` ago and `now`, evenly, so that a share of them falls into any window; `recent` messages more
than that share can be set into the last thirty days.
"""

from __future__ import annotations

import base64
import os
import random  # noqa: TID251 -- made-up letters from a fixed seed
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.benchmarks.bench_language import GREETINGS, SENTENCES

SEED = 20_260_310
OWNER = "Jan de Boer <jan@deboer.example>"
PEOPLE = tuple(
    f"{first} {last} <{first.lower()}@{last.lower()}.example>"
    for first in ("Piet", "Els", "Anna", "Omar", "Gijs", "Kim", "Lotte", "Sem", "Noor", "Bram")
    for last in ("Smit", "Visser", "Bakker", "Jansen", "Mulder", "Dekker", "Brouwer", "Dijkstra", "Peters", "Kok")
)
SUBJECTS = (
    "Offerte keuken",
    "Planning verbouwing",
    "Drawing of the first floor",
    "Meeting on Tuesday",
    "Factuur maart",
    "Quote",
)
SHOPS = ("lampen", "boeken", "reizen", "tuin", "sport", "koffie")
PAGE = "<table><tr><td><a href='https://{0}.example/{1}'><img src='https://{0}.example/{1}.png'></a> Nu in de aanbieding: {0} {1}, alleen deze week.</td></tr></table>\n"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posted:
    """One mail: the folder it lies in, when it came (aware), and its text with CRLF."""

    folder: str
    at: datetime
    raw: bytes


@dataclass(slots=True)
class Post:
    """So many mails up to `now`."""

    count: int
    now: datetime
    span: timedelta
    recent: int = 0

    def mails(self) -> Iterator[Posted]:
        """All of them, oldest first."""
        chance = random.Random(SEED)  # noqa: S311 -- made-up letters, no secret
        old = self.count - self.recent
        month, older = timedelta(days=28), timedelta(days=40)
        for number in range(old):
            back = self.span - (self.span - (older if self.recent else timedelta())) * (number / max(old, 1))
            yield _mail(number, self.now - back, chance)
        for number in range(self.recent):
            yield _mail(old + number, self.now - month + month * (number / self.recent), chance)


def write_maildir(post: Post, root: Path) -> None:
    """Into a Maildir++ directory; the times of the files are those of the mails."""
    for folder in ("", ".Sent"):
        for part in ("cur", "new", "tmp"):
            (root / folder / part).mkdir(parents=True, exist_ok=True)
    for number, mail in enumerate(post.mails()):
        stamp = mail.at.timestamp()
        path = root / (".Sent" if mail.folder == "Sent" else "") / "cur" / f"{stamp:.0f}.M{number:07}.bench:2,S"
        path.write_bytes(mail.raw.replace(b"\r\n", b"\n"))
        os.utime(path, (stamp, stamp))


def write_mbox(post: Post, root: Path) -> None:
    """Into two mbox files, `inbox` and `Sent`."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "inbox").open("wb", 1 << 20) as inbox, (root / "Sent").open("wb", 1 << 20) as sent:
        for mail in post.mails():
            box = sent if mail.folder == "Sent" else inbox
            box.write(b"From post@bench.example " + mail.at.strftime("%a %b %d %H:%M:%S %Y").encode() + b"\n")
            box.write(mail.raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ") + b"\n")


def _mail(number: int, at: datetime, chance: random.Random) -> Posted:
    kind = chance.random()
    if kind < 0.45:
        return Posted("INBOX", at, _newsletter(number, at, chance))
    if kind < 0.58:
        return Posted("INBOX", at, _notification(number, at, chance))
    if kind < 0.60:
        return Posted("INBOX", at, _invitation(number, at, chance))
    return _letter(number, at, chance)


def _newsletter(number: int, at: datetime, chance: random.Random) -> bytes:
    shop = chance.choice(SHOPS)
    pages = "".join(PAGE.format(shop, number * 100 + page) for page in range(chance.randint(20, 120)))
    head = [
        f"List-Id: <nieuws.{shop}.example>", f"List-Unsubscribe: <https://{shop}.example/weg/{number}>",
        'Content-Type: multipart/alternative; boundary="deel"',
    ]  # fmt: skip
    body = f"--deel\nContent-Type: text/plain; charset=utf-8\n\nAlle {shop} op een rij.\n--deel\nContent-Type: text/html; charset=utf-8\n\n<html>{pages}</html>\n--deel--\n"
    return _raw(number, at, f"{shop.title()}nieuws <nieuws@{shop}.example>", OWNER, f"Deze week: {shop}", head, body)


def _notification(number: int, at: datetime, chance: random.Random) -> bytes:
    shop = chance.choice(SHOPS)
    head = ["Auto-Submitted: auto-generated", "Content-Type: text/plain; charset=utf-8"]
    body = f"Uw bestelling {number} is onderweg. Volg het pakket op https://{shop}.example/volg/{number}.\n" * 4
    return _raw(number, at, f"noreply@{shop}.example", OWNER, f"Uw bestelling {number}", head, body)


def _invitation(number: int, at: datetime, chance: random.Random) -> bytes:
    host = chance.choice(PEOPLE)
    start = (at + timedelta(days=5)).strftime("%Y%m%dT100000")
    calendar = "\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", "METHOD:REQUEST", "BEGIN:VEVENT", f"UID:{number}@bench.example",
            f"DTSTAMP:{at.strftime('%Y%m%dT%H%M%SZ')}", f"DTSTART;TZID=Europe/Amsterdam:{start}", "DURATION:PT1H", "SUMMARY:Overleg",
            f"ORGANIZER:mailto:{host.split('<')[1].rstrip('>')}", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jan@deboer.example",
            "END:VEVENT", "END:VCALENDAR",
        ]
    )  # fmt: skip
    body = f"--deel\nContent-Type: text/plain; charset=utf-8\n\nUitnodiging\n--deel\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n{calendar}\n--deel--\n"
    return _raw(
        number, at, host, OWNER, "Uitnodiging: Overleg", ['Content-Type: multipart/alternative; boundary="deel"'], body
    )


def _letter(number: int, at: datetime, chance: random.Random) -> Posted:
    """A letter in a thread of about four: every thread is with one person, and every other letter is the owner's."""
    thread, place = divmod(number, 10)
    place //= 2
    person, language = PEOPLE[thread % len(PEOPLE)], ("nl", "nl", "en")[thread % 3]
    mine = place % 2 == 1
    greeting, closing = GREETINGS[language]
    said = " ".join(chance.choices(SENTENCES[language], k=chance.randint(2, 12)))
    quoted = "\n> ".join(("", *SENTENCES[language])) if place else ""
    body = f"{greeting}\n\n{said}\n\n{closing}\n{quoted}\n"
    earlier = f"<thread-{thread}-0@bench.example>"
    head = [f"In-Reply-To: {earlier}", f"References: {earlier}"] if place else []
    subject = f"{'Re: ' if place else ''}{SUBJECTS[thread % len(SUBJECTS)]} {thread}"
    writer, reader = (OWNER, person) if mine else (person, OWNER)
    if chance.random() < 0.08:
        file = base64.encodebytes(bytes([number % 251]) * chance.randint(20_000, 120_000)).decode()
        head.append('Content-Type: multipart/mixed; boundary="deel"')
        body = f'--deel\nContent-Type: text/plain; charset=utf-8\n\n{body}--deel\nContent-Type: application/pdf; name="offerte.pdf"\nContent-Disposition: attachment; filename="offerte.pdf"\nContent-Transfer-Encoding: base64\n\n{file}--deel--\n'
    else:
        head.append("Content-Type: text/plain; charset=utf-8")
    raw = _raw(number, at, writer, reader, subject, head, body, name=f"thread-{thread}-{place or number % 2 * 9}")
    return Posted("Sent" if mine else "INBOX", at, raw)


def _raw(  # noqa: PLR0917 -- the fields of a mail
    number: int, at: datetime, sender: str, to: str, subject: str, head: list[str], body: str, *, name: str = ""
) -> bytes:
    lines = [
        f"Received: from mx.bench.example (mx.bench.example [192.0.2.{number % 250}]) by mail.deboer.example; {format_datetime(at)}",
        f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {format_datetime(at)}",
        f"Message-ID: <{name or f'm-{number}'}@bench.example>", "MIME-Version: 1.0", *head, "", body,
    ]  # fmt: skip
    return "\n".join(lines).replace("\n", "\r\n").encode()
