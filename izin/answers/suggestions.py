"""What can be tapped next: the useful questions after an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from izin.permits import Permit
from izin.replies import Choice
from izin.wording import Wording

MOST_CHOICES = 5

NEXT_QUESTIONS = (
    "tanya_syarat",
    "tanya_biaya",
    "tanya_lama_proses",
    "tanya_prosedur",
    "tanya_masa_berlaku",
    "tanya_dasar_hukum",
)
"""Questions on a permit, in the order citizens usually need them."""

MENU = (
    "tanya_syarat",
    "tanya_izin_apa",
    "cek_status",
    "lapor_pengaduan",
    "tanya_kontak_jam_lokasi",
    "minta_petugas",
)
"""What the assistant can do, most wanted first."""

POPULAR_PERMITS = ("NIB", "PBG", "SLF", "APOTEK", "PIRT", "REKLAME", "SIP_DOKTER", "KKPR")
"""Catalogue codes offered when no permit was named; those not published are left out."""


def officer(wording: Wording) -> Choice:
    """Give the button that asks for a human."""
    return menu_choice("minta_petugas", wording)


def menu_choice(intent: str, wording: Wording) -> Choice:
    """Give the button of one thing the assistant can do."""
    about = f"social.about_{intent}"
    description = wording.say(about) if wording.has(about) else None
    return Choice(wording.say(f"social.menu_{intent}"), intent, description=description)


def menu(wording: Wording, without: Iterable[str] = ()) -> tuple[Choice, ...]:
    """Give the menu, without the named intents."""
    left_out = set(without)
    return tuple(menu_choice(intent, wording) for intent in MENU if intent not in left_out)


def next_questions(
    permits: Sequence[Permit], asked: Iterable[str], wording: Wording
) -> tuple[Choice, ...]:
    """Give 3 to 5 questions not asked yet on these permits.

    A calculation comes first where the permit has one. With several permits each title
    names its permit, so that no two buttons read the same.
    """
    done = set(asked)
    per_permit = [_questions_of(permit, done) for permit in permits]
    choices = []
    for place in range(max((len(items) for items in per_permit), default=0)):
        for permit, intents in zip(permits, per_permit, strict=True):
            if place < len(intents):
                choices.append(ask(intents[place], permit, wording, named=len(permits) > 1))
    return tuple(choices[:MOST_CHOICES])


def ask(intent: str, permit: Permit, wording: Wording, *, named: bool) -> Choice:
    """Give the button that asks ``intent`` about ``permit``; ``named`` puts its name in."""
    question = wording.say(f"answers.choice_{intent}")
    title = (
        wording.say("answers.choice_named", question=question, permit=permit.short_name)
        if named
        else question
    )
    return Choice(title, intent, {"izin": permit.code}, description=permit.short_name)


def pick_permit(permits: Sequence[Permit], intent: str, wording: Wording) -> tuple[Choice, ...]:
    """Give one button per permit, each asking ``intent`` about it."""
    return tuple(
        Choice(permit.short_name, intent, {"izin": permit.code}, description=permit.official_name)
        for permit in permits
    )


def popular(permits: Sequence[Permit]) -> tuple[Permit, ...]:
    """Give the most asked permits that are published, or the first of the catalogue."""
    published = {permit.code: permit for permit in permits}
    chosen = [published[code] for code in POPULAR_PERMITS if code in published]
    return tuple(chosen or permits[:MOST_CHOICES])


def _questions_of(permit: Permit, done: set[str]) -> list[str]:
    intents = [intent for intent in NEXT_QUESTIONS if intent not in done]
    if permit.fee.calculator and "tanya_biaya" in done and "hitung_biaya" not in done:
        intents.insert(0, "hitung_biaya")
    return intents
