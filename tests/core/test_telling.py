"""What the program tells of itself says where and how often, and never who."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from lainaamo.config import Settings
from lainaamo.core import meters, telling
from lainaamo.core.db import session
from lainaamo.core.web import Lainaamo

AppWith = Callable[[Settings], Lainaamo]
EMAIL = "aino.virtanen@example.fi"


@pytest.fixture
def json_app(settings: Settings, app_with: AppWith) -> Lainaamo:
    """Return an application whose log lines are JSON."""
    return app_with(replace(settings, log="json"))


@pytest.fixture(autouse=True)
def as_before(settings: Settings) -> object:
    yield
    telling.set_up(settings)


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_a_line_without_addresses_words_or_people(
    json_app: Lainaamo, capsys: pytest.CaptureFixture[str]
) -> None:
    json_app.test_client().get(f"/oma/secret-token?q={EMAIL}")
    line = told(capsys)[-1]
    assert line["route"] == "/oma/<token>" or str(line["route"]).startswith("/oma/<")
    assert (line["method"], line["level"]) == ("GET", "info")
    assert isinstance(line["ms"], float)
    assert "secret-token" not in json.dumps(line)
    assert EMAIL not in json.dumps(line)


def test_a_request_keeps_the_id_of_the_web_server_in_front(
    json_app: Lainaamo, capsys: pytest.CaptureFixture[str]
) -> None:
    client = json_app.test_client()
    given = client.get("/healthz", headers={"X-Request-Id": "from-nginx-1"})
    assert given.headers["X-Request-Id"] == told(capsys)[-1]["request"] == "from-nginx-1"
    wicked = client.get("/healthz", headers={"X-Request-Id": 'x"} {"a'})
    assert len(wicked.headers["X-Request-Id"]) == 16


@pytest.mark.parametrize("kind", telling.KINDS)
def test_a_fault_is_told_without_the_words_of_the_database(
    settings: Settings, app_with: AppWith, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    app = app_with(replace(settings, log=kind))

    def fail() -> str:
        sql = "INSERT INTO unit (id, name) VALUES (:id, :name)"
        session.execute(text(sql), {"id": "x", "name": EMAIL})
        return EMAIL

    app.view_functions["healthz"] = fail
    fail.right = "look"  # type: ignore[attr-defined]  # as @needs does
    answer = app.test_client().get("/healthz")
    said = capsys.readouterr().err
    assert answer.status_code == 500
    assert EMAIL not in said
    assert EMAIL not in answer.text
    fault = next(
        word for word in said.split() if len(word.strip('",')) == 8 and word in answer.text
    )
    assert fault
    assert "tests/core/test_telling.py" in said


def test_without_a_token_there_is_no_page_of_numbers(settings: Settings, app: Lainaamo) -> None:
    assert app.test_client().get("/metrics").status_code == 404


def test_numbers_are_for_who_has_the_token(settings: Settings, app_with: AppWith) -> None:
    client = app_with(replace(settings, metrics_token="sesame" * 6)).test_client()
    for wrong in ({}, {"Authorization": "Bearer sesam"}, {"Authorization": "Bearer ä"}):
        assert client.get("/metrics", headers=wrong).status_code == 403
    given = {"Authorization": f"Bearer {'sesame' * 6}"}
    page = client.get("/metrics", headers=given)
    assert page.content_type.startswith("text/plain; version=0.0.4")
    lines = page.text.splitlines()
    assert 'lainaamo_requests_total{status="4xx"} 3' in lines
    assert "lainaamo_request_seconds_count 3" in lines
    assert "lainaamo_loans_open 0" in lines
    for line in lines:
        assert line.startswith("# TYPE ") or float(line.rpartition(" ")[2]) >= 0


def test_what_several_processes_count_is_one_number(tmp_path: Path) -> None:
    work = "import sys, pathlib; from lainaamo.core import meters"
    work += "; meters.look_in(pathlib.Path(sys.argv[1])); meters.count(200, 0.03)"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", work, str(tmp_path)], check=True)
    meters.look_in(tmp_path)
    assert 'lainaamo_request_seconds_bucket{le="0.05"} 2' in meters.lines()
    assert 'lainaamo_request_seconds_bucket{le="0.025"} 0' in meters.lines()
    meters.begin_again(tmp_path)
    assert "lainaamo_request_seconds_count 0" in meters.lines()


def test_a_way_to_write_log_lines_that_there_is_not_is_refused(
    settings: Settings, app_with: AppWith
) -> None:
    with pytest.raises(ValueError, match="LAINAAMO_LOG"):
        app_with(replace(settings, log="xml"))
    assert logging.getLogger().level == logging.WARNING
