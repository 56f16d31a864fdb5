from pathlib import Path

import pytest

from crmlink.mailbox.location import ImapLocation, MaildirLocation, Security, parse_location

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("imaps://me@imap.example.nl", ImapLocation(TLS, "imap.example.nl", 993, "me"), id="TLS"),
        pytest.param("IMAPS://me@IMAP.Example.nl/", ImapLocation(TLS, "imap.example.nl", 993, "me"), id="capitals"),
        pytest.param(" imaps://me@h:994 ", ImapLocation(TLS, "h", 994, "me"), id="a port and spaces around"),
        pytest.param("imaps://me%40example.nl@h", ImapLocation(TLS, "h", 993, "me@example.nl"), id="an escaped @"),
        pytest.param("imaps://me@example.nl@h", ImapLocation(TLS, "h", 993, "me@example.nl"), id="a bare @"),
        pytest.param("imaps://m%C3%A9%3Ae@h", ImapLocation(TLS, "h", 993, "mé:e"), id="an escaped colon and accent"),
        pytest.param("imap+starttls://me@h", ImapLocation(STARTTLS, "h", 143, "me"), id="STARTTLS"),
        pytest.param("imap://me@localhost:1143", ImapLocation(NONE, "localhost", 1143, "me"), id="this machine"),
        pytest.param("imap://me@127.8.0.1", ImapLocation(NONE, "127.8.0.1", 143, "me"), id="this machine by number"),
        pytest.param("imap://me@[::1]:1143", ImapLocation(NONE, "::1", 1143, "me"), id="this machine by IPv6"),
        pytest.param("imaps://me@[2001:db8::1]", ImapLocation(TLS, "2001:db8::1", 993, "me"), id="IPv6"),
        pytest.param("maildir:///home/me/Maildir", MaildirLocation(Path("/home/me/Maildir")), id="a Maildir"),
        pytest.param("maildir:///srv/my%20mail", MaildirLocation(Path("/srv/my mail")), id="an escaped space"),
    ],
)
def test_a_place_is_understood(url: str, expected: ImapLocation | MaildirLocation) -> None:
    assert parse_location(url) == expected


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("", "must start with", id="nothing"),
        pytest.param("imap.example.nl", "must start with", id="a bare host"),
        pytest.param("pop3://me@h", "must start with", id="another protocol"),
        pytest.param("imaps://imap.example.nl", "needs a user", id="no user"),
        pytest.param("imaps://@h", "needs a user", id="an empty user"),
        pytest.param("imaps://me@", "needs a host", id="no host"),
        pytest.param("imaps://me@:993", "needs a host", id="only a port"),
        pytest.param("imaps://me@h:99999", "port", id="a port that is too high"),
        pytest.param("imaps://me@h:0", "needs a host", id="port zero"),
        pytest.param("imaps://me@h:imap", "port", id="a port in words"),
        pytest.param("imaps://me@h/INBOX", "folders are found", id="a folder"),
        pytest.param("imaps://me@h?ssl=0", "folders are found", id="options"),
        pytest.param("imaps://me%0d%0aA1@h", "cannot be typed", id="a line break in the user"),
        pytest.param("imaps://me@h%0d%0a", "needs a host", id="a line break in the host"),
        pytest.param("imaps://me@[::1", "host or port", id="half an IPv6 address"),
        pytest.param("imap://me@imap.example.nl", "only for this machine", id="no TLS to elsewhere"),
        pytest.param(
            "imap://me@localhost.evil.example", "only for this machine", id="a host that begins like this one"
        ),
        pytest.param("imap://me@128.0.0.1", "only for this machine", id="a number elsewhere"),
        pytest.param("maildir://Maildir", "absolute path", id="a relative path"),
        pytest.param("maildir://", "absolute path", id="no path"),
    ],
)
def test_a_place_that_cannot_be_is_explained(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_location(url)


@pytest.mark.parametrize(
    "url",
    [
        "imaps://me:geh%65im@h",
        "imaps://me:geheim@h",
        "imaps://me@example.nl:geheim@h",
        "imaps://me:ge/heim@h",
        "imaps://me:g@geheim@h",
        "imaps://me:geheim",
        "imaps://me@h:geheim",
        "imaps://me@h/geheim",
        "imap://me@geheim",
        "https://me:geheim@h",
    ],
)
def test_no_error_repeats_what_may_be_a_password(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_location(url)
    assert "eheim" not in str(caught.value)


def test_a_password_in_the_address_has_a_place_of_its_own() -> None:
    with pytest.raises(ValueError, match="CRMLINK_MAIL_PASSWORD"):
        parse_location("imaps://me:secret@imap.example.nl")


def test_a_server_is_shown_as_one_would_type_it() -> None:
    assert ImapLocation(TLS, "h", 993, "me").server == "h:993"
    assert ImapLocation(TLS, "::1", 993, "me").server == "[::1]:993"
