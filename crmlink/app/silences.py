"""Who fell silent, in one pass: added to what was found where the owner wants to write to them, else not even looked for.

Who counts as silent, and who is left alone, is decided in `trust`. Here is only what the ledger adds: the days of contact
over the months, and what became of earlier letters.
"""

from __future__ import annotations

from dataclasses import replace

from crmlink.agreements.picture import Picture
from crmlink.app.house import House
from crmlink.app.people.trust import trust_in
from crmlink.lapses.find import Found
from crmlink.model.draft import DraftState
from crmlink.model.lapse import LapseKind
from crmlink.model.policy import Attention
from crmlink.trust.silent import Told, silent_lapses


def with_silences(house: House, picture: Picture, found: Found) -> Found:
    """What was found, with those who fell silent at the end when `Policy.attention` wants them."""
    if house.policy.attention is Attention.NOTHING:
        return found
    ledger, account = house.ledger, house.account
    letters = [one for one in ledger.drafts.all(account) if one.kind is LapseKind.SILENT]
    deleted = {
        (one.draft.lapse, to.address) for one in letters if one.state is DraftState.DISCARDED for to in one.draft.to
    }
    silent = (one for one in ledger.lapses.all(account) if one.kind is LapseKind.SILENT)
    agreements = (one.agreement for one in found.standing)
    told = Told(
        drafted={one.draft.lapse for one in letters},
        refused=deleted | {(one.id, one.contact.address) for one in silent if one.dismissed_at},
        in_lapses={to for one in agreements for to in (one.contact.address, *(each.address for each in one.others))},
    )
    relations = trust_in(ledger, house.owner, picture.now).relations
    return replace(found, standing=(*found.standing, *silent_lapses(relations, picture, told)))
