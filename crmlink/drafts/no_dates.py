"""Says in a verdict why its draft offers no dates, and says it again in later passes.

The sentence stands here alone: what a reason looks like with it, and how it is found back in a reason that was stored. In:
verdicts and what is known of their drafts. Out: verdicts whose reason a person understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crmlink.drafts.desk import Desk
from crmlink.drafts.moments import hours_known, offers_moments
from crmlink.model.ids import LapseId
from crmlink.model.lapse import Decision, Lapse, Verdict

_SAID = "; the draft offers no dates: "


def why_no_dates(lapse: Lapse, desk: Desk) -> str:
    """Why a letter about this lapse offers no moments; empty for one that never does."""
    if not offers_moments(lapse):
        return ""
    if not desk.calendar_set:
        return "no calendar is set"
    if not desk.calendar_known:
        return "the calendar could not be read or trusted in that pass"
    if not hours_known(lapse):
        return "the meeting stands in a time zone that nobody knows"
    return "no free moment was found in the next weeks"


def with_reasons(verdict: Verdict, new: Mapping[LapseId, str], before: Mapping[LapseId, str]) -> Verdict:
    """The verdict, with why its draft offers no dates when it does not.

    `new` tells it of the drafts of this pass that offer none, `before` holds the reasons that were stored for untouched
    drafts of earlier passes.
    """
    lapse = verdict.lapse.id
    why = new.get(lapse) or before.get(lapse, "").partition(_SAID)[2]
    if not why or verdict.decision is Decision.SKIP:
        return verdict
    return replace(verdict, reason=f"{verdict.reason}{_SAID}{why}")
