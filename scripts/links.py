"""Check that the documents name only what there is, and every setting there is."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from lainaamo.cli import main as lainaamo
from lainaamo.config import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def documents() -> list[Path]:
    """Return the Markdown files that people read."""
    return [README, ROOT / "THIRD-PARTY.md", *sorted((ROOT / "docs").rglob("*.md"))]


def broken_links(document: Path) -> Iterator[str]:
    """Yield each relative link and picture that leads nowhere."""
    text = document.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path) if path else document
        if not file.exists():
            yield f"{document.relative_to(ROOT)}: no file {target}"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield f"{document.relative_to(ROOT)}: no heading {target}"


def anchors(document: Path) -> set[str]:
    """Return the addresses of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def unknown_commands(document: Path) -> Iterator[str]:
    """Yield each `make X` and `lainaamo X` in code that does not exist."""
    said = spoken_commands(document)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for name in sorted({name for program, name in said if program == "make"} - targets):
        yield f"{document.relative_to(ROOT)}: no make {name}"
    for name in sorted({name for program, name in said if program == "lainaamo"} - commands()):
        yield f"{document.relative_to(ROOT)}: no lainaamo {name}"


def spoken_commands(document: Path) -> set[tuple[str, str]]:
    """Return what stands at the start of a line of code as (program, its first word)."""
    text = document.read_text()
    blocks = re.findall(r"^```.*?^```", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", text)
    found = [re.match(r"(make|lainaamo) ([a-z][a-z-]*)", line) for line in lines]
    return {(match[1], match[2]) for match in found if match}


def commands() -> set[str]:
    """Return the names of the program's commands."""
    return set(lainaamo.commands)


def missing_settings() -> Iterator[str]:
    """Yield each setting that README does not explain, and each it explains in vain."""
    real = {f"LAINAAMO_{name.upper()}" for name in Settings.__dataclass_fields__}
    told = set(re.findall(r"^\| `(LAINAAMO_[A-Z_]+)`", README.read_text(), flags=re.MULTILINE))
    yield from (
        f"README.md: the setting {name} is not in the table" for name in sorted(real - told)
    )
    yield from (f"README.md: there is no setting {name}" for name in sorted(told - real))


def main() -> int:
    """Print every problem; return 1 when there is one."""
    problems = [
        problem
        for document in documents()
        for check in (broken_links, unknown_commands)
        for problem in check(document)
    ]
    problems += missing_settings()
    print("\n".join(problems) or "The documents name only what there is.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
