"""The worker: delivers what the outbox promises and does the rounds, beside the server."""

import logging
import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING

from flask import Flask

from lainaamo.core import clockwork, house, journal, outbox
from lainaamo.core.db import session
from lainaamo.upkeep import actions, mail, notices

if TYPE_CHECKING:
    from lainaamo.config import Settings

PAUSE_S = 2.0
AT_ONCE = 100
"""After so many messages it is looked whether another duty has become due."""
logger = logging.getLogger(__name__)


def work_once(app: Flask) -> int:
    """Deliver and do all that is due; return how much there was to do."""
    set_outside: Settings = app.config["SETTINGS"]
    with app.app_context(), journal.acting("worker"):
        settings = house.over(set_outside)
        handlers = notices.handlers(settings)
        done = 0
        with mail.kept_open():
            while (sent := outbox.deliver(handlers, most=AT_ONCE)) == AT_ONCE:
                done += sent + clockwork.run(actions.rounds(settings, app.config["FILES"]))
        done += sent + clockwork.run(actions.rounds(settings, app.config["FILES"]))
        session.remove()
        return done


def work(app: Flask) -> None:
    """Work until told to stop (SIGTERM, SIGINT); a database that is away is waited for."""
    stop = threading.Event()

    def _stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    while not stop.is_set():
        try:
            work_once(app)
        except Exception:
            logger.exception("the worker's round failed; trying again")
        stop.wait(PAUSE_S)
