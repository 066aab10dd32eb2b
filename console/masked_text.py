"""What people wrote, without numbers that name somebody, in words officers read."""

from __future__ import annotations

import re

from tanya_language import mask_personal_data

from izin.wording import Wording

_MARK = re.compile(r"\[([A-Z_]+)\]")


def masked(text: str, wording: Wording) -> str:
    """Give a text with numbers and addresses of persons replaced by what they were."""

    def said(mark: re.Match[str]) -> str:
        for key in (f"privacy.kind_{mark[1]}", f"inbox.masked_{mark[1]}"):
            if wording.has(key):
                return f"[{wording.say(key)}]"
        return mark[0]

    return _MARK.sub(said, mask_personal_data(text))
