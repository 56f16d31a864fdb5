"""Which questions each account answered, as marks: for colleagues who want to know of each other's answers.

A row holds the Message-ID of an answer and when it was sent; the question and the asker only as a hash of both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from crmlink.ledger.database import Database
from crmlink.ledger.schema import answers, storable
from crmlink.model.colleague import ColleagueAnswer
from crmlink.model.ids import MessageId


@dataclass(frozen=True, slots=True)
class AnswerStore:
    """The answers of all accounts in one database that share them."""

    database: Database

    def of_colleagues(self, account: str, domains: Collection[str]) -> tuple[ColleagueAnswer, ...]:
        """What the other accounts of these mail domains tell, by mark."""
        if not domains:
            return ()
        firm = or_(*(answers.c.account.endswith(f"@{domain}", autoescape=True) for domain in sorted(domains)))
        statement = select(answers).where(firm & (answers.c.account != account))
        with self.database.reading() as connection:
            return tuple(
                ColleagueAnswer(row.mark, MessageId(row.message_id), row.account, row.sent_at)
                for row in connection.execute(statement.order_by(answers.c.mark, answers.c.account))
            )

    def tell(self, account: str, told: Iterable[ColleagueAnswer]) -> None:
        """Add what the account has not told yet; the first answer to a question stays."""
        with self.database.writing() as connection:
            rows = connection.execute(select(answers.c.mark).where(answers.c.account == account))
            known = {row.mark for row in rows}
            for one in told:
                if one.mark not in known:
                    row = {"account": account, "mark": one.mark, "message_id": storable(one.message)}
                    connection.execute(insert(answers).values(row | {"sent_at": one.at}))
                    known.add(one.mark)

    def prune(self, account: str, *, sent_before: datetime | None = None) -> None:
        """Erase what the account told, or only of answers that were sent before this moment."""
        old = answers.c.account == account
        if sent_before is not None:
            old &= answers.c.sent_at < sent_before
        with self.database.writing() as connection:
            connection.execute(delete(answers).where(old))
