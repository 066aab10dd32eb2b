"""Reads the journeys of `data/journeys/*.yaml`, explained in the README there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ops.settings import CHECKOUT

FOLDER = CHECKOUT / "data" / "journeys"
CHANNELS = ("telegram", "whatsapp")
SENT = ("warga", "ketuk", "foto", "dokumen", "suara", "stiker", "kontak", "lokasi")
"""Steps in which a citizen sends something."""

OFFICERS = ("petugas_hadir", "petugas_ambil", "petugas", "petugas_lepas", "petugas_membaca")
"""Steps in which an officer acts."""

KINDS = (*SENT, "tunggu", "berkas", "basis_data", "registri", *OFFICERS)
"""Every kind of step; a sandbox plays all, as its database is nobody's."""

SAVED_KINDS = ("warga", "ketuk", "tunggu")
"""The kinds that a conversation tried in the console consists of."""

CHECKS = ("memuat", "tanpa", "salah_satu", "pilihan", "tanpa_pilihan", "cocok", "terkirim",
          "tidak_terkirim", "sama_dengan", "diam")  # fmt: skip
EXTRAS = ("lain", "teks", "catatan", "hilang", "terkunci")

_ALONE = ("tunggu", "registri", *OFFICERS)
"""What changes the world of other chats: time, the permit database, who is present."""

_HEAD = {"nama", "kanal", "waktu", "pemohon", "telepon", "langkah"}


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey.

    Attributes:
        file: Name of its file without the ending.
        name: What it shows.
        script: What the file says of it.
    """

    file: str
    name: str
    script: Mapping[str, Any]

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels it is played on."""
        return tuple(self.script.get("kanal", CHANNELS))

    @property
    def alone(self) -> bool:
        """Say whether no other journey may be played at the same time."""
        return any(_is_alone(step) for step in self.script["langkah"])


def _is_alone(step: Mapping[str, Any]) -> bool:
    """Say whether a step changes the world of other chats, or looks at the whole of it."""
    looks_at_all = "basis_data" in step and "${" not in str(step["basis_data"])
    return looks_at_all or any(kind in step for kind in _ALONE)


def read_journeys(files: Iterable[str] | None = None, folder: Path = FOLDER) -> list[Journey]:
    """Give the journeys of a folder, or of the files named (with or without `.yaml`).

    Raises:
        FileNotFoundError: A file that is named is not there.
        ValueError: A journey says something the player does not know.
    """
    if files is None:
        paths = sorted(folder.glob("*.yaml"))
    else:
        paths = [folder / f"{Path(name).name.removesuffix('.yaml')}.yaml" for name in files]
    return [one for path in paths for one in parsed(path.read_text(encoding="utf-8"), path.stem)]


def parsed(text: str, file: str) -> list[Journey]:
    """Give the journeys that a YAML text of this form holds.

    Raises:
        ValueError: It is no such text, or says something the player does not know.
    """
    try:
        document = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{file}.yaml: {error}") from error
    given = document.get("perjalanan") if isinstance(document, dict) else None
    if not isinstance(given, list):
        raise ValueError(f"{file}.yaml: a list perjalanan is needed")
    for journey in given:
        check_shape(journey, f"{file}.yaml")
    return [Journey(file, str(journey["nama"]), journey) for journey in given]


def check_shape(journey: Mapping[str, Any], where: str, kinds: Sequence[str] = KINDS) -> None:
    """Refuse a journey that says something the player does not know.

    Args:
        journey: As the file says it.
        where: The file, for the message.
        kinds: The steps that are allowed.

    Raises:
        ValueError: Names the file, the journey and what is wrong.
    """
    if not isinstance(journey, Mapping):
        raise ValueError(f"{where}: {journey!r} is no journey")
    place = f"{where}, {journey.get('nama')}"
    unknown = set(journey) - _HEAD
    if unknown or not journey.get("nama") or not isinstance(journey.get("langkah"), list):
        raise ValueError(f"{place}: nama and langkah are needed; not known: {sorted(unknown)}")
    if not journey["langkah"] or set(journey.get("kanal", CHANNELS)) - set(CHANNELS):
        raise ValueError(f"{place}: no step, or a channel that is none of {CHANNELS}")
    for step in journey["langkah"]:
        given = set(step) if isinstance(step, Mapping) else set()
        odd = given - {*kinds, *CHECKS, *EXTRAS}
        if len(given & set(kinds)) != 1 or odd:
            raise ValueError(f"{place}: {step} has not exactly one action, or unknown {odd}")
