"""The shape of feedback and of an answer."""

from wtforms import StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from lainaamo.core.errors import N_
from lainaamo.core.forms import Form, Says
from lainaamo.core.i18n import gettext
from lainaamo.feedback.models import ABOUT, FACES
from lainaamo.feedback.rules import LONGEST_ANSWER, LONGEST_PAGE, LONGEST_TEXT
from lainaamo.people.rules import EMAIL, LONGEST


class FeedbackForm(Form):
    """A face, and what one likes to add."""

    face = StringField()
    about = StringField()
    text = TextAreaField()
    reply_to = StringField()
    page = StringField()
    website = StringField()  # people never see it; programs fill it in

    def validate_face(self, field: StringField) -> None:
        """Refuse a face that is not there."""
        if field.data not in FACES:
            raise ValidationError(gettext("Choose the face that fits best."))

    def validate_text(self, field: StringField) -> None:
        """Refuse a text that is too long; a line's end is one sign however it was sent."""
        if len(_words(field.data)) > LONGEST_TEXT:
            words = N_("This is too long: %(most)d signs at most.")
            raise ValidationError(gettext(words, most=LONGEST_TEXT))

    def validate_reply_to(self, field: StringField) -> None:
        """Refuse what is no e-mail address; none at all is well."""
        given = (field.data or "").strip()
        if given and (len(given) > LONGEST or not EMAIL.fullmatch(given)):
            words = N_("This is no e-mail address. Write for example name@example.fi.")
            raise ValidationError(gettext(words))

    def words(self) -> str:
        """Return the text as it is kept."""
        return _words(self.text.data)

    def subject(self) -> str:
        """Return what it is about: the service, unless something else was chosen."""
        return self.about.data if self.about.data in ABOUT else ABOUT[0]

    def is_by_program(self) -> bool:
        """Tell whether the field was filled that people never see."""
        return bool((self.website.data or "").strip())


class AnswerForm(Form):
    """An answer to feedback."""

    answer = TextAreaField(validators=[Says(N_("Write an answer.")), Length(max=LONGEST_ANSWER)])


def _words(given: str | None) -> str:
    return (given or "").replace("\r\n", "\n").strip()


def read_page(given: str | None) -> str | None:
    """Read which page the feedback is about: a path of ours, else nothing."""
    page = (given or "").strip()
    is_path = page.startswith("/") and not page.startswith("//")
    return page if is_path and len(page) <= LONGEST_PAGE and page.isprintable() else None
