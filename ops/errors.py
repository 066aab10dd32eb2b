"""The errors of running Tanya Izin, each with the sentence an operator reads.

::

    izin.errors.TanyaError
    └── OpsError
        ├── PostgresError
        │   ├── PostgresBinariesMissing
        │   ├── PostgresVersionMismatch
        │   ├── PostgresFolderUnusable
        │   ├── PostgresAlreadyOwned
        │   └── PostgresStartFailed
        ├── PortInUse
        ├── AlreadyRunning
        ├── ChildFailed
        ├── SettingInvalid
        ├── SecretMissing
        ├── DatabaseNotRunning
        ├── ProductionFolderUnusable
        ├── DemoInProduction
        ├── AnswersNeeded
        ├── DataKeyUnfit
        ├── RolesNotMade
        ├── TrainingFailed
        └── PartMissing
"""

from __future__ import annotations

from izin.errors import TanyaError


class OpsError(TanyaError):
    """An operation that could not be done.

    Attributes:
        sentence: id of the operator's sentence in `locales/`.
        parameters: values for the sentence's placeholders, JSON-ready.
    """

    sentence = "ops.error.unexpected"

    def __init__(self, message: str, **parameters: str | int) -> None:
        super().__init__(message)
        self.parameters: dict[str, str | int] = {"detail": message, **parameters}


class PostgresError(OpsError):
    """Something about the embedded PostgreSQL."""

    sentence = "ops.error.postgres"


class PostgresBinariesMissing(PostgresError):
    """No usable `postgres` program was found."""

    sentence = "ops.error.postgres_binaries_missing"


class PostgresVersionMismatch(PostgresError):
    """The data folder was written by another major version than the program's."""

    sentence = "ops.error.postgres_version_mismatch"


class PostgresFolderUnusable(PostgresError):
    """A folder PostgreSQL needs cannot be made, reached or trusted."""

    sentence = "ops.error.postgres_folder_unusable"


class PostgresAlreadyOwned(PostgresError):
    """Another owner process already runs this data folder."""

    sentence = "ops.error.postgres_already_owned"


class PostgresStartFailed(PostgresError):
    """PostgreSQL did not come up; the message ends with its last words."""

    sentence = "ops.error.postgres_start_failed"


class PortInUse(OpsError):
    """Another program listens on a port we need."""

    sentence = "ops.error.port_in_use"


class AlreadyRunning(OpsError):
    """`tanya up` already runs from this checkout."""

    sentence = "ops.error.already_running"


class ChildFailed(OpsError):
    """A step run as a process of its own ended with an error."""

    sentence = "ops.error.child_failed"


class SettingInvalid(OpsError):
    """An environment variable holds a value that cannot be used."""

    sentence = "ops.error.setting_invalid"


class SecretMissing(OpsError):
    """A secret that separately started processes must share is not set."""

    sentence = "ops.error.secret_missing"


class DatabaseNotRunning(OpsError):
    """The embedded PostgreSQL that other processes need does not run."""

    sentence = "ops.error.database_not_running"


class ProductionFolderUnusable(OpsError):
    """A folder is no production folder, or must not become one."""

    sentence = "ops.error.production_folder"


class DemoInProduction(OpsError):
    """A production installation was given the demo's data, accounts or switches."""

    sentence = "ops.error.demo_in_production"


class AnswersNeeded(OpsError):
    """Nobody is at the terminal to answer, and no file of answers was given."""

    sentence = "ops.error.answers_needed"


class DataKeyUnfit(OpsError):
    """What is stored encrypted does not open with the keys given; nothing was changed."""

    sentence = "ops.error.data_key_unfit"


class RolesNotMade(OpsError):
    """The database roles of our processes could not be made."""

    sentence = "ops.error.roles_not_made"


class TrainingFailed(OpsError):
    """No language model could be trained."""

    sentence = "ops.error.training_failed"


class PartMissing(OpsError):
    """A part of the installation (environment, file) is not there."""

    sentence = "ops.error.part_missing"
