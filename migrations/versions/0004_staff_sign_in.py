"""Staff come in by other doors."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WAYS = "way IN ('code', 'password', 'pin', 'badge', 'oidc')"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REBUILT = {"sqlite_autoincrement": True}
MOMENT = sa.DateTime(timezone=True)
PINS = (
    "SELECT person_id, hash, set_at FROM password WHERE person_id IN "
    "(SELECT id FROM person WHERE number IS NOT NULL AND email IS NULL)"
)


def make(table: str, *columns: sa.Column, unique: list[str], of_person: bool = True) -> None:
    """Make a table of things people have: its id, whose it is, and what only one row may hold."""
    owner = [sa.Column("person_id", KEY, nullable=False)] if of_person else []
    keys = [
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id"))
    ]
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        *owner,
        *columns,
        *(keys if of_person else []),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_{'_'.join(unique)}")),
        sqlite_autoincrement=True,
    )


def index(table: str, column: str) -> None:
    """Index a foreign key."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def upgrade() -> None:
    """Make it so."""
    make(
        "pin",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        unique=["person_id"],
    )
    # A worker without an address has had a PIN in the place of a password.
    op.execute(f"INSERT INTO pin (person_id, hash, set_at) {PINS}")
    op.execute("DELETE FROM password WHERE person_id IN (SELECT person_id FROM pin)")
    make(
        "badge",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        unique=["token_hash"],
    )
    index("badge", "person_id")
    open_badge = sa.text("ended_at IS NULL")
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.create_index(
            "uq_badge_open",
            ["person_id"],
            unique=True,
            sqlite_where=open_badge,
            postgresql_where=open_badge,
        )
    make(
        "device",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        unique=["token_hash"],
        of_person=False,
    )
    make(
        "invitation",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        unique=["token_hash"],
    )
    index("invitation", "person_id")
    make(
        "identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        unique=["issuer", "subject"],
    )
    index("identity", "person_id")
    # Sessions that are open now were opened by a password and rest as they did.
    with op.batch_alter_table("sign_in", schema=None, table_kwargs=REBUILT) as batch_op:
        batch_op.add_column(
            sa.Column("way", sa.String(), nullable=False, server_default="password")
        )
        batch_op.add_column(sa.Column("words", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("device_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("proof_hash", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("rest_minutes", sa.Integer(), nullable=False, server_default="600")
        )
        batch_op.create_check_constraint(op.f("ck_sign_in_known_way"), WAYS)
        batch_op.create_unique_constraint(batch_op.f("uq_sign_in_proof_hash"), ["proof_hash"])
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_in_device_id"), "device", ["device_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_sign_in_device_id"), ["device_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.execute(
        "INSERT INTO password (person_id, hash, set_at) SELECT person_id, hash, set_at FROM pin "
        "WHERE person_id NOT IN (SELECT person_id FROM password)"
    )
    with op.batch_alter_table("sign_in", schema=None, table_kwargs=REBUILT) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_device_id"))
        batch_op.drop_constraint(batch_op.f("fk_sign_in_device_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_sign_in_proof_hash"), type_="unique")
        batch_op.drop_constraint(op.f("ck_sign_in_known_way"), type_="check")
        for column in ("rest_minutes", "proof_hash", "device_id", "words", "way"):
            batch_op.drop_column(column)
    for table in ("identity", "invitation", "device", "badge", "pin"):
        op.drop_table(table)
