"""An administrator's browser that fills in forms as a person does: only what differs is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from lainaamo.administration.models import Change
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo
from tests.conftest import SignedIn
from tests.strict import Browser

Fields = Mapping[str, Any]


@dataclass
class Office:
    """A browser at the administrator's screens."""

    browser: Browser
    app: Lainaamo

    def form(self, page: str, action: str | None = None) -> dict[str, list[str]]:
        """Return what a page's form would send as it stands."""
        answer = self.browser.get(page)
        assert answer.status_code == 200, answer.status_code
        return filled(answer.text, action or page)

    def save(self, page: str, action: str | None = None, **typed: Any) -> TestResponse:
        """Open a page, type into its form, and send it."""
        return self.send(action or page, self.form(page, action), **typed)

    def send(self, action: str, form: Fields, **typed: Any) -> TestResponse:
        """Send a form with what was typed."""
        return self.browser.post(action, data={**form, **typed})

    def undo(self, change: Change, **agreed: Any) -> TestResponse:
        """Take a change back."""
        part = PARTS[change.thing]
        return self.browser.post(f"/hallinta/{part}/muutokset/{change.id}/peruminen", data=agreed)

    def changes(self) -> list[Change]:
        """Return all changes, the newest first."""
        with self.app.app_context():
            found = list(session.scalars(select(Change).order_by(Change.id.desc())))
            session.expunge_all()
            return found


PARTS = {
    "house_setting": "asetukset",
    "site": "toimipisteet",
    "place": "hyllyt",
    "category": "luokat",
    "loan_terms": "ehdot",
    "kind": "nimikkeet",
    "item": "tavarat",
}


def filled(text: str, action: str) -> dict[str, list[str]]:
    """Return what the form of a page that goes to an address would send."""
    root = html5lib.parse(text, namespaceHTMLElements=False)
    form = next(
        one
        for one in root.iter("form")
        if one.get("action") == action and one.get("method") == "post"
    )
    values: dict[str, list[str]] = {}
    for field in form.iter():
        for value in _values(field):
            values.setdefault(str(field.get("name")), []).append(value)
    return values


def _values(field: Element) -> list[str]:
    if field.tag == "textarea":
        return [(field.text or "").removeprefix("\n")]
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        return [(chosen or options)[0].get("value", "")]
    if field.tag == "input" and field.get("name"):
        ticked = field.get("type") not in {"radio", "checkbox"} or field.get("checked") is not None
        return [field.get("value", "")] if ticked else []
    return []


@pytest.fixture
def office(app: Lainaamo, signed_in: SignedIn) -> Office:
    """Return an administrator's browser."""
    return Office(signed_in("administrator"), app)


@pytest.fixture
def another(app: Lainaamo, signed_in: SignedIn) -> Callable[[str], Office]:
    """Return a maker of browsers of other people of the house."""
    return lambda role: Office(signed_in(role), app)
