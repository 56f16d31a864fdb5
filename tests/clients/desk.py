"""An owner with something to set right, and what the outside world gets to see of it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final

from crmlink.ledger.open import open_ledger
from crmlink.model.draft import DraftState
from tests.e2e.office import Office
from tests.servers import mailboxes
from tests.servers.mail_catcher import MailCatcher

RENEE: Final = "Renée Müller <renee@muller.example>"
QUESTION: Final = (
    "Hoi Marleen,\n\nKun je me laten weten of de levertijd voor de crèche in Köln nog klopt?\n\nGroet,\nRenée"
)
ASKED: Final = "<ask@test.example>"


@dataclass(frozen=True, slots=True)
class Desk:
    """One owner and the catcher of the mail they send."""

    office: Office
    catcher: MailCatcher

    def forgot_to_answer(self) -> dict[str, Any]:
        """A question of Renée's lies there for eight days; crmlink places a draft. Gives the draft as `scan` tells it."""
        self.office.receive("ask", RENEE, QUESTION, days_ago=8)
        self.office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=3)
        return self._placed()

    def called_a_meeting_off(self) -> dict[str, Any]:
        """A meeting with Renée was cancelled in the calendar; the draft that crmlink places answers no mail."""
        self.office.book("intake@test", "Intake met crèche", RENEE, in_days=3, status="CANCELLED")
        self.office.book("lunch@test", "Lunch", "Els <els@els.example>", in_days=4)
        return self._placed()

    def decisions(self) -> list[str]:
        """What one more pass says of each lapse."""
        return [str(lapse["decision"]) for lapse in self.office.scan()]

    def state(self) -> DraftState:
        """What the ledger says of the one draft."""
        with open_ledger(self.office.environment()["DATABASE"], read_only=True) as ledger:
            (stored,) = ledger.drafts.all(self.office.mail.user)
        return stored.state

    def drafts(self) -> dict[bytes, frozenset[str]]:
        """What lies in Drafts: bytes and flags."""
        flags = mailboxes.flags_of(self.office.mail, "Drafts").values()
        return dict(zip(mailboxes.messages(self.office.mail, "Drafts"), flags, strict=True))

    def sent(self) -> list[EmailMessage]:
        """What the world got from the owner; each lies in Sent as well."""
        mails = self.catcher.sent_by(self.office.mail.user)
        assert len(mailboxes.messages(self.office.mail, "Sent")) == len(mails)
        return mails

    def _placed(self) -> dict[str, Any]:
        (lapse,) = self.office.scan()
        assert lapse["decision"] == "draft"
        draft: dict[str, Any] = lapse["draft"]
        return draft
