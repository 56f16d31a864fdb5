"""What every draft writer promises: one draft in the one Drafts folder, found again, and nothing else touched."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crmlink.mailbox.folders import FolderNames
from crmlink.model.errors import FolderError
from crmlink.model.mail import Role
from crmlink.writer.headers import same_message
from crmlink.writer.port import DraftWriter
from tests.contract.boxes import BOXES, Box

MOMENT = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
DRAFT = (
    "From: Me <me@example.nl>\r\nTo: Els Bos <els@example.nl>, jan@berg.nl\r\nSubject: Re: overleg\r\n"
    "Message-ID: <token@example.nl>\r\nIn-Reply-To: <ask@berg.nl>\r\nReferences: <first@berg.nl>\r\n <ask@berg.nl>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "Hoi Els,\r\n\r\nSorry dat ik er niet was. Zullen we donderdag koffie drinken in café De Zon?\r\n"
).encode()
OTHER = DRAFT.replace(b"<token@", b"<another@")


def place(box: Box, writer: DraftWriter, raw: bytes = DRAFT) -> None:
    writer.append(raw)
    assert any(same_message(stored, raw) for stored in box.stored("Drafts"))


def test_a_draft_is_stored_once_marked_and_byte_for_byte(box: Box) -> None:
    with closing(box.writer()) as writer:
        writer.append(DRAFT)
    [stored] = box.stored("Drafts")
    assert same_message(stored, DRAFT)
    assert box.flags("Drafts") == [{"\\draft", "\\seen"}]


def test_writing_leaves_every_other_folder_and_draft_alone(box: Box) -> None:
    for folder in ("INBOX", "Sent", "Trash", "Drafts"):
        box.deliver(OTHER.replace(b"another", folder.encode()), folder)
    before = box.snapshot()
    with closing(box.writer()) as writer:
        place(box, writer)
        for role in (Role.DRAFTS, Role.SENT, Role.TRASH):
            writer.headers(role)
        [header] = [header for header in writer.headers(Role.DRAFTS) if header.message_id == "<token@example.nl>"]
        writer.read(header)
        if not writer.discard(header, DRAFT):
            pytest.fail("an untouched draft was not moved")
    box.clear("Trash")
    box.deliver(OTHER.replace(b"another", b"Trash"), "Trash")
    after = box.snapshot()
    assert {name: mails for name, mails in after.items() if "Trash" not in name} == {
        name: mails for name, mails in before.items() if "Trash" not in name
    }


def test_a_draft_is_found_after_the_position_before_it(box: Box) -> None:
    box.deliver(OTHER, "Drafts", flags=("\\draft",))
    with closing(box.writer()) as writer:
        before = writer.position()
        writer.append(DRAFT)
        found = {header.message_id: header for header in writer.headers(Role.DRAFTS, since=before)}
        after = writer.position()
    header = found["<token@example.nl>"]  # type: ignore[index] # a NewType of str
    assert header.in_reply_to == "<ask@berg.nl>"
    assert header.references == ("<first@berg.nl>", "<ask@berg.nl>")
    assert header.to == ("els@example.nl", "jan@berg.nl")
    assert header.size == len(box.stored("Drafts")[-1])
    if before.uid_validity:
        assert "<another@example.nl>" not in found
        assert after.uid_validity == before.uid_validity
        assert after.uid_next > before.uid_next


def test_a_position_of_another_numbering_gives_the_whole_folder(box: Box) -> None:
    box.deliver(OTHER, "Drafts", flags=("\\draft",))
    with closing(box.writer()) as writer:
        now = writer.position()
        other = type(now)(now.folder, now.uid_validity + 1, now.uid_next)
        assert len(writer.headers(Role.DRAFTS, since=other)) == 1


def test_what_another_client_stored_meanwhile_is_seen_at_once(box: Box) -> None:
    with closing(box.writer()) as writer:
        assert writer.headers(Role.SENT) == ()
        assert writer.headers(Role.DRAFTS) == ()
        box.deliver(OTHER, "Sent")
        box.deliver(OTHER, "Drafts")
        assert [header.message_id for header in writer.headers(Role.SENT)] == ["<another@example.nl>"]
        assert [header.message_id for header in writer.headers(Role.DRAFTS)] == ["<another@example.nl>"]


def test_a_role_without_a_folder_has_no_headers(box: Box) -> None:
    with closing(box.writer()) as writer:
        assert writer.headers(Role.ALL) == ()


def test_a_draft_is_read_as_long_as_it_is_there(box: Box) -> None:
    with closing(box.writer()) as writer:
        place(box, writer)
        [header] = writer.headers(Role.DRAFTS)
        stored = writer.read(header)
        assert stored is not None
        assert same_message(stored, DRAFT)
        box.flag("Drafts", "\\flagged")
        assert writer.read(header) == stored
        box.clear("Drafts")
        assert writer.read(header) is None
        assert writer.headers(Role.DRAFTS) == ()


def test_our_untouched_draft_moves_to_trash(box: Box) -> None:
    box.deliver(OTHER, "Drafts", flags=("\\draft",))
    with closing(box.writer()) as writer:
        place(box, writer)
        [header] = [header for header in writer.headers(Role.DRAFTS) if header.message_id == "<token@example.nl>"]
        assert writer.discard(header, DRAFT)
        assert [header.message_id for header in writer.headers(Role.TRASH)] == ["<token@example.nl>"]
        assert [header.message_id for header in writer.headers(Role.DRAFTS)] == ["<another@example.nl>"]
        assert not writer.discard(header, DRAFT), "it is no longer there"


@pytest.mark.parametrize("flag", ["\\flagged", "\\answered"])
def test_a_draft_that_the_owner_marked_stays(box: Box, flag: str) -> None:
    with closing(box.writer()) as writer:
        place(box, writer)
        [header] = writer.headers(Role.DRAFTS)
        box.flag("Drafts", flag)
        before = box.snapshot()
        assert not writer.discard(header, DRAFT)
    assert box.snapshot() == before


def test_a_draft_of_other_words_stays(box: Box) -> None:
    with closing(box.writer()) as writer:
        place(box, writer)
        [header] = writer.headers(Role.DRAFTS)
        before = box.snapshot()
        assert not writer.discard(header, DRAFT.replace(b"koffie", b"thee"))
    assert box.snapshot() == before


def test_a_message_that_is_not_marked_as_draft_stays(box: Box) -> None:
    box.deliver(DRAFT, "Drafts", flags=("\\seen",))
    with closing(box.writer()) as writer:
        [header] = writer.headers(Role.DRAFTS)
        assert not writer.discard(header, DRAFT)
    assert len(box.stored("Drafts")) == 1


def test_without_trash_a_draft_stays(box_without: Callable[[str], Box]) -> None:
    box = box_without("Trash")
    with closing(box.writer()) as writer:
        place(box, writer)
        [header] = writer.headers(Role.DRAFTS)
        assert not writer.discard(header, DRAFT)
    assert len(box.stored("Drafts")) == 1


def test_without_drafts_nothing_is_written_and_no_folder_made(box_without: Callable[[str], Box]) -> None:
    box = box_without("Drafts")
    before = box.snapshot()
    with closing(box.writer()) as writer:
        with pytest.raises(FolderError) as caught:
            writer.position()
        with pytest.raises(FolderError):
            writer.append(DRAFT)
        assert writer.headers(Role.DRAFTS) == ()
    assert "CRMLINK_DRAFTS_FOLDER" in caught.value.hint
    assert box.snapshot() == before


@pytest.mark.parametrize("box", BOXES[1:], indirect=True)  # a mailbox in memory is told its folders
def test_the_owner_may_name_the_folder(box: Box) -> None:
    with closing(box.writer(FolderNames(drafts="Klad"))) as writer:
        with pytest.raises(FolderError):
            writer.append(DRAFT)
        box.make("Klad")
        writer.append(DRAFT)
        assert writer.position().folder == "Klad"
    assert len(box.stored("Klad")) == 1
    assert box.stored("Drafts") == []


@pytest.mark.parametrize("box", ["maildir", "pymap"], indirect=True)  # the others carry marks
@pytest.mark.parametrize("name", ["Concepten", "Entwürfe", "Brouillons"])
def test_a_folder_in_another_language_is_known(box: Box, name: str) -> None:
    box.drop("Drafts")
    box.make(name)
    with closing(box.writer()) as writer:
        writer.append(DRAFT)
        assert writer.position().folder == name
    assert len(box.stored(name)) == 1


def test_a_long_draft_arrives_whole(box: Box) -> None:
    long = DRAFT + "".join(f"regel {number}: één twee drie\r\n" for number in range(20_000)).encode()
    with closing(box.writer()) as writer:
        writer.append(long)
    assert same_message(box.stored("Drafts")[0], long)


def test_two_drafts_of_the_same_bytes_are_two_messages(box: Box) -> None:
    with closing(box.writer()) as writer:
        writer.append(DRAFT)
        writer.append(DRAFT)
        assert len({header.uid for header in writer.headers(Role.DRAFTS)}) == 2


def test_many_headers_come_once_each(box: Box) -> None:
    box.deliver_many([(OTHER.replace(b"another", b"%d" % number), MOMENT) for number in range(60)], "Sent")
    with closing(box.writer()) as writer:
        found = [header.message_id for header in writer.headers(Role.SENT)]
    assert sorted(found, key=str) == sorted(f"<{number}@example.nl>" for number in range(60))


def test_a_writer_may_be_closed_twice_and_used_again(box: Box) -> None:
    writer = box.writer()
    writer.close()
    writer.append(DRAFT)
    writer.close()
    assert len(writer.headers(Role.DRAFTS)) == 1
    writer.close()
    writer.close()
