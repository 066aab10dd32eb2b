"""The catalogue's big forms as a browser would send them."""

from __future__ import annotations

import html
import re
from typing import Any

from izin.content import ItemName
from tests.console.conftest import RunningConsole, csrf_of

BASE = "/isi/katalog"


def fields_of(page: str) -> dict[str, Any]:
    """Give the fields of the big form as a browser would send them, rows in their order."""
    page = re.sub(r"<template>.*?</template>", "", page, flags=re.DOTALL)
    form = page.split('class="catalogue-form"', 1)[1].split("</form>", 1)[0]
    found: dict[str, Any] = {"csrf": csrf_of(page)}
    pattern = (
        r'<(input|textarea|select)\b([^>]*\bname="([^"]+)"[^>]*)>'
        r"(?:((?:(?!<(?:input|textarea|select)).)*?)</(?:textarea|select)>)?"
    )
    for kind, marks, name, inside in re.findall(pattern, form, flags=re.DOTALL):
        if kind == "textarea":
            found[name] = html.unescape(inside.removeprefix("\n"))
        elif kind == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', inside)
            found[name] = html.unescape(chosen[1]) if chosen else ""
        elif 'type="checkbox"' in marks:
            if " checked" in marks:
                found[name] = "1"
        else:
            value = re.search(r'\bvalue="([^"]*)"', marks)
            found[name] = html.unescape(value[1]) if value else ""
    return found


def draft_of(console: RunningConsole, name: ItemName) -> Any:
    """Give an item's open version."""
    return console.house.content.item(name).open_version
