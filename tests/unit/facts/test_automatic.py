"""Mail that no person wrote to a person, and mail that only looks like it."""

from __future__ import annotations

import pytest

from crmlink.model.mail import Automatic
from tests.unit.facts.mails import TEXT, mail, multipart, read

LIST, REPLY, BOUNCE, NOTE, INVITE = (
    Automatic.LIST,
    Automatic.AUTO_REPLY,
    Automatic.BOUNCE,
    Automatic.NOTIFICATION,
    Automatic.INVITATION,
)

HEADERS: list[tuple[str, str, Automatic]] = [
    ("Auto-Submitted", "auto-replied", REPLY), ("Auto-Submitted", "auto-replied (vacation)", REPLY), ("Auto-Submitted", "auto-generated", NOTE), ("Auto-Submitted", "auto-notified", NOTE), ("Auto-Submitted", "yes", NOTE),
    ("List-Id", "<club.example>", LIST), ("List-Unsubscribe", "<https://x.example/u>", LIST), ("List-Post", "<mailto:l@x.example>", LIST), ("Mailing-List", "list l@x.example", LIST), ("X-Mailing-List", "l@x.example", LIST), ("X-BeenThere", "l@x.example", LIST),
    ("Feedback-ID", "1:2:3:x", LIST), ("Precedence", "bulk", LIST), ("Precedence", "junk", LIST), ("Precedence", "list", LIST), ("Precedence", "auto_reply", REPLY),
    ("X-Autoreply", "yes", REPLY), ("X-Autorespond", "x", REPLY), ("X-Autoresponder", "x", REPLY), ("X-Amazon-Auto-Reply", "true", REPLY), ("X-Loop", "ticket@x.example", NOTE), ("Return-Path", "<>", NOTE), ("X-Failed-Recipients", "a@x.example", BOUNCE),
    ("Sender", "club-bounces@x.example", LIST), ("Sender", "owner-club@x.example", LIST), ("Errors-To", "club-admin@x.example", LIST), ("Return-Path", "<club-bounces+els=x@x.example>", LIST),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "kind"), HEADERS, ids=[f"{name}: {value}" for name, value, _ in HEADERS])
def test_each_header_of_automatic_mail_is_seen_and_named(name: str, value: str, kind: Automatic) -> None:
    message = read(mail(**{name: value}))
    assert message.automatic is kind
    assert name.lower() in message.automatic_reason.lower()


@pytest.mark.parametrize("address", ["mailer-daemon@x.example", "MAILER-DAEMON@x.example"])
def test_mail_systems_bounce(address: str) -> None:
    assert read(mail(From=f"Mail system <{address}>")).automatic is BOUNCE


@pytest.mark.parametrize(
    "address",
    [
        "noreply@x.example",
        "no-reply@x.example",
        "donotreply@x.example",
        "do-not-reply@x.example",
        "bounce@x.example",
        "notification@x.example",
        "notifications@x.example",
        "meldingen@x.example",
        "geenantwoord@x.example",
    ],
)
def test_addresses_of_machines_notify(address: str) -> None:
    assert read(mail(From=f"Bank <{address}>")).automatic is NOTE


def test_reports_are_told_apart() -> None:
    status = multipart(
        'report; report-type="delivery-status"',
        "Content-Type: text/plain\n\nhelaas",
        "Content-Type: message/delivery-status\n\nStatus: 5.1.1",
    )
    receipt = multipart(
        "report; report-type=disposition-notification",
        "Content-Type: text/plain\n\ngelezen",
        "Content-Type: message/disposition-notification\n\nx: y",
    )
    assert read(status).automatic is BOUNCE
    assert read(receipt).automatic is NOTE


def test_a_mail_systems_own_dialect_is_understood() -> None:
    body = "Hi. This is the qmail-send program at x.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<jan@y.example>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <a@x.example>\n"
    assert read(mail(body, From="postmaster@x.example", Subject="failure notice")).automatic is BOUNCE


AUTO_REPLIES = {
    "Outlook in Dutch": ("Automatisch antwoord: offerte", "Ik ben er maandag weer."), "Outlook in English": ("Automatic reply: quote", "I am away."), "Outlook in German": ("Automatische Antwort: Angebot", "Ich bin im Urlaub."), "Outlook in French": ("Réponse automatique : devis", "Je suis absent."),
    "away": ("Afwezig: offerte", "Tot maandag."), "not there": ("Niet aanwezig: offerte", "Tot maandag."), "out of office": ("Out of Office: quote", "Back on Monday."), "out of office again": ("Out of office Re: quote", "Back on Monday."), "Abwesenheitsnotiz": ("Abwesenheitsnotiz: Angebot", "Bis Montag."), "receipt": ("Ontvangstbevestiging", "Wij gaan ermee aan de slag."),
    "thanks and away": ("Re: offerte", "Bedankt voor je bericht. Ik ben tot en met 9 maart niet aanwezig. Voor dringende zaken kun je Piet bellen."), "thanks and away in English": ("Re: quote", "Thank you for your email. I am out of the office until 9 March with limited access to email."), "thanks and away in German": ("Re: Angebot", "Vielen Dank für Ihre Nachricht. Ich bin bis 9. März nicht im Büro."),
    "it says so": ("offerte", "Dit is een automatisch antwoord. Ik ben momenteel afwezig en lees mijn mail niet."), "a desk": ("Uw vraag", "Bedankt voor uw bericht. Wij nemen zo spoedig mogelijk contact met u op, uiterlijk binnen 2 werkdagen."), "a desk in English": ("Your question", "Thank you for contacting us. We will get back to you within two business days."),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "body"), AUTO_REPLIES.values(), ids=AUTO_REPLIES.keys())
def test_automatic_answers_are_seen_without_headers(subject: str, body: str) -> None:
    assert read(mail(f"Beste afzender,\n\n{body}\n\nGroet,\nEls", Subject=subject)).automatic is REPLY


NOTIFICATIONS = {
    "it says so": "Uw rapport staat klaar.\n\nDit is een automatisch gegenereerd bericht.", "do not answer": "Je pakket is onderweg.\n\nJe kunt op deze e-mail niet antwoorden.", "unmonitored": "Your report is ready. This mailbox is not monitored.", "in English": "Your report is ready.\n\nPlease do not reply to this email.", "in German": "Ihr Bericht ist da.\n\nBitte antworten Sie nicht auf diese E-Mail.",
}  # fmt: skip


def test_words_are_found_over_the_end_of_a_line() -> None:
    assert read(mail("Uw rapport staat klaar. Dit is een\nautomatisch gegenereerd\nbericht.")).automatic is NOTE


@pytest.mark.parametrize("body", NOTIFICATIONS.values(), ids=NOTIFICATIONS.keys())
def test_mail_that_calls_itself_automatic_is(body: str) -> None:
    assert read(mail(body, From="Bank <service@bank.example>")).automatic is NOTE


BULK = {
    "a newsletter": ("nieuws@vereniging.example", "Nieuwsbrief maart", "Beste leden,\n\nIn deze nieuwsbrief leest u alles over het voorjaar.\n\nU ontvangt deze nieuwsbrief omdat u lid bent. Afmelden kan hier."),
    "a sale": ("info@winkel.example", "20% korting op alles!", "Beste klant,\n\nAlleen deze week 20% korting. Bestel nu, OP=OP.\n\nUitschrijven"),
    "a newsletter in English": ("news@shop.example", "Spring issue", "Dear reader,\n\nIn this issue: spring. Read more on our site.\n\nUnsubscribe | View in browser"),
    "a newsletter in German": ("newsletter@messe.example", "Unser Newsletter", "Liebe Leser,\n\nsparen Sie 20 % auf Tickets.\n\nNewsletter abbestellen"),
    "a seller who never met me": ("chad@leads.example", "Quick question", "Hi Marleen,\n\nI came across your website. We help small companies like yours get more leads. Are you free for a 15-minute call next week?\n\nChad\n\nNot interested? Just reply no."),
    "a Dutch seller who never met me": ("rik@besparen.example", "Besparen op energie", "Geachte mevrouw Van Dam,\n\nWist u dat 8 op de 10 bedrijven te veel betalen? Wij helpen ondernemers besparen. Ik ben binnenkort bij u in de buurt, een kop koffie is geheel vrijblijvend. Schikt dinsdag?\n\nRik"),
    "a feed": ("jan@feeds.example", "A post", "URL: https://blog.example/1\nDate: 2026-03-01\n\nWho wants to read this?"),
}  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "body"), BULK.values(), ids=BULK.keys())
def test_bulk_mail_is_seen_without_headers(sender: str, subject: str, body: str) -> None:
    assert read(mail(body, From=sender, Subject=subject)).automatic is LIST


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("bestuur-list@club.example", "notulen"),
        ("Club <club@googlegroups.com>", "notulen"),
        ("iemand@x.example", "[bestuur] notulen"),
        ("", "Re: [bestuur] notulen"),
    ],
)
def test_traffic_of_a_list_is_seen_by_its_shape(to: str, subject: str) -> None:
    assert read(mail(To=to, Subject=subject)).automatic is LIST


@pytest.mark.parametrize(
    "subject", ["[EXTERN] offerte", "[EXTERNAL] Re: quote", "[Ticket 4021] laptop", "Re: [#4021] laptop"]
)
def test_tags_of_mail_systems_make_no_list(subject: str) -> None:
    assert read(mail(To="alias@vandam.example", Subject=subject)).automatic is None


def test_the_same_traffic_addressed_to_me_is_personal() -> None:
    assert read(mail(Cc="bestuur-list@club.example", Subject="[bestuur] notulen")).automatic is None


@pytest.mark.parametrize(
    "subject",
    ["Geaccepteerd: koffie", "Accepted: coffee", "Geweigerd: koffie", "Abgesagt: Kaffee", "Cancelled: coffee"],
)
def test_calendar_programs_are_known_by_subject_and_header(subject: str) -> None:
    assert read(mail("Els komt.", Subject=subject, Auto_Submitted="auto-generated")).automatic is INVITE


PERSONAL = {
    "an ordinary mail": TEXT,
    "small print": "Kun je dinsdag?\n\nGroet,\nEls\n\nDit bericht is vertrouwelijk. Wilt u onze nieuwsbrief niet meer ontvangen, klik hier om u af te melden.",
    "about a newsletter": "Wil jij een stukje schrijven voor de nieuwsbrief van maart? Dan kan ik hem vrijdag versturen.",
    "about unsubscribing": "Ik wil me graag uitschrijven voor de cursus, kun jij dat regelen?",
    "I will be away": "Volgende week ben ik niet aanwezig, ik ben op vakantie. Kunnen we het voor vrijdag afronden?",
    "thanks for your mail": "Bedankt voor je mail! Dinsdag past prima. Neem jij de tekening mee?",
    "thanks and a promise": "Dank voor je bericht. Ik kijk ernaar en laat het je morgen weten.",
    "about something automatic": "De deur gaat automatisch open. Werkt dat bij jou ook?",
    "a quick question": "Quick question: who is responsible for the keys on Friday?",
    "a price": "Ik kan je 10% korting geven als je er twee neemt. Zal ik ze reserveren?",
    "an invitation to all": "Beste allen,\n\nVrijdag borrelen we in de kantine. Wie komt er?",
    "many links": "Kijk eens:\n" + "\n".join(f"https://huis.example/{number}" for number in range(9)) + "\nWelke vind jij het mooist?",
    "an office": "Kunt u de rekening van maart nog eens sturen?",
    "delivery": "Het pakket kon niet worden bezorgd bij de buren. Heb jij het?",
    "leave": "Is mijn verlof al goedgekeurd? Ik ben dan met vakantie en lees mijn mail niet.",
}  # fmt: skip


@pytest.mark.parametrize("body", PERSONAL.values(), ids=PERSONAL.keys())
def test_what_people_write_stays_personal(body: str) -> None:
    message = read(mail(body))
    assert (message.automatic, message.automatic_reason) == (None, "")


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatisch antwoord: offerte",
        "Afwezigheid Jan",
        "Uitnodiging: kennismaken bij ons op kantoor",
        "Re: Nieuwsbrief",
        "Out of office next week",
        "Geannuleerd: onze afspraak",
    ],
)
def test_people_write_such_subjects_too(subject: str) -> None:
    assert read(mail(Subject=subject)).automatic is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("X-Auto-Response-Suppress", "DR, OOF, AutoReply"),
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", "normal"),
        ("Precedence", "first-class"),
        ("X-Loop", "marleen@vandam.example"),
        ("Return-Path", "<els@kantoor.example>"),
        ("X-Mailer", "Outlook"),
    ],
)
def test_headers_that_prove_nothing(name: str, value: str) -> None:
    assert read(mail(**{name: value})).automatic is None


def test_my_own_words_are_never_taken_for_a_newsletter() -> None:
    assert read(mail(BULK["a sale"][2], From="marleen@vandam.example", To="alle-leden@club.example")).automatic is None


def test_my_own_automatic_answer_is_automatic() -> None:
    assert read(mail(From="marleen@vandam.example", Auto_Submitted="auto-replied")).automatic is REPLY
