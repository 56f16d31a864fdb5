"""The child process in which templates of the owner run; see `template_guard`.

In: one JSON job on stdin, templates and the facts of a letter, or letters to prove instead. Out: JSON lines. A letter that
takes more than two seconds of processor time (a busy machine is nobody's fault) is interrupted, which tells the line it
was at; what does not let itself be interrupted is ended by the operating system: no template can catch that.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from dataclasses import asdict
from types import FrameType

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.render import render
from crmlink.drafts.template_set import TemplateFile, TemplateSet
from crmlink.drafts.validate import letter_problems, unused_files
from crmlink.model.errors import TemplateError

SECONDS = 2.0
_MEMORY = 512 * 1024 * 1024


def main() -> None:
    """Do the one job on stdin."""
    job = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, _interrupt)
    templates = TemplateSet(tuple(TemplateFile(**file) for file in job["files"]))
    if job["facts"] is None:
        _prove(templates, job["letters"])
    else:
        _render(LetterFacts(**job["facts"] | {"options": tuple(job["facts"]["options"])}), templates)


def _prove(templates: TemplateSet, letters: list[tuple[str, str]]) -> None:
    for language, letter in letters:
        _say(begin=[language, letter])
        for problem in letter_problems(templates, language, letter, _limited):
            _say(problem=asdict(problem))
    for problem in unused_files(templates):
        _say(problem=asdict(problem))
    _say(done=True)


def _render(facts: LetterFacts, templates: TemplateSet) -> None:
    try:
        _say(text=_limited(facts, templates))
    except TemplateError as error:
        _say(error=str(error), hint=error.hint)


def _limited(facts: LetterFacts, templates: TemplateSet) -> str:
    """Render with both clocks running: the one that interrupts, and the one that ends."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
    try:
        return render(facts, templates)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"it takes longer than {SECONDS:.0f} seconds: look for a loop without end")


def _say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
