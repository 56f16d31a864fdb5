"""Proves templates before they are needed: each letter is rendered with every sample of facts.

Decides whether a set of templates can be used. Endless loops are not its business: whoever lets it judge a stranger's
template sets a time limit around it. In: templates. Out: problems, none when all is well.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmlink.drafts.context import LANGUAGES, LETTERS, path_of
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import TemplateSet
from crmlink.model.errors import TemplateError
from crmlink.model.problem import Problem


def letters_of(templates: TemplateSet) -> tuple[tuple[str, str], ...]:
    """Language and name of every letter in the set that can ever be written."""
    names = {file.name for file in templates.files}
    return tuple((lang, letter) for lang in LANGUAGES for letter in LETTERS if path_of(lang, letter) in names)


def letter_problem(templates: TemplateSet, language: str, letter: str) -> Problem | None:
    """What is wrong with one letter: the first error, with file and line."""
    for facts in sample_letters(language, letter):
        try:
            text = render(facts, templates)
        except TemplateError as error:
            return Problem("template.error", facts.path, str(error), error.hint)
        if not text.strip():
            return Problem(
                "template.empty", facts.path, f"Template {facts.path} gives an empty letter.", "Write a text in it."
            )
    return None


def unknown_files(templates: TemplateSet) -> Iterator[Problem]:
    """Files of the owner that no letter will ever use: a slip in the name, or a language that is not known."""
    known = {path_of(language, letter) for language in LANGUAGES for letter in LETTERS}
    for file in templates.files:
        if not file.shipped and file.name not in known and not file.name.partition("/")[2].startswith("_"):
            hint = f"Letters are called {', '.join(LETTERS)}, in a folder {', '.join(LANGUAGES)}."
            yield Problem("template.unused", file.path, f"Template {file.path} will never be used.", hint)


def validate_templates(templates: TemplateSet) -> tuple[Problem, ...]:
    """Everything that is wrong with these templates: errors first, then files that are never used."""
    found = [letter_problem(templates, language, letter) for language, letter in letters_of(templates)]
    return (*(problem for problem in found if problem), *unknown_files(templates))
