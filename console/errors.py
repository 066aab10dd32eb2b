"""Why the console turns somebody away, beside the errors of ``izin.errors``.

::

    Turned
    ├── SignInNeeded   nobody is signed in, or no longer
    ├── StepNeeded     the account has something to do first (password, second factor)
    ├── Forbidden      the account's roles do not allow it
    └── FormRejected   the form is not one of this session's (CSRF)
"""

from __future__ import annotations


class Turned(Exception):
    """A request that is not served."""


class SignInNeeded(Turned):
    """Nobody is signed in, or the session is over."""


class StepNeeded(Turned):
    """Something comes first for this account; ``path`` is where it is done."""

    def __init__(self, path: str) -> None:
        super().__init__(f"first {path}")
        self.path = path


class Forbidden(Turned):
    """The account may not do this; ``access`` is what it lacks."""

    def __init__(self, access: str) -> None:
        super().__init__(f"needs {access}")
        self.access = access


class FormRejected(Turned):
    """The form does not carry this session's token."""
