"""Check that every sentence of the code and the screens is in the three catalogues, and in order.

`python -m scripts.words update` brings new sentences in and takes unused ones out.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "lainaamo" / "translations"
LANGUAGES = {"fi": "fi", "fi_SIMPLE": "fi", "sv": "sv"}
METHODS = (
    ("lainaamo/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
)
# Only these may show ordinary Finnish where plain Finnish is missing: no resident and nobody on the
# warehouse floor reads them.
OFFICE = (
    "lainaamo/administration/",
    "lainaamo/cli/",
    "lainaamo/impact/",
    "lainaamo/upkeep/",
    "templates/administration/",
    "templates/impact/",
    "templates/upkeep/",
)

LONGEST_SENTENCE = 12  # words
# Beginnings of words that plain Finnish does without (see its guidelines).
HARD_WORD = re.compile(
    r"\b(?:mikäli|suorit|kyseis|kyseinen|eräpäiv|nouta|nouda|noude|nouto|noudo|luovut|laina-a[ij]"
    r"|varausjono|aukiolo|toimenpi|edellyt|täten|johtuen|välittömäs|voimassaol|käytettävissä"
    r"|kuntalai)\w*",
    re.IGNORECASE,
)


def found() -> Catalog:
    """Collect every sentence of the code and the templates."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    options = {"**": {"silent": "false"}}
    places = extract_from_dir(
        ROOT, METHODS, options, comment_tags=("L10N:",), directory_filter=_is_ours
    )
    for file, line, message, comments, _context in places:
        catalog.add(message, locations=[(file, line)], auto_comments=comments)
    return catalog


def _is_ours(folder: str | Path) -> bool:
    path = Path(folder).relative_to(ROOT)
    return path == Path() or path.parts[0] in {"lainaamo", "templates"}


def stored(name: str) -> Catalog:
    """Read a catalogue; a new one is empty."""
    file = CATALOGUES / f"{name}.po"
    if not file.exists():
        return Catalog(locale=LANGUAGES[name], charset="utf-8", fuzzy=False, project="lainaamo")
    with file.open("rb") as stream:
        return read_po(stream, locale=LANGUAGES[name])


def update() -> None:
    """Write each catalogue with exactly the sentences there are; nothing is guessed."""
    template = found()
    for name in LANGUAGES:
        catalog = stored(name)
        template.creation_date = catalog.creation_date
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with (CATALOGUES / f"{name}.po").open("wb") as stream:
            write_po(stream, catalog, width=100, sort_output=True, include_lineno=False)


def problems(name: str, template: Catalog) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong in a catalogue."""
    catalog = stored(name)
    for wanted in _sentences(template):
        message = catalog.get(wanted.id)
        if message is None or not all(_strings(message)):
            if name != "fi_SIMPLE" or not _is_office(wanted):
                yield f"{name}: missing {_first(wanted)!r} ({wanted.locations[0][0]})"
        else:
            yield from (
                f"{name}: {fault} in {_first(wanted)!r}" for fault in _faults(name, message)
            )
    for message in _sentences(catalog):
        if template.get(message.id) is None:
            yield f"{name}: nobody says {_first(message)!r}"
    yield from (f"{name}: obsolete {key!r}" for key in catalog.obsolete)


def _sentences(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _is_office(message: Message) -> bool:
    return all(file.startswith(OFFICE) for file, _line in message.locations)


def _faults(name: str, message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "a guess (fuzzy)"
    allowed = [_placeholders(text) for text in _ids(message)]
    for text in _strings(message):
        if _placeholders(text) not in allowed:
            yield f"other %(…)s in {text!r}"
        if name == "fi_SIMPLE":
            yield from _hard(text)


def _hard(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?:])\s+", text):
        count = len([word for word in sentence.split() if re.search(r"\w", word)])
        if count > LONGEST_SENTENCE:
            yield f"{count} words in {sentence!r}"
    yield from (f"the hard word {word!r}" for word in HARD_WORD.findall(text))


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    strings = message.string or ""
    return (strings,) if isinstance(strings, str) else tuple(strings)


def _first(message: Message) -> str:
    return _ids(message)[0]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]", text))


def check() -> int:
    """Print every problem; return 1 when there is one."""
    template = found()
    faults = [fault for name in LANGUAGES for fault in problems(name, template)]
    count = len(_sentences(template))
    print("\n".join(faults) or f"All {count} sentences are in fi, plain fi and sv.")
    return int(bool(faults))


def main() -> int:
    """Check the catalogues, or bring them up to date."""
    parser = argparse.ArgumentParser(prog="words", description=__doc__)
    parser.add_argument("what", choices=("check", "update"))
    if parser.parse_args().what == "check":
        return check()
    update()
    return 0


if __name__ == "__main__":
    sys.exit(main())
