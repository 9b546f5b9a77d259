"""Long lists are brought in here, so that nobody waits with an open page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.exc import NoResultFound

from lainaamo.core import journal
from lainaamo.core.db import transaction
from lainaamo.core.errors import Refusal
from lainaamo.core.outbox import Handler
from lainaamo.intake import progress, uploads


def handlers() -> Mapping[str, Handler]:
    """Return what is done for lists that somebody asked to bring in."""
    return {uploads.JOB: _bring}


def _bring(payload: dict[str, Any], _message_id: str) -> bool:
    """Bring a list in as who asked for it; one that was thrown away is needless."""
    upload_id: int = payload["upload"]
    with journal.acting(payload["actor"]):
        try:
            with transaction():
                return uploads.bring(upload_id, partial(progress.tell, upload_id))
        except NoResultFound:
            return False
        except Refusal as refusal:
            with transaction():
                uploads.give_up(upload_id, refusal)
            return True
        finally:
            progress.forget(upload_id)
