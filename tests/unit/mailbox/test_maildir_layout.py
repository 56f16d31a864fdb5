from pathlib import Path

import pytest

from crmlink.mailbox.maildir import files, maildir_folders, renamed
from crmlink.model.errors import SourceError
from crmlink.model.mail import Role


def make(path: Path, *parts: str) -> Path:
    for part in parts or ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    return path


def names(root: Path) -> dict[str, Role]:
    return {each.folder.name: each.folder.role for each in maildir_folders(root)}


def test_a_maildir_plus_plus_is_read_with_its_coded_names(tmp_path: Path) -> None:
    make(tmp_path)
    for name in (".Sent", ".Entw&APw-rfe", ".Klanten.Berg", ".Prullenbak", ".Envoyés"):
        make(tmp_path / name)
    (tmp_path / "dovecot-uidlist").touch()
    (tmp_path / ".cache").mkdir()
    assert names(tmp_path) == {
        "INBOX": Role.INBOX,
        "Sent": Role.SENT,
        "Entwürfe": Role.DRAFTS,
        "Klanten.Berg": Role.OTHER,
        "Prullenbak": Role.TRASH,
        "Envoyés": Role.SENT,
    }


def test_the_inbox_may_be_the_root_or_a_folder_or_both(tmp_path: Path) -> None:
    inbox = make(tmp_path / "INBOX")
    [folder] = maildir_folders(tmp_path)
    assert (folder.folder.role, folder.paths) == (Role.INBOX, (inbox,))
    make(tmp_path)
    [folder] = maildir_folders(tmp_path)
    assert folder.paths == (tmp_path, inbox)


def test_directories_without_a_dot_and_half_folders_count(tmp_path: Path) -> None:
    make(tmp_path / "Sent", "cur")
    make(tmp_path / ".Drafts", "new")
    (tmp_path / ".Archief").mkdir()
    (tmp_path / ".Archief" / "maildirfolder").touch()
    assert names(tmp_path) == {"Sent": Role.SENT, "Drafts": Role.DRAFTS, "Archief": Role.ARCHIVE}


def test_a_name_in_no_known_code_stays_as_it_is(tmp_path: Path) -> None:
    make(tmp_path / ".A&B")
    assert list(names(tmp_path)) == ["A&B"]


@pytest.mark.parametrize("kind", ["missing", "empty", "a file"])
def test_what_is_no_maildir_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mail"
    if kind == "empty":
        path.mkdir()
    elif kind == "a file":
        path.touch()
    with pytest.raises(SourceError, match=str(path)) as caught:
        maildir_folders(path)
    assert "CRMLINK_MAIL" in caught.value.hint


def test_flags_and_the_lasting_name_come_from_the_file_name(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "cur" / "1.a.host,S=5:2,FRS").touch()
    (tmp_path / "cur" / "2.b.host!2,D").touch()
    (tmp_path / "cur" / "3.c.host").touch()
    (tmp_path / "new" / "4.d.host:2,S").touch()
    (tmp_path / "new" / ".hidden").touch()
    (tmp_path / "cur" / "directory").mkdir()
    [folder] = maildir_folders(tmp_path)
    assert {file.unique: file.flags for file in files(folder)} == {
        "1.a.host,S=5": {"\\flagged", "\\answered", "\\seen"},
        "2.b.host": {"\\draft"},
        "3.c.host": frozenset(),
        "4.d.host": frozenset(),
    }


def test_a_renamed_message_is_found_again(tmp_path: Path) -> None:
    make(tmp_path)
    path = tmp_path / "new" / "1.a.host"
    path.touch()
    [folder] = maildir_folders(tmp_path)
    [file] = files(folder)
    path.rename(tmp_path / "cur" / "1.a.host:2,S")
    now = renamed(file)
    assert now is not None
    assert now.flags == {"\\seen"}
    now.path.unlink()
    assert renamed(file) is None
