"""The owner's own templates: read from the directory TEMPLATES, put over the shipped ones, and proven before use."""

from __future__ import annotations

from pathlib import Path

from crmlink.app.template_guard import check_templates
from crmlink.drafts.context import SUFFIX
from crmlink.drafts.template_set import TemplateFile, TemplateSet, shipped_templates
from crmlink.model.errors import TemplateError


def all_templates(directory: Path | None) -> TemplateSet:
    """The shipped templates, with the files of `directory` (as `nl/cancelled.txt.j2`) in the place of theirs.

    Raises:
        TemplateError: a file cannot be read.
    """
    return shipped_templates().overridden_by(_read(directory)) if directory else shipped_templates()


def sound_templates(directory: Path | None) -> TemplateSet:
    """The same, proven: every letter renders.

    Raises:
        TemplateError: one of the owner's files is broken; the message names file and line.
    """
    templates = all_templates(directory)
    problems = check_templates(templates)
    if problems:
        raise TemplateError(problems[0].message, hint=problems[0].hint)
    return templates


def _read(directory: Path) -> tuple[TemplateFile, ...]:
    found = []
    for path in sorted(directory.glob(f"*/*{SUFFIX}")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(
                f"{path}: cannot be read: {error}", hint="make it a UTF-8 text file that you may read"
            ) from error
        found.append(TemplateFile(f"{path.parent.name}/{path.name}", str(path), text, shipped=False))
    return tuple(found)
