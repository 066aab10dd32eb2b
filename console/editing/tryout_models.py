"""The language models a sandbox can be tried with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.house import House
from izin.errors import NotFound


def archive_of(house: House) -> Callable[[str], bytes | None]:
    """Give what gives a model's archive; the newest file serves when none was asked for."""

    def archive(model_id: str) -> bytes | None:
        if model_id:
            raise NotFound(f"model {model_id!r}")
        return None

    return archive


def choices_of(house: House) -> Sequence[tuple[str, str]]:
    """Give (id, words) of the models that can be tried, the one in use first."""
    return [("", house.wording.say("tryout.model_in_use"))]
