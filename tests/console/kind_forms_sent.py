"""Forms of the office's content, filled in and sent as a browser would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx

from izin.accounts import Role
from izin.content import ItemName
from tests.console.conftest import RunningConsole


def path_of(kind: str, key: str) -> str:
    return f"/isi/kantor/{kind}/{quote(key, safe='')}"


def form_of(page: httpx.Response) -> dict[str, str]:
    """Give what a browser would send of a page's form, without its buttons."""
    form = page.text.split('class="kind-form"', 1)[1].split("</form>", 1)[0]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" in given and (given.get("type") != "checkbox" or " checked" in tag):
            fields[given["name"]] = unescape(given.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = unescape(text)
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        first = re.search(r'value="([^"]*)"', inside)
        found = chosen or first
        fields[name] = unescape(found[1]) if found else ""
    return fields


def open_version(console: RunningConsole, kind: str, key: str) -> Any:
    return console.house.content.item(ItemName(kind, key)).open_version


def approve(console: RunningConsole, kind: str, key: str) -> None:
    version = open_version(console, kind, key)
    second = console.account(Role.EDITOR)
    console.house.edit_content.approve(version.id, version.edits, second)


def send(http: httpx.Client, path: str, how: str, **changes: str) -> httpx.Response:
    """Open a form, change some of its fields, and send it."""
    fields = {**form_of(http.get(path)), **changes}
    return http.post(path, data={**fields, "simpan": how})
