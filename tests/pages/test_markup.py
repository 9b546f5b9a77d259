"""Whatever is typed on a page is text, unless it is one of the few marks that are known."""

import re
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lainaamo.pages.markup import fill, leads_somewhere_safe, render

KNOWN = {"p", "br", "h2", "h3", "ul", "ol", "li", "em", "strong", "a"}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&#58;alert(1))",
    "[a](java&#x09;script:alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "[a](//evil.example)",
    "[a](/\\evil.example)",
    "[a](\\\\evil.example)",
    "<javascript:alert(1)>",
    "![a](https://evil.example/pixel.png)",
    '[a](/x "title\\" onclick=alert(1)")',
    "[a]: javascript:alert(1)\n\n[a]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --><svg/onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "[a](http://[)",
)
FACTS = {
    "municipality": "Iin *kunta* <b>[x](https://evil.example)",
    "service": "Lainaamo",
    "phone": "08 0000 0000",
    "email": "lainaamo@example.fi",
}


def elements(html: str) -> list[Element]:
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [one for one in root.iter() if isinstance(one.tag, str) and one is not root]


def check_harmless(html: str) -> None:
    for one in elements(html):
        assert one.tag in KNOWN, one.tag
        assert set(one.keys()) <= ({"href", "title"} if one.tag == "a" else {"start"}), one.keys()
        if one.tag == "a":
            assert re.match(r"https?://|mailto:|tel:|/(?![/\\])", one.get("href", "")), one.attrib


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_input_shows_as_text(source: str) -> None:
    check_harmless(render(source))


@given(st.text(alphabet=st.sampled_from("[]()<>#*_-+.!\\/:&;\n\t \"'`{}|~abjsx1"), max_size=200))
def test_no_mix_of_marks_makes_anything_else(source: str) -> None:
    check_harmless(render(source))


def test_the_few_marks_are_known() -> None:
    html = render("## A\n\n**b** *c*\n\n- d\n\n1. e\n\n[f](/apua) <mailto:g@example.fi>\n2")
    assert "<h2>A</h2>" in html
    assert "<strong>b</strong> <em>c</em>" in html
    assert "<li>d</li>" in html
    assert "<ol>\n<li>e</li>" in html
    assert '<a href="/apua">f</a> <a href="mailto:g@example.fi">' in html
    assert "<br>" in html


@pytest.mark.parametrize(
    ("source", "levels"),
    [("# a\n\n# b", "22"), ("### a\n\n## b\n\n#### c", "223"), ("#\n\n## a\n\n###", "2")],
)
def test_headings_skip_no_level_and_are_never_empty(source: str, levels: str) -> None:
    tags = [one.tag for one in elements(render(source)) if one.tag.startswith("h")]
    assert "".join(tag[1] for tag in tags) == levels


def test_a_link_without_words_says_its_address() -> None:
    assert render("[](/apua)") == '<p><a href="/apua">/apua</a></p>\n'
    assert render("[ ](/apua)") == '<p><a href="/apua"> /apua</a></p>\n'


def test_the_facts_of_the_house_are_filled_in_and_mean_nothing_more() -> None:
    html = render(fill("{municipality}: {phone}, {email}, {secret}", FACTS))
    assert "Iin *kunta* &lt;b&gt;[x](https://evil.example)" in html
    assert '<a href="tel:0800000000">08\u00a00000\u00a00000</a>' in html
    assert '<a href="mailto:lainaamo@example.fi">lainaamo@example.fi</a>' in html
    assert "{secret}" in html


@pytest.mark.parametrize("url", ["https://a.fi", "/apua", "/", "mailto:a@b.fi", "tel:08"])
def test_links_lead_to_the_web_to_people_and_to_our_own_pages(url: str) -> None:
    assert leads_somewhere_safe(url)


@pytest.mark.parametrize("url", ["", "a", "#a", "?a", "https:", "https://", "ftp://a.fi", "//a.fi"])
def test_links_lead_nowhere_else(url: str) -> None:
    assert not leads_somewhere_safe(url)
