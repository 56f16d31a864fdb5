"""`crmlink help`: short texts on one topic each, or the help of a command. The texts are the Markdown files in `topics`."""

from __future__ import annotations

import sys
from importlib.resources import files

import click

from crmlink.cli.main import COMMANDS
from crmlink.model.errors import UsageError

TOPICS = {
    "detection": "What is found, and why.",
    "templates": "Letters of your own.",
    "providers": "Mail and calendar providers.",
    "privacy": "What is kept, and who sees it.",
    "crm": "Telling a CRM.",
    "daemon": "Running it all the time.",
    "fleet": "Many mailboxes.",
    "faq": "Questions.",
}


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def command(ctx: click.Context, *, topic: str | None) -> None:
    """Explain a TOPIC; without one, list them. A command's name shows the help of that command."""
    if topic is None:
        _list(ctx)
    elif topic in TOPICS:
        _show(topic_text(topic))
    elif topic in COMMANDS:
        _show_command(ctx, topic)
    else:
        raise UsageError(f"There is no help on {topic}", hint=f"`crmlink help` lists the topics: {', '.join(TOPICS)}")


def topic_text(topic: str) -> str:
    """The text on this topic, in Markdown."""
    return files("crmlink.cli").joinpath("topics", f"{topic}.md").read_text("utf-8")


def _list(ctx: click.Context) -> None:
    formatter = ctx.make_formatter()
    with formatter.section("Topics"):
        formatter.write_dl(list(TOPICS.items()))
    click.echo(f"{formatter.getvalue()}\n`crmlink COMMAND --help` explains a command.")


def _show_command(ctx: click.Context, name: str) -> None:
    parent = ctx.parent
    assert parent is not None
    assert isinstance(parent.command, click.Group)
    wanted = parent.command.get_command(parent, name)
    assert wanted is not None
    click.echo(wanted.get_help(click.Context(wanted, info_name=name, parent=parent)))


def _show(text: str) -> None:
    """In colour to a person at a terminal, as it stands to anybody else."""
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console  # noqa: PLC0415 -- slow to import, and only wanted here
    from rich.markdown import Markdown  # noqa: PLC0415

    Console(width=min(100, Console().width)).print(Markdown(text))
