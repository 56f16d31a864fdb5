"""Turns HTML mail into the text a reader sees, line by line.

In: HTML of any quality. Out: plain text; block elements end lines, quoted mail gets "> " before its lines, a marked signature
gets the "-- " line (RFC 3676 section 4.3), and what is hidden, scripts, styles and comments are gone. Size and nesting depth
are capped first: sixty thousand nested elements would cost seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HTML = 256 * 1024
MAX_DEPTH = 200
_MAX_NODES = 40_000
_MAX_STYLE = 1000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)[^<>]*?(/?)>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_DROPPED = frozenset(
    [
        "head",
        "style",
        "script",
        "title",
        "noscript",
        "template",
        "svg",
        "math",
        "object",
        "iframe",
        "select",
        "textarea",
        "button",
        "map",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "caption",
    ]
)
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"])
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)|max-height\s*:\s*0(?:px)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_BAR_LEFT = re.compile(r"border-left\s*:(?!\s*(?:none|0))[^;]{0,60}?(?:solid|px|pt)", re.IGNORECASE)
_INDENTED = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"\b(?:gmail_signature|moz-signature|ms-outlook-mobile-signature|protonmail_signature_block|x_signature|signature_block)\b|^Signature$",
    re.IGNORECASE,
)
_WHITE = re.compile(r"[ \t\r\n\f\v]+")


def html_to_text(html: str) -> str:
    """The visible text of `html`, quoted lines marked with "> "."""
    html = html[:MAX_HTML]
    if _depth(html) > MAX_DEPTH:
        return _tagless(html)
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    writer = _Writer()
    _walk(root, writer)
    return writer.text()


def _depth(html: str) -> int:
    """An upper bound of how deep elements are nested."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[1]:
            depth = max(0, depth - 1)
        elif (
            not match[3]
            and match[2].lower() not in _VOID
            and match[2].lower() not in ("p", "li", "td", "tr", "option", "dd", "dt")
        ):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _tagless(html: str) -> str:
    """The text of HTML that is too deep to be honest, tags simply cut out."""
    return "\n".join(
        _WHITE.sub(" ", line).strip() for line in _TAG.sub("\n", _COMMENT.sub("", html)).split("\n") if line.strip()
    )


@dataclass(slots=True)
class _Writer:
    """Collects text into lines, each with the depth of quoting it stands in."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: int = 0

    def write(self, text: str) -> None:
        self.line.append(text)

    def end_line(self) -> None:
        text = _WHITE.sub(" ", "".join(self.line)).strip()
        self.line.clear()
        if text:
            self.lines.append("> " * self.quotes + text)

    def blank(self) -> None:
        self.end_line()
        empty = "> " * self.quotes
        if self.lines and self.lines[-1].strip(" >"):
            self.lines.append(empty.rstrip())

    def break_line(self) -> None:
        if "".join(self.line).strip():
            self.end_line()
        else:
            self.blank()

    def text(self) -> str:
        self.end_line()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        return "\n".join(self.lines).strip("\n")


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Visits nodes in document order without recursion."""
    node = root
    opened: list[tuple[str, bool]] = []
    for _ in range(_MAX_NODES):
        after = _enter(node, writer, opened) or _after(node, writer, opened)
        if after is None:
            return
        node = after


def _after(node: LexborNode, writer: _Writer, opened: list[tuple[str, bool]]) -> LexborNode | None:
    """The next node outside this one; elements that end on the way there are left."""
    current: LexborNode | None = node
    while current is not None:
        if current.next is not None:
            return current.next
        current = current.parent
        if not opened:
            return None
        _leave(writer, opened)
    return None


def _enter(node: LexborNode, writer: _Writer, opened: list[tuple[str, bool]]) -> LexborNode | None:
    """Writes what the node itself says and gives its first child when that must be visited."""
    tag = node.tag or ""
    if tag == "-text":
        writer.write(node.text_content or "")
        return None
    if tag == "br":
        writer.break_line()
        return None
    if tag[:1] in ("-", "!") or tag in _DROPPED:
        return None
    attributes = node.attributes
    if _hidden(attributes):
        return None
    if tag in _PARAGRAPHS:
        writer.blank()
    elif tag in _BLOCKS:
        writer.end_line()
    elif tag in ("td", "th"):
        writer.write(" ")
    if tag == "li":
        writer.write("- ")
    return _open(node, tag, attributes, writer, opened)


def _open(
    node: LexborNode, tag: str, attributes: dict[str, str | None], writer: _Writer, opened: list[tuple[str, bool]]
) -> LexborNode | None:
    child = node.first_child
    if child is None:
        return None
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()
    if names and _SIGNATURE.search(names) and writer.lines:
        writer.end_line()
        writer.lines.append("> " * writer.quotes + "-- ")
    quoted = _quotes(tag, attributes)
    if quoted:
        writer.end_line()
        writer.quotes += 1
    opened.append((tag, quoted))
    return child


def _leave(writer: _Writer, opened: list[tuple[str, bool]]) -> None:
    tag, quoted = opened.pop()
    if tag in _BLOCKS or quoted:
        writer.end_line()
    if quoted:
        writer.quotes -= 1
    if tag in _PARAGRAPHS:
        writer.blank()


def _hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or bool(_HIDDEN.search((attributes.get("style") or "")[:_MAX_STYLE]))


def _quotes(tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether the element holds quoted mail: a bar on its left side, or a blockquote that is no mere indentation."""
    style = (attributes.get("style") or "")[:_MAX_STYLE]
    if tag == "blockquote":
        return attributes.get("type") == "cite" or not _INDENTED.search(style)
    if tag == "div" and "yahoo_quoted" in (attributes.get("class") or ""):
        return True
    return tag == "div" and bool(_BAR_LEFT.search(style))


def links(html: str) -> Iterator[str]:
    """Every http link in the HTML, as written."""
    return (match[1] for match in re.finditer(r"href\s*=\s*[\"']?(https?://[^\s\"'<>]{1,2000})", html, re.IGNORECASE))
