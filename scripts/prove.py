"""Run the long proofs and write what they found, with the day, under docs/proof.

A proof is a test in tests/proof; what it calls record_property with is written beside its name.
Together they take hours: each part's report is kept for its commit, so that a run that was stopped
goes on with the next part, and the page says the parts that are done.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from lainaamo.core import clock

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "proof"
REPORTS = ROOT / ".cache" / "proof"
PROOFS = ROOT / "tests" / "proof"
ENGINES = {
    "SQLite": (),
    "PostgreSQL": (sys.executable, "-m", "tests.postgres", "--durable"),
}

FIRST = ("timed", "test_million.py")
"""What judges by the clock, and what takes longest: begun while nobody waits for anything else."""
TIMED = ("tests", "--ignore=tests/proof", "-m", "timed")
NO_MATTER_WHERE = ("test_packing.py", "test_axe_matrix.py")
"""Proofs of what knows no database: run once, with the first engine."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the proofs on one engine: what pytest is told, and where its report is kept."""

    engine: str
    told: Sequence[str]
    report: Path

    def run(self) -> None:
        """Run them; the report is there when they have ended, and not before."""
        self.report.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.report.with_suffix(".unfinished")
        pytest = (sys.executable, "-m", "pytest", "-v", "--timeout=0", f"--junitxml={unfinished}")
        subprocess.run(
            (*ENGINES[self.engine], *pytest, *self.told),
            cwd=ROOT,
            check=False,
            env=os.environ | {"HYPOTHESIS_PROFILE": "proof"},
        )
        unfinished.rename(self.report)

    @property
    def has_passed(self) -> bool:
        """Tell whether it was run before and nothing failed."""
        return self.report.exists() and {_outcome(case) for case in self.cases} <= {"passed"}

    @property
    def cases(self) -> list[Element]:
        """Return the proofs of its report."""
        return list(parse(self.report).iter("testcase"))  # noqa: S314 - our own file


def parts(given: Sequence[str], kept: Path) -> Iterator[Part]:
    """Yield every part, or the one that is given, on one engine after the other."""
    files = sorted(file.name for file in PROOFS.glob("test_*.py"))
    names = [*FIRST, *(file for file in files if file not in FIRST)]
    for engine in ENGINES:
        if given:
            yield Part(engine, given, kept / f"{engine}-given.xml")
            continue
        for name in names:
            if engine == next(iter(ENGINES)) or name not in NO_MATTER_WHERE:
                told = TIMED if name == "timed" else [f"tests/proof/{name}"]
                yield Part(engine, told, kept / f"{engine}-{Path(name).stem}.xml")


def page(done: Sequence[Part], commit: str) -> str:
    """Return the results as a page: a table for each engine, a row for each proof."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    share = os.environ.get("PROOF_SHARE")
    lines = [
        f"# Proof of {clock.today().isoformat()}",
        "",
        f"Commit {commit}, Python {platform.python_version()}, {machine}.",
        *([f"Of the full numbers the share of {share}."] if share else []),
    ]
    for engine in ENGINES:
        lines += _table(
            engine, [one for part in done if part.engine == engine for one in part.cases]
        )
    return "\n".join(lines) + "\n"


def _table(engine: str, cases: list[Element]) -> list[str]:
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


def _git(*words: str) -> str:
    done = subprocess.run(("git", *words), cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def main(given: list[str]) -> int:
    """Prove on both engines, keep the page true after each part, return 1 when a proof failed.

    What is given, what failed, and what is of a tree that no commit has, is always run anew.
    """
    commit = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", ".", ":!docs/proof")
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{clock.today().isoformat()}-proof.md"
    done: list[Part] = []
    for part in parts(given, REPORTS / commit):
        if given or changed or not part.has_passed:
            part.run()
        done.append(part)
        file.write_text(page(done, f"{commit}, changed" if changed else commit))
    print(f"Written to {file.relative_to(ROOT)}.")
    outcomes = [_outcome(case) for part in done for case in part.cases]
    return int(not outcomes or set(outcomes) != {"passed"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
