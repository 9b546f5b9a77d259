"""The base of every form: fields read once, errors in the reader's language."""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from wtforms import Form as WTForm
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError

from lainaamo.core.i18n import gettext, locale

BABEL = {"fi": "fi", "fi-simple": "fi", "sv": "sv", "en": "en"}


def written(text: str | None) -> str:
    """Return what somebody wrote, without the signs that a keyboard has not."""
    return "".join(sign for sign in text or "" if sign.isprintable()).strip()


def read_time(text: str | None) -> time | None:
    """Read a time as people write it: 12, 12.30, 12:30, 1230; None where it is empty."""
    found = re.fullmatch(r"\s*([01]?\d|2[0-3])[.:]?([0-5]\d)?\s*", text or "", re.ASCII)
    if found is None:
        if (text or "").strip():
            raise ValidationError(gettext("Write the time as 12:00."))
        return None
    return time(int(found[1]), int(found[2] or 0))


class Form(WTForm):
    """A form whose built-in messages speak the language in use."""

    class Meta:
        """How WTForms finds its own words."""

        def get_translations(self, form: WTForm) -> Any:  # noqa: ARG002 - WTForms's signature
            """Return WTForms's catalogue for the language in use."""
            return get_translations([BABEL[locale()]])

    def values(self) -> Mapping[str, Any]:
        """Return what was filled in, for showing it again."""
        return dict(self.data)

    def first_errors(self) -> Mapping[str, str]:
        """Return one message for each field that needs correcting."""
        return {name: str(messages[0]) for name, messages in self.errors.items() if messages}


class Says:
    """A validator that refuses an empty field with a message of our own."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it as a plain dict

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: WTForm, field: Any) -> None:  # noqa: ARG002 - WTForms's signature
        """Refuse a field with nothing in it."""
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            raise ValidationError(gettext(self.message))
