"""The tables of the dashboard and the monthly report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from console.sheets import Column, Kind, Sheet, Value
from izin.complaint_figures import ComplaintFigures
from izin.permit_figures import PermitFigures, Returns
from izin.satisfaction import two_decimals
from izin.talk_figures import TalkDay, total
from izin.usecases.report_figures import Report, percent
from izin.wording import Wording

MOST_ASKED = 15


@dataclass(frozen=True, slots=True)
class Labels:
    """What codes are called; an unknown one, as of a unit that is gone, is shown itself."""

    units: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    permits: Mapping[str, str] = field(default_factory=dict)
    officers: Mapping[str, str] = field(default_factory=dict)


class FigureSheets:
    """Builds the tables of a report; each has a name of its own."""

    def __init__(self, wording: Wording, labels: Labels) -> None:
        """Take the sentences and the names of codes."""
        self._wording = wording
        self._labels = labels

    def all(self, report: Report, workload: bool = True) -> tuple[Sheet, ...]:
        """Give every table; ``workload`` names officers and is for supervisors of all."""
        sheets = [
            *self.complaints(report), *self.talks(report), *self.officers(report, workload),
            *self.satisfaction(report),
        ]  # fmt: skip
        return (*sheets, *(self.permits(report.permits) if report.permits else ()))

    def complaints(self, report: Report) -> list[Sheet]:
        """Give the tables of complaints."""
        part, labels = report.complaints, self._labels
        by_day = [(day, many) for day, many in part.by_day.items()]
        states = [
            (_begun(self._word(f"complaint.state.{state}", state)), many)
            for state, many in sorted(part.states.items(), key=lambda item: (-item[1], item[0]))
        ]
        return [
            self._groups("aduan_unit", part.by_unit, labels.units, part.total),
            self._groups("aduan_kategori", part.by_category, labels.categories, part.total),
            self._groups("aduan_kelas", part.by_class, labels.classes, part.total),
            self._groups("aduan_kanal", part.by_channel, self._channels(), part.total),
            self._sheet("aduan_status", [("state", "text"), ("filed", "whole")], states),
            self._sheet("aduan_harian", [("day", "day"), ("filed", "whole")], by_day),
        ]

    def talks(self, report: Report) -> list[Sheet]:
        """Give the tables of conversations."""
        grid, words = report.talks.grid(), self._wording
        week = [words.say(f"figures.weekday.{number}") for number in range(7)]
        hours = [(week[day], *(grid.get((day, hour), 0) for hour in range(24))) for day in range(7)]
        channels = sorted({item.channel for item in report.talks.days})
        by_channel = [
            (self._channel(name), *_talk(total(d for d in report.talks.days if d.channel == name)))
            for name in channels
        ]
        if len(channels) > 1:
            by_channel.append((words.say("figures.all_channels"), *_talk(total(report.talks.days))))
        by_day = [
            (item.day, self._channel(item.channel), *_talk(item)) for item in report.talks.days
        ]
        counted: list[tuple[str, Kind]] = [
            ("chats", "whole"), ("sessions", "whole"), ("opened", "whole"),
            ("contained", "percent"), ("messages", "whole"), ("judged", "whole"),
            ("lost", "whole"), ("fallback", "percent"),
        ]  # fmt: skip
        return [
            self._sheet("percakapan_kanal", [("channel", "text"), *counted], by_channel),
            self._sheet(
                "percakapan_harian", [("day", "day"), ("channel", "text"), *counted], by_day
            ),
            Sheet(
                "percakapan_jam",
                words.say("figures.sheet.percakapan_jam"),
                (
                    Column(words.say("figures.column.weekday"), "text"),
                    *(Column(f"{hour:02d}") for hour in range(24)),
                ),
                tuple(hours),
                words.say("figures.note.percakapan_jam"),
            ),
            self._asked("ditanya_izin", report, "permit", self._permit),
            self._asked(
                "ditanya_maksud", report, "intent", lambda c: self._word(f"figures.intent.{c}", c)
            ),
        ]

    def officers(self, report: Report, workload: bool = True) -> list[Sheet]:
        """Give the tables of officers in the chat."""
        own, words = report.officers, self._wording
        times: list[tuple[Value, ...]] = [
            (words.say(f"figures.measure.{name}"), item.count, item.middle, item.high)
            for name, item in (
                ("wait_minutes", own.wait_minutes),
                ("wait_hours", own.wait_hours),
                ("serving_minutes", own.serving_minutes),
            )
        ]
        reasons = [(self._word(f"figures.reason.{code}", code), n) for code, n in own.by_reason]
        sheets = [
            self._sheet("petugas_waktu", _MEASURED, times),
            self._sheet("petugas_alasan", [("reason", "text"), ("opened", "whole")], reasons),
        ]
        if not workload:
            return sheets
        loads: list[tuple[Value, ...]] = [
            (
                self._labels.officers.get(load.officer, load.officer),
                words.say("figures.present" if load.until else "figures.absent"),
                load.holds,
                load.longest_since,
                load.served,
                load.minutes.middle,
            )
            for load in own.workload
        ]
        kinds: list[tuple[str, Kind]] = [
            ("officer", "text"), ("presence", "text"), ("holds", "whole"),
            ("longest_since", "moment"), ("served", "whole"), ("serving_middle", "decimal"),
        ]  # fmt: skip
        return [self._sheet("petugas_beban", kinds, loads), *sheets]

    def satisfaction(self, report: Report) -> list[Sheet]:
        """Give the tables of ratings and the survey."""
        own, words = report.satisfaction, self._wording
        subjects: list[tuple[Value, ...]] = [
            (words.say(f"figures.subject.{name}"), item.count, _mean(item.value))
            for name, item in own.by_subject.items()
        ]
        elements: list[tuple[Value, ...]] = [
            (item.element.code, item.element.name, item.respondents, _mean(item.average))
            for item in own.index.elements
        ]
        months: list[tuple[Value, ...]] = [
            (
                month_name(words, item.year, item.month),
                item.rating.count,
                _mean(item.rating.value),
                item.index.respondents,
                float(item.index.converted) if item.index.converted is not None else None,
                item.index.grade,
            )
            for item in own.months
        ]
        rated: list[tuple[str, Kind]] = [("ratings", "whole"), ("rating", "exact")]
        return [
            self._sheet("nilai", [("subject", "text"), *rated], subjects),
            self._sheet(
                "skm_unsur",
                [("code", "text"), ("element", "text"), ("respondents", "whole"),
                 ("average", "exact")],
                elements,
            ),
            self._sheet(
                "kepuasan_bulanan",
                [("month", "text"), *rated, ("respondents", "whole"), ("index", "exact"),
                 ("grade", "text")],
                months,
            ),
        ]  # fmt: skip

    def permits(self, own: PermitFigures) -> list[Sheet]:
        """Give the tables of the permit registry."""
        stages: list[tuple[Value, ...]] = [
            (
                self._permit(item.permit_code), item.stage, item.unit, item.waiting,
                item.days.middle, item.days.high, item.longest, item.standard or None, item.over,
            )
            for item in own.stages
        ]  # fmt: skip
        longest: list[tuple[Value, ...]] = [
            (
                item.number, self._permit(item.permit_code), item.stage, item.unit,
                item.submitted_at, item.open_days, item.used, item.standard, item.over or None,
            )
            for item in own.longest
        ]  # fmt: skip
        returned = [self._returned(item.unit, item) for item in own.returns]
        returned.append(self._returned(self._wording.say("figures.all"), own.all_returns))
        return [
            self._sheet(
                "izin_tahap",
                [("permit", "text"), ("stage", "text"), ("unit", "text"), ("waiting", "whole"),
                 ("stage_middle", "decimal"), ("stage_high", "decimal"), ("longest", "whole"),
                 ("standard", "whole"), ("over", "whole")],
                stages,
            ),
            self._sheet(
                "izin_terlama",
                [("number", "text"), ("permit", "text"), ("stage", "text"), ("unit", "text"),
                 ("submitted", "moment"), ("open_days", "whole"), ("used", "whole"),
                 ("standard", "whole"), ("over_days", "whole")],
                longest,
            ),
            self._sheet(
                "berkas_kembali",
                [("unit", "text"), ("incomplete", "whole"), ("same_day", "whole"),
                 ("same_day_share", "percent"), ("often", "whole"), ("often_share", "percent")],
                returned,
            ),
        ]  # fmt: skip

    def _returned(self, name: str, item: Returns) -> tuple[Value, ...]:
        return (
            name, item.incomplete, item.same_day.part, percent(item.same_day.ratio),
            item.often.part, percent(item.often.ratio),
        )  # fmt: skip

    def _groups(
        self,
        name: str,
        groups: Mapping[str, ComplaintFigures],
        names: Mapping[str, str],
        whole: ComplaintFigures,
    ) -> Sheet:
        rows = [(names.get(code, code), *_complaints(own)) for code, own in groups.items()]
        if len(rows) > 1:
            rows.append((self._wording.say("figures.all"), *_complaints(whole)))
        return self._sheet(name, [(name, "text"), *_COMPLAINTS], rows)

    def _asked(self, name: str, report: Report, kind: str, label: Callable[[str], str]) -> Sheet:
        counts: dict[str, int] = {}
        for item in report.talks.asked:
            if item.kind == kind:
                counts[item.code] = counts.get(item.code, 0) + item.messages
        most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ASKED]
        return self._sheet(
            name, [(kind, "text"), ("messages", "whole")], [(label(code), n) for code, n in most]
        )

    def _sheet(
        self, name: str, columns: Iterable[tuple[str, Kind]], rows: Iterable[tuple[Value, ...]]
    ) -> Sheet:
        words = self._wording
        return Sheet(
            name,
            words.say(f"figures.sheet.{name}"),
            tuple(Column(words.say(f"figures.column.{code}"), kind) for code, kind in columns),
            tuple(tuple(row) for row in rows),
            words.say(f"figures.note.{name}") if words.has(f"figures.note.{name}") else "",
        )

    def _permit(self, code: str) -> str:
        return self._labels.permits.get(code, code)

    def _channel(self, name: str) -> str:
        return self._word(f"figures.channel.{name}", name)

    def _channels(self) -> dict[str, str]:
        other = self._wording.say("figures.channel.other")
        return {name: self._channel(name) for name in ("telegram", "whatsapp")} | {"": other}

    def _word(self, key: str, otherwise: str) -> str:
        return self._wording.say(key) if self._wording.has(key) else otherwise


_COMPLAINTS: tuple[tuple[str, Kind], ...] = (
    ("filed", "whole"), ("closed", "whole"), ("open", "whole"), ("overdue", "whole"),
    ("due_soon", "whole"), ("response_middle", "decimal"), ("response_high", "decimal"),
    ("response_hours", "decimal"), ("answered_in_time", "percent"),
    ("decision_middle", "decimal"), ("decision_high", "decimal"),
    ("decided_in_time", "percent"), ("reopened", "percent"), ("rating", "exact"),
)  # fmt: skip

_MEASURED: tuple[tuple[str, Kind], ...] = (
    ("measure", "text"), ("cases", "whole"), ("middle", "decimal"), ("high", "decimal"),
)  # fmt: skip


def month_name(wording: Wording, year: int, number: int) -> str:
    """Give ``November 2026``."""
    return wording.say("figures.month_of", month=wording.say(f"figures.month.{number}"), year=year)


def _complaints(own: ComplaintFigures) -> tuple[Value, ...]:
    return (
        own.filed, own.closed, own.open, own.overdue, own.due_soon,
        own.response_days.middle, own.response_days.high, own.response_hours.middle,
        percent(own.answered_in_time.ratio), own.decision_days.middle, own.decision_days.high,
        percent(own.decided_in_time.ratio), percent(own.reopened.ratio), _mean(own.rating.value),
    )  # fmt: skip


def _talk(own: TalkDay) -> tuple[Value, ...]:
    return (
        own.chats, own.sessions, own.opened, percent(own.contained.ratio), own.messages,
        own.judged, own.lost, percent(own.fallback.ratio),
    )  # fmt: skip


def _mean(value: Fraction | None) -> float | None:
    return None if value is None else float(two_decimals(value))


def _begun(words: str) -> str:
    """Give words with a capital first letter; ``capitalize`` would change the others."""
    return words[:1].upper() + words[1:]
