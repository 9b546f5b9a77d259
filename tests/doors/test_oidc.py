"""Signing in with the municipality's account: at a real provider, and at one that forges."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import func, select

from lainaamo.core import clock
from lainaamo.core.db import session, transaction
from lainaamo.core.secrets import installation_key
from lainaamo.core.web import Lainaamo
from lainaamo.people import oidc, staff
from lainaamo.people.models import Identity, Person, SignIn
from tests.journeys.house import free_port
from tests.make import Make
from tests.oidc import real
from tests.oidc.forging import Forger, forger
from tests.strict import Browser

START, SUBJECT = "/kirjautuminen/kunta", "7f1c-hanna"
Claims = dict[str, Any]


def trust(app: Lainaamo, issuer: str) -> None:
    """Let the application know an identity provider."""
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"],
        oidc_issuer=issuer,
        oidc_client_id=real.CLIENT_ID,
        oidc_client_secret=real.CLIENT_SECRET,
    )


@pytest.fixture
def hanna(app: Lainaamo, make: Make) -> Person:
    return make.person("coordinator", first_name="Hanna", email="hanna@example.fi")


def tied(app: Lainaamo, person: Person, subject: str = SUBJECT) -> None:
    with app.app_context(), transaction():
        row = session.get_one(Person, person.id)
        staff.tie(row, issuer=app.config["SETTINGS"].oidc_issuer, subject=subject)


def invitation_of(app: Lainaamo, person: Person) -> str:
    key = installation_key(app.config["SETTINGS"])
    with app.app_context(), transaction():
        made = staff.invite(session.get_one(Person, person.id), key=key)
        return staff.invitation_token(key, made.nonce)


def sessions(app: Lainaamo) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(SignIn)) or 0


# At a real provider


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Return the address of a running oidc-provider."""
    address = f"http://127.0.0.1:{free_port()}"
    home = "http://127.0.0.1:8000/"
    return_to = home.rstrip("/") + oidc.RETURN
    with real.provider(address, return_to=return_to, home=home):
        yield address


@pytest.fixture
def real_one(app: Lainaamo, issuer: str) -> str:
    trust(app, issuer)
    return issuer


@pytest.fixture
def stopped_clock() -> None:
    """Let the clock run: the provider has the real one."""


def come_in(browser: Browser, subject: str = SUBJECT, start: str = START) -> Any:
    there = browser.get(start)
    assert there.status_code == 303
    home = "http://127.0.0.1:8000"
    back = real.sign_in_at(there.location, subject=subject, until=home + oidc.RETURN)
    return browser.get(back.removeprefix(home))


@pytest.mark.usefixtures("real_one")
class TestAtARealProvider:
    def test_an_invited_person_ties_the_account_and_comes_in_with_it_ever_after(
        self, app: Lainaamo, hanna: Person, browser: Browser
    ) -> None:
        link = invitation_of(app, hanna)
        assert START in browser.get(f"/kutsu/{link}").text
        first = come_in(browser, start=f"{START}?kutsu={link}&next=/tavarat")
        assert (first.status_code, first.location) == (303, "/tavarat")
        assert "Hanna" in browser.get("/oma-tili").text
        browser.post("/uloskirjautuminen")
        assert browser.get("/oma-tili").status_code == 303
        assert come_in(browser).location == "/tiski"
        with app.app_context():
            rows = session.scalars(select(Identity)).all()
            assert [(row.person_id, row.subject) for row in rows] == [(hanna.id, SUBJECT)]
            assert staff.find_invitation(link) is None

    def test_an_account_that_is_tied_to_nobody_opens_nothing_even_with_a_known_address(
        self, app: Lainaamo, hanna: Person, browser: Browser
    ) -> None:
        assert come_in(browser, subject=str(hanna.email)).status_code == 409
        assert sessions(app) == 0

    def test_who_left_does_not_come_in(
        self, app: Lainaamo, hanna: Person, browser: Browser
    ) -> None:
        tied(app, hanna)
        with app.app_context(), transaction():
            staff.leave(session.get_one(Person, hanna.id))
        assert come_in(browser).status_code == 409

    def test_the_same_answer_opens_once(
        self, app: Lainaamo, hanna: Person, browser: Browser
    ) -> None:
        tied(app, hanna)
        there = browser.get(START)
        cookie = browser.get_cookie("tunnistus", path=START)
        home = "http://127.0.0.1:8000"
        back = real.sign_in_at(there.location, subject=SUBJECT, until=home + oidc.RETURN)
        path = back.removeprefix(home)
        assert browser.get(path).status_code == 303
        assert cookie is not None
        for _ in range(3):
            browser.set_cookie("tunnistus", cookie.value, path=START)
            assert browser.get(path).status_code == 409
        assert sessions(app) == 1

    def test_another_browser_cannot_use_the_answer(
        self, app: Lainaamo, hanna: Person, browser: Browser
    ) -> None:
        tied(app, hanna)
        home = "http://127.0.0.1:8000"
        there = browser.get(START)
        back = real.sign_in_at(there.location, subject=SUBJECT, until=home + oidc.RETURN)
        other = app.test_client()
        assert other.get(back.removeprefix(home)).status_code == 409
        other.get(START)
        assert other.get(back.removeprefix(home)).status_code == 409
        assert sessions(app) == 0

    def test_signing_out_leads_to_the_providers_own_sign_out(
        self, app: Lainaamo, hanna: Person, browser: Browser
    ) -> None:
        tied(app, hanna)
        come_in(browser)
        out = browser.post("/uloskirjautuminen")
        assert f"{START}/ulos" in browser.get(out.location).text
        assert browser.get(f"{START}/ulos").location.startswith(app.config["SETTINGS"].oidc_issuer)

    def test_what_is_asked_of_the_provider(self, browser: Browser) -> None:
        asked = parse_qs(urlsplit(browser.get(START).location).query)
        assert asked["response_type"] == ["code"]
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["scope"] == ["openid"]
        assert {"state", "nonce", "code_challenge"} <= set(asked)
        again = parse_qs(urlsplit(browser.get(START).location).query)
        for name in ("state", "nonce", "code_challenge"):
            assert asked[name] != again[name]


# At one that forges


@pytest.fixture
def forging(app: Lainaamo) -> Iterator[Forger]:
    with forger() as made:
        trust(app, made.issuer)
        yield made


class Attack:
    """One sign-in at the forging provider, up to the moment of the token."""

    def __init__(self, browser: Browser, forging: Forger) -> None:
        self.browser, self.forging = browser, forging
        asked = parse_qs(urlsplit(browser.get(START).location).query)
        self.state, self.nonce = asked["state"][0], asked["nonce"][0]

    def claims(self, **changed: Any) -> Claims:
        now = int(clock.now().timestamp())
        good = {
            "iss": self.forging.issuer,
            "aud": real.CLIENT_ID,
            "sub": SUBJECT,
            "nonce": self.nonce,
            "iat": now,
            "exp": now + 300,
        }
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def signed(self, key: Any = None, alg: str = "RS256", **changed: Any) -> str:
        header = {"alg": alg, "kid": "k1"}
        return jwt.encode(header, self.claims(**changed), key or self.forging.key, algorithms=[alg])

    def back(self, token: Any, **changed: str) -> int:
        self.forging.token = token
        asked = urlencode({"code": "c", "state": self.state, **changed})
        return self.browser.get(f"{oidc.RETURN}?{asked}").status_code


def part(what: Any) -> str:
    raw = what if isinstance(what, bytes) else json.dumps(what).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(attack: Attack) -> str:
    return f"{part({'alg': 'none'})}.{part(attack.claims())}."


def signed_with_the_public_key(attack: Attack) -> str:
    """Forge as CVE-2015-9235 did: the public key as a shared secret."""
    text = f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(attack.claims())}"
    public = attack.forging.key.as_pem(private=False)
    return f"{text}.{part(hmac.new(public, text.encode(), hashlib.sha256).digest())}"


def signed_with_the_client_secret(attack: Attack) -> str:
    return attack.signed(OctKey.import_key(real.CLIENT_SECRET), "HS256")


def of_another_key(attack: Attack) -> str:
    return attack.signed(RSAKey.generate_key(2048))


def of_another_kind_of_key(attack: Attack) -> str:
    return attack.signed(ECKey.generate_key("P-256"), "ES256")


def with_its_own_key_inside(attack: Attack) -> str:
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": "k1", "jwk": key.as_dict(private=False)}
    text = f"{part(header)}.{part(attack.claims())}"
    signature = attack.signed(key).rpartition(".")[2]
    return f"{text}.{signature}"


def changed_after_signing(attack: Attack) -> str:
    head, _body, signature = attack.signed().split(".")
    return f"{head}.{part(attack.claims(sub='somebody-else'))}.{signature}"


def cut(attack: Attack) -> str:
    return attack.signed()[:-4]


def claiming(**changed: Any) -> Callable[[Attack], str]:
    return lambda attack: attack.signed(**changed)


def at(**seconds: int) -> Callable[[Attack], str]:
    def forge(attack: Attack) -> str:
        now = int(clock.now().timestamp())
        changed: Claims = {name: now + value for name, value in seconds.items()}
        return attack.signed(**changed)

    return forge


FORGED: dict[str, Callable[[Attack], Any]] = {
    "no token": lambda _attack: None,
    "a number": lambda _attack: 7,
    "not a token": lambda _attack: "a.b.c",
    "nothing": lambda _attack: "",
    "NUL": lambda _attack: "\0",
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "signed with the client's secret": signed_with_the_client_secret,
    "wrong key": of_another_key,
    "wrong kind of key": of_another_kind_of_key,
    "key inside": with_its_own_key_inside,
    "changed": changed_after_signing,
    "cut": cut,
    "expired": at(iat=-900, exp=-61),
    "from the future": at(iat=120, exp=900),
    "not yet valid": at(nbf=120),
    "no end": claiming(exp=None),
    "no beginning": claiming(iat=None),
    "end is words": claiming(exp="tomorrow"),
    "wrong issuer": claiming(iss="https://evil.example"),
    "issuer with a slash": lambda attack: attack.signed(iss=f"{attack.forging.issuer}/"),
    "no issuer": claiming(iss=None),
    "wrong audience": claiming(aud="another-service"),
    "no audience": claiming(aud=None),
    "many audiences, for another party": claiming(aud=["lainaamo", "x"], azp="x"),
    "many audiences, for nobody": claiming(aud=["lainaamo", "x"]),
    "wrong nonce": claiming(nonce="of another sign-in"),
    "no nonce": claiming(nonce=None),
    "no subject": claiming(sub=None),
    "empty subject": claiming(sub=""),
    "subject is a number": claiming(sub=7),
    "subject is too long": claiming(sub="x" * 256),
    "wrong hash of the access token": claiming(at_hash="x"),
}


def test_a_good_token_of_the_forger_comes_in_so_that_refusals_mean_something(
    app: Lainaamo, hanna: Person, browser: Browser, forging: Forger
) -> None:
    tied(app, hanna)
    for skew in ({}, {"iat": 50}, {"iat": -900, "exp": -50}):
        attack = Attack(browser, forging)
        assert attack.back(at(**skew)(attack)) == 303


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_not_accepted(
    app: Lainaamo, hanna: Person, browser: Browser, forging: Forger, name: str
) -> None:
    tied(app, hanna)
    attack = Attack(browser, forging)
    assert attack.back(FORGED[name](attack)) == 409
    assert sessions(app) == 0


def test_a_token_of_an_earlier_sign_in_is_not_accepted(
    app: Lainaamo, hanna: Person, browser: Browser, forging: Forger
) -> None:
    tied(app, hanna)
    first = Attack(browser, forging)
    token = first.signed()
    assert first.back(token) == 303
    second = Attack(browser, forging)
    assert second.back(token) == 409
    assert sessions(app) == 1


@pytest.mark.parametrize(
    "changed",
    [{"state": "another"}, {"state": ""}, {"code": ""}, {"iss": "https://evil.example"}],
    ids=str,
)
def test_an_answer_to_another_question_is_not_even_looked_at(
    app: Lainaamo, hanna: Person, browser: Browser, forging: Forger, changed: dict[str, str]
) -> None:
    tied(app, hanna)
    attack = Attack(browser, forging)
    assert attack.back(attack.signed(), **changed) == 409
    assert (forging.codes, sessions(app)) == (0, 0)


def test_an_answer_that_comes_too_late_or_with_a_changed_cookie_is_refused(
    app: Lainaamo, hanna: Person, browser: Browser, forging: Forger
) -> None:
    tied(app, hanna)
    attack = Attack(browser, forging)
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert attack.back(attack.signed()) == 409
    attack = Attack(browser, forging)
    cookie = browser.get_cookie("tunnistus", path=START)
    assert cookie is not None
    browser.set_cookie("tunnistus", "x" + cookie.value[1:], path=START)
    assert attack.back(attack.signed()) == 409
    assert sessions(app) == 0


def test_an_invitation_in_a_link_on_another_site_ties_nothing(
    app: Lainaamo, hanna: Person, browser: Browser, forging: Forger
) -> None:
    link = invitation_of(app, hanna)
    for site, expected in (("cross-site", 409), ("same-site", 409), ("same-origin", 303)):
        there = browser.get(f"{START}?kutsu={link}", headers={"Sec-Fetch-Site": site})
        asked = parse_qs(urlsplit(there.location).query)
        attack = Attack.__new__(Attack)
        attack.browser, attack.forging = browser, forging
        attack.state, attack.nonce = asked["state"][0], asked["nonce"][0]
        assert attack.back(attack.signed()) == expected


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_wrongly_is_as_good_as_down(
    browser: Browser, forging: Forger, description: dict[str, Any]
) -> None:
    forging.description = description
    assert browser.get(START).status_code == 503


def test_when_the_provider_is_down_the_password_still_opens(
    app: Lainaamo, make: Make, browser: Browser
) -> None:
    make.person("counter", email="a@example.fi", password="suksi ja sauva")
    trust(app, f"http://127.0.0.1:{free_port()}")
    browser.may_fail = True
    page = browser.get(START)
    assert page.status_code == 503
    assert 'href="/kirjautuminen?salasana=1"' in page.text
    form = {"name": "a@example.fi", "password": "suksi ja sauva"}
    assert browser.post("/kirjautuminen", data=form).status_code == 303


def test_without_a_provider_there_is_no_such_door(browser: Browser) -> None:
    assert START not in browser.get("/kirjautuminen").text
    for path in (START, oidc.RETURN, f"{START}/ulos"):
        assert browser.get(path).status_code == 303
