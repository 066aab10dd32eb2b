"""The few figures that stand first on the dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.sheets import Kind, Shown, Value
from izin.talk_figures import total
from izin.usecases.report_figures import Report, percent
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure: ``label`` says what it is, ``hint`` what it rests on; ``late`` asks for action."""

    label: str
    value: str
    hint: str
    late: bool = False


def tiles(report: Report, wording: Wording, shown: Shown) -> Mapping[str, list[Tile]]:
    """Give the tiles of each part of the dashboard."""
    say = wording.say

    def tile(name: str, value: Value, kind: Kind, late: bool = False, **said: Value) -> Tile:
        given = {key: shown(item, "decimal") for key, item in said.items()}
        hint = say(f"figures.tile.{name}.hint", **given)
        return Tile(say(f"figures.tile.{name}.label"), shown(value, kind), hint, late)

    own, talk = report.complaints.total, total(report.talks.days)
    chat, opinion = report.officers, report.satisfaction
    answered, decided = own.answered_in_time, own.decided_in_time
    found = {
        "complaints": [
            tile("open", own.open, "whole", soon=own.due_soon),
            tile("overdue", own.overdue, "whole", late=own.overdue > 0),
            tile("filed", own.filed, "whole", closed=own.closed),
            tile(
                "answered_in_time", percent(answered.ratio), "percent",
                part=answered.part, whole=answered.whole,
            ),
            tile(
                "response", own.response_days.middle, "decimal",
                high=own.response_days.high, hours=own.response_hours.middle,
            ),
            tile(
                "decided_in_time", percent(decided.ratio), "percent",
                part=decided.part, whole=decided.whole,
            ),
            tile("decision", own.decision_days.middle, "decimal", high=own.decision_days.high),
            tile("reopened", percent(own.reopened.ratio), "percent", part=own.reopened.part),
        ],
        "talks": [
            tile("sessions", talk.sessions, "whole", messages=talk.messages),
            tile("contained", percent(talk.contained.ratio), "percent", opened=talk.opened),
            tile(
                "fallback", percent(talk.fallback.ratio), "percent",
                lost=talk.lost, judged=talk.judged,
            ),
        ],
        "officers": [
            tile("waiting", chat.queue.waiting, "whole", chat.queue.waiting > 0,
                 present=chat.present),
            tile("wait", chat.wait_minutes.middle, "decimal",
                 high=chat.wait_minutes.high, answered=chat.answered, opened=chat.opened),
            tile("serving", chat.serving_minutes.middle, "decimal",
                 served=chat.serving_minutes.count),
        ],
        "satisfaction": [
            tile("rating", _float(opinion.rating.value), "exact", count=opinion.rating.count),
            tile("index", _float(opinion.index.converted), "exact",
                 respondents=opinion.index.respondents),
            tile("grade", opinion.index.grade, "text"),
        ],
    }  # fmt: skip
    if report.permits is not None:
        permits = report.permits
        returns = permits.all_returns
        found["permits"] = [
            tile("permits_open", permits.open, "whole", received=permits.received),
            tile("permits_over", permits.over, "whole", permits.over > 0),
            tile("same_day", percent(returns.same_day.ratio), "percent",
                 part=returns.same_day.part, whole=returns.incomplete),
            tile("often", returns.often.part, "whole", whole=returns.incomplete),
        ]  # fmt: skip
    return found


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
