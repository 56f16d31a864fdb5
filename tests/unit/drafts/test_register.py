"""u or je: by the owner's own mail, else theirs, else u."""

from __future__ import annotations

import pytest

from crmlink.drafts.register import Spoken, choose_register
from crmlink.model.reading import Register
from tests.unit.drafts.desk import local

FORMAL, INFORMAL, NEUTRAL = Register.FORMAL, Register.INFORMAL, Register.NEUTRAL


def spoken(*registers: Register) -> list[Spoken]:
    return [Spoken(local(2026, 3, day), register) for day, register in enumerate(registers, start=1)]


ROWS = {
    "nobody ever wrote": ([], [], FORMAL),
    "the owner said je": ([INFORMAL], [FORMAL], INFORMAL),
    "the owner's newest mail wins": ([FORMAL, INFORMAL], [], INFORMAL),
    "a neutral mail tells nothing": ([INFORMAL, NEUTRAL], [], INFORMAL),
    "the owner never showed it: theirs": ([NEUTRAL], [FORMAL, INFORMAL], INFORMAL),
    "nobody showed it": ([NEUTRAL], [NEUTRAL], FORMAL),
}


@pytest.mark.parametrize(("mine", "theirs", "register"), ROWS.values(), ids=ROWS)
def test_the_register_follows_earlier_mail(mine: list[Register], theirs: list[Register], register: Register) -> None:
    assert choose_register(reversed(spoken(*mine)), spoken(*theirs)) is register
