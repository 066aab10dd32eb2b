"""One update taken in, the same for polling and for the webhook."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.telegram.parse import Ignored, parse_update
from izin.conversations import InboundMessage
from izin.errors import InvalidInput, Unavailable

log = structlog.get_logger()

Receive = Callable[[InboundMessage], Awaitable[object]]
Review = Callable[[bytes, str], Awaitable[None]]


class Intake:
    """Stores an update, or keeps it for review; one bad update never stops the next."""

    def __init__(
        self,
        receive: Receive,
        bot_username: str | Callable[[], str],
        review: Review | None = None,
    ) -> None:
        """Take what stores a message, our user name (or who knows it), and what keeps the rest."""
        self._receive = receive
        self._bot_username = bot_username
        self._review = review

    async def __call__(self, update: Any) -> None:
        """Return once the update needs no second delivery.

        Raises:
            StorageUnavailable: Nothing was stored; it must come again.
        """
        try:
            message = parse_update(update, self._name())
            if isinstance(message, Ignored):
                log.info("update_ignored", channel="telegram", reason=message.reason)
                return
            await self._receive(message)
        except Unavailable:
            raise
        except InvalidInput as error:
            await self._keep(update, str(error))
        except Exception as error:
            # A fault of ours with this one update; kept, so that it blocks no other.
            log.exception("update_not_stored", channel="telegram")
            await self._keep(update, type(error).__name__)

    def _name(self) -> str:
        known = self._bot_username
        return known if isinstance(known, str) else known()

    async def _keep(self, update: Any, reason: str) -> None:
        log.warning("update_not_understood", channel="telegram", reason=reason)
        if self._review is not None:
            await self._review(json.dumps(update).encode(), reason)
