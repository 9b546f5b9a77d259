"""The example for nginx, as it stands in deploy/, with a server of ours behind it."""

import http.client
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lainaamo.config import Settings
from tests.faults.killing import Toll, serving

EXAMPLE = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
HOST = "lainaamo.example.fi"
SELF_SIGNED = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={HOST}".split()
TIMES = 3
Answer = tuple[int, str, http.client.HTTPMessage]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configured(folder: Path, *, upstream: int, port: int) -> Path:
    """Write the example with our ports, certificate and folders in it; the rest is as it stands."""
    subprocess.run(
        (*SELF_SIGNED, "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"),
        check=True,
        capture_output=True,
    )
    live = f"/etc/letsencrypt/live/{HOST}"
    text = EXAMPLE.read_text()
    for ours, theirs in (
        (f"{folder}/cert.pem", f"{live}/fullchain.pem"),
        (f"{folder}/key.pem", f"{live}/privkey.pem"),
        (f"{folder}/access.log", "/var/log/nginx/lainaamo.log"),
        (f"server 127.0.0.1:{upstream};", "server 127.0.0.1:8000;"),
        (f"listen 127.0.0.1:{port} ssl http2;", "listen 443 ssl http2;"),
        (f"listen 127.0.0.1:{free_port()};", "listen 80;"),
        ("", "listen [::]:443 ssl http2;"),
        ("", "listen [::]:80;"),
    ):
        assert theirs in text, theirs
        text = text.replace(theirs, ours)
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{place}_temp_path {folder}/{place};\n" for place in places)
    file = folder / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""  # its processes must reach the test's folder
    file.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\n{temporary}{text}\n}}\n"
    )
    return file


@pytest.fixture
def port(settings: Settings, tmp_path: Path) -> Iterator[int]:
    """Serve behind nginx and return the port of its TLS."""
    here, own = free_port(), replace(settings, public_url=f"https://{HOST}")
    with serving(own, Toll()) as upstream:
        file = configured(tmp_path, upstream=upstream, port=here)
        tried = subprocess.run(
            (NGINX or "", "-t", "-q", "-c", file), check=False, capture_output=True
        )
        assert tried.returncode == 0, tried.stderr.decode()
        nginx = subprocess.Popen((NGINX or "", "-c", file))
        try:
            yield here
        finally:
            nginx.terminate()
            nginx.wait()


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    ends = time.monotonic() + 10
    while True:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=anybody, timeout=30)
        try:
            sent = {
                "Host": HOST,
                **{name.replace("_", "-"): text for name, text in headers.items()},
            }
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers
        except ConnectionRefusedError:
            assert time.monotonic() < ends
            time.sleep(0.05)
        finally:
            connection.close()


def test_the_example_serves_the_house_as_its_readers_expect(port: int, tmp_path: Path) -> None:
    status, page, headers = ask(port, "GET", "/?kieli=sv")
    assert status == 303
    assert headers["Location"] in {"/", f"https://{HOST}/"}
    status, page, headers = ask(port, "GET", "/", X_Forwarded_Proto="http", X_Forwarded_Host="evil")
    assert (status, headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "evil" not in page
    assert "nginx/" not in str(headers)
    assert ask(port, "GET", "/metrics")[0] == 403
    large = b"x" * (31 * 1024 * 1024)
    for _again in range(TIMES):
        status, page, _headers = ask(port, "POST", "/tavarat/XXXXX/kuvat", large)
        assert status == 403, "refused by the house, who knows who may; not by nginx for its size"
        assert "<h1" in page
    ask(port, "GET", "/oma/a-key-of-somebody?q=aino@example.fi")
    time.sleep(0.1)
    logged = (tmp_path / "access.log").read_text()
    assert "GET 200" in logged
    assert "somebody" not in logged
    assert "aino" not in logged
