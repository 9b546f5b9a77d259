"""The shape of what people write about themselves."""

from collections.abc import Callable, Iterable

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from lainaamo.core.errors import N_, Refusal
from lainaamo.core.forms import Form, Says, written
from lainaamo.core.i18n import gettext, retold
from lainaamo.people.models import ROLES
from lainaamo.people.proofs import check_password, check_pin
from lainaamo.people.rules import read_contact

LONGEST_NAME = 60


def _told(check: Callable[[], object]) -> None:
    """Say a rule's refusal at the field it is about."""
    try:
        check()
    except Refusal as refusal:
        raise ValidationError(retold(refusal)) from refusal


def unit_or_none(text: str | None) -> int | None:
    """Return the unit that was chosen; nothing means the whole service, or the top of the tree."""
    return int(text) if text and text.isascii() and text.isdigit() else None


class SignInForm(Form):
    """Name and password of staff, or number and PIN of a worker."""

    name = StringField(validators=[Says(N_("Write your e-mail address or your worker number."))])
    password = PasswordField(validators=[Says(N_("Write your password or PIN."))])


class DeviceForm(Form):
    """What the staff call a shared device."""

    name = StringField(
        filters=[written],
        validators=[Says(N_("Write where the device is, such as Desk 1.")), Length(max=40)],
    )


class PinForm(Form):
    """A new PIN, typed by whom it is for."""

    pin = PasswordField(validators=[Says(N_("Write a PIN of 4 to 6 digits."))])
    number: int | None = None
    """The number of the worker it is for, when that is known."""

    def validate_pin(self, field: PasswordField) -> None:
        """Refuse a PIN that others would guess."""
        _told(lambda: check_pin(field.data or "", number=self.number))


class ChangePinForm(PinForm):
    """A new PIN, and the one in use."""

    old = PasswordField(validators=[Says(N_("Write the PIN you use now."))])


class WorkerForm(PinForm):
    """A new worker: a call name and a PIN; the number comes by itself."""

    first_name = StringField(
        filters=[written], validators=[Says(N_("Write the call name.")), Length(max=LONGEST_NAME)]
    )


class NameForm(Form):
    """What somebody is called."""

    first_name = StringField(
        filters=[written], validators=[Says(N_("Write the call name.")), Length(max=LONGEST_NAME)]
    )


class RoleForm(Form):
    """A role, for a unit or for the whole service."""

    role = SelectField(choices=ROLES)
    unit = SelectField(default="")

    def with_units(self, unit_ids: Iterable[str]) -> "RoleForm":
        """Let these units be chosen."""
        self.unit.choices = ["", *unit_ids]
        return self

    def validate_unit(self, field: SelectField) -> None:
        """Refuse a buyer for the whole service: whoever books for every unit is a coordinator."""
        if self.role.data == "buyer" and not field.data:
            raise ValidationError(gettext("Choose the unit that this person buys for."))


class StaffForm(RoleForm):
    """Somebody new, who gets a link to set a password."""

    first_name = StringField(
        filters=[written], validators=[Says(N_("Write the call name.")), Length(max=LONGEST_NAME)]
    )
    email = StringField(filters=[written], validators=[Says(N_("Write an e-mail address."))])

    def validate_email(self, field: StringField) -> None:
        """Refuse what is no e-mail address."""
        _told(lambda: read_contact(field.data or ""))
        if read_contact(field.data or "").email is None:
            raise ValidationError(gettext("Write an e-mail address."))


class PasswordForm(Form):
    """A new password, twice is not asked: it can be shown and pasted."""

    password = PasswordField(validators=[Says(N_("Write a new password."))])
    own_name = ""

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that others would guess."""
        _told(lambda: check_password(field.data or "", name=self.own_name))


class ChangePasswordForm(PasswordForm):
    """A new password, and the one in use."""

    old = PasswordField(validators=[Says(N_("Write the password you use now."))])
