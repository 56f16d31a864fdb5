"""One pass, readable from top to bottom: look, find what broke, decide, write letters, place them, remember, tell.

Everything that decides is pure and lives in the stages; here is only the order of things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from crmlink.agreements.picture import Picture
from crmlink.app.aftermath import agreed_since, letters_in, note_answers, note_repairs
from crmlink.app.crm.tell_crm import Teller
from crmlink.app.gathering.gather import Progress, SourceReport, Window
from crmlink.app.house import House
from crmlink.app.letters import Letters
from crmlink.app.look import look
from crmlink.app.mailroom import Mailroom
from crmlink.app.nudges import with_questions
from crmlink.app.people.address_book import note_cards
from crmlink.app.people.trust import note_history
from crmlink.app.remember import remember
from crmlink.app.silences import with_silences
from crmlink.drafts.no_dates import with_reasons
from crmlink.lapses.decide import decide
from crmlink.lapses.find import Found, find_lapses
from crmlink.model.draft import Draft
from crmlink.model.errors import CrmlinkError, FolderError
from crmlink.model.ids import LapseId
from crmlink.model.lapse import Decision, Verdict
from crmlink.model.problem import Problem


@dataclass(frozen=True, slots=True)
class ScanTask:
    """What to do in a pass. `dry_run` places nothing and leaves no trace in the ledger. `now` is aware."""

    now: datetime
    since: datetime
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a pass found and did. `drafts` holds the draft of each verdict that has one, by lapse.

    `refused` is what must be mended before a pass can do all: a calendar that said no for good, a broken template.
    """

    task: ScanTask
    account: str
    verdicts: tuple[Verdict, ...]
    drafts: Mapping[LapseId, Draft]
    folder: str
    reports: tuple[SourceReport, ...]
    problems: tuple[Problem, ...]
    refused: CrmlinkError | None = None

    @property
    def trusted(self) -> bool:
        """Whether every source was read completely."""
        return all(report.trusted for report in self.reports)


def scan(house: House, task: ScanTask, progress: Progress) -> ScanResult:
    """Make one pass over one account.

    Raises:
        SourceError, LoginError, UntrustedError: the mailbox cannot be read.
        FolderError: there is no Drafts folder to put drafts in.
        LedgerError: the ledger cannot be used.
    """
    folder = _drafts_folder(house, needed=not task.dry_run)
    seen = look(house, Window(task.now, task.since), progress)
    mailroom = Mailroom(house, task.now, seen.sent_before)
    writing = not task.dry_run and seen.refused is None
    just_gone = mailroom.follow_up(seen) if writing else frozenset()
    sent = letters_in(house, seen)
    seen = with_questions(house, agreed_since(seen, sent))
    found = with_silences(house, seen.picture, find_lapses((*seen.agreements, *seen.questions), seen.picture))
    found = _but_forgotten(house, found)
    if writing:
        note_answers(house, sent)
        mailroom.recover(found)
        mailroom.clear_away(seen, found, just_gone)  # also what was only found just now
    desk = Letters(house, seen.picture, mailroom.taken())
    verdicts, drafts = _letters(desk, found, seen.picture, mailroom)
    said_before = mailroom.reasons()
    cards: tuple[Problem, ...] = ()
    verdicts = tuple(with_reasons(verdict, desk.without_dates, said_before) for verdict in verdicts)
    if writing:
        house.ledger.lapses.record(house.account, verdicts, task.now)
        verdicts = mailroom.place(verdicts, drafts)
        remember(house, seen, verdicts, task.now)
        note_repairs(house, seen, sent, {verdict.lapse.id for verdict in verdicts})
        note_history(house, seen, task.since)
        cards = note_cards(house, task.now)
    elif seen.refused:
        verdicts = tuple(_held(verdict) for verdict in verdicts)
    drafts = {lapse: stored.draft for lapse, stored in mailroom.stored().items()} | drafts
    shown = {
        one.lapse.id: drafts[one.lapse.id] for one in verdicts if one.decision in WITH_DRAFT and one.lapse.id in drafts
    }
    told = () if task.dry_run else _tell_crm(house)
    problems, refused = (*seen.problems, *desk.problems, *cards, *told), seen.refused or desk.refused
    return ScanResult(task, house.account, verdicts, shown, folder, seen.reports, problems, refused)


def _tell_crm(house: House) -> tuple[Problem, ...]:
    """Tell the CRM what is new, where there is one. What goes wrong there is a problem and nothing more."""
    return Teller(house.ledger.crm, house.account, house.clock, house.crm).run() if house.crm else ()


def _but_forgotten(house: House, found: Found) -> Found:
    """Without the lapses of people whom the owner had forgotten: nothing is said or stored of them again."""
    tombstones = house.ledger.privacy.tombstones(house.account)
    standing = tuple(lapse for lapse in found.standing if not tombstones.cover(lapse.id))
    return replace(found, standing=standing)


WITH_DRAFT = frozenset({Decision.DRAFT, Decision.DRAFTED})


def _drafts_folder(house: House, *, needed: bool) -> str:
    try:
        return house.writer.position().folder
    except FolderError:
        if needed:
            raise
        return ""


def _letters(
    desk: Letters, found: Found, picture: Picture, mailroom: Mailroom
) -> tuple[tuple[Verdict, ...], dict[LapseId, Draft]]:
    """Decide, and write the letters.

    Where one cannot be written, or the owner writes it already, its lapse is held and the place goes to the next.
    """
    drafts: dict[LapseId, Draft] = {}
    past = mailroom.past(found)
    while True:
        verdicts = decide(found.standing, picture, past)
        wanted = (one.lapse for one in verdicts if one.decision is Decision.DRAFT and one.lapse.id not in drafts)
        written = {lapse.id: desk.write(lapse) for lapse in wanted}
        drafts |= {lapse: one for lapse, one in written.items() if isinstance(one, Draft)}
        failed = {lapse: one.message for lapse, one in written.items() if isinstance(one, Problem)}
        in_hand = mailroom.in_hand(drafts)
        if not failed and in_hand == past.in_hand:
            return verdicts, drafts
        past = replace(past, unwritable={**past.unwritable, **failed}, in_hand=in_hand)


def _held(verdict: Verdict) -> Verdict:
    if verdict.decision is not Decision.DRAFT:
        return verdict
    return Verdict(
        verdict.lapse, Decision.HOLD, "a calendar refused crmlink; nothing is written until that is set right"
    )
