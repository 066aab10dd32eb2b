"""Records of Open311 as JSON and as XML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from console.open311 import Record

JSON, XML = "json", "xml"
TYPES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""


def written(form: str, root: str, item: str, records: Sequence[Record]) -> bytes:
    """Give records as a list: a JSON array, or ``<root><item>…``."""
    if form == JSON:
        return json.dumps(list(records), ensure_ascii=False).encode()
    tree = ElementTree.Element(root)
    for record in records:
        _fill(ElementTree.SubElement(tree, item), record)
    return _xml(tree)


def written_one(form: str, root: str, record: Mapping[str, object]) -> bytes:
    """Give one record: a JSON object, or ``<root>…``."""
    if form == JSON:
        return json.dumps(record, ensure_ascii=False).encode()
    tree = ElementTree.Element(root)
    _fill(tree, record)
    return _xml(tree)


def _fill(element: ElementTree.Element, record: Mapping[str, object]) -> None:
    for name, value in record.items():
        child = ElementTree.SubElement(element, name)
        if isinstance(value, Mapping):
            _fill(child, value)
        elif isinstance(value, list):
            single = name.removesuffix("s")
            for one in value:
                inner = ElementTree.SubElement(child, single)
                if isinstance(one, Mapping):
                    _fill(inner, one)
                else:
                    inner.text = _FORBIDDEN.sub("", str(one))
        elif value is not None:
            child.text = _FORBIDDEN.sub("", str(value))


def _xml(tree: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True))
