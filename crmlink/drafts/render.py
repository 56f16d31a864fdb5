"""Renders a letter: facts into a template, paragraphs into tidy plain text.

Decides nothing about words. Templates run in jinja's sandbox and see only the facts; facts are never read as template
text. In the template, lines of one paragraph are joined to one line; a line that begins with "- " stands on its own, and
a backslash at the end of a line keeps the break.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crmlink.drafts.context import LetterFacts
from crmlink.drafts.template_set import TemplateSet
from crmlink.model.errors import TemplateError

_REMEDY = "Mend the template, or take the file away to use the one that comes with crmlink."
_LONGEST_LETTER = 20_000
_KEPT_BREAK = "\\"


def render(facts: LetterFacts, templates: TemplateSet) -> str:
    """The letter's text: lines end in a newline, paragraphs are one line each.

    Raises:
        TemplateError: there is no such template, or it has an error; the message names file and line.
    """
    if templates.trouble:
        raise TemplateError(templates.trouble, hint=_REMEDY)
    try:
        text = tidy(_environment(templates).get_template(facts.path).render(facts.variables()))
    except TemplateSyntaxError as error:
        raise TemplateError(f"Template {error.filename}, line {error.lineno}: {error.message}", hint=_REMEDY) from error
    except TemplateNotFound as error:
        file, line = _place(error, templates) or (templates.path_of(facts.path), 1)
        raise TemplateError(f"Template {file}, line {line}: there is no template {error.name}", hint=_REMEDY) from error
    except (
        JinjaError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        RecursionError,
        MemoryError,
        TimeoutError,
    ) as error:
        file, line = _place(error, templates) or (templates.path_of(facts.path), 1)
        reason = str(error) or type(error).__name__
        raise TemplateError(f"Template {file}, line {line}: {reason}", hint=_REMEDY) from error
    if len(text) > _LONGEST_LETTER:
        file = templates.path_of(facts.path)
        raise TemplateError(f"Template {file}, line 1: it gives more than {_LONGEST_LETTER} characters", hint=_REMEDY)
    return text


def tidy(text: str) -> str:
    """Joins the lines of each paragraph and takes out double spaces and empty lines."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(_paragraph(lines) for part in paragraphs if (lines := _lines(part))) + "\n"


def _lines(paragraph: str) -> list[str]:
    return [line for raw in paragraph.split("\n") if (line := re.sub(r"[ \t\r]+", " ", raw).strip())]


def _paragraph(lines: list[str]) -> str:
    text = ""
    for line in lines:
        kept, broken = line.removesuffix(_KEPT_BREAK).rstrip(), line.endswith(_KEPT_BREAK)
        if line.startswith("- ") and text and not text.endswith("\n"):
            text += "\n"
        text += kept + ("\n" if broken or line.startswith("- ") else " ")
    return text.strip()


@lru_cache(maxsize=8)
def _environment(templates: TemplateSet) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_loader(templates)),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.clear()
    environment.filters["sentence"] = _sentence
    return environment


def _loader(templates: TemplateSet) -> Callable[[str], tuple[str, str, Callable[[], bool]] | None]:
    sources = {file.name: file for file in templates.files}

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        file = sources.get(name)
        if file and file.error:
            raise TemplateSyntaxError(file.error, 1, name, file.path)
        return (file.text, file.path, lambda: True) if file else None

    return load


def _sentence(text: str) -> str:
    """The text with a capital in front; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def _place(error: BaseException, templates: TemplateSet) -> tuple[str, int] | None:
    """The innermost template line in the error's traceback."""
    paths = {file.path for file in templates.files}
    found = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in paths:
            found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found
