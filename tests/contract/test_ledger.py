"""Every ledger keeps this contract: SQLite in memory and in a file, and PostgreSQL where its server is installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crmlink.ledger.link_tables import crm_events
from crmlink.ledger.open import open_ledger
from crmlink.ledger.records import SourceState, Unreadable
from crmlink.ledger.store import Ledger
from crmlink.model.agreement import AgreementKind, State
from crmlink.model.colleague import ColleagueAnswer
from crmlink.model.contact import Card, Contact
from crmlink.model.crm_event import CrmDraft
from crmlink.model.draft import Acceptance, DraftState, Position
from crmlink.model.errors import LedgerError
from crmlink.model.evidence import Evidence, EvidenceSource
from crmlink.model.history import ContactDay, PastAgreement
from crmlink.model.ids import AgreementId, EventUid, LapseId, MessageId
from crmlink.model.introduction import Introduction, IntroductionStep
from crmlink.model.lapse import Decision, Fault, LapseKind, Verdict
from crmlink.model.meeting import EventStatus
from tests.ledger_examples import GIJS, ME, NOW, ZONE, draft, event, verdict

OTHER = "omar@veen.example"
WHERE = Position("Drafts", 7, 12)
LATER = NOW + timedelta(minutes=5)
TABLES = (
    "drafts, lapses, meetings, sources, runs, leases, tombstones, quarantine, answers, agreements, contact_days, cards, "
    "crm_events, introduction_drafts, introductions"
)


@pytest.fixture(params=["memory", "file", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    match request.param:
        case "memory":
            url = "sqlite://"
        case "file":
            url = str(tmp_path / "ledger.db")
        case _:
            url = request.getfixturevalue("postgresql").url
            _empty(url)
    with open_ledger(url, read_only=False) as opened:
        yield opened


def _empty(url: str) -> None:
    with open_ledger(url, read_only=False), pytest.importorskip("psycopg").connect(url) as connection:
        connection.execute(f"TRUNCATE {TABLES}")


def test_an_event_comes_back_as_it_was_without_its_description(ledger: Ledger) -> None:
    seen = replace(event(), description="geheim", recurrence_id="20260309T120000Z", sent_by=GIJS)

    ledger.meetings.remember(ME, [seen], NOW)

    (remembered,) = ledger.meetings.remembered(ME)
    assert remembered.event == replace(seen, description="")
    assert remembered.event.start.tzinfo == ZONE  # type: ignore[union-attr] # a timed event
    assert (remembered.first_seen_at, remembered.gone_since) == (NOW, None)


def test_an_all_day_event_stays_a_date(ledger: Ledger) -> None:
    seen = replace(event(), start=date(2026, 3, 9), end=date(2026, 3, 11), organizer=None)

    ledger.meetings.remember(ME, [seen], NOW)

    assert ledger.meetings.remembered(ME)[0].event == seen


def test_a_changed_event_replaces_its_snapshot_and_keeps_its_first_day(ledger: Ledger) -> None:
    ledger.meetings.remember(ME, [event(), event("uid-2")], NOW)

    moved = event(start=datetime(2026, 3, 20, 9, 0, tzinfo=ZONE))
    ledger.meetings.remember(ME, [replace(moved, status=EventStatus.CANCELLED)], LATER)

    by_uid = {remembered.event.uid: remembered for remembered in ledger.meetings.remembered(ME)}
    assert by_uid[moved.uid].event.status is EventStatus.CANCELLED
    assert by_uid[moved.uid].event.start == moved.start
    assert (by_uid[moved.uid].first_seen_at, by_uid[moved.uid].last_seen_at) == (NOW, LATER)
    assert by_uid[event("uid-2").uid].last_seen_at == NOW


def test_occurrences_of_a_series_and_calendars_and_accounts_are_kept_apart(ledger: Ledger) -> None:
    first, second = (replace(event(), recurrence_id=day) for day in ("20260309", "20260316"))
    ledger.meetings.remember(ME, [first, second, replace(first, calendar="thuis")], NOW)
    ledger.meetings.remember(OTHER, [first], NOW)

    ledger.meetings.mark_gone(ME, [first], LATER)

    gone = {(r.event.calendar, r.event.recurrence_id) for r in ledger.meetings.remembered(ME) if r.gone_since}
    assert gone == {("werk", "20260309")}
    assert [r.gone_since for r in ledger.meetings.remembered(OTHER)] == [None]


def test_the_first_time_an_event_was_gone_counts_until_it_is_back(ledger: Ledger) -> None:
    ledger.meetings.remember(ME, [event()], NOW)
    ledger.meetings.mark_gone(ME, [event()], NOW)
    ledger.meetings.mark_gone(ME, [event()], LATER)
    assert ledger.meetings.remembered(ME)[0].gone_since == NOW

    ledger.meetings.remember(ME, [event()], LATER)
    assert ledger.meetings.remembered(ME)[0].gone_since is None


def test_old_events_are_pruned(ledger: Ledger) -> None:
    ledger.meetings.remember(ME, [event(), event("uid-2", start=NOW + timedelta(days=1))], NOW)

    assert ledger.meetings.prune(ME, ended_before=NOW) == 1
    assert [r.event.uid for r in ledger.meetings.remembered(ME)] == ["uid-2"]


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param(replace(event(), title="a\0b\ud83d", location="\udc80"), id="text no database takes"),
        pytest.param(replace(event(), sequence=10**30), id="a sequence beyond all integers"),
        pytest.param(replace(event(), start=datetime(1, 1, 1, tzinfo=ZONE)), id="the first day there is"),
        pytest.param(replace(event(), end=datetime.max.replace(tzinfo=ZONE)), id="the last day there is"),
        pytest.param(event(title="'; DROP TABLE drafts; --"), id="SQL in a title"),
    ],
)
def test_a_strange_event_is_remembered_and_no_news_the_second_time(ledger: Ledger, strange: object) -> None:
    ledger.meetings.remember(ME, [strange], NOW)  # type: ignore[list-item] # an Event from the table
    ledger.meetings.remember(ME, [strange], LATER)  # type: ignore[list-item]

    assert ledger.meetings.remembered(ME)[0].last_seen_at == NOW


def test_a_lapse_comes_back_with_its_evidence_and_decision(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)

    record = ledger.lapses.get(ME, LapseId("een"))
    assert record is not None
    lapse = verdict().lapse
    assert (record.kind, record.fault, record.contact) == (lapse.kind, lapse.fault, lapse.agreement.contact)
    assert (record.evidence, record.happened_at, record.due) == (lapse.evidence, lapse.happened_at, None)
    assert (record.decision, record.reason) == (Decision.DRAFT, "Gemist.")
    assert ledger.lapses.all(ME) == (record,)
    assert ledger.lapses.all(OTHER) == ()


def test_a_dismissed_lapse_stays_dismissed_when_it_is_found_again_until_it_is_reopened(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)
    assert ledger.lapses.dismiss(ME, LapseId("een"), NOW)

    ledger.lapses.record(ME, [replace(verdict(), decision=Decision.SKIP)], LATER)

    (record,) = ledger.lapses.all(ME)
    assert (record.dismissed_at, record.decision) == (NOW, Decision.SKIP)
    assert ledger.lapses.reopen(ME, LapseId("een"))
    assert ledger.lapses.all(ME)[0].dismissed_at is None
    assert not ledger.lapses.dismiss(ME, LapseId("onbekend"), NOW)


def test_a_lapse_no_longer_found_is_closed_and_open_again_when_it_returns(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict("een"), verdict("twee")], NOW)

    ledger.lapses.close_others(ME, [LapseId("een")], LATER)
    assert {record.id: record.closed_at for record in ledger.lapses.all(ME)} == {"een": None, "twee": LATER}

    ledger.lapses.record(ME, [verdict("twee")], LATER)
    assert [record.closed_at for record in ledger.lapses.all(ME)] == [None, None]


def test_only_my_own_lapses_of_the_time_asked_count_as_repeats(ledger: Ledger) -> None:
    theirs = replace(verdict("hun"), lapse=replace(verdict("hun").lapse, fault=Fault.THEM))
    long_ago = replace(verdict("oud"), lapse=replace(verdict("oud").lapse, happened_at=NOW - timedelta(days=400)))
    ledger.lapses.record(ME, [verdict("een"), verdict("nee"), theirs, long_ago], NOW)
    ledger.lapses.dismiss(ME, LapseId("nee"), NOW)

    count = ledger.lapses.count_with(ME, GIJS.address, since=NOW - timedelta(days=365), before=NOW)
    assert count == 1


def test_a_draft_comes_back_with_its_bytes_and_where_drafts_stood(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)

    assert ledger.drafts.intend(ME, draft(), WHERE, NOW)

    (stored,) = ledger.drafts.all(ME)
    assert (stored.draft, stored.position, stored.state) == (draft(), WHERE, DraftState.INTENT)
    assert (stored.agreement, stored.kind) == ("agreement-een", LapseKind.MISSED)
    assert (stored.attempts, stored.created_at) == (0, NOW)
    assert ledger.drafts.get(ME, draft().message_id) == ledger.drafts.for_lapse(ME, LapseId("een")) == stored


def test_a_second_draft_is_refused_for_the_same_lapse_agreement_or_message_id(ledger: Ledger) -> None:
    same_agreement = verdict("twee", agreement="agreement-een")
    ledger.lapses.record(ME, [verdict("een"), same_agreement, verdict("drie")], NOW)
    assert ledger.drafts.intend(ME, draft("een"), WHERE, NOW)

    renamed = MessageId("<anders@veen.example>")
    assert not ledger.drafts.intend(ME, replace(draft("een"), message_id=renamed), WHERE, NOW)
    assert not ledger.drafts.intend(ME, draft("twee"), WHERE, NOW)
    assert not ledger.drafts.intend(ME, replace(draft("drie"), message_id=draft("een").message_id), WHERE, NOW)
    assert not ledger.drafts.adopt(ME, draft("twee"), WHERE, DraftState.SENT, NOW)
    assert len(ledger.drafts.all(ME)) == 1
    assert ledger.drafts.for_lapse(ME, LapseId("twee")) == ledger.drafts.all(ME)[0]


def test_another_kind_of_lapse_and_another_account_have_their_own_draft(ledger: Ledger) -> None:
    missed = verdict("twee", kind=LapseKind.CLASH, agreement="agreement-een")
    ledger.lapses.record(ME, [verdict("een"), missed], NOW)
    ledger.lapses.record(OTHER, [verdict("een")], NOW)

    assert ledger.drafts.intend(ME, draft("een"), WHERE, NOW)
    assert ledger.drafts.intend(ME, draft("twee"), WHERE, NOW)
    assert ledger.drafts.intend(OTHER, draft("een"), WHERE, NOW)


def test_a_draft_needs_a_recorded_lapse(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="does not know lapse een"):
        ledger.drafts.intend(ME, draft(), WHERE, NOW)


def test_a_hand_over_is_counted_and_a_refusal_makes_it_certain_again(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.drafts.intend(ME, draft(), WHERE, NOW)
    name = draft().message_id

    assert ledger.drafts.hand_over(ME, name, LATER)
    (unknown,) = ledger.drafts.all(ME)
    assert (unknown.state, unknown.attempts, unknown.unknown_since) == (DraftState.UNKNOWN, 1, LATER)

    ledger.drafts.missing(ME, name, LATER)
    ledger.drafts.missing(ME, name, LATER + timedelta(hours=1))
    assert ledger.drafts.all(ME)[0].missing_since == LATER

    ledger.drafts.refused(ME, name, "vol", retry_at=LATER + timedelta(hours=1))
    (refused,) = ledger.drafts.all(ME)
    assert (refused.state, refused.attempts, refused.refusals, refused.error) == (DraftState.INTENT, 1, 1, "vol")
    assert (refused.unknown_since, refused.missing_since) == (None, None)


@pytest.mark.parametrize(
    "state", [state for state in DraftState if state not in {DraftState.INTENT, DraftState.UNKNOWN}]
)
def test_only_a_draft_on_its_way_is_handed_over_or_withdrawn(ledger: Ledger, state: DraftState) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.drafts.intend(ME, draft(), WHERE, NOW)
    ledger.drafts.mark(ME, draft().message_id, state, LATER)

    assert not ledger.drafts.hand_over(ME, draft().message_id, LATER)
    ledger.drafts.withdraw(ME, draft().message_id)
    assert [stored.state for stored in ledger.drafts.all(ME)] == [state]


def test_placing_and_closing_are_dated_and_the_text_is_erased_later(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.drafts.intend(ME, draft(), WHERE, NOW)
    name = draft().message_id
    ledger.drafts.mark(ME, name, DraftState.PLACED, NOW)
    assert ledger.drafts.prune_text(ME, closed_before=LATER) == 0
    ledger.drafts.mark(ME, name, DraftState.SENT, LATER)

    assert ledger.drafts.prune_text(ME, closed_before=LATER + timedelta(days=90)) == 1

    (stored,) = ledger.drafts.all(ME)
    assert (stored.placed_at, stored.closed_at, stored.draft.raw, stored.draft.body) == (NOW, LATER, b"", "")


TAKEN = Acceptance(draft().options[0], MessageId("<antwoord@bakker.example>"), "De eerste graag.\0", LATER)


def _sent(ledger: Ledger) -> MessageId:
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.drafts.intend(ME, draft(), WHERE, NOW)
    ledger.drafts.mark(ME, draft().message_id, DraftState.SENT, NOW)
    return draft().message_id


def test_what_was_accepted_of_a_sent_letter_is_kept_and_taken_back(ledger: Ledger) -> None:
    name = _sent(ledger)

    assert ledger.drafts.accept(ME, name, TAKEN)
    (accepted,) = ledger.drafts.all(ME)
    assert (accepted.state, accepted.closed_at) == (DraftState.ACCEPTED, NOW)
    assert accepted.acceptance == replace(TAKEN, quote="De eerste graag.")
    assert not ledger.drafts.accept(ME, name, TAKEN)

    later = replace(TAKEN, at=LATER + timedelta(hours=1))
    assert ledger.drafts.accept(ME, name, later)
    assert ledger.drafts.accept(ME, name, None)
    assert not ledger.drafts.accept(ME, name, None)
    (stored,) = ledger.drafts.all(ME)
    assert (stored.state, stored.acceptance, stored.closed_at) == (DraftState.SENT, None, NOW)


@pytest.mark.parametrize("state", [one for one in DraftState if one not in {DraftState.SENT, DraftState.ACCEPTED}])
def test_nothing_is_accepted_of_a_letter_that_was_not_sent(ledger: Ledger, state: DraftState) -> None:
    name = _sent(ledger)
    ledger.drafts.mark(ME, name, state, LATER)

    assert not ledger.drafts.accept(ME, name, TAKEN)

    assert [(one.state, one.acceptance) for one in ledger.drafts.all(ME)] == [(state, None)]


def test_the_words_of_an_answer_are_erased_with_the_text(ledger: Ledger) -> None:
    ledger.drafts.accept(ME, _sent(ledger), TAKEN)

    assert ledger.drafts.prune_text(ME, closed_before=LATER) == 1

    (stored,) = ledger.drafts.all(ME)
    assert stored.acceptance == replace(TAKEN, quote="")


def test_a_lapse_is_repaired_once_and_no_more_when_it_stands_again(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)

    assert ledger.lapses.repaired(ME, LapseId("een"), LATER)
    assert not ledger.lapses.repaired(ME, LapseId("een"), LATER + timedelta(days=1))
    assert not ledger.lapses.repaired(ME, LapseId("geen"), LATER)
    assert [one.repaired_at for one in ledger.lapses.all(ME)] == [LATER]

    assert ledger.lapses.unrepair(ME, LapseId("een"))
    assert ledger.lapses.repaired(ME, LapseId("een"), LATER)
    ledger.lapses.record(ME, [verdict()], LATER)
    assert [one.repaired_at for one in ledger.lapses.all(ME)] == [None]


@pytest.mark.parametrize("state", list(DraftState))
def test_reopening_takes_a_thrown_away_draft_out_of_the_way_and_no_other(ledger: Ledger, state: DraftState) -> None:
    name = _sent(ledger)
    ledger.drafts.mark(ME, name, state, LATER)
    ledger.lapses.dismiss(ME, LapseId("een"), NOW)
    thrown_away = state in {DraftState.DISCARDED, DraftState.OVERTAKEN}

    assert ledger.lapses.reopen(ME, LapseId("een"))

    (lapse,) = ledger.lapses.all(ME)
    assert (lapse.dismissed_at, lapse.edition) == (None, int(thrown_away))
    assert [one.state for one in ledger.drafts.all(ME)] == ([] if thrown_away else [state])
    ledger.lapses.reopen(ME, LapseId("een"))
    assert [one.edition for one in ledger.lapses.all(ME)] == [int(thrown_away)]


def test_a_withdrawn_intent_may_be_made_again(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.drafts.intend(ME, draft(), WHERE, NOW)
    ledger.drafts.withdraw(ME, draft().message_id)

    assert ledger.drafts.all(ME) == ()
    assert ledger.drafts.intend(ME, draft(), WHERE, NOW)


def test_the_state_of_a_source_is_kept_per_folder(ledger: Ledger) -> None:
    inbox = SourceState("mail", "INBOX", "7:120", 120, None, NOW)
    work = SourceState("calendar", "werk", "token", 3, NOW, None)
    for state in (inbox, work, replace(inbox, count=121)):
        ledger.sources.remember(ME, state)

    assert ledger.sources.all(ME) == (work, replace(inbox, count=121))
    ledger.sources.forget(ME, "calendar", "werk")
    assert ledger.sources.all(ME) == (replace(inbox, count=121),)


def test_answers_are_told_to_those_of_the_same_domain_alone(ledger: Ledger) -> None:
    told = ColleagueAnswer("mark", MessageId("<a@veen.example>"), ME, NOW)
    ledger.answers.tell(ME, [told])
    ledger.answers.tell(
        ME, [replace(told, message=MessageId("<b@veen.example>")), replace(told, mark="later", at=LATER)]
    )
    later = replace(told, mark="later", at=LATER)

    assert ledger.answers.of_colleagues(OTHER, {"veen.example"}) == (later, told)
    assert ledger.answers.of_colleagues(OTHER, {"een.example", "%"}) == ()
    assert ledger.answers.of_colleagues(ME, {"veen.example"}) == ledger.answers.of_colleagues(OTHER, ()) == ()
    ledger.answers.prune(ME, sent_before=LATER)
    assert ledger.answers.of_colleagues(OTHER, {"veen.example"}) == (later,)
    ledger.answers.prune(ME)
    assert ledger.answers.of_colleagues(OTHER, {"veen.example"}) == ()


def test_the_last_pass_is_known_whether_it_ended_or_not(ledger: Ledger) -> None:
    assert ledger.runs.last(ME) is None
    ledger.runs.start(ME, NOW - timedelta(days=31))
    ledger.runs.finish(ledger.runs.start(ME, NOW), LATER, "done")
    ledger.runs.start(ME, LATER)

    finished, last = ledger.runs.last_finished(ME), ledger.runs.last(ME)
    assert finished is not None
    assert (finished.started_at, finished.finished_at, finished.result) == (NOW, LATER, "done")
    assert last is not None
    assert (last.started_at, last.finished_at) == (LATER, None)


def test_a_lease_is_held_by_one_until_it_is_given_back_or_runs_out(ledger: Ledger) -> None:
    minute = timedelta(minutes=1)
    assert ledger.leases.take(ME, "a", NOW, lifetime=minute)
    assert not ledger.leases.take(ME, "b", NOW, lifetime=minute)
    assert ledger.leases.take(OTHER, "b", NOW, lifetime=minute)
    assert ledger.leases.take(ME, "a", NOW + minute / 2, lifetime=minute)
    assert ledger.leases.holder(ME, NOW + minute) == "a"
    assert ledger.leases.take(ME, "b", NOW + 2 * minute, lifetime=minute)

    ledger.leases.release(ME, "a")
    assert ledger.leases.holder(ME, NOW + 2 * minute) == "b"
    ledger.leases.release(ME, "b")
    assert ledger.leases.holder(ME, NOW + 2 * minute) is None


def test_forgetting_a_contact_erases_every_row_and_remembers_only_that_it_was_forgotten(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.drafts.intend(ME, draft(), WHERE, NOW)
    other = replace(event("uid-2"), organizer=None, attendees=())
    ledger.meetings.remember(ME, [event(), other], NOW)
    ledger.lapses.record(OTHER, [verdict()], NOW)

    forgotten = ledger.privacy.forget(ME, GIJS.address)

    assert (forgotten.lapses, forgotten.drafts, forgotten.meetings) == (1, 1, 1)
    assert (ledger.lapses.all(ME), ledger.drafts.all(ME)) == ((), ())
    assert [remembered.event.uid for remembered in ledger.meetings.remembered(ME)] == ["uid-2"]
    forgotten_now = ledger.privacy.tombstones(ME)
    assert forgotten_now.cover(LapseId("een"))
    assert not forgotten_now.cover(LapseId("twee"))
    assert not ledger.privacy.tombstones(OTHER).cover(LapseId("een"))
    assert forgotten_now.cover_meeting(EventUid("uid-1"))
    assert not forgotten_now.cover_meeting(EventUid("uid-2"))


def test_forgetting_blanks_what_others_rows_say_of_a_contact(ledger: Ledger) -> None:
    told = replace(verdict("twee").lapse.agreement, contact=Contact("Els", "els@x.example"), subject="Met Gijs Bakker")
    quote = Evidence("rule", EvidenceSource.MAIL, "<a@x.example>", "Vraag het gijs@bakker.example of Gijs.")
    other = replace(verdict("twee", agreement="ander").lapse, agreement=replace(told, id=AgreementId("ander")))
    ledger.lapses.record(
        ME, [verdict(), Verdict(replace(other, evidence=(quote,)), Decision.SKIP, "Om Gijs Bakker.")], NOW
    )
    alone = replace(event("uid-2", title="Bellen met Gijs Bakker"), organizer=None, attendees=())
    ledger.meetings.remember(ME, [alone], NOW)

    ledger.privacy.forget(ME, GIJS.address)

    (kept,) = ledger.lapses.all(ME)
    assert (kept.subject, kept.reason, kept.evidence[0].quote) == ("Met […]", "Om […].", "Vraag het […] of Gijs.")
    assert [one.event.title for one in ledger.meetings.remembered(ME)] == ["Bellen met […]"]


def test_the_words_of_old_closed_lapses_are_erased_and_the_lapse_still_counts(ledger: Ledger) -> None:
    ledger.lapses.record(ME, [verdict(), verdict("open", agreement="open")], NOW)
    ledger.lapses.close_others(ME, [LapseId("open")], LATER)
    assert ledger.lapses.prune_text(ME, closed_before=LATER) == 0
    assert ledger.lapses.prune_text(ME, closed_before=LATER + timedelta(days=90)) == 1
    assert ledger.lapses.prune_text(ME, closed_before=LATER + timedelta(days=90)) == 0
    old, new = (ledger.lapses.get(ME, LapseId(name)) for name in ("een", "open"))
    assert old is not None
    assert new is not None
    assert "Kennismaking" not in repr(old)
    assert [one.quote for one in old.evidence] == [""]
    assert (new.subject, new.evidence[0].quote) == ("Kennismaking", "vrij")
    assert ledger.lapses.count_with(ME, GIJS.address, since=NOW - timedelta(days=9), before=NOW) == 2


def test_an_unreadable_item_is_counted_and_forgotten_with_its_sender(ledger: Ledger) -> None:
    one = Unreadable("mail;INBOX;7;12", "900", "1.0", 1, "reading it broke: X", GIJS.address, NOW)
    ledger.quarantine.note(ME, one)
    ledger.quarantine.note(ME, replace(one, tries=2))
    ledger.quarantine.note(OTHER, one)
    assert ledger.quarantine.all(ME) == (replace(one, tries=2, tried_at=one.tried_at.astimezone(UTC)),)
    ledger.privacy.forget(ME, GIJS.address)
    assert [one.sender for one in ledger.quarantine.all(ME)] == [""]
    ledger.quarantine.drop(ME, one.item)
    assert ledger.quarantine.all(ME) == ()
    assert len(ledger.quarantine.all(OTHER)) == 1


def test_times_are_kept_as_moments_whatever_their_zone(ledger: Ledger) -> None:
    tokyo = datetime(2026, 3, 10, 17, 0, tzinfo=UTC).astimezone(tz=None)
    ledger.runs.start(ME, tokyo)

    last = ledger.runs.last(ME)
    assert last is not None
    assert last.started_at == tokyo
    assert last.started_at.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.runs.start(ME, NOW.replace(tzinfo=None))


def past(name: str = "een", address: str = GIJS.address, *, state: State = State.OPEN) -> PastAgreement:
    return PastAgreement(
        id=AgreementId(name),
        address=address,
        name=GIJS.name,
        kind=AgreementKind.REQUEST,
        state=state,
        fault=Fault.UNKNOWN,
        made_at=NOW - timedelta(days=9),
        ref="<vraag@bakker.example>",
        due=NOW + timedelta(days=1),
        ended_at=None if state is State.OPEN else NOW,
        subject="Levertijd",
        quote="Klopt de levertijd, vraagt Gijs Bakker?",
        refs=("<vraag@bakker.example>",),
    )


def _remember(ledger: Ledger, *found: PastAgreement, all_read: bool = True, since: datetime | None = None) -> None:
    begin = since or NOW - timedelta(days=30)
    ledger.history.remember(ME, found, since=begin, now=NOW, all_read=all_read)


def test_a_past_agreement_comes_back_and_changes_with_what_became_of_it(ledger: Ledger) -> None:
    _remember(ledger, past())
    assert ledger.history.agreements(ME) == (past(),)
    late = replace(past(state=State.KEPT), fault=Fault.ME, broken_at=NOW - timedelta(days=2), repaired_at=NOW)
    _remember(ledger, late)
    assert ledger.history.agreements(ME) == (late,)
    assert ledger.history.agreements(OTHER) == ()


def test_what_became_of_a_lapse_stands_with_its_agreement(ledger: Ledger) -> None:
    broken = replace(past("agreement-een"), broken_at=NOW - timedelta(days=1), fault=Fault.ME)
    _remember(ledger, broken)
    ledger.lapses.record(ME, [verdict()], NOW)
    ledger.lapses.repaired(ME, LapseId("een"), LATER)
    ledger.lapses.dismiss(ME, LapseId("een"), LATER)
    assert ledger.history.agreements(ME) == (replace(broken, repaired_at=LATER, dismissed=True),)


def test_an_open_agreement_that_is_not_seen_any_more_goes_unless_not_all_was_read(ledger: Ledger) -> None:
    kept = past("oud", state=State.KEPT)
    _remember(ledger, past(), kept)
    _remember(ledger, all_read=False)
    assert len(ledger.history.agreements(ME)) == 2
    _remember(ledger, since=NOW - timedelta(days=5))  # it was made before what is read now
    assert len(ledger.history.agreements(ME)) == 2
    _remember(ledger)
    assert ledger.history.agreements(ME) == (kept,)


def test_a_reminder_continues_the_question_whose_mail_is_not_read_any_more(ledger: Ledger) -> None:
    asked = replace(past(), refs=("<vraag@bakker.example>", "<weer@bakker.example>"))
    _remember(ledger, asked)
    again = replace(past("later"), ref="<weer@bakker.example>", refs=("<weer@bakker.example>",), made_at=NOW)
    _remember(ledger, again, since=NOW - timedelta(days=3))
    assert ledger.history.agreements(ME) == (asked,)


def test_one_agreement_told_twice_in_a_pass_is_stored_once(ledger: Ledger) -> None:
    _remember(ledger, past(), past(state=State.KEPT))
    assert ledger.history.agreements(ME) == (past(state=State.KEPT),)


def test_a_day_of_contact_keeps_the_highest_count(ledger: Ledger) -> None:
    day = ContactDay(GIJS.address, date(2026, 3, 9), 2, 1, 0, "Gijs")
    ledger.history.count(ME, [day])
    ledger.history.count(ME, [replace(day, mails_in=1, meetings=1, name="Gijs Bakker")])
    assert ledger.history.days(ME) == (replace(day, meetings=1, name="Gijs Bakker"),)
    assert ledger.history.known(ME) == {GIJS.address}
    assert ledger.history.known(OTHER) == set()


def test_old_words_of_agreements_are_erased_and_stay_so(ledger: Ledger) -> None:
    _remember(ledger, past(state=State.KEPT))
    assert ledger.history.prune_text(ME, before=NOW) == 0
    assert ledger.history.prune_text(ME, before=NOW + timedelta(days=90)) == 1
    _remember(ledger, past(state=State.KEPT))
    (one,) = ledger.history.agreements(ME)
    assert (one.subject, one.quote, one.state) == ("[…]", "", State.KEPT)


def test_forgetting_takes_the_history_along_and_blanks_it_elsewhere(ledger: Ledger) -> None:
    other = past("twee", "els@x.example")
    _remember(ledger, past(), replace(other, name="Els"))
    ledger.history.count(ME, [ContactDay(GIJS.address, date(2026, 3, 9), 1, name=GIJS.name)])
    ledger.privacy.forget(ME, GIJS.address)
    (kept,) = ledger.history.agreements(ME)
    assert (kept.address, kept.quote) == ("els@x.example", "Klopt de levertijd, vraagt […]?")
    assert ledger.history.days(ME) == ()
    tombstones = ledger.privacy.tombstones(ME)
    assert (tombstones.cover_address(GIJS.address), tombstones.cover_address("els@x.example")) == (True, False)


def test_cards_are_replaced_whole_and_forgotten_with_their_person(ledger: Ledger) -> None:
    gijs = Card("Gijs Bakker", (GIJS.address, "gijs@gmail.com"), "Bakker", "baas", "Gijsje")
    els = Card("Els", ("els@x.example", "gijs@gmail.com"))
    ledger.cards.replace(ME, [gijs])
    assert ledger.cards.all(ME) == (gijs,)
    ledger.cards.replace(ME, [els, gijs])
    assert sorted(ledger.cards.all(ME), key=lambda card: card.name) == [els, replace(gijs, addresses=(GIJS.address,))]
    assert ledger.cards.all(OTHER) == ()
    ledger.privacy.forget(ME, GIJS.address)
    assert ledger.cards.all(ME) == (els,)
    ledger.cards.replace(ME, [])
    assert ledger.cards.all(ME) == ()


def test_what_a_crm_is_told_is_read_from_lapse_and_draft_in_the_order_of_the_list(ledger: Ledger) -> None:
    name = _sent(ledger)
    ledger.drafts.accept(ME, name, TAKEN)
    ledger.lapses.record(OTHER, [verdict("ander")], NOW)

    assert ledger.crm.gather(ME, LATER) == 3
    assert ledger.crm.gather(ME, LATER) == 0

    waiting = ledger.crm.waiting(ME)
    assert [one.event.outcome or one.event.type.value for one in waiting] == ["lapse.found", "sent", "accepted"]
    found, _, accepted = (one.event for one in waiting)
    assert (found.contact, found.subject, found.draft) == (verdict().lapse.agreement.contact, "Kennismaking", None)
    assert accepted.draft == CrmDraft(name, (GIJS,), draft().subject)
    assert (accepted.accepted, accepted.at) == (TAKEN.option, LATER)
    assert {(one.queued_at, one.tries, one.retry_at) for one in waiting} == {(LATER, 0, None)}


def test_an_event_is_told_tried_again_or_given_up(ledger: Ledger) -> None:
    _sent(ledger)
    ledger.crm.gather(ME, NOW)
    first, second = ledger.crm.waiting(ME)

    ledger.crm.failed(first.number, "dicht", retry_at=LATER)
    failed = ledger.crm.waiting(ME)[0]
    assert (failed.event.id, failed.tries, failed.retry_at, failed.error) == (first.event.id, 1, LATER, "dicht")
    ledger.crm.told(first.number, LATER)
    assert [one.event.id for one in ledger.crm.waiting(ME)] == [second.event.id]
    assert ledger.crm.give_up_old(ME, "dicht", LATER, queued_before=NOW) == 0
    assert ledger.crm.give_up_old(ME, "dicht", LATER, queued_before=LATER) == 1
    assert (ledger.crm.waiting(ME), ledger.crm.given_up(ME)) == ((), ((LATER, "dicht"),))


def test_the_list_for_a_crm_names_nobody_and_goes_with_who_is_forgotten(ledger: Ledger) -> None:
    _sent(ledger)
    ledger.crm.gather(ME, NOW)
    with ledger.crm.database.reading() as connection:
        rows = str(connection.execute(select(crm_events)).all())
    assert not any(word in rows for word in (GIJS.address, "Gijs", "Kennismaking"))

    ledger.privacy.forget(ME, GIJS.address)
    assert (ledger.crm.waiting(ME), ledger.crm.gather(ME, LATER)) == ((), 0)


def test_an_introduction_and_its_draft_are_kept_apart_from_the_lapses(ledger: Ledger) -> None:
    wanted = Introduction("els@smit.example", GIJS.address, "Els zoekt een aannemer.\0", IntroductionStep.ASK)
    ledger.introductions.record(ME, wanted, NOW)
    ledger.introductions.record(ME, replace(wanted, purpose="Anders gezegd."), LATER)
    letter = replace(draft(), lapse=wanted.id)

    assert ledger.introductions.drafts.intend(ME, letter, WHERE, NOW)
    assert not ledger.introductions.drafts.intend(ME, letter, WHERE, NOW)
    assert ledger.introductions.drafts.hand_over(ME, letter.message_id, LATER)

    (recorded,) = ledger.introductions.all(ME)
    assert (recorded.introduction, recorded.created_at) == (replace(wanted, purpose="Anders gezegd."), NOW)
    stored = ledger.introductions.drafts.for_lapse(ME, wanted.id)
    assert stored is not None
    assert (stored.draft, stored.kind, stored.state) == (letter, None, DraftState.UNKNOWN)
    assert (ledger.drafts.all(ME), ledger.introductions.all(OTHER)) == ((), ())


def test_old_introductions_lose_their_words_and_who_is_forgotten_is_in_none(ledger: Ledger) -> None:
    wanted = Introduction("els@smit.example", GIJS.address, "Els zoekt een aannemer.", IntroductionStep.ASK)
    ledger.introductions.record(ME, wanted, NOW)
    ledger.introductions.drafts.intend(ME, replace(draft(), lapse=wanted.id), WHERE, NOW)
    ledger.introductions.drafts.mark(ME, draft().message_id, DraftState.SENT, NOW)

    assert ledger.introductions.prune_text(ME, made_before=NOW) == 0
    assert ledger.introductions.prune_text(ME, made_before=LATER) == 1
    assert ledger.introductions.all(ME)[0].introduction.purpose == ""
    assert ledger.introductions.drafts.all(ME)[0].draft.raw == b""

    assert ledger.privacy.forget(ME, "els@smit.example").drafts == 1
    assert (ledger.introductions.all(ME), ledger.introductions.drafts.all(ME)) == ((), ())
