"""What items of content are called where editors see them."""

from __future__ import annotations

from izin.content import (
    ACTIVITY,
    AMBIGUOUS_TERM,
    CANNED,
    FAQ,
    FEE_TABLE,
    HOLIDAY,
    LEGACY_NAME,
    OFFICE,
    PERMIT,
    PLACE,
    STATUS_LABEL,
    UNIT,
    Document,
    ItemName,
)

_TITLED_BY = {FAQ: "question", AMBIGUOUS_TERM: "term", OFFICE: "agency", CANNED: "title"}


def title(name: ItemName, document: Document) -> str:
    """Give an item's title, e.g. a question, or a permit's short and official name."""
    found = _title(name.kind, document)
    return found.strip() or name.key


def _title(kind: str, document: Document) -> str:
    if kind == PERMIT:
        short, official = document["short_name"], document["official_name"]
        return official if short in ("", official) else f"{short} · {official}"
    if kind == LEGACY_NAME:
        return f"{document['old']} → {document['now']}"
    if kind == ACTIVITY:
        return str(next(iter(document["phrases"]), ""))
    if kind == FEE_TABLE:
        return str(document[0]).replace("_", " ")
    if kind == STATUS_LABEL:
        return f"{document[0]}: {document[1]}"
    if kind == HOLIDAY:
        return f"{document['day']} {document['name']}"
    if kind in (PLACE, UNIT):
        return str(document["name"])
    return str(document[_TITLED_BY.get(kind, "label")])
