"""Archives of language models as files: told apart, and taken from the database."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
import zlib
from pathlib import Path

from izin.language_models import LanguageModel
from izin.ports.models import LanguageModels
from ops.errors import PartMissing
from ops.nlu_training import newest_model
from ops.settings import OpsSettings

_METADATA = "metadata.json"
_DIGITS = 16


def rasa_id(archive: Path) -> str:
    """Give the id by which a Rasa process names the model of an archive.

    Raises:
        PartMissing: the archive is no model of Rasa's, or is damaged.
    """
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and Path(member.name).name == _METADATA:
                    content = tar.extractfile(member)
                    return str(json.load(content)["model_id"]) if content else ""
    except (OSError, tarfile.TarError, EOFError, zlib.error, ValueError, KeyError) as error:
        raise PartMissing(f"{archive} is damaged: {error}", name=archive.name) from error
    raise PartMissing(f"{archive} is no model of Rasa's", name=archive.name)


def kept_archive(settings: OpsSettings, models: LanguageModels, model: LanguageModel) -> Path:
    """Give a stored model's archive as a file among the models of this machine.

    Raises:
        NotFound: the database does not keep it any more.
        PartMissing: what the database holds is damaged.
    """
    file = settings.models / f"{model.sha256[:_DIGITS]}.tar.gz"
    for known in (newest_model(settings), file):
        if known is not None and known.is_file() and _sum(known.read_bytes()) == model.sha256:
            return known
    content = models.archive(model.id)
    if _sum(content) != model.sha256:
        raise PartMissing(f"the archive of model {model.number} is damaged", name=file.name)
    settings.models.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.models, delete=False) as written:
        written.write(content)
    os.replace(written.name, file)  # whole or not at all, whoever reads it meanwhile
    return file


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
