"""What the pages of language models show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from console.editing.model_parts import ModelParts
from console.editing.model_rasa import RasaProcess
from console.house import House
from console.people import officer_name
from izin.accounts import Account, Role
from izin.language_models import (
    GateReason,
    LanguageModel,
    ModelState,
    Report,
    Scores,
    Training,
    TrainingState,
)

PAGE = 50
_SWAPPED_WITHIN = timedelta(minutes=2)
_SENTENCES = 200  # of those that got worse or better; more is read by nobody


@dataclass(frozen=True, slots=True)
class IntentLine:
    """One intent's F1 before and after, in percent; ``fell`` is how much it lost."""

    intent: str
    before: float | None
    after: float
    fell: float


class ModelView:
    """Gives the pages what they show.

    Args:
        house: The house.
        parts: Models, trainings, and who has which.
    """

    def __init__(self, house: House, parts: ModelParts) -> None:
        self._house = house
        self._parts = parts

    def live(self) -> dict[str, Any]:
        """Give what moves by itself: the latest training, and which process has which model."""
        published = self._parts.models.published()
        latest = self._parts.trainings.latest(1)
        training = latest[0] if latest else None
        rasa = self._parts.rasa.now() if published else ()
        since = published.published_at if published else None
        return {
            "published": published,
            "training": training,
            "training_state": self.state(training) if training else None,
            "asked_by": officer_name(self._house, training.asked_by) if training else None,
            "rasa": rasa,
            "everywhere": self._everywhere(published, rasa),
            "late": since is not None and self._house.clock() - since > _SWAPPED_WITHIN,
        }

    def state(self, training: Training) -> TrainingState:
        """Give a training's state now."""
        return training.state_at(self._house.clock())

    def overview(self, after: int) -> dict[str, Any]:
        """Give the list of models, and what the published one has not learned yet."""
        models = self._parts.models.models(after=after, limit=PAGE + 1)
        return {
            "models": [(model, self.people(model)) for model in models[:PAGE]],
            "more": after + PAGE if len(models) > PAGE else None,
            "after": after,
            "news": self._news(),
            "percent": percent,
        }

    def _news(self) -> tuple[int, int]:
        """Give how many examples the published model lacks, and how many of its are gone."""
        published = self._parts.models.published()
        if published is None:
            return 0, 0
        learned = set(self._parts.models.taught(published.id).examples)
        now = {(one.text, one.intent) for one in self._parts.learning.examples()}
        return len(now - learned), len(learned - now)

    def people(self, model: LanguageModel) -> dict[str, str | None]:
        """Give the names of who trained and who published a model."""
        return {
            "trained": officer_name(self._house, model.trained_by),
            "published": officer_name(self._house, model.published_by),
        }

    def detail(self, model: LanguageModel, account: Account) -> dict[str, Any]:
        """Give everything about one model."""
        report = self._parts.models.report(model.id)
        published = self._parts.models.published()
        fits = published is None or published.release == model.release
        return {
            "model": model,
            "people": self.people(model),
            "report": report,
            "reasons": [self.reason(one) for one in model.verdict],
            "intents": intent_lines(report) if report else [],
            "percent": percent,
            "most": _SENTENCES,
            "may_publish": model.kept and fits and model.state is not ModelState.PUBLISHED,
            "fits": fits,
            "supervisor": Role.SUPERVISOR in account.roles,
        }

    def reason(self, reason: GateReason) -> str:
        """Say why the gate refuses a model."""
        wording = self._house.wording
        shown = {
            name: value if isinstance(value, str) else wording.number(value)
            for name, value in reason.values.items()
        }
        return wording.say(f"model.reason.{reason.code}", **shown)

    @staticmethod
    def _everywhere(published: LanguageModel | None, rasa: Sequence[RasaProcess]) -> bool:
        return published is not None and all(
            process.model_id == published.rasa_id for process in rasa
        )


def percent(share: float) -> float:
    """Give a share as a percentage with one place."""
    return round(share * 100, 1)


def intent_lines(report: Report) -> list[IntentLine]:
    """Give each intent's figures, those that lost most first."""
    before: Scores | None = report.before
    lines = []
    for intent, after in report.after.f1.items():
        then = before.f1.get(intent) if before else None
        fell = 0.0 if then is None else percent(then - after)
        lines.append(
            IntentLine(intent, None if then is None else percent(then), percent(after), fell)
        )
    return sorted(lines, key=lambda line: (-line.fell, line.intent))
