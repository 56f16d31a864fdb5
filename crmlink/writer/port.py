"""What a writer is. The outbox in `app` drives it; the recipe makes sure of exactly one draft."""

from __future__ import annotations

from typing import Protocol

from crmlink.model.draft import Position, StoredHeader
from crmlink.model.mail import Role


class DraftWriter(Protocol):
    """Writes drafts into the one Drafts folder of a mailbox."""

    def position(self, role: Role = Role.DRAFTS) -> Position:
        """Where the main folder of that role stands now. Raises `FolderError` when there is none (it is never made)."""

    def append(self, raw: bytes) -> None:
        r"""Store one message in Drafts with the flags \Draft and \Seen.

        Raises:
            WriteRefusedError: the server said no; nothing was stored.
            WriteUnknownError: the answer did not arrive; look with `headers` before trying again.
        """

    def headers(self, role: Role, *, since: Position | None = None) -> tuple[StoredHeader, ...]:
        """Identifying headers of what lies in the folder of that role (Drafts, Sent, Trash or All), read fresh.

        With `since`, only what was stored after that position if the folder still has its UIDVALIDITY, else all.
        A role without a folder gives an empty tuple. Never uses SEARCH: servers lie about it.
        """

    def read(self, header: StoredHeader) -> bytes | None:
        """The bytes of a message in Drafts as stored, None when it is gone."""

    def discard(self, header: StoredHeader, raw: bytes) -> bool:
        """Move crmlink's own draft from Drafts to Trash if it still is exactly `raw`. False: it was left alone."""

    def close(self) -> None:
        """Let go of connections. May be called twice."""
