"""Texts of messages, what was sent, what came back, and which way people want."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL")
INDEX = "ix_outbox_message_waiting"


def upgrade() -> None:
    """Make it so."""
    turn = sa.Column("turn", sa.Integer(), nullable=False, server_default=sa.text("1"))
    op.add_column("outbox_message", turn)
    _index_waiting("turn", "due_at")
    wish = sa.Column("prefers_sms", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("person", wish)
    _make_texts()
    _make_sendings()
    _make_about()
    _make_answers()


def downgrade() -> None:
    """Take it back."""
    for table in ("sms_answer", "sending_about", "sending", "letter_text"):
        op.drop_table(table)
    op.drop_column("person", "prefers_sms")
    _index_waiting("due_at")
    op.drop_column("outbox_message", "turn")


def _index_waiting(*columns: str) -> None:
    op.drop_index(INDEX, "outbox_message")
    op.create_index(
        INDEX, "outbox_message", [*columns], sqlite_where=WAITING, postgresql_where=WAITING
    )


def _make_texts() -> None:
    op.create_table(
        "letter_text",
        sa.Column("id", KEY, nullable=False),
        sa.Column("letter", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("sms", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("letter", "locale", name=op.f("uq_letter_text_letter_locale")),
        sqlite_autoincrement=True,
    )


def _make_sendings() -> None:
    op.create_table(
        "sending",
        sa.Column("id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("number_mark", sa.String(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        *(sa.Column(f"{what}_at", MOMENT) for what in ("delivered", "undelivered", "settled")),
        sa.CheckConstraint("way IN ('mail', 'sms')", name=op.f("ck_sending_known_way")),
        sa.CheckConstraint(
            "(way = 'sms') = (number_mark IS NOT NULL)", name=op.f("ck_sending_marked_when_sms")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_message.id"],
            name=op.f("fk_sending_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sending_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
        sa.UniqueConstraint("message_id", name=op.f("uq_sending_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sending_person_id"), "sending", ["person_id"])
    op.create_index(op.f("ix_sending_made_at"), "sending", ["made_at"])
    op.create_index("ix_sending_number_mark_id", "sending", ["number_mark", "id"])


def _make_about() -> None:
    op.create_table(
        "sending_about",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sending_id", KEY, nullable=False),
        sa.Column("loan_id", KEY, nullable=True),
        sa.Column("reservation_id", KEY, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(loan_id IS NULL) <> (reservation_id IS NULL)", name=op.f("ck_sending_about_one_thing")
        ),
        sa.CheckConstraint(
            "(loan_id IS NULL) = (due_on IS NULL)", name=op.f("ck_sending_about_loans_have_days")
        ),
        sa.ForeignKeyConstraint(
            ["sending_id"],
            ["sending.id"],
            name=op.f("fk_sending_about_sending_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_sending_about_loan_id")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_sending_about_reservation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_about")),
        sqlite_autoincrement=True,
    )
    for column in ("sending_id", "loan_id", "reservation_id"):
        op.create_index(op.f(f"ix_sending_about_{column}"), "sending_about", [column])


def _make_answers() -> None:
    op.create_table(
        "sms_answer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("gateway_mark", sa.String(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("came_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "meaning IN ('renew', 'cancel', 'choose', 'unclear', 'ignored')",
            name=op.f("ck_sms_answer_known_meaning"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sms_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_answer")),
        sa.UniqueConstraint("gateway_mark", name=op.f("uq_sms_answer_gateway_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sms_answer_person_id"), "sms_answer", ["person_id"])
    op.create_index(op.f("ix_sms_answer_came_at"), "sms_answer", ["came_at"])
