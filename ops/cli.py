"""The command `tanya`: run, look after and try out Tanya Izin.

Exit codes: 0 done, 1 failed with a sentence on standard error, 2 wrong use.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import logging.handlers
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import structlog

from izin.errors import Conflict, DataLocked, NotFound, StorageUnavailable, TanyaError
from izin.wording import Wording
from ops.data_key import adopt
from ops.errors import OpsError, PartMissing
from ops.production_home import HOME, in_production, load_settings
from ops.settings import CHECKOUT, OpsSettings

WITH_ARGUMENTS = (
    "journeys",
    "run",
    "init",
    "systemd",
    "backup",
    "restore",
    "upgrade",
    "retention",
    "alarms",
)
"""Commands of ``ops/<name>_cli.py``: its ``add_arguments`` and ``run``."""
WITH_STEPS = ("officer", "survey", "user", "content", "keys", "webhook", "database")
"""Commands with steps of their own: ``add_commands`` of ``ops/<name>_cli.py``."""

Command = Callable[[argparse.Namespace, Wording], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    wording = Wording()
    given = _home_first(list(sys.argv[1:] if arguments is None else arguments))
    options = _parser(wording, given[0] if given else "").parse_args(given)
    try:
        if given[:1] != ["init"]:
            load_settings(CHECKOUT, os.environ)
        adopt(os.environ)
        return int(options.run(options, wording))
    except OpsError as error:
        said = in_production(error.sentence, wording)
        _complain(wording.say(said, **error.parameters), str(error))
    except DataLocked as error:
        _complain(wording.say("ops.error.data_key_unfit", detail=str(error)), "")
    except StorageUnavailable as error:
        said = in_production("ops.error.database_unreachable", wording)
        _complain(wording.say(said), str(error.__cause__ or ""))
    except TanyaError as error:
        _complain(wording.say("ops.error.unexpected", detail=str(error)), "")
    except KeyboardInterrupt:
        return 130
    return 1


def _home_first(given: list[str]) -> list[str]:
    """Take `--home FOLDER` off the front: every command reads its settings from there."""
    if given and given[0].startswith("--home="):
        os.environ[HOME] = given[0].partition("=")[2]
        return given[1:]
    if len(given) > 1 and given[0] == "--home":
        os.environ[HOME] = given[1]
        return given[2:]
    return given


def _complain(sentence: str, detail: str) -> None:
    print(sentence, file=sys.stderr)
    if detail and detail not in sentence:
        print(f"({detail})", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """argparse with the operator's own sentences."""

    def __init__(self, wording: Wording, **more: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **more)
        self._wording = wording
        self._positionals.title = wording.say("ops.cli.arguments")
        self._optionals.title = wording.say("ops.cli.options")
        self.add_argument("-h", "--help", action="help", help=wording.say("ops.cli.help"))

    def format_usage(self) -> str:
        return self._own_word(super().format_usage())

    def format_help(self) -> str:
        return self._own_word(super().format_help())

    def _own_word(self, text: str) -> str:
        return text.replace("usage:", self._wording.say("ops.cli.usage"), 1)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, self._wording.say("ops.cli.wrong_use", command=self.prog) + "\n")


def _parser(wording: Wording, wanted: str) -> argparse.ArgumentParser:
    """Give the parser; only the command that is wanted brings its own module and what it needs.

    `tanya up` lives as long as the product, so it must not hold what other commands need.
    """
    parser = _Parser(wording, prog="tanya", description=wording.say("ops.cli.about"))
    commands = parser.add_subparsers(
        required=True,
        metavar="perintah",
        title=wording.say("ops.cli.commands"),
        parser_class=lambda **more: _Parser(wording, **more),
    )

    def add(name: str, run: Command, *, hidden: bool = False) -> argparse.ArgumentParser:
        about = wording.say(f"ops.cli.{name}")
        shown = {} if hidden else {"help": about}
        command = commands.add_parser(name, description=about, **shown)
        command.set_defaults(run=run)
        return command

    demo_help = wording.say("ops.cli.demo_switch")
    add("up", _up).add_argument("--demo", action="store_true", help=demo_help)
    add("doctor", _doctor)
    add("train", _train)
    add("migrate", _migrate)
    add("seed", _seed).add_argument("--demo", action="store_true", help=demo_help)
    add("explain", _explain).add_argument("text", help=wording.say("ops.cli.text"))
    for name in WITH_ARGUMENTS:
        command = add(name, _no_step)
        if wanted == name:
            own = importlib.import_module(f"ops.{name}_cli")
            own.add_arguments(command, wording)
            command.set_defaults(run=own.run)
    _add_demo(add("demo", _demo_renew), wording)
    for name in WITH_STEPS:
        command = add(name, _no_step)
        if wanted == name:
            own = importlib.import_module(f"ops.{name}_cli")
            own.add_commands(_steps(command, wording), wording)
    prepare = add("prepare", _prepare, hidden=True)
    prepare.add_argument("--demo", action="store_true", help=demo_help)
    return parser


def _steps(command: argparse.ArgumentParser, wording: Wording) -> Any:
    """Let a command have commands of its own."""
    return command.add_subparsers(
        required=True,
        metavar="langkah",
        title=wording.say("ops.cli.commands"),
        parser_class=lambda **more: _Parser(wording, **more),
    )


def _no_step(options: argparse.Namespace, wording: Wording) -> int:
    """Stand where argparse asks for a step first."""
    return 2


def _add_demo(demo: argparse.ArgumentParser, wording: Wording) -> None:
    steps = _steps(demo, wording)
    advance = steps.add_parser("advance", help=wording.say("ops.cli.demo_advance"))
    advance.add_argument("number", help=wording.say("ops.cli.number"))
    advance.set_defaults(run=_demo_advance)
    renew = steps.add_parser("renew", help=wording.say("ops.cli.demo_renew"))
    renew.set_defaults(run=_demo_renew)


def _sayer(wording: Wording) -> Callable[..., None]:
    def say(key: str, /, **parameters: object) -> None:
        print(wording.say(key, **parameters), flush=True)

    return say


def _up(options: argparse.Namespace, wording: Wording) -> int:
    from ops.up import up

    settings = OpsSettings.from_environment(demo=options.demo)
    _log_to_file(settings.logs / "tanya.log")
    up(settings, wording)
    return 0


def _doctor(options: argparse.Namespace, wording: Wording) -> int:
    from ops.doctor import examine

    healthy = True
    for finding in examine(OpsSettings.from_environment()):
        healthy = healthy and finding.level != "fail"
        print(f"[{wording.say(f'ops.doctor.level.{finding.level}')}] {finding.said(wording)}")
    print(wording.say("ops.doctor.healthy" if healthy else "ops.doctor.unhealthy"))
    return 0 if healthy else 1


def _train(options: argparse.Namespace, wording: Wording) -> int:
    from ops.databases import database
    from ops.prepare import migrate, seed, train

    settings = OpsSettings.from_environment()
    say = _sayer(wording)
    with database(settings) as url:
        migrate(url)
        seed(settings, url, say)
        archive = train(settings, url, say, force=True)
    say("ops.train.done", file=os.path.relpath(archive, settings.checkout))
    return 0


def _migrate(options: argparse.Namespace, wording: Wording) -> int:
    from ops.databases import database
    from ops.prepare import migrate

    with database(OpsSettings.from_environment()) as url:
        migrate(url)
    print(wording.say("ops.migrate.done"))
    return 0


def _seed(options: argparse.Namespace, wording: Wording) -> int:
    from ops.databases import database
    from ops.prepare import load_demo, migrate, seed

    settings = OpsSettings.from_environment(demo=options.demo)
    with database(settings) as url:
        migrate(url)
        seed(settings, url, _sayer(wording))
        if settings.demo:
            load_demo(settings, url)
    print(wording.say("ops.seed.done"))
    return 0


def _prepare(options: argparse.Namespace, wording: Wording) -> int:
    from ops.databases import database
    from ops.prepare import prepare

    settings = OpsSettings.from_environment(demo=options.demo)
    with database(settings) as url:
        prepare(settings, url, _sayer(wording))
    return 0


def _explain(options: argparse.Namespace, wording: Wording) -> int:
    from ops.explain import explain
    from ops.house_model import live_archive

    archive = live_archive(OpsSettings.from_environment())
    if archive is None:
        raise PartMissing("no model was trained yet", name="var/models")
    found = explain(options.text, archive)
    print(wording.say("ops.explain.normalised", text=found.normalised))
    print(wording.say("ops.explain.intents"))
    for intent, confidence in found.ranking:
        print(f"  {intent:<26}{wording.number(round(confidence, 3))}")
    print(wording.say("ops.explain.reasons", intent=found.ranking[0][0]))
    for gram, weight in found.reasons:
        print(f"  {gram:<26}{wording.number(round(weight, 3))}")
    print(wording.say("ops.explain.entities"))
    for entity in found.entities:
        value = entity["value"] if entity["value"] is not None else entity["candidates"]
        print(f"  {entity['entity']:<26}{value}  ({entity['raw']})")
    return 0


def _demo_advance(options: argparse.Namespace, wording: Wording) -> int:
    from ops import demo
    from ops.databases import database

    settings = OpsSettings.from_environment()
    try:
        with database(settings) as url:
            moved = demo.advance(
                settings.permit_database_url or url, options.number, datetime.now(UTC)
            )
    except NotFound:
        print(wording.say("ops.demo.unknown", number=options.number), file=sys.stderr)
        return 1
    except Conflict:
        print(wording.say("ops.demo.decided", number=options.number), file=sys.stderr)
        return 1
    print(wording.say("ops.demo.advanced", number=moved.number, stage=moved.stage, unit=moved.unit))
    return 0


def _demo_renew(options: argparse.Namespace, wording: Wording) -> int:
    from ops.databases import database
    from ops.prepare import load_demo, migrate, seed

    settings = OpsSettings.from_environment()
    with database(settings) as url:
        migrate(url)
        seed(settings, url, _sayer(wording))
        load_demo(settings, url, again=True)
    print(wording.say("ops.demo.renewed"))
    return 0


def _log_to_file(file: Path) -> None:
    """Write our own events to a rotated file; the operator's screen gets sentences."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(file, maxBytes=5_000_000, backupCount=3)
    logging.basicConfig(level=logging.INFO, handlers=[handler], format="%(message)s")
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


if __name__ == "__main__":
    sys.exit(main())
