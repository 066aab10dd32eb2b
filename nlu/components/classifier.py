"""The intent of a message by a linear model over n-grams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from rasa.shared.nlu.training_data.training_data import TrainingData
from tanya_language import Lexicon, LinearModel, Normaliser

from nlu.components.fingerprints import files_fingerprint
from nlu.components.normaliser import LexiconNormaliser
from nlu.components.training import report

#: Message property that hands the model on to the question splitter.
MODEL = "tanya_model"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent):
    """Ranks all intents with calibrated confidences that sum to one."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None,
    ) -> None:
        self._lexicon = Path(config["lexicon"])
        self._seed = int(config["seed"])
        self._storage = storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``lexicon``: folder of the lexicon; ``seed``: makes training repeatable."""
        return {"lexicon": "data/lexicon", "seed": 1}

    @classmethod
    def required_components(cls) -> list[type]:
        """The normaliser must come before."""
        return [LexiconNormaliser]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """A component about to be trained."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The component with the weights of a model archive."""
        with model_storage.read_from(resource) as folder:
            model = LinearModel.load(folder)
        return cls(config, model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the lexicon's files, which Rasa's training cache cannot see."""
        return files_fingerprint(Path(config["lexicon"]).glob("*.yml"))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples and store the weights in the model archive."""
        # Needs scikit-learn, which serving does not.
        from tanya_language.training import train_classifier

        examples = [
            (example.get(TEXT), example.get(INTENT)) for example in training_data.intent_examples
        ]
        report(f"intents: {len({intent for _, intent in examples})}, examples: {len(examples)}")
        self._model = train_classifier(
            examples,
            Normaliser(Lexicon.load(self._lexicon)),
            seed=self._seed,
            progress=lambda step, share: report(f"{share:4.0%} {step}"),
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking of each message."""
        for message in messages:
            ranking = [
                {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: float(confidence)}
                for intent, confidence in self._model.rank(message.get(TEXT) or "")
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(MODEL, self._model)
        return messages
