"""Counts of what was changed, by area."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

AREAS = ("house", "people", "goods", "work")

# Once in a transaction, in a counter that no other transaction holds, or in a new one: nobody
# waits. The setting is the transaction's own; rolling back to a savepoint takes both back.
COUNT = """
CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  told text := 'lainaamo.changed_' || TG_ARGV[0];
BEGIN
  IF current_setting(told, true) = 'yes' THEN
    RETURN NULL;
  END IF;
  PERFORM set_config(told, 'yes', true);
  UPDATE change_count SET number = number + 1 WHERE id = (
    SELECT id FROM change_count WHERE area = TG_ARGV[0] LIMIT 1 FOR UPDATE SKIP LOCKED
  );
  IF NOT FOUND THEN
    INSERT INTO change_count (area, number) VALUES (TG_ARGV[0], 1);
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Make it so; the triggers that count are made after the last migration."""
    counts = op.create_table(
        "change_count",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "area IN ('house', 'people', 'goods', 'work')",
            name=op.f("ck_change_count_known_area"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_count")),
        sqlite_autoincrement=True,
    )
    # From no number that a house that stood here before could have had: who has kept its answers
    # must not take them for this one's.
    rows = [{"area": area, "number": secrets.randbelow(2**40)} for area in AREAS]
    op.bulk_insert(counts, rows)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(COUNT)


def downgrade() -> None:
    """Take it back."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("DROP FUNCTION count_change() CASCADE")
    else:
        counting = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'count_%'"
        for name in connection.execute(sa.text(counting)).scalars().all():
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("change_count")
