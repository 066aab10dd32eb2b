"""YAML files changed in place: only the lines whose data changes are written anew.

Comments, order, quoting and line breaks of everything else stay as they are, byte for byte, so
that a version control system shows what changed and nothing more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from textwrap import wrap
from typing import Any

import yaml

_WIDTH = 100
_NAMES = ("key", "code", "term", "old", "date", "id", "title", "text", "name")
"""Of these the first one there tells an element of a list from the others."""

_ODD_BREAK = re.compile("[\x85\u2028\u2029\r]")
"""YAML reads these as line breaks, but not as these."""

Edit = tuple[int, int, str]


class FlowList(list[Any]):
    """A list to be written on one line."""


class FlowMap(dict[str, Any]):
    """A mapping to be written on one line."""


class Folded(str):
    """A text to be written below its key."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _lines_as_block(dumper: _Dumper, text: str) -> yaml.Node:
    style = '"' if _ODD_BREAK.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _folded(dumper: _Dumper, text: Folded) -> yaml.Node:
    style = '"' if _ODD_BREAK.search(text) else "|" if "\n" in text else ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


_Dumper.add_representer(str, _lines_as_block)
_Dumper.add_representer(Folded, _folded)
_Dumper.add_representer(
    FlowList, lambda dumper, data: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", data, flow_style=True)
)  # fmt: skip
_Dumper.add_representer(
    FlowMap, lambda dumper, data: dumper.represent_mapping(
        "tag:yaml.org,2002:map", data.items(), flow_style=True)
)  # fmt: skip


def dumped(value: Any, *, flow: bool = False, width: float = _WIDTH) -> str:
    """Give a value as YAML, without the line break at its end."""
    text = yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False,
        default_flow_style=flow,
        width=math.inf if flow else width,
    )  # fmt: skip
    return text.removesuffix("...\n").rstrip("\n")


def with_data(text: str, wanted: Any) -> str:
    """Give a YAML file that says ``wanted``, changed nowhere else.

    What cannot be changed in place (keys of several lines, lists within lists) is written anew
    as a whole, below the comments that the file begins with.
    """
    node = yaml.compose(text, yaml.SafeLoader)
    if node is not None:
        found = _File(text)
        try:
            found.change(node, wanted)
            result = found.edited()
            if yaml.load(result, yaml.CSafeLoader) == _bare(wanted):
                return result
        except (_InOnePiece, yaml.YAMLError):
            pass
    lines = text.splitlines(keepends=True)
    head = takewhile(lambda line: line.startswith("#"), lines)
    return "".join(head) + dumped(wanted) + "\n"


class _InOnePiece(Exception):
    """Something stands in a way that cannot be changed in place."""


class _File:
    """Collects edits of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._edits: list[Edit] = []
        self._maker = yaml.SafeLoader("")

    def edited(self) -> str:
        """Give the text with every edit made."""
        parts, position = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[0]):
            parts += [self._text[position:start], new]
            position = max(position, end)
        return "".join([*parts, self._text[position:]])

    def change(self, node: yaml.Node, wanted: Any) -> None:
        """Make a node say something."""
        if self._data(node) == _bare(wanted):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(wanted, Mapping):
            self._mapping(node, wanted)
        elif isinstance(node, yaml.SequenceNode) and isinstance(wanted, list):
            self._sequence(node, wanted)
        else:
            raise _InOnePiece

    def _mapping(self, node: yaml.MappingNode, wanted: Mapping[str, Any]) -> None:
        column = node.start_mark.column
        known = set()
        last = node.start_mark.index
        for key_node, value_node in node.value:
            key = self._data(key_node)
            known.add(key)
            if key not in wanted:
                self._remove_lines(key_node, value_node)
                continue
            last = self._end(value_node)
            if self._data(value_node) != _bare(wanted[key]):
                if _goes_deeper(value_node, wanted[key]):
                    self.change(value_node, wanted[key])
                else:
                    new = self._entry(key_node, value_node, wanted[key], column)
                    self._edits.append((key_node.start_mark.index, last, new))
        for key, value in wanted.items():
            if key not in known:
                new = _indented(dumped({key: value}, width=_WIDTH - column), column)
                self._edits.append((last, last, f"\n{' ' * column}{new}"))

    def _remove_lines(self, key: yaml.Node, value: yaml.Node) -> None:
        start = key.start_mark.index - key.start_mark.column
        if self._text[start : key.start_mark.index].strip():
            raise _InOnePiece
        end = self._text.find("\n", self._end(value))
        self._edits.append((start, len(self._text) if end < 0 else end + 1, ""))

    def _entry(self, key: yaml.Node, old: yaml.Node, value: Any, column: int) -> str:
        """Give ``key: value`` in the manner of the old value."""
        name = self._text[key.start_mark.index : key.end_mark.index]
        if isinstance(value, str) and isinstance(old, yaml.ScalarNode) and old.style == ">":
            folded = _folded_lines(value, column + 2, self._is_one_line(old))
            if folded is not None:
                return f"{name}: >-\n{folded}"
        if isinstance(old, yaml.CollectionNode) and old.flow_style and old.value:
            return f"{name}: {dumped(value, flow=True)}"
        text = _indented(dumped({"k": value}, width=_WIDTH - column), column)
        return name + text.removeprefix("k")

    def _is_one_line(self, node: yaml.Node) -> bool:
        body = self._text[node.start_mark.index : self._end(node)]
        return body.count("\n") <= 1

    def _sequence(self, node: yaml.SequenceNode, wanted: list[Any]) -> None:
        column = node.start_mark.column
        old = [self._data(one) for one in node.value]
        match = SequenceMatcher(None, _tags(old), _tags(wanted), autojunk=False)
        for what, i, j, k, m in match.get_opcodes():
            if j - i == m - k:
                for one, new in zip(node.value[i:j], wanted[k:m], strict=True):
                    self._element(one, new, column)
                continue
            for one in node.value[i:j]:
                start = one.start_mark.index - one.start_mark.column
                end = self._text.find("\n", self._end(one))
                self._edits.append((start, len(self._text) if end < 0 else end + 1, ""))
            if what != "delete":
                self._insert(node, i, wanted[k:m], column)

    def _element(self, node: yaml.Node, new: Any, column: int) -> None:
        if self._data(node) == _bare(new):
            return
        if _goes_deeper(node, new):
            self.change(node, new)
            return
        flow = isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
        text = _element_text(FlowMap(new) if flow and isinstance(new, dict) else new, column)
        self._edits.append((node.start_mark.index, self._end(node), text))

    def _insert(self, node: yaml.SequenceNode, place: int, new: Sequence[Any], column: int) -> None:
        flow = any(isinstance(one, yaml.MappingNode) and one.flow_style for one in node.value)
        texts = [
            f"{' ' * column}- "
            + _element_text(FlowMap(one) if flow and isinstance(one, dict) else one, column)
            for one in new
        ]
        if place == 0:
            first = node.value[0].start_mark
            start = first.index - first.column
            self._edits.append((start, start, "".join(f"{text}\n" for text in texts)))
            return
        at = self._end(node.value[place - 1])
        self._edits.append((at, at, "".join(f"\n{text}" for text in texts)))

    def _end(self, node: yaml.Node) -> int:
        """Give where a node's last character is followed by something else."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            return start + len(self._text[start:end].rstrip())
        return int(end)

    def _data(self, node: yaml.Node) -> Any:
        return self._maker.construct_object(node, deep=True)


def _goes_deeper(node: yaml.Node, wanted: Any) -> bool:
    """Say whether single parts of a value can be changed: not if it stands on one line."""
    if isinstance(node, yaml.MappingNode):
        first = node.value[0][0].value if node.value else None
        return bool(
            not node.flow_style and isinstance(wanted, Mapping) and wanted and first in wanted
        )
    if isinstance(node, yaml.SequenceNode):
        return bool(not node.flow_style and isinstance(wanted, list) and wanted)
    return False


def _element_text(value: Any, column: int) -> str:
    return _indented(dumped(value, width=_WIDTH - column - 2), column + 2)


def _indented(text: str, column: int) -> str:
    """Give lines after the first one further in."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{' ' * column}{line}" if line else line for line in rest)])


def _folded_lines(text: str, column: int, one_line: bool) -> str | None:
    """Give the lines of a folded text; None when folding would lose something."""
    if "\n" in text or text != text.strip() or "\t" in text or not text:
        return None
    lines = [text]
    if not one_line:
        lines = wrap(text, _WIDTH - column, break_long_words=False, break_on_hyphens=False)
        if " ".join(lines) != text:
            lines = [text]
    return "\n".join(f"{' ' * column}{line}" for line in lines)


def _tags(values: Sequence[Any]) -> list[str]:
    return [_tag(value) for value in values]


def _tag(value: Any) -> str:
    if isinstance(value, Mapping):
        for name in _NAMES:
            if name in value:
                return f"{name}:{value[name]}"
    return repr(_bare(value))


def _bare(value: Any) -> Any:
    """Give a value without what says how to write it."""
    if isinstance(value, Mapping):
        return {key: _bare(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(inner) for inner in value]
    return str(value) if isinstance(value, str) else value
