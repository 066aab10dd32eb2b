"""The folder ``data/`` as the database is now.

Files whose items did not change are copied byte for byte; of the others only the lines that
changed are written anew. What is switched off says ``published: false``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from izin import content
from izin.ports import ContentRoom
from izin.storage.content_files.folder_items import (
    CANNED_FILE,
    FolderItem,
    FolderItems,
    items_in_force,
    items_of_seed,
    paired,
)
from izin.storage.content_files.shapes import Raw, hours, merged, shaped
from izin.storage.content_files.yaml_text import FlowList, FlowMap, Folded, dumped, with_data
from izin.storage.seed_files import read_seed

_FAQ, _PERMITS = "faq", "catalog/permits"
_LISTS = {
    "catalog/ambiguous_terms.yml": (content.AMBIGUOUS_TERM, "terms", "term"),
    "catalog/legacy_names.yml": (content.LEGACY_NAME, "names", "old"),
    "catalog/activities.yml": (content.ACTIVITY, "activities", "key"),
    "catalog/statuses.yml": (content.STATUS_LABEL, "statuses", "code"),
    "catalog/complaints.yml#classes": (content.COMPLAINT_CLASS, "classes", "code"),
    "catalog/complaints.yml#categories": (content.COMPLAINT_CATEGORY, "categories", "code"),
    "catalog/units.yml": (content.UNIT, "units", "code"),
}
"""Files that are one list of items: kind, where the list stands, and the key's name."""


def export_folder(source: Path, room: ContentRoom) -> dict[str, bytes]:
    """Give every data file as the database is now, by its path below ``data``.

    Args:
        source: The release's own ``data``.
        room: Items as they are in force.

    Raises:
        InvalidInput: The release's own files are malformed.
    """
    return _Export(source, room).files()


class _Export:
    def __init__(self, source: Path, room: ContentRoom) -> None:
        self._source = source
        self._room = room
        self._before: FolderItems = items_of_seed(read_seed(source))
        self._now: FolderItems = {
            kind: {
                one.item.key: FolderItem(one.document, one.live)
                for one in items_in_force(room, kind)
            }
            for kind in content.KINDS
        }
        self._files: dict[str, bytes] = {}

    def files(self) -> dict[str, bytes]:
        """Give every file."""
        self._permits()
        self._faq()
        for place, (kind, where, name) in _LISTS.items():
            self._list(place.partition("#")[0], kind, where, name)
        self._fee_tables()
        self._office()
        self._holidays()
        self._places()
        self._canned()
        return dict(sorted(self._files.items()))

    def _text(self, path: str) -> str:
        if path in self._files:
            return self._files[path].decode()
        return (self._source / path).read_bytes().decode()

    def _raw(self, path: str) -> Any:
        return yaml.load(self._text(path), yaml.CSafeLoader)

    def _put(self, path: str, wanted: Any) -> None:
        """Keep a file that says ``wanted``; as it was when it says so already."""
        text = self._text(path)
        raw = yaml.load(text, yaml.CSafeLoader)
        self._files[path] = (text if raw == wanted else with_data(text, wanted)).encode()

    def _same(self, kind: str, key: str) -> bool:
        before, now = self._before[kind].get(key), self._now[kind].get(key)
        return before == now

    def _merged(self, kind: str, key: str, raw: Raw, **left_out: Any) -> Raw:
        """Give what a file should say of an item that it knows."""
        now = self._now[kind].get(key)
        before = self._before[kind].get(key)
        if now is None or before is None or now == before:
            return raw
        old, new = (_without(shaped(kind, one.document, one.live), left_out)
                    for one in (before, now))  # fmt: skip
        found: Raw = merged(raw, old, new)
        return found

    def _permits(self) -> None:
        paths = sorted((self._source / _PERMITS).glob("*.yml"))
        for path in paths:
            name = f"{_PERMITS}/{path.name}"
            raw = self._raw(name) if not self._same(content.PERMIT, path.stem) else None
            wanted = self._merged(content.PERMIT, path.stem, raw) if raw else None
            self._files[name] = (
                path.read_bytes() if raw == wanted else with_data(self._text(name), wanted).encode()
            )
        known = {path.stem for path in paths}
        meta = self._raw("catalog/meta.yml")
        for code, item in self._now[content.PERMIT].items():
            if code not in known:
                raw = shaped(content.PERMIT, item.document, item.live)
                self._files[f"{_PERMITS}/{code}.yml"] = f"{dumped(raw)}\n".encode()
                meta["order"].append(code)
        self._put("catalog/meta.yml", meta)

    def _faq(self) -> None:
        topics: dict[str, str] = {}
        for path in sorted((self._source / _FAQ).glob("*.yml")):
            name = f"{_FAQ}/{path.name}"
            raw = self._raw(name)
            topics[raw["topic"]] = name
            compiled = {"checked_on": str(raw["compiled"])}
            entries = []
            for entry in raw["entries"]:
                now = self._now[content.FAQ].get(entry["key"])
                if now is None or now.document["topic"] == raw["topic"]:
                    entries.append(self._faq_entry(entry, compiled))
            entries += [
                _new_faq(_without(shaped(content.FAQ, item.document, item.live), compiled))
                for key, item in self._now[content.FAQ].items()
                if item.document["topic"] == raw["topic"]
                and key not in {entry["key"] for entry in raw["entries"]}
            ]
            self._put(name, {**raw, "entries": entries})
        self._new_topics(topics)

    def _faq_entry(self, entry: Raw, compiled: Raw) -> Raw:
        return _without_topic(self._merged(content.FAQ, entry["key"], entry, **compiled))

    def _new_topics(self, topics: Mapping[str, str]) -> None:
        new: dict[str, list[FolderItem]] = {}
        for item in self._now[content.FAQ].values():
            if item.document["topic"] not in topics:
                new.setdefault(item.document["topic"], []).append(item)
        for topic, items in new.items():
            compiled = max(item.document["checked_on"] for item in items)
            left_out = {"checked_on": compiled}
            raw = {
                "compiled": compiled, "topic": topic,
                "entries": [
                    _new_faq(_without(shaped(content.FAQ, item.document, item.live), left_out))
                    for item in items
                ],
            }  # fmt: skip
            self._files[f"{_FAQ}/{topic}.yml"] = f"{dumped(raw)}\n".encode()

    def _list(self, path: str, kind: str, where: str, name: str) -> None:
        raw = self._raw(path)
        items = [self._merged(kind, str(one[name]), one) for one in raw[where]]
        known = {str(one[name]) for one in raw[where]}
        usual = {"sla_clock": False, "applicant_action": False}
        for key, item in self._now[kind].items():
            if key not in known:
                new = shaped(kind, item.document, item.live)
                items.append({**new, **usual} if kind == content.STATUS_LABEL else new)
        self._put(path, {**raw, where: items})

    def _fee_tables(self) -> None:
        path = "catalog/fee_tables.yml"
        raw = self._raw(path)
        tables = dict(raw["tables"])
        for key, item in self._now[content.FEE_TABLE].items():
            if not self._same(content.FEE_TABLE, key):
                before = self._before[content.FEE_TABLE].get(key)
                old = before.document[1] if before else None
                tables[key] = merged(tables.get(key), old, item.document[1])
        self._put(path, {**raw, "tables": tables})

    def _office(self) -> None:
        raw = self._raw("office/office.yml")
        privacy = self._raw("office/privacy.yml")
        if not self._same(content.OFFICE, content.OFFICE):
            now = self._now[content.OFFICE][content.OFFICE].document
            raw = self._merged(content.OFFICE, content.OFFICE, raw)
            raw = {**dict.fromkeys(_OFFICE_NULLS), **raw}
            raw["opening_hours"] = hours(now["opening_hours"])
            raw["details"] = raw.get("details", {})
            before = self._before[content.OFFICE][content.OFFICE].document["details"]["privacy"]
            privacy = merged(privacy, before, now["details"].get("privacy", before))
        for name in ("fictional", "hours_inferred"):
            raw.setdefault(name, False)
        raw.setdefault("sources", [])
        self._put("office/office.yml", raw)
        self._put("office/privacy.yml", privacy)

    def _holidays(self) -> None:
        path = "office/holidays.yml"
        raw = self._raw(path)
        years: dict[str, Raw] = {year: dict(days) for year, days in raw["years"].items()}
        left = dict(self._now[content.HOLIDAY])
        for year, days in years.items():
            for kind in _DAY_KINDS:
                kept = []
                for one in days.get(kind, ()):
                    key = str(one["date"])
                    item = left.get(key)
                    if item is None or item.document["kind"] == kind:
                        left.pop(key, None)
                        kept.append(self._merged(content.HOLIDAY, key, one))
                if kind in days:
                    years[year][kind] = kept
        for key, item in left.items():
            days = years.setdefault(key[:4], {"libur_nasional": [], "cuti_bersama": []})
            day = FlowMap(shaped(content.HOLIDAY, item.document, item.live))
            of_kind = [*days.get(item.document["kind"], []), day]
            days[item.document["kind"]] = sorted(of_kind, key=lambda one: str(one["date"]))
        self._put(path, {**raw, "years": years})

    def _places(self) -> None:
        path = "office/places.yml"
        raw = self._raw(path)
        keys = [f"{one['kind']}:{one['name']}" for one in raw["places"]]
        places = [
            self._merged(content.PLACE, key, one)
            for key, one in zip(keys, raw["places"], strict=True)
        ]
        places += [
            shaped(content.PLACE, item.document, item.live)
            for key, item in self._now[content.PLACE].items()
            if key not in keys
        ]
        self._put(path, {**raw, "places": places})

    def _canned(self) -> None:
        path = CANNED_FILE
        if not (self._source / path).exists():
            return
        known = {one.item.key: one for one in items_in_force(self._room, content.CANNED)}
        raw = self._raw(path)
        replies = []
        for reply, key in paired(raw["replies"], known):
            item = known.pop(key, None)
            if item is None:
                replies.append({**reply, "published": False})
                continue
            new = shaped(content.CANNED, item.document, item.live)
            old = {name: value for name, value in reply.items() if name != "published"}
            replies.append(reply if old == new else new)
        replies += [
            {**new, "text": Folded(new["text"])}
            for new in (shaped(content.CANNED, one.document, one.live) for one in known.values())
        ]
        self._put(path, {**raw, "replies": replies})


_DAY_KINDS = ("libur_nasional", "cuti_bersama", "daerah")
_OFFICE_NULLS = ("address", "phone", "whatsapp", "email", "website", "location")


def _without(raw: Raw, left_out: Mapping[str, Any]) -> Raw:
    return {
        name: value
        for name, value in raw.items()
        if name not in left_out or value != left_out[name]
    }


def _without_topic(entry: Raw) -> Raw:
    return {name: value for name, value in entry.items() if name != "topic"}


def _new_faq(entry: Raw) -> Raw:
    """Give a new entry in the manner of the others."""
    return {
        name: Folded(value)
        if name == "answer"
        else FlowList(value)
        if isinstance(value, list)
        else value
        for name, value in _without_topic(entry).items()
    }
