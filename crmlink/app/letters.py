"""Gives the letter writer what it needs: the desk of this pass, and how owner and contact write to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from crmlink.agreements.picture import Picture
from crmlink.app.gathering.gather import AHEAD
from crmlink.app.house import House
from crmlink.app.template_guard import broken_letters, check_templates, renderer
from crmlink.drafts.correspondence import Correspondence, answering_places, read_correspondence
from crmlink.drafts.desk import Desk
from crmlink.drafts.letter import warning_about, write_letter
from crmlink.drafts.no_dates import why_no_dates
from crmlink.facts.agenda import absent, busy
from crmlink.lapses.out_of_office import named_return
from crmlink.model.draft import Draft, Option
from crmlink.model.errors import TemplateError
from crmlink.model.ids import LapseId
from crmlink.model.lapse import Lapse
from crmlink.model.mail import Message
from crmlink.model.problem import Problem
from crmlink.model.reading import Reading

REPEAT_WITHIN = timedelta(days=365)


class Letters:
    """Writes the letters of one pass; no two of them offer the same moment.

    A letter whose template of the owner's is broken is not written. `problems` is all there is to tell, `refused` set
    when a template must be mended. `without_dates` says of each draft
    that offers no dates why that is.
    """

    def __init__(self, house: House, picture: Picture, taken: Iterable[Option]) -> None:
        self._house = house
        self._picture = picture
        self._mails = _by_person(picture)
        broken = broken_letters(check_templates(house.templates))
        self.problems = [*broken]
        self.refused = TemplateError(broken[0].message, hint=broken[0].hint) if broken else None
        self.without_dates: dict[LapseId, str] = {}
        self._desk = Desk(
            owner=house.owner,
            policy=house.policy,
            now=picture.now,
            render=renderer(house.templates, broken),
            languages=house.templates.languages,
            busy=busy(picture.agenda, owner=house.owner, zone=house.policy.zone),
            absent=absent(picture.agenda, owner=house.owner, zone=house.policy.zone),
            known_until=picture.now + AHEAD,
            calendar_known=picture.agenda.trusted,
            calendar_set=picture.agenda.configured,
            taken=tuple(taken),
            editions={one.id: one.edition for one in house.ledger.lapses.all(house.account) if one.edition},
        )

    def write(self, lapse: Lapse) -> Draft | Problem:
        """The draft about this lapse, or why there is none."""
        try:
            written = write_letter(lapse, self._desk, self._correspondence(lapse))
        except TemplateError as error:
            self.refused = self.refused or error
            written = Problem("template.error", str(lapse.id), str(error), error.hint)
        if isinstance(written, Draft):
            self._desk = replace(self._desk, taken=(*self._desk.taken, *written.options))
            self._note(warning_about(lapse, self._desk))
            if not written.options:
                self.without_dates[lapse.id] = why_no_dates(lapse, self._desk)
        else:
            self._note(written)
        return written

    def _note(self, problem: Problem | None) -> None:
        if problem and problem.message not in {one.message for one in self.problems}:
            self.problems.append(problem)

    def _correspondence(self, lapse: Lapse) -> Correspondence:
        contact = lapse.agreement.contact
        earlier = self._house.ledger.lapses.count_with(
            self._house.account, contact.address, since=lapse.happened_at - REPEAT_WITHIN, before=lapse.happened_at
        )
        known = self._mails.get(contact.address, [])
        places = answering_places(contact, (mail for mail, _ in known))
        mails = {mail.id: (mail, reading) for place in places for mail, reading in self._mails.get(place, [])}
        thread = next((one for one in self._picture.threads if one.id == lapse.agreement.thread), None)
        found = read_correspondence(
            contact,
            mails.values(),
            language=self._house.policy.language,
            again=earlier > 0,
            zone=self._house.policy.zone,
            thread=tuple(message.id for message in thread.messages) if thread else (),
        )
        return replace(found, back=named_return(contact.address, self._picture))


def _by_person(picture: Picture) -> dict[str, list[tuple[Message, Reading]]]:
    found: dict[str, list[tuple[Message, Reading]]] = {}
    for _, message in picture.messages():
        reading = picture.readings.get(message.id)
        people = message.recipients if message.from_me else (message.sender,) if message.sender else ()
        if reading:
            for person in people:
                found.setdefault(person.address, []).append((message, reading))
    return found
