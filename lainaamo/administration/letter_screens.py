"""The screens of what people are written: the list of messages, and one in one language."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Field, TextAreaField
from wtforms.validators import Length, ValidationError

from lainaamo.administration import actions, shown
from lainaamo.administration import letters as wording
from lainaamo.administration.forms import Facts, words
from lainaamo.administration.letters import LETTER, LOCALES, Wording
from lainaamo.administration.screens import Sheet, bp, offer_undo, shown_again
from lainaamo.core import letters
from lainaamo.core.errors import N_, Refusal
from lainaamo.core.i18n import NAMES, ngettext, retold, speaking
from lainaamo.core.i18n import gettext as _
from lainaamo.core.letters import PARTS, Texts
from lainaamo.core.text_length import length
from lainaamo.core.web import needs, refused_on
from lainaamo.people.access import Right

PLACE = "/viestit"
HERE = f"/hallinta{PLACE}"
LONGEST_MAIL, LONGEST_SMS = 4000, 800
CHEAP = 2
"""In so many parts a text message may be sent without a warning."""
Shown = dict[str, Any]


class LetterForm(Facts):
    """The texts of a message in a language; an empty one is as shipped."""

    subject = words(N_("Subject"), most=150)
    mail = TextAreaField(
        N_("Text of the e-mail"), filters=[letters.tidied], validators=[Length(max=LONGEST_MAIL)]
    )
    sms = TextAreaField(
        N_("Text message"), filters=[letters.tidied], validators=[Length(max=LONGEST_SMS)]
    )
    this: Wording

    def _check(self, field: Field) -> None:
        """Refuse blanks that nothing would fill, and texts without those that must stay."""
        if not field.data:
            return
        for fault in wording.faults(self.this.letter, field.name, field.data):
            raise ValidationError(retold(fault))

    def validate_subject(self, field: Field) -> None:
        """Check the subject's blanks."""
        self._check(field)

    def validate_mail(self, field: Field) -> None:
        """Check the mail's blanks."""
        self._check(field)

    def validate_sms(self, field: Field) -> None:
        """Check the text message's blanks."""
        self._check(field)

    def facts(self) -> Mapping[str, Any]:
        """Return the texts that differ from the shipped ones; None for the others."""
        usual = self.this.shipped()._asdict()
        return {
            part: None if not text or text == usual[part] else text
            for part, text in self.data.items()
            if part in PARTS
        }

    def texts(self) -> Texts:
        """Return the texts as the form has them, the shipped ones where it is empty."""
        usual = self.this.shipped()
        return Texts._make(self[part].data or one for part, one in zip(PARTS, usual, strict=True))


def _form(text_id: int, given: Any = None) -> LetterForm:
    this = wording.wording(text_id)
    now = {part: text for part, text in LETTER.read(text_id).items() if text}
    form = LetterForm(given, data={**this.shipped()._asdict(), **now})
    form.this = this
    return form


@bp.get(PLACE)
@needs(Right.TEXTS)
def all_letters() -> ResponseReturnValue:
    """Show every message that people get."""
    changed = wording.reworded()
    rows = [
        {
            "url": f"{HERE}/{one.number}",
            "title": one.name,
            "sms": bool(one.letter.sms),
            "subject": letters.filled(one.shipped().subject or "", letters.samples(one.letter)),
            "own": changed[one.letter.number],
        }
        for one in wording.wordings()
    ]
    return render_template("administration/letters.html", rows=rows, here_url=HERE)


def _page(
    text_id: int,
    form: LetterForm | None = None,
    refusal: Refusal | None = None,
    *,
    is_preview: bool = False,
) -> ResponseReturnValue:
    form = form or _form(text_id)
    this = form.this
    others = [(spoken, Wording(this.letter, spoken).number) for spoken in LOCALES]
    return Sheet(LETTER, text_id, PARTS, "administration/letter.html").page(
        form,
        refusal=refusal,
        title=_(this.letter.title),
        lang=this.locale,
        here_url=f"{HERE}/{text_id}",
        languages=[(NAMES[spoken], spoken, f"{HERE}/{number}") for spoken, number in others],
        has_sms=bool(this.letter.sms),
        blanks=_blanks(this),
        preview=_preview(this, form.texts()),
        is_preview=is_preview,
        is_own=any(LETTER.read(text_id).values()),
    )


def _blanks(this: Wording) -> list[Shown]:
    must = {letters.BLANKS[one].word for one in this.letter.must}
    values = letters.samples(this.letter)
    return [
        {
            "word": f"{{{one.word}}}",
            "meaning": _(one.meaning),
            "sample": values[name],
            "must": one.word in must,
        }
        for name, one in ((name, letters.BLANKS[name]) for name in _names(this))
    ]


def _names(this: Wording) -> list[str]:
    return list(dict.fromkeys([*this.letter.blanks, *letters.EVERYWHERE]))


def _preview(this: Wording, said: Texts) -> Shown:
    """Return a message as somebody would get it, filled with examples, and how long it is."""
    with speaking(this.locale):
        values = letters.samples(this.letter)
    sms = letters.filled(said.sms, values) if said.sms and this.letter.sms else None
    long = length(sms) if sms is not None else None
    return {
        "subject": letters.filled(said.subject or "", values, is_line=True),
        "mail": letters.filled(said.mail or "", values),
        "sms": sms,
        "places": long.places if long else 0,
        "parts": ngettext("%(num)d part", "%(num)d parts", long.parts) if long else "",
        "many": long is not None and long.parts > CHEAP,
        "wide": " ".join(long.wide) if long else "",
    }


def _refused(refusal: Refusal, text_id: int) -> ResponseReturnValue:
    return _page(text_id, _form(text_id, request.form), refusal)


@bp.get(f"{PLACE}/<int:text_id>")
@needs(Right.TEXTS)
def letter(text_id: int) -> ResponseReturnValue:
    """Show a message's texts in a language, with their blanks and a preview."""
    return _page(text_id)


@bp.post(f"{PLACE}/<int:text_id>")
@needs(Right.TEXTS)
@refused_on(_refused)
def save_letter(text_id: int) -> ResponseReturnValue:
    """Keep the texts; messages that go out from now on have them."""
    form = _form(text_id, request.form)
    if not form.validate():
        return _page(text_id, form)
    return Sheet(LETTER, text_id, PARTS, "").save(form.facts())


@bp.post(f"{PLACE}/<int:text_id>/esikatselu")
@needs(Right.TEXTS)
@refused_on(_refused)
def preview_letter(text_id: int) -> ResponseReturnValue:
    """Show how the typed texts would look; nothing is kept."""
    form = _form(text_id, request.form)
    form.validate()
    return _page(text_id, form, is_preview=True)


@bp.post(f"{PLACE}/<int:text_id>/palautus")
@needs(Right.TEXTS)
@refused_on(_refused)
def ship_letter(text_id: int) -> ResponseReturnValue:
    """Take the texts back that came with the program."""
    facts = dict.fromkeys(PARTS)
    change = actions.edit(LETTER, text_id, facts)
    return shown_again(shown.url_of("letter_text", text_id), change)


offer_undo(LETTER)
