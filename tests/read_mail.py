"""What a mail source gives in one pass, all at once, and a memory of earlier passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from crmlink.model.problem import Problem
from crmlink.sources.port import NOTHING_KNOWN, WHOLE, FolderRead, KnownMail, MailSource, RawMessage, Sparing


@dataclass(frozen=True, slots=True)
class Pass:
    """The messages and folders of one pass, and how it went."""

    messages: list[RawMessage]
    folders: dict[str, FolderRead]
    truncated: bool
    problems: list[Problem]


def read_mail(source: MailSource, since: date, known: KnownMail = NOTHING_KNOWN, *, sparing: Sparing = WHOLE) -> Pass:
    """One whole pass."""
    changes = source.changes(known, since=since, sparing=sparing)
    items = list(changes.items)
    messages = [item for item in items if isinstance(item, RawMessage)]
    folders = {item.folder: item for item in items if isinstance(item, FolderRead)}
    return Pass(messages, folders, changes.truncated, changes.problems)


@dataclass(slots=True)
class Memory:
    """What earlier passes gave: the messages still there, by key, and the words on the folders."""

    messages: dict[str, RawMessage] = field(default_factory=dict)
    stands: dict[str, str] = field(default_factory=dict)

    def stand(self, folder: str) -> str:
        return self.stands.get(folder, "")

    def keys(self, folder: str) -> frozenset[str]:
        return frozenset(key for key, message in self.messages.items() if message.folder == folder)

    def learn(self, one: Pass) -> None:
        """Take a pass into account, as the cache does."""
        self.messages |= {message.key: message for message in one.messages}
        for name, folder in one.folders.items():
            self.stands[name] = folder.stand
            for key in folder.gone:
                del self.messages[key]
