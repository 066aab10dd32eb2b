"""A citizen's copy of their data as a text that anybody can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from izin.wording import Wording

SECTIONS = (
    "berkas",
    "isian_belum_selesai",
    "pengaduan",
    "langganan",
    "penilaian",
    "survei",
    "permintaan_data",
    "persetujuan",
)


def readable_copy(
    document: Mapping[str, Any], heading: str, zone: ZoneInfo, wording: Wording
) -> str:
    """Give the copy as text, section by section; messages and answers in order of time."""
    say = wording.say
    lines = [say("privacy.doc_title"), heading, "", _title(say("privacy.doc.percakapan"))]
    lines += _facts(document.get("percakapan") or {}, zone, wording)
    lines += ["", _title(say("privacy.doc.obrolan")), *_talk(document, zone, wording)]
    for name in SECTIONS:
        if name not in document:
            continue
        lines += ["", _title(say(f"privacy.doc.{name}"))]
        items = document[name]
        if not items:
            lines.append(say("privacy.doc_empty"))
        for item in items:
            lines += [*_facts(item, zone, wording), ""]
    return "\n".join(lines).rstrip() + "\n"


def _title(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _talk(document: Mapping[str, Any], zone: ZoneInfo, wording: Wording) -> list[str]:
    you, we = wording.say("privacy.doc_you"), wording.say("privacy.doc_we")
    said = [(str(item.get("waktu") or ""), you, _said(item)) for item in document.get("pesan", ())]
    said += [
        (str(item.get("waktu") or ""), we, _said(item)) for item in document.get("jawaban", ())
    ]
    if not said:
        return [wording.say("privacy.doc_empty")]
    said.sort(key=lambda entry: entry[0])
    return [
        f"[{_value(at, zone, wording)}] {who}: {text}" if at else f"{who}: {text}"
        for at, who, text in said
    ]


def _said(item: Mapping[str, Any]) -> str:
    text = str(item.get("teks") or "").replace("[b]", "").replace("[/b]", "")
    chosen = item.get("pilihan")
    if isinstance(chosen, str):
        return f"[{chosen}]"
    kind = item.get("jenis")
    if not text and kind:
        return f"({kind})"
    if isinstance(chosen, Sequence) and chosen:
        return f"{text} [{' | '.join(map(str, chosen))}]"
    return text


def _facts(facts: Mapping[str, Any], zone: ZoneInfo, wording: Wording) -> list[str]:
    return [
        f"{name.replace('_', ' ')}: {_value(value, zone, wording)}"
        for name, value in facts.items()
        if value not in (None, "", [], {})
    ]


def _value(value: Any, zone: ZoneInfo, wording: Wording) -> str:
    if isinstance(value, bool):
        return wording.say("privacy.doc_yes" if value else "privacy.doc_no")
    if isinstance(value, Mapping):
        inner = _facts(value, zone, wording)
        return "; ".join(inner)
    if isinstance(value, list | tuple):
        return ", ".join(_value(item, zone, wording) for item in value)
    moment = _moment(value)
    if moment is not None:
        day = wording.date(moment.astimezone(zone).date(), weekday=False)
        return f"{day} {wording.time(moment, zone)}"
    return str(value)


def _moment(value: Any) -> datetime | None:
    """Read the ISO moments that the copy holds; anything else is no moment."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
