"""Plays one journey on one channel."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from ops.journeys.chat import Chat, Said, Unfulfilled, begins, expect, is_internal, squeeze
from ops.journeys.files import FILES
from ops.journeys.world import World

MAIN = "warga"
_ARRIVES_WITHIN_S = 8.0
_UNITS = {"menit": "minutes", "jam": "hours", "hari": "days", "minggu": "weeks"}
_PLACEHOLDER = re.compile(r"\$\{(\w+)(?::(\d+))?\}")

Step = Mapping[str, Any]
Act = Callable[["Player", Step, str], None]


@dataclass
class Player:
    """One journey as it is played on one channel.

    Attributes:
        world: The running house.
        channel: Where it is played.
        journey: As its file says it.
        step: Number of the step that is played, from 1.
    """

    world: World
    channel: str
    journey: Mapping[str, Any]
    kept: dict[str, str] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    seen: dict[str, str | None] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    now: datetime = field(init=False)
    step: int = 0

    def play(self) -> None:
        """Play every step.

        Raises:
            Unfulfilled: The first expectation that does not hold ends it.
        """
        self.now = self._beginning()
        for number, step in enumerate(self.journey["langkah"], 1):
            self.step = number
            try:
                self._play(step)
            except AssertionError as error:
                raise Unfulfilled(f"langkah {number}: {dict(step)}\n{error}") from error

    def _beginning(self) -> datetime:
        when = self.journey.get("waktu", "jam_buka")
        if when == "jam_buka":
            return self.world.open_at()
        if when == "jam_tutup":
            return self.world.closed_at()
        return when if isinstance(when, datetime) else datetime.fromisoformat(str(when))

    def chat(self, who: str) -> Chat:
        """Give a citizen's chat, begun at the first use."""
        if who not in self.chats:
            phone = self._phone() if who == MAIN else None
            self.chats[who] = self.world.chat(self.channel, phone)
        return self.chats[who]

    def _phone(self) -> str | None:
        if "pemohon" in self.journey:
            return self.world.application(self.journey["pemohon"]).phone
        phone = self.journey.get("telepon")
        return str(phone) if phone else None

    def _play(self, step: Step) -> None:
        who = str(step.get("lain", MAIN))
        self.now += timedelta(seconds=2)
        if acts := set(step) & set(ACTS):
            ACTS[acts.pop()](self, step, who)
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

    def _check(self, step: Step, said: Said, who: str) -> None:
        if step.get("diam"):
            expect(not said.text.strip(), said.text)
            return
        expect(said.text.strip(), "no answer")
        expect(said.text != self.last.get(who), f"said twice in a row:\n{said.text}")
        self.last[who] = said.text
        self.check_text(step, said.text)
        titles = list(said.choices)
        for title in self._list(step, "pilihan"):
            expect(any(begins(shown, title) for shown in titles), f"no {title!r} in {titles}")
        for title in self._list(step, "tanpa_pilihan"):
            expect(not any(begins(shown, title) for shown in titles), f"{title!r} in {titles}")

    def check_text(self, step: Step, shown: str) -> None:
        """Look at a text with what a step says of texts."""
        squeezed = squeeze(shown)
        for fact in self._list(step, "memuat"):
            expect(squeeze(fact) in squeezed, f"{fact!r} not in:\n{shown}")
        for fact in self._list(step, "tanpa"):
            expect(squeeze(fact) not in squeezed, f"{fact!r} in:\n{shown}")
        ways = self._list(step, "salah_satu")
        one = not ways or any(squeeze(way) in squeezed for way in ways)
        expect(one, f"none of {ways}:\n{shown}")
        if "cocok" in step:
            found = re.search(self.filled(step["cocok"]), shown)
            if found is None:
                raise Unfulfilled(f"{step['cocok']} does not match:\n{shown}")
            self.kept.update({key: value for key, value in found.groupdict().items() if value})

    def check_pushed(self, step: Step, who: str) -> None:
        """Look at what reached the chat by itself since the last step."""
        arrived = self.arrived(who)
        if wanted := self._list(step, "terkirim"):
            arrived = self._await(wanted, arrived, who)
        if step.get("tidak_terkirim"):
            expect(not arrived, f"arrived: {arrived}")
        for pushed in arrived:
            expect(not is_internal(pushed), pushed)
        if arrived and "tunggu" in step:
            rest = {key: step[key] for key in ("tanpa", "salah_satu", "cocok") if key in step}
            self.check_text(rest, "\n".join(arrived))

    def _await(self, wanted: list[str], arrived: list[str], who: str) -> list[str]:
        found = list(arrived)

        def complete() -> bool:
            found.extend(self.arrived(who))
            return all(squeeze(fact) in squeeze("\n".join(found)) for fact in wanted)

        if not self.world.comes(complete, _ARRIVES_WITHIN_S):
            raise Unfulfilled(f"{wanted} did not arrive; what did: {found}")
        return found

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
        """Give a text with every placeholder filled in."""
        return _PLACEHOLDER.sub(self._value, str(value))

    def _value(self, match: re.Match[str]) -> str:
        name, number = match[1], match[2]
        today = self.now.astimezone(self.world.office.zone).date()
        if name == "hari_kerja":
            day = self.world.calendar.add_working_days(today, int(number)).day
            return self.world.wording.date(day, weekday=False)
        if name == "hari":
            return self.world.wording.date(today + timedelta(days=int(number)), weekday=False)
        if name == "percakapan":
            return str(self.world.conversation(self.chat(MAIN).name))
        expect(name in self.kept, f"nothing was kept as {name}: {self.kept}")
        return self.kept[name]


def _wait(player: Player, step: Step, who: str) -> None:
    """Let time go by; what is due then runs."""
    amount, unit = str(step["tunggu"]).split()
    player.now += timedelta(**{_UNITS[unit]: int(amount)})
    body = {"at": player.now.isoformat()}
    answer = player.world.http.post("/simulator/api/clock", json=body)
    expect(answer.status_code == 200, answer.text)
    player.check_pushed(step, who)


def _look_up(player: Player, step: Step, who: str) -> None:
    """Compare a fact of the database."""
    value = player.world.one(player.filled(step["basis_data"]))
    if "terkunci" in step:
        value = player.world.opened(step["terkunci"], value)
    if "memuat" in step or "tanpa" in step:
        player.check_text(step, str(value))
        return
    wanted = player.filled(step.get("sama_dengan", 1))
    expect(str(value) == str(wanted), f"{value!r}, not {wanted!r}")


def _change_registry(player: Player, step: Step, who: str) -> None:
    """Let something happen in the permit database."""
    with player.world.engine.begin() as connection:
        connection.execute(text(player.filled(step["registri"])))


def _open_file(player: Player, step: Step, who: str) -> None:
    """Open the latest file with this ending, as the citizen would, and look at its words."""
    chat = player.chat(who)
    sent = [
        part["media"]
        for message in chat.messages()
        for part in message["replies"]
        if part["media"] and str(part["media"]["title"]).endswith(f".{step['berkas']}")
    ]
    expect(sent, f"no .{step['berkas']} was sent")
    answer = player.world.http.get(
        f"/simulator/api/media/{sent[-1]['media_id']}",
        params={"channel": chat.channel, "chat": chat.name},
    )
    if step.get("hilang"):
        expect(answer.status_code == 404, "the file is still there")
        return
    expect(answer.status_code == 200, answer.text)
    player.check_text(step, answer.content.decode("utf-8-sig"))


ACTS: dict[str, Act] = {
    "tunggu": _wait,
    "basis_data": _look_up,
    "registri": _change_registry,
    "berkas": _open_file,
}
"""What is done in steps in which no citizen sends anything, by the key that marks them."""
