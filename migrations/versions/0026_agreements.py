"""Agreements of the people in programmes: service types, planned weekdays, and marks of days."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _made(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_autoincrement=True,
    )


def upgrade() -> None:
    """Make it so."""
    _service_types()
    _agreements()
    _days()


def _service_types() -> None:
    names = ("key", "name", "name_simple", "name_sv", "name_en", "basis", "reports")
    limits = ("most_days_a_week", "least_minutes_a_day", "most_minutes_a_day", "longest_months")
    _made(
        "service_type",
        *(sa.Column(name, sa.String(), nullable=False) for name in names),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in limits),
        sa.Column("keep_months", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reports IN ('days', 'hours', 'nothing')", name=op.f("ck_service_type_known_reports")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_service_type_key")),
    )


def _agreements() -> None:
    whose = {
        "person_id": "person",
        "service_type_id": "service_type",
        "supervisor_id": "person",
        "site_id": "site",
    }
    _made(
        "agreement",
        *(sa.Column(name, KEY, nullable=False) for name in whose),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_agreement_days_in_order")),
        sa.CheckConstraint(
            "break_minutes BETWEEN 0 AND 240", name=op.f("ck_agreement_break_in_day")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_agreement_{name}"))
            for name, table in whose.items()
        ),
    )
    for name in (*whose, "last_day"):
        op.create_index(op.f(f"ix_agreement_{name}"), "agreement", [name])


def _days() -> None:
    _made(
        "planned_day",
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_planned_day_weekday_in_week")),
        sa.CheckConstraint("begins < ends", name=op.f("ck_planned_day_hours_in_order")),
        _of_agreement("planned_day"),
        sa.UniqueConstraint(
            "agreement_id", "weekday", name=op.f("uq_planned_day_agreement_id_weekday")
        ),
    )
    _made(
        "day_mark",
        sa.Column("agreement_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("instead_of_day", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(text, name=op.f(f"ck_day_mark_{name}")) for name, text in CHECKED),
        _of_agreement("day_mark"),
    )
    for name in ("agreement_id", "day"):
        op.create_index(op.f(f"ix_day_mark_{name}"), "day_mark", [name])
    now = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_day_mark_now",
        "day_mark",
        ["agreement_id", "day"],
        unique=True,
        sqlite_where=now,
        postgresql_where=now,
    )


CHECKED = (
    ("known_mark", "mark IN ('attended', 'absent', 'not_arranged', 'swapped')"),
    ("both_hours_or_none", "(begins IS NULL) = (ends IS NULL)"),
    ("hours_in_order", "begins IS NULL OR begins < ends"),
    ("hours_of_work", "(begins IS NULL) = (mark IN ('absent', 'not_arranged'))"),
    ("swapped_for_a_day", "(instead_of_day IS NULL) = (mark <> 'swapped')"),
)


def _of_agreement(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_agreement_id")
    return sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=name)


def downgrade() -> None:
    """Take it back."""
    for table in ("day_mark", "planned_day", "agreement", "service_type"):
        op.drop_table(table)
