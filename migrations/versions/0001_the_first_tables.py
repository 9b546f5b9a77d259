"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


# Lines and seals of the journal are written once: no edit, no deletion, not even by ourselves.
KEPT = ("journal_entry", "journal_seal")


def keep_on_sqlite() -> None:
    """Refuse changes by triggers; REPLACE deletes too (recursive_triggers is on)."""
    for table in KEPT:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )


def keep_on_postgresql() -> None:
    """Refuse changes by triggers, TRUNCATE included."""
    op.execute(
        "CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()"
        )


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "answered_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_request")),
        sa.UniqueConstraint("key", name=op.f("uq_answered_request_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("answered_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_answered_request_answered_at"), ["answered_at"], unique=False
        )

    op.create_table(
        "attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("ends_at_s", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("what", "ends_at_s", name=op.f("uq_attempt_what_ends_at_s")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_simple", sa.String(), nullable=False),
        sa.Column("name_sv", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("pictogram", sa.String(), nullable=False),
        sa.Column("cpv", sa.String(), nullable=False),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.CheckConstraint("pool IN ('lendable', 'reuse')", name=op.f("ck_category_known_pool")),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("key", name=op.f("uq_category_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "duty",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("name", name=op.f("uq_duty_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_actor"), ["actor"], unique=False)
        batch_op.create_index(
            "ix_journal_entry_thing_thing_id_id", ["thing", "thing_id", "id"], unique=False
        )

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dedup", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_message_dedup")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_message_waiting",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(
            "uq_person_email",
            ["email"],
            unique=True,
            sqlite_where=sa.text("email IS NOT NULL"),
            postgresql_where=sa.text("email IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_person_number",
            ["number"],
            unique=True,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_person_phone",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("phone IS NOT NULL"),
            postgresql_where=sa.text("phone IS NOT NULL"),
        )

    op.create_table(
        "site",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("key", name=op.f("uq_site_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("key", name=op.f("uq_unit_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "actor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("alias", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_actor_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sa.UniqueConstraint("alias", name=op.f("uq_actor_alias")),
        sa.UniqueConstraint("person_id", name=op.f("uq_actor_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "day_exception",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL)", name=op.f("ck_day_exception_both_hours_or_none")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_day_exception_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_exception")),
        sa.UniqueConstraint("site_id", "day", name=op.f("uq_day_exception_site_id_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journal_seal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_journal_seal_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_journal_seal_entry_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kind",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("pool", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_simple", sa.String(), nullable=True),
        sa.Column("name_sv", sa.String(), nullable=True),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("picture", sa.String(), nullable=True),
        sa.Column("price_new_cents", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("pool IN ('lendable', 'reuse')", name=op.f("ck_kind_known_pool")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_kind_category_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("kind", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kind_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_kind_pool_name_id", ["pool", "name", "id"], unique=False)

    op.create_table(
        "loan_terms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("longest_days", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.Column("ahead_days", sa.Integer(), nullable=False),
        sa.Column("turnaround_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("at_once > 0 AND ahead_days > 0", name=op.f("ck_loan_terms_some")),
        sa.CheckConstraint(
            "days BETWEEN 0 AND longest_days", name=op.f("ck_loan_terms_days_within_longest")
        ),
        sa.CheckConstraint(
            "turnaround_days >= 0", name=op.f("ck_loan_terms_turnaround_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_loan_terms_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_terms")),
        sa.UniqueConstraint("category_id", name=op.f("uq_loan_terms_category_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_hours_hours_in_order")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday_in_week")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_opening_hours_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
        sa.UniqueConstraint("site_id", "weekday", name=op.f("uq_opening_hours_site_id_weekday")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "password",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password")),
        sa.UniqueConstraint("person_id", name=op.f("uq_password_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("level IN ('room', 'shelf')", name=op.f("ck_place_known_level")),
        sa.ForeignKeyConstraint(["parent_id"], ["place.id"], name=op.f("fk_place_parent_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_place_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_place_site_id_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("for_name", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("pick_up_code", sa.String(), nullable=False),
        sa.Column("link_nonce", sa.String(), nullable=False),
        sa.Column("link_revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_reservation_one_borrower")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_reservation_days_in_order")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reservation_person_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_reservation_site_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_reservation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint("link_nonce", name=op.f("uq_reservation_link_nonce")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_first_day"), ["first_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_reservation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_reservation_pick_up_code"), ["pick_up_code"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reservation_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reservation_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('resident', 'worker', 'counter', 'supervisor', 'buyer', 'coordinator', 'administrator')",
            name=op.f("ck_role_grant_known_role"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_role_grant_open",
            ["person_id", "role", "unit_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND unit_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_role_grant_open_everywhere",
            ["person_id", "role"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND unit_id IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND unit_id IS NULL"),
        )

    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "component",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_component_some")),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_component_kind_id")),
        sa.ForeignKeyConstraint(["kit_id"], ["kind.id"], name=op.f("fk_component_kit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component")),
        sa.UniqueConstraint("kit_id", "kind_id", name=op.f("uq_component_kit_id_kind_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("component", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_component_kind_id"), ["kind_id"], unique=False)

    op.create_table(
        "item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "home_place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unclaimed", sa.Integer(), nullable=False),
        sa.Column("price_new_cents", sa.Integer(), nullable=True),
        sa.Column(
            "giving_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("donor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("origin_building", sa.String(), nullable=True),
        sa.Column("electrical_check_on", sa.Date(), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("must_go_by", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_as", sa.String(), nullable=True),
        sa.CheckConstraint(
            "condition IN ('as_new', 'good', 'worn', 'broken')",
            name=op.f("ck_item_known_condition"),
        ),
        sa.CheckConstraint(
            "left_as IS NULL OR left_as IN ('retired', 'given', 'recycled', 'transferred', 'lost')",
            name=op.f("ck_item_known_leaving"),
        ),
        sa.CheckConstraint(
            "(left_at IS NULL) = (left_as IS NULL)", name=op.f("ck_item_left_both_or_neither")
        ),
        sa.CheckConstraint("price_new_cents >= 0", name=op.f("ck_item_price_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_item_some")),
        sa.CheckConstraint(
            "unclaimed BETWEEN 0 AND quantity", name=op.f("ck_item_unclaimed_within_quantity")
        ),
        sa.ForeignKeyConstraint(["donor_id"], ["person.id"], name=op.f("fk_item_donor_id")),
        sa.ForeignKeyConstraint(
            ["giving_unit_id"], ["unit.id"], name=op.f("fk_item_giving_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_place_id"], ["place.id"], name=op.f("fk_item_home_place_id")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_item_kind_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_item_place_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_item_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_donor_id"), ["donor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_item_giving_unit_id"), ["giving_unit_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_item_home_place_id"), ["home_place_id"], unique=False)
        batch_op.create_index("ix_item_kind_id_size", ["kind_id", "size"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_site_id"), ["site_id"], unique=False)

    op.create_table(
        "code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("command", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN item_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN place_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN person_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN command IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_code_one_meaning"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_code_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_code_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_code_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("sign", name=op.f("uq_code_sign")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_code_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_place_id"), ["place_id"], unique=False)

    op.create_table(
        "imported_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_imported_row_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("key", name=op.f("uq_imported_row_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("imported_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_row_item_id"), ["item_id"], unique=False)

    op.create_table(
        "item_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("movable", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('reserved', 'on_loan', 'turnaround', 'repair')",
            name=op.f("ck_item_use_known_purpose"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_item_use_days_in_order")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_use_item_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_item_use_kind_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_item_use_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_use")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("item_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_use_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_item_use_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index(
            "ix_item_use_kind_id_live",
            ["kind_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_item_use_site_id"), ["site_id"], unique=False)

    op.create_table(
        "part",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("missing_since", sa.Date(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_part_some")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_part_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_item_id"), ["item_id"], unique=False)

    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("use_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_allocation_item_id")),
        sa.ForeignKeyConstraint(["use_id"], ["item_use.id"], name=op.f("fk_allocation_use_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("item_id", "day", name=op.f("uq_allocation_item_id_day")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocation_use_id"), ["use_id"], unique=False)

    op.create_table(
        "repair",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("use_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "need IN ('clean', 'repair', 'part')", name=op.f("ck_repair_known_need")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_repair_item_id")),
        sa.ForeignKeyConstraint(["use_id"], ["item_use.id"], name=op.f("fk_repair_use_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repair_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repair_use_id"), ["use_id"], unique=False)
        batch_op.create_index(
            "uq_repair_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "reservation_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "reservation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("use_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.CheckConstraint(
            "ended_as IS NULL OR ended_as IN ('fetched', 'cancelled', 'expired', 'thing_removed')",
            name=op.f("ck_reservation_line_known_ending"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_as IS NULL)",
            name=op.f("ck_reservation_line_ended_both_or_neither"),
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_reservation_line_kind_id")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservation.id"], name=op.f("fk_reservation_line_reservation_id")
        ),
        sa.ForeignKeyConstraint(
            ["use_id"], ["item_use.id"], name=op.f("fk_reservation_line_use_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation_line")),
        sa.UniqueConstraint("use_id", name=op.f("uq_reservation_line_use_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reservation_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_line_kind_id"), ["kind_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_reservation_line_reservation_id"), ["reservation_id"], unique=False
        )

    op.create_table(
        "loan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("use_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("for_name", sa.String(), nullable=False),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("condition_back", sa.String(), nullable=True),
        sa.CheckConstraint(
            "condition_back IS NULL OR condition_back IN ('ok', 'dirty', 'part_missing', 'broken')",
            name=op.f("ck_loan_known_condition"),
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_loan_one_borrower")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_loan_item_id")),
        sa.ForeignKeyConstraint(["line_id"], ["reservation_line.id"], name=op.f("fk_loan_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_loan_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_loan_site_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_loan_unit_id")),
        sa.ForeignKeyConstraint(["use_id"], ["item_use.id"], name=op.f("fk_loan_use_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("line_id", name=op.f("uq_loan_line_id")),
        sa.UniqueConstraint("use_id", name=op.f("uq_loan_use_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_loan_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_loan_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_loan_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    if op.get_bind().dialect.name == "sqlite":
        keep_on_sqlite()
    else:
        keep_on_postgresql()


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("loan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_loan_open",
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_loan_unit_id"))
        batch_op.drop_index(batch_op.f("ix_loan_site_id"))
        batch_op.drop_index(batch_op.f("ix_loan_person_id"))
        batch_op.drop_index(batch_op.f("ix_loan_item_id"))
        batch_op.drop_index(batch_op.f("ix_loan_due_on"))

    op.drop_table("loan")
    with op.batch_alter_table("reservation_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reservation_line_reservation_id"))
        batch_op.drop_index(batch_op.f("ix_reservation_line_kind_id"))

    op.drop_table("reservation_line")
    with op.batch_alter_table("repair", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_repair_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_repair_use_id"))
        batch_op.drop_index(batch_op.f("ix_repair_item_id"))

    op.drop_table("repair")
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocation_use_id"))

    op.drop_table("allocation")
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_part_item_id"))

    op.drop_table("part")
    with op.batch_alter_table("item_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_use_site_id"))
        batch_op.drop_index(
            "ix_item_use_kind_id_live",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_item_use_kind_id"))
        batch_op.drop_index(batch_op.f("ix_item_use_item_id"))

    op.drop_table("item_use")
    with op.batch_alter_table("imported_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_row_item_id"))

    op.drop_table("imported_row")
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_place_id"))
        batch_op.drop_index(batch_op.f("ix_code_person_id"))
        batch_op.drop_index(batch_op.f("ix_code_item_id"))

    op.drop_table("code")
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_site_id"))
        batch_op.drop_index(batch_op.f("ix_item_place_id"))
        batch_op.drop_index("ix_item_kind_id_size")
        batch_op.drop_index(batch_op.f("ix_item_home_place_id"))
        batch_op.drop_index(batch_op.f("ix_item_giving_unit_id"))
        batch_op.drop_index(batch_op.f("ix_item_donor_id"))

    op.drop_table("item")
    with op.batch_alter_table("component", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_component_kind_id"))

    op.drop_table("component")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_grant_open_everywhere",
            sqlite_where=sa.text("ended_at IS NULL AND unit_id IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND unit_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_role_grant_open",
            sqlite_where=sa.text("ended_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND unit_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_role_grant_unit_id"))
        batch_op.drop_index(batch_op.f("ix_role_grant_person_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reservation_unit_id"))
        batch_op.drop_index(batch_op.f("ix_reservation_site_id"))
        batch_op.drop_index(batch_op.f("ix_reservation_pick_up_code"))
        batch_op.drop_index(batch_op.f("ix_reservation_person_id"))
        batch_op.drop_index(batch_op.f("ix_reservation_first_day"))

    op.drop_table("reservation")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_parent_id"))

    op.drop_table("place")
    op.drop_table("password")
    op.drop_table("opening_hours")
    op.drop_table("loan_terms")
    with op.batch_alter_table("kind", schema=None) as batch_op:
        batch_op.drop_index("ix_kind_pool_name_id")
        batch_op.drop_index(batch_op.f("ix_kind_category_id"))

    op.drop_table("kind")
    op.drop_table("journal_seal")
    op.drop_table("day_exception")
    op.drop_table("actor")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    op.drop_table("site")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_person_phone",
            sqlite_where=sa.text("phone IS NOT NULL"),
            postgresql_where=sa.text("phone IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_person_number",
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_person_email",
            sqlite_where=sa.text("email IS NOT NULL"),
            postgresql_where=sa.text("email IS NOT NULL"),
        )

    op.drop_table("person")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_message_waiting",
            sqlite_where=sa.text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL AND dropped_at IS NULL AND dead_at IS NULL"),
        )

    op.drop_table("outbox_message")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entry_thing_thing_id_id")
        batch_op.drop_index(batch_op.f("ix_journal_entry_actor"))

    op.drop_table("journal_entry")
    op.drop_table("duty")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_parent_id"))

    op.drop_table("category")
    op.drop_table("attempt")
    with op.batch_alter_table("answered_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answered_request_answered_at"))

    op.drop_table("answered_request")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_journal_change()")
