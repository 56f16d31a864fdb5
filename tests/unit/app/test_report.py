"""The report of a simulated half year: its counts are those of a recount, and whatever people are called stays text."""

from __future__ import annotations

import io
import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from statistics import median
from typing import Any

import pytest
from rich.console import Console

from crmlink.app.people.report import Report, report_of
from crmlink.app.people.report_page import render_page
from crmlink.app.people.report_pictures import TALLEST, marks, pieces, scale
from crmlink.app.people.report_words import LANGUAGES, Words, lead
from crmlink.app.people.trust import trust_in
from crmlink.cli.show_report import show_report
from crmlink.drafts.template_set import shipped_file
from crmlink.ledger.open import open_ledger
from crmlink.ledger.store import Ledger
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.contact import Owner
from crmlink.model.history import PastAgreement
from crmlink.model.ids import AgreementId
from crmlink.model.lapse import Fault, LapseKind
from crmlink.trust.relation import Ending, entry
from crmlink.trust.timeline import COUNTED, Month
from tests.half_year import HOSTILE, NOW, HalfYear, write_half_year
from tests.ledger_examples import ME, ZONE

NEVER_MINE = {LapseKind.WAITING, LapseKind.SILENT}

OWNER = Owner("Marleen van der Veen", (ME,))
LARGEST_PAGE = 500_000
# Elements of HTML that have no end tag, and what would fetch or run something.
VOID = {"meta", "link", "br", "line", "circle", "path", "rect", "use"}
ALIVE = {"script", "iframe", "object", "embed", "img", "form", "input", "base", "audio", "video"}


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with open_ledger("sqlite://", read_only=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def written(ledger: Ledger) -> HalfYear:
    return write_half_year(ledger)


@pytest.fixture(scope="module")
def report(ledger: Ledger, written: HalfYear) -> Report:
    assert written.people
    return report_of(ledger, trust_in(ledger, OWNER, NOW), OWNER, NOW)


class _Page(HTMLParser):
    """Names, links, ids and text of a page; every element must be closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for attribute, value in self.attributes if attribute == name]


def test_the_counts_of_each_person_are_those_of_the_recount(report: Report, written: HalfYear) -> None:
    assert len(report.people) == len(written.people) == 60
    assert len(report.companies) == 12
    for line in report.people:
        counted = written.endings[line.relation.person.address]
        assert {ending.value: line.relation.count(ending) for ending in Ending} == {
            ending.value: counted[ending.value] for ending in Ending
        }


def test_the_totals_and_months_are_those_of_the_recount(report: Report, written: HalfYear) -> None:
    wanted = sum(written.endings.values(), Counter())
    assert {ending.value: report.totals[ending] for ending in COUNTED} == {
        ending.value: wanted[ending.value] for ending in COUNTED
    }
    assert report.hours_to_answer == median(written.hours)
    mails = sum(day.mails_in for day in written.days if day.day >= report.months[0].first)
    assert sum(month.mails_in for month in report.months) == mails


def test_the_totals_of_companies_are_those_of_their_people(report: Report, written: HalfYear) -> None:
    for line in report.companies:
        assert line.company is not None
        its = [counted for address, counted in written.endings.items() if address.endswith(f"@{line.company.domain}")]
        assert line.relation.count(Ending.KEPT) == sum(counted["kept"] for counted in its)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_light_closed_and_fetches_nothing(
    ledger: Ledger, written: HalfYear, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert written.people
    begin = time.perf_counter()
    text = render_page(report_of(ledger, trust_in(ledger, OWNER, NOW), OWNER, NOW), language)
    with capsys.disabled():
        print(f"[report {language}: {time.perf_counter() - begin:.2f} s, {len(text.encode()):,} bytes]", end=" ")  # noqa: T201 -- how long it took is to be seen
    assert len(text.encode()) < LARGEST_PAGE
    page = _Page(text)
    assert not ALIVE & set(page.names)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert [value for value in page.values("href") if not value.startswith("#")] == ["data:,"]
    assert not re.search(r"url\((?!#)|@import|https?://", text)
    ids = Counter(page.values("id"))
    assert max(ids.values()) == 1
    assert {value.removeprefix("#") for value in page.values("href") if value.startswith("#")} <= set(ids)
    assert {one for value in page.values("aria-labelledby") for one in value.split()} <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_stay_text_whatever_they_are(report: Report, language: str) -> None:
    text = render_page(report, language)
    page = _Page(text)
    for name in HOSTILE:
        assert name in page.text
    assert "<script" not in text
    assert "49 de Wit" not in text


def test_the_terminal_shows_the_same_counts_and_no_markup_of_a_name(report: Report) -> None:
    out = io.StringIO()
    show_report(report, "en", Console(file=out, width=120, highlight=False))
    shown = out.getvalue()
    first = report.people[0]
    assert first.relation.person.called in shown
    assert lead(report, Words("en", NOW)).split(".")[0] in " ".join(shown.split())
    assert "[/" not in shown


def test_an_empty_ledger_gives_a_page_that_says_so() -> None:
    with open_ledger("sqlite://", read_only=False) as empty:
        nothing = report_of(empty, trust_in(empty, OWNER, NOW), OWNER, NOW)
    for language in LANGUAGES:
        text = _Page(render_page(nothing, language)).text
        for name in ("week_none", "owed_none", "nobody"):
            assert Words(language, NOW).say(name) in text
    out = io.StringIO()
    show_report(nothing, "nl", Console(file=out, width=100))
    assert Words("nl", NOW).say("nobody") in out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_lapse(language: str) -> None:
    words = Words(language, NOW)
    assert all(words.say(f"lapse.other.{kind.value}") for kind in LapseKind)
    assert all(words.say(f"lapse.me.{kind.value}") for kind in LapseKind if kind not in NEVER_MINE)


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    def names(language: str) -> dict[str, set[str]]:
        flat: dict[str, set[str]] = {}

        def walk(prefix: str, part: dict[str, Any]) -> None:
            for name, value in part.items():
                if isinstance(value, dict):
                    walk(f"{prefix}{name}.", value)
                else:
                    flat[prefix + name] = set(re.findall(r"\{(\w+)\}", value))

        walk("", tomllib.loads(shipped_file(f"report/{language}.toml")))
        return flat

    assert names("nl") == names("en")


@pytest.mark.parametrize(
    ("endings", "dutch", "english"),
    [
        (
            {Ending.KEPT: 5, Ending.REPAIRED: 2, Ending.BROKEN_BY_ME: 3, Ending.BROKEN_BY_THEM: 4},
            "Sinds november liepen 14 afspraken af. Je kwam er 5 na, maakte er 2 goed, en 3 zijn nog niet rechtgezet; 4 keer lag het aan de ander.",
            "Since November, 14 agreements came to an end. You kept 5, made good 2, and 3 still wait to be put right; 4 times it was the other side.",
        ),
        (
            {Ending.BROKEN_BY_ME: 1},
            "Sinds november liep één afspraak af. Je kwam er geen na, en één is nog niet rechtgezet.",
            "Since November, one agreement came to an end. You kept none, and one still waits to be put right.",
        ),
        (
            {Ending.KEPT: 1, Ending.BROKEN_BY_THEM: 1},
            "Sinds november liepen 2 afspraken af. Je kwam er 1 na; één keer lag het aan de ander.",
            "Since November, 2 agreements came to an end. You kept 1; once it was the other side.",
        ),
    ],
    ids=["all kinds", "one that broke", "no fault of mine"],
)
def test_the_first_sentence_says_how_it_went(
    report: Report, endings: dict[Ending, int], dutch: str, english: str
) -> None:
    one = replace(report, months=(Month(date(2026, 11, 1), endings),))
    assert lead(one, Words("nl", NOW)) == dutch
    assert lead(one, Words("en", NOW)) == english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hours", [None, 0.2, 1.2, 13, 47.9, 50, 200])
def test_every_length_of_time_reads_well(language: str, hours: float | None) -> None:
    said = Words(language, NOW).hours(hours)
    assert said
    assert "{" not in said


def test_marks_never_stand_higher_than_the_picture_and_hide_nothing_grave(report: Report) -> None:
    for line in report.people:
        stacks = Counter(mark.column for mark in marks(line.months))
        assert max(stacks.values(), default=0) <= TALLEST
        for column, month in enumerate(line.months):
            grave = sum(month.count(ending) for ending in COUNTED[1:])
            drawn = [one for one in marks(line.months) if one.column == column and one.ending is not Ending.KEPT]
            assert len(drawn) == min(grave, TALLEST)


def test_bars_fill_what_they_count_and_stay_inside(report: Report) -> None:
    top, lines = scale(report.months)
    assert lines[-1] == top
    found = pieces(report.months, top)
    assert sum(one.count for one in found) == report.ended
    assert max(one.bottom + one.size for one in found) <= 1


def test_what_is_long_overdue_is_broken_but_no_longer_listed_as_owed(report: Report) -> None:
    assert all(one.entry.at > NOW - timedelta(days=90) for one in report.owed)
    assert [one.entry.at for one in report.owed] == sorted(one.entry.at for one in report.owed)


@pytest.mark.parametrize(
    ("kind", "due", "broken", "wanted"),
    [
        (AgreementKind.PROMISE, NOW + timedelta(hours=2), None, "vandaag"),
        (AgreementKind.MEETING, NOW + timedelta(days=1), None, "morgen 9:30"),
        (AgreementKind.MEETING, NOW + timedelta(days=4), None, "di 1 dec 9:30"),
        (AgreementKind.MEETING, datetime(2026, 12, 1, tzinfo=ZONE), None, "di 1 dec"),
        (AgreementKind.PROMISE, datetime(2027, 1, 4, 17, tzinfo=ZONE), None, "ma 4 jan 2027"),
        (AgreementKind.REQUEST, None, None, "geen dag genoemd"),
        (AgreementKind.PROMISE, NOW - timedelta(days=1), NOW - timedelta(days=1), "één dag te laat"),
        (AgreementKind.REQUEST, None, NOW - timedelta(days=3), "3 dagen te laat"),
        (AgreementKind.PROMISE, NOW, NOW - timedelta(hours=2), "te laat"),
    ],
)
def test_what_is_owed_says_when(
    kind: AgreementKind, due: datetime | None, broken: datetime | None, wanted: str
) -> None:
    one = PastAgreement(
        id=AgreementId("een"),
        address="gijs@bakker.example",
        name="Gijs",
        kind=kind,
        state=State.OPEN,
        fault=Fault.ME if broken else Fault.UNKNOWN,
        made_at=NOW - timedelta(days=9),
        ref="<a@b>",
        due=due,
        broken_at=broken,
    )
    assert Words("nl", NOW).due(entry(one, NOW)) == wanted
