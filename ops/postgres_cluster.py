"""One PostgreSQL data folder: made once, checked, and described as a command to run."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ops.errors import (
    PostgresFolderUnusable,
    PostgresStartFailed,
    PostgresVersionMismatch,
)
from ops.exec_child import child_command
from ops.postgres_binaries import PostgresBinaries, find_binaries, state_folder

ROLE = "tanya"
DATABASE = "tanya"
PORT = 5432  # only a part of the socket's file name: nothing listens on TCP

_SMALL_FOOTPRINT = {
    "listen_addresses": "",  # unix socket only
    "shared_buffers": "32MB",  # the whole catalogue is a few MB
    "max_connections": "60",
    "jit": "off",  # our queries are short; jit costs memory in every backend
    "huge_pages": "off",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "autovacuum_max_workers": "2",
    "maintenance_work_mem": "32MB",
    "effective_cache_size": "256MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",  # the owner recognises two messages by their English text
    "log_line_prefix": "%m ",
    # Errors of statements are their senders' to log: their texts and details hold citizens' data.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
_THROWAWAY = {  # tests only: a crash of the machine may lose everything
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "200",
}
_SHARED_TEMPORARY = "/tmp"  # noqa: S108 - our folder in it has a fixed name, an owner and 0700
_SOCKET_PATH_LIMIT = 107  # sun_path of unix(7), without its closing zero byte


@dataclass(frozen=True, slots=True)
class Account:
    """The account PostgreSQL runs under.

    Attributes:
        user: uid and gid to change to, or None to stay who we are.
        uid: the uid PostgreSQL really has.
    """

    user: tuple[int, int] | None
    uid: int


def postgres_account() -> Account:
    """Ourselves, or as root (which PostgreSQL refuses) the user `TANYA_PG_USER`, else `nobody`.

    Raises:
        PostgresFolderUnusable: the named user does not exist.
    """
    if os.getuid() != 0:
        return Account(None, os.getuid())
    name = os.environ.get("TANYA_PG_USER") or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise PostgresFolderUnusable(f"user {name} does not exist", folder=name) from None
    return Account((entry.pw_uid, entry.pw_gid), entry.pw_uid)


def default_data_root(checkout: Path) -> Path:
    """Where this checkout's database lies: `TANYA_PG_DATA`, else a place of its own.

    As root `/var/lib/tanya-izin/<hash of the checkout's path>`, so that the dropped uid reaches it
    and two checkouts do not collide; as an ordinary user `var/pg` in the checkout.
    """
    named = os.environ.get("TANYA_PG_DATA")
    if named:
        return Path(named).expanduser().resolve()
    if os.getuid() == 0:
        return state_folder() / _short_hash(checkout)
    return checkout.resolve() / "var" / "pg"


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder with the programs and the account that serve it.

    Attributes:
        root: folder of everything of this database; `data` below it is PostgreSQL's own.
        socket_folder: 0700 folder of the unix socket, short enough for a socket's address.
        durable: False trades safety against a machine's crash for speed (tests).
    """

    root: Path
    binaries: PostgresBinaries
    account: Account
    socket_folder: Path
    durable: bool = True

    @classmethod
    def at(cls, root: Path, *, durable: bool = True) -> Cluster:
        """The cluster whose files lie below `root` (made when missing).

        Raises:
            PostgresBinariesMissing: no PostgreSQL to run.
            PostgresFolderUnusable: a folder cannot be made, or the account cannot reach it.
        """
        root = root.resolve()
        account = postgres_account()
        socket_folder = _socket_folder(root, account)
        binaries = find_binaries(for_other_user=account.user is not None)
        _private_folder(root, account)
        _require_reach(root, account)
        return cls(root, binaries, account, socket_folder, durable)

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.root / "data"

    @property
    def dsn(self) -> str:
        """libpq URL of the database `tanya` on the unix socket."""
        return socket_dsn(self.socket_folder)

    def prepare(self) -> None:
        """Make the data folder when there is none, and check that these programs can serve it.

        The new folder appears under its name only when it is whole, so a kill in the middle
        leaves nothing half made.

        Raises:
            PostgresFolderUnusable: the socket's folder is not ours.
            PostgresVersionMismatch: written by another major version.
            PostgresStartFailed: `initdb` failed.
        """
        _private_folder(self.socket_folder, self.account)
        written_by = self.data / "PG_VERSION"
        if written_by.exists():
            found = written_by.read_text().strip()
            if found != str(self.binaries.major):
                raise PostgresVersionMismatch(
                    f"{self.data} is of PostgreSQL {found}, the programs are "
                    f"{self.binaries.major}: dump and restore is needed",
                    found=found,
                    programs=self.binaries.major,
                )
            return
        fresh = self.root / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        self._run([*self._initdb(), "-D", str(fresh)], "")
        self._run(
            [self.binaries.program("postgres"), "--single", "-D", str(fresh), "postgres"],
            f"CREATE DATABASE {DATABASE}\n",
        )
        fresh.rename(self.data)

    def _initdb(self) -> list[str]:
        # The built-in locale (17+) sorts the same on every machine, whatever its libc.
        locale = (
            ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if self.binaries.major >= 17
            else ["--locale=C"]
        )
        speed = [] if self.durable else ["--no-sync"]
        return [
            self.binaries.program("initdb"),
            f"--username={ROLE}",
            "--encoding=UTF8",
            *locale,
            "--auth-local=trust",  # the 0700 folder of the socket is the lock on the door
            "--auth-host=reject",
            "--no-instructions",
            *speed,
        ]

    def _run(self, argv: list[str], stdin: str) -> None:
        command = child_command(argv, death_signal=signal.SIGKILL, user=self.account.user)
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.root,
            env=self.environment(),
            check=False,
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()[-2000:]
            raise PostgresStartFailed(f"{Path(argv[0]).name} failed: {said}")

    def environment(self) -> dict[str, str]:
        """The few variables PostgreSQL needs; none of ours, which hold secrets."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C"}

    def server_command(self) -> list[str]:
        """The command line of `postgres` as a foreground child that dies with the caller.

        The death signal is SIGINT: PostgreSQL's fast shutdown.
        """
        settings = dict(_SMALL_FOOTPRINT)
        if self.binaries.major >= 18:
            settings["io_method"] = "sync"  # no extra worker processes
        if not self.durable:
            settings.update(_THROWAWAY)
        settings["unix_socket_directories"] = str(self.socket_folder)
        settings["unix_socket_permissions"] = "0700"
        settings["port"] = str(PORT)
        argv = [self.binaries.program("postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return child_command(argv, death_signal=signal.SIGINT, user=self.account.user)


def socket_dsn(socket_folder: Path | str) -> str:
    """libpq URL of the database `tanya` over the socket in a folder."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_folder), safe='/')}"


def _socket_folder(root: Path, account: Account) -> Path:
    name = f"tanya-izin-{account.uid}-{_short_hash(root)}"
    runtime = "/run" if os.getuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
    for base in (runtime, _SHARED_TEMPORARY):
        folder = Path(base, name)
        length = len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock"))
        if base and os.access(base, os.W_OK | os.X_OK) and length <= _SOCKET_PATH_LIMIT:
            return folder
    raise PostgresFolderUnusable(
        f"no short folder for the socket: {_SHARED_TEMPORARY} is not writable",
        folder=_SHARED_TEMPORARY,
    )


def _private_folder(folder: Path, account: Account) -> None:
    """Make `folder` the account's own with mode 0700; refuse a link or another user's folder."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.getuid()):
            raise PostgresFolderUnusable(f"{folder} is not ours", folder=str(folder))
        if account.user and found.st_uid != account.uid:
            os.chown(folder, *account.user)
        folder.chmod(0o700)
    except OSError as error:
        raise PostgresFolderUnusable(f"{folder}: {error.strerror}", folder=str(folder)) from error


def _require_reach(folder: Path, account: Account) -> None:
    """Raise unless the dropped uid may enter every folder above `folder`."""
    if account.user is None:
        return
    uid, gid = account.user
    for parent in folder.parents:
        found = parent.stat()
        shift = 6 if found.st_uid == uid else 3 if found.st_gid == gid else 0
        if not found.st_mode >> shift & 1:
            raise PostgresFolderUnusable(
                f"uid {uid} cannot enter {parent}; name another place in TANYA_PG_DATA",
                folder=str(parent),
            )
