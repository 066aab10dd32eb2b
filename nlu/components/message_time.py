"""The office's day on which a message is read."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from rasa.shared.nlu.training_data.message import Message

DEFAULT_ZONE = "Asia/Jakarta"


def message_date(message: Message, zone: ZoneInfo) -> date:
    """The date in the office's zone at ``metadata.now``, or today's when it has none.

    Only our channel sends metadata; ``/model/parse`` is read at the present day.
    """
    now = (message.get("metadata") or {}).get("now")
    moment = datetime.fromisoformat(now) if now else datetime.now(zone)
    return moment.astimezone(zone).date()
