"""Rasa's agent on our processor and tracker store, without the fallback to memory."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore, LockError
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain

from nlu.components.action_endpoint import ActionEndpoint
from nlu.components.processor import TurnProcessor
from nlu.components.tracker_store import PostgresTrackerStore
from nlu.components.turns import DialogueFailed, ModelFailed, Turn, TurnAnswer

# Rasa looks for its turn once a second; two quick messages would wait that long.
LOCK_POLL_S = 0.02
# Longer than the longest turn: ten actions of five seconds.
LOCK_LIFETIME_S = 60.0


# A turn leaves few cycles, and hundreds of thousands of objects stay: seldom worth a search.
GC_THRESHOLDS = (20_000, 20, 20)


def settle_memory() -> None:
    """Leave what is loaded out of every later search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


class TurnAgent(Agent):
    """Answers turns; turns of one conversation run one after the other."""

    processor: TurnProcessor | None
    tracker_store: PostgresTrackerStore

    def __init__(self, store: PostgresTrackerStore, actions: ActionEndpoint, **kwargs: Any) -> None:
        super().__init__(
            tracker_store=store,
            lock_store=InMemoryLockStore(),
            action_endpoint=actions,
            **kwargs,
        )

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model archive, or the newest in a folder, and keep the stores.

        Raises:
            rasa.exceptions.ModelNotFound: There is none.
        """
        gc.unfreeze()  # the model before this one is to be freed
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
            http_interpreter=self.http_interpreter,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        settle_memory()

    async def handle_turn(self, turn: Turn) -> TurnAnswer:
        """Answer a turn.

        Raises:
            InvalidTurn: The choice names an unknown intent.
            TurnFailed: It could not be carried out; nothing was saved.
        """
        if self.processor is None:
            raise ModelFailed("no model is loaded")
        try:
            async with self.lock_store.lock(
                turn.conversation_id, LOCK_LIFETIME_S, wait_time_in_seconds=LOCK_POLL_S
            ):
                return await self.processor.handle_turn(turn)
        except LockError as error:
            raise DialogueFailed("the conversation stayed locked") from error

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if not isinstance(store, PostgresTrackerStore):
            raise TypeError("trackers live in PostgreSQL only")
        store.domain = domain
        return store  # stock Rasa wraps it so that failures fall back to memory
