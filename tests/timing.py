"""How long a call takes at its quickest: bounds hold on a busy machine, too."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5


def quickest(call: Callable[[], object], enough_s: float) -> float:
    """Give the least CPU seconds of up to five calls; stops at the first within ``enough_s``.

    A single reading also counts what the test process does besides (collecting the garbage of
    earlier tests); only a call that is slow every time is slow.
    """
    least = float("inf")
    for _ in range(TRIES):
        began = time.process_time()
        call()
        least = min(least, time.process_time() - began)
        if least < enough_s:
            break
    return least
