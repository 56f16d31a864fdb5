"""Templates of the owner that go wrong cannot take the program with them."""

from __future__ import annotations

import time

import pytest

from crmlink.app.template_guard import check_templates, renderer
from crmlink.drafts.render import render
from crmlink.drafts.samples import sample_letters
from crmlink.drafts.template_set import TemplateFile, TemplateSet, shipped_templates
from crmlink.model.errors import TemplateError

FACTS = next(iter(sample_letters("nl", "missed")))
ENDLESS = (
    "{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}{% for c in 'x' * 9999 %}{% endfor %}{% endfor %}{% endfor %}"
)


def own(text: str) -> TemplateSet:
    file = TemplateFile("nl/missed.txt.j2", "/home/marleen/nl/missed.txt.j2", text, shipped=False)
    return shipped_templates().overridden_by([file])


def test_a_good_template_of_the_owner_is_rendered() -> None:
    templates = own("{{ salutation }}\n\nHet spijt me. {{ options | join(' of ') }}")
    assert check_templates(templates) == ()
    assert renderer(templates)(FACTS) == render(FACTS, templates)


def test_shipped_templates_need_no_guard() -> None:
    assert check_templates(shipped_templates()) == ()
    assert renderer(shipped_templates())(FACTS) == render(FACTS, shipped_templates())


def test_a_broken_template_is_a_problem_and_an_error_with_its_line() -> None:
    templates = own("Beste,\n{{ nmae }}")
    (problem,) = check_templates(templates)
    assert problem.code == "template.error"
    assert "/home/marleen/nl/missed.txt.j2, line 2" in problem.message
    with pytest.raises(TemplateError, match="line 2"):
        renderer(templates)(FACTS)


@pytest.mark.parametrize("text", [ENDLESS, "{{ 'a' * 10**9 }}"], ids=["a loop without end", "a gigabyte of text"])
def test_a_template_that_takes_too_much_is_stopped(text: str) -> None:
    began = time.monotonic()
    assert check_templates(own(text))
    with pytest.raises(TemplateError, match=r"nl/missed\.txt\.j2"):
        renderer(own(text))(FACTS)
    assert time.monotonic() - began < 20


def test_an_endless_template_is_named() -> None:
    (problem,) = check_templates(own(ENDLESS))
    assert (problem.code, problem.subject) == ("template.endless", "nl/missed")
