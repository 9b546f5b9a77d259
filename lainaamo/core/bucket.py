"""Files in storage that speaks S3, so that several machines have the same ones.

The address is one setting: s3+https://KEY:SECRET@storage.example.fi/bucket/folder?region=fi-1, with
s3+http only where the storage is on the same machine or network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from lainaamo.core import clock
from lainaamo.core.files import NAME, STRAY_AFTER, address, not_kept

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

SCHEMES = ("s3+https", "s3+http")
REGION = "us-east-1"  # what storage that knows no regions expects in a signature
# A page waits for it: a storage that does not answer must not hold every thread for minutes.
PATIENCE: "ClientConfig" = {"timeout": "15s", "connect_timeout": "3s"}
TRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}


class BadAddress(Exception):  # noqa: N818 - told to who sets it
    """An address of storage that cannot be one."""


@dataclass(frozen=True)
class Bucket:
    """Files in a bucket, under a folder of it."""

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in SCHEMES or not parts.hostname or not parts.path.strip("/"):
            raise BadAddress("LAINAAMO_FILES_URL is s3+https://KEY:SECRET@host/bucket")

    def where(self) -> str:
        """Return host and bucket."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}{parts.path}"

    @cached_property
    def store(self) -> S3Store:
        """Return the way to the storage; made when first asked, in the process that asks."""
        parts = urlsplit(self.url)
        bucket, _, folder = parts.path.strip("/").partition("/")
        host = parts.netloc.rpartition("@")[2]
        region = parse_qs(parts.query).get("region", [REGION])[0]
        return S3Store(
            bucket,
            prefix=folder or None,
            endpoint=f"{parts.scheme.removeprefix('s3+')}://{host}",
            access_key_id=unquote(parts.username or ""),
            secret_access_key=unquote(parts.password or ""),
            region=region,
            virtual_hosted_style_request=False,
            client_options={**PATIENCE, "allow_http": parts.scheme == "s3+http"},
            retry_config=TRIES,
        )

    def keep(self, name: str, ending: str, content: bytes) -> None:
        """Write a file: the storage has it whole, or not at all."""
        try:
            obstore.put(self.store, address(name, ending), content, use_multipart=False)
        except (BaseError, OSError) as error:
            raise not_kept() from error

    def read(self, name: str, ending: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        try:
            return bytes(obstore.get(self.store, address(name, ending)).bytes())
        except (FileNotFoundError, NotFoundError):  # it raises the one and documents the other
            return None

    def endings(self, name: str) -> list[str]:
        """Return which files of a name there are."""
        return sorted(path.rpartition("/")[2].partition(".")[2] for path in self._paths(name))

    def forget(self, name: str) -> None:
        """Remove every file of a name."""
        paths = self._paths(name)
        if paths:
            obstore.delete(self.store, paths)

    def _paths(self, name: str) -> list[str]:
        # The storage lists whole folders; a folder has a 256th of all files.
        start = address(name, "")
        folder = start.partition("/")[0]
        found = (each for some in obstore.list(self.store, folder) for each in some)
        return [each["path"] for each in found if each["path"].startswith(start)]

    def old_names(self) -> Iterator[str]:
        """Yield the names of files so old that a row must name them, if it ever will."""
        latest = clock.now() - STRAY_AFTER
        seen: set[str] = set()
        for some in obstore.list(self.store):
            for each in some:
                name = each["path"].rpartition("/")[2].partition(".")[0]
                if NAME.fullmatch(name) and name not in seen and each["last_modified"] < latest:
                    seen.add(name)
                    yield name
