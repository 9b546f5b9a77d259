"""A few requests nobody thought of, of every operation; thousands are sent in tests/proof."""

import pytest

from lainaamo.core.web import Lainaamo
from tests.api.unforeseen import operations, schema_of, try_many
from tests.make import Make
from tests.world import build

FEW = 4


@pytest.mark.parametrize("role", ["administrator", "resident"])
def test_no_request_of_a_few_makes_the_service_fail(app: Lainaamo, make: Make, role: str) -> None:
    build(app, make)
    token = make.token(role)
    for operation in operations(schema_of(app)):
        try_many(operation, token=token, number=FEW)
