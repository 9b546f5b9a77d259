"""The site's own pages and what people say of them."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
