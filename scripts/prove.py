"""Run the long proofs and write what they found, with the day, under docs/proof.

A proof is a test in tests/proof; what it calls record_property with is written beside its name.
"""

import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from lainaamo.core import clock

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "proof"


def run(given: list[str], report: Path) -> int:
    """Run the proofs, or those given, on SQLite and a durable PostgreSQL; return pytest's code."""
    command = (sys.executable, "-m", "tests.postgres", "--durable")
    pytest = (sys.executable, "-m", "pytest", "-v", "--timeout=0", f"--junitxml={report}")
    return subprocess.run(
        (*command, *pytest, *(given or ["tests/proof"])), cwd=ROOT, check=False
    ).returncode


def page(report: Path) -> str:
    """Return the result as a page: one row for each proof."""
    cases = list(parse(report).iter("testcase"))  # noqa: S314 - our own file of a moment ago
    failed = sum(_outcome(case) != "passed" for case in cases)
    commit = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    passed = len(cases) - failed
    return "\n".join(
        [
            f"# Proof of {clock.today().isoformat()}",
            "",
            f"Commit {commit}, {machine}. {passed} passed, {failed} did not.",
            "",
            "| proof | outcome | seconds | figures |",
            "|---|---|---|---|",
            *map(_row, cases),
            "",
        ]
    )


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
    """Prove, write the page and return 1 when a proof failed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = run(given, report)
        if not report.exists():
            return code
        RESULTS.mkdir(parents=True, exist_ok=True)
        file = RESULTS / f"{clock.today().isoformat()}-proof.md"
        file.write_text(page(report))
    print(f"Written to {file.relative_to(ROOT)}.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
