"""Connections that a test can cut, as a pulled cable would: silently, in both directions."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Link:
    """A door on loopback that leads to another address until it is cut.

    Cut, nothing passes and nobody is told: what was connected hangs, what connects is never
    answered. The far side alone is closed, as its keepalives would do within seconds.

    Attributes:
        port: Where to connect instead of the target.
    """

    def __init__(self, target: tuple[str, int] | str) -> None:
        """Take a TCP address, or the path of a unix socket."""
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._whole = threading.Event()
        self._whole.set()
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes."""
        return not self._whole.is_set()

    def cut(self) -> None:
        """Let nothing through from now on."""
        self._whole.clear()
        with self._lock:
            for _, far in self._pairs:
                _shut(far)

    def heal(self) -> None:
        """Let new connections through; the old ones are told that they are broken."""
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    _shut(end)
            self._pairs.clear()
        self._whole.set()

    def close(self) -> None:
        """End it."""
        self._closed = True
        self.heal()
        self._listening.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._whole.wait()
        try:
            far = self._reach()
        except OSError:
            _shut(near)
            return
        with self._lock:
            self._pairs.append((near, far))
        threading.Thread(target=self._carry, args=(near, far), daemon=True).start()
        self._carry(far, near)

    def _reach(self) -> socket.socket:
        if isinstance(self._target, str):
            far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            far.connect(self._target)
            return far
        return socket.create_connection(self._target, timeout=None)

    def _carry(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self._whole.is_set():
                    return  # the end stays open and hears nothing
                to.sendall(data)
        if self._whole.is_set():
            _shut(source)
            _shut(to)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
