"""What was read of each mail before: one row per message in a folder, and where reading of each folder stood.

A pass gets from here what is known already, puts here what it reads, and takes its messages from here, so that a pass
over known mail and a first one give the same. Rows of a folder and the word on how far it was read are written together,
the word never ahead of the rows: a pass that is killed costs reading again, nothing else. It does not decide what a
message means. Rows that another version of the reading code wrote are dropped.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from crmlink.cache.codec import CodecError, decode, encode
from crmlink.cache.file import writing
from crmlink.model.ids import MessageId
from crmlink.model.mail import Message, Role
from crmlink.model.problem import Problem
from crmlink.model.reading import Reading

LAYOUT: Final = """
CREATE TABLE IF NOT EXISTS mail_readers (
    account TEXT PRIMARY KEY,
    reader TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mail_folders (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    stand TEXT NOT NULL,
    begin TEXT NOT NULL,
    looked_at TEXT NOT NULL,
    PRIMARY KEY (account, folder)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mail (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    key TEXT NOT NULL,
    received_at REAL,
    seen INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    facts TEXT NOT NULL,
    UNIQUE (account, folder, key)
);
"""

LOOK_AGAIN_AFTER: Final = timedelta(days=1)
"""So often the whole window of a folder is looked at, whatever it says of itself."""

_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What was read of one mail.

    `message` is None when there was nothing to read, `reading` when what stands in it counts for nothing. `problems` are
    what was wrong with the mail, `broke` is what went wrong while its text was read.
    """

    message: Message | None
    reading: Reading | None = None
    problems: tuple[Problem, ...] = ()
    broke: Problem | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that was read, in the form in which it is kept: its Message-ID, empty without one, and all else as text."""

    name: str
    facts: str


def written(read: ReadMail) -> Written:
    """The form in which it is kept."""
    return Written(read.message.id if read.message else "", encode(read))


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail from the cache. `number` names its row; `seen`: an earlier pass had it."""

    number: int
    read: ReadMail
    received_at: datetime | None
    seen: bool


@dataclass(slots=True)
class MailCache:
    """The cache during one pass over one account, as of `now`, of mail stored at `begin` or later (both aware).

    `reader` names the code and the settings that read mail; rows of another reader are dropped at once. `begun` says
    that an earlier pass left something. `gone` holds the Message-IDs of what vanished from a folder in this pass.
    """

    connection: sqlite3.Connection
    account: str
    reader: str
    begin: datetime
    now: datetime
    begun: bool = field(init=False)
    gone: set[MessageId] = field(default_factory=set)
    _roles: dict[str, Role] = field(default_factory=dict)
    _waiting: int = 0

    def __post_init__(self) -> None:
        mine = (self.account,)
        row = self.connection.execute("SELECT reader FROM mail_readers WHERE account = ?", mine).fetchone()
        if row != (self.reader,):
            with writing(self.connection):
                self.connection.execute("DELETE FROM mail WHERE account = ?", mine)
                self.connection.execute("DELETE FROM mail_folders WHERE account = ?", mine)
                self.connection.execute("REPLACE INTO mail_readers VALUES (?, ?)", (self.account, self.reader))
        folders = "SELECT EXISTS (SELECT 1 FROM mail_folders WHERE account = ?)"
        self.begun = bool(self.connection.execute(folders, mine).fetchone()[0])

    def stand(self, folder: str) -> str:
        """Where reading of the folder stood; empty when its whole window must be looked at."""
        row = self._folder(folder)
        if row is None:
            return ""
        stand, begin, looked_at = row
        fresh = timedelta() <= self.now - datetime.fromisoformat(looked_at) < LOOK_AGAIN_AFTER
        return stand if fresh and datetime.fromisoformat(begin) <= self.begin else ""

    def keys(self, folder: str) -> frozenset[str]:
        """The messages that are known of a folder."""
        query = "SELECT key FROM mail WHERE account = ? AND folder = ?"
        return frozenset(key for (key,) in self.connection.execute(query, (self.account, folder)))

    def put(self, folder: str, key: str, received_at: datetime | None, mail: Written) -> None:
        """Keep what was read of a message."""
        self._begin()
        stored = received_at.timestamp() if received_at else None
        self.connection.execute(_PUT, (self.account, folder, key, stored, mail.name, mail.facts))
        self._waiting += 1
        if self._waiting >= _BATCH:
            self.commit()

    def settle(self, folder: str, role: Role, stand: str, gone: frozenset[str]) -> None:
        """All messages of the folder that count were put here; `gone` are no longer in it. The same again writes nothing."""
        self._roles[folder] = role
        before = self._folder(folder)
        begin, now = self.begin.astimezone(UTC).isoformat(), self.now.astimezone(UTC).isoformat()
        after = (stand, begin, before[2] if before and self.stand(folder) else now)
        if before != after or gone:
            self._begin()
            for key in gone:
                found = self.connection.execute(_TAKE, (self.account, folder, key))
                self.gone.update(MessageId(name) for name, seen in found if seen)
            self.connection.execute("REPLACE INTO mail_folders VALUES (?, ?, ?, ?, ?)", (self.account, folder, *after))
        self.commit()

    def commit(self) -> None:
        """Write down what was put."""
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")
        self._waiting = 0

    def mails(self) -> Iterator[KeptMail]:
        """Every mail of the window in the folders settled in this pass, with the role its folder has now.

        Raises:
            sqlite3.DatabaseError: a row is damaged.
        """
        self.commit()
        for number, folder, received_at, seen, facts in self.connection.execute(
            _WINDOW, (self.account, self.begin.timestamp())
        ):
            if folder in self._roles:
                stored = datetime.fromtimestamp(received_at, UTC) if received_at is not None else None
                yield KeptMail(number, _with_role(_decoded(facts), self._roles[folder]), stored, seen=bool(seen))

    def seen_before(self) -> set[MessageId]:
        """The Message-IDs that an earlier pass had, in any folder and from any time that is still kept."""
        query = "SELECT DISTINCT message_id FROM mail WHERE account = ? AND seen = 1"
        return {MessageId(name) for (name,) in self.connection.execute(query, (self.account,))}

    def mark_seen(self, numbers: Iterable[int]) -> None:
        """The rows of these numbers were in a pass."""
        rows = [(number,) for number in numbers]
        if rows:
            with writing(self.connection):
                self.connection.executemany("UPDATE mail SET seen = 1 WHERE number = ?", rows)

    def prune(self, *, complete: bool) -> None:
        """Drop what left the window and, when all folders were read (`complete`), what lies in none of them."""
        old = (self.account, self.begin.timestamp())
        if self.connection.execute(_HAS_OLD, old).fetchone()[0]:
            with writing(self.connection):
                self.connection.execute(_DROP_OLD, old)
        lost = set(self._folders()) - set(self._roles) if complete else set()
        for folder in sorted(lost):
            with writing(self.connection):
                its = (self.account, folder)
                self.connection.execute("DELETE FROM mail WHERE account = ? AND folder = ?", its)
                self.connection.execute("DELETE FROM mail_folders WHERE account = ? AND folder = ?", its)

    def _folder(self, folder: str) -> tuple[str, str, str] | None:
        query = "SELECT stand, begin, looked_at FROM mail_folders WHERE account = ? AND folder = ?"
        found: tuple[str, str, str] | None = self.connection.execute(query, (self.account, folder)).fetchone()
        return found

    def _folders(self) -> list[str]:
        query = "SELECT folder FROM mail_folders WHERE account = ?"
        return [folder for (folder,) in self.connection.execute(query, (self.account,))]

    def _begin(self) -> None:
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")


def naming(connection: sqlite3.Connection, account: str, address: str) -> tuple[ReadMail, ...]:
    """Every mail of the account that is kept and names this address (lower case) anywhere."""
    query = "SELECT facts FROM mail WHERE account = ? AND instr(lower(facts), ?) ORDER BY number"
    return tuple(_decoded(facts) for (facts,) in connection.execute(query, (account, _as_kept(address))))


def forget(connection: sqlite3.Connection, address: str) -> int:
    """Erase every mail that names this address (lower case) anywhere, and say how many; they are overwritten on disk.

    The mailbox still holds them: the next pass reads there what lies in its window.
    """
    said = _as_kept(address)
    with writing(connection):
        found = connection.execute("DELETE FROM mail WHERE instr(lower(facts), ?) RETURNING account, folder", (said,))
        places = found.fetchall()
        connection.executemany("UPDATE mail_folders SET stand = '' WHERE account = ? AND folder = ?", set(places))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return len(places)


def _as_kept(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1]


def _decoded(facts: str) -> ReadMail:
    try:
        return decode(ReadMail, facts)
    except CodecError as error:
        raise sqlite3.DatabaseError(str(error)) from error


def _with_role(read: ReadMail, role: Role) -> ReadMail:
    if read.message is None or read.message.role is role:
        return read
    return replace(read, message=replace(read.message, role=role))


_PUT: Final = (
    "REPLACE INTO mail (account, folder, key, received_at, seen, message_id, facts) VALUES (?, ?, ?, ?, 0, ?, ?)"
)
_TAKE: Final = "DELETE FROM mail WHERE account = ? AND folder = ? AND key = ? RETURNING message_id, seen"
_HAS_OLD: Final = "SELECT EXISTS (SELECT 1 FROM mail WHERE account = ? AND received_at < ?)"
_DROP_OLD: Final = "DELETE FROM mail WHERE account = ? AND received_at < ?"
_WINDOW: Final = (
    "SELECT number, folder, received_at, seen, facts FROM mail"
    " WHERE account = ? AND (received_at IS NULL OR received_at >= ?)"
)
