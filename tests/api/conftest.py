"""What the tests of the API share: a program with a token, and a house with something in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import pytest
from werkzeug.test import TestResponse

from lainaamo.core.web import Lainaamo
from lainaamo.goods.models import Item, Kind
from lainaamo.people.models import Person, Unit
from tests.make import Make
from tests.strict import Browser

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that shows a token, or none."""

    client: Browser
    token: str | None = None
    person_id: int = 0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a request; `headers` are written with underscores."""
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {} if body is None else {"json": body}
        return self.client.open(ROOT + path, method=method, headers={**shown, **named}, **given)

    def get(self, path: str, **headers: str) -> Any:
        """Return what an address that answers 200 says."""
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Send something to be done."""
        return self.ask("POST", path, body, **headers)


class Programs(Protocol):
    """Makes a program of somebody in a role."""

    def __call__(
        self, role: str | None, *, person: Person | None = None, unit: Unit | None = None
    ) -> Program:
        """Return a program; without a role it has no token."""


@pytest.fixture
def program(app: Lainaamo, make: Make) -> Programs:
    """Return a maker of programs."""

    def made(
        role: str | None, *, person: Person | None = None, unit: Unit | None = None
    ) -> Program:
        client = cast("Browser", app.test_client())
        if role is None:
            return Program(client)
        whose = person or make.person(role, unit=unit)
        return Program(client, make.token(role, whose.id, unit=unit), whose.id)

    return made


@pytest.fixture
def skis(make: Make) -> Kind:
    """Return a kind with three things, of two sizes."""
    kind = make.kind("Sukset", name_sv="Skidor", price_new_cents=19900)
    for size in ("150 cm", "150 cm", "170 cm"):
        make.item(kind, size=size, place=_shelf(make))
    return kind


def _shelf(make: Make) -> Any:
    make.count += 1
    return make.place(f"S{make.count}")


@pytest.fixture
def desks(make: Make) -> Item:
    """Return a lot of twelve desks for reuse."""
    return make.item(make.kind("Pulpetti", pool="reuse"), quantity=12)


def told(answer: TestResponse) -> Mapping[str, Any]:
    """Return a no, which is always told in the same way."""
    assert answer.content_type == "application/problem+json", answer.text
    found: dict[str, Any] = answer.get_json()
    assert found["status"] == answer.status_code
    assert found["title"]
    assert found["detail"]
    return found
