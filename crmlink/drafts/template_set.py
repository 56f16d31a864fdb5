"""The templates as a value: every file's text under its name, shipped ones with single files overridden.

Decides where the shipped templates are (inside the package; beside it in a checkout). Reads packaged files only; files of
the owner are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from crmlink.drafts.context import LANGUAGES, LETTERS, SUFFIX, path_of
from crmlink.model.errors import TemplateError


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One template: its name in the set ("nl/missed.txt.j2"), where it was read, its text.

    `shipped` is False for a file of the owner, which is rendered under guard. `error` says why such a file could not be
    read; whatever uses it then fails with that.
    """

    name: str
    path: str
    text: str
    shipped: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """All templates in order of name. `trouble` says why the owner's could not be read at all: then none may be used."""

    files: tuple[TemplateFile, ...]
    trouble: str = ""

    @property
    def languages(self) -> frozenset[str]:
        """The languages that every letter can be written in."""
        names = {file.name for file in self.files}
        return frozenset(one for one in LANGUAGES if names.issuperset(path_of(one, letter) for letter in LETTERS))

    @property
    def all_shipped(self) -> bool:
        """Whether no file of the owner is among them."""
        return not self.trouble and all(file.shipped for file in self.files)

    def path_of(self, name: str) -> str:
        """Where the file of that name was read, the name itself when there is none."""
        return next((file.path for file in self.files if file.name == name), name)

    def overridden_by(self, own: Iterable[TemplateFile]) -> TemplateSet:
        """The set in which files of the owner take the place of shipped ones of the same name, or are added."""
        merged = {file.name: file for file in (*self.files, *own)}
        return TemplateSet(tuple(merged[name] for name in sorted(merged)))


@cache
def shipped_templates() -> TemplateSet:
    """The templates that come with crmlink.

    Raises:
        TemplateError: the installation holds none.
    """
    for root in _roots():
        found = tuple(sorted(_walk(root), key=lambda file: file.name)) if root.is_dir() else ()
        if found:
            return TemplateSet(found)
    raise TemplateError("No templates were found beside the program", hint="Install crmlink again.")


def shipped_file(name: str) -> str:
    """The text of one packaged file beside the letters, as "report/nl.toml".

    Raises:
        TemplateError: the installation does not hold it.
    """
    for root in _roots():
        file = root.joinpath(*name.split("/"))
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise TemplateError(f"The file {name} was not found beside the program", hint="Install crmlink again.")


def _roots() -> tuple[Traversable, ...]:
    return files("crmlink") / "templates", Path(str(files("crmlink"))).parent / "templates"


def _walk(root: Traversable) -> Iterator[TemplateFile]:
    for folder in root.iterdir():
        if folder.is_dir():
            for item in folder.iterdir():
                if item.name.endswith(SUFFIX):
                    yield TemplateFile(f"{folder.name}/{item.name}", str(item), item.read_text(encoding="utf-8"))
