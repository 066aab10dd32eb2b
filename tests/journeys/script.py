"""Plays the journeys an editor can read: `tests/journeys/*.yaml`, explained in README.md."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import text

from tests.journeys.chat import Chat, Said, begins, is_internal, squeeze
from tests.journeys.files import FILES
from tests.journeys.stack import Stack

FOLDER = Path(__file__).parent
MAIN = "warga"
KINDS = ("warga", "ketuk", "foto", "dokumen", "suara", "stiker", "kontak", "lokasi", "tunggu",
         "basis_data", "registri")  # fmt: skip
CHECKS = ("memuat", "tanpa", "salah_satu", "pilihan", "tanpa_pilihan", "cocok", "terkirim",
          "tidak_terkirim", "sama_dengan", "diam")  # fmt: skip
EXTRAS = ("lain", "teks", "catatan", "hilang")
_HEAD = {"nama", "kanal", "waktu", "pemohon", "telepon", "langkah"}
_UNITS = {"menit": "minutes", "jam": "hours", "hari": "days", "minggu": "weeks"}
_PLACEHOLDER = re.compile(r"\$\{(\w+)(?::(\d+))?\}")

Step = Mapping[str, Any]


def journeys() -> list[tuple[str, Mapping[str, Any]]]:
    """Give (file and name, journey) of every journey in the folder."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for journey in yaml.safe_load(path.read_text(encoding="utf-8"))["perjalanan"]:
            check_shape(journey, path.name)
            found.append((f"{path.stem}: {journey['nama']}", journey))
    return found


def check_shape(journey: Mapping[str, Any], where: str) -> None:
    """Refuse a journey that says something the player does not know.

    Raises:
        ValueError: names the file, the journey and what is wrong.
    """
    place = f"{where}, {journey.get('nama')}"
    unknown = set(journey) - _HEAD
    if unknown or not journey.get("nama") or not journey.get("langkah"):
        raise ValueError(f"{place}: nama and langkah are needed; not known: {sorted(unknown)}")
    for step in journey["langkah"]:
        kinds = [key for key in KINDS if key in step]
        odd = set(step) - {*KINDS, *CHECKS, *EXTRAS, *PLAYED}
        if len(kinds) + len(set(step) & set(PLAYED)) != 1 or odd:
            raise ValueError(f"{place}: {step} has not exactly one action, or unknown {odd}")


@dataclass
class Player:
    """One journey as it is played on one channel."""

    stack: Stack
    channel: str
    journey: Mapping[str, Any]
    kept: dict[str, str] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    seen: dict[str, str | None] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    now: datetime = field(init=False)

    def play(self) -> None:
        """Play every step; the first expectation that does not hold ends it."""
        self.now = self._beginning()
        for number, step in enumerate(self.journey["langkah"], 1):
            try:
                self._play(step)
            except AssertionError as error:
                raise AssertionError(f"langkah {number}: {dict(step)}\n{error}") from error

    def _beginning(self) -> datetime:
        when = self.journey.get("waktu", "jam_buka")
        if when == "jam_buka":
            return self.stack.open_at()
        if when == "jam_tutup":
            return self.stack.closed_at()
        return when if isinstance(when, datetime) else datetime.fromisoformat(str(when))

    def chat(self, who: str) -> Chat:
        """Give a citizen's chat, begun at the first use."""
        if who not in self.chats:
            phone = self._phone() if who == MAIN else None
            self.chats[who] = self.stack.chat(self.channel, phone)
            if who == MAIN:
                self.kept["chat"] = self.chats[who].name
        return self.chats[who]

    def _phone(self) -> str | None:
        if "pemohon" in self.journey:
            return self.stack.application(self.journey["pemohon"]).phone
        phone = self.journey.get("telepon")
        return str(phone) if phone else None

    def _play(self, step: Step) -> None:
        who = str(step.get("lain", MAIN))
        self.now += timedelta(seconds=2)
        if "tunggu" in step:
            self._wait(str(step["tunggu"]))
            self.check_pushed(step, who)
        elif "basis_data" in step:
            value = self.stack.one(self.filled(step["basis_data"]))
            wanted = self.filled(step.get("sama_dengan", 1))
            assert str(value) == str(wanted), f"{value!r}, not {wanted!r}"
        elif "registri" in step:
            with self.stack.engine.begin() as connection:
                connection.execute(text(self.filled(step["registri"])))
        elif played := set(step) & set(PLAYED):
            PLAYED[played.pop()](self, step, who)
        else:
            self._check(step, self._send(step, who), who)
            self.check_pushed(step, who)

    def _send(self, step: Step, who: str) -> Said:
        chat = self.chat(who)
        chat.silence_expected = bool(step.get("diam"))
        caption = {"text": self.filled(step["teks"])} if "teks" in step else {}
        if "warga" in step:
            return chat.say(self.filled(step["warga"]), self.now)
        if "ketuk" in step:
            return chat.tap(self.filled(step["ketuk"]), self.now)
        if "lokasi" in step:
            return chat.send(self.now, location=list(step["lokasi"]), **caption)
        if "stiker" in step:
            return chat.send(self.now, sticker=True)
        if "kontak" in step:
            return chat.send(self.now, contact="own" if step["kontak"] == "sendiri" else "other")
        for kind, name in (("foto", "photo"), ("dokumen", "document"), ("suara", "voice")):
            if kind in step:
                content = base64.b64encode(FILES[str(step[kind])]).decode()
                return chat.send(self.now, **{name: content}, **caption)
        raise ValueError(step)

    def _wait(self, length: str) -> None:
        amount, unit = length.split()
        self.now += timedelta(**{_UNITS[unit]: int(amount)})
        answer = self.stack.http.post("/simulator/api/clock", json={"at": self.now.isoformat()})
        assert answer.status_code == 200, answer.text

    def _check(self, step: Step, said: Said, who: str) -> None:
        if step.get("diam"):
            assert not said.text.strip(), said.text
            return
        assert said.text.strip(), "no answer"
        assert said.text != self.last.get(who), f"said twice in a row:\n{said.text}"
        self.last[who] = said.text
        self._check_text(step, said.text)
        titles = list(said.choices)
        for title in self._list(step, "pilihan"):
            assert any(begins(shown, title) for shown in titles), f"no {title!r} in {titles}"
        for title in self._list(step, "tanpa_pilihan"):
            assert not any(begins(shown, title) for shown in titles), f"{title!r} in {titles}"

    def _check_text(self, step: Step, shown: str) -> None:
        squeezed = squeeze(shown)
        for fact in self._list(step, "memuat"):
            assert squeeze(fact) in squeezed, f"{fact!r} not in:\n{shown}"
        for fact in self._list(step, "tanpa"):
            assert squeeze(fact) not in squeezed, f"{fact!r} in:\n{shown}"
        ways = self._list(step, "salah_satu")
        assert not ways or any(squeeze(way) in squeezed for way in ways), (
            f"none of {ways}:\n{shown}"
        )
        if "cocok" in step:
            found = re.search(self.filled(step["cocok"]), shown)
            assert found, f"{step['cocok']} does not match:\n{shown}"
            self.kept.update({key: value for key, value in found.groupdict().items() if value})

    def check_pushed(self, step: Step, who: str) -> None:
        """Look at what reached the chat by itself since the last step."""
        arrived = self.arrived(who)
        wanted = self._list(step, "terkirim")
        if wanted:
            found: list[str] = []

            def complete() -> bool:
                found.extend(self.arrived(who))
                return all(squeeze(fact) in squeeze("\n".join(found)) for fact in wanted)

            found.extend(arrived)
            if not complete():
                try:
                    self.stack.until(complete, 8.0)
                except AssertionError:
                    raise AssertionError(f"{wanted} did not arrive; what did: {found}") from None
            arrived = found
        if step.get("tidak_terkirim"):
            assert not arrived, f"arrived: {arrived}"
        for pushed in arrived:
            assert not is_internal(pushed), pushed
        if arrived and "tunggu" in step:
            rest = {key: step[key] for key in ("tanpa", "salah_satu", "cocok") if key in step}
            self._check_text(rest, "\n".join(arrived))

    def arrived(self, who: str) -> list[str]:
        """Give the texts that came without a question since this was last asked."""
        chat = self.chat(who)
        items = chat.messages(self.seen.get(who))
        if items:
            self.seen[who] = items[-1]["id"]
        for item in items:
            shown = {c["title"]: c["id"] for part in item["replies"] for c in part["choices"]}
            if item["turn_id"] is None and shown:
                chat.choices = shown
        return [
            "\n".join(part["text"] for part in item["replies"])
            for item in items
            if item["turn_id"] is None
        ]

    def _list(self, step: Step, key: str) -> list[str]:
        value = step.get(key) or []
        return [self.filled(item) for item in (value if isinstance(value, list) else [value])]

    def filled(self, value: Any) -> str:
        return _PLACEHOLDER.sub(self._value, str(value))

    def _value(self, match: re.Match[str]) -> str:
        name, number = match[1], match[2]
        today = self.now.astimezone(self.stack.office.zone).date()
        if name == "hari_kerja":
            day = self.stack.calendar.add_working_days(today, int(number)).day
            return self.stack.wording.date(day, weekday=False)
        if name == "hari":
            return self.stack.wording.date(today + timedelta(days=int(number)), weekday=False)
        assert name in self.kept, f"nothing was kept as {name}: {self.kept}"
        return self.kept[name]


PLAYED: dict[str, Callable[[Player, Step, str], None]] = {}
"""More kinds of steps, by the key that marks them (an officer's, for example)."""
