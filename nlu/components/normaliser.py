"""First of the pipeline: the lexicon of slang, abbreviations and regional words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tanya_language import Lexicon, Normaliser

from nlu.components.fingerprints import files_fingerprint

#: Message property that hands the normaliser on. Rasa gives each component a store of its
#: own; what several need travels with the message (it is never put out).
NORMALISER = "tanya_normaliser"


# Of the kinds Rasa knows, only tokenizers and featurizers run before the training of others,
# which is what `required_components` of those others is checked against.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class LexiconNormaliser(GraphComponent):
    """Keeps the lexicon in the model archive and hands a normaliser to the next parts."""

    def __init__(
        self, lexicon: Path, storage: ModelStorage, resource: Resource, loaded: Normaliser | None
    ) -> None:
        self._lexicon = lexicon
        self._storage = storage
        self._resource = resource
        self._normaliser = loaded

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``lexicon``: folder of the lexicon, relative to where training runs."""
        return {"lexicon": "data/lexicon"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LexiconNormaliser:
        """A component about to be trained."""
        return cls(Path(config["lexicon"]), model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LexiconNormaliser:
        """The component with the lexicon of a model archive."""
        with model_storage.read_from(resource) as folder:
            normaliser = Normaliser(Lexicon.load(folder))
        return cls(Path(config["lexicon"]), model_storage, resource, normaliser)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the lexicon's files, which Rasa's training cache cannot see."""
        return files_fingerprint(Path(config["lexicon"]).glob("*.yml"))

    def train(self, training_data: TrainingData) -> Resource:
        """Copy the lexicon into the model archive.

        Raises:
            FileNotFoundError: The folder holds no lexicon.
        """
        files = sorted(self._lexicon.glob("*.yml"))
        if not files:
            raise FileNotFoundError(f"no lexicon in {self._lexicon.resolve()}")
        with self._storage.write_to(self._resource) as folder:
            for file in files:
                shutil.copyfile(file, folder / file.name)
            self._normaliser = Normaliser(Lexicon.load(folder))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data as it is: the classifier normalises texts itself."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Hand the normaliser on with each message."""
        for message in messages:
            message.set(NORMALISER, self._normaliser)
        return messages
