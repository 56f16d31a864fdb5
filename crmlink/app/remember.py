"""The last step of a pass: what the next one must know. Only what was seen in a trusted calendar counts as gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from crmlink.app.colleagues import tell_colleagues
from crmlink.app.gathering.gather import Health
from crmlink.app.house import House
from crmlink.app.look import Look
from crmlink.ledger.records import SourceState
from crmlink.ledger.store import Ledger
from crmlink.model.lapse import Verdict
from crmlink.model.policy import Policy

# Meetings are remembered so much longer than the look-back, for a repeat within it.
KEEP_MEETINGS = timedelta(days=60)


def remember(house: House, seen: Look, verdicts: Iterable[Verdict], now: datetime) -> None:
    """Write lapses, meetings and the state of the sources into the ledger."""
    ledger, account = house.ledger, house.account
    listed = tuple(verdicts)
    ledger.lapses.record(account, listed, now)
    if all(report.health is Health.OK for report in seen.reports):
        ledger.lapses.close_others(account, [verdict.lapse.id for verdict in listed], now)
    _remember_meetings(house, seen, now)
    let_go(ledger, account, house.policy, now)
    for report in seen.reports:
        if report.health is Health.OK:
            ledger.sources.remember(account, SourceState(report.name, "", "", report.seen, last_success=now))
    doubtful = set(seen.picture.agenda.doubtful)
    known = {one.key: one for one in ledger.sources.all(account) if one.key}
    for calendar in doubtful - set(known):
        ledger.sources.remember(account, SourceState("calendar", calendar, "", 0, doubtful_since=now))
    for calendar in set(known) - doubtful:
        ledger.sources.forget(account, known[calendar].source, calendar)
    tell_colleagues(house, seen.picture, now)


def let_go(ledger: Ledger, account: str, policy: Policy, now: datetime) -> None:
    """Erase words that are no longer needed; that something happened stays."""
    old = now - policy.retention
    ledger.drafts.prune_text(account, closed_before=old)
    ledger.lapses.prune_text(account, closed_before=old)
    ledger.introductions.prune_text(account, made_before=old)
    ledger.history.prune_text(account, before=old)
    ledger.quarantine.prune(account, tried_before=now - policy.lookback)


def _remember_meetings(house: House, seen: Look, now: datetime) -> None:
    agenda = seen.picture.agenda
    store, account = house.ledger.meetings, house.account
    tombstones = house.ledger.privacy.tombstones(account)
    store.remember(account, (event for event in agenda.events if not tombstones.cover_meeting(event.uid)), now)
    present = {uid for uids in agenda.uids.values() for uid in uids}
    trusted = set(agenda.uids) - set(agenda.doubtful)
    gone = [
        one.event
        for one in seen.picture.remembered
        if one.gone_since is None and one.event.calendar in trusted and one.event.uid not in present
    ]
    store.mark_gone(account, [*gone, *seen.calendars.missing], now)
    store.prune(account, ended_before=now - house.policy.lookback - KEEP_MEETINGS)
