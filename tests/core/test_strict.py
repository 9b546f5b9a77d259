"""The tests' own reader: what it must not let through."""

import pytest
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lainaamo.core import journal
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo, needs
from lainaamo.people.access import Right
from lainaamo.people.models import Unit
from tests.strict import BUDGET, FRAME, Browser, check_page

pytestmark = pytest.mark.adds_screens

PAGE = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body>{body}</body></html>"
)


def page(body: str = "<h1>Title</h1>", *, lang: str = "fi", title: str = "Title") -> str:
    return PAGE.format(lang=lang, title=title, body=body)


def test_a_good_page_passes() -> None:
    form = '<form method="post"><input type="hidden" name="_key" value="k"></form>'
    check_page(page(f'<h1 id="top">A</h1><a href="#top">Up</a>{form}'))


@pytest.mark.parametrize(
    "bad",
    [
        page("<h1>A</h1><p><div>B</div></p>"),
        page("<h1>A</h1><b><i>B</b></i>"),
        page("<h1>A</h1><p>B & C &nosuch;</p>"),
        page("<h1>A</h1><img src=x src=y>"),
        page(lang=""),
        page(lang="fi_SIMPLE"),
        page(title=" "),
        page("<p>no heading</p>"),
        page("<h1></h1>"),
        page("<h1>A</h1><h1>B</h1>"),
        page('<h1>A</h1><p id="a"></p><p id="a"></p>'),
        page('<h1>A</h1><label for="nothing">B</label>'),
        page('<h1>A</h1><a href="#nothing">B</a>'),
        page("<h1>A</h1><style>p{}</style>"),
        page('<h1>A</h1><p style="color:red">B</p>'),
        page("<h1>A</h1><script>1</script>"),
        page('<h1>A</h1><p onclick="x()">B</p>'),
        page('<h1>A</h1><a href="javascript:x()">B</a>'),
        page('<h1>A</h1><form method="post"></form>'),
    ],
)
def test_a_bad_page_is_noticed(bad: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - html5lib has several of its own
        check_page(bad)


def writes() -> ResponseReturnValue:
    session.execute(text("UPDATE unit SET name = 'B' WHERE id = 0"))
    return {}


def changes_without_a_line() -> ResponseReturnValue:
    session.add(Unit(key="a", name="A"))
    return {}


def changes_with_a_line() -> ResponseReturnValue:
    session.add(Unit(key="a", name="A"))
    journal.write("unit.made", "unit", 1)
    return {}


def asks_and_asks() -> ResponseReturnValue:
    for _ in range(BUDGET + FRAME + 1):
        session.execute(text("SELECT 1"))
    return {}


def breaks() -> ResponseReturnValue:
    raise ZeroDivisionError


def test_a_get_that_writes_is_noticed(app: Lainaamo, browser: Browser) -> None:
    app.add_url_rule("/try", view_func=needs(Right.LOOK)(writes))
    with pytest.raises(AssertionError, match="wrote to"):
        browser.get("/try")


def test_a_change_without_a_line_is_noticed(app: Lainaamo, browser: Browser) -> None:
    app.add_url_rule("/try", view_func=needs(Right.LOOK)(changes_without_a_line), methods=["POST"])
    with pytest.raises(AssertionError, match="without a journal line"):
        browser.post("/try")


def test_a_change_with_a_line_passes(app: Lainaamo, browser: Browser) -> None:
    app.add_url_rule("/try", view_func=needs(Right.LOOK)(changes_with_a_line), methods=["POST"])
    assert browser.post("/try").status_code == 200


def test_a_page_that_asks_too_much_is_noticed(app: Lainaamo, browser: Browser) -> None:
    app.add_url_rule("/try", view_func=needs(Right.LOOK)(asks_and_asks))
    with pytest.raises(AssertionError, match="queries"):
        browser.get("/try")


def test_a_fault_of_ours_is_noticed(app: Lainaamo, browser: Browser) -> None:
    app.add_url_rule("/try", view_func=needs(Right.LOOK)(breaks))
    with pytest.raises(AssertionError, match="failed"):
        browser.get("/try")
