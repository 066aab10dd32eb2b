"""Logging of the Rasa process: one line an event, never what a citizen wrote.

Rasa logs messages and slot values at debug level; that level is only reached on request
(``--verbose``), for looking into things on a developer's machine.
"""

from __future__ import annotations

import logging
import sys

import structlog


def quieten_sanic(verbose: bool = False) -> None:
    """Leave Sanic's own handlers out, which it sets with each application it makes."""
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.DEBUG if verbose else logging.WARNING)


def configure_logging(verbose: bool = False) -> None:
    """Send structlog and standard logging to stderr, from INFO, or DEBUG when verbose."""
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(
        level=level,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
    )
    quieten_sanic(verbose)
    # Rasa's own start-up chatter; what matters is logged by our modules.
    for name in ("rasa", "apscheduler", "asyncio", "psycopg.pool"):
        logging.getLogger(name).setLevel(level if verbose else logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Rasa's lines at a lower level cost nothing; a turn has dozens.
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
