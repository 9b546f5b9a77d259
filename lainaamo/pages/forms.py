"""The shape of what an administrator writes for everyone to read."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length

from lainaamo.core import clock
from lainaamo.core.errors import N_
from lainaamo.core.forms import Form
from lainaamo.core.i18n import gettext as _
from lainaamo.pages.models import LOCALES
from lainaamo.pages.rules import LONGEST_BODY, LONGEST_NOTICE, LONGEST_TITLE
from lainaamo.pages.statement import METHODS, REASONS, STATUSES, Facts, Gap

LONGEST_GAP, MOST_GAPS = 1000, 40
# WCAG 2.2, levels A and AA; 4.1.1 of WCAG 2.1 is still in the law's standard.
CRITERIA = frozenset(
    f"{chapter}.{number}"
    for chapter, numbers in {
        "1.1": "1",
        "1.2": "1 2 3 4 5",
        "1.3": "1 2 3 4 5",
        "1.4": "1 2 3 4 5 10 11 12 13",
        "2.1": "1 2 4",
        "2.2": "1 2",
        "2.3": "1",
        "2.4": "1 2 3 4 5 6 7 11",
        "2.5": "1 2 3 4 7 8",
        "3.1": "1 2",
        "3.2": "1 2 3 4 6",
        "3.3": "1 2 3 4 7 8",
        "4.1": "1 2 3",
    }.items()
    for number in numbers.split()
)


class PageForm(Form):
    """One page in one language; both fields empty leave the page out in it."""

    title = StringField(validators=[Length(max=LONGEST_TITLE)])
    body = TextAreaField(validators=[Length(max=LONGEST_BODY)])
    seen = IntegerField()

    def words(self) -> tuple[str, str]:
        """Return title and body as they are kept: one sort of line end, no edges."""
        body = (self.body.data or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return " ".join((self.title.data or "").split()), body

    def problems(self) -> dict[str, str]:
        """Return what to correct, by field."""
        self.validate()
        found = dict(self.first_errors())
        found.pop("seen", None)
        title, body = self.words()
        if bool(title) != bool(body):
            empty = "body" if title else "title"
            found.setdefault(empty, _("Fill in both the heading and the text, or neither."))
        return found


class NoticeForm(Form):
    """The notice on every page: words by language, from when, until when."""

    text_fi = StringField(validators=[Length(max=LONGEST_NOTICE)])
    text_simple = StringField(validators=[Length(max=LONGEST_NOTICE)])
    text_sv = StringField(validators=[Length(max=LONGEST_NOTICE)])
    text_en = StringField(validators=[Length(max=LONGEST_NOTICE)])
    starts_at = StringField()
    shown_until = StringField()
    seen = IntegerField()

    def texts(self) -> dict[str, str]:
        """Return the words by language."""
        fields = (self.text_fi, self.text_simple, self.text_sv, self.text_en)
        pairs = zip(LOCALES, fields, strict=True)
        return {one: " ".join((field.data or "").split()) for one, field in pairs}

    def begins(self) -> datetime:
        """Return from when the notice is shown: at once where nothing is chosen."""
        return read_moment(self.starts_at.data or "") or clock.now()

    def ends(self) -> datetime | None:
        """Return until when the notice is shown."""
        return read_moment(self.shown_until.data or "")

    def problems(self) -> dict[str, str]:
        """Return what to correct, by field."""
        self.validate()
        found = dict(self.first_errors())
        found.pop("seen", None)
        for name in ("starts_at", "shown_until"):
            given = (self[name].data or "").strip()
            if given and read_moment(given) is None:
                found[name] = _("Write the day and the time, for example 2026-12-01T12:00.")
        if not self.texts()["fi"]:
            found.setdefault("text_fi", _("Write the notice in Finnish at least."))
        ends = self.ends()
        if not found and ends is not None and ends <= self.begins():
            found["shown_until"] = _("The notice would end before it begins. Choose a later end.")
        return found


def read_moment(given: str) -> datetime | None:
    """Read what a date-and-time field sends, as the wall clock in Helsinki shows it."""
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError:
        return None
    if found.tzinfo is not None or not 2000 <= found.year <= 2200:  # noqa: PLR2004
        return None
    return found.replace(tzinfo=clock.HELSINKI)


class StatementForm:
    """The facts of the accessibility statement; gaps are numbered fields `gap-0-fi` and so on."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.values = {name: value.strip() for name, value in given.items() if name != "_key"}
        self.errors: dict[str, str] = {}
        self.facts = self._read()

    def _read(self) -> Facts | None:
        status = self._one_of("status", STATUSES)
        method = self._one_of("method", METHODS)
        assessed_on, published_on = self._day("assessed_on"), self._day("published_on")
        gaps = tuple(gap for number in self.numbers() if (gap := self._gap(number)) is not None)
        if self.errors or assessed_on is None or published_on is None:
            return None
        return Facts(status, method, assessed_on, published_on, gaps)

    def numbers(self) -> list[int]:
        """Return the numbers of the gaps that the form has fields for."""
        found = {re.fullmatch(r"gap-(\d{1,2})-fi", name) for name in self.values}
        return sorted(int(one[1]) for one in found if one)[:MOST_GAPS]

    def seen(self) -> int:
        """Return which version was written over."""
        given = self.values.get("seen", "")
        return int(given) if re.fullmatch(r"[0-9]{1,9}", given) else 0

    def _one_of(self, name: str, known: tuple[str, ...]) -> str:
        value = self.values.get(name, "")
        if value not in known:
            self.errors[name] = _("Choose one of these.")
        return value

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.values.get(name, ""))
        except ValueError:
            self.errors[name] = _("Choose a day.")
            return None

    def _gap(self, number: int) -> Gap | None:
        texts = {one: self.values.get(f"gap-{number}-{one}", "") for one in LOCALES}
        if not any(texts.values()):
            return None
        for one, text in texts.items():
            if len(text) > LONGEST_GAP:
                self.errors[f"gap-{number}-{one}"] = _("This is too long. Make it shorter.")
        if not texts["fi"]:
            self.errors[f"gap-{number}-fi"] = _("Write it in Finnish at least.")
        return Gap(self._criteria(number), self._reason(number), texts)

    def _criteria(self, number: int) -> tuple[str, ...]:
        name = f"gap-{number}-criteria"
        codes = (
            tuple(re.split(r"[\s,;]+", self.values.get(name, ""))) if self.values.get(name) else ()
        )
        unknown = [code for code in codes if code not in CRITERIA]
        if unknown:
            words = N_(
                "There is no criterion %(code)s at levels A and AA. Write for example 1.1.1."
            )
            self.errors[name] = _(words, code=unknown[0][:20])
        return codes

    def _reason(self, number: int) -> str:
        given = self.values.get(f"gap-{number}-reason", "")
        return given if given in REASONS else "not_yet"
