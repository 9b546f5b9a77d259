"""What may be written on a page or above it, and who was first."""

from datetime import datetime

from lainaamo.core.errors import N_, Refusal

LONGEST_TITLE, LONGEST_BODY = 120, 20_000
LONGEST_NOTICE = 300


def check_newest(seen: int, newest: int) -> None:
    """Refuse to write over words that the writer has not seen."""
    if seen != newest:
        words = N_("Somebody else saved this meanwhile. Compare the two and save again.")
        raise Refusal(words, code="changed_meanwhile")


def check_notice(texts: dict[str, str], starts_at: datetime, shown_until: datetime | None) -> None:
    """Refuse a notice that says nothing or that is over before it begins."""
    if not texts.get("fi", "").strip():
        words = N_("Write the notice in Finnish at least.")
        raise Refusal(words, code="empty_notice")
    if shown_until is not None and shown_until <= starts_at:
        words = N_("The notice would end before it begins. Choose a later end.")
        raise Refusal(words, code="ends_before_start")
