"""Run the long proofs and write what they found, with the day, under docs/proof.

A proof is a test in tests/proof; what it calls record_property with is written beside its name.
"""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from lainaamo.core import clock

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "proof"
ENGINES = {
    "SQLite": (),
    "PostgreSQL": (sys.executable, "-m", "tests.postgres", "--durable"),
}


NO_MATTER_WHERE = ("test_packing.py", "test_axe_matrix.py")
"""Proofs of what knows no database: run once, with the first engine."""


def run(given: list[str], engine: str, report: Path) -> int:
    """Run the proofs, or those given, on one engine; return pytest's code."""
    pytest = (sys.executable, "-m", "pytest", "-v", "--timeout=0", f"--junitxml={report}")
    once = () if engine == next(iter(ENGINES)) else NO_MATTER_WHERE
    skipped = [f"--ignore=tests/proof/{file}" for file in once]
    return subprocess.run(
        (*ENGINES[engine], *pytest, *(given or ["tests", "-m", "proof or timed", *skipped])),
        cwd=ROOT,
        check=False,
        env=os.environ | {"HYPOTHESIS_PROFILE": "proof"},
    ).returncode


def page(reports: dict[str, Path]) -> str:
    """Return the results as a page: a table for each engine, a row for each proof."""
    commit = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    lines = [
        f"# Proof of {clock.today().isoformat()}",
        "",
        f"Commit {commit}, Python {platform.python_version()}, {machine}.",
    ]
    for engine, report in reports.items():
        lines += table(engine, report)
    return "\n".join(lines) + "\n"


def table(engine: str, report: Path) -> list[str]:
    """Return one engine's part of the page."""
    cases = list(parse(report).iter("testcase"))  # noqa: S314 - our own file of a moment ago
    passed = sum(_outcome(case) == "passed" for case in cases)
    return [
        "",
        f"## On {engine}: {passed} passed, {len(cases) - passed} did not",
        "",
        "| proof | outcome | seconds | figures |",
        "|---|---|---|---|",
        *map(_row, cases),
    ]


def _row(case: Element) -> str:
    sentence = case.get("name", "").removeprefix("test_").replace("_", " ")
    figures = "; ".join(
        f"{entry.get('name')}: {entry.get('value')}" for entry in case.iter("property")
    )
    return f"| {sentence} | {_outcome(case)} | {float(case.get('time', 0)):.0f} | {figures} |"


def _outcome(case: Element) -> str:
    bad = [child.tag for child in case if child.tag in {"failure", "error", "skipped"}]
    return bad[0] if bad else "passed"


def main(given: list[str]) -> int:
    """Prove on both engines, write the page and return 1 when a proof failed."""
    with tempfile.TemporaryDirectory() as name:
        reports = {engine: Path(name) / f"{engine}.xml" for engine in ENGINES}
        codes = [run(given, engine, report) for engine, report in reports.items()]
        RESULTS.mkdir(parents=True, exist_ok=True)
        file = RESULTS / f"{clock.today().isoformat()}-proof.md"
        file.write_text(page(reports))
    print(f"Written to {file.relative_to(ROOT)}.")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
