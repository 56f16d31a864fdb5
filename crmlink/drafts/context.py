"""What a template may use: one flat set of facts, all in words or yes/no, nothing left to compute.

Decides nothing. `TEMPLATE_CONTRACT` is the promise to people who write their own templates: the documentation and the
tests read it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

SUFFIX = ".txt.j2"

LANGUAGES = ("nl", "en", "de")
"""The languages whose dates, names and tone are known here."""

WAITING = "waiting"
"""The gentle nudge: a question of the owner's that waits for the reader."""

SILENT = "silent"
"""The letter to who fell silent."""

GENTLE = frozenset({WAITING, SILENT})
"""The letters about lapses that make no amends: nobody broke anything."""

LETTERS = ("missed", "clash", "cancelled", "promise", "unanswered", "they_cancelled", WAITING, SILENT)
"""The letters about lapses; each is one file per language."""

ASK, INTRODUCE = "introduce_ask", "introduce"
INTRODUCTIONS = (ASK, INTRODUCE)
"""The letters of a warm introduction: the question to one of two people, and the letter to both."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """All that is known for one letter. An empty text or tuple means "not known": the sentence must fall away.

    `template` names the file (`missed`, `cancelled`, `unanswered`, `promise`, `clash`, `they_cancelled`, `waiting`, `silent`, or one of
    `INTRODUCTIONS`, where `quote` is the owner's own sentence).
    """

    template: str
    language: str
    salutation: str
    signature: str
    formal: bool
    plural: bool = False
    mine: bool = True
    late: bool = False
    again: bool = False
    silent: bool = False
    told: bool = False
    ahead: bool = False
    when: str = ""
    day: str = ""
    due: str = ""
    quote: str = ""
    topic: str = ""
    promise: str = ""
    reason: str = ""
    place: str = ""
    they_came: bool = False
    by_phone: bool = False
    phone: str = ""
    options: tuple[str, ...] = ()
    few: bool = False
    new_day: str = ""
    back: str = ""
    calendar_known: bool = True
    introduced: str = ""

    @property
    def path(self) -> str:
        """The template's name inside the set of templates."""
        return path_of(self.language, self.template)

    def variables(self) -> dict[str, str | bool | tuple[str, ...]]:
        """Name to value, as the template sees them."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """One line of the contract: what a template finds under this name."""

    name: str
    type: str
    example: str
    meaning: str


def path_of(language: str, letter: str) -> str:
    """The name of a letter's file inside a set of templates: "nl/missed.txt.j2"."""
    return f"{language}/{letter}{SUFFIX}"


TEMPLATE_CONTRACT: tuple[TemplateVariable, ...] = (
    TemplateVariable("template", "text", "missed", "which letter this is; the name of its file"),
    TemplateVariable("language", "text", "nl", "language of the letter; the folder of its file"),
    TemplateVariable("salutation", "text", "Geachte heer Van der Berg,", "the complete first line"),
    TemplateVariable("signature", "text", "Marleen", "the owner's name: first name informally, in full formally"),
    TemplateVariable("formal", "yes/no", "yes", "u, Sie; no: je, du"),
    TemplateVariable("plural", "yes/no", "no", "the letter goes to more than one person"),
    TemplateVariable("mine", "yes/no", "yes", "the owner broke it; no: nobody did, or it is not known who"),
    TemplateVariable("late", "yes/no", "no", "a week or longer ago"),
    TemplateVariable("again", "yes/no", "no", "not the first lapse with this contact within a year"),
    TemplateVariable("silent", "yes/no", "yes", "the owner has not written to the contact since it broke"),
    TemplateVariable("told", "yes/no", "yes", "the owner called the meeting off in a mail, not only in the calendar"),
    TemplateVariable("ahead", "yes/no", "no", "the meeting's moment is still to come"),
    TemplateVariable(
        "when", "text", "op dinsdag 3 maart", "the day of the meeting, question or promise, with preposition"
    ),
    TemplateVariable("day", "text", "dinsdag 3 maart", "the same day without preposition"),
    TemplateVariable("due", "text", "op vrijdag 6 maart", "the day a promise was for, with preposition"),
    TemplateVariable(
        "quote",
        "text",
        "Welke bijlage mogen we citeren?",
        "the question (in `waiting` the owner's), or the owner's promise, literally",
    ),
    TemplateVariable("topic", "text", "Kennismaking", "title of the event or subject of the mail"),
    TemplateVariable("promise", "text", "send", "what was promised: to send a thing, to tell something, or empty"),
    TemplateVariable("reason", "text", "travel", "travel, leave, holiday, double, or empty"),
    TemplateVariable("place", "text", "Hilversum", "the town they came to"),
    TemplateVariable("they_came", "yes/no", "yes", "they came to the owner for nothing"),
    TemplateVariable("by_phone", "yes/no", "no", "the next step is a call"),
    TemplateVariable("phone", "text", "06 1234 5678", "their telephone number from their signature"),
    TemplateVariable(
        "options",
        "list of text",
        "dinsdag 24 maart om 10:00 uur",
        "moments the owner is free, by the reader's clock as well where that differs; may be empty",
    ),
    TemplateVariable("few", "yes/no", "no", "there are moments, but fewer than `OPTIONS` asks for"),
    TemplateVariable("new_day", "text", "donderdag 26 maart", "the day by which the owner will deliver or answer"),
    TemplateVariable(
        "back", "text", "maandag 13 april", "the owner is back, when a long absence makes them wait for it"
    ),
    TemplateVariable("calendar_known", "yes/no", "yes", "whether anything is known of free time"),
    TemplateVariable(
        "introduced", "text", "Els Smit", "who is introduced to the reader; `quote` is why, as you wrote it"
    ),
)
