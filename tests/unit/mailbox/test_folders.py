import pytest

from crmlink.mailbox.folders import (
    BY_SERVER,
    NOT_EVIDENCE,
    FolderNames,
    Listed,
    folders,
    foreign_prefixes,
    listed,
    main_folder,
)
from crmlink.model.mail import Role


def lines(*names: str, separator: str = "/") -> list[Listed]:
    r"""Folders: "name" or "name \mark \mark"."""
    found = [name.split(" \\") for name in names]
    return [Listed(frozenset(f"\\{mark}".lower() for mark in marks), separator, name) for name, *marks in found]


def roles(found: list[Listed], names: FolderNames = BY_SERVER) -> dict[str, Role]:
    return {folder.name: folder.role for folder in folders(found, names)}


def main(role: Role, found: list[Listed], names: FolderNames = BY_SERVER) -> str | None:
    folder = main_folder(folders(found, names), role)
    return folder.name if folder else None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *((name, Role.DRAFTS) for name in ("Drafts", "Concepten", "Entwürfe", "Brouillons", "DRAFTS")),
        *((name, Role.SENT) for name in ("Sent", "Sent Items", "Sent Messages", "Verzonden items", "Verzonden")),
        *((name, Role.SENT) for name in ("Gesendet", "Gesendete Objekte", "Gesendete Elemente", "Envoyés")),
        *((name, Role.TRASH) for name in ("Trash", "Deleted Items", "Prullenbak", "Verwijderde items", "Papierkorb")),
        *((name, Role.TRASH) for name in ("Corbeille", "Éléments supprimés", "Gelöschte Elemente")),
        *((name, Role.JUNK) for name in ("Junk", "Spam", "Ongewenste e-mail", "Junk-E-Mail", "Courrier indésirable")),
        *((name, Role.ARCHIVE) for name in ("Archive", "Archief", "Archiv")),
        *((name, Role.OTHER) for name in ("Klanten", "Drafts2", "Conceptenbureau", "Verzonden offertes")),
        ("Entwu\u0308rfe", Role.DRAFTS),
    ],
)
@pytest.mark.parametrize("parent", ["", "INBOX.", "[Gmail]."])
def test_a_name_says_what_a_folder_is_for(name: str, role: Role, parent: str) -> None:
    assert roles(lines("INBOX", parent + name, separator="."))[parent + name] is role


@pytest.mark.parametrize("name", ["Templates", "Sjablonen", "Postvak UIT", "[Gmail]/Gepland"])
def test_what_was_never_sent_is_no_evidence_and_no_place_for_drafts(name: str) -> None:
    found = lines("INBOX", name)
    assert roles(found)[name] in NOT_EVIDENCE
    assert main(Role.DRAFTS, found) is None


@pytest.mark.parametrize("name", ["INBOX", "Inbox", "inbox"])
def test_the_inbox_is_known_in_any_case(name: str) -> None:
    assert roles(lines(name, f"{name}/INBOX")) == {name: Role.INBOX, f"{name}/INBOX": Role.OTHER}


def test_marks_count_more_than_names_and_in_any_case() -> None:
    found = lines("INBOX", "Drafts", r"Mijn klad \drafts", r"Weg \Trash", r"Alles \ALL", "Sent")
    assert main(Role.DRAFTS, found) == "Mijn klad"
    assert roles(found) == {
        "INBOX": Role.INBOX,
        "Drafts": Role.DRAFTS,
        "Mijn klad": Role.DRAFTS,
        "Weg": Role.TRASH,
        "Alles": Role.ALL,
        "Sent": Role.SENT,
    }


def test_a_mark_of_another_kind_beats_the_name() -> None:
    assert roles(lines(r"Drafts \Archive"))["Drafts"] is Role.ARCHIVE


def test_the_better_known_of_two_names_is_the_main_one() -> None:
    found = lines("INBOX", "Brouillons", "Concepten", "Deleted Messages", "Trash")
    assert main(Role.DRAFTS, found) == "Concepten"
    assert main(Role.TRASH, found) == "Trash"
    assert roles(found)["Deleted Messages"] is Role.TRASH


def test_folders_that_hold_no_mail_of_their_own_are_left_out() -> None:
    found = lines(r"[Gmail] \Noselect", r"Old \NonExistent", r"Met ster \Flagged", r"Belangrijk \Important", "INBOX")
    assert roles(found) == {"INBOX": Role.INBOX}


def test_what_lies_below_trash_or_drafts_was_put_there_for_a_reason() -> None:
    found = lines(
        "INBOX",
        r"Prullenbak \Trash",
        "Prullenbak/Klanten",
        "Prullenbak/Klanten/Berg",
        "Klanten",
        "Drafts/Oud",
        "Drafts",
    )
    assert roles(found)["Prullenbak/Klanten/Berg"] is Role.TRASH
    assert roles(found)["Drafts/Oud"] is Role.DRAFTS
    assert roles(found)["Klanten"] is Role.OTHER
    assert main(Role.DRAFTS, found) == "Drafts"


def test_a_folder_below_drafts_alone_is_not_the_drafts_folder() -> None:
    assert main(Role.DRAFTS, lines("INBOX", r"Drafts \Noselect", "Drafts/Oud")) is None


@pytest.mark.parametrize("name", ["Klad", "klad", "INBOX/Klad"])
def test_the_owner_may_name_the_drafts_folder(name: str) -> None:
    found = lines("INBOX", r"Drafts \Drafts", "INBOX/Klad")
    names = FolderNames(drafts=name)
    assert main(Role.DRAFTS, found, names) == "INBOX/Klad"
    assert roles(found, names)["Drafts"] is Role.DRAFTS, "what lies there is not sent either"


def test_a_name_that_is_not_there_leaves_no_drafts_folder_to_guess() -> None:
    found = lines("INBOX", r"Drafts \Drafts")
    assert main(Role.DRAFTS, found, FolderNames(drafts="Klad")) is None
    assert main(Role.DRAFTS, found, FolderNames(sent="Weg")) == "Drafts"


def test_the_owner_may_name_the_folder_of_sent_mail() -> None:
    found = lines("INBOX", "Uit", "Sent")
    assert main(Role.SENT, found, FolderNames(sent="Uit")) == "Uit"
    assert roles(found, FolderNames(sent="Uit"))["Sent"] is Role.SENT


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            b'(("" "/")) (("Other Users/" "/")) (("Shared Folders/" "/"))',
            ("Other Users/", "Shared Folders/"),
            id="all three",
        ),
        pytest.param(b'(("" "/")) NIL NIL', (), id="only the own"),
        pytest.param(
            b'(("INBOX." ".")) NIL (("shared." ".")("#public." "." "TRANSLATION" ("x")))',
            ("shared.", "#public."),
            id="an extension",
        ),
        pytest.param(b'(("" "/")) (("Gedeeld &AOk-/" "/")) NIL', ("Gedeeld é/",), id="a coded name"),
        pytest.param(b'(("" "/")) NIL (("" "/"))', (), id="no prefix to tell by"),
        pytest.param(b"NIL (NIL) (1 2", (), id="nonsense"),
        pytest.param(b"", (), id="nothing"),
    ],
)
def test_other_peoples_folders_are_told_by_their_prefix(answer: bytes, expected: tuple[str, ...]) -> None:
    assert foreign_prefixes([answer]) == expected


def test_a_listing_without_levels_is_read() -> None:
    assert listed((rb"\HasNoChildren", rb"\Drafts"), None, "Drafts") == Listed(
        frozenset({"\\hasnochildren", "\\drafts"}), None, "Drafts"
    )
    assert [folder.role for folder in folders([listed((), b"/", "INBOX"), listed((), None, "Trash/x")])] == [
        Role.INBOX,
        Role.OTHER,
    ]
