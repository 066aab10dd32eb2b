"""Files of conversations: sent by officers, shown to whoever may see the conversation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from izin.accounts import Account, Role
from izin.replies import Reply
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import PNG, World, once_of, press, text_of
from tests.stored_chats import chat_of

MB = 1024 * 1024


@pytest.fixture(scope="module")
def world(console: RunningConsole) -> World:
    return World(console)


@pytest.fixture(scope="module")
def ani(console: RunningConsole) -> Account:
    return console.account(Role.OFFICER, name="Ani Lestari")


@pytest.fixture
def here(world: World, ani: Account) -> str:
    made = world.waits()
    world.console.house.officers.claim(
        made, ani.id, "Petugas", Reply("Ada petugas."), datetime.now(UTC)
    )
    return made


@pytest.fixture
def http(world: World, ani: Account) -> Iterator[httpx.Client]:
    with world.console.client(account=ani) as client:
        yield client


def sent_media(world: World, here: str) -> list[Any]:
    rows = world.console.rows(
        "select reply->'media' as media from outbox where conversation_id = :id order by seq desc"
        " limit 1",
        id=here,
    )
    return list(rows[0].media or [])


def stored(world: World, here: str) -> int:
    rows = world.console.rows("select id from media_files where conversation_id = :id", id=here)
    return len(rows)


def picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, kind)
    return out.getvalue()


def test_a_picture_is_cleaned_sent_and_shown(world: World, here: str, http: httpx.Client) -> None:
    files = {"file": ("../../denah <b>.PNG", picture("PNG"), "text/html")}
    assert press(http, here, "balas", text="Denahnya", files=files).status_code == 303
    (media,) = sent_media(world, here)
    assert (media["kind"], media["title"]) == ("photo", "denah b.png")
    page = http.get(f"/percakapan/{here}").text
    url = f"/berkas/{here}/{media['media_id']}"
    assert f'<img src="{url}"' in page
    shown = http.get(url)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["content-security-policy"].startswith("sandbox")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert world.recorded(here)[-1] == "berkas.lihat"


def test_a_webp_picture_leaves_as_one_that_whatsapp_shows(
    world: World, here: str, http: httpx.Client
) -> None:
    files = {"file": ("foto.webp", picture("WEBP"), "image/webp")}
    assert press(http, here, "balas", text="", files=files).status_code == 303
    (media,) = sent_media(world, here)
    content, mime_type = world.console.house.media.get(media["media_id"])
    assert mime_type == "image/jpeg"
    assert content[:2] == b"\xff\xd8"


def test_the_same_form_twice_keeps_one_file(world: World, here: str, http: httpx.Client) -> None:
    page = http.get(f"/percakapan/{here}").text
    fields = {"csrf": csrf_of(page), "once": once_of(page), "text": "Denah"}
    for _ in range(2):
        answer = http.post(f"/percakapan/{here}/balas", data=fields, files={"file": ("a.png", PNG)})
        assert answer.status_code == 303
    assert stored(world, here) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Lampirannya kosong"),
        (b"<html><script>alert(1)</script>", "Lampiran harus JPEG"),
        (b"PK\x03\x04" + b"x" * 100, "Lampiran harus JPEG"),
        (b"\x00" * (10 * MB + 1), "lebih dari 10 MB"),
        (b"\x00" * (50 * MB), "lebih dari 10 MB"),
    ],
    ids=["empty", "html", "zip", "a byte too many", "50 MB"],
)
def test_a_file_that_is_not_taken_is_refused_and_the_text_stays(
    world: World, here: str, http: httpx.Client, content: bytes, told: str
) -> None:
    before = world.said(here)
    files = {"file": ("surat.pdf", content, "application/pdf")}
    answer = press(http, here, "balas", text="Tulisan panjang", files=files)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "Tulisan panjang</textarea>" in answer.text
    assert world.said(here) == before
    assert stored(world, here) == 0


def test_no_more_of_a_body_is_read_than_a_form_needs(http: httpx.Client, here: str) -> None:
    token = csrf_of(http.get(f"/percakapan/{here}").text)
    data = {"csrf": token, **{f"f{number}": "x" * (MB // 2) for number in range(24)}}
    assert http.post(f"/percakapan/{here}/catatan", data=data).status_code == 413


@pytest.mark.parametrize(
    ("media", "content", "told"),
    [
        ({"kind": "voice", "mime_type": "audio/ogg"}, b"OggS....", "audio/ogg"),
        ({"kind": "document", "mime_type": "text/html", "file_name": "a.html"},
         b"<script>1</script>", "application/octet-stream"),
        ({"kind": "document", "mime_type": "application/pdf", "file_name": "s.pdf"},
         b"%PDF-1.4 x", "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_citizen_s_file_is_played_or_saved_but_never_run(
    world: World, http: httpx.Client, media: dict[str, str], content: bytes, told: str
) -> None:
    here = world.waits()
    media_id = world.sends_file(here, content, **media)
    world.inbox.set_media(world.hears(chat=_chat(world, here)).turn_id, [media_id])
    page = http.get(f"/percakapan/{here}").text
    assert f"/berkas/{here}/{media_id}" in page
    assert ("<audio controls" in page) == (media["kind"] == "voice")
    shown = http.get(f"/berkas/{here}/{media_id}")
    assert shown.content == content
    assert shown.headers["content-type"] == told
    assert shown.headers["content-disposition"].startswith(
        "inline" if told.startswith("audio") else "attachment"
    )


def test_files_of_others_do_not_exist(world: World, here: str, http: httpx.Client) -> None:
    other = world.waits()
    media_id = world.sends_file(other, b"%PDF-1.4 x", kind="document")
    assert http.get(f"/berkas/{other}/{media_id}").status_code == 200
    unseen = world.hears().conversation_id
    hidden = world.sends_file(unseen, b"%PDF-1.4 x", kind="document")
    for path in (f"{here}/{media_id}", f"{unseen}/{hidden}", f"{here}/{uuid.uuid4()}", "x/y"):
        assert http.get(f"/berkas/{path}").status_code == 404
    stranger = world.console.account(Role.OFFICER, unit="DINKES")
    with world.console.client(account=stranger) as away:
        assert away.get(f"/berkas/{other}/{media_id}").status_code == 404


def _chat(world: World, here: str) -> str:
    return chat_of(world.console.engine, here)
