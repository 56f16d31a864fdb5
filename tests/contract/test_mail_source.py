"""What every mail source promises: it reads all that counts, changes nothing, and never gives up over one message."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from crmlink.mailbox.window import CAP
from crmlink.model.mail import Role
from tests.contract.boxes import Box, read_all
from tests.read_mail import Memory, read_mail

MOMENT = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
SINCE = date(2026, 2, 8)


def mail(subject: str, body: str = "Tot dan!") -> bytes:
    text = (
        f"From: els@example.nl\nTo: me@example.nl\nSubject: {subject}\nMessage-ID: <{subject}@example.nl>\n\n{body}\n"
    )
    return text.encode()


def subjects(texts: list[bytes]) -> list[str]:
    return sorted(text.split(b"Subject: ")[1].split(b"\n")[0].decode() for text in texts)


def test_a_message_arrives_whole_with_role_flags_time_and_size(box: Box) -> None:
    box.deliver(mail("overleg", "Café, €5 en 日本"), flags=("\\seen", "\\flagged"), received_at=MOMENT)
    with closing(box.source()) as source:
        found = read_mail(source, SINCE)
        [message] = found.messages
    assert message.raw.replace(b"\r\n", b"\n") == mail("overleg", "Café, €5 en 日本")
    assert (message.folder, message.role, message.received_at) == ("INBOX", Role.INBOX, MOMENT)
    assert message.flags >= {"\\seen", "\\flagged"}
    assert message.size == len(message.raw)
    assert (found.truncated, found.problems) == (False, [])
    assert all(folder.gone == frozenset() for folder in found.folders.values())


def test_every_folder_counts_but_drafts_trash_and_junk(box: Box) -> None:
    for folder in ("Project X", "Junk", "Archive"):
        box.make(folder)
    for folder in ("INBOX", "Sent", "Archive", "Project X", "Drafts", "Trash", "Junk"):
        box.deliver(mail(folder), folder, received_at=MOMENT)
    with closing(box.source()) as source:
        found = {message.folder: message.role for message in read_mail(source, SINCE).messages}
    assert found == {"INBOX": Role.INBOX, "Sent": Role.SENT, "Archive": Role.ARCHIVE, "Project X": Role.OTHER}


def test_reading_leaves_no_trace(box: Box) -> None:
    box.deliver(mail("ongelezen"), received_at=MOMENT)
    box.deliver(mail("gelezen"), flags=("\\seen",), received_at=MOMENT)
    box.deliver(mail("concept"), "Drafts", flags=("\\draft",), received_at=MOMENT)
    before = box.snapshot()
    texts, _ = read_all(box, MOMENT - timedelta(days=30))
    assert subjects(texts) == ["gelezen", "ongelezen"]
    assert box.snapshot() == before


def test_only_mail_of_the_window_is_read(box: Box) -> None:
    box.deliver(mail("oud"), received_at=MOMENT - timedelta(days=40))
    box.deliver(mail("eerste dag"), received_at=datetime(2026, 2, 8, 0, 30, tzinfo=UTC))
    box.deliver(mail("nieuw"), received_at=MOMENT)
    texts, _ = read_all(box, datetime(2026, 2, 8, tzinfo=UTC))
    assert subjects(texts) == ["eerste dag", "nieuw"]


def test_reading_again_gives_the_same_keys_whatever_the_flags(box: Box) -> None:
    for number in range(3):
        box.deliver(mail(str(number)), received_at=MOMENT)
    first = read_all(box, MOMENT)
    box.flag("INBOX", "\\seen")
    again = read_all(box, MOMENT)
    assert sorted(again[1]) == sorted(first[1])
    assert len(set(first[1])) == 3


def test_only_what_is_new_comes_and_what_is_gone_is_said(box: Box) -> None:
    memory = Memory()
    with closing(box.source()) as source:
        for number in range(3):
            box.deliver(mail(str(number)), received_at=MOMENT)
            found = read_mail(source, SINCE, memory)
            assert subjects([message.raw.replace(b"\r\n", b"\n") for message in found.messages]) == [str(number)]
            memory.learn(found)
        assert read_mail(source, SINCE, memory).messages == []
        known = memory.keys("INBOX")
        box.clear("INBOX")
        found = read_mail(source, SINCE, memory)
    assert (found.messages, found.folders["INBOX"].gone) == ([], known)
    assert len(known) == 3


def test_flags_make_nothing_new(box: Box) -> None:
    memory = Memory()
    box.deliver(mail("overleg"), received_at=MOMENT)
    with closing(box.source()) as source:
        memory.learn(read_mail(source, SINCE))
        box.flag("INBOX", "\\seen")
        found = read_mail(source, SINCE, memory)
    assert (found.messages, found.folders["INBOX"].gone) == ([], frozenset())


@pytest.mark.parametrize("stand", ["", "{}", "no stand at all", "99 1 2 3"])
def test_an_unknown_stand_costs_a_look_and_no_reading(box: Box, stand: str) -> None:
    memory = Memory()
    box.deliver(mail("overleg"), received_at=MOMENT)
    with closing(box.source()) as source:
        memory.learn(read_mail(source, SINCE))
        memory.stands = dict.fromkeys(memory.stands, stand)
        found = read_mail(source, SINCE, memory)
    assert (found.messages, found.folders["INBOX"].gone) == ([], frozenset())
    assert found.folders["INBOX"].stand not in ("", stand)


def test_a_huge_message_is_cut_and_its_neighbours_come_whole(box: Box) -> None:
    huge = mail("bijlage", "\n".join(["x" * 76] * 40_000))
    for raw in (mail("voor"), huge, mail("na")):
        box.deliver(raw, received_at=MOMENT)
    with closing(box.source()) as source:
        found = {len(message.raw): message.size for message in read_mail(source, SINCE).messages}
    assert len(found) == 3
    assert max(found) == CAP
    assert found[CAP] >= len(huge)


def test_bytes_that_are_no_text_survive(box: Box) -> None:
    raw = b"Subject: oud programma\n\nCaf\xe9 \x80\xff\xfe \x01 einde\n"
    box.deliver(raw, received_at=MOMENT)
    assert read_all(box, MOMENT)[0] == [raw]


def test_an_empty_mailbox_gives_nothing_and_no_problem(box: Box) -> None:
    with closing(box.source()) as source:
        found = read_mail(source, SINCE)
    assert (found.messages, found.problems, found.truncated) == ([], [], False)


def test_more_mail_than_fits_one_command_comes_once_each(box: Box) -> None:
    box.deliver_many([(mail(f"{number:03}"), MOMENT - timedelta(days=230 - number)) for number in range(230)])
    texts, keys = read_all(box, datetime(2025, 7, 1, tzinfo=UTC))
    assert subjects(texts) == [f"{number:03}" for number in range(230)]
    assert len(set(keys)) == 230
    texts, _ = read_all(box, MOMENT - timedelta(days=220, hours=-2))
    assert len(texts) in (220, 221)


def test_a_source_may_be_closed_twice_and_used_again(box: Box) -> None:
    box.deliver(mail("overleg"), received_at=MOMENT)
    source = box.source()
    source.close()
    assert len(read_mail(source, SINCE).messages) == 1
    source.close()
    source.close()
    assert source.name == "mail"
