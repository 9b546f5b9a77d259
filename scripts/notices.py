"""Keep the table of the parts that others have made, with their licences, in THIRD-PARTY.md."""

import argparse
import re
import sys
from email.message import Message
from importlib.metadata import metadata
from pathlib import Path
from typing import cast

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "THIRD-PARTY.md"
LOCK = ROOT / "requirements" / "run.txt"
START, END = "<!-- table -->\n", "<!-- end -->"
# Licences as the packages word them where they do not give an SPDX expression.
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}
# Packages that ship their licence as a file and say nothing of it beside.
ONLY_IN_ITS_FILE = {"pyrage": "MIT"}


def table() -> str:
    """Return one row for each locked package, from what the package says of itself."""
    rows = [_row(name) for name in re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(), re.MULTILINE)]
    return "\n".join(["| package | licence |", "|---|---|", *rows]) + "\n"


def _row(name: str) -> str:
    # What is returned is an e-mail message; the protocol declared for it lacks get().
    about = cast("Message", metadata(name))
    return f"| {about['Name']} | {_licence(about)} |"


def _licence(about: Message) -> str:
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [
        entry.rsplit(" :: ", 1)[1]
        for entry in about.get_all("Classifier", [])
        if entry.startswith("License :: OSI Approved :: ")
    ]
    if classifiers:
        return " AND ".join(SPDX.get(entry, entry) for entry in classifiers)
    return str(
        about.get("License") or ONLY_IN_ITS_FILE.get(str(about["Name"]), "unknown")
    ).splitlines()[0]


def updated(text: str) -> str:
    """Return the document with the table of now."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{table()}{END}{after}"


def unnamed_parts(text: str) -> list[str]:
    """Return shipped fonts and vendored scripts that the document does not name."""
    folders = (ROOT / "static" / "fonts", ROOT / "static" / "vendor")
    files = [file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir())]
    return [str(file.relative_to(ROOT)) for file in files if file.name not in text]


def main() -> int:
    """Write the table anew, or say that it is stale; return 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="notices", description=__doc__)
    parser.add_argument("what", choices=("check", "update"))
    text = DOCUMENT.read_text()
    if parser.parse_args().what == "update":
        DOCUMENT.write_text(updated(text))
        return 0
    problems = [f"THIRD-PARTY.md does not name {part}" for part in unnamed_parts(text)]
    if updated(text) != text:
        problems.append("THIRD-PARTY.md: run `python -m scripts.notices update`.")
    if "unknown" in table():
        problems.append("THIRD-PARTY.md: a package does not say its licence.")
    print("\n".join(problems) or "Every part that others made is named with its licence.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
