"""One look at what an action asks our database for over and over.

An action asks a dozen times whether the content has changed and reads the same drafts again at
each step. Within :func:`one_look` the first such question reads all of it in one statement, and
the others are answered from there. A look lasts for one action, some milliseconds, and belongs
to one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import LiteralString

from sqlalchemy import Engine

_REVISIONS = "select jsonb_object_agg(subject, revision) from content_revisions"
_DRAFTS = (
    "select coalesce(jsonb_object_agg(kind, document::text), '{}')"
    " from drafts where conversation_id = cast(%(conversation_id)s as uuid)"
)
_BOTH: LiteralString = f"select ({_REVISIONS}) as revisions, ({_DRAFTS}) as drafts"


@dataclass(slots=True)
class Look:
    """What was seen; filled with the first question.

    Attributes:
        engine: The database looked at.
        conversation_id: The conversation whose drafts are seen.
        revisions: Each subject's revision of content.
        drafts: The JSON text of each kind of draft the conversation has.
    """

    engine: Engine
    conversation_id: str
    revisions: dict[str, int] = field(default_factory=dict)
    drafts: dict[str, str] | None = None

    def known_revisions(self) -> dict[str, int]:
        """Give the revision of each subject, as first seen."""
        if not self.revisions:
            self._read()
        return self.revisions

    def known_drafts(self) -> dict[str, str]:
        """Give the conversation's drafts; what is put or dropped must be told here, too."""
        if self.drafts is None:
            self._read()
        return self.drafts if self.drafts is not None else {}

    def _read(self) -> None:
        from izin.storage.postgres.engine import at_once, is_id  # which imports this module

        whose = self.conversation_id if is_id(self.conversation_id) else None
        row = at_once(self.engine, _BOTH, {"conversation_id": whose})[0]
        if not self.revisions:  # one action must not see two moments of the content
            self.revisions = dict(row.revisions or {})
        self.drafts = dict(row.drafts)


_open: ContextVar[Look | None] = ContextVar("open_look", default=None)


@contextmanager
def one_look(engine: Engine, conversation_id: str) -> Iterator[None]:
    """Answer questions for revisions and this conversation's drafts by one statement.

    Only for a conversation whose turns come one at a time, which is what makes its drafts
    nobody else's meanwhile.
    """
    token = _open.set(Look(engine, conversation_id))
    try:
        yield
    finally:
        _open.reset(token)


def look_at(engine: Engine) -> Look | None:
    """Give the look that is open on this database, or None."""
    look = _open.get()
    return look if look is not None and look.engine is engine else None


def look_at_drafts(engine: Engine, conversation_id: str) -> Look | None:
    """Give the look that is open on this conversation's drafts, or None."""
    look = look_at(engine)
    return look if look is not None and look.conversation_id == conversation_id else None


def wrote_elsewhere(engine: Engine) -> None:
    """Let drafts be read anew: a transaction of this thread may have changed them."""
    look = look_at(engine)
    if look is not None:
        look.drafts = None
