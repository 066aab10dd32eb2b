"""How much is fuzzed, and the junk it is made of.

`make test` fuzzes little and always the same; `make fuzz` much more, and other things each time.
"""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = float(os.environ.get("TANYA_FUZZ", "1"))
"""How many times as many examples as `make test` tries."""


PATIENCE_S = 20 if TIMES <= 1 else 180
"""How long an answer may take: `make fuzz` looks for faults, also on a machine that is busy."""


def fuzz_settings(examples: int) -> settings:
    """Give settings for so many examples in `make test`."""
    return settings(
        max_examples=max(1, round(examples * TIMES)),
        deadline=None,
        derandomize=TIMES <= 1,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=TIMES > 1,
    )


NASTY_TEXTS = (
    "", "\x00", "a\x00b", "\ud800", "\udfff", "\ufffe", "\u202ex", "💥" * 300, "e\u0301" * 200,
    "'; drop table turns; --", "%s%n", "{0.__class__}", "<script>", "../" * 40, "x" * 70_000,
    "\r\nSet-Cookie: a=b", "3326160101900001", "0" * 400, "²", "\x7f", "[b]", "/start " + "a" * 99,
)  # fmt: skip

NASTY_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, 0.1,
    float("nan"), float("inf"), [], {}, [[]], [None], {"": None}, *NASTY_TEXTS,
)  # fmt: skip

values = st.sampled_from(NASTY_VALUES) | st.text(max_size=20) | st.integers() | st.floats()

documents = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=4),
    max_leaves=12,
)  # fmt: skip


def paths_in(document: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the way to every value of a document."""
    inner = document.items() if isinstance(document, dict) else (
        enumerate(document) if isinstance(document, list) else ()
    )  # fmt: skip
    return [here, *(path for key, value in inner for path in paths_in(value, (*here, key)))]


def spoiled(document: Any, path: tuple[Any, ...], value: Any, how: str) -> Any:
    """Give a copy with one value replaced, dropped or put into a list."""
    copy = json.loads(json.dumps(document))
    if not path:
        return value
    *way, last = path
    place = copy
    for key in way:
        place = place[key]
    if how == "drop":
        del place[last]
    elif how == "wrap":
        place[last] = [place[last], value]
    else:
        place[last] = value
    return copy


@st.composite
def nearly(draw: st.DrawFn, usual: tuple[Any, ...]) -> bytes:
    """Give the JSON of a usual document with one to three of its values spoiled."""
    document = draw(st.sampled_from(usual))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths_in(document)))
        try:
            document = spoiled(
                document, path, draw(documents), draw(st.sampled_from(("put", "drop", "wrap")))
            )
        except (KeyError, IndexError, TypeError):
            continue
    return written(document)


def written(document: Any) -> bytes:
    """Give a document as JSON; lone surrogates stay as they are escaped."""
    return json.dumps(document).encode()


def deep(times: int) -> bytes:
    """Give JSON that is nested so deep."""
    return b"[" * times + b"]" * times


BODIES = (
    b"", b"null", b"0", b"\xff\xfe\x00", b"\x00" * 100, b'{"a":' * 3000, deep(200), deep(100_000),
    b'{"update_id":1e400}', b'{"a":NaN}', b"[" + b"1," * 50_000 + b"1]", b"x" * 200_000,
    b"a=b&a=c&%00=%ff", b"--x\r\n", "﻿{}".encode(), b'{"update_id":1,"update_id":"x"}',
    b"9" * 5000,
)  # fmt: skip

bodies = st.sampled_from(BODIES) | st.binary(max_size=60) | documents.map(written)

TYPES = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=x", "text/plain; charset=utf-99", "", "a" * 2000, "\x80",
    "application/x-www-form-urlencoded; charset=utf-16",
)  # fmt: skip
