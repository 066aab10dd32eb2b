"""Training and validation with progress on standard output."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
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

        # Rasa's progress bars redraw themselves all over a log; this is what switches them off.
        os.environ["LOG_LEVEL"] = "WARNING"
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
    """True when domain, rules and training data fit together without a warning.

    Runs the checks of ``rasa data validate --fail-on-warnings`` and reports each.
    """
    from rasa.shared.exceptions import RasaException, YamlException
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    loaded: list[Validator] = []

    def read() -> bool:
        files = TrainingDataImporter.load_from_config(config, domain, list(data))
        loaded.append(Validator.from_importer(files))
        return True

    def checks() -> Iterator[tuple[str, Callable[[], bool]]]:
        yield "files can be read", read
        validator = loaded[0]
        yield "domain", validator.verify_domain_validity
        yield "actions of the rules", validator.verify_actions_in_stories_rules
        yield "forms of the rules", validator.verify_forms_in_stories_rules
        yield "slots of the forms", validator.verify_form_slots
        yield "slot mappings", validator.verify_slot_mappings
        yield "intents and examples", partial(validator.verify_nlu, ignore_warnings=False)
        conflicts = partial(validator.verify_story_structure, ignore_warnings=False)
        yield "rules without conflict", conflicts

    try:
        verdicts = [_passes(name, check) for name, check in checks()]  # every one is reported
        return all(verdicts)
    except (RasaException, YamlException) as error:
        report(f"     {error}")
        return False


def _passes(name: str, check: Callable[[], bool]) -> bool:
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always", UserWarning)
        passed = False
        try:
            passed = check()
        finally:
            complaints = [text for text in map(_text, raised) if not _expected(text)]
            passed = passed and not complaints
            report("\n     ".join([f"{'ok  ' if passed else 'FAIL'} {name}", *complaints]))
    return passed


def _text(raised: warnings.WarningMessage) -> str:
    return str(raised.message).partition("\n")[0] if raised.category is UserWarning else ""


def _expected(text: str) -> bool:
    return not text or text.startswith("Slot auto-fill")  # raised for every domain with slots


def report(line: str) -> None:
    """Print a line of progress at once."""
    print(line, file=sys.stdout, flush=True)
