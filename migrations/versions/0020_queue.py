"""People wait for a kind or a size, and loans are renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERED = {"sqlite_autoincrement": True}
ENDINGS = ("served", "left", "removed", "over")
WAITING = sa.text("ended_at IS NULL")
TO_FETCH = sa.text("pick_up_by IS NOT NULL")
TERMS = (
    ("renewals", "2", "renewals >= 0", "renewals_not_negative"),
    ("pick_up_days", "3", "pick_up_days > 0", "some_pick_up_days"),
    ("most_waiting", "50", "most_waiting >= 0", "most_waiting_not_negative"),
)


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("loan_terms", table_kwargs=NUMBERED) as batch_op:
        for name, usual, rule, rule_name in TERMS:
            column = sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(usual))
            batch_op.add_column(column)
            batch_op.create_check_constraint(op.f(f"ck_loan_terms_{rule_name}"), rule)
    op.add_column("reservation", sa.Column("pick_up_by", sa.Date(), nullable=True))
    op.create_index(
        "ix_reservation_pick_up_by",
        "reservation",
        ["pick_up_by"],
        sqlite_where=TO_FETCH,
        postgresql_where=TO_FETCH,
    )
    pulled_at = sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("reservation_line", pulled_at)
    _make_renewals()
    _make_queue()


def _make_renewals() -> None:
    op.create_table(
        "renewal",
        sa.Column("id", KEY, nullable=False),
        sa.Column("loan_id", KEY, nullable=False),
        sa.Column("was_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("due_on > was_due_on", name=op.f("ck_renewal_later")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_renewal_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal")),
        sa.UniqueConstraint("loan_id", "was_due_on", name=op.f("uq_renewal_loan_id_was_due_on")),
        sqlite_autoincrement=True,
    )


def _make_queue() -> None:
    known = ", ".join(repr(ending) for ending in ENDINGS)
    tables = {"person_id": "person", "kind_id": "kind", "site_id": "site"}
    op.create_table(
        "wait",
        sa.Column("id", KEY, nullable=False),
        *(sa.Column(column, KEY, nullable=False) for column in tables),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("for_name", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.Column("reservation_id", KEY, nullable=True),
        sa.CheckConstraint("days > 0", name=op.f("ck_wait_some_days")),
        sa.CheckConstraint(
            f"ended_as IS NULL OR ended_as IN ({known})", name=op.f("ck_wait_known_ending")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_as IS NULL)", name=op.f("ck_wait_ended_both_or_neither")
        ),
        sa.CheckConstraint(
            "reservation_id IS NULL OR ended_as = 'served'", name=op.f("ck_wait_got_when_served")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_wait_{column}"))
            for column, table in {**tables, "reservation_id": "reservation"}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wait")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_wait_reservation_id")),
        sqlite_autoincrement=True,
    )
    for column in tables:
        op.create_index(op.f(f"ix_wait_{column}"), "wait", [column])
    op.create_index(
        "ix_wait_kind_id_position_waiting",
        "wait",
        ["kind_id", "position"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("wait")
    op.drop_table("renewal")
    op.drop_column("reservation_line", "pulled_at")
    op.drop_index("ix_reservation_pick_up_by", table_name="reservation")
    op.drop_column("reservation", "pick_up_by")
    with op.batch_alter_table("loan_terms", table_kwargs=NUMBERED) as batch_op:
        for name, _usual, _rule, rule_name in TERMS:
            batch_op.drop_constraint(op.f(f"ck_loan_terms_{rule_name}"), type_="check")
            batch_op.drop_column(name)
