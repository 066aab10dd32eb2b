"""The keys that lock and open backups, in the age format (https://age-encryption.org/v1)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pyrage import IdentityError, RecipientError, x25519

from ops.backup_errors import BackupKeyInvalid, BackupKeyMissing, BackupSecretMissing

LOCK = "TANYA_BACKUP_KEY"
"""Public keys (``age1...``), parted by commas: enough to make backups, useless to read them.
A secret key (``AGE-SECRET-KEY-1...``) is taken as well, by offices that keep just one."""
OPEN = "TANYA_BACKUP_SECRET"
"""The secret key, only while a backup is read."""

_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - the form of one, no secret


def new_key() -> tuple[str, str]:
    """Give a new secret key and the public key that belongs to it."""
    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def locks(environment: Mapping[str, str]) -> list[x25519.Recipient]:
    """Give the keys that new backups are locked for.

    Raises:
        BackupKeyMissing: no key is set.
        BackupKeyInvalid: what is set is none; the message never holds it.
    """
    named = _split(environment.get(LOCK, ""))
    if not named:
        raise BackupKeyMissing(f"{LOCK} is not set", name=LOCK)
    return [_recipient(text) for text in named]


def openers(environment: Mapping[str, str], file: Path | None = None) -> list[x25519.Identity]:
    """Give the secret keys to open a backup with: of a file, else of the environment.

    Raises:
        BackupSecretMissing: there is no secret key.
        BackupKeyInvalid: what is given is none.
    """
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BackupKeyInvalid(f"{file} cannot be read", name=str(file)) from error
        named = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not named:
            raise BackupKeyInvalid(f"{file} holds no key", name=str(file))
        return [_identity(text, str(file)) for text in named]
    named = _split(environment.get(OPEN, ""))
    if named:
        return [_identity(text, OPEN) for text in named]
    found = [text for text in _split(environment.get(LOCK, "")) if text.startswith(_SECRET)]
    if not found:
        raise BackupSecretMissing(f"{OPEN} is not set", name=OPEN)
    return [_identity(text, LOCK) for text in found]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _recipient(text: str) -> x25519.Recipient:
    if text.startswith(_SECRET):
        return _identity(text, LOCK).to_public()
    try:
        return x25519.Recipient.from_str(text)
    except RecipientError as error:
        raise BackupKeyInvalid(f"{LOCK} holds no age key", name=LOCK) from error


def _identity(text: str, name: str) -> x25519.Identity:
    try:
        return x25519.Identity.from_str(text)
    except IdentityError as error:
        raise BackupKeyInvalid(f"{name} holds no secret age key", name=name) from error
