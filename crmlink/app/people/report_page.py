"""Renders the report as one self-contained page: no script, nothing remote. Names and words of mail are only ever text."""

from __future__ import annotations

from jinja2 import Environment, FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from crmlink.app.people.report import Report
from crmlink.app.people.report_pictures import marks, pieces, scale
from crmlink.app.people.report_words import Words, lead
from crmlink.drafts.template_set import shipped_file
from crmlink.trust.timeline import COUNTED

MOST_PEOPLE = 150
"""So many people and companies are shown, those who need attention first: the page stays light."""

MOST_OWED, MOST_EVIDENCE = 15, 12


def render_page(report: Report, language: str) -> str:
    """The page, HTML in UTF-8."""
    words = Words(language, report.now)
    template = _environment().get_template("report/report.html.j2")
    top, lines = scale(report.months)
    return template.render(
        report=report,
        words=words,
        language=language,
        lead=lead(report, words),
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


def _environment() -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(shipped_file),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = _coded
    return environment


def _coded(text: str) -> Markup:
    """The text with what stands between backticks as code."""
    code = Markup("<code>{}</code>")
    parts = [code.format(part) if number % 2 else escape(part) for number, part in enumerate(text.split("`"))]
    return Markup("").join(parts)
