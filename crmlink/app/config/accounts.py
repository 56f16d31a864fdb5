"""The accounts one crmlink serves, each with a name and settings of its own.

Without CRMLINK_ACCOUNTS there is one, with the settings as they stand. Else each item of the list is the name of a
settings file, or a NAME whose own settings are CRMLINK_NAME__MAIL and so on; what an account says itself goes before
what is common. A password is never handed on: who names a mailbox of his own gets no password but his own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crmlink.app.config.env_file import ENV_FILE
from crmlink.app.config.load_settings import PREFIX, collect, full_name, load, parse
from crmlink.app.config.secret_files import KEYED, credentials_of
from crmlink.app.config.settings import Settings
from crmlink.app.config.work_tree import refuse_in_work_tree
from crmlink.model.errors import SettingsError

OF_THE_WHOLE = ("accounts", "metrics_port")
"""Settings that hold for the process, not for an account."""

_BREAK = "__"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox with its calendars and its ledger. `name` tells it from the others; "" when it is the only one."""

    name: str
    settings: Settings

    @property
    def address(self) -> str:
        """The owner's main address, in lower case: what the ledger knows the account by."""
        return self.settings.me.address


@dataclass(frozen=True, slots=True)
class _Entry:
    """One item of the list with its own settings; `label` is the name under which a person finds one of them."""

    name: str
    own: Mapping[str, str]
    label: Callable[[str], str]


def accounts_of(environ: Mapping[str, str], *, env_file: Path | None) -> tuple[Account, ...]:
    """The accounts that environment and file describe, in the order in which they are listed; at least one.

    Raises:
        SettingsError: with a sentence for each thing that is wrong in any of them, naming account and setting.
    """
    if env_file is not None:
        refuse_in_work_tree(env_file)
    given = collect(environ, env_file=env_file)
    items = [item.strip() for item in given.get("accounts", "").split(",") if item.strip()]
    if not items:
        return (Account("", load(environ, env_file=env_file)),)
    common = {name: text for name, text in given.items() if _BREAK not in name}
    entries, problems = _entries(items, given, (env_file or Path.cwd() / ENV_FILE).parent)
    problems += _strays(given, {entry.name for entry in entries})
    accounts: list[Account] = []
    for entry in entries:
        try:
            accounts.append(Account(entry.name, _settings(entry, common, credentials_of(environ))))
        except SettingsError as error:
            problems += [f"account {entry.name}: {problem}" for problem in error.problems]
    problems += _twice(accounts)
    if problems:
        where = env_file or "the environment"
        raise SettingsError(tuple(problems), hint=f"correct it in {where}, or in the file of the account")
    return tuple(accounts)


def chosen(accounts: tuple[Account, ...], words: str) -> Account | None:
    """The account that a person means by its name or address; None when there is no such one."""
    wanted = words.strip().lower()
    return next((one for one in accounts if wanted and wanted in (one.name, *one.settings.me.addresses)), None)


def _entries(items: list[str], given: Mapping[str, str], place: Path) -> tuple[list[_Entry], list[str]]:
    """The items of the list, each read; and what is wrong with the list itself."""
    entries: list[_Entry] = []
    problems: list[str] = []
    for item in items:
        try:
            entry = (
                _file(place / Path(item).expanduser())
                if "/" in item or item.endswith(ENV_FILE)
                else _section(item, given)
            )
        except SettingsError as error:
            problems += [f"{full_name('accounts')}: {problem}" for problem in error.problems]
            continue
        if entry.name in {one.name for one in entries}:
            problems.append(f"{full_name('accounts')}: two accounts are called {entry.name}")
        else:
            entries.append(entry)
    return entries, problems


def _file(path: Path) -> _Entry:
    """An account with a settings file. It is called like the file, or like the directory of a mere `.env`."""
    refuse_in_work_tree(path)
    name = path.absolute().parent.name if path.name == ENV_FILE else path.name.removesuffix(ENV_FILE)
    return _Entry(name.lower(), collect({}, env_file=path), lambda setting: f"{full_name(setting)} in {path}")


def _section(item: str, given: Mapping[str, str]) -> _Entry:
    name = item.lower()
    if not _NAME.fullmatch(name):
        said = f"{item} is neither a settings file (with a / or ending in .env) nor a name of letters, digits and _"
        raise SettingsError((said,))
    start = f"{name}{_BREAK}"
    own = {setting.removeprefix(start): text for setting, text in given.items() if setting.startswith(start)}
    return _Entry(name, own, lambda setting: f"{PREFIX}{name.upper()}{_BREAK}{setting.upper()}")


def _settings(entry: _Entry, common: Mapping[str, str], credentials: Mapping[str, Path]) -> Settings:
    misplaced = [name for name in OF_THE_WHOLE if name in entry.own]
    if misplaced:
        said = "holds for all accounts, and stands beside the list of them"
        raise SettingsError(tuple(f"{entry.label(name)}: {said}" for name in misplaced))
    start = f"{entry.name}{_BREAK}"
    secrets = {name.removeprefix(start): path for name, path in credentials.items() if name.startswith(start)}
    inherited = {name: text for name, text in common.items() if name != "accounts" and not _is_private(name, entry.own)}

    def shown(setting: str) -> str:
        common_one = setting in inherited and setting not in entry.own
        return full_name(setting) if common_one else entry.label(setting)

    return parse({**inherited, **entry.own}, secrets, shown=shown)


def _is_private(name: str, own: Mapping[str, str]) -> bool:
    """Whether a common setting is a login this account does not use: it goes elsewhere, or has a password of its own."""
    for place, user, secret in KEYED:
        secrets = (secret, f"{secret}_file")
        if name in secrets:
            return place in own or not own.keys().isdisjoint(secrets)
        if name == user:
            return place in own
    return False


def _strays(given: Mapping[str, str], names: set[str]) -> Iterator[str]:
    """Settings of accounts that are not in the list."""
    for setting in given:
        section, found, _ = setting.partition(_BREAK)
        if found and section not in names:
            yield f"{full_name(setting)}: {full_name('accounts')} lists no account {section}"


def _twice(accounts: list[Account]) -> Iterator[str]:
    """Accounts of one owner: their drafts would not be told apart."""
    seen: dict[str, str] = {}
    for one in accounts:
        if one.address in seen:
            yield f"accounts {seen[one.address]} and {one.name} have the same main address, {one.address}"
        seen.setdefault(one.address, one.name)
