"""What the page of language models works with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from console.editing.model_rasa import RasaProcesses
from console.house import House
from izin.ports.learning import Learning
from izin.ports.models import LanguageModels, Trainings
from izin.storage.postgres.learning import PostgresLearning
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.trainings import PostgresTrainings
from izin.usecases.publish_model import BrokenModel, PublishModel
from ops.errors import PartMissing


@dataclass(frozen=True, slots=True)
class ModelParts:
    """Ports and use cases around language models."""

    models: LanguageModels
    trainings: Trainings
    learning: Learning
    publish: PublishModel
    rasa: RasaProcesses


def model_parts(house: House, engine: Engine) -> ModelParts:
    """Join them."""
    models = PostgresLanguageModels(engine)
    return ModelParts(
        models=models,
        trainings=PostgresTrainings(engine),
        learning=PostgresLearning(engine),
        publish=PublishModel(models, checked, house.clock),
        rasa=RasaProcesses(house.settings.rasa_processes),
    )


def checked(archive: bytes) -> str:
    """Load an archive and give the id Rasa has for its model.

    Raises:
        BrokenModel: It cannot be loaded.
    """
    from ops.model_reading import checked_archive  # numpy: only who publishes waits for it

    try:
        return checked_archive(archive)
    except PartMissing as error:
        raise BrokenModel(str(error), field="archive") from error
