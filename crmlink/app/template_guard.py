"""Renders the owner's own templates in a child process that cannot run for ever or eat all memory.

jinja's sandbox keeps a template away from the machine, but not from `'a' * 10**9` or from nested loops without end. So
templates of the owner are proven and rendered in a child with a limit of two seconds a letter and of memory; shipped
templates alone are rendered directly. In: templates and facts. Out: text, or an error that names the template.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from crmlink.app.child_environment import without_settings
from crmlink.drafts.context import LetterFacts, path_of
from crmlink.drafts.render import render
from crmlink.drafts.template_set import TemplateSet
from crmlink.drafts.validate import WARNINGS, letters_of
from crmlink.model.errors import TemplateError
from crmlink.model.problem import Problem

_WALL_SECONDS = 90
_REMEDY = "Look for a loop without end or a very large text in it."
_DIRECTORY_REMEDY = "Put it back, or correct CRMLINK_TEMPLATES; until then no letter is written."


def check_templates(templates: TemplateSet) -> tuple[Problem, ...]:
    """Everything that is wrong with the owner's templates, warnings too; shipped ones are proven by the tests."""
    if templates.trouble:
        return (Problem("template.directory", "", templates.trouble, _DIRECTORY_REMEDY),)
    if templates.all_shipped:
        return ()
    languages = frozenset(file.name.partition("/")[0] for file in templates.files if not file.shipped)
    left = list(letters_of(templates, languages))
    found: list[Problem] = []
    while True:
        answers = _ask(templates, letters=left)
        found += [Problem(**one["problem"]) for one in answers if "problem" in one]
        if any("done" in one for one in answers):
            return tuple(found)
        begun = [tuple(one["begin"]) for one in answers if "begin" in one]
        if not begun:
            found.append(_stopped("", "of yours"))
            return tuple(found)
        language, letter = begun[-1]
        path = path_of(language, letter)
        found.append(_stopped(path, templates.path_of(path)))
        left = left[left.index((language, letter)) + 1 :]


def broken_letters(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those of the problems that make a letter unusable."""
    return tuple(problem for problem in problems if problem.code not in WARNINGS)


def renderer(templates: TemplateSet, broken: Collection[Problem] = ()) -> Callable[[LetterFacts], str]:
    """The function that renders letters from these templates; it raises TemplateError.

    A letter that proved to be `broken` is not tried: what is half right may write half a letter.
    """
    if templates.all_shipped:
        return lambda facts: render(facts, templates)

    def guarded(facts: LetterFacts) -> str:
        for problem in broken:
            if problem.subject in {facts.path, ""}:
                raise TemplateError(problem.message, hint=problem.hint)
        return _render_guarded(facts, templates)

    return guarded


def _render_guarded(facts: LetterFacts, templates: TemplateSet) -> str:
    answers = _ask(templates, facts)
    for answer in answers:
        if "text" in answer:
            return str(answer["text"])
        if "error" in answer:
            raise TemplateError(str(answer["error"]), hint=str(answer["hint"]))
    problem = _stopped(facts.path, templates.path_of(facts.path))
    raise TemplateError(problem.message, hint=problem.hint)


def _ask(
    templates: TemplateSet, facts: LetterFacts | None = None, *, letters: Sequence[tuple[str, str]] = ()
) -> list[dict[str, Any]]:
    """The child's answers, one JSON object a line; fewer than promised when it was stopped."""
    files = [asdict(file) for file in templates.files]
    job = {"files": files, "facts": asdict(facts) if facts else None, "letters": letters}
    command = [sys.executable, "-P", "-m", "crmlink.app.template_child"]
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell, the job goes through stdin
            command,
            input=json.dumps(job).encode(),
            capture_output=True,
            env=without_settings(os.environ),
            timeout=_WALL_SECONDS,
            check=False,
        )
        printed = done.stdout
    except subprocess.TimeoutExpired as error:
        printed = error.stdout or b""
    return [json.loads(line) for line in printed.splitlines() if line.endswith(b"}")]


def _stopped(letter: str, file: str) -> Problem:
    return Problem("template.endless", letter, f"Template {file} was stopped: it takes too long or too much.", _REMEDY)
