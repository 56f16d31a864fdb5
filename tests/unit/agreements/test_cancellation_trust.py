"""Trust in cancellations: who may cancel what, in which version, from where (RFC 5546, RFC 6047, RFC 8601)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crmlink.agreements.agree import agreements
from crmlink.agreements.meetings import meetings
from crmlink.agreements.picture import Picture
from crmlink.lapses.decide import Past, decide
from crmlink.lapses.find import find_lapses
from crmlink.model.agreement import Agreement, State
from crmlink.model.contact import Address
from crmlink.model.lapse import Decision, Fault
from crmlink.model.mail import Message, Role
from crmlink.model.meeting import Event, EventStatus, Method, Participation
from crmlink.model.policy import WhenTheyCancel
from tests.picture_of import GIJS, ME, OMAR, POLICY, event, itip, mail, march, mine, picture, seen

NOW = march(10)
THEIRS = event(organizer=GIJS, created=march(1))
OFF = replace(THEIRS, status=EventStatus.CANCELLED, status_given=True, modified_at=march(9))
PROVEN = "mx.example.nl; dmarc=pass (p=REJECT) header.from=bakker.example"
EAGER = replace(POLICY, when_they_cancel=WhenTheyCancel.DRAFT)
ASSISTANT = Address("Secretariaat", "secretariaat@bakker.example")


def cancel(told: Event = OFF, *, sender: Address | None = GIJS, results: tuple[str, ...] = (PROVEN,)) -> Message:
    """A mail of the 9th that brings METHOD:CANCEL."""
    return replace(
        mail("cancel", march(9, 12), sender=sender, invitations=[itip(Method.CANCEL, told)]),
        authentication_results=results,
    )


def _view(*mails: Message, events: tuple[Event, ...] = (THEIRS,), **more: object) -> Picture:
    view = picture(mails, now=NOW, events=events, policy=EAGER, **more)  # type: ignore[arg-type]  # passed on
    return replace(view, authserv_ids=frozenset({"mx.example.nl"}))


def _one(view: Picture) -> Agreement:
    (agreement,) = meetings(view)
    return agreement


def _decision(view: Picture) -> Decision:
    (verdict,) = decide(find_lapses(agreements(view), view).standing, view, Past())
    return verdict.decision


def test_a_proven_cancel_of_the_organizer_is_their_cancellation() -> None:
    view = _view(cancel())
    agreement = _one(view)
    assert (agreement.state, agreement.fault, agreement.doubts) == (State.CANCELLED, Fault.THEM, ())
    # Words of theirs: a day is left to propose a new date.
    assert _decision(replace(view, now=march(11))) is Decision.DRAFT


def test_29_a_cancel_from_another_address_than_organizer_sent_by_or_relay_is_unverified_and_not_drafted() -> None:
    view = _view(cancel(sender=OMAR, results=("mx.example.nl; dmarc=pass header.from=idrissi.example",)))
    agreement = _one(view)
    assert agreement.evidence[0].rule == "mail.unverified-cancel"
    assert agreement.doubts == ("the cancellation did not come from the organizer",)
    assert _decision(view) is Decision.HOLD


def test_29_who_the_stored_event_lets_act_for_the_organizer_may_cancel() -> None:
    assert _one(_view(cancel(sender=ASSISTANT), events=(replace(THEIRS, sent_by=ASSISTANT),))).doubts == ()


def test_29_a_sent_by_that_only_the_cancel_claims_gives_no_right() -> None:
    told = replace(OFF, sent_by=OMAR)
    assert _one(_view(cancel(told, sender=OMAR))).doubts != ()


RELAYED = {
    "google": Address("", "calendar-notification@google.com"),
    "a colleague's system at the same domain": Address("Agenda", "agenda@bakker.example"),
    "a system address elsewhere": Address("Nextcloud", "noreply@cloud.example"),
}


@pytest.mark.parametrize("relay", RELAYED.values(), ids=RELAYED)
def test_29_a_calendar_relay_counts_only_when_the_calendar_agrees(relay: Address) -> None:
    told = replace(cancel(sender=relay), reply_to=(GIJS,))
    alone = _one(_view(told))
    assert (alone.evidence[0].rule, bool(alone.doubts)) == ("mail.relayed-cancel", True)
    confirmed = _one(_view(told, events=(replace(THEIRS, status=EventStatus.CANCELLED, modified_at=march(9)),)))
    assert (confirmed.state, confirmed.fault, confirmed.doubts) == (State.CANCELLED, Fault.THEM, ())
    gone = _one(_view(told, events=(), remembered=[seen(THEIRS, march(9))]))
    assert (gone.fault, gone.doubts) == (Fault.THEM, ())


def test_29_a_system_address_without_the_organizer_in_reply_to_is_a_stranger() -> None:
    assert _one(_view(cancel(sender=RELAYED["a system address elsewhere"]))).confidence < 0.5


def test_30_a_cancel_for_an_unknown_uid_is_ignored() -> None:
    assert meetings(_view(cancel(), events=())) == ()


def test_30_a_cancel_of_an_invitation_that_was_never_accepted_is_ignored() -> None:
    invited = mail("inv", march(2), invitations=[itip(Method.REQUEST, replace(THEIRS, attendees=()))])
    assert meetings(_view(invited, cancel(), events=())) == ()


def test_30_a_cancel_of_an_invitation_accepted_by_mail_counts() -> None:
    invited = mail("inv", march(2), invitations=[itip(Method.REQUEST, THEIRS)])
    yes = replace(mine("yes", march(3)), invitations=(itip(Method.REPLY, THEIRS),))
    assert _one(_view(invited, yes, cancel(), events=())).state is State.CANCELLED


def test_31_a_lower_sequence_is_ignored() -> None:
    assert _one(_view(cancel(), events=(replace(THEIRS, sequence=1),))).state is State.OPEN


@pytest.mark.parametrize(("stamped", "state"), [(march(9, 11), State.OPEN), (march(8), State.CANCELLED)])
def test_31_of_equal_sequences_the_newer_dtstamp_wins(stamped: datetime, state: State) -> None:
    again = replace(
        mail("again", march(9, 13), invitations=[itip(Method.REQUEST, replace(THEIRS, modified_at=stamped))]),
        authentication_results=(PROVEN,),
    )
    assert _one(_view(again, cancel())).state is state


def test_31_an_invitation_of_a_stranger_does_not_undo_a_cancellation() -> None:
    again = mail(
        "again",
        march(9, 13),
        sender=OMAR,
        invitations=[itip(Method.REQUEST, replace(THEIRS, modified_at=march(9, 13)))],
    )
    assert _one(_view(again, cancel())).state is State.CANCELLED


WEEKLY = tuple(
    replace(
        THEIRS,
        start=march(12) + timedelta(weeks=week),
        end=march(12, 11) + timedelta(weeks=week),
        recurrence_id=f"2026-03-{12 + 7 * week}T09:00:00Z",
    )
    for week in range(3)
)


def _states(view: Picture) -> list[State]:
    return [one.state for one in meetings(view)]


def test_32_a_cancel_with_a_recurrence_id_is_about_that_instance_only() -> None:
    told = replace(OFF, recurrence_id=WEEKLY[1].recurrence_id)
    assert _states(_view(cancel(told), events=WEEKLY)) == [State.OPEN, State.CANCELLED, State.OPEN]


def test_32_this_and_future_is_from_that_one_on() -> None:
    told = replace(OFF, recurrence_id=WEEKLY[1].recurrence_id, this_and_future=True)
    assert _states(_view(cancel(told), events=WEEKLY)) == [State.OPEN, State.CANCELLED, State.CANCELLED]


def test_32_a_cancel_of_the_series_leaves_alone_what_had_taken_place() -> None:
    held = replace(WEEKLY[0], start=march(5), end=march(5, 11), recurrence_id="2026-03-05T09:00:00Z")
    assert _states(_view(cancel(), events=(held, *WEEKLY[1:]))) == [State.KEPT, State.CANCELLED, State.CANCELLED]


WITH_OMAR = event(organizer=GIJS, others=(OMAR,), created=march(1))


def test_33_a_cancel_without_status_while_others_remain_is_uninvited_not_cancelled_and_held() -> None:
    me_only = tuple(one for one in WITH_OMAR.attendees if one.address == ME.mailbox)
    view = _view(cancel(replace(WITH_OMAR, attendees=me_only)), events=(WITH_OMAR,))
    agreement = _one(view)
    assert (agreement.evidence[0].rule, agreement.fault) == ("mail.uninvited", Fault.UNKNOWN)
    assert _decision(view) is Decision.HOLD


def test_33_a_cancel_without_status_that_leaves_nobody_is_a_cancellation() -> None:
    told = replace(OFF, status=EventStatus.CONFIRMED, status_given=False)
    assert _one(_view(cancel(told))).evidence[0].rule == "mail.their-cancel"


UNPROVEN = {
    "no header at all": (),
    "an authserv-id nobody here uses": ("mx.evil.example; dmarc=pass header.from=bakker.example",),
    "a good one below a bad one": ("mx.example.nl; dmarc=fail header.from=bakker.example", PROVEN),
    "a good one below one of another server": ("mx.evil.example; dmarc=pass header.from=bakker.example", PROVEN),
    "a signature of another domain": ("mx.example.nl; dkim=pass header.d=evil.example",),
    "a pass of the envelope only": ("mx.example.nl; spf=pass smtp.mailfrom=bakker.example",),
    "a pass smuggled into the envelope sender": (
        'mx.example.nl; dmarc=fail header.from=bakker.example; spf=pass smtp.mailfrom="a; dkim=pass header.d=bakker.example"@evil.example',
    ),
    "a header that cannot be read": ("mx.example.nl; dmarc=pass ((((",),
}


@pytest.mark.parametrize("results", UNPROVEN.values(), ids=UNPROVEN)
def test_34_a_forged_or_unaligned_verdict_leaves_it_unverified_and_undrafted(results: tuple[str, ...]) -> None:
    view = _view(cancel(results=results))
    assert _one(view).doubts == (
        "it is not proven that the cancellation came from the organizer, and no calendar confirms it",
    )
    assert _decision(view) is Decision.HOLD


def test_34_by_default_no_server_is_trusted() -> None:
    view = replace(_view(cancel()), authserv_ids=frozenset())
    assert _decision(view) is Decision.HOLD


MY_MEETING = event(created=march(1))


def _reply(
    answer: Participation, *, sender: Address = GIJS, organizer: Address | None = ME.mailbox, day: int = 5
) -> Message:
    told = replace(event(others=(sender,), their_answer=answer), organizer=organizer, modified_at=march(day))
    return mail(f"reply-{answer}", march(day), sender=sender, invitations=[itip(Method.REPLY, told)])


def test_35_a_decline_of_somebody_who_was_not_invited_is_ignored() -> None:
    assert _one(_view(_reply(Participation.DECLINED, sender=OMAR), events=(MY_MEETING,))).state is State.OPEN


def test_35_a_reply_without_organizer_is_matched_by_uid() -> None:
    yes, no = (
        _reply(one, organizer=None, day=day) for one, day in ((Participation.ACCEPTED, 3), (Participation.DECLINED, 6))
    )
    agreement = _one(_view(yes, no, events=(MY_MEETING,)))
    assert (agreement.state, agreement.fault) == (State.CANCELLED, Fault.THEM)


def test_35_a_decline_without_a_yes_before_breaks_nothing() -> None:
    assert _one(_view(_reply(Participation.DECLINED), events=(MY_MEETING,))).state is State.WITHDRAWN


def test_36_another_organizer_in_an_update_is_not_accepted_silently() -> None:
    changed = replace(THEIRS, organizer=OMAR, sequence=3, start=march(20), end=march(20, 11))
    agreement = _one(_view(mail("update", march(9), sender=OMAR, invitations=[itip(Method.REQUEST, changed)])))
    assert (agreement.state, agreement.contact.address) == (State.OPEN, GIJS.address)
    assert agreement.doubts == ("an update by mail names another organizer",)


def test_36_who_took_the_meeting_over_by_mail_cannot_cancel_it() -> None:
    changed = mail("update", march(8), sender=OMAR, invitations=[itip(Method.REQUEST, replace(THEIRS, organizer=OMAR))])
    off = cancel(
        replace(OFF, organizer=OMAR), sender=OMAR, results=("mx.example.nl; dmarc=pass header.from=idrissi.example",)
    )
    assert _one(_view(changed, off)).confidence < 0.5


def test_37_a_cancel_in_a_forwarded_mail_is_no_evidence() -> None:
    forwarded = mail("fwd", march(9, 12), invitations=[itip(Method.CANCEL, OFF, in_forward=True)])
    assert _one(_view(forwarded)).state is State.OPEN


def test_a_cancel_from_me_in_the_inbox_is_not_mine() -> None:
    forged = replace(
        mail(
            "cancel",
            march(9),
            sender=ME.mailbox,
            invitations=[itip(Method.CANCEL, replace(MY_MEETING, status=EventStatus.CANCELLED))],
        ),
        role=Role.INBOX,
    )
    assert _one(_view(forged, events=(MY_MEETING,))).state is State.OPEN
