"""What a citizen's file really is."""

from __future__ import annotations

import pytest

from bot.received_files import check_file, file_name
from izin.conversations import InboundMedia
from izin.errors import RejectedMessage

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40)
PDF = b"%PDF-1.7\n" + bytes(40)
OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(40)
MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(40)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(40)


def media(kind: str, claimed: str | None = None, name: str | None = None) -> InboundMedia:
    return InboundMedia(kind, "x", claimed, file_name=name)


@pytest.mark.parametrize(
    ("item", "content", "found"),
    [
        (media("photo"), JPEG, "image/jpeg"),
        (media("document", "application/pdf"), PDF, "application/pdf"),
        (media("document", "image/jpeg"), JPEG, "image/jpeg"),
        (media("document", "text/plain"), "catatan é".encode(), "text/plain"),
        (media("document", "application/acad"), b"AC1032" + bytes(40), "image/vnd.dwg"),
        (media("document"), b"\xfe\xed\xfa" + bytes(40), "application/octet-stream"),
        (media("voice", "audio/ogg; codecs=opus"), OGG, "audio/ogg"),
        (media("voice"), MP4, "video/mp4"),
        (media("video"), MP4, "video/mp4"),
        (media("sticker"), WEBP, "image/webp"),
    ],
)  # fmt: skip
def test_the_content_decides_the_type(item, content, found):
    assert check_file(item, content, 1000) == found


@pytest.mark.parametrize(
    ("item", "content"),
    [
        (media("photo", "image/jpeg"), PDF),
        (media("photo", "image/jpeg"), b"AC1032" + bytes(40)),
        (media("photo", "image/jpeg"), b'{"url":"https://lookaside/x"}'),
        (media("document", "image/jpeg"), PDF),
        (media("document", "application/pdf"), b"bukan pdf"),
        (media("document"), b"MZ\x90" + bytes(100)),
        (media("document"), b"\x7fELF" + bytes(100)),
        (media("document", "text/plain"), b"#!/bin/sh\nrm"),
        (media("document", "text/plain"), b"\xef\xbb\xbf  <SCRIPT>alert(1)"),
        (media("document", "image/svg+xml"), b"<svg onload=alert(1)>"),
        (media("document"), b'<?xml version="1.0"?>\n<!-- x --><svg onload=alert(1)>'),
        (media("document"), b'<!DOCTYPE svg PUBLIC "-//W3C" "svg.dtd"> <svg onload=alert(1)>'),
        (media("document"), b"<!-- hai --> <html><script>alert(1)</script>"),
        (media("document"), "<html><script>alert(1)</script>".encode("utf-16")),
        (media("document", "text/plain"), b"\x00\x0c <script>alert(1)</script>"),
        (media("photo", "image/gif"), b"<svg>GIF89a"),
        (media("voice"), JPEG),
        (media("video"), PDF),
        (media("photo"), b""),
    ],
)
def test_what_is_dangerous_or_something_else_is_refused(item, content):
    with pytest.raises(RejectedMessage) as caught:
        check_file(item, content, 1000)
    assert caught.value.code == "media_wrong_type"


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(RejectedMessage) as caught:
        check_file(media("photo"), JPEG, len(JPEG) - 1)
    assert caught.value.code == "media_too_big"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ktp.pdf", "ktp.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\budi\\denah.pdf", "denah.pdf"),
        ("..", "document.pdf"),
        (None, "document.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_file_name_holds_no_path_and_no_control_characters(given, kept):
    assert file_name(media("document", name=given), "application/pdf") == kept
