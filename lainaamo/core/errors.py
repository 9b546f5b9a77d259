"""The one way a rule says no."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Something a person asked for and may not have, with the words to tell them.

    `message` is an untranslated msgid, `params` fill it, `code` is its stable name for programs.
    """

    def __init__(self, message: str, /, *, code: str = "refused", **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
        self.code = code


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a message for the translators without translating it yet."""
    return message


# A named constraint's error becomes the refusal it stands for; each feature names its own.
CONSTRAINTS: dict[str, Refusal] = {}
