"""A PostgreSQL of our own without a system installation: `EmbeddedPostgres(folder).start()`.

The server is run by an owner process (`python -m ops.embedded_postgres`, see
`ops.postgres_owner`), so that it is healed and stopped cleanly whatever happens to the caller.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ops import errors
from ops.errors import PostgresError, PostgresStartFailed
from ops.postgres_cluster import Cluster, default_data_root, socket_dsn
from ops.postgres_owner import PostgresOwner, clean_up, owner_lock, ready_socket_folder

_CHECKOUT = Path(__file__).resolve().parent.parent
_STOP_PATIENCE_S = 40.0
_LOG_BYTES = 1_000_000


def running_dsn(data_root: Path) -> str | None:
    """libpq URL of the server that serves `data_root` now, None when none does."""
    folder = ready_socket_folder(data_root.resolve() / "data")
    return socket_dsn(folder) if folder else None


def owner_command(data_root: Path) -> list[str]:
    """The command line of an owner process for a supervisor; it stops on SIGTERM.

    It waits for an owner that is still stopping.
    """
    return [*_owner_command(data_root), "--wait-s", "30"]


def _owner_command(data_root: Path) -> list[str]:
    return [sys.executable, "-m", "ops.embedded_postgres", "--data-root", str(data_root)]


class EmbeddedPostgres:
    """A PostgreSQL server that lives as long as this object's process, at most.

    Also a context manager, whose value is the libpq URL. What the server logs goes to
    `postgres.log` in `data_root`.

    Args:
        data_root: folder of the database (made when missing). As root it must lie where the
            account PostgreSQL runs under (`TANYA_PG_USER`, else `nobody`) can enter.
        durable: False trades safety against a machine's crash for speed.
        ephemeral: delete `data_root` when the server ends; implies not durable.
    """

    def __init__(
        self, data_root: Path | str, *, durable: bool = True, ephemeral: bool = False
    ) -> None:
        self.data_root = Path(data_root)
        self._durable = durable and not ephemeral
        self._ephemeral = ephemeral
        self._owner: subprocess.Popen[str] | None = None
        self._answer: dict[str, str | int] = {}

    def start(self) -> str:
        """Start the server and wait until it accepts connections.

        Returns:
            libpq URL of the database `tanya`, for example
            `postgresql://tanya@/tanya?host=/run/tanya-izin-65534-0123456789ab`.

        Raises:
            PostgresError: it cannot be started; the class says why (see `ops.errors`).
        """
        if self._owner is None:
            command = [*_owner_command(self.data_root), "--stop-with-stdin", "--log-to-file"]
            command += [] if self._durable else ["--not-durable"]
            command += ["--ephemeral"] if self._ephemeral else []
            owner = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=_CHECKOUT,
                start_new_session=True,
            )
            line = owner.stdout.readline() if owner.stdout else ""
            self._answer = json.loads(line or '{"error": "PostgresStartFailed"}')
            self._owner = owner
            if "error" in self._answer:
                self.stop()
                raise owner_error(self._answer)
        return str(self._answer["dsn"])

    @property
    def owner_pid(self) -> int:
        """Pid of the owner process.

        Raises:
            PostgresError: the server was not started.
        """
        if self._owner is None:
            raise PostgresError("the server was not started")
        return self._owner.pid

    def stop(self) -> None:
        """Stop the server cleanly and wait for it; without effect when it does not run."""
        owner, self._owner = self._owner, None
        if owner is None:
            return
        for stream in (owner.stdin, owner.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        try:
            owner.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            owner.kill()
            owner.wait()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def owner_error(answer: Mapping[str, Any]) -> PostgresError:
    """The error an owner process reported by its line for machines."""
    kind = getattr(errors, str(answer["error"]), PostgresStartFailed)
    message = str(answer.get("message") or "the owner process ended without a word")
    parameters = answer.get("parameters")
    return kind(message, **(parameters if isinstance(parameters, dict) else {}))


def main(arguments: list[str] | None = None) -> int:
    """Run the owner process; returns its exit code.

    Writes one JSON line to standard output: `{"dsn", "pid"}` when PostgreSQL accepts connections,
    or `{"error", "message", "parameters"}`.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.embedded_postgres")
    parser.add_argument("--data-root", type=Path, default=None)
    parser.add_argument("--stop-with-stdin", action="store_true")
    parser.add_argument("--log-to-file", action="store_true")
    parser.add_argument("--wait-s", type=float, default=0.0)
    parser.add_argument("--not-durable", action="store_true")
    parser.add_argument("--ephemeral", action="store_true")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    data_root = options.data_root or default_data_root(_CHECKOUT)
    try:
        cluster = Cluster.at(data_root, durable=not (options.not_durable or options.ephemeral))
        with owner_lock(cluster.root, wait_s=options.wait_s):
            if options.log_to_file:
                _log_to(cluster.root / "postgres.log")
            try:
                pipe = sys.stdin.fileno() if options.stop_with_stdin else None
                owner = PostgresOwner(
                    cluster, lambda pid: _say({"dsn": cluster.dsn, "pid": pid}), pipe
                )
                cluster.prepare()
                owner.run()
            finally:
                clean_up(cluster, everything=options.ephemeral)
    except PostgresError as error:
        logging.getLogger("ops.postgres").error("postgres_failed detail=%s", error)
        kind = type(error).__name__
        _say({"error": kind, "message": str(error), "parameters": error.parameters})
        return 1
    return 0


def _log_to(file: Path) -> None:
    """Send standard error to a file; what an earlier run wrote is kept up to 1 MB."""
    mode = "a" if file.exists() and file.stat().st_size < _LOG_BYTES else "w"
    with file.open(mode) as log:
        os.dup2(log.fileno(), sys.stderr.fileno())


def _say(answer: dict[str, object]) -> None:
    line = json.dumps(answer) + "\n"
    with contextlib.suppress(BrokenPipeError):  # a parent that is gone reads nothing
        os.write(sys.stdout.fileno(), line.encode())


if __name__ == "__main__":
    sys.exit(main())
