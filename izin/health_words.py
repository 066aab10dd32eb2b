"""What people read of the house's health."""

from __future__ import annotations

from datetime import date

from izin.alarms import News, Standing
from izin.errors import UnknownWording
from izin.health import Check, State, Values
from izin.wording import Wording


class HealthWords:
    """Turns checks and alarms into sentences; none holds anything about a person."""

    def __init__(self, wording: Wording) -> None:
        """Take the sentences."""
        self._wording = wording

    def title(self, check: Check) -> str:
        """Give the name of a check."""
        return self._wording.say(f"health.title.{check.value}")

    def state(self, state: State) -> str:
        """Give a state in one or two words."""
        return self._wording.say(f"health.state.{state.value}")

    def said(self, check: Check, code: str, values: Values) -> str:
        """Give what was found."""
        told = {name: self._told(name, value) for name, value in values.items()}
        for key in (f"health.said.{check.value}.{code}", f"health.said.any.{code}"):
            if self._wording.has(key):
                try:
                    return self._wording.say(key, **told)
                except UnknownWording:
                    continue  # another release says less of it
        return self._wording.say("health.said.any.unknown")

    def found(self, item: Standing) -> str:
        """Give what was found, and of an alarm that mends, that it does."""
        if item.is_mending:
            return self._wording.say("health.said.any.mending")
        return self.said(item.check, item.code, item.values)

    def todo(self, check: Check, code: str) -> str:
        """Give what to do, "" when nothing is."""
        own = f"health.todo.{check.value}.{code}"
        key = own if self._wording.has(own) else f"health.todo.{check.value}"
        return self._wording.say(key) if self._wording.has(key) else ""

    def message(self, news: News, page: str) -> tuple[str, str]:
        """Give the title and the text of one message that tells it all."""
        parts = [self._alarm(item, "opened") for item in news.opened]
        parts += [self._alarm(item, "reminded") for item in news.reminded]
        if news.beside:
            names = ", ".join(self.title(item.check) for item in news.beside)
            parts.append(self._wording.say("health.told.beside", names=names))
        if news.over:
            names = ", ".join(self.title(item.check) for item in news.over)
            parts.append(self._wording.say("health.told.over", names=names))
        if page and (news.opened or news.reminded):
            parts.append(self._wording.say("health.told.page", url=page))
        kind = "opened" if news.opened else "reminded" if news.reminded else "over"
        return self._wording.say(f"health.told.title_{kind}"), "\n\n".join(parts)

    def _alarm(self, item: Standing, how: str) -> str:
        return self._wording.say(
            f"health.told.{how}",
            title=self.title(item.check),
            said=self.said(item.check, item.code, item.values),
            todo=self.todo(item.check, item.code),
        )

    def _told(self, name: str, value: str | int) -> str:
        if isinstance(value, int):
            return self._wording.number(value)
        if name.endswith("_on"):
            return self._wording.date(date.fromisoformat(value), weekday=False)
        return value
