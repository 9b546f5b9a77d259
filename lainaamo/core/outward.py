"""Sending to an address that somebody wrote: nowhere inside our own network, and not for long.

A name is looked up once and the connection made to what was found and checked, so that a name
cannot mean another machine a moment later (DNS rebinding). Redirects are not followed, proxies of
the environment not used.
"""

import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import SplitResult, urlsplit

LONGEST_S = 10.0
"""How long connecting, sending and the answer may take together."""

LONGEST_URL = 500
PORTS: Mapping[str, int] = {"https": 443, "http": 80}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LAST_32_BITS = 0xFFFFFFFF
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unsent(Exception):  # noqa: N818 - an outcome, told to whoever looks after the address
    """Nothing was sent, or nobody answered: `why` is a stable word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read_url(text: str, *, inside: bool) -> SplitResult | None:
    """Return an address one may send to; None where it is none. `inside` allows http too."""
    try:
        found = urlsplit(text)
        port = found.port
    except ValueError:
        return None
    is_plain = text.isascii() and text.isprintable() and " " not in text
    is_known = found.scheme == "https" or (inside and found.scheme == "http")
    is_bare = "@" not in found.netloc and not found.fragment
    is_whole = bool(found.hostname) and port != 0 and len(text) <= LONGEST_URL
    return found if is_plain and is_known and is_bare and is_whole else None


def is_outside(text: str) -> bool:
    """Tell whether an IP address is one of the open internet, whatever it is wrapped in."""
    found: Address = ipaddress.ip_address(text.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in _meant(found))


def _meant(found: Address) -> Iterator[Address]:
    """Yield an address and those of IPv4 that it leads to."""
    yield found
    if isinstance(found, ipaddress.IPv6Address):
        yield from (one for one in (found.ipv4_mapped, found.sixtofour) if one is not None)
        if found in NAT64:
            yield ipaddress.IPv4Address(int(found) & LAST_32_BITS)


def post(url: str, body: bytes, headers: Mapping[str, str], *, inside: bool) -> int:
    """Send and return the status that was answered; Unsent where there was no answer.

    `inside` allows addresses of our own network.
    """
    found = read_url(url, inside=inside)
    if found is None:
        raise Unsent("bad_address")
    address = _looked_up(found, inside=inside)
    try:
        return _sent(found, address, body, headers)
    except ssl.SSLError as error:
        raise Unsent("tls") from error
    except TimeoutError as error:
        raise Unsent("slow") from error
    except (OSError, HTTPException) as error:
        raise Unsent("no_answer") from error


def _port(found: SplitResult) -> int:
    return found.port or PORTS[found.scheme]


def _looked_up(found: SplitResult, *, inside: bool) -> str:
    """Return where a name leads; refused where any of its addresses is inside."""
    try:
        rows = socket.getaddrinfo(found.hostname, _port(found), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unsent("unknown_name") from error
    known = [str(row[4][0]) for row in rows]
    if not inside and not all(is_outside(one) for one in known):
        raise Unsent("inside")
    return known[0]


def _sent(found: SplitResult, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    path = (found.path or "/") + (f"?{found.query}" if found.query else "")
    connection = HTTPConnection(found.hostname or "", _port(found), timeout=LONGEST_S)
    with contextlib.closing(connection), _bounded(_connected(found, address)) as tied:
        connection.sock = tied
        connection.request("POST", path, body, {"Host": found.netloc, **headers})
        return connection.getresponse().status


def _connected(found: SplitResult, address: str) -> socket.socket:
    """Connect to the machine that was checked, and ask it for the certificate of the name."""
    plain = socket.create_connection((address, _port(found)), timeout=LONGEST_S)
    if found.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=found.hostname)


@contextlib.contextmanager
def _bounded(tied: socket.socket) -> Iterator[socket.socket]:
    """Hang up after a while: a timeout alone begins again with each byte that drips in."""
    late: list[bool] = []

    def hang_up() -> None:
        late.append(True)
        with contextlib.suppress(OSError):
            tied.shutdown(socket.SHUT_RDWR)

    timer = Timer(LONGEST_S, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield tied
    except (OSError, HTTPException) as error:
        if late:
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
        tied.close()
