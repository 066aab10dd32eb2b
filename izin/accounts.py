"""People who work in the console: accounts, roles, and what each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SESSION_LENGTH = timedelta(hours=12)
"""A session ends at the latest after one working day, however busy."""

SESSION_IDLE = timedelta(hours=2)
"""A session nobody used for this long has ended."""

HALF_OPEN_LENGTH = timedelta(minutes=10)
"""Time to give the second factor after the password."""


class Role(StrEnum):
    """What an account is; one person may have several roles."""

    OFFICER = "petugas"
    SUPERVISOR = "penyelia"
    EDITOR = "penyunting"
    ADMIN = "admin"
    SEALED_OFFICER = "petugas_rahasia"
    """Reads confidential and anonymous complaints, beside what other roles give."""
    INSPECTORATE = "inspektorat"
    """The Inspectorate: confidential and anonymous complaints, nothing else."""


class Permission(StrEnum):
    """What a route of the console asks for."""

    OWN_ACCOUNT = "akun_sendiri"
    CONVERSATIONS = "percakapan"
    COMPLAINTS = "pengaduan"
    SEALED_COMPLAINTS = "pengaduan_tertutup"
    PRIVACY_REQUESTS = "permintaan_data"
    CANNED_REPLIES = "balasan_siap_pakai"
    FIGURES = "angka"
    EXPORTS = "unduhan"
    AUDIT = "jejak"
    ACCOUNTS = "akun"
    UNITS = "unit"
    INTEGRATION = "integrasi"
    CONTENT = "konten"
    HEALTH = "kesehatan"


_SIGNED_IN = frozenset({Permission.OWN_ACCOUNT})
_SERVING = frozenset({Permission.CONVERSATIONS, Permission.COMPLAINTS, Permission.PRIVACY_REQUESTS})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.OFFICER: _SIGNED_IN | _SERVING,
    Role.SUPERVISOR: _SIGNED_IN
    | _SERVING
    | {
        Permission.CANNED_REPLIES, Permission.FIGURES, Permission.EXPORTS, Permission.AUDIT,
        Permission.CONTENT, Permission.UNITS, Permission.HEALTH,
    },
    Role.EDITOR: _SIGNED_IN | {Permission.CANNED_REPLIES, Permission.CONTENT},
    Role.ADMIN: _SIGNED_IN
    | {
        Permission.ACCOUNTS, Permission.AUDIT, Permission.UNITS, Permission.INTEGRATION,
        Permission.HEALTH,
    },
    Role.SEALED_OFFICER: _SIGNED_IN | {Permission.SEALED_COMPLAINTS},
    Role.INSPECTORATE: _SIGNED_IN | {Permission.SEALED_COMPLAINTS},
}  # fmt: skip

PERSONAL_DATA = frozenset(
    {
        Permission.CONVERSATIONS,
        Permission.COMPLAINTS,
        Permission.SEALED_COMPLAINTS,
        Permission.PRIVACY_REQUESTS,
        Permission.EXPORTS,
        Permission.ACCOUNTS,
    }
)
"""Whoever has one of these needs a second factor in production."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in.

    Attributes:
        id: Opaque id; the audit log and everything else keeps this, never the name.
        login: Lower-case name typed at sign-in.
        name: The person's name, shown to colleagues only, never to citizens.
        roles: At least one.
        unit: Code of the person's unit (OPD); None sees every unit's work.
        title: What citizens read as signature ("Petugas").
        active: An account that is not cannot sign in; its sessions have ended.
        totp: A second factor is set up.
        must_change_password: The password was set by somebody else.
        demo: Made for trying out, with a password that is printed; never signs in outside it.
    """

    id: str
    login: str
    name: str
    roles: frozenset[Role]
    unit: str | None = None
    title: str = "Petugas"
    active: bool = True
    totp: bool = False
    must_change_password: bool = False
    demo: bool = False

    def may(self, permission: Permission) -> bool:
        """Say whether one of the roles grants a permission."""
        return any(permission in GRANTS[role] for role in self.roles)

    @property
    def is_admin(self) -> bool:
        """Say whether the account looks after accounts now."""
        return self.active and Role.ADMIN in self.roles

    @property
    def sees_personal_data(self) -> bool:
        """Say whether a second factor is required in production."""
        return any(self.may(permission) for permission in PERSONAL_DATA)


@dataclass(frozen=True, slots=True)
class AccountSession:
    """A sign-in that goes on.

    Attributes:
        id: Names the session among the account's; not the secret in the cookie.
        account: Who signed in.
        csrf: Token that every form of this session carries.
        started_at: When it began.
        until: When it ends if nobody uses it.
        second_factor: The second factor was given (or none is set up).
        device: Browser and system in two words, for the owner to recognise.
        seen_at: When it was last used, where the storage tells.
    """

    id: str
    account: Account
    csrf: str
    started_at: datetime
    until: datetime
    second_factor: bool = True
    device: str = ""
    seen_at: datetime | None = None
