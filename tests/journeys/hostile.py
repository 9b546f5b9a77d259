"""Words that would run if a page let them: written into every field that holds people's words."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, String, Table, select, update

from lainaamo.core.db import session, transaction
from lainaamo.core.orm import Base
from lainaamo.core.web import Lainaamo

CORPUS = (
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 2">',
    "'-alert(3)-'",
    "</title></textarea></script><svg onload=alert(4)>",
    "javascript:alert(5)",
    "{{ 7 * 191 }} ${7 * 191} %(day)s %s {0}",
    "\u202eoikealta\u202c \u2028 Ünïcödé 名前 اسم I\u0307\u0131İ \U0001f6f7",
    "<!--#exec cmd='x'--> ]]> &lt;b&gt; &#x3c;script&#x3e;",
)
OURS = frozenset({"code", "message"})  # of a refusal that is kept: only what it names is others'
CALCULATED = "1337"  # what a template would make of 7 * 191

# What no person writes, or what is read by its form before it is kept. Everything else is words.
NOT_WORDS = frozenset(
    {
        "category.attributes",
        "category.cpv",
        "category.pictogram",
        "code.command",
        "code.sign",
        "device.token_hash",
        "donation.email",
        "donation.phone",
        "donation.terms_hash",
        "feedback.handled_by",
        "kind.picture",
        "loan_terms.season_ends",
        "person.email",
        "person.phone",
        "photo.fingerprint",
        "photo.name",
        "reservation.link_nonce",
        "reservation.pick_up_code",
        "sign_in.proof_hash",
        "sign_in.token_hash",
        "sheet_shift.sheet",
        "statement_version.facts",
        "upload.columns",
        "upload.fingerprint",
    }
)
EVERYWHERE_A_MACHINES = frozenset({"actor", "key", "locale"})
MACHINERY = frozenset(
    {
        "actor",
        "answered_request",
        "attempt",
        "badge",
        "change",
        "contact_proof",
        "desk_step",
        "duty",
        "identity",
        "imported_row",
        "invitation",
        "journal_entry",
        "journal_seal",
        "known_headers",
        "outbox_message",
        "password",
        "pin",
        "search_document",
        "search_gram",
        "search_state",
        "search_word",
        "waiting_photo",
    }
)


def poison(app: Lainaamo) -> int:
    """Put the corpus into every field of words; return how many values were written."""
    with app.app_context(), transaction():
        return sum(_poison(table, column) for table, column in _fields())


def _fields() -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
        chosen = " ".join(str(one.sqltext) for one in checks)
        for column in table.columns:
            is_text = isinstance(column.type, (String, JSON)) and f"{column.name} IN" not in chosen
            named = f"{table.name}.{column.name}"
            is_machines = column.name in EVERYWHERE_A_MACHINES or named in NOT_WORDS
            if is_text and not is_machines and table.name not in MACHINERY:
                yield table, column


def _poison(table: Table, column: Column[Any]) -> int:
    rows = session.execute(select(table.c.id, column).where(column.is_not(None))).all()
    for number, value in rows:
        words = f"{CORPUS[number % len(CORPUS)]} {number}"
        wanted = update(table).where(table.c.id == number)
        session.execute(wanted.values({column.name: _like(value, words)}))
    return len(rows)


def _like(value: object, words: str) -> object:
    """Return the words in the shape of what they replace."""
    if isinstance(value, list):
        return [_like(one, words) for one in value]
    if isinstance(value, dict):
        return {key: one if key in OURS else _like(one, words) for key, one in value.items()}
    return words if isinstance(value, str) else value
