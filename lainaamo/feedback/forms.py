"""The shape of feedback and of an answer."""

from wtforms import StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says, written
from lainaamo.core.i18n import gettext, retold
from lainaamo.feedback.models import ABOUT, FACES
from lainaamo.feedback.rules import LONGEST_ANSWER, LONGEST_PAGE, LONGEST_SPOT, LONGEST_TEXT
from lainaamo.people.rules import EMAIL, LONGEST, Contact, read_contact


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


class FoundForm(Form):
    """Where somebody found a thing, and how to reach them if they like."""

    spot = TextAreaField(validators=[Says(N_("Write where it is, in a few words."))])
    contact = StringField(filters=[written])
    website = StringField()  # people never see it; programs fill it in

    def validate_spot(self, field: TextAreaField) -> None:
        """Refuse a text that is too long."""
        if len(_words(field.data)) > LONGEST_SPOT:
            words = N_("This is too long: %(most)d signs at most.")
            raise ValidationError(gettext(words, most=LONGEST_SPOT))

    def validate_contact(self, _field: StringField) -> None:
        """Refuse what is neither an e-mail address nor a phone number; nothing is well."""
        try:
            self.reached_at()
        except Refusal as refusal:
            raise ValidationError(retold(refusal)) from refusal

    def words(self) -> str:
        """Return where it is, as it is kept."""
        return _words(self.spot.data)

    def reached_at(self) -> Contact | None:
        """Return the contact of a form that is good."""
        return read_contact(self.contact.data) if self.contact.data else None

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
