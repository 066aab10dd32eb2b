"""Become another program that dies with its parent, with fewer rights when asked.

Run as a script: `python -I -S exec_child.py --parent PID --signal N [--user UID:GID] [--nice N] --
program arguments...`. A script of its own instead of `preexec_fn`, because running Python between
fork and exec of a process with threads can deadlock. Standard library only: it starts in about
10 ms.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def child_command(
    argv: list[str],
    *,
    death_signal: int,
    user: tuple[int, int] | None = None,
    nice: int = 0,
) -> list[str]:
    """The command line that runs `argv` so that it dies with the calling process.

    Linux ties the signal to the *thread* that starts the child: start children from a thread that
    lives as long as they should, normally the main thread.

    Args:
        argv: program (absolute path, or found on PATH) and its arguments.
        death_signal: signal number the child gets when the caller dies.
        user: uid and gid to change to before the program starts; needs root.
        nice: how far it stands back behind other processes, up to 19.
    """
    rights = ["--user", f"{user[0]}:{user[1]}"] if user else []
    if nice:
        rights += ["--nice", str(nice)]
    return [
        sys.executable,
        "-I",
        "-S",
        str(Path(__file__).resolve()),
        "--parent",
        str(os.getpid()),
        "--signal",
        str(death_signal),
        *rights,
        "--",
        *argv,
    ]


def _main(arguments: list[str]) -> None:
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    program = arguments[split + 1 :]
    if "--user" in options:
        uid, gid = (int(part) for part in options["--user"].split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.nice(int(options.get("--nice", "0")))
    # After setuid: the kernel forgets the signal when the credentials change.
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, int(options["--signal"]), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(options["--parent"]):
        sys.exit(0)  # the parent died before the signal was set
    try:
        os.execvp(program[0], program)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"cannot run {program[0]}: {error}")


if __name__ == "__main__":
    _main(sys.argv[1:])
