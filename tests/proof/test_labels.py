"""A thousand labels on every paper, each read back from a print of 150 dots an inch."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lainaamo.bench.printing import PUBLIC_URL, some_labels
from lainaamo.goods.codes import label_url
from lainaamo.goods.labels import sheet_pdf
from lainaamo.goods.papers import SHEETS
from tests.paper import printed, read_from

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1800)]
FULL = 1_000


@pytest.mark.parametrize("name", SHEETS)
def test_every_label_is_read(
    name: str,
    tmp_path: Path,
    share: Callable[[int], int],
    figure: Callable[[str, object], None],
) -> None:
    labels, sheet = some_labels(share(FULL)), SHEETS[name]
    per_file, found = 10 * sheet.per_page, list[str]()
    for start in range(0, len(labels), per_file):
        folder = tmp_path / str(start)
        folder.mkdir()
        pdf = sheet_pdf(labels[start : start + per_file], sheet=sheet, public_url=PUBLIC_URL)
        for page in printed(pdf, folder):
            found += read_from(page)
            page.close()
    figure(f"labels read of {len(labels)}, {sheet.name}", len(set(found)))
    assert set(found) == {label_url(PUBLIC_URL, label.code) for label in labels}
