"""`tanya content …`: content as the data folder of a Git checkout, and back.

Whoever may run this holds the machine and its database; the audit log names the terminal.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine

from izin.audit import TERMINAL, AuditEntry
from izin.content_checks import CHECKS
from izin.content_imports import ItemState, PlannedItem
from izin.errors import InvalidInput
from izin.ports import AuditLog
from izin.storage.content_files.folder import export_folder
from izin.storage.content_files.folder_items import read_folder
from izin.storage.postgres.content import PostgresContentRoom
from izin.storage.postgres.content_imports import PostgresContentImports
from izin.storage.postgres.engine import create, one_commit
from izin.storage.postgres.journeys import PostgresSavedJourneys
from izin.usecases.edit_content import EditContent
from izin.usecases.import_content import ImportContent, NotFit, OpenElsewhere
from izin.wording import Wording
from ops.audit_log import audit_log
from ops.databases import database
from ops.journeys import saving
from ops.settings import OpsSettings

_SIGNS = {ItemState.NEW: "+", ItemState.CHANGED: "~"}
_MOST_NAMED = 10


class Refused(Exception):
    """What was asked cannot be done; ``sentence`` is its id in the wording."""

    def __init__(self, sentence: str, **parameters: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class Desk:
    """Content as the terminal works on it.

    Attributes:
        engine: Our own database.
        audit: Where it is written down.
        release: The release's own data folder.
        wording: All sentences.
    """

    engine: Engine
    audit: AuditLog
    release: Path
    wording: Wording

    @property
    def use(self) -> ImportContent:
        """Give what is done to imports."""
        room = PostgresContentRoom(self.engine)
        edit = EditContent(room, CHECKS, _now)
        return ImportContent(room, PostgresContentImports(self.engine), edit, _now)

    def say(self, sentence: str, /, **parameters: object) -> None:
        """Print a sentence."""
        print(self.wording.say(f"files.cli.{sentence}", **parameters), flush=True)


Work = Callable[[Desk, argparse.Namespace], None]


def export(desk: Desk, options: argparse.Namespace) -> None:
    """Write every data file as the database is now."""
    target = Path(options.to)
    files = export_folder(desk.release, desk.use.room)
    files |= saving.files(PostgresSavedJourneys(desk.engine).journeys(active_only=True))
    changed = 0
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            changed += 1
    desk.audit.record(AuditEntry(_now(), TERMINAL, "isi.ekspor", "berkas", "semua"))
    desk.say("exported", count=len(files), folder=str(target), changed=changed)


def diff(desk: Desk, options: argparse.Namespace) -> None:
    """Show what a folder would change."""
    planned = desk.use.planned(_items(desk, options))
    _show(desk, planned)


def bring_in(desk: Desk, options: argparse.Namespace) -> None:
    """Make drafts of what a folder changes, or publish it."""
    items = _items(desk, options)
    wanted = _show(desk, desk.use.planned(items))
    if not wanted:
        return
    if options.publish and not options.yes:
        word = desk.wording.say("files.cli.word")
        print(desk.wording.say("files.cli.ask", count=wanted), end="", flush=True)
        if sys.stdin.readline().strip().casefold() != word:
            raise Refused("stopped")
    try:
        with one_commit(desk.engine):
            done = desk.use.bring_in(items, TERMINAL, publish=options.publish)
            action = "isi.impor_terbit" if options.publish else "isi.impor_draf"
            details: dict[str, str | int | bool] = {"butir": len(done)}
            entry = AuditEntry(_now(), TERMINAL, action, "impor", "folder", details)
            desk.audit.record(entry)
    except OpenElsewhere as error:
        raise Refused("open", items=_named([one.item.key for one in error.items])) from error
    except NotFit as error:
        raise Refused("unfit", items=_named([name.key for name, _ in error.problems])) from error
    desk.say("published" if options.publish else "drafts", count=len(done))


def _items(desk: Desk, options: argparse.Namespace) -> Any:
    folder = Path(options.folder)
    if not (folder / "catalog").is_dir() and (folder / "data" / "catalog").is_dir():
        folder = folder / "data"
    if not (folder / "catalog").is_dir():
        raise Refused("no_folder", folder=str(folder))
    try:
        return read_folder(folder, desk.use.room)
    except InvalidInput as error:
        raise Refused("unusable", problems=str(error)) from error


def _show(desk: Desk, planned: Sequence[PlannedItem]) -> int:
    """Print what a plan changes; gives how many items."""
    counts = Counter(one.state for one in planned)
    for one in planned:
        if one.state in _SIGNS:
            fields = ", ".join(change.field for change in one.fields if change.field)
            desk.say("line", sign=_SIGNS[one.state], kind=one.item.kind, key=one.item.key,
                     fields=f": {fields}" if fields else "")  # fmt: skip
    if counts[ItemState.MISSING]:
        desk.say("missing", count=counts[ItemState.MISSING])
    wanted = counts[ItemState.NEW] + counts[ItemState.CHANGED]
    if not wanted:
        desk.say("same")
    return wanted


def _named(keys: Sequence[str]) -> str:
    unique = list(dict.fromkeys(keys))
    return ", ".join(unique[:_MOST_NAMED]) + (" …" if len(unique) > _MOST_NAMED else "")


def _now() -> datetime:
    return datetime.now(UTC)


def add_commands(commands: Any, wording: Wording) -> None:
    """Add ``export``, ``import`` and ``diff`` to the parser of ``tanya content``."""

    def command(name: str, work: Work) -> argparse.ArgumentParser:
        about = wording.say(f"files.cli.{name}")
        made: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
        made.set_defaults(run=partial(_at_terminal, work))
        return made

    command("export", export).add_argument(
        "--to", required=True, metavar="FOLDER", help=wording.say("files.cli.to")
    )
    bringing = command("import", bring_in)
    for made in (bringing, command("diff", diff)):
        made.add_argument("folder", help=wording.say("files.cli.folder"))
    bringing.add_argument("--publish", action="store_true", help=wording.say("files.cli.publish"))
    bringing.add_argument("--yes", action="store_true", help=wording.say("files.cli.yes"))


def _at_terminal(work: Work, options: argparse.Namespace, wording: Wording) -> int:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    settings = OpsSettings.from_environment()
    with database(settings) as url:
        engine = create(url, pool_size=1)
        try:
            desk = Desk(engine, audit_log(settings, engine), settings.data, wording)
            return run_at(desk, work, options)
        finally:
            engine.dispose()


def run_at(desk: Desk, work: Work, options: argparse.Namespace) -> int:
    """Run one command; what cannot be done is said on standard error, with exit code 1."""
    try:
        work(desk, options)
    except Refused as refusal:
        said = desk.wording.say(f"files.cli.{refusal.sentence}", **refusal.parameters)
        print(said, file=sys.stderr)
        return 1
    return 0
