"""Partners are told what changed."""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
