"""Why a training failed, as the editor is told."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence

from izin.errors import StorageUnavailable
from ops.errors import OpsError, PartMissing

DISK_FULL, MEMORY, TRAINING = "disk_full", "memory", "training"
DATABASE, MISSING, UNKNOWN = "database", "missing", "unknown"
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_SPACE_SAID = ("No space left on device", "Disk quota exceeded", "File too large")
_DISK_FULL_STATE = "53100"  # PostgreSQL's own code
_KILLED = (-9, 137)


class TrainingBroken(OpsError):
    """A step of a training did not succeed; `code` is what the editor is told."""

    sentence = "ops.error.training_failed"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def ended_badly(code: int, last_lines: Sequence[str]) -> TrainingBroken:
    """Give the failure of a training program by its exit code and last lines."""
    said = "\n".join(last_lines)
    if any(word in said for word in _NO_SPACE_SAID):
        return TrainingBroken(DISK_FULL, said)
    # Nobody but the kernel kills it so: the machine ran out of memory.
    return TrainingBroken(MEMORY if code in _KILLED or "MemoryError" in said else TRAINING, said)


def failure_code(error: BaseException) -> str:
    """Give the code of any failure: its wording is ``model.error.<code>``."""
    for cause in _chain(error):
        if isinstance(cause, TrainingBroken):
            return cause.code
        if isinstance(cause, OSError) and cause.errno in _NO_SPACE:
            return DISK_FULL
        if getattr(cause, "sqlstate", "") == _DISK_FULL_STATE:
            return DISK_FULL
        if isinstance(cause, MemoryError):
            return MEMORY
    if isinstance(error, StorageUnavailable):
        return DATABASE
    return MISSING if isinstance(error, PartMissing) else UNKNOWN


def _chain(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    while one is not None:
        yield one
        original = getattr(one, "orig", None)  # SQLAlchemy's wrapping
        if isinstance(original, BaseException):
            yield original
        one = one.__cause__
