"""The monthly report's summary: figures in plain sentences, nothing where nothing is known."""

from __future__ import annotations

from collections.abc import Mapping

from console.figure_view import FigureView
from console.sheets import Kind, Value
from izin.complaint_figures import ComplaintFigures
from izin.talk_figures import total
from izin.usecases.report_figures import Balance, Report, percent
from izin.wording import Wording

MOST_NAMED = 3


def summary(
    report: Report, balance: Balance, month: str, figures: FigureView, wording: Wording
) -> Mapping[str, list[str]]:
    """Give the sentences of each part of the report."""
    writer = _Writer(figures, wording)
    return {
        "complaints": writer.complaints(report, balance, month),
        "delays": writer.delays(report.complaints.by_unit),
        "talks": writer.talks(report),
        "satisfaction": writer.satisfaction(report),
        "permits": writer.permits(report),
    }


class _Writer:
    def __init__(self, figures: FigureView, wording: Wording) -> None:
        self._shown = figures.shown
        self._labels = figures.labels()
        self._wording = wording

    def complaints(self, report: Report, balance: Balance, month: str) -> list[str]:
        own = report.complaints.total
        said = [
            self._say(
                "balance", month=month, before=balance.before, filed=balance.filed,
                closed=balance.closed, after=balance.after,
            )
        ]  # fmt: skip
        if own.answered_in_time.whole:
            share = self._percent(own.answered_in_time.ratio)
            whole, part = own.answered_in_time.whole, own.answered_in_time.part
            said.append(self._say("answered", share=share, part=part, whole=whole))
        if own.response_days.count:
            days = own.response_days
            said.append(self._say("response", middle=days.middle, high=days.high))
        if own.decided_in_time.whole:
            share = self._percent(own.decided_in_time.ratio)
            whole, part = own.decided_in_time.whole, own.decided_in_time.part
            said.append(self._say("decided", share=share, part=part, whole=whole))
            days = own.decision_days
            said.append(self._say("decision", middle=days.middle, high=days.high))
        return said

    def delays(self, units: Mapping[str, ComplaintFigures]) -> list[str]:
        late = [(code, own) for code, own in units.items() if own.overdue]
        late.sort(key=lambda item: (-item[1].overdue, item[0]))
        if not late:
            return [self._say("no_delays")]
        return [
            self._say("delay", unit=self._labels.units.get(code, code), overdue=own.overdue,
                      open=own.open)
            for code, own in late
        ]  # fmt: skip

    def talks(self, report: Report) -> list[str]:
        own = total(report.talks.days)
        if not own.messages:
            return [self._say("no_talks")]
        said = [self._say("talks", messages=own.messages, sessions=own.sessions)]
        if own.sessions:
            share = self._percent(own.contained.ratio)
            said.append(self._say("contained", share=share, opened=own.opened))
        if own.judged:
            said.append(self._say("fallback", share=self._percent(own.fallback.ratio)))
        waits = report.officers.wait_minutes
        if waits.count:
            said.append(self._say("wait", middle=waits.middle, high=waits.high))
        return said

    def satisfaction(self, report: Report) -> list[str]:
        own, said = report.satisfaction, []
        if own.rating.value is not None:
            rating = self._shown(float(own.rating.value), "exact")
            said.append(self._say("rating", rating=rating, count=own.rating.count))
        index = own.index
        if index.converted is not None and index.grade is not None:
            value = self._shown(float(index.converted), "exact")
            said.append(
                self._say(
                    "index", index=value, grade=index.grade, respondents=index.respondents,
                    performance=self._wording.say(f"figures.grade.{index.grade}"),
                )
            )  # fmt: skip
            lowest = "; ".join(item.element.name for item in index.lowest)
            said.append(self._say("lowest", elements=lowest))
        elif index.respondents:
            said.append(self._say("index_partial", respondents=index.respondents))
        return said or [self._say("no_opinions")]

    def permits(self, report: Report) -> list[str]:
        own = report.permits
        if own is None:
            return [self._wording.say("figures.registry_down")]
        said = [self._say("permits", received=own.received, open=own.open, over=own.over)]
        for item in own.stages[:MOST_NAMED]:
            permit = self._labels.permits.get(item.permit_code, item.permit_code)
            said.append(
                self._say("stage", permit=permit, stage=item.stage, waiting=item.waiting,
                          middle=item.days.middle, high=item.days.high)
            )  # fmt: skip
        returns = own.all_returns
        if returns.incomplete:
            said.append(
                self._say(
                    "returns", incomplete=returns.incomplete, often=returns.often.part,
                    share=self._percent(returns.same_day.ratio),
                )
            )  # fmt: skip
        return said

    def _percent(self, ratio: object) -> str:
        return self._shown(percent(ratio), "percent")  # type: ignore[arg-type]

    def _say(self, name: str, **said: Value) -> str:
        kind: Kind = "decimal"
        return self._wording.say(
            f"figures.report.{name}", **{key: self._shown(item, kind) for key, item in said.items()}
        )
