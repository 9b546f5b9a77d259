"""Lists of goods: read whatever program wrote them, looked at, brought in all at once."""
