"""Starts npm's oidc-provider, installed as its lock file says, and signs people in at it."""

import contextlib
import fcntl
import os
import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import requests

HERE = Path(__file__).parent
CLIENT_ID, CLIENT_SECRET = "lainaamo", "a-secret-of-the-tests"
QUICK_S = 10
FORM = re.compile(r'<form[^>]*action="([^"]+)"')
PROMPT = re.compile(r'name="prompt" value="(\w+)"')


def install() -> None:
    """Install the provider once, however many tests ask at the same time."""
    with (HERE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = HERE / "node_modules" / ".package-lock.json"
        if done.exists() and done.stat().st_mtime >= (HERE / "package-lock.json").stat().st_mtime:
            return
        command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        subprocess.run(command, cwd=HERE, check=True, capture_output=True)
        done.touch()


@contextlib.contextmanager
def provider(issuer: str, *, return_to: str, home: str) -> Iterator[None]:
    """Run the provider until the end."""
    install()
    environment = {**os.environ, "ISSUER": issuer, "RETURN_TO": return_to, "HOME": home}
    environment["NODE_NO_WARNINGS"] = "1"
    command = ("node", "provider.mjs")
    running = subprocess.Popen(
        command, cwd=HERE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert running.stdout is not None
        while line := running.stdout.readline():
            if line.strip() == b"ready":
                break
        assert running.poll() is None, "the provider did not start"
        yield
    finally:
        running.terminate()
        running.wait(QUICK_S)
        if running.stdout is not None:
            running.stdout.close()


def sign_in_at(address: str, *, subject: str, until: str) -> str:
    """Sign in at the provider's own pages and return the address it sends the browser back to."""
    with requests.Session() as browser:
        answer = browser.get(address, timeout=QUICK_S, allow_redirects=False)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if target.startswith(until):
                    return target
                answer = browser.get(target, timeout=QUICK_S, allow_redirects=False)
                continue
            form = FORM.search(answer.text)
            prompt = PROMPT.search(answer.text)
            assert form is not None, answer.text
            assert prompt is not None, answer.text
            filled = {"prompt": prompt[1], "login": subject, "password": "any"}
            action = urljoin(answer.url, unescape(form[1]))
            answer = browser.post(action, filled, timeout=QUICK_S, allow_redirects=False)
    raise AssertionError("the provider went in circles")
