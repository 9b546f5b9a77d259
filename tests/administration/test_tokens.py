"""Programs' tokens on the administrator's screens: made, shown once, ended for good."""

import re
from datetime import timedelta

import pytest

from lainaamo.core import clock
from lainaamo.core.web import Lainaamo
from tests.conftest import SignedIn
from tests.make import Make
from tests.strict import Browser

LIST = "/hallinta/avaimet"
SHOWN = re.compile(r"lainaamo_[\w-]{32}")


def made(admin: Browser, **facts: str) -> str:
    """Make a token and return the address of its page."""
    page = admin.post(LIST, data={"words": "Näyttö", "role": "worker", **facts})
    assert page.status_code == 303, page.text
    return page.location


def me(app: Lainaamo, token: str) -> int:
    shown = {"Authorization": f"Bearer {token}"}
    return app.test_client().get("/api/v1/me", headers=shown).status_code


def test_a_token_is_made_and_shown_to_who_made_it_until_it_is_used(
    app: Lainaamo, signed_in: SignedIn, make: Make
) -> None:
    admin, worker = signed_in("administrator"), make.person("worker", number=12)
    page = made(admin, person=worker.email or "", last_day="2026-03-31")
    (token,) = set(SHOWN.findall(admin.get(page).text))
    assert not SHOWN.search(signed_in("administrator").get(page).text)
    assert not SHOWN.search(admin.get(LIST).text)
    assert me(app, token) == 200
    assert not SHOWN.search(admin.get(page).text)
    assert "31.3.2026" in admin.get(LIST).text


def test_it_is_shown_for_ten_minutes_only(signed_in: SignedIn, make: Make) -> None:
    admin = signed_in("administrator")
    page = made(admin, person=str(make.person("worker").id))
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert not SHOWN.search(admin.get(page).text)


def test_an_ended_token_opens_nothing_and_is_never_opened_again(
    app: Lainaamo, signed_in: SignedIn, make: Make
) -> None:
    admin = signed_in("administrator")
    page = made(admin, person=str(make.person("worker").id))
    (token,) = set(SHOWN.findall(admin.get(page).text))
    ended = admin.post(f"{page}/sulkeminen")
    assert (ended.status_code, me(app, token)) == (303, 401)
    change = ended.location.partition("muutos=")[2]
    assert admin.post(f"{LIST}/muutokset/{change}/peruminen").status_code == 409
    assert admin.post(f"{page}/kayttoonotto").status_code == 409
    assert me(app, token) == 401


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"words": "", "person": "1"}, 422),
        ({"person": ""}, 422),
        ({"person": "nobody@example.fi"}, 409),
        ({"person": "RESIDENT"}, 409),
        ({"person": "1", "last_day": "soon"}, 422),
        ({"person": "WORKER", "last_day": "2026-03-01"}, 409),
        ({"person": "1", "role": "emperor"}, 422),
        ({"person": "x" * 10_000}, 422),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_is_kept(
    signed_in: SignedIn, make: Make, facts: dict[str, str], status: int
) -> None:
    names = {"RESIDENT": "resident@example.fi", "WORKER": "worker@example.fi"}
    for role, email in names.items():
        make.person(role.lower(), email=email)
    given = {"words": "Näyttö", "role": "worker", **facts}
    given["person"] = names.get(given["person"], given["person"])
    page = signed_in("administrator").post(LIST, data=given)
    assert page.status_code == status
    assert given["words"] in page.text


def test_two_presses_make_one_token(signed_in: SignedIn, make: Make) -> None:
    admin = signed_in("administrator")
    facts = {"person": str(make.person("worker").id), "_key": "k"}
    assert made(admin, **facts) == made(admin, **facts)


def test_only_the_administrator_gives_tokens(signed_in: SignedIn) -> None:
    for role in ("coordinator", "counter", "worker"):
        assert signed_in(role).get(LIST).status_code == 403
