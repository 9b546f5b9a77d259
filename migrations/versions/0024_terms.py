"""Terms of kinds and of groups, seasons, permits, and the safety of gear."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERED = {"sqlite_autoincrement": True}
GROUPS = "'unit', 'club', 'staff'"
OLD_NEEDS = "'clean', 'repair', 'part'"
NEEDS = f"{OLD_NEEDS}, 'dry', 'check'"
CHECKLISTS = "'none', 'general', 'helmet', 'life_jacket', 'climbing', 'skis'"
NEW_RULES = {
    "of_one": "(category_id IS NULL) <> (kind_id IS NULL)",
    "known_group": f"group_name IN ('', {GROUPS})",
    "age_of_a_person": "least_age BETWEEN 0 AND 99",
    "replacement_not_negative": "replacement_cents >= 0",
}
ONE = {
    "uq_loan_terms_category": ("category_id", sa.text("category_id IS NOT NULL")),
    "uq_loan_terms_kind": ("kind_id", sa.text("kind_id IS NOT NULL")),
}


def upgrade() -> None:
    """Make it so."""
    _make_permits()
    _widen_terms()
    _make_safety()
    op.add_column("reservation", sa.Column("age_agreed", sa.Integer(), nullable=True))
    is_seen = sa.Column("id_seen", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("loan", is_seen)


def _make_permits() -> None:
    op.create_table(
        "permit_sort",
        sa.Column("id", KEY, nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("name", "name_simple", "name_sv", "name_en")
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_sort")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "permit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("sort_id", KEY, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_permit_person_id")),
        sa.ForeignKeyConstraint(["sort_id"], ["permit_sort.id"], name=op.f("fk_permit_sort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit")),
        sa.UniqueConstraint("person_id", "sort_id", name=op.f("uq_permit_person_id_sort_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_permit_sort_id"), "permit", ["sort_id"])
    op.create_table(
        "group_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.CheckConstraint(f"group_name IN ({GROUPS})", name=op.f("ck_group_member_known_group")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        sa.UniqueConstraint("person_id", name=op.f("uq_group_member_person_id")),
        sqlite_autoincrement=True,
    )


def _widen_terms() -> None:
    with op.batch_alter_table("loan_terms", table_kwargs=NUMBERED) as batch_op:
        batch_op.add_column(sa.Column("kind_id", KEY, nullable=True))
        batch_op.add_column(
            sa.Column("group_name", sa.String(), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("season_ends", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("least_age", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.add_column(
            sa.Column("shows_id", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("permit_sort_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("replacement_cents", sa.Integer(), nullable=True))
        batch_op.alter_column("category_id", existing_type=KEY, nullable=True)
        batch_op.drop_constraint(op.f("uq_loan_terms_category_id"), type_="unique")
        for name, text in NEW_RULES.items():
            batch_op.create_check_constraint(op.f(f"ck_loan_terms_{name}"), text)
        for column, table in (("kind_id", "kind"), ("permit_sort_id", "permit_sort")):
            batch_op.create_foreign_key(op.f(f"fk_loan_terms_{column}"), table, [column], ["id"])
    for column in ("category_id", "kind_id", "permit_sort_id"):
        op.create_index(op.f(f"ix_loan_terms_{column}"), "loan_terms", [column])
    for name, (column, where) in ONE.items():
        op.create_index(
            name,
            "loan_terms",
            [column, "group_name"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def _make_safety() -> None:
    op.create_table(
        "safety_rule",
        sa.Column("id", KEY, nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("checklist", sa.String(), nullable=False),
        sa.Column("life_years", sa.Integer(), nullable=True),
        sa.Column("most_loans", sa.Integer(), nullable=True),
        sa.Column("fall_ends", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            f"checklist IN ({CHECKLISTS})", name=op.f("ck_safety_rule_known_checklist")
        ),
        sa.CheckConstraint("life_years > 0", name=op.f("ck_safety_rule_some_years")),
        sa.CheckConstraint("most_loans > 0", name=op.f("ck_safety_rule_some_loans")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_safety_rule_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_rule")),
        sa.UniqueConstraint("category_id", name=op.f("uq_safety_rule_category_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "stopped_model",
        sa.Column("id", KEY, nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stopped_model")),
        sqlite_autoincrement=True,
    )
    op.add_column("item", sa.Column("made_year", sa.Integer(), nullable=True))
    op.add_column("item", sa.Column("model", sa.String(), nullable=True))
    op.add_column("item", sa.Column("retire_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_item_retire_on"), "item", ["retire_on"])
    _allow_needs(NEEDS)
    looked_at = sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("repair", looked_at)


def _allow_needs(needs: str) -> None:
    """Let repairs have these needs and no others."""
    rule = f"need IN ({needs})"
    with op.batch_alter_table("repair", table_kwargs=NUMBERED) as batch_op:
        batch_op.drop_constraint(op.f("ck_repair_known_need"), type_="check")
        batch_op.create_check_constraint(op.f("ck_repair_known_need"), rule)


def downgrade() -> None:
    """Take it back; what only waits to dry or to be looked at is then in repair."""
    op.execute("UPDATE repair SET need = 'clean' WHERE need = 'dry'")
    op.execute("UPDATE repair SET need = 'repair' WHERE need = 'check'")
    op.drop_column("repair", "looked_at")
    _allow_needs(OLD_NEEDS)
    op.drop_index(op.f("ix_item_retire_on"), table_name="item")
    for column in ("retire_on", "model", "made_year"):
        op.drop_column("item", column)
    op.drop_table("stopped_model")
    op.drop_table("safety_rule")
    op.drop_column("loan", "id_seen")
    op.drop_column("reservation", "age_agreed")
    _narrow_terms()
    for table in ("group_member", "permit", "permit_sort"):
        op.drop_table(table)


def _narrow_terms() -> None:
    op.execute("DELETE FROM loan_terms WHERE kind_id IS NOT NULL OR group_name <> ''")
    for name in ONE:
        op.drop_index(name, table_name="loan_terms")
    for column in ("category_id", "kind_id", "permit_sort_id"):
        op.drop_index(op.f(f"ix_loan_terms_{column}"), table_name="loan_terms")
    with op.batch_alter_table("loan_terms", table_kwargs=NUMBERED) as batch_op:
        for name in NEW_RULES:
            batch_op.drop_constraint(op.f(f"ck_loan_terms_{name}"), type_="check")
        for column in ("kind_id", "permit_sort_id"):
            batch_op.drop_constraint(op.f(f"fk_loan_terms_{column}"), type_="foreignkey")
        for column in (
            "kind_id",
            "group_name",
            "season_ends",
            "least_age",
            "shows_id",
            "permit_sort_id",
            "replacement_cents",
        ):
            batch_op.drop_column(column)
        batch_op.alter_column("category_id", existing_type=KEY, nullable=False)
        batch_op.create_unique_constraint(op.f("uq_loan_terms_category_id"), ["category_id"])
