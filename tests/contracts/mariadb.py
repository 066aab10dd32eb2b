"""A real MariaDB of the tests' own: free port, folder of its own, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Thread

_numbers = count(1)
INSTALL = "apt-get install -y mariadb-server"


def missing() -> str | None:
    """Say which program is missing, None when MariaDB can be started."""
    for program in ("mariadbd", "mariadb-install-db"):
        if _program(program) is None:
            return program
    return None


@contextmanager
def running() -> Iterator[Callable[[], str]]:
    """Start a server; gives what makes an empty database and tells its SQLAlchemy URL."""
    folder = Path(tempfile.mkdtemp(prefix="tanya-test-mariadb-"))
    try:
        _execute(_program("mariadb-install-db"), *_common(folder), "--skip-test-db",
                 "--auth-root-authentication-method=normal")  # fmt: skip
        port = _free_port()
        server = subprocess.Popen(
            [
                str(_program("mariadbd")),
                *_common(folder),
                f"--socket={folder / 's'}",
                f"--port={port}",
                "--bind-address=127.0.0.1",
                "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=0",
                f"--pid-file={folder / 'pid'}",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _wait_until_ready(server)
            yield partial(_new_database, port)
        finally:
            server.terminate()
            server.wait(30)
            if server.stderr:
                server.stderr.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _common(folder: Path) -> list[str]:
    user = ["--user=root"] if os.getuid() == 0 else []
    return ["--no-defaults", f"--datadir={folder / 'data'}", *user]


def _wait_until_ready(server: subprocess.Popen[str]) -> None:
    assert server.stderr
    last: deque[str] = deque(maxlen=20)
    for line in server.stderr:
        last.append(line)
        if "ready for connections" in line:
            # Nobody reads the rest, and a full pipe would stop the server.
            Thread(target=deque, args=(server.stderr, 0), daemon=True).start()
            return
    raise RuntimeError(f"mariadbd did not start:\n{''.join(last)}")


def _new_database(port: int) -> str:
    import pymysql

    connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
    with connection, connection.cursor() as cursor:
        name = f"perizinan_{next(_numbers)}"
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        cursor.execute("CREATE USER IF NOT EXISTS dpmptsp IDENTIFIED BY 'rahasia'")
        cursor.execute(f"GRANT ALL ON {name}.* TO dpmptsp")
    return f"mariadb://dpmptsp:rahasia@127.0.0.1:{port}/{name}?charset=utf8mb4"


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _execute(program: str | None, *arguments: str) -> None:
    subprocess.run([str(program), *arguments], check=True, capture_output=True, text=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
