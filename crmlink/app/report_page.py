"""Renders the report as one self-contained page: no script, nothing remote. Names and words of mail are only ever text."""

from __future__ import annotations

from jinja2 import Environment, FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crmlink.app.report import Report
from crmlink.app.report_pictures import marks, pieces, scale
from crmlink.app.report_words import Words
from crmlink.drafts.template_set import shipped_file
from crmlink.trust.relation import Ending
from crmlink.trust.timeline import COUNTED

MOST_PEOPLE = 150
"""So many people and companies are shown, those who need attention first: the page stays light."""

MOST_OWED, MOST_EVIDENCE = 25, 12


def render_page(report: Report, language: str) -> str:
    """The page, HTML in UTF-8."""
    words = Words(language, report.now)
    template = _environment().get_template("report/report.html.j2")
    top, lines = scale(report.months)
    return template.render(
        report=report,
        words=words,
        language=language,
        lead=_lead(report, words),
        counted=COUNTED,
        anchors={
            line.relation.person.address: f"p{number}" for number, line in enumerate(report.people[:MOST_PEOPLE], 1)
        },
        marks=marks,
        pieces=pieces,
        top=top,
        lines=lines,
        most_people=MOST_PEOPLE,
        most_owed=MOST_OWED,
        most_evidence=MOST_EVIDENCE,
    )


def _lead(report: Report, words: Words) -> str:
    """The first sentence: how it went."""
    if not report.ended:
        return words.say("lead_none")
    told = report.totals
    first = next(month.first for month in report.months if month.ended)
    theirs = told[Ending.BROKEN_BY_THEM]
    return words.say(
        "lead",
        month=words.long_month(first),
        ended=words.some("agreements", report.ended),
        kept=told[Ending.KEPT],
        repaired=_part(words, "lead_repaired", told[Ending.REPAIRED]),
        broken=_part(words, "lead_broken", told[Ending.BROKEN_BY_ME]),
        theirs=words.some("lead_theirs", theirs) if theirs else "",
    )


def _part(words: Words, name: str, count: int) -> str:
    return words.say(name, count=count) if count else ""


def _environment() -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(shipped_file),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
