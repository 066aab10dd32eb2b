"""The input channel: ``POST /webhooks/tanya/turns`` and ``GET /webhooks/tanya/ready``.

Rasa's own REST channel answers ``200 []`` whatever went wrong. This one answers 200 only when
the turn was carried out and saved; see :mod:`nlu.components.turns` for the failures.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from nlu.components.agent import TurnAgent
from nlu.components.processor import CHANNEL_NAME
from nlu.components.turns import DialogueFailed, InvalidTurn, Turn, TurnFailed

log = structlog.get_logger(__name__)


class TurnChannel(InputChannel):
    """Turns from the gateway.

    Args:
        secret: Expected as ``Authorization: Bearer <secret>``; empty asks for none.
    """

    def __init__(self, secret: str = "") -> None:
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        """Name of the channel, also the part of its address below ``/webhooks/``."""
        return CHANNEL_NAME

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; ``on_new_message`` is not used, it cannot report a failure."""
        routes = Blueprint("tanya_turns")

        @routes.post("/turns")
        async def turns(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return _refused(401, "unauthorized")
            try:
                turn = Turn.from_json(request.json)
            except InvalidUsage:
                return _refused(400, "the body is not JSON")
            except InvalidTurn as error:
                return _refused(400, str(error))
            return await _answered(request.app.ctx.agent, turn)

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            if not self._allowed(request):
                return _refused(401, "unauthorized")
            return await readiness(getattr(request.app.ctx, "agent", None))

        return routes

    def _allowed(self, request: Request) -> bool:
        if not self._secret:
            return True
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._secret}".encode())


async def _answered(agent: TurnAgent, turn: Turn) -> HTTPResponse:
    started = time.perf_counter()
    try:
        answer = await agent.handle_turn(turn)
    except InvalidTurn as error:
        return _refused(400, str(error))
    except TurnFailed as error:
        log.error(
            "turn_failed",
            turn=turn.turn_id,
            code=error.code,
            reason=str(error),
            cause=type(error.__cause__).__name__ if error.__cause__ else None,
        )
        return _refused(503, error.code)
    except Exception:
        log.exception("turn_failed", turn=turn.turn_id, code=DialogueFailed.code)
        return _refused(503, DialogueFailed.code)
    # No intent: beside the conversation it would tell who filed a sealed complaint.
    log.info(
        "turn_answered",
        turn=turn.turn_id,
        conversation=turn.conversation_id,
        confidence=round(answer.confidence, 3),
        replies=len(answer.replies),
        replayed=answer.replayed,
        ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return response.json(answer.as_json())


async def readiness(agent: TurnAgent | None) -> HTTPResponse:
    """200 with the model's id when a turn could be answered, else 503 with what is missing."""
    if agent is None or not agent.is_ready():
        return _refused(503, "model")
    try:
        await agent.tracker_store.check()
    except TurnFailed as error:
        return _refused(503, error.code)
    return response.json({"model_id": agent.model_id})


def _refused(status: int, error: str) -> HTTPResponse:
    return response.json({"error": error}, status=status)
