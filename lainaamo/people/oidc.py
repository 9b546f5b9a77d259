"""Signing in with the municipality's account: OpenID Connect's code flow with PKCE.

What the provider says is believed only after its signature, issuer, audience, times and nonce have
been checked. Only asymmetric signatures are: with a shared key the client could forge a token.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.secrets import new_token

RETURN = "/kirjautuminen/kunta/paluu"
SIGNATURES = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512"]
PATIENCE_S = 5
CLOCKS_DIFFER_S = 60
KEPT_S = 300
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2


class ProviderDown(Exception):  # noqa: N818 - a state, told to the person
    """The identity provider does not answer, or not as one does."""


class NotProven(Exception):  # noqa: N818 - an answer, not a fault
    """What came back proves nobody."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where an identity provider answers."""

    issuer: str
    authorize_url: str
    token_url: str
    keys_url: str
    sign_out_url: str
    auth_method: str


@dataclass(frozen=True, slots=True)
class Start:
    """What a browser that went to the provider must bring back."""

    state: str
    nonce: str
    verifier: str


_kept: dict[str, tuple[float, Provider]] = {}


def discover(settings: Settings) -> Provider:
    """Return where the provider answers: asked at most every five minutes, good answers only."""
    kept = _kept.get(settings.oidc_issuer)
    if kept is None or time.monotonic() - kept[0] > KEPT_S:
        kept = (time.monotonic(), _discover(settings.oidc_issuer))
        _kept[settings.oidc_issuer] = kept
    return kept[1]


def _discover(issuer: str) -> Provider:
    """Ask the provider where it answers; it must call itself as the setting does."""
    told = _json(
        lambda: requests.get(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            timeout=PATIENCE_S,
            allow_redirects=False,
        )
    )
    if told.get("issuer") != issuer:
        raise ProviderDown("another issuer")
    methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Provider(
        issuer=issuer,
        authorize_url=_address(told, "authorization_endpoint"),
        token_url=_address(told, "token_endpoint"),
        keys_url=_address(told, "jwks_uri"),
        sign_out_url=_address(told, "end_session_endpoint", needed=False),
        auth_method=_auth_method(methods),
    )


def _address(told: dict[str, Any], name: str, *, needed: bool = True) -> str:
    found = told.get(name, "")
    is_address = isinstance(found, str) and found.startswith(("https://", "http://"))
    if needed and not is_address:
        raise ProviderDown(f"no {name}")
    return str(found) if is_address else ""


def _auth_method(methods: list[str]) -> str:
    return "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"


def _json(ask: Callable[[], requests.Response]) -> dict[str, Any]:
    try:
        answer = ask()
        answer.raise_for_status()
        told = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderDown(type(error).__name__) from error
    if not isinstance(told, dict):
        raise ProviderDown("no description")
    return told


def _client(settings: Settings, provider: Provider) -> Any:
    return OAuth2Session(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope="openid",
        redirect_uri=settings.public_url.rstrip("/") + RETURN,
        code_challenge_method="S256",
        token_endpoint_auth_method=provider.auth_method,
    )


def begin(settings: Settings, provider: Provider, *, locale: str) -> tuple[str, Start]:
    """Return the address to send the browser to, and what it must bring back."""
    start = Start(state=new_token(), nonce=new_token(), verifier=new_token())
    address, _state = _client(settings, provider).create_authorization_url(
        provider.authorize_url,
        state=start.state,
        nonce=start.nonce,
        code_verifier=start.verifier,
        ui_locales=locale.partition("-")[0],
    )
    return str(address), start


def finish(settings: Settings, start: Start, *, code: str) -> str:
    """Exchange a code for an ID token and return the subject it proves."""
    provider = discover(settings)
    client = _client(settings, provider)
    try:
        answer = client.fetch_token(
            provider.token_url,
            grant_type="authorization_code",
            code=code,
            code_verifier=start.verifier,
            timeout=PATIENCE_S,
        )
    except requests.RequestException as error:
        raise ProviderDown(type(error).__name__) from error
    except (AuthlibBaseError, ValueError, KeyError, TypeError) as error:
        raise NotProven("the code was not taken") from error
    keys = _json(lambda: requests.get(provider.keys_url, timeout=PATIENCE_S))
    return read_token(
        answer.get("id_token"),
        keys=keys,
        issuer=provider.issuer,
        client_id=settings.oidc_client_id,
        nonce=start.nonce,
        access_token=answer.get("access_token"),
    )


def read_token(
    token: object,
    *,
    keys: dict[str, Any],
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None = None,
) -> str:
    """Return the subject of an ID token whose every part is as it must be."""
    wanted = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    try:
        read = jwt.decode(str(token), KeySet.import_key_set(keys), algorithms=SIGNATURES)  # type: ignore[arg-type]  # a set as it came; a bad one raises
        asked = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
        claims = CodeIDToken(read.claims, read.header, wanted, asked)
        claims.validate(now=int(clock.now().timestamp()), leeway=CLOCKS_DIFFER_S)
        subject = claims["sub"]
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotProven(type(error).__name__) from error
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        raise NotProven("no subject")
    return subject


def sign_out_address(settings: Settings, provider: Provider) -> str:
    """Return where one signs out of the provider too; nothing where it has no such place."""
    asked = {
        "client_id": settings.oidc_client_id,
        "post_logout_redirect_uri": settings.public_url.rstrip("/") + "/",
    }
    return f"{provider.sign_out_url}?{urlencode(asked)}" if provider.sign_out_url else ""
