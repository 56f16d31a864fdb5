"""The owner's own templates: read from the directory TEMPLATES, put over the shipped ones.

Reading never fails: a file that cannot be read carries its error, and so do the letters that use it. What is wrong with
them is for `template_guard` to find out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crmlink.drafts.context import LANGUAGES, LETTERS, SUFFIX
from crmlink.drafts.template_set import TemplateFile, TemplateSet, shipped_templates
from crmlink.model.problem import Problem

MOST_BYTES = 100_000
_LOOKS_LIKE_A_TEMPLATE = (".j2", ".jinja", ".jinja2", ".txt", ".tmpl", ".html")


def all_templates(directory: Path | None) -> TemplateSet:
    """The shipped templates, with the files of `directory` (as `nl/cancelled.txt.j2`) in the place of theirs."""
    if directory is None:
        return shipped_templates()
    try:
        own = [_read(path) for path in _files(directory) if _is_template(path, directory)]
    except OSError as error:
        why = f"The directory {directory} with your templates cannot be read: {error.strerror or error}"
        return TemplateSet(shipped_templates().files, trouble=why)
    return shipped_templates().overridden_by(own)


def misplaced_files(directory: Path | None) -> Iterator[Problem]:
    """Files that look like templates but stand where none is looked for. Raises nothing."""
    try:
        found = [path for path in _files(directory) if not _is_template(path, directory)] if directory else []
    except OSError:
        return  # `all_templates` tells
    for path in found:
        if path.name.endswith(_LOOKS_LIKE_A_TEMPLATE):
            hint = f"A template is called {LANGUAGES[0]}/{LETTERS[0]}{SUFFIX}, and so on."
            yield Problem("template.unused", str(path), f"Template {path} will never be used.", hint)


def _files(directory: Path) -> list[Path]:
    """What lies in the directory and in its folders, hidden things and copies of editors aside."""
    top = sorted(directory.iterdir())
    inside = [path for folder in top if folder.is_dir() and folder.name[0] != "." for path in sorted(folder.iterdir())]
    files = [path for path in (*top, *inside) if not path.is_dir() or path.name.endswith(SUFFIX)]
    return [path for path in files if path.name[0] not in ".#" and not path.name.endswith("~")]


def _is_template(path: Path, directory: Path) -> bool:
    return path.parent.parent == directory and path.name.endswith(SUFFIX)


def _read(path: Path) -> TemplateFile:
    text, error = "", ""
    try:
        if not path.is_file():
            error = "is no ordinary file"
        elif path.stat().st_size > MOST_BYTES:
            error = f"is larger than {MOST_BYTES} bytes"
        else:
            text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = broken.object[: broken.start].count(b"\n") + 1
        error = f"is no text in UTF-8 (see line {line}); save it as UTF-8"
    except OSError as broken:
        error = f"cannot be read: {broken.strerror or broken}"
    return TemplateFile(f"{path.parent.name}/{path.name}", str(path), text, shipped=False, error=error)
