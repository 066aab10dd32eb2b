"""What the page of one version shows, whatever it is a version of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from console.editing.content_words import (
    ContentWords,
    ShownChange,
    ShownPart,
    ShownVersion,
    item_path,
)
from console.house import House
from izin.accounts import Account
from izin.content import ContentVersion, Problem, VersionState
from izin.errors import InvalidInput

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version for the person who looks at it.

    Attributes:
        shown: The version.
        other: What it is compared with; None when it is the first.
        others: Every version it can be compared with.
        own_work: The reader wrote in it, so somebody else must approve.
        problems: As ``ContentWords.problems`` gives them.
        blocked: Some problem keeps it from being published.
    """

    shown: ShownVersion
    other: ShownVersion | None
    others: Sequence[ShownVersion]
    changes: Sequence[ShownChange]
    document: Sequence[ShownPart]
    history: Sequence[ShownVersion]
    problems: Sequence[tuple[Problem, str, str]]
    blocked: bool
    own_work: bool
    edit_path: str


def version_page(house: House, account: Account, version_id: str, other_id: str) -> VersionPage:
    """Give what the page shows.

    Raises:
        NotFound: There is no such version.
    """
    words = ContentWords(house)
    version = house.content.version(version_id)
    versions = house.content.versions(version.item)
    other = _compared(version, versions, other_id)
    problems = _problems(house, version) if version.is_open else ()
    kind = version.item.kind
    return VersionPage(
        shown=words.version(version),
        other=words.version(other) if other else None,
        others=words.versions([item for item in versions if item.id not in ("", version.id)]),
        changes=words.changes(kind, other.document if other else None, version.document),
        document=words.document(kind, version.document),
        history=words.versions(versions),
        problems=words.problems(problems),
        blocked=any(not problem.warning for problem in problems),
        own_work=account.id in version.authors and not house.edit_content.single_editor,
        edit_path=item_path(version.item),
    )


def moment_of(day: str, clock: str, house: House) -> datetime | None:
    """Give the moment that a form's date and time name in the office's zone; None for neither.

    Raises:
        InvalidInput: They are no date and time.
    """
    if not day.strip():
        return None
    try:
        at = time.fromisoformat(clock.strip().replace(".", ":") or "00:00")
        wanted = date.fromisoformat(day.strip())
    except ValueError:
        raise InvalidInput("no date and time", field="publish_at") from None
    return datetime.combine(wanted, at.replace(tzinfo=None), tzinfo=house.office.office().zone)


def _problems(house: House, version: ContentVersion) -> Sequence[Problem]:
    try:
        return house.edit_content.problems(version.item, version.document, version.live)
    except InvalidInput as error:
        return (Problem(UNREADABLE, error.field or ""),)


def _compared(
    version: ContentVersion, versions: Sequence[ContentVersion], other_id: str
) -> ContentVersion | None:
    """Give the version asked for, else what is in force, else what it was made from."""
    asked = [item for item in versions if item.id and item.id == other_id]
    in_force = [item for item in versions if item.state is VersionState.PUBLISHED]
    base = [item for item in versions if item.number == version.base]
    by_default = in_force if version.is_open else base
    found = asked or by_default
    return found[0] if found and found[0].id != version.id else None
