"""Why a backup, a restore or an upgrade was refused; nothing was destroyed by any of them.

::

    ops.errors.OpsError
    └── KeepingError
        ├── BackupKeyMissing, BackupSecretMissing, BackupKeyInvalid, BackupKeyWrong
        ├── BackupBusy, BackupFolderUnusable, DiskFull, DumpFailed
        ├── BackupForeign, BackupTruncated, BackupDamaged, BackupNewer
        ├── HouseRunning, TargetNotEmpty, RestoreNotAllowed, RestoreMismatch, RestoreFailed
        └── SchemaNewer, UpgradeBusy, OldProgramsMissing
"""

from __future__ import annotations

from ops.errors import OpsError


class KeepingError(OpsError):
    """Something about backups, restoring or upgrading."""

    sentence = "ops.backup.error.other"


class BackupKeyMissing(KeepingError):
    """No key to lock or to open backups with was given."""

    sentence = "ops.backup.error.key_missing"


class BackupSecretMissing(KeepingError):
    """No secret key to open a backup with was given."""

    sentence = "ops.backup.error.secret_missing"


class BackupKeyInvalid(KeepingError):
    """What was given as a key has not the form of one."""

    sentence = "ops.backup.error.key_invalid"


class BackupKeyWrong(KeepingError):
    """The backup was locked for another key."""

    sentence = "ops.backup.error.key_wrong"


class BackupBusy(KeepingError):
    """Another backup is being made."""

    sentence = "ops.backup.error.busy"


class BackupFolderUnusable(KeepingError):
    """The folder for backups cannot be made or written."""

    sentence = "ops.backup.error.folder"


class DiskFull(KeepingError):
    """The disk ran full; what was half written is gone again."""

    sentence = "ops.backup.error.disk_full"


class DumpFailed(KeepingError):
    """PostgreSQL's own program could not copy the database."""

    sentence = "ops.backup.error.dump"


class BackupForeign(KeepingError):
    """The file is no backup of ours, or cannot be read at all."""

    sentence = "ops.backup.error.foreign"


class BackupTruncated(KeepingError):
    """The file ends too early or was changed on the way."""

    sentence = "ops.backup.error.truncated"


class BackupDamaged(KeepingError):
    """What the file holds differs from what it says it holds."""

    sentence = "ops.backup.error.damaged"


class BackupNewer(KeepingError):
    """The backup was made by a newer version."""

    sentence = "ops.backup.error.newer"


class HouseRunning(KeepingError):
    """The house runs, or another program uses its database."""

    sentence = "ops.restore.error.running"


class TargetNotEmpty(KeepingError):
    """There is something already where the backup should go."""

    sentence = "ops.restore.error.not_empty"


class RestoreNotAllowed(KeepingError):
    """The database account may not make or rename databases."""

    sentence = "ops.restore.error.not_allowed"


class RestoreMismatch(KeepingError):
    """The restored database differs from the backup's own counts."""

    sentence = "ops.restore.error.mismatch"


class RestoreFailed(KeepingError):
    """PostgreSQL's own program could not fill the new database."""

    sentence = "ops.restore.error.failed"


class ErasuresLocked(KeepingError):
    """Chats that citizens had erased are in the backup, and its data key is not here."""

    sentence = "ops.restore.error.erasures_locked"


class SchemaNewer(KeepingError):
    """The database was brought to its schema by a newer version of this product."""

    sentence = "ops.upgrade.error.newer"


class UpgradeBusy(KeepingError):
    """Another upgrade of the same database runs."""

    sentence = "ops.upgrade.error.busy"


class OldProgramsMissing(KeepingError):
    """The programs that can read the data of an older PostgreSQL are not there."""

    sentence = "ops.upgrade.error.old_programs"
