r"""Decides what each folder of a mailbox is for. No I/O but reading the packaged names.

A folder's role comes from the owner's setting, else from the server's mark (special-use, RFC 6154; compared in any
case, because Cyrus says `\drafts`), else from its name (`folder_names.toml`: the whole name, or what is left of it
below `INBOX` or `[Gmail]`), else from the folder it lies in: what is below Trash was thrown away.

Several folders may share a role (a phone's "Deleted Messages" beside "Trash"); at most one is the `main` one, in which
crmlink would write. When the owner named a folder that does not exist there is no main one: guessing would be worse.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from imapclient.exceptions import IMAPClientError
from imapclient.imap_utf7 import decode
from imapclient.response_parser import parse_response

from crmlink.model.errors import FolderError
from crmlink.model.mail import Role

NOT_EVIDENCE: Final = frozenset({Role.TRASH, Role.JUNK, Role.DRAFTS})
"""Roles whose mail is never read as evidence: thrown away, not wanted, or not sent."""

_MARKS: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "\\drafts": Role.DRAFTS,
        "\\sent": Role.SENT,
        "\\trash": Role.TRASH,
        "\\junk": Role.JUNK,
        "\\archive": Role.ARCHIVE,
        "\\all": Role.ALL,
    }
)
# The last two are views of mail that lies elsewhere (RFC 6154 section 2, RFC 8457).
_NO_MAIL_OF_ITS_OWN: Final = frozenset({"\\noselect", "\\nonexistent", "\\flagged", "\\important"})
_PARENTS: Final = frozenset({"inbox", "[gmail]", "[google mail]"})
_INHERITED: Final = frozenset({Role.DRAFTS, Role.SENT, Role.TRASH, Role.JUNK, Role.ARCHIVE})
_BY_SETTING, _BY_MARK, _BY_NAME, _BY_PARENT = range(4)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a folder listing: lower-case marks, the separator of levels (None: no levels), the decoded name."""

    marks: frozenset[str]
    separator: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder that can be opened, by its full name. `main`: the one crmlink uses for this role."""

    name: str
    role: Role
    main: bool


@dataclass(frozen=True, slots=True)
class FolderNames:
    """The owner's own word on which folder holds drafts and which sent mail; None leaves it to the server."""

    drafts: str | None = None
    sent: str | None = None


BY_SERVER: Final = FolderNames()


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """Why a folder has its role: the lower, the stronger (`rank` orders the names of one language file)."""

    reason: int
    rank: int


def listed(flags: Iterable[bytes], separator: bytes | None, name: str) -> Listed:
    """One line of `IMAPClient.list_folders()` as a value."""
    marks = frozenset(flag.decode("ascii", "replace").lower() for flag in flags)
    return Listed(marks, separator.decode("ascii", "replace") if separator else None, name)


def foreign_prefixes(answer: Sequence[bytes | None]) -> tuple[str, ...]:
    """What the names of other people's and shared folders begin with, from imaplib's answer to NAMESPACE (RFC 2342).

    An answer that cannot be understood gives none.
    """
    try:
        _, *foreign = parse_response([line for line in answer if line])
        entries = [entry for group in foreign for entry in group or ()]
        prefixes = [decode(entry[0]) for entry in entries]
    except (IMAPClientError, ValueError, TypeError, LookupError, AttributeError):
        return ()
    return tuple(prefix for prefix in prefixes if prefix)


def folders(lines: Iterable[Listed], names: FolderNames = BY_SERVER) -> tuple[Folder, ...]:
    """Each folder that can hold mail with its role, in the order of the listing."""
    usable = [line for line in lines if not line.marks & _NO_MAIL_OF_ITS_OWN]
    wanted = {role: name for role, name in ((Role.DRAFTS, names.drafts), (Role.SENT, names.sent)) if name}
    claims = {line.name: _own_claim(line) for line in usable}
    for role, name in wanted.items():
        line = _find(usable, name)
        if line is not None:
            claims[line.name] = (role, _Claim(_BY_SETTING, 0))
    claims |= {line.name: _inherited(line, claims) for line in usable if claims[line.name][0] is Role.OTHER}
    mains = {role: _main(role, claims, strict=role in wanted) for role in Role}
    return tuple(Folder(line.name, role := claims[line.name][0], mains[role] == line.name) for line in usable)


def main_folder(found: Iterable[Folder], role: Role) -> Folder | None:
    """The one folder crmlink uses for that role, if there is one."""
    return next((folder for folder in found if folder.role is role and folder.main), None)


def no_folder(store: str, role: Role) -> FolderError:
    """The error for a mail store that has no folder of that role."""
    settings = {Role.DRAFTS: "CRMLINK_DRAFTS_FOLDER", Role.SENT: "CRMLINK_SENT_FOLDER"}
    named = f"name it in {settings[role]}, or " if role in settings else ""
    what = {Role.DRAFTS: "drafts", Role.SENT: "sent mail"}.get(role, role.value)
    return FolderError(
        f"{store} has no folder for {what}", hint=f"{named}make one in your mail program; crmlink makes no folders"
    )


def _own_claim(line: Listed) -> tuple[Role, _Claim]:
    if line.name.upper() == "INBOX":
        return Role.INBOX, _Claim(_BY_MARK, 0)
    marked = next((role for mark, role in _MARKS.items() if mark in line.marks), None)
    if marked is not None:
        return marked, _Claim(_BY_MARK, 0)
    known = _known_names()
    by_name = next((known[name] for name in _spellings(line) if name in known), None)
    return by_name or (Role.OTHER, _Claim(_BY_PARENT, 0))


def _inherited(line: Listed, claims: Mapping[str, tuple[Role, _Claim]]) -> tuple[Role, _Claim]:
    parts = line.name.split(line.separator) if line.separator else [line.name]
    for length in range(len(parts) - 1, 0, -1):
        role, _ = claims.get((line.separator or "").join(parts[:length]), (Role.OTHER, None))
        if role in _INHERITED:
            return role, _Claim(_BY_PARENT, 0)
    return Role.OTHER, _Claim(_BY_PARENT, 0)


def _main(role: Role, claims: Mapping[str, tuple[Role, _Claim]], *, strict: bool) -> str | None:
    weakest = _BY_SETTING if strict else _BY_NAME
    own = [(claim, name) for name, (its, claim) in claims.items() if its is role and claim.reason <= weakest]
    return min(own, key=lambda each: each[0])[1] if own else None


def _find(lines: Iterable[Listed], name: str) -> Listed | None:
    wanted = _plain(name)
    exact = next((line for line in lines if line.name == name), None)
    return exact or next((line for line in lines if wanted in _spellings(line)), None)


def _spellings(line: Listed) -> Iterator[str]:
    yield _plain(line.name)
    if line.separator:
        parent, _, rest = line.name.partition(line.separator)
        if rest and parent.lower() in _PARENTS:
            yield _plain(rest)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@cache
def _known_names() -> Mapping[str, tuple[Role, _Claim]]:
    text = resources.files("crmlink.mailbox").joinpath("folder_names.toml").read_text(encoding="utf-8")
    table: dict[str, list[str]] = tomllib.loads(text)
    # Nobody reads an outbox or templates as evidence, and nobody looks for a draft there.
    unsent = {_plain(name): (Role.DRAFTS, _Claim(_BY_PARENT, 0)) for name in table.pop("unsent")}
    known = {
        _plain(name): (Role(role), _Claim(_BY_NAME, rank))
        for role, names in table.items()
        for rank, name in enumerate(names)
    }
    return MappingProxyType(known | unsent)
