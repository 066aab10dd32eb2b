"""The small process that owns a running PostgreSQL: start, watch, start again, stop cleanly.

It uses the standard library alone (logging too), which keeps it near 10 MB. Log lines are a fixed
event name and fields, as everywhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from ops.errors import PostgresAlreadyOwned, PostgresStartFailed
from ops.postgres_cluster import Cluster

logger = logging.getLogger("ops.postgres")

_START_RETRY_S = 20.0  # how long a crashed server's shared memory may stay behind
_START_SILENCE_S = 600.0  # recovery after a crash may read much WAL; longer is a hang
_PERMANENT_AFTER_ATTEMPTS = 3
_TRANSIENT_WORDS = ("shared memory", "lock file", "is another postmaster")
_FAST_STOP_S = 20.0
_IMMEDIATE_STOP_S = 5.0
_RESPAWN_PAUSE_MAX_S = 5.0
_SETTLED_AFTER_S = 30.0


@contextlib.contextmanager
def owner_lock(root: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the data folder's only ownership; the kernel frees it however the owner ends.

    Args:
        root: folder of the database.
        wait_s: how long to wait for another owner to end.

    Raises:
        PostgresAlreadyOwned: another process holds it.
    """
    deadline = time.monotonic() + wait_s
    with (root / "owner.lock").open("a+") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                lock.seek(0)
                raise PostgresAlreadyOwned(
                    f"{root} is run by process {lock.read().strip() or '?'}", folder=str(root)
                ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


class PostgresOwner:
    """Runs one cluster until told to stop.

    Signals (SIGTERM, SIGINT, SIGCHLD) and the end of `parent_pipe` wake its only loop, which must
    run in the main thread.

    Args:
        cluster: what to run.
        on_ready: called once with PostgreSQL's pid when it first accepts connections.
        parent_pipe: file descriptor whose end of file means that the parent is gone.
    """

    def __init__(
        self, cluster: Cluster, on_ready: Callable[[int], None], parent_pipe: int | None = None
    ) -> None:
        self._cluster = cluster
        self._on_ready: Callable[[int], None] | None = on_ready
        self._parent_pipe = parent_pipe
        self._stopping = False
        self._last_words: deque[str] = deque(maxlen=20)
        self._wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        os.set_blocking(self._wake_read, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_asked)

    def _stop_asked(self, *_: object) -> None:
        self._stopping = True

    def run(self) -> None:
        """Serve until a stop is asked or the parent is gone, then stop PostgreSQL cleanly.

        Raises:
            PostgresStartFailed: it does not come up, at first or after a crash.
        """
        pause_s = 0.0
        while not self._stopping:
            server = self._start()
            if server is None:
                return
            up_since = time.monotonic()
            self._wait(lambda server=server: server.poll() is not None, None)
            if self._stopping:
                self._stop(server)
                return
            settled = time.monotonic() - up_since > _SETTLED_AFTER_S
            pause_s = 0.0 if settled else min(_RESPAWN_PAUSE_MAX_S, pause_s * 2 + 0.1)
            logger.error("postgres_died exit=%s restart_in_s=%.1f", server.returncode, pause_s)
            self._wait(lambda: False, pause_s)

    def _start(self) -> subprocess.Popen[str] | None:
        """PostgreSQL accepting connections, or None when a stop was asked meanwhile."""
        begun = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            server = self._spawn()
            if self._until_ready(server):
                logger.info("postgres_ready pid=%s attempt=%s", server.pid, attempt)
                if self._on_ready:
                    self._on_ready(server.pid)
                    self._on_ready = None
                return server
            if self._stopping:
                self._stop(server)
                return None
            if server.poll() is None:
                self._stop(server)
                raise PostgresStartFailed("PostgreSQL is silent since it was started")
            said = "\n".join(self._last_words)
            transient = any(word in said.lower() for word in _TRANSIENT_WORDS)
            spent_s = time.monotonic() - begun
            if spent_s > _START_RETRY_S or (not transient and attempt >= _PERMANENT_AFTER_ATTEMPTS):
                raise PostgresStartFailed(f"exit {server.returncode}: {said or 'no message'}")
            logger.warning("postgres_start_retried attempt=%s exit=%s", attempt, server.returncode)
            self._wait(lambda: False, min(1.0, 0.1 * 2**attempt))
            if self._stopping:
                return None

    def _spawn(self) -> subprocess.Popen[str]:
        _remove_stale_pid_file(self._cluster.data)
        self._last_words.clear()
        server = subprocess.Popen(
            self._cluster.server_command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=self._cluster.root,
            env=self._cluster.environment(),
            start_new_session=True,  # Ctrl-C in a terminal must reach the owner alone
        )
        threading.Thread(target=self._forward, args=(server,), daemon=True).start()
        return server

    def _forward(self, server: subprocess.Popen[str]) -> None:
        stream = server.stderr
        if stream is None:
            raise AssertionError("stderr is a pipe")
        with stream:
            for line in stream:
                self._last_words.append(line.rstrip())
                sys.stderr.write(line)
                sys.stderr.flush()

    def _until_ready(self, server: subprocess.Popen[str]) -> bool:
        """True once `server` accepts connections; False when it ended, hangs or a stop is asked."""
        deadline = time.monotonic() + _START_SILENCE_S
        while time.monotonic() < deadline:
            if self._stopping or server.poll() is not None:
                break
            if ready_pid(self._cluster.data) == server.pid:
                return True
            self._wait(lambda: server.poll() is not None, 0.01)
        return False

    def _wait(self, done: Callable[[], bool], timeout_s: float | None) -> None:
        """Sleep until `done`, a stop, the parent's end or the time-out."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        watched = [self._wake_read]
        if self._parent_pipe is not None:
            watched.append(self._parent_pipe)
        while not self._stopping and not done():
            left_s = None if deadline is None else deadline - time.monotonic()
            if left_s is not None and left_s <= 0:
                return
            readable, _, _ = select.select(watched, [], [], left_s)
            if self._wake_read in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, 512)
            if self._parent_pipe in readable and not os.read(self._parent_pipe, 512):
                self._stopping = True

    def _stop(self, server: subprocess.Popen[str]) -> None:
        """Fast shutdown, then immediate, then kill: each only when the one before was not heard."""
        for number, patience_s in (
            (signal.SIGINT, _FAST_STOP_S),
            (signal.SIGQUIT, _IMMEDIATE_STOP_S),
            (signal.SIGKILL, None),
        ):
            if server.poll() is None:
                server.send_signal(number)
            try:
                server.wait(patience_s)
            except subprocess.TimeoutExpired:
                logger.warning("postgres_stop_ignored signal=%s", number.name)
                continue
            logger.info("postgres_stopped exit=%s", server.returncode)
            return


def ready_pid(data: Path) -> int | None:
    """Pid of the PostgreSQL that accepts connections on this data folder, None without one.

    Read from `postmaster.pid` (line 1 pid, line 8 state), as `pg_ctl` does.
    """
    lines = _pid_file(data)
    if len(lines) < 8 or lines[7].strip() != "ready" or not _serves(int(lines[0]), data):
        return None
    return int(lines[0])


def ready_socket_folder(data: Path) -> str | None:
    """Folder of the socket on which this data folder is served now, None when it is not."""
    return _pid_file(data)[4].strip() if ready_pid(data) else None


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a server of this folder (a server's working folder is its data)."""
    proc = Path("/proc", str(pid), "cwd")
    if not Path("/proc/self/cwd").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    try:
        return proc.readlink() == data.resolve()
    except OSError:
        return False


def _remove_stale_pid_file(data: Path) -> None:
    # After a reboot the recorded pid may belong to another program, and PostgreSQL would refuse
    # to start for ever. Only the holder of the owner lock comes here.
    lines = _pid_file(data)
    if lines and lines[0].strip().isdigit() and not _serves(int(lines[0]), data):
        with contextlib.suppress(FileNotFoundError):
            (data / "postmaster.pid").unlink()
            logger.warning("postgres_stale_pid_file_removed pid=%s", lines[0].strip())


def clean_up(cluster: Cluster, *, everything: bool) -> None:
    """Remove the socket's folder of a stopped cluster, and its data too when throwaway."""
    if everything:
        shutil.rmtree(cluster.socket_folder, ignore_errors=True)
        shutil.rmtree(cluster.root, ignore_errors=True)
    with contextlib.suppress(OSError):  # not empty: the server was killed; the next start reuses it
        cluster.socket_folder.rmdir()
