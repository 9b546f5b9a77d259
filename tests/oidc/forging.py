"""An identity provider that answers with whatever token a test gives it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc.jwk import KeySet, RSAKey


class Forger:
    """What the provider answers next: its keys, its description, its token."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"})
        self.issuer = ""
        self.token: Any = ""
        self.description: dict[str, Any] = {}
        self.codes = 0

    def keys(self) -> dict[str, Any]:
        """Return the public keys."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def describe(self) -> dict[str, Any]:
        """Return where everything is."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.description,
        }


@contextlib.contextmanager
def forger() -> Iterator[Forger]:
    """Run the forging provider until the end."""
    made = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(made.keys() if self.path == "/keys" else made.describe())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            made.codes += 1
            body = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}
            self.answer(body if made.token is None else {**body, "id_token": made.token})

        def answer(self, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
