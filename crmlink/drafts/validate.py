"""Proves templates before they are needed: each letter is rendered with every sample of facts, and judged by its tone.

Decides whether a set of templates can be used, and what its owner should know. Endless loops are not its business: whoever
lets it judge a stranger's template sets a time limit around it. In: templates. Out: problems, none when all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jinja2 import Environment, TemplateSyntaxError
from jinja2.meta import find_referenced_templates

from crmlink.drafts.context import INTRODUCTIONS, LANGUAGES, LETTERS, LetterFacts, path_of
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import TemplateSet
from crmlink.drafts.tone import tone_problems
from crmlink.model.errors import TemplateError
from crmlink.model.problem import Problem

WARNINGS = frozenset({"template.tone", "template.unused"})
"""What the owner should know, and may leave as it is; the other problems make a letter unusable."""

Writing = Callable[[LetterFacts, TemplateSet], str]


def letters_of(templates: TemplateSet, languages: frozenset[str] = frozenset(LANGUAGES)) -> tuple[tuple[str, str], ...]:
    """Language and name of every letter in the set that can ever be written, in these languages."""
    names = {file.name for file in templates.files}
    known = (name for name in LANGUAGES if name in languages)
    return tuple(
        (lang, letter) for lang in known for letter in (*LETTERS, *INTRODUCTIONS) if path_of(lang, letter) in names
    )


def letter_problems(templates: TemplateSet, language: str, letter: str, write: Writing = render) -> tuple[Problem, ...]:
    """What is wrong with one letter: its first error, with file and line, else the rules of tone it breaks.

    `write` renders; whoever sets limits to that hands in his own.
    """
    told: dict[str, Problem] = {}
    for facts in sample_letters(language, letter):
        try:
            text = write(facts, templates)
        except TemplateError as error:
            return (Problem("template.error", facts.path, str(error), error.hint),)
        if not text.strip():
            return (_empty(facts, templates),)
        for breach in tone_problems(text, facts):
            told.setdefault(breach.rule, _warning(f"{breach.rule}: {breach.words}", facts, templates))
    return tuple(told.values())


def unused_files(templates: TemplateSet) -> Iterator[Problem]:
    """Files of the owner that no letter will ever use: a slip in the name, or a language that is not known."""
    used = _used(templates)
    for file in templates.files:
        if not file.shipped and file.name not in used:
            hint = f"Letters are called {', '.join((*LETTERS, *INTRODUCTIONS))}, in a folder {', '.join(LANGUAGES)}; parts must be used."
            message = f"Template {file.path} will never be used."
            yield Problem("template.unused", file.path, message, hint)


def validate_templates(templates: TemplateSet) -> tuple[Problem, ...]:
    """Everything that is wrong with these templates: letter by letter, then files that are never used."""
    found = (problem for letter in letters_of(templates) for problem in letter_problems(templates, *letter))
    return (*found, *unused_files(templates))


def _used(templates: TemplateSet) -> frozenset[str]:
    """The letters, and what they use, step by step. A template that cannot be read may use any."""
    texts = {file.name: file.text for file in templates.files}
    waiting = [path_of(*letter) for letter in letters_of(templates)]
    used: set[str] = set()
    environment = Environment(autoescape=False)  # noqa: S701  nothing is rendered here, only read
    while waiting:
        name = waiting.pop()
        if name in used or name not in texts:
            continue
        used.add(name)
        try:
            named = list(find_referenced_templates(environment.parse(texts[name])))
        except (TemplateSyntaxError, RecursionError):
            named = [None]
        waiting += texts if None in named else [one for one in named if one]
    return frozenset(used)


def _empty(facts: LetterFacts, templates: TemplateSet) -> Problem:
    file = templates.path_of(facts.path)
    return Problem(
        "template.empty", facts.path, f"Template {file}, line 1: it gives an empty letter.", "Write a text in it."
    )


def _warning(what: str, facts: LetterFacts, templates: TemplateSet) -> Problem:
    hint = "It is used as it stands; change it if you agree."
    return Problem("template.tone", facts.path, f"Template {templates.path_of(facts.path)}: {what}", hint)
