"""Start Rasa behind its fence: ``python -m nlu.components.launcher train|validate|serve|rasa``.

Run from the repository's root (paths in ``config.yml`` are relative to it)::

    nlu/.venv/bin/python -m nlu.components.launcher train --output var/models
    nlu/.venv/bin/python -m nlu.components.launcher serve --model var/models --port 5005

Exit status: 0 done, 1 training or validation failed, 2 wrong use or missing settings.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = "data/domain"
TRAINING_DATA = ("data/rasa",)
CONFIG = "config.yml"
DEFAULT_MODELS = "var/models"
DEFAULT_PORT = 5005


def prepare(verbose: bool = False, serving: bool = False) -> None:
    """Make this process ready to import Rasa: placeholders, no telemetry, quiet logs.

    Args:
        verbose: Log what Rasa does in detail.
        serving: Leave out what only training needs.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    # One Python thread computes; more only fight for the cores of the other processes.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from nlu.components import placeholders
    from nlu.components.process_logging import configure_logging

    placeholders.install(serving)
    if serving:
        from nlu.components import stand_ins

        stand_ins.install()
    import sanic.app  # noqa: F401 - it switches warnings on when imported, so it comes first

    # Rasa's dependencies are pinned to what it runs with; their advice is not for us.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    # Raised for every domain that has slots, whatever they look like.
    warnings.filterwarnings("ignore", message="Slot auto-fill", category=UserWarning)
    configure_logging(verbose)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="nlu.components.launcher", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="log what Rasa does in detail")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model from data/ and config.yml")
    train.add_argument("--output", type=Path, default=Path(DEFAULT_MODELS), help="folder")
    train.add_argument("--name", default=None, help="file name without .tar.gz")
    train.add_argument(
        "--data", action="append", default=[], help="more training data (repeatable)"
    )
    commands.add_parser("validate", help="check domain, rules and training data")
    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--model", type=Path, default=Path(DEFAULT_MODELS), help="file or folder")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT)
    commands.add_parser("rasa", help="Rasa's own command line, for looking into things")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["rasa"]:  # what follows is not ours to read
        return _rasa(given[1:])
    options = parser.parse_args(given)

    prepare(options.verbose, serving=options.command == "serve")
    if options.command == "serve":
        return _serve(options.model, options.host, options.port)
    from nlu.components import training

    os.chdir(ROOT)
    if options.command == "validate":
        return 0 if training.validate(DOMAIN, CONFIG, TRAINING_DATA) else 1
    data = (*TRAINING_DATA, *options.data)
    training.train(DOMAIN, CONFIG, data, options.output, options.name)
    return 0


def _serve(model: Path, host: str, port: int) -> int:
    from nlu.components import serving

    try:
        settings = serving.ServerSettings.from_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if not settings.model_server_url and not _has_model(model):
        print(f"no model in {model}: train one first (make train)", file=sys.stderr)
        return 2
    serving.run(serving.build_app(model, settings), host, port)
    return 0


def _has_model(model: Path) -> bool:
    return model.is_file() or any(model.glob("*.tar.gz"))


def _rasa(rest: Sequence[str]) -> int:
    prepare()
    from rasa import __main__ as command_line
    from rasa.cli.arguments import run as run_arguments

    # `rasa run actions` would need rasa_sdk, whose arguments are asked for at every start, and
    # Rasa's logging Sentry; ours is in place already.
    run_arguments.set_run_action_arguments = lambda parser: None
    command_line.configure_structlog = lambda level: None
    os.chdir(ROOT)
    sys.argv = ["rasa", *rest]
    command_line.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
