"""HTML as the reader sees it."""

from __future__ import annotations

import pytest

from crmlink.facts.html import html_to_text
from crmlink.facts.quoting import visible_reply


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>een</p><p>twee</p>", "een\n\ntwee"), ("een<br>twee<br><br>drie", "een\ntwee\n\ndrie"), ("<div>een</div><div>twee</div>drie", "een\ntwee\ndrie"), ("<div>een<div>twee</div>drie</div>", "een\ntwee\ndrie"), ("een   <b>twee</b>\n drie", "een twee drie"), ("caf&eacute; &amp; &#8364; 5", "café & € 5"),
        ("<ul><li>een</li><li>twee</li></ul>", "- een\n- twee"), ("<table><tr><td>een</td><td>twee</td></tr><tr><td>drie</td></tr></table>", "een twee\ndrie"), ("<style>p{}</style><script>x</script><!-- weg --><title>weg</title>hoi", "hoi"), ("", ""), ("<p>&nbsp;</p><p>hoi</p>", "hoi"),
        ('<div style="display:none">weg</div>hoi', "hoi"), ('<span style="font-size:0px">weg</span>hoi', "hoi"), ('<div style="DISPLAY: none !important">weg</div>hoi', "hoi"), ("<p hidden>weg</p>hoi", "hoi"), ('<div style="mso-hide:all">weg</div>hoi', "hoi"),
        ("<blockquote>oud</blockquote>nieuw", "> oud\n\nnieuw"), ('<blockquote style="margin:0 0 0 40px;border:none">ingesprongen</blockquote>', "ingesprongen"), ('<div style="border:none;border-left:solid blue 1.5pt;padding:0cm">oud</div>nieuw', "> oud\nnieuw"), ("<blockquote>een<blockquote>twee</blockquote></blockquote>", "> een\n>\n> > twee"),
        ("<p>een <b>onafgemaakt", "een onafgemaakt"), ("3 < 4 en 5 > 4", "3 < 4 en 5 > 4"),
    ],
)  # fmt: skip
def test_what_is_seen(html: str, text: str) -> None:
    assert html_to_text(html) == text


MAILS = {
    "Gmail": '<div dir="ltr">Dinsdag is goed.<br></div><br><div class="gmail_quote"><div class="gmail_attr">Op di 11 mrt 2025 om 16:08 schreef Els &lt;<a href="mailto:e@x.nl">e@x.nl</a>&gt;:<br></div><blockquote class="gmail_quote" style="border-left:1px solid #ccc">Kun je dinsdag?</blockquote></div>',
    "Outlook": '<div><p class="MsoNormal">Dinsdag is goed.<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Van:</b> Els &lt;e@x.nl&gt;<br><b>Verzonden:</b> dinsdag 14 januari 2025 09:12<br><b>Aan:</b> Jan<br><b>Onderwerp:</b> vraag</p></div><p>Kun je dinsdag?</p></div>',
    "Outlook on the web": '<div>Dinsdag is goed.</div><hr><div id="divRplyFwdMsg"><font><b>From:</b> Els<br><b>Sent:</b> Tuesday<br><b>To:</b> Jan<br><b>Subject:</b> vraag</font></div><div>Kun je dinsdag?</div>',
    "Apple Mail": '<div>Dinsdag is goed.</div><div><br><blockquote type="cite"><div>Op 11 mrt 2025, om 16:08 heeft Els het volgende geschreven:</div><br><div>Kun je dinsdag?</div></blockquote></div>',
    "Thunderbird": '<p>Dinsdag is goed.</p><div class="moz-cite-prefix">Op 14-01-2025 om 09:12 schreef Els:<br></div><blockquote type="cite" cite="mid:x">Kun je dinsdag?</blockquote>',
    "with a marked signature": '<div>Dinsdag is goed.</div><div class="gmail_signature"><div>Jan</div><div>Kent u onze site al?</div></div>',
}


@pytest.mark.parametrize("html", MAILS.values(), ids=MAILS.keys())
def test_quotes_and_signatures_of_clients_are_found(html: str) -> None:
    assert visible_reply(html_to_text(html)).reply == "Dinsdag is goed."
