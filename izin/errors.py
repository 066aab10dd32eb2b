"""Every failure the product knows, in one tree.

::

    TanyaError
    ├── InvalidInput            what came in is not usable (never retry)
    │   ├── UnknownWording      a sentence id that locales/ does not hold
    │   └── Unpublishable       content with problems that must be mended first
    ├── OwnWork                 a second person must do this (never retry)
    ├── NotFound                the thing asked for does not exist (never retry)
    ├── Conflict                somebody else changed it first (read again, then retry)
    ├── Unavailable             a part we need is down (retry later)
    │   ├── StorageUnavailable  our own PostgreSQL
    │   │   └── DataLocked      what is stored does not open with the keys given
    │   ├── RegistryUnavailable the office's permit database
    │   └── DialogueUnavailable Rasa or its actions
    └── DeliveryFailed          a platform did not take a message
        ├── RetryLater          paced or overloaded (retry after ``after_s``)
        ├── WindowClosed        outside WhatsApp's 24 h window (needs a template)
        ├── Undeliverable       this citizen cannot be reached (never retry)
        ├── RejectedMessage     the platform calls our message invalid (never retry)
        └── ChannelLocked       token, payment or account trouble (retry when repaired)

Adapters translate outside errors into these and keep the cause. The HTTP status
and the citizen's sentence are chosen at the edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from izin.content import Problem


class TanyaError(Exception):
    """Any failure of ours. ``retry`` says whether the same call may work later."""

    retry: bool = False


class InvalidInput(TanyaError):
    """What came in cannot be used; ``field`` names the part at fault, if known."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnknownWording(InvalidInput):
    """A sentence id, or one of its parameters, is missing from ``locales/``."""


class Unpublishable(InvalidInput):
    """Content that must not go live as it is; ``problems`` says why, warnings among them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = next(problem for problem in problems if not problem.warning)
        super().__init__(f"content problem {first.code}", field=first.field)
        self.problems = tuple(problems)


class OwnWork(TanyaError):
    """Whoever wrote in a version may not approve it."""


class NotFound(TanyaError):
    """The thing asked for does not exist."""


class Conflict(TanyaError):
    """Somebody else changed the thing first."""

    retry = True


class Unavailable(TanyaError):
    """A part that is needed does not answer now."""

    retry = True


class StorageUnavailable(Unavailable):
    """Our own PostgreSQL cannot be reached."""


class DataLocked(StorageUnavailable):
    """What is stored encrypted does not open: a key is missing or wrong, or it is damaged."""


class RegistryUnavailable(Unavailable):
    """The office's permit database cannot be reached or is too slow."""


class DialogueUnavailable(Unavailable):
    """Rasa, its model or the action server failed the turn; nothing was saved."""


class DeliveryFailed(TanyaError):
    """A platform did not take a message. ``code`` is the platform's error code."""

    def __init__(self, message: str, code: int | str | None = None) -> None:
        super().__init__(message)
        self.code = code


class RetryLater(DeliveryFailed):
    """Paced, overloaded or unreachable: send again after ``after_s`` seconds (None: backoff)."""

    retry = True

    def __init__(
        self, message: str, code: int | str | None = None, after_s: float | None = None
    ) -> None:
        super().__init__(message, code)
        self.after_s = after_s


class WindowClosed(DeliveryFailed):
    """Outside WhatsApp's customer-service window: only an approved template may go out."""


class Undeliverable(DeliveryFailed):
    """This citizen cannot be reached here (blocked us, left, no such account)."""


class RejectedMessage(DeliveryFailed):
    """The platform calls the message itself invalid; sending it again cannot help."""


class ChannelLocked(DeliveryFailed):
    """Token, payment or account trouble: nothing goes out until somebody repairs it."""

    retry = True
