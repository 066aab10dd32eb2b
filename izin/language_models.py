"""Language models, their trainings, and what is known of how well they understand.

::

    training ──done──> trained ──publish──> published ──next one──> replaced ──publish──> …
                 └──> refused ──publish with a reason──^

A model is ``refused`` when the gate (``izin.model_gate``) found that it understands worse than
the published one. Exactly one model is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

KEPT_ARCHIVES = 5
"""Archives of models that were published once; as many can be gone back to."""

KEPT_CANDIDATES = 3
"""Archives of models that were never published."""

JOURNEYS_OFF = "off"
"""Why no conversations were played when the office plays none."""

BROKEN_AFTER = timedelta(seconds=30)
"""A training that gave no sign of life for this long was broken off."""


class ModelState(StrEnum):
    """Where a model stands; the module's picture shows the ways."""

    TRAINED = "trained"
    REFUSED = "refused"
    PUBLISHED = "published"
    REPLACED = "replaced"


class Origin(StrEnum):
    """Where a model comes from."""

    RELEASE = "release"
    TRAINING = "training"


class TrainingState(StrEnum):
    """Where a training stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BROKEN = "broken"
    """Killed or crashed: it stopped giving signs of life."""


class TrainingStep(StrEnum):
    """What a training does, in this order."""

    WAITING = "waiting"
    COLLECTING = "collecting"
    TRAINING = "training"
    JUDGING = "judging"
    CASES = "cases"
    FEES = "fees"
    JOURNEYS = "journeys"
    KEEPING = "keeping"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a model understands the evaluation set, 0 to 1.

    Attributes:
        accuracy: Share of sentences with the right intent.
        permit_f1: F1 of the permits named.
        f1: F1 of each intent.
        sentences: How many sentences there are.
    """

    accuracy: float
    permit_f1: float
    f1: Mapping[str, float]
    sentences: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that two models understand differently, one of them rightly.

    Attributes:
        text: The sentence.
        wanted: Its right intent, with the codes of its permits.
        before: What the published model makes of it.
        after: What the new model makes of it.
    """

    text: str
    wanted: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A regression case that the new model does not understand.

    Attributes:
        id: Id of the case.
        text: Its sentence.
        wanted: What it must be understood as.
        after: What it is understood as.
        new: The published model understands it rightly.
    """

    id: str
    text: str
    wanted: str
    after: str
    new: bool


@dataclass(frozen=True, slots=True)
class JourneyFailure:
    """A conversation that did not go as written.

    Attributes:
        name: What it shows, with its file.
        channel: Where it was played.
        step: Number of the step that failed, from 1; 0 when it never began.
        why: What was expected and what came.
        new: It goes as written with the published model.
    """

    name: str
    channel: str
    step: int
    why: str
    new: bool = True


@dataclass(frozen=True, slots=True)
class FeeFailure:
    """A worked example of a fee that does not come out.

    Attributes:
        name: The permit and the example.
        wanted: What must come out.
        after: What comes out.
    """

    name: str
    wanted: str
    after: str


@dataclass(frozen=True, slots=True)
class GateReason:
    """Why the gate refuses a model.

    Attributes:
        code: Its wording is ``model.reason.<code>``.
        values: Parameters of the wording.
    """

    code: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found when a model was judged.

    Attributes:
        before: Scores of the model published then; None when there was none to compare with.
        after: Its own scores.
        better: Sentences that it understands and the published one does not.
        worse: The other way round.
        cases: How many regression cases there were.
        failing_cases: Those it does not understand.
        journeys: How many conversations were played.
        journeys_skipped: Why none were: ``JOURNEYS_OFF`` when the office plays none, else what
            kept them from being played; "" when they were.
        failing_journeys: Those that did not go as written.
        fees: How many fee examples there were.
        failing_fees: Those that do not come out.
        reasons: Why the gate refuses it, the weightiest first; none when it may be published.
        left_out: Sentences that were not trained, as nothing knows their intent any more.
        took_s: Seconds that training and judging took, by step.
    """

    before: Scores | None
    after: Scores
    better: Sequence[Change] = ()
    worse: Sequence[Change] = ()
    cases: int = 0
    failing_cases: Sequence[CaseResult] = ()
    journeys: int = 0
    journeys_skipped: str = ""
    failing_journeys: Sequence[JourneyFailure] = ()
    fees: int = 0
    failing_fees: Sequence[FeeFailure] = ()
    reasons: Sequence[GateReason] = ()
    left_out: Sequence[str] = ()
    took_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taught:
    """What a model learned beside the release's files.

    Attributes:
        examples: (sentence, intent) pairs of the editors.
        gazetteer: The names of the catalogue then, as ``ops.gazetteer`` exports them.
    """

    examples: Sequence[tuple[str, str]]
    gazetteer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model as it is stored.

    Attributes:
        rasa_id: Id by which a Rasa process tells which model it has.
        archive: The file Rasa loads.
        release: Digest of code, rules and domain it fits; it is useless with any other.
    """

    rasa_id: str
    archive: bytes
    release: str
    origin: Origin
    taught: Taught
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model, without its archive.

    Attributes:
        number: For people, from 1.
        sha256: Of the archive.
        size: Bytes of the archive.
        kept: The archive is still there, so that it can be published.
        examples: How many examples of editors it learned.
        scores: How well it understands; None before it was ever judged.
        trained_by: Account id of who asked for it; None for the release's own.
        published_by: Account id of who published it last; None for the release's own.
        override: Why it was published although the gate refused it; "" when it did not.
        verdict: Why the gate refuses it; none when it does not.
    """

    id: str
    number: int
    rasa_id: str
    sha256: str
    size: int
    kept: bool
    release: str
    origin: Origin
    state: ModelState
    examples: int
    scores: Scores | None
    created_at: datetime
    trained_by: str | None = None
    published_at: datetime | None = None
    published_by: str | None = None
    override: str = ""
    verdict: Sequence[GateReason] = ()


@dataclass(frozen=True, slots=True)
class Training:
    """A training that runs or has run.

    Attributes:
        percent: How far it is, 0 to 100.
        heartbeat: Its last sign of life.
        error: Why it failed; its wording is ``model.error.<error>``.
        model_id: The model that came of it.
        cancelling: Somebody asked for it to stop.
    """

    id: str
    state: TrainingState
    step: TrainingStep
    percent: int
    asked_by: str
    asked_at: datetime
    heartbeat: datetime
    finished_at: datetime | None = None
    error: str = ""
    model_id: str | None = None
    cancelling: bool = False

    def state_at(self, now: datetime) -> TrainingState:
        """Give its state; one without a sign of life was broken off."""
        if self.state is TrainingState.RUNNING and now - self.heartbeat > BROKEN_AFTER:
            return TrainingState.BROKEN
        return self.state
