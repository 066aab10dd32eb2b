"""Two locks of one number would wait for each other for ever."""

from __future__ import annotations

import re
from collections import Counter

from ops.settings import CHECKOUT


def test_no_two_locks_have_the_same_number() -> None:
    found = Counter(
        number
        for part in ("izin", "ops", "bot", "console", "actions")
        for path in (CHECKOUT / part).rglob("*.py")
        for number in re.findall(r"^_?[A-Z_]+ = (7_203_\d+)", path.read_text(), re.MULTILINE)
    )
    assert found
    assert [number for number, times in found.items() if times > 1] == []
