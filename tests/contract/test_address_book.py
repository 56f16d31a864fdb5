"""The same address book on each kind of store: what is on its cards comes back, and nothing changes there."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlink.app.people.address_book import read_cards
from crmlink.model.contact import Card
from crmlink.model.errors import LoginError, SourceError, UntrustedError
from crmlink.sources.address_book import AddressBook
from crmlink.sources.calendar_login import CalendarLogin
from crmlink.sources.carddav import CardDavBook
from crmlink.sources.vcf_directory import VcfDirectory
from tests.servers.accounts import CalendarAccount
from tests.servers.address_books import make_address_book, put_card
from tests.servers.certificates import Certificate, write_certificate
from tests.servers.radicale_server import Radicale
from tests.servers.scripted_http import Reply, scripted

JAN = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:jan\r\nFN:Jan van den Berg\r\nN:Berg;Jan;van den;;\r\nEMAIL;TYPE=HOME:jan@gmail.com\r\n"
    "EMAIL;TYPE=INTERNET,PREF:Jan@Acme.example\r\nORG:Acme Bouw;Inkoop\r\nTITLE:directeur\r\nNICKNAME:Jantje\r\nEND:VCARD\r\n"
)
ZOE = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:zoe\r\nFN:Zoë Smit\r\nEMAIL;PREF=1;TYPE=work:zoe@kade.example\r\n"
    "ORG:Kade\\; Architecten\r\nEND:VCARD\r\n"
)
CARDS = (
    Card("Jan van den Berg", ("jan@acme.example", "jan@gmail.com"), "Acme Bouw", "directeur", "Jantje"),
    Card("Zoë Smit", ("zoe@kade.example",), "Kade; Architecten"),
)
LOGIN = CalendarLogin("marleen", "niet-doorvertellen")


def read(book: AddressBook) -> list[Card]:
    try:
        return sorted(read_cards(book), key=lambda card: card.name)
    finally:
        book.close()


@pytest.fixture(params=["radicale", "xandikos"])
def served(request: pytest.FixtureRequest) -> tuple[CalendarAccount, str]:
    """An account with an address book of two cards, and the address of that book."""
    account: CalendarAccount = request.getfixturevalue(request.param).account()
    book = make_address_book(account, "contacts/" if request.param == "xandikos" else "")
    put_card(account, book, "jan", JAN)
    put_card(account, book, "zoe", ZOE)
    return account, book


def test_the_cards_are_found_from_the_principal_and_from_the_book_itself(served: tuple[CalendarAccount, str]) -> None:
    account, book = served
    login = CalendarLogin(account.user, account.password)
    assert read(CardDavBook(account.url, login)) == list(CARDS)
    assert read(CardDavBook(book, login)) == list(CARDS)


def test_the_cards_are_read_from_a_directory_of_books(tmp_path: Path) -> None:
    (tmp_path / "privé").mkdir()
    (tmp_path / "privé" / "jan.vcf").write_text(JAN + "BEGIN:VCARD\nFN:Zonder adres\nEND:VCARD\n")
    (tmp_path / "zoe.VCF").write_bytes(b"\xef\xbb\xbf" + ZOE.encode())
    (tmp_path / ".verborgen.vcf").write_text(JAN)
    (tmp_path / "leesmij.txt").write_text(JAN)
    (tmp_path / "dood.vcf").symlink_to(tmp_path / "nergens")
    assert read(VcfDirectory(tmp_path)) == list(CARDS)
    with pytest.raises(SourceError, match="address book directory"):
        read(VcfDirectory(tmp_path / "nergens"))


def test_a_wrong_password_and_an_address_without_books_are_told_in_the_words_of_the_address_book(
    radicale: Radicale,
) -> None:
    account = radicale.account()
    with pytest.raises(LoginError, match="address book server") as refused:
        read(CardDavBook(account.url, CalendarLogin(account.user, "fout")))
    assert "CRMLINK_CONTACTS_USER" in refused.value.hint
    with pytest.raises(SourceError, match="shows no address books") as empty:
        read(CardDavBook(account.url, CalendarLogin(account.user, account.password)))
    assert "calendar" not in str(empty.value).lower() + empty.value.hint.lower()


@pytest.mark.parametrize("kind", [Certificate.EXPIRED, Certificate.WRONG_NAME, Certificate.SELF_SIGNED])
def test_no_password_is_said_to_a_server_that_cannot_prove_itself(kind: Certificate, tmp_path: Path) -> None:
    files = write_certificate(kind, tmp_path)
    with scripted(files) as server:
        login = CalendarLogin("marleen", "niet-doorvertellen", files.authority)
        with pytest.raises(UntrustedError, match="address book server"):
            read(CardDavBook(f"{server.url}/dav/", login))
        assert server.asked == []


@pytest.mark.parametrize("place", ["https://elders.example/dav/", "http://169.254.169.254/", "file:///etc/passwd"])
def test_no_redirect_leads_to_another_host(place: str) -> None:
    with scripted() as server:
        server.replies["PROPFIND /dav/"] = Reply(302, headers={"Location": place})
        with pytest.raises((UntrustedError, SourceError), match="address book"):
            read(CardDavBook(f"{server.url}/dav/", LOGIN))


def test_an_answer_that_is_a_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    with scripted() as server:
        server.replies["PROPFIND /dav/"] = Reply(207, bomb * 1000)
        with pytest.raises(SourceError):
            read(CardDavBook(f"{server.url}/dav/", LOGIN))


def test_only_reading_requests_are_made() -> None:
    namespaces = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
    book = "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>"
    card = f'<D:getetag>"1"</D:getetag><C:address-data>{ZOE}</C:address-data>'

    def said(href: str, properties: str) -> str:
        found = f"<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
        return f"<D:response><D:href>{href}</D:href>{found}</D:response>"

    with scripted() as server:
        both = f"<D:multistatus {namespaces}>{said('/dav/', book)}{said('/dav/1.vcf', card)}</D:multistatus>"
        server.replies["PROPFIND /dav/"] = Reply(207, both)
        server.replies["REPORT /dav/"] = Reply(207, both)
        assert read(CardDavBook(f"{server.url}/dav/", LOGIN)) == [CARDS[1]]
        assert {asked.method for asked in server.asked} == {"PROPFIND", "REPORT"}
