"""rasa-sdk's own action server (Sanic) with our use cases, for a stock Rasa to call.

``python -m benchmarks.load.stock_actions PORT`` in our environment, with ``DATABASE_URL``. The
use cases, their database and their threads are those of our own action server; only what our
input channel would have said about a turn is filled in here, and replies become what stock's
Telegram connector can send. Nothing is stored for a message before its turn and nothing is put
into an outbox after it: stock Rasa has neither, which is in its favour.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rasa_sdk.endpoint import create_app_for_serve
from rasa_sdk.executor import ActionExecutor

from actions.main import POOL_SIZE, build_parts
from actions.registry import Threads, build_executor
from izin.settings import LOOPBACK, Settings
from izin.storage.postgres import engine as storage_engine


def conversation_of(chat: str) -> str:
    """Give the id of a chat's conversation; its row is made before the load begins."""
    return f"00000000-0000-4000-8000-{int(chat):012d}"


class FilledIn:
    """Our executor behind rasa-sdk's server, with each call filled in as our channel would."""

    def __init__(self, executor: ActionExecutor) -> None:
        """Take the executor with every action registered."""
        self._executor = executor

    def __getattr__(self, name: str) -> Any:
        """Give everything else as the executor has it."""
        return getattr(self._executor, name)

    async def run(self, call: dict[str, Any]) -> Any:
        """Run the action; gives its result with replies as texts and buttons."""
        _fill_in(call["tracker"])
        call["sender_id"] = call["tracker"]["sender_id"]
        result = await self._executor.run(call)
        if result is not None:
            result.responses = [
                message for one in result.responses if (message := _sent(one.get("custom") or {}))
            ]
        return result


def _fill_in(tracker: dict[str, Any]) -> None:
    conversation = conversation_of(tracker["sender_id"])
    tracker["sender_id"] = conversation
    now = datetime.now(UTC).isoformat()
    messages = [event for event in tracker.get("events") or () if event.get("event") == "user"]
    for message in (*messages, tracker["latest_message"]):
        turn = uuid.UUID(message.get("message_id") or tracker["latest_message"]["message_id"])
        message["metadata"] = {
            "turn_id": str(turn),
            "now": now,
            "channel": "telegram",
            "namespace": "live",
            "conversation_id": conversation,
            "kind": "text",
            "typed": True,
        }


def _sent(reply: Mapping[str, Any]) -> dict[str, Any] | None:
    if not reply.get("text"):
        return None
    choices = [choice for choice in reply.get("choices") or () if choice.get("intent")]
    buttons = [{"title": one["title"], "payload": f"/{one['intent']}"} for one in choices]
    return {"text": reply["text"], "buttons": buttons}


def main(port: int) -> None:
    """Serve until stopped."""
    settings = Settings.from_environment()
    engine = storage_engine.create(settings.database_url, POOL_SIZE)
    executor = FilledIn(build_executor(build_parts(settings, engine), Threads.open()))
    app = create_app_for_serve(executor)
    app.run(host=LOOPBACK, port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
