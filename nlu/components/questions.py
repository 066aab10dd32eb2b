"""Several questions in one message, each with its intent and entities."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from tanya_language import lead_intent, split_questions

from nlu.components.classifier import MODEL, LinearIntentClassifier
from nlu.components.entities import EXTRACTOR, PermitEntityExtractor, entities_json
from nlu.components.message_time import DEFAULT_ZONE, message_date

#: Key of the list in ``/model/parse`` and in ``tracker.latest_message``.
QUESTIONS = "questions"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class QuestionSplitter(GraphComponent):
    """Adds ``questions`` to a message; when it asks several things, the first leads it."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``zone``: the office's time zone."""
        return {"zone": DEFAULT_ZONE}

    @classmethod
    def required_components(cls) -> list[type]:
        """Entities and intent must be known before."""
        return [PermitEntityExtractor, LinearIntentClassifier]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionSplitter:
        """The component; it has nothing to learn."""
        return cls(ZoneInfo(config["zone"]))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the questions of each message; one item for a single question."""
        for message in messages:
            questions = split_questions(
                message.get(TEXT) or "",
                message.get(MODEL),
                message.get(EXTRACTOR),
                message_date(message, self._zone),
            )
            shown = [
                {
                    "intent": question.intent,
                    "confidence": float(question.confidence),
                    "entities": entities_json(question.entities),
                    "start": question.start,
                    "end": question.end,
                }
                for question in questions
            ]
            message.set(QUESTIONS, shown, add_to_output=True)
            ranked = message.get(INTENT_RANKING_KEY) or []
            led = lead_intent(
                [(one[INTENT_NAME_KEY], one[PREDICTED_CONFIDENCE_KEY]) for one in ranked], questions
            )
            ranking = [
                {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}
                for intent, confidence in led
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
