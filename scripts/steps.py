"""The one list of checks and tests that a developer and CI both run, with the time each took."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
PROGRAMS = Path(PYTHON).parent
PYTEST = (PYTHON, "-m", "pytest", "-q", "-n", "3", "--dist=worksteal", "--durations=8")
IN_PAIRS = (PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist=worksteal", "--durations=8")
NOT_THE_LONG_ONES = ("--ignore=tests/journeys", "--ignore=tests/proof")
WITH_POSTGRES = (PYTHON, "-m", "tests.postgres")

# Reserving, scanning out, taking back: once more where every row has another lock.
ON_POSTGRES_TOO = "finds_skis or second_person or one_thing or promise_moves"


@dataclass(frozen=True, slots=True)
class Step:
    """A named group of commands that succeed or fail together."""

    name: str
    commands: tuple[tuple[str, ...], ...]


CHECKS = (
    Step("format", (("ruff", "format", "--check", "--quiet", "."),)),
    Step("lint", (("ruff", "check", "--quiet", "."), ("codespell",))),
    Step("types", (("mypy",),)),
    Step(
        "walls",
        (("lint-imports", "--no-logo"), ("deptry", "lainaamo"), (PYTHON, "-m", "pip", "check")),
    ),
    Step("templates", (("djlint", "--lint", "--quiet", "templates"),)),
    Step("words", ((PYTHON, "-m", "scripts.words", "check"),)),
    Step(
        "docs",
        ((PYTHON, "-m", "scripts.links"), (PYTHON, "-m", "scripts.notices", "check")),
    ),
)
TESTS = (
    Step("tests on SQLite", ((*PYTEST, *NOT_THE_LONG_ONES),)),
    Step("migrations on both", ((*WITH_POSTGRES, PYTHON, "-m", "scripts.migrations"),)),
    Step("tests on PostgreSQL", ((*WITH_POSTGRES, *PYTEST, *NOT_THE_LONG_ONES),)),
    Step(
        "journeys in Chromium",
        (
            (*IN_PAIRS, "tests/journeys"),
            (*WITH_POSTGRES, *IN_PAIRS, "tests/journeys", "-k", ON_POSTGRES_TOO),
        ),
    ),
    Step("wheel in an empty venv", ((PYTHON, "-m", "scripts.wheel"),)),
)
LISTS = {"check": CHECKS, "test": CHECKS + TESTS}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step."""

    step: Step
    passed: bool
    seconds: float


def carry_out(step: Step) -> Result:
    """Run every command of the step, also after one has failed."""
    print(f"\n── {step.name}", flush=True)
    started = time.monotonic()
    codes = [_run(command, step=step.name) for command in step.commands]
    return Result(step, passed=not any(codes), seconds=time.monotonic() - started)


def _run(command: tuple[str, ...], *, step: str) -> int:
    program = shutil.which(command[0], path=PROGRAMS) or command[0]
    environment = os.environ | {"LAINAAMO_STEP": step}
    return subprocess.run(
        (program, *command[1:]), cwd=ROOT, env=environment, check=False
    ).returncode


def report(results: list[Result]) -> None:
    """Print each step with its outcome and time, and the count that closes the run."""
    print("\n── summary")
    for result in results:
        print(
            f"{'passed' if result.passed else 'FAILED'} {result.seconds:7.1f} s  {result.step.name}"
        )
    passed = sum(result.passed for result in results)
    print(f"in all {sum(result.seconds for result in results):7.1f} s\n")
    print(f"steps: {passed} passed, {len(results) - passed} failed")


def main() -> int:
    """Carry out a list, or only the steps named; return 1 when any failed."""
    parser = argparse.ArgumentParser(prog="steps", description=__doc__)
    parser.add_argument("list", choices=LISTS)
    parser.add_argument("--only", action="append", metavar="NAME", help="a step; may be repeated")
    given = parser.parse_args()
    steps = [step for step in LISTS[given.list] if given.only is None or step.name in given.only]
    if not steps:
        parser.error("no step has that name: " + ", ".join(step.name for step in LISTS[given.list]))
    results = [carry_out(step) for step in steps]
    report(results)
    return int(not all(result.passed for result in results))


if __name__ == "__main__":
    sys.exit(main())
