"""How many bytes come over the wire when a page is opened, as a browser of today asks for them."""

import http.client
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from lainaamo.bench.meter import Server

TAGS = {"link": "href", "script": "src", "img": "src", "use": "href"}
LEFT_OUT = (".woff2", ".webmanifest")  # the font loads behind and is kept; nobody waits for both


class _Parts(HTMLParser):
    """Collects the addresses of what a page needs to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a file of the page; photos are left out, they come while one looks."""
        given = dict(attrs)
        address = given.get(TAGS.get(tag, "")) or ""
        needed = given.get("rel") in {None, "stylesheet", "icon"} and not address.startswith(
            "/kuvat/"
        )
        if needed and address and not urlsplit(address).path.endswith(LEFT_OUT):
            self.found.append(address.partition("#")[0])


def first_load(server: Server, path: str) -> int:
    """Return the bytes of a page with its style, scripts, icons and drawings, as compressed."""
    page, text = _fetch(server, path)
    return page + sum(size for size, _text in _files(server, path, text))


def next_load(server: Server, path: str) -> int:
    """Return the bytes of a page whose files are kept already."""
    return _fetch(server, path)[0]


def _files(server: Server, path: str, text: str) -> Iterator[tuple[int, str]]:
    parts = _Parts()
    parts.feed(text)
    for address in dict.fromkeys(parts.found):
        yield _fetch(server, urljoin(path, address))


def _fetch(server: Server, path: str) -> tuple[int, str]:
    """Return how many bytes an answer had on the wire, headers left out, and its text if plain."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    try:
        size = len(_body(connection, path, "br, gzip"))
        return size, _body(connection, path, "identity").decode(errors="replace")
    finally:
        connection.close()


def _body(connection: http.client.HTTPConnection, path: str, encoding: str) -> bytes:
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body
