"""The one table of who may do what."""

import pytest

from lainaamo.people.access import EVERYONE, ROLE_RIGHTS, SIGNED_IN, Right, rights_of
from lainaamo.people.models import ROLES


def test_every_role_is_in_the_table_and_no_other() -> None:
    assert set(ROLE_RIGHTS) == set(ROLES)


def test_a_stranger_may_do_what_everyone_may() -> None:
    assert rights_of([]) == EVERYONE


@pytest.mark.parametrize("role", ROLES)
def test_nobody_may_do_less_than_a_stranger(role: str) -> None:
    assert rights_of([role]) >= SIGNED_IN >= EVERYONE


def test_two_roles_may_do_what_either_may() -> None:
    assert rights_of(["worker", "buyer"]) == rights_of(["worker"]) | rights_of(["buyer"])


def test_a_role_that_nobody_declared_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        rights_of(["emperor"])


def test_residents_and_buyers_stay_on_their_side_of_the_desk() -> None:
    staff = {Right.DESK, Right.THINGS, Right.LABELS}
    assert not staff & (rights_of(["resident"]) | rights_of(["buyer"]))
