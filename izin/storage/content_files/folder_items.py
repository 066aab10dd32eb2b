"""What a data folder says of items, and which of a database's items it is about."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import yaml

from izin import content
from izin.canned_replies import CannedReply
from izin.content import ItemName, StoredItem
from izin.content_imports import ImportedItem
from izin.errors import InvalidInput
from izin.ports import ContentRoom
from izin.storage.content_files.shapes import Raw
from izin.storage.documents import plain
from izin.storage.seed_files import Seed, read_seed
from izin.storage.seed_kinds import KINDS

CANNED_FILE = "canned.yml"
_UNCHANGED_LIKENESS = 0.3
"""A canned reply at least this like another one is the same, reworded."""


@dataclass(frozen=True, slots=True)
class FolderItem:
    """An item's content, and whether citizens see it."""

    document: Any
    live: bool


FolderItems = Mapping[str, Mapping[str, FolderItem]]


def read_folder(folder: Path, room: ContentRoom) -> list[ImportedItem]:
    """Give every item of a data folder.

    Raises:
        InvalidInput: A file is missing or malformed; the message lists every problem.
    """
    seed = read_seed(folder)
    items = [
        ImportedItem(ItemName(kind, key), item.document, item.live)
        for kind, of_kind in items_of_seed(seed).items()
        for key, item in of_kind.items()
    ]
    path = folder / CANNED_FILE
    if path.exists():
        known = {one.item.key: one for one in room.items(content.CANNED)}
        for raw, key in paired(_replies(path.read_text(encoding="utf-8")), known):
            reply = CannedReply(
                key, raw["title"], raw["category"], raw["text"], raw.get("published", True)
            )
            items.append(ImportedItem(ItemName(content.CANNED, key), plain(reply), reply.active))
    return items


def items_of_seed(seed: Seed) -> dict[str, dict[str, FolderItem]]:
    """Give what a folder says of every item but canned replies, by kind and key."""
    return {
        kind.name: {
            key: FolderItem(plain(noun), _is_live(seed, kind.name, key, noun))
            for key, noun in kind.by_key(kind.offered(seed)).items()
        }
        for kind in KINDS
    }


def _is_live(seed: Seed, kind: str, key: str, noun: Any) -> bool:
    return bool(noun.active) if kind == content.UNIT else (kind, key) not in seed.off


def items_in_force(room: ContentRoom, kind: str) -> Iterator[StoredItem]:
    """Give what is or was in force, and not what was only begun."""
    for one in room.items(kind):
        begun = one.open_version is not None and one.number is None
        if one.live or not begun or one.open_version is None or one.open_version.base is not None:
            yield one


def _replies(text: str) -> list[Raw]:
    try:
        replies = yaml.safe_load(text)["replies"]
        for reply in replies:
            if not all(isinstance(reply[name], str) for name in ("title", "category", "text")):
                raise TypeError("a text is missing")
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise InvalidInput(f"the data files cannot be used:\n- {CANNED_FILE}: {error}",
                           field=CANNED_FILE) from error  # fmt: skip
    found: list[Raw] = replies
    return found


def paired(replies: Sequence[Raw], known: Mapping[str, StoredItem]) -> Iterator[tuple[Raw, str]]:
    """Give each reply of a file with the id it has in the database, or with a new one.

    The file knows no ids: the same title is the same reply, else the likest of those left.
    """
    left = dict(known)
    keys: dict[int, str] = {}
    for number, reply in enumerate(replies):
        for key, item in left.items():
            if item.document["title"] == reply["title"]:
                keys[number] = key
                del left[key]
                break
    for number, reply in enumerate(replies):
        if number not in keys and left:
            likeness = {
                key: SequenceMatcher(None, item.document["text"], reply["text"]).ratio()
                for key, item in left.items()
            }
            best = max(likeness, key=lambda key: likeness[key])
            if likeness[best] >= _UNCHANGED_LIKENESS:
                keys[number] = best
                del left[best]
        named = f"{reply['category']}/{reply['title']}"
        yield reply, keys.get(number) or str(uuid.uuid5(uuid.NAMESPACE_OID, named))
