"""A bug of ours in one mail is a problem beside the results."""

from __future__ import annotations

from dataclasses import dataclass

from crmlink.app.gathering.read import read_text
from crmlink.language.reader import Reader
from crmlink.model.mail import Message
from crmlink.model.reading import Reading
from crmlink.model.workdays import WorkingCalendar
from tests.picture_of import ME, ZONE, mail, march


@dataclass(frozen=True, slots=True)
class Clumsy(Reader):
    """A reader with a bug."""

    def read(self, message: Message) -> Reading:
        raise ZeroDivisionError(message.text)


def test_it_names_the_message_and_the_error_but_no_text() -> None:
    reading, problem = read_text(Clumsy(ME, WorkingCalendar(ZONE, "NL")), mail("m", march(2), text="geheim"))
    assert reading == Reading("nl")
    assert problem is not None
    assert (problem.code, problem.subject) == ("mail.reading-broke", "<m@test>")
    assert "ZeroDivisionError" in problem.message
    assert "geheim" not in problem.message + problem.hint


def test_a_good_mail_is_simply_read() -> None:
    reading, problem = read_text(Reader(ME, WorkingCalendar(ZONE, "NL")), mail("m", march(2), text="Kun je me bellen?"))
    assert problem is None
    assert reading.requests
