"""The queue's tasks. ``TASKS`` is checked by a guard test against what is enqueued."""

from __future__ import annotations

from dataclasses import dataclass

from procrastinate import App, BaseConnector, BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

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

STORAGE_PAUSE_S = 2
MOST_STORAGE_TRIES = 300
"""Our own database may be away for ten minutes without a turn or delivery being dropped."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks call; ``mail`` delivers answers to sealed complaints."""

    turns: TurnAnswerer
    deliveries: Deliverer
    mail: Deliverer


class _RetryStrategy(BaseRetryStrategy):
    """Runs a job again: when the delivery asks for it, or after a failure of our own parts."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, TryAgain):
            return RetryDecision(retry_in={"milliseconds": int(exception.after_s * 1000)})
        if isinstance(exception, TanyaError) and not exception.retry:
            return None  # erased meanwhile, or never ours: the same call cannot work later
        if job.attempts < MOST_STORAGE_TRIES:
            return RetryDecision(retry_in={"seconds": STORAGE_PAUSE_S})
        return None


def build_app(connector: BaseConnector, work: Work) -> App:
    """Give the queue application with every task registered."""
    app = App(connector=connector)
    retry = _RetryStrategy()

    @app.task(name=TURN_TASK, queue=TURN_QUEUE, retry=retry)
    async def answer_turn(turn_id: str) -> None:
        await work.turns.answer(turn_id)

    @app.task(name=DELIVERY_TASK, queue=DELIVERY_QUEUE, retry=retry)
    async def deliver_message(message_id: str) -> None:
        await work.deliveries.deliver(message_id)

    @app.task(name=MAIL_TASK, queue=DELIVERY_QUEUE, retry=retry)
    async def deliver_sealed_mail(mail_id: str) -> None:
        await work.mail.deliver(mail_id)

    return app
