"""The office's recent pace in words, always with what it rests on."""

from __future__ import annotations

from izin.pace import UsualTime
from izin.wording import Wording


def usual_words(usual: UsualTime, of: str, wording: Wording) -> str:
    """Give the usual time of a ``whole`` application or of a ``stage`` as one sentence.

    It names the middle, eight of ten, the number of cases and the period they fall in.
    """
    source = wording.say(
        "pace.source",
        cases=usual.cases,
        first=wording.date(usual.first, weekday=False),
        last=wording.date(usual.last, weekday=False),
    )
    if not usual.most and wording.has(f"pace.{of}_at_once"):
        return wording.say(f"pace.{of}_at_once", source=source)
    if usual.most <= usual.typical:
        return wording.say(f"pace.{of}_same", typical=usual.typical, source=source)
    return wording.say(f"pace.{of}", typical=usual.typical, most=usual.most, source=source)
