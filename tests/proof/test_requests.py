"""Thousands of requests nobody thought of, made from the document."""

from typing import Any

import pytest
from hypothesis import settings

from lainaamo.api import views as _views  # noqa: F401 - what it offers
from lainaamo.api.offering import OPERATIONS
from lainaamo.core.web import Lainaamo
from tests.api.unforeseen import name_of, operations, schema_of, try_many
from tests.make import Make
from tests.world import build

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]
EXAMPLES = settings().max_examples // 10
NAMES = tuple(sorted(one.name for one in OPERATIONS))


@pytest.fixture
def schema(app: Lainaamo, make: Make) -> Any:
    build(app, make)
    return schema_of(app)


def test_every_operation_of_the_document_is_tried(schema: Any) -> None:
    assert {name_of(one) for one in operations(schema)} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_request_makes_the_service_fail(schema: Any, make: Make, name: str) -> None:
    (operation,) = (one for one in operations(schema) if name_of(one) == name)
    try_many(operation, token=make.token("administrator"), number=EXAMPLES)
