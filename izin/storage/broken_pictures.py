"""Damaged JPEG and PNG files without the parts that carry metadata.

A photo cut off in sending is still evidence, but cannot be read and written anew. Its parts
are looked at one by one: what describes the picture stays, everything else goes, and what
cannot be understood any more ends it.
"""

from __future__ import annotations

_JPEG_START = b"\xff\xd8"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_SCAN = 0xDA
_JPEG_END = b"\xff\xd9"
_KEPT_SEGMENTS = frozenset({*range(0xC0, 0xE0), 0xEE})
"""Frames, tables and scans, and Adobe's note on colours; no application data, no comment."""

_KEPT_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA"})


def stripped_jpeg(content: bytes) -> bytes:
    """Give the picture's own segments and what is there of its first scan."""
    kept = [_JPEG_START]
    at = len(_JPEG_START)
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(content):
            break
        if marker in _KEPT_SEGMENTS:
            kept.append(content[at:end])
        at = end
        if marker == _SCAN:
            kept.append(content[at:].split(_JPEG_END)[0] + _JPEG_END)
            break
    return b"".join(kept)


def stripped_png(content: bytes) -> bytes:
    """Give the picture's own chunks, as far as they are whole."""
    kept = [_PNG_START]
    at = len(_PNG_START)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end > len(content):
            break
        if kind in _KEPT_CHUNKS:
            kept.append(content[at:end])
        at = end
        if kind == b"IEND":
            break
    return b"".join(kept)
