"""Random tokens, their hashes, and links that only this installation can make."""

import contextlib
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from functools import lru_cache
from pathlib import Path

from lainaamo.config import Settings


def new_token() -> str:
    """Return 256 random bits as text for a cookie or a link."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Return what is stored instead of a token: a stolen database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def derive(key: str, purpose: str, nonce: str) -> str:
    """Return a token that can be made again from a stored nonce and the installation's secret."""
    made = hmac.new(key.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made[:24]).decode()


def derive_digits(key: str, purpose: str, nonce: str, *, digits: int) -> str:
    """Return a code of digits that can be made again as `derive` makes a token."""
    made = hmac.new(key.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(made, 'big') % 10**digits:0{digits}}"


@lru_cache(maxsize=16)
def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        # Of two that start at once the first one's key stays.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def installation_key(settings: Settings) -> str:
    """Return the installation's secret: the setting, else a random one in the instance folder."""
    return settings.secret or _kept(settings.folder / "secret")
