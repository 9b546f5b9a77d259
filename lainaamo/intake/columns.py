"""What the columns of a list are, by the words people write over them."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from lainaamo.core.errors import N_, Refusal

COLUMNS: Mapping[str, str] = {
    "name": N_("Name"),
    "category": N_("Category"),
    "size": N_("Size and other facts"),
    "count": N_("Count"),
    "price": N_("Price as new"),
    "owner": N_("Giving unit"),
    "code": N_("Code"),
    "condition": N_("Condition"),
    "place": N_("Shelf"),
}
"""Each column that is read, and what it is called on screens."""

_WORDS = {
    "name": "name nimi nimike tavara tuote tuotenimi esine väline artikkeli otsikko namn benämning "
    "produkt föremål artikel sak item product title thing",
    "category": "category luokka kategoria ryhmä tuoteryhmä tavararyhmä tyyppi kategori grupp "
    "varugrupp klass group type",
    "size": "size size_or_variant koko koko_tai_malli mitat mitta malli variantti lisätiedot "
    "kuvaus storlek mått modell variant beskrivning dimensions measures description "
    "koko_ja_muut_tiedot storlek_och_andra_uppgifter size_and_other_facts",
    "count": "count määrä maara kpl lukumäärä kappalemäärä antal st quantity qty amount pcs "
    "montako",
    "price": "price hinta uushinta hankintahinta ostohinta korvaushinta pris nypris inköpspris "
    "price_new price_as_new hinta_uutena hinta_kaupassa",
    "owner": "owner lender omistaja yksikkö luovuttaja luovuttava_yksikkö lainaamo ägare enhet "
    "givare givande_enhet unit giving_unit mistä_tavara_tuli",
    "code": "code koodi kod",
    "condition": "condition kunto skick millaisessa_kunnossa",
    "place": "place hylly hyllypaikka paikka sijainti plats hylla hyllplats shelf location",
}
_MEANING = {word: key for key, words in _WORDS.items() for word in words.split()}
_LANGUAGE = re.compile("_(fi|sv|en)$")


def find_meaning(header: str) -> str | None:
    """Return which of COLUMNS a header names, in Finnish, Swedish or English."""
    plain = re.sub(r"\(.*?\)|€|\beur\b", " ", header.casefold())
    word = re.sub(r"[\W_]+", "_", plain).strip("_")
    return _MEANING.get(word) or _MEANING.get(_LANGUAGE.sub("", word))


REASONS = {"fi": "Korjattavaa", "fi-simple": "Korjaa tämä", "sv": "Att rätta", "en": "To correct"}
"""What stands over the column of reasons in a file of rows to mend, by language."""
_REASONS = frozenset(word.casefold() for word in REASONS.values())


def tells_reason(header: str) -> bool:
    """Tell whether this is the column that a file of rows to mend has for the reasons."""
    return header.casefold() in _REASONS


def count_known(headers: Sequence[str]) -> int:
    """Count the headers that name a column; one of names weighs more than all the others."""
    found = map_columns(headers)
    return len(found) + (len(COLUMNS) if "name" in found else 0)


def map_columns(headers: Sequence[str]) -> dict[str, int]:
    """Return at which position each column is; of two alike the first is read."""
    found: dict[str, int] = {}
    for position, header in enumerate(headers):
        meaning = find_meaning(header)
        if meaning is not None:
            found.setdefault(meaning, position)
    return found


def fingerprint(headers: Sequence[str]) -> str:
    """Return what tells rows of headers apart, large letters or small."""
    folded = [header.casefold() for header in headers]
    return hashlib.sha256(json.dumps(folded).encode()).hexdigest()


def check_columns(columns: Mapping[str, int]) -> None:
    """Refuse a list that does not say what its things are called."""
    if "name" not in columns:
        words = N_(
            "No column of names was found. Write %(example)s over the names, on the first row."
        )
        raise Refusal(words, code="no_names", example="nimi")
