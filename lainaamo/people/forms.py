"""The shape of what people write about themselves."""

from wtforms import PasswordField, StringField
from wtforms.validators import Length

from lainaamo.core.errors import N_
from lainaamo.core.forms import Form, Says, written


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
