"""Training and validation with progress on standard output."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path


def train(
    domain: str, config: str, data: Sequence[str], output: Path, name: str | None = None
) -> Path:
    """Train a model and return its archive.

    Nothing is taken from Rasa's training cache: it knows the training data but not every
    file our components read, and training from the start takes seconds.

    Raises:
        rasa.shared.exceptions.RasaException: Domain, configuration or data are not usable.
    """
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["RASA_CACHE_DIRECTORY"] = cache
        from rasa import model_training

        report(f"training from {', '.join((domain, config, *data))}")
        output.mkdir(parents=True, exist_ok=True)
        result = model_training.train(
            domain=domain,
            config=config,
            training_files=list(data),
            output=str(output),
            force_training=True,
            fixed_model_name=name or time.strftime("%Y%m%d-%H%M%S"),
        )
    if result.model is None:
        raise RuntimeError("training gave no model: see the messages above")
    report(f"model {result.model} after {time.perf_counter() - started:.1f} s")
    return Path(result.model)


def validate(domain: str, config: str, data: Sequence[str]) -> bool:
    """True when domain, rules and training data fit together without a warning."""
    import rasa.shared.importers.importer as importer
    from rasa.validator import Validator

    files = importer.TrainingDataImporter.load_from_config(
        domain_path=domain, training_data_paths=list(data), config_path=config
    )
    validator = Validator.from_importer(files)
    checks = {
        "domain": validator.verify_domain_validity(),
        "domain duplicates": validator.verify_domain_duplicates(),
        "forms": validator.verify_forms_in_stories_rules(),
        "slot mappings": validator.verify_form_slots(),
        "actions": validator.verify_actions_in_stories_rules(),
        "intents and examples": validator.verify_nlu(ignore_warnings=False),
        "rules": validator.verify_story_structure(ignore_warnings=False),
        "responses": validator.verify_utterances_in_stories(ignore_warnings=False),
    }
    for check, good in checks.items():
        report(f"{'ok  ' if good else 'FAIL'} {check}")
    return all(checks.values())


def report(line: str) -> None:
    """Print a line of progress at once."""
    print(line, file=sys.stdout, flush=True)
