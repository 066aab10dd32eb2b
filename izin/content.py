"""What editors keep true: items of content, their versions, and the way of a version.

::

    draft ──submit──> review ──approve──> scheduled ──due──> published ──next one──> replaced
      ^                 │ └──────────────approve now────────────^
      └──send back──────┘          draft, review, scheduled ──discard──> discarded

One version of an item is open (draft, review or scheduled) at a time; every editor may work on
it, and ``edits`` tells two of them apart. What was once published never changes any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

FAQ = "faq"
PERMIT = "permit"
AMBIGUOUS_TERM = "ambiguous_term"
LEGACY_NAME = "legacy_name"
ACTIVITY = "activity"
FEE_TABLE = "fee_table"
STATUS_LABEL = "status_label"
COMPLAINT_CLASS = "complaint_class"
COMPLAINT_CATEGORY = "complaint_category"
OFFICE = "office"
HOLIDAY = "holiday"
PLACE = "place"
UNIT = "unit"
CANNED = "canned"

KINDS = (
    FAQ, PERMIT, AMBIGUOUS_TERM, LEGACY_NAME, ACTIVITY, FEE_TABLE, STATUS_LABEL, COMPLAINT_CLASS,
    COMPLAINT_CATEGORY, OFFICE, HOLIDAY, PLACE, UNIT, CANNED,
)  # fmt: skip
"""Every kind of item that has versions."""

Document = Any
"""An item's noun in JSON's own types (``izin.storage.documents.plain`` of it)."""


class VersionState(StrEnum):
    """Where a version stands; the module's picture shows the ways."""

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    REPLACED = "replaced"
    DISCARDED = "discarded"


OPEN_STATES = frozenset({VersionState.DRAFT, VersionState.REVIEW, VersionState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class ItemName:
    """Names an item: its kind (one of ``KINDS``) and its key within the kind."""

    kind: str
    key: str

    @property
    def code(self) -> str:
        """Give the key without blanks: the audit log takes a long value with some for words."""
        return "_".join(self.key.split())[:200]


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """One version of an item.

    Attributes:
        id: Opaque id.
        item: What it is a version of.
        number: From 1, in the order the item's versions were begun.
        state: Where it stands.
        document: The item's content in JSON's own types.
        live: Shown to citizens; False switches the item off when the version is published.
        base: Number of the version it was made from; None when there was none.
        authors: Account ids of everybody who wrote in it, first one first; empty for the
            release's own.
        edits: Grows with every saved change: whoever saves names the number he read.
        changed_at: When it was last saved or moved.
        created_at: When it was begun.
        decided_by: Account id of who approved it or sent it back.
        publish_at: When a scheduled one goes live.
        published_at: When it went live.
        note: What the author says about the change, or the reviewer when sending it back.
    """

    id: str
    item: ItemName
    number: int
    state: VersionState
    document: Document
    live: bool
    base: int | None
    authors: tuple[str, ...]
    edits: int
    created_at: datetime
    changed_at: datetime
    decided_by: str | None = None
    publish_at: datetime | None = None
    published_at: datetime | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether it can still become anything else than what was published."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as citizens are answered from it now.

    Attributes:
        item: Its name.
        document: Its content in JSON's own types.
        live: False: kept, but not shown (switched off, or a draft of a release).
        number: Number of the version that is in force; None before anybody edited it.
        open_version: The open version, if any.
        offered: What a newer release says instead, if nobody has taken it over yet.
    """

    item: ItemName
    document: Document
    live: bool
    number: int | None = None
    open_version: ContentVersion | None = None
    offered: Mapping[str, Any] | None = None

    @property
    def base(self) -> int:
        """Give the number of the version in force: 0 for none, 1 for what nobody has edited."""
        return self.number or int(self.open_version is None)


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a document from being published, or is merely doubtful.

    Attributes:
        code: Its wording is ``content.problem.<code>``.
        field: Path of the part at fault, e.g. ``requirements.3.text``; "" for the whole.
        values: Parameters of the wording.
        warning: True when it may be published all the same.
    """

    code: str
    field: str = ""
    values: Mapping[str, str | int] | None = None
    warning: bool = False


class Everything(Protocol):
    """All content, for checks that compare an item with others."""

    def items(self, kind: str) -> Sequence[StoredItem]:
        """Give every item of a kind as it is in force, and those begun but never published."""
        ...

    def namesakes(self, key: str, texts: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Give which of these ways to ask another answer has that is told.

        Each as that answer has it, with its question; only words count.

        Args:
            key: Of the answer that is looked at.
            texts: Its ways to ask.
        """
        ...


Check = Callable[[Any, Everything], Sequence[Problem]]
"""Looks at an item's noun among everything else; the item itself is among it, as it was."""

Needed = Callable[[str, Everything], Sequence[Problem]]
"""Says why the item with a key cannot be switched off among everything else."""
