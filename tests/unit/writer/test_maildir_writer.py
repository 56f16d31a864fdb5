from pathlib import Path

import pytest

from crmlink.model.errors import SourceError, WriteRefusedError
from crmlink.model.mail import Role
from crmlink.writer.maildir import MaildirDraftWriter

DRAFT = b"Message-ID: <token@example.nl>\r\n\r\nHoi\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("", ".Drafts", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (tmp_path / folder / part).mkdir(parents=True)
    return tmp_path


def test_a_draft_is_named_as_maildirs_name_messages_and_leaves_nothing_behind(root: Path) -> None:
    MaildirDraftWriter(root).append(DRAFT)
    [path] = (root / ".Drafts" / "cur").iterdir()
    seconds, middle, host = path.name.removesuffix(":2,DS").split(".", 2)
    assert seconds == str(int(path.stat().st_mtime))
    assert middle.startswith("M")
    assert host
    assert path.read_bytes() == DRAFT.replace(b"\r\n", b"\n")
    assert not list((root / ".Drafts" / "tmp").iterdir())
    assert not list((root / ".Drafts" / "new").iterdir())


def test_a_folder_without_all_its_parts_is_completed(root: Path) -> None:
    (root / ".Drafts" / "tmp").rmdir()
    (root / ".Drafts" / "cur").rmdir()
    MaildirDraftWriter(root).append(DRAFT)
    assert len(list((root / ".Drafts" / "cur").iterdir())) == 1


def test_a_draft_that_cannot_be_written_is_refused_and_leaves_nothing(root: Path) -> None:
    (root / ".Drafts" / "cur").rmdir()
    (root / ".Drafts" / "cur").touch()
    with pytest.raises(WriteRefusedError, match="could not be written") as caught:
        MaildirDraftWriter(root).append(DRAFT)
    assert "nothing was stored" in caught.value.hint
    assert not list((root / ".Drafts" / "tmp").iterdir())


def test_a_maildir_that_vanished_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        MaildirDraftWriter(tmp_path / "weg").position()


def test_a_draft_marked_by_another_program_meanwhile_is_still_known(root: Path) -> None:
    writer = MaildirDraftWriter(root)
    writer.append(DRAFT)
    [header] = writer.headers(Role.DRAFTS)
    [path] = (root / ".Drafts" / "cur").iterdir()
    path.rename(path.with_name(path.name + "T"))
    assert writer.read(header) is not None
    assert not writer.discard(header, DRAFT)
