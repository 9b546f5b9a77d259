"""The demo's own tables, shipped as CSV beside this file."""

import csv
from collections.abc import Sequence
from importlib.resources import files

Row = dict[str, str]


def read(name: str) -> Sequence[Row]:
    """Return the rows of one table: "sites", "units", "people", "children", "kinds"…."""
    with (files("lainaamo.demo") / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
