"""A citizen rates the service, 1 to 5."""

from __future__ import annotations

from izin.ports import Escalations
from izin.replies import Choice, Reply
from izin.usecases.dialogue import Answer, TurnInput
from izin.wording import Wording

REASON = "penilaian"
WORST, BEST = 1, 5


class RateService:
    """Takes the rating and hands it to an officer; nothing else stores it yet."""

    def __init__(self, escalations: Escalations, wording: Wording) -> None:
        """Take the officers' queue and the wording."""
        self._escalations = escalations
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give thanks for a rating, or ask for one from 1 to 5."""
        value = turn.value("nilai")
        if value is None:
            return Answer((self._ask("social.rating_ask"),))
        if not WORST <= int(value) <= BEST:
            return Answer((self._ask("social.rating_range"),))
        self._escalations.open(
            turn.conversation_id, REASON, turn.now, f"{turn.turn_id}:{REASON}", note=str(int(value))
        )
        key = "social.rating_thanks" if int(value) > 2 else "social.rating_sorry"
        choices: tuple[Choice, ...] = ()
        if int(value) <= 2:
            choices = (
                Choice(self._wording.say("social.menu_lapor_pengaduan"), "lapor_pengaduan"),
                Choice(self._wording.say("social.menu_minta_petugas"), "minta_petugas"),
            )
        return Answer((Reply(self._wording.say(key, value=int(value)), choices),))

    def _ask(self, key: str) -> Reply:
        return Reply(
            self._wording.say(key),
            tuple(
                Choice(
                    self._wording.say(f"social.rating_{value}"), "beri_penilaian", {"nilai": value}
                )
                for value in range(BEST, WORST - 1, -1)
            ),
        )
