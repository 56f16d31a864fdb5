"""Renders the owner's own templates in a child process that cannot run for ever or eat all memory.

jinja's sandbox keeps a template away from the machine, but not from `'a' * 10**9` or from nested loops without end. So
templates of the owner are proven and rendered in a child with a limit of two seconds a letter and of memory; shipped
templates alone are rendered directly. In: templates and facts. Out: text, or an error that names the template.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.render import render
from crmlink.drafts.template_set import TemplateSet
from crmlink.drafts.validate import unknown_files
from crmlink.model.errors import TemplateError
from crmlink.model.problem import Problem

_WALL_SECONDS = 60
_REMEDY = "Look for a loop without end or a very large text in it."


def check_templates(templates: TemplateSet) -> tuple[Problem, ...]:
    """Everything that is wrong with the owner's templates; shipped ones are proven by the tests."""
    if templates.all_shipped:
        return ()
    answers = _ask(templates, None)
    found = [Problem(**one["problem"]) for one in answers if "problem" in one]
    if not any("done" in one for one in answers):
        name = _last_begun(answers)
        found.append(
            Problem("template.endless", name, f"Template {name} was stopped: it takes too long or too much.", _REMEDY)
        )
    return (*found, *unknown_files(templates))


def renderer(templates: TemplateSet) -> Callable[[LetterFacts], str]:
    """The function that renders letters from these templates; it raises TemplateError."""
    if templates.all_shipped:
        return lambda facts: render(facts, templates)
    return lambda facts: _render_guarded(facts, templates)


def _render_guarded(facts: LetterFacts, templates: TemplateSet) -> str:
    answers = _ask(templates, facts)
    for answer in answers:
        if "text" in answer:
            return str(answer["text"])
        if "error" in answer:
            raise TemplateError(str(answer["error"]), hint=str(answer["hint"]))
    raise TemplateError(f"Template {facts.path} was stopped: it takes too long or too much.", hint=_REMEDY)


def _ask(templates: TemplateSet, facts: LetterFacts | None) -> list[dict[str, dict[str, str]]]:
    """The child's answers, one JSON object a line; fewer than promised when it was stopped."""
    job = {"files": [asdict(file) for file in templates.files], "facts": asdict(facts) if facts else None}
    command = [sys.executable, "-P", "-m", "crmlink.app.template_child"]
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell, the job goes through stdin
            command, input=json.dumps(job).encode(), capture_output=True, timeout=_WALL_SECONDS, check=False
        )
        printed = done.stdout
    except subprocess.TimeoutExpired as error:
        printed = error.stdout or b""
    return [json.loads(line) for line in printed.splitlines() if line.endswith(b"}")]


def _last_begun(answers: list[dict[str, dict[str, str]]]) -> str:
    return next((str(one["begin"]) for one in reversed(answers) if "begin" in one), "of the owner")
