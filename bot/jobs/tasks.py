"""The queue's tasks: what each one calls, and when it runs again after a failure.

A guard test checks them against what is enqueued.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.gateway.delivery import Deliverer, TryAgain
from bot.gateway.turns import TurnAnswerer
from izin.errors import TanyaError
from izin.storage.postgres.queue import (
    DELIVERY_QUEUE,
    DELIVERY_TASK,
    MAIL_TASK,
    TURN_QUEUE,
    TURN_TASK,
)

STORAGE_PAUSE_S = 2.0
MOST_STORAGE_TRIES = 300
"""Our own database may be away for ten minutes without a turn or delivery being dropped."""

QUEUES: Mapping[str, str] = {
    TURN_TASK: TURN_QUEUE,
    DELIVERY_TASK: DELIVERY_QUEUE,
    MAIL_TASK: DELIVERY_QUEUE,
}
"""The queue of each task."""

Call = Callable[..., Awaitable[None]]
"""Takes a job's argument, and the message of a delivery that is known already."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks call; ``mail`` delivers answers to sealed complaints."""

    turns: TurnAnswerer
    deliveries: Deliverer
    mail: Deliverer

    def calls(self) -> Mapping[str, Call]:
        """Give what each task calls with its argument."""
        return {
            TURN_TASK: self.turns.answer,
            DELIVERY_TASK: self.deliveries.deliver,
            MAIL_TASK: self.mail.deliver,
        }


def runs_again_in(error: BaseException, attempts: int) -> float | None:
    """Give the seconds after which a job that failed runs again, None for never.

    It does when the delivery asks for it, and after a failure of our own parts.
    """
    if isinstance(error, TryAgain):
        return error.after_s
    if isinstance(error, TanyaError) and not error.retry:
        return None  # erased meanwhile, or never ours: the same call cannot work later
    return STORAGE_PAUSE_S if attempts < MOST_STORAGE_TRIES else None
