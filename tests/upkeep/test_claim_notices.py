"""What units book is told to the buyer and to the warehouse, once, and not when it is over."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from lainaamo.config import Settings
from lainaamo.core import outbox
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import notices
from tests.make import Make


def delivered(app: Lainaamo, settings: Settings) -> list[EmailMessage]:
    """Deliver what waits and return the mails of the instance's folder."""
    with app.app_context():
        outbox.deliver(notices.handlers(settings))
    files = sorted(Path(settings.folder, "mail").glob("*.eml"))
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [mail for mail in mails if isinstance(mail, EmailMessage)]


def test_the_buyer_and_the_warehouse_are_told(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    school = make.unit("Iin koulu")
    buyer = make.person("buyer", first_name="Riikka", email="riikka@example.fi", unit=school)
    lot = make.item(make.kind("Tuoli", pool="reuse"), quantity=12, place=make.place("D1"))
    make.claim(lot, school, 4, person=buyer)
    mails = {mail["To"]: mail for mail in delivered(app, settings)}
    assert set(mails) == {"riikka@example.fi", settings.email}
    mine, theirs = (mails[to].get_content() for to in ("riikka@example.fi", settings.email))
    assert mails["riikka@example.fi"]["Subject"] == "Varattu yksikölle Iin koulu"
    assert "- 4 kpl: Tuoli (Varasto, D1)" in mine
    assert f"/yksikko/{school.id}" in mine
    assert "- 4 kpl: Tuoli (Varasto, D1)" in theirs
    assert "Riikka" not in theirs


def test_a_booking_cancelled_before_the_worker_woke_is_told_to_the_warehouse_only(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    school = make.unit("Iin koulu")
    lot = make.item(make.kind("Tuoli", pool="reuse"), quantity=12)
    make.cancelled(make.claim(lot, school, 4, person=make.person("buyer", unit=school)))
    subjects = [mail["Subject"] for mail in delivered(app, settings)]
    assert subjects == ["Peruttu: yksikkö Iin koulu"]


def test_a_line_break_in_a_units_name_starts_no_header(
    app: Lainaamo, make: Make, settings: Settings
) -> None:
    school = make.unit("Koulu\r\nBcc: somebody@example.fi")
    lot = make.item(make.kind("Tuoli", pool="reuse"))
    make.claim(lot, school, person=make.person("buyer", unit=school))
    assert all(mail["Bcc"] is None for mail in delivered(app, settings))
