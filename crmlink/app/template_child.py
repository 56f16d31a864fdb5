"""The child process in which templates of the owner run; see `template_guard`.

In: one JSON job on stdin, templates and the facts of a letter, or no facts to prove every letter. Out: JSON lines. The
operating system itself ends the process when a letter takes longer than two seconds: no template can catch that.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from dataclasses import asdict

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.render import render
from crmlink.drafts.template_set import TemplateFile, TemplateSet
from crmlink.drafts.validate import letter_problem, letters_of
from crmlink.model.errors import TemplateError

SECONDS = 2.0
_MEMORY = 512 * 1024 * 1024


def main() -> None:
    """Do the one job on stdin."""
    job = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    templates = TemplateSet(tuple(TemplateFile(**file) for file in job["files"]))
    if job["facts"] is None:
        _prove(templates)
    else:
        _render(LetterFacts(**job["facts"] | {"options": tuple(job["facts"]["options"])}), templates)


def _prove(templates: TemplateSet) -> None:
    for language, letter in letters_of(templates):
        _say(begin=f"{language}/{letter}")
        _limit()
        if problem := letter_problem(templates, language, letter):
            _say(problem=asdict(problem))
    _say(done=True)


def _render(facts: LetterFacts, templates: TemplateSet) -> None:
    _limit()
    try:
        _say(text=render(facts, templates))
    except TemplateError as error:
        _say(error=str(error), hint=error.hint)


def _limit() -> None:
    signal.setitimer(signal.ITIMER_REAL, SECONDS)


def _say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
