"""Language models and their trainings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.language_models import (
    LanguageModel,
    NewModel,
    Report,
    Scores,
    Taught,
    Training,
    TrainingState,
    TrainingStep,
)


class LanguageModels(Protocol):
    """The office's models. Every call raises StorageUnavailable when the database is down."""

    def models(self, *, after: int = 0, limit: int = 50) -> Sequence[LanguageModel]:
        """Give the models, newest first, ``after`` so many."""
        ...

    def model(self, model_id: str) -> LanguageModel:
        """Give one.

        Raises:
            NotFound: There is none.
        """
        ...

    def published(self) -> LanguageModel | None:
        """Give the model citizens are understood with; None before the first."""
        ...

    def archive(self, model_id: str) -> bytes:
        """Give the file that Rasa loads.

        Raises:
            NotFound: There is no such model, or its archive was not kept.
        """
        ...

    def taught(self, model_id: str) -> Taught:
        """Give what a model learned beside the release's files.

        Raises:
            NotFound: There is none.
        """
        ...

    def report(self, model_id: str) -> Report | None:
        """Give what was found when it was judged; None for one that never was.

        Raises:
            NotFound: There is none.
        """
        ...

    def add(
        self, model: NewModel, now: datetime, *, account_id: str | None = None,
        scores: Scores | None = None,
    ) -> LanguageModel:  # fmt: skip
        """Store a model, ``refused`` when its report has reasons against it, else ``trained``."""
        ...

    def note_scores(self, model_id: str, scores: Scores) -> None:
        """Remember how well a model understands, if nothing was known of it."""
        ...

    def publish(
        self, model_id: str, now: datetime, *, account_id: str | None = None, override: str = ""
    ) -> None:
        """Make it the published one; the one before becomes replaced, old archives go.

        Raises:
            Conflict: It is published already.
            NotFound: There is no such model, or its archive was not kept.
        """
        ...


class Trainings(Protocol):
    """Trainings, of which one runs at a time."""

    def ask(self, account_id: str, key: str, now: datetime) -> Training:
        """Begin a training, once per key; it waits for its process.

        Raises:
            Conflict: Another one runs.
        """
        ...

    def claim(self, training_id: str, now: datetime) -> bool:
        """Let a process begin a training that waits; False when another has, or it has ended."""
        ...

    def training(self, training_id: str) -> Training:
        """Give one.

        Raises:
            NotFound: There is none.
        """
        ...

    def latest(self, limit: int = 10) -> Sequence[Training]:
        """Give the latest trainings, newest first."""
        ...

    def alive(self, training_id: str, step: TrainingStep, percent: int, now: datetime) -> bool:
        """Write down a sign of life; False when the training is to stop."""
        ...

    def end(
        self, training_id: str, state: TrainingState, now: datetime, *, error: str = "",
        model_id: str | None = None,
    ) -> None:  # fmt: skip
        """Write down how a running training ended; one that has ended stays as it is."""
        ...

    def cancel(self, training_id: str) -> None:
        """Ask a running training to stop."""
        ...
