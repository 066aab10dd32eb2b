"""Makes a backup of the whole house: database, citizens' files and models in one locked file."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import structlog
from pyrage import x25519
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from izin.errors import TanyaError
from izin.storage.erasure_list import add_to_list
from izin.storage.postgres.backup_runs import PostgresBackupRuns
from izin.storage.postgres.engine import create
from izin.storage.postgres.erased_chats import erased_marks
from ops.backup_database import Moment, dump, held_moment
from ops.backup_errors import BackupBusy, BackupFolderUnusable, DiskFull, KeepingError
from ops.backup_file import Summing, ending, file_member, member, write_locked
from ops.backup_rules import KeepRule, Kept, backup_name, backups_in, to_delete

logger = structlog.get_logger(__name__)

FORMAT = 1
"""Of what lies within the file; a higher one is refused by older versions."""
PRODUCT = "tanya-izin"

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LONGEST_NAME = 99  # bytes, of a plain tar header


@dataclass(frozen=True, slots=True)
class Sources:
    """What a backup is made of besides the database."""

    media: Path
    models: Path


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A finished backup, and the older ones that its rule let go."""

    file: Path
    size: int
    rows: int
    files: int
    removed: tuple[Path, ...]


def back_up(
    url: str,
    sources: Sources,
    folder: Path,
    keys: Sequence[x25519.Recipient],
    rule: KeepRule,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> BackupMade:
    """Make a backup, note it in the database, and remove what the rule no longer keeps.

    The file has its name only when it is whole and on disk; whatever goes wrong leaves nothing.

    Raises:
        KeepingError: it could not be made; the class says why (see `ops.backup_errors`).
    """
    with _only_one(folder):
        file = folder / backup_name(now())
        engine = create(url, pool_size=1)
        try:
            with held_moment(url) as moment:
                runs = PostgresBackupRuns(engine)
                run = runs.begin(str(file), now())
                try:
                    sums = _write(file, moment, sources, list(keys))
                except BaseException as error:
                    runs.end(run, now(), reason=_reason(error))
                    raise
            size = file.stat().st_size
            runs.end(run, now(), size=size)
            removed = _let_go(folder, rule, runs)
            _keep_erasures(engine, folder)
        finally:
            engine.dispose()
    logger.info("backup_made", bytes=size, removed=len(removed))
    files = sums["media"].files if "media" in sums else 0
    return BackupMade(file, size, sum(moment.tables.values()), files, removed)


def _write(file: Path, moment: Moment, sources: Sources, keys: list[x25519.Recipient]) -> dict:  # type: ignore[type-arg]
    summing = Summing()
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("xb") as stream:
            part.chmod(0o600)
            write_locked(_archive(moment, sources, summing), stream, keys)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            raise KeepingError(f"{file} is there already")
        part.rename(file)
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(f"{file.parent}: {error.strerror}", folder=str(file.parent)) from error
        raise BackupFolderUnusable(
            f"{file.parent}: {error.strerror}", folder=str(file.parent)
        ) from error
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(file.parent)
    return summing.sums()


def _archive(moment: Moment, sources: Sources, summing: Summing) -> Iterator[bytes]:
    head = {
        "product": PRODUCT,
        "format": FORMAT,
        "version": version(PRODUCT),
        "schema": moment.schema,
        "server_major": moment.server_major,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    yield from member("head.json", _json(head))
    yield from dump(moment, summing)
    # After the database: every file a row of that moment names was there before the row.
    for part, folder in (("media", sources.media), ("models", sources.models)):
        for name, file in _files(folder):
            yield from file_member(f"{part}/{name}", file, summing)
    sums = {part: asdict(found) for part, found in summing.sums().items()}
    yield from member("manifest.json", _json({**head, "tables": moment.tables, "parts": sums}))
    yield ending()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give the files of a folder with their names in it; hidden ones are half-made or locks."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                continue
            if len(os.fsencode(entry.name)) > _LONGEST_NAME - len("models/"):
                raise KeepingError(f"the name of {entry.path} is too long for a backup")
            yield entry.name, Path(entry.path)


def _json(document: object) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode()


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder, and sweep up what a killed backup left in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / ".lock").open("a")
    except OSError as error:
        raise BackupFolderUnusable(f"{folder}: {error.strerror}", folder=str(folder)) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupBusy(f"another backup writes to {folder}") from None
        for left in folder.glob(".tanya-izin-*.tar.age.part"):
            left.unlink(missing_ok=True)
        yield


def _keep_erasures(engine: Engine, folder: Path) -> None:
    """Write beside the backup which chats were erased; it is whole and named without it."""
    try:
        add_to_list(folder, erased_marks(engine))
    except (OSError, TanyaError, SQLAlchemyError) as error:
        # An older schema, a role without rights, a key that does not fit: the backup is made.
        logger.warning("erasure_list_not_written", reason=type(error).__name__)


def _let_go(folder: Path, rule: KeepRule, runs: PostgresBackupRuns) -> tuple[Path, ...]:
    sizes = {Path(name).name: size for name, size in runs.sizes().items()}

    def good(item: Kept) -> bool:
        size = item.file.stat().st_size
        # One from before a restore, or of another house: nothing is known against it.
        return size > 0 and sizes.get(item.file.name, size) == size

    gone = to_delete(backups_in(folder), rule, good)
    for item in gone:
        item.file.unlink(missing_ok=True)
        logger.info("backup_let_go", file=item.file.name)
    return tuple(item.file for item in gone)


def _reason(error: BaseException) -> str:
    detail = str(error) if isinstance(error, KeepingError) else ""
    return f"{type(error).__name__}: {detail}"[:500] if detail else type(error).__name__


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
