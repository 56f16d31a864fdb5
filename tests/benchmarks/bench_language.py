"""How fast mail is parsed and read: ordinary messages from a fixed seed, the load of the language data, worst cases.

Run: `uv run python -m tests.benchmarks.bench_language [--messages N]`. It prints messages per second, milliseconds and
seconds. Aim: 300 messages a second, and no input that takes more than 5 s.
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251 -- made-up letters from a fixed seed
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from zoneinfo import ZoneInfo

from crmlink.app.explain import explain
from crmlink.language.phrases import LANGUAGES
from crmlink.model.contact import Owner
from crmlink.model.workdays import WorkingCalendar

SEED = 20_260_302
OWNER = Owner("Jan de Boer", ("jan@deboer.example",))
CALENDAR = WorkingCalendar(ZoneInfo("Europe/Amsterdam"), "NL")
SENTENCES = {
    "nl": (
        "De aannemer heeft de eerste verdieping bijna klaar.", "Kun je me voor vrijdag de tekening sturen?",
        "Ik stuur je morgen de nieuwe offerte.", "Vorige week hebben we de vloer gelegd en dat ging goed.",
        "Zullen we dinsdag om 10 uur even bellen?", "Het was druk op kantoor, maar we zijn er weer.",
        "Laat gerust weten als je nog vragen hebt.", "De factuur van maart is betaald.",
    ),
    "en": (
        "The builder has almost finished the first floor.", "Could you send me the drawing before Friday?",
        "I'll get you the new quote tomorrow.", "Last week we put down the floor and that went well.",
        "Shall we have a quick call on Tuesday at 10?", "It was busy at the office, but we are back.",
        "Let me know if you have any questions.", "The invoice for March has been paid.",
    ),
    "de": (
        "Der Handwerker ist mit dem ersten Stock fast fertig.", "Könnten Sie mir bis Freitag die Zeichnung schicken?",
        "Ich schicke Ihnen morgen das neue Angebot.", "Letzte Woche haben wir den Boden verlegt.",
        "Passt Ihnen Dienstag um 10 Uhr?", "Im Büro war viel los, aber wir sind wieder da.",
        "Bei Fragen können Sie sich gern melden.", "Die Rechnung vom März ist bezahlt.",
    ),
}  # fmt: skip
GREETINGS = {"nl": ("Beste Jan,", "Groet,\nPiet"), "en": ("Dear Jan,", "Regards,\nPete"), "de": ("Hallo Jan,", "Grüße\nPeter")}  # fmt: skip
LOAD = (
    "import time; start = time.perf_counter(); from crmlink.language.phrases import phrasebook; "
    "from crmlink.language.weighing import weights; "
    f"[phrasebook(one, family) for one in {LANGUAGES} for family in ('requests', 'promises', 'meetings')]; "
    f"[weights(one) for one in {LANGUAGES}]; print(time.perf_counter() - start)"
)


def raw(number: int, body: str) -> bytes:
    """A message as it lies in a mailbox."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Piet Smit <piet@smit.example>"
    message["To"] = "Jan de Boer <jan@deboer.example>"
    message["Subject"] = f"Project {number}"
    message["Date"] = datetime(2026, 3, 2, 10, number % 60, tzinfo=UTC)
    message["Message-ID"] = f"<{number}@bench.example>"
    message.set_content(body)
    return message.as_bytes()


def ordinary(count: int) -> Iterator[tuple[str, bytes]]:
    """Letters of two to twelve sentences, six in ten Dutch, half of them with the mail they answer below."""
    chance = random.Random(SEED)  # noqa: S311 -- made-up letters, no secret
    for number in range(count):
        language = chance.choices(LANGUAGES, weights=(6, 3, 1))[0]
        greeting, closing = GREETINGS[language]
        said = " ".join(chance.choices(SENTENCES[language], k=chance.randint(2, 12)))
        below = "\n> ".join(("", *SENTENCES[language])) if number % 2 else ""
        yield f"{number}.eml", raw(number, f"{greeting}\n\n{said}\n\n{closing}\n{below}")


def worst() -> Iterator[tuple[str, str]]:
    """Names and bodies of inputs that nobody types."""
    text = " ".join(SENTENCES["nl"])
    yield "1 MB of sentences", text * (1_000_000 // len(text))
    yield "10 000 lines", "\n".join(SENTENCES["nl"][number % 8] for number in range(10_000))
    yield "one line of 200 kB", "kun je " * 28_500
    yield "one word of 200 kB", "a" * 200_000
    yield "200 kB of marks", "?!., " * 40_000
    yield "quotes 200 deep", "\n".join(">" * depth + " Kun je me bellen?" for depth in range(200)) * 20


def timed(work: Callable[[], object]) -> float:
    """Seconds the work took."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def read(mails: list[tuple[str, bytes]]) -> None:
    """Parse and read, as `crmlink explain` does."""
    for one in explain(iter(mails), OWNER, CALENDAR, "nl"):
        if one.reading is None:
            raise ValueError(f"{one.source} was not read")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2_000)
    count = parser.parse_args().messages
    loaded = subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, text=True)
    print(f"{'loading the language data':<28}{float(loaded.stdout) * 1000:8.0f} ms")
    mails = list(ordinary(count))
    read(mails[:200])
    seconds = timed(lambda: read(mails))
    size = sum(len(content) for _, content in mails) / count
    print(f"{f'{count} ordinary messages':<28}{count / seconds:8.0f} a second ({size:.0f} bytes each)")
    for name, body in worst():
        print(f"{name:<28}{timed(partial(read, [(name, raw(0, body))])):8.2f} s")


if __name__ == "__main__":
    main()
