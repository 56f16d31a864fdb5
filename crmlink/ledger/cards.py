"""What the owner's address book says of the people the ledger knows; of nobody else. Replaced whole at each reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from crmlink.ledger.database import Database
from crmlink.ledger.schema import cards, storable
from crmlink.model.contact import Card
from crmlink.model.ids import digest

_TEXTS = ("name", "organisation", "title", "nickname")


@dataclass(frozen=True, slots=True)
class CardStore:
    """The kept cards of all accounts in one database: a row for each address."""

    database: Database

    def all(self, account: str) -> tuple[Card, ...]:
        """The cards, each with those of its addresses that are kept, the preferred one first."""
        statement = select(cards).where(cards.c.account == account).order_by(cards.c.card, cards.c.place)
        found = defaultdict(list)
        with self.database.reading() as connection:
            for row in connection.execute(statement):
                found[row.card].append(row)
        return tuple(
            Card(
                rows[0].name, tuple(row.address for row in rows), rows[0].organisation, rows[0].title, rows[0].nickname
            )
            for rows in found.values()
        )

    def replace(self, account: str, found: Iterable[Card]) -> None:
        """Keep these cards and no others; where two hold one address, the first counts. The same again writes nothing."""
        listed = tuple(found)
        with self.database.writing() as connection:
            stored = connection.execute(select(cards).where(cards.c.account == account)).mappings()
            before = {row["address"]: dict(row) for row in stored}
            wanted = _rows(account, listed)
            if wanted == before:
                return
            connection.execute(delete(cards).where(cards.c.account == account))
            if wanted:
                connection.execute(insert(cards), list(wanted.values()))


def _rows(account: str, found: Iterable[Card]) -> dict[str, dict[str, object]]:
    """The row of each address."""
    rows: dict[str, dict[str, object]] = {}
    for one in found:
        texts = {name: storable(getattr(one, name)) for name in _TEXTS}
        name = digest(*one.addresses)[:16]
        for place, address in enumerate(one.addresses):
            row: dict[str, object] = {
                "account": account,
                "address": storable(address),
                "card": name,
                "place": place,
                **texts,
            }
            rows.setdefault(storable(address), row)
    return rows
