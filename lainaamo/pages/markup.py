"""The markup of the site's own pages: a little Markdown, in which hostile input is only text.

There is no HTML, no picture and no table; a link leads to the web, an e-mail address, a phone
number or a page of our own. What is anything else stays the text that was typed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

RULES = ("heading", "list", "emphasis", "link", "autolink", "newline", "escape", "entity")
MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]()#+\-.!<>&|~])")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@lru_cache(maxsize=64)
def render(source: str) -> Markup:
    """Return the markup as safe HTML; its headings begin at the second level."""
    parser = _parser()
    tokens = _with_named_links(_in_order(parser.parse(source)))
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - escaped by the parser, in which HTML is off


def fill(source: str, facts: Mapping[str, str]) -> str:
    """Put the house's own facts where {municipality}, {service}, {phone} and {email} stand."""

    def fact(found: re.Match[str]) -> str:
        name = found[1]
        if name not in facts:
            return found[0]
        shown = escape(facts[name])
        if name == "phone":
            shown = shown.replace(" ", "\u00a0")
            return f"[{shown}](tel:{re.sub(r'[^0-9+]', '', facts[name])})"
        return f"[{shown}](<mailto:{facts[name]}>)" if name == "email" else shown

    return PLACEHOLDER.sub(fact, source)


def escape(text: str) -> str:
    """Return plain text as markup that shows the same signs."""
    return MEANS_SOMETHING.sub(r"\\\1", " ".join(text.split()))


def leads_somewhere_safe(url: str) -> bool:
    """Tell whether a link may lead there: the web, mail, phone, or a path of our own."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.netloc)
    if parts.scheme in {"mailto", "tel"}:
        return bool(parts.path)
    is_path = url.startswith("/") and not url.startswith(("//", "/\\", "/%5C"))
    return is_path and not parts.scheme and not parts.netloc


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": 12})
    parser.enable(list(RULES))
    parser.validateLink = leads_somewhere_safe  # type: ignore[method-assign]  # its documented way
    return parser


def _in_order(tokens: Sequence[Token]) -> list[Token]:
    """Let headings be of the second and third level, none skipped and none empty."""
    kept: list[Token] = []
    has_second = False
    for number, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            inside = tokens[number + 1] if token.type == "heading_open" else tokens[number - 1]
            if not inside.content.strip():
                continue
            wants_third = token.markup not in {"#", "##"}
            token.tag = "h3" if wants_third and has_second else "h2"
            has_second = has_second or token.type == "heading_close"
        kept.append(token)
    return kept


def _with_named_links(tokens: list[Token]) -> list[Token]:
    """Give a link without words its address as words: a screen reader has nothing else to say."""
    for token in tokens:
        if token.children:
            token.children = list(_named(token.children))
    return tokens


def _named(children: Sequence[Token]) -> Iterator[Token]:
    said, url = "", ""
    for token in children:
        if token.type == "link_open":
            said, url = "", str(token.attrGet("href"))
        elif token.type == "link_close" and not said.strip():
            yield Token("text", "", 0, content=url)
        else:
            said += token.content
        yield token
