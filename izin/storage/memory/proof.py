"""Wrong proofs and the locks that follow, in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

WRONG_PROOFS_ALLOWED = 5
LOCK_TIME = timedelta(hours=24)


class MemoryProofLedger:
    """The port ``ProofLedger``."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._guard = Lock()
        self._failures: dict[str, tuple[str, str, datetime]] = {}
        self._until: dict[str, datetime] = {}

    def is_locked(self, number: str, conversation_id: str, now: datetime) -> bool:
        """Say whether the number or the chat is locked at ``now``."""
        with self._guard:
            return self._locked(number, conversation_id, now)

    def record_failure(
        self, number: str, conversation_id: str, turn_id: str, now: datetime
    ) -> bool:
        """Count a wrong proof once per turn; True when this one caused a new lock."""
        subjects = (f"number:{number}", f"chat:{conversation_id}")
        with self._guard:
            if turn_id in self._failures:
                at = self._failures[turn_id][2]
                return any(self._until.get(item) == at + LOCK_TIME for item in subjects)
            if self._locked(number, conversation_id, now):
                return False
            self._failures[turn_id] = (number, conversation_id, now)
            recent = [item for item in self._failures.values() if item[2] > now - LOCK_TIME]
            worst = max(
                sum(item[0] == number for item in recent),
                sum(item[1] == conversation_id for item in recent),
            )
            if worst < WRONG_PROOFS_ALLOWED:
                return False
            for subject in subjects:
                self._until[subject] = now + LOCK_TIME
            return True

    def _locked(self, number: str, conversation_id: str, now: datetime) -> bool:
        subjects = (f"number:{number}", f"chat:{conversation_id}")
        return any(self._until.get(item, now) > now for item in subjects)
