"""Carries answers between colleagues over the ledger: what mine are, and what theirs are. Both must want it.

The decisions are in `agreements.colleagues`; here are only the reading and the writing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from crmlink.agreements.colleagues import answers_to_tell
from crmlink.agreements.picture import Picture
from crmlink.app.house import House
from crmlink.facts.people import company_of
from crmlink.model.colleague import ColleagueAnswer
from crmlink.model.policy import Colleagues


def told_by_colleagues(house: House) -> Mapping[str, tuple[ColleagueAnswer, ...]]:
    """What colleagues answered, by mark; nothing unless the owner shares as well."""
    if house.policy.colleagues is not Colleagues.SHARE:
        return {}
    domains = {company_of(address) for address in house.owner.addresses} - {None}
    found: dict[str, tuple[ColleagueAnswer, ...]] = defaultdict(tuple)
    for one in house.ledger.answers.of_colleagues(house.account, {domain for domain in domains if domain}):
        found[one.mark] += (one,)
    return dict(found)


def tell_colleagues(house: House, picture: Picture, now: datetime) -> None:
    """Tell what I answered, for as long as words are kept; an owner who does not share takes back what was told."""
    store, account = house.ledger.answers, house.account
    if house.policy.colleagues is Colleagues.SHARE:
        store.tell(account, answers_to_tell(picture))
        store.prune(account, sent_before=now - house.policy.retention)
    else:
        store.prune(account)
