"""The doctor says what is unsafe or stale, and is content when all is well."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from lainaamo.config import Settings
from lainaamo.core import clock
from lainaamo.core.web import Lainaamo
from lainaamo.upkeep import backup, sealing, worker
from lainaamo.upkeep.doctor import examine
from tests.conftest import MONDAY
from tests.oidc.forging import forger


def found(app: Lainaamo, settings: Settings | None = None) -> dict[str, bool]:
    """Return what the doctor found: name → is it well."""
    if settings is not None:
        app.config["SETTINGS"] = settings
    with app.app_context():
        return {finding.name: finding.is_well for finding in examine(app)}


def test_a_worker_that_never_worked_is_noticed(app: Lainaamo) -> None:
    assert found(app)["worker"] is False
    worker.work_once(app)
    assert found(app)["worker"] is True


def test_an_open_address_without_https_is_noticed(app: Lainaamo, settings: Settings) -> None:
    open_one = replace(settings, public_url="http://lainaamo.example.fi")
    assert found(app, open_one)["public address"] is False
    assert found(app, replace(settings, public_url="https://lainaamo.example.fi"))["public address"]


def test_a_short_secret_is_noticed(app: Lainaamo, settings: Settings) -> None:
    assert found(app, replace(settings, secret="sesame"))["secret"] is False
    assert found(app, replace(settings, secret="x" * 43))["secret"] is True


def test_a_public_service_without_mail_is_noticed(app: Lainaamo, settings: Settings) -> None:
    public = replace(settings, public_url="https://lainaamo.example.fi")
    assert found(app, public)["mail"] is False


def test_a_public_service_without_backups_or_with_open_or_old_ones_is_noticed(
    app: Lainaamo, settings: Settings, tmp_path: Path
) -> None:
    public = replace(settings, public_url="https://lainaamo.example.fi")
    assert found(app, public)["backup"] is False
    public = replace(public, backup_folder=str(tmp_path))
    assert found(app, public)["backup"] is False
    with app.app_context():
        backup.make(public, app.config["FILES"])
    assert found(app, public)["backup"] is False
    sealed = replace(public, backup_key=sealing.make_key(tmp_path / "key"))
    with app.app_context(), clock.at(MONDAY + timedelta(minutes=1)):
        backup.make(sealed, app.config["FILES"])
    assert found(app, sealed)["backup"] is True
    with clock.at(MONDAY + timedelta(days=2)):
        assert found(app, sealed)["backup"] is False


def test_an_identity_provider_that_does_not_answer_is_noticed(
    app: Lainaamo, settings: Settings
) -> None:
    name = "municipality's account"
    assert found(app)[name] is True  # not in use
    secrets = {"oidc_client_id": "lainaamo", "oidc_client_secret": "x" * 32}
    with forger() as provider:
        bare = replace(settings, oidc_issuer=provider.issuer)
        assert found(app, bare)[name] is False
        assert found(app, replace(bare, **secrets))[name] is True
    nobody = "http://127.0.0.1:9"
    assert found(app, replace(settings, oidc_issuer=nobody, **secrets))[name] is False


def test_a_sound_installation_has_sound_tables_journal_and_database(app: Lainaamo) -> None:
    seen = found(app)
    assert (seen["tables"], seen["journal"], seen["database"], seen["disk"]) == (True,) * 4
