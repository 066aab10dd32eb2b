"""Every sentence the code asks for exists, with exactly the parameters it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from izin.errors import UnknownWording
from izin.wording import Wording

ROOT = Path(__file__).parents[2]
WORDING = Wording()
NEEDED = WORDING.parameters()
AREAS = frozenset(key.split(".")[0] for key in WORDING.keys())  # noqa: SIM118
_SPEAKERS = frozenset({"say", "_say", "_finish", "_ask_number", "tell"})
_LISTED = re.compile(r"gateway\.command\.\w+\.description")
"""Said for every command that has one."""
_SAID_ON_PAGE = re.compile(r"""say\(\s*["']([A-Za-z0-9_.]+)["']\s*[,)]""")
_COMPOSED_ON_PAGE = re.compile(r"""say\(\s*["']([a-z0-9_.]+)["']\s*~""")
_KEY = re.compile(r"[a-z]+(\.[A-Za-z0-9_]+)+")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("izin", "bot", "actions", "ops", "console"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def pages() -> list[Path]:
    folders = (ROOT / "bot", ROOT / "console")
    return sorted(page for folder in folders for page in folder.rglob("templates/**/*.html"))


def looks_like_a_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text)) and text.split(".")[0] in AREAS


def literals() -> Iterator[tuple[Path, int, str]]:
    """Give every constant that is written like a sentence id of one of our areas.

    ``ops`` composes its ids from parts and guards them itself.
    """
    for path, tree in sources():
        if path.parts[0] == "ops":
            continue
        inside = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr)
            for part in node.values
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if id(node) not in inside and looks_like_a_key(node.value):
                yield path, node.lineno, node.value


def spoken(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in _SPEAKERS:
                yield node


def test_every_id_used_in_code_has_a_sentence() -> None:
    missing = [
        f"{path}:{line} {key}"
        for path, line, key in literals()
        if not WORDING.has(key) and not WORDING.has(f"audit.action.{key}")
    ]
    assert missing == []


def test_every_id_used_on_a_page_has_a_sentence() -> None:
    missing = [
        f"{page.relative_to(ROOT)} {key}"
        for page in pages()
        for key in _SAID_ON_PAGE.findall(page.read_text())
        if not WORDING.has(key)
    ]
    assert missing == []


def test_every_composed_id_begins_like_some_sentence() -> None:
    missing = []
    for path, tree in sources():
        for call in spoken(tree):
            first = call.args[0]
            if isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                prefix = str(first.values[0].value)
                if not any(key.startswith(prefix) for key in WORDING.keys()):  # noqa: SIM118
                    missing.append(f"{path}:{call.lineno} {prefix}…")
    assert missing == []


def test_every_sentence_is_said_somewhere() -> None:
    said: set[str] = set()
    composed: set[str] = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                composed.add("".join(map(_pattern, node.values)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
    for page in pages():
        said |= set(_SAID_ON_PAGE.findall(page.read_text()))
        composed |= {f"{re.escape(k)}.+" for k in _COMPOSED_ON_PAGE.findall(page.read_text())}
    said |= {f"{key}_title" for key in said if key.startswith("console.refused.")}
    said |= {f"{key}.production" for key in said if key.startswith("ops.error.")}
    somehow = re.compile("|".join(one for one in composed if one[:2].isalpha()))
    unused = [
        key
        for key in WORDING.keys()  # noqa: SIM118
        if key not in said and not somehow.fullmatch(key) and not _LISTED.fullmatch(key)
    ]
    assert unused == []


def _pattern(part: ast.expr) -> str:
    """Give a regular expression for one part of a composed id."""
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+(\.\w+)*"


def test_every_sentence_gets_the_parameters_it_needs() -> None:
    wrong = []
    for path, tree in sources():
        for call in spoken(tree):
            first = call.args[0]
            named = isinstance(call.func, ast.Attribute) and call.func.attr == "say"
            if not named or not isinstance(first, ast.Constant) or not WORDING.has(first.value):
                continue
            if any(keyword.arg is None for keyword in call.keywords):
                continue  # passes on what its caller gave
            given = {str(keyword.arg) for keyword in call.keywords}
            needed = NEEDED[first.value]
            if given != needed:
                wrong.append(f"{path}:{call.lineno} {first.value} {sorted(given ^ needed)}")
    assert wrong == []


def test_no_sentence_is_empty_or_leaves_a_brace() -> None:
    for key, names in NEEDED.items():
        parameters = dict.fromkeys(names, "x")
        said = WORDING.say(key, **parameters)
        assert said.strip(), key
        assert not set("{}") & set(said), key
        assert said.count("[b]") == said.count("[/b]"), key


def test_parameters_are_plain_names() -> None:
    for key, names in NEEDED.items():
        assert all(re.fullmatch(r"[a-z_0-9]+", name) for name in names), key


def test_an_unknown_id_is_an_error() -> None:
    with pytest.raises(UnknownWording):
        WORDING.say("status.tidak_ada")


@pytest.mark.parametrize("parameters", [{}, {"number": None}])
def test_a_missing_or_none_parameter_is_an_error_and_never_shown(
    parameters: dict[str, Any],
) -> None:
    with pytest.raises(UnknownWording, match="number"):
        WORDING.say("status.title", **parameters)


def test_braces_in_what_is_put_in_do_no_harm() -> None:
    assert "{x} %s {0}" in WORDING.say("complaint.line_story", story="{x} %s {0}")


def test_a_language_without_sentences_is_an_error() -> None:
    with pytest.raises(UnknownWording):
        Wording("jv")


def test_an_id_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "id" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / f"{name}.po").write_text('msgid "x.y"\nmsgstr "Ya"\n')
    with pytest.raises(UnknownWording, match="twice"):
        Wording(folder=tmp_path)


def test_dates_times_and_amounts_are_written_as_in_indonesia() -> None:
    zone = ZoneInfo("Asia/Jakarta")
    assert WORDING.date(date(2026, 11, 23)) == "Senin, 23 November 2026"
    assert WORDING.date(date(2026, 8, 7), weekday=False) == "7 Agustus 2026"
    assert WORDING.time(datetime(2026, 11, 23, 7, 5, tzinfo=UTC), zone) == "14.05"
    assert WORDING.rupiah(1_250_000) == "Rp1.250.000"
    assert WORDING.number(0.26265) == "0,26265"
    assert WORDING.number(1250) == "1.250"


def test_the_parameters_told_are_those_in_the_sentence() -> None:
    assert WORDING.parameters()["status.days_used"] == {"used", "standard"}


def test_no_sentence_stands_twice_in_one_file() -> None:
    """The reader of catalogues would keep one of them and say nothing."""
    for path in sorted((ROOT / "locales").rglob("*.po")):
        ids = re.findall(r'^msgid "(.+)"$', path.read_text(), re.MULTILINE)
        assert sorted(set(ids)) == sorted(ids), path.name
