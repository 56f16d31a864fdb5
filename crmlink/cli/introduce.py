"""`crmlink introduce`: a warm introduction, one letter at a time."""

from __future__ import annotations

from typing import Any

import click

from crmlink.app.clock import system_clock
from crmlink.app.documents import SCHEMA
from crmlink.app.house import open_house
from crmlink.app.introduce import Made, Wish, introduce
from crmlink.app.people.contacts import who
from crmlink.cli.session import print_json, settings_of
from crmlink.model.draft import DraftState
from crmlink.model.introduction import IntroductionStep

_LIES_THERE = frozenset({DraftState.PLACED})


@click.command("introduce")
@click.argument("people", metavar="A B", nargs=2)
@click.option(
    "--for",
    "purpose",
    metavar="TEXT",
    default="",
    help="Why they should meet, in a sentence of your own; put in as written.",
)
@click.option("--agreed", is_flag=True, help="B said yes: write to both.")
@click.option("--again", is_flag=True, help="Although these two were introduced before.")
@click.option("--dry-run", is_flag=True, help="Show the letter and place nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (schema 1).")
@click.pass_context
def command(ctx: click.Context, /, *, people: tuple[str, str], purpose: str, as_json: bool, **how: bool) -> None:
    """Introduce A to B: first a draft that asks B whether it is welcome; after a yes (--agreed) one to both.

    A and B are addresses, or words of a name. Nothing is sent: you do that.
    """
    settings = settings_of(ctx)
    introduced, asked = (who(settings, words) for words in people)
    wish = Wish(introduced, asked, purpose, agreed=how["agreed"], again=how["again"])
    with open_house(settings, system_clock(settings.timezone), read_only=how["dry_run"]) as house:
        made = introduce(house, wish, dry_run=how["dry_run"])
    if as_json:
        print_json(_document(made))
    else:
        _show(made)
    ctx.exit(0 if made.state is None or made.state in _LIES_THERE else 1)


def _document(made: Made) -> dict[str, Any]:
    draft = made.draft
    return {
        "schema": SCHEMA,
        "step": made.introduction.step.value,
        "state": made.state.value if made.state else None,
        "draft": {
            "message_id": draft.message_id,
            "to": [one.address for one in draft.to],
            "subject": draft.subject,
            "language": draft.language,
            "register": draft.register.value,
            "body": draft.body,
        },
    }


def _show(made: Made) -> None:
    draft = made.draft
    click.echo(f"To: {', '.join(one.address for one in draft.to)}\nSubject: {draft.subject}\n\n{draft.body}")
    match made.state:
        case None:
            return
        case DraftState.PLACED:
            click.echo("It lies in Drafts.")
            if made.introduction.step is IntroductionStep.ASK:
                ways = f"{made.introduction.introduced} {made.introduction.asked}"
                click.echo(f"After a yes: crmlink introduce {ways} --agreed")
        case DraftState.EDITED | DraftState.SENT | DraftState.DISCARDED:
            click.echo(f"Not placed: there was one already ({made.state}).")
        case _:
            click.echo(f"Not placed yet ({made.state}); the next scan tries again.")
