"""What goods are found by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# FTS5 keeps only its index; what it indexes stands in search_document, and triggers carry it over.
# The terms are made in Python, one beside the other: nothing is left to a tokenizer, and no
# positions are needed.
INDEX = """
CREATE VIRTUAL TABLE search_index USING fts5(
  terms, content='search_document', content_rowid='id', detail=none,
  tokenize="ascii tokenchars '_'"
)
"""
TAKEN_OUT = (
    "INSERT INTO search_index(search_index, rowid, terms) VALUES ('delete', old.id, old.terms);"
)
PUT_IN = "INSERT INTO search_index(rowid, terms) VALUES (new.id, new.terms);"
CARRIED_OVER = {"INSERT": PUT_IN, "DELETE": TAKEN_OUT, "UPDATE": TAKEN_OUT + PUT_IN}


def upgrade() -> None:
    """Make it so."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_document",
        sa.Column("id", key, nullable=False),
        sa.Column(
            "terms", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("search_document", schema=None) as batch_op:
        batch_op.create_index(
            "ix_search_document_terms",
            ["terms"],
            unique=False,
            postgresql_using="gin",
            sqlite_where=sa.text("terms IS NULL"),
        )

    op.create_table(
        "search_word",
        sa.Column("id", key, nullable=False),
        sa.Column(
            "term", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "backwards",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("shown", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
        sa.UniqueConstraint("term", name=op.f("uq_search_word_term")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_word_backwards"), ["backwards"], unique=False)

    op.create_table(
        "search_gram",
        sa.Column("id", key, nullable=False),
        sa.Column("gram", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_gram")),
        sa.UniqueConstraint("gram", "term", name=op.f("uq_search_gram_gram_term")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_state",
        sa.Column("id", key, nullable=False),
        sa.Column("analyser", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(INDEX)
        for change, done in CARRIED_OVER.items():
            op.execute(
                f"CREATE TRIGGER search_document_{change.lower()} AFTER {change} "
                f"ON search_document BEGIN {done} END"
            )


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    for table in ("search_state", "search_gram", "search_word", "search_document"):
        op.drop_table(table)
