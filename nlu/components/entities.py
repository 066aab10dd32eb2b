"""Permits, numbers, places and whatever else a message names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tanya_language import Entity, EntityExtractor, Gazetteer, Normaliser

from nlu.components.gazetteer_source import read_gazetteer
from nlu.components.message_time import DEFAULT_ZONE, message_date
from nlu.components.normaliser import NORMALISER, LexiconNormaliser
from nlu.components.training import report

#: Message property that hands the extractor on to the question splitter.
EXTRACTOR = "tanya_extractor"
#: What entities name as their extractor in Rasa's JSON.
EXTRACTOR_NAME = "tanya"
_FILE = "gazetteer.json"


def entities_json(entities: Iterable[Entity]) -> list[dict[str, Any]]:
    """Entities as ``/model/parse`` shows them; ``candidates`` only where a name is ambiguous."""
    shown = []
    for entity in entities:
        item = {
            "entity": entity.entity,
            "value": entity.value,
            "start": entity.start,
            "end": entity.end,
            "confidence": float(entity.confidence),
            "extractor": EXTRACTOR_NAME,
        }
        if entity.candidates:
            item["candidates"] = list(entity.candidates)
        shown.append(item)
    return shown


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PermitEntityExtractor(GraphComponent):
    """Finds entities with the gazetteer stored in the model archive."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        gazetteer: Gazetteer | None,
    ) -> None:
        self._data = Path(config["data"])
        self._zone = ZoneInfo(config["zone"])
        self._storage = storage
        self._resource = resource
        self._gazetteer = gazetteer
        self._built: tuple[Normaliser, EntityExtractor] | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``data``: folder the names come from; ``zone``: the office's time zone."""
        return {"data": "data", "zone": DEFAULT_ZONE}

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
    ) -> PermitEntityExtractor:
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
    ) -> PermitEntityExtractor:
        """The component with the gazetteer of a model archive."""
        with model_storage.read_from(resource) as folder:
            content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, Gazetteer.from_dict(content))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the names, which Rasa's training cache cannot see."""
        return json.dumps(read_gazetteer(Path(config["data"])), sort_keys=True)

    def train(self, training_data: TrainingData) -> Resource:
        """Store the gazetteer in the model archive.

        Raises:
            GazetteerUnreadable: The snapshot or a file of the catalogue is malformed.
        """
        content = read_gazetteer(self._data)
        self._gazetteer = Gazetteer.from_dict(content)
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(
                json.dumps(self._gazetteer.to_dict(), ensure_ascii=False), encoding="utf-8"
            )
        counts = ", ".join(f"{len(items)} {kind}" for kind, items in content.items())
        report(f"names: {counts}")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the entities of each message."""
        for message in messages:
            extractor = self._extractor(message.get(NORMALISER))
            found = extractor.extract(message.get(TEXT) or "", message_date(message, self._zone))
            message.set(ENTITIES, entities_json(found), add_to_output=True)
            message.set(EXTRACTOR, extractor)
        return messages

    def _extractor(self, normaliser: Normaliser) -> EntityExtractor:
        if self._built is None or self._built[0] is not normaliser:
            self._built = (normaliser, EntityExtractor(normaliser, self._gazetteer))
        return self._built[1]
