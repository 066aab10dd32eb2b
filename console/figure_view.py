"""Figures as pages and files show them: names of codes, tables, charts, tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Request
from markupsafe import Markup

from console import charts, figure_wants
from console.figure_sheets import MOST_ASKED, FigureSheets, Labels
from console.figure_wants import CHANNELS, Asked
from console.house import House
from console.sheets import NOTHING, Sheet, Shown
from izin.accounts import Account
from izin.complaints import FIRST_RESPONSE_WORKING_DAYS
from izin.satisfaction import HIGHEST_SCORE
from izin.usecases.report_figures import Report, Wanted

MOST_BARS = 8
MOST_COLUMNS = 62
"""A longer period is drawn by weeks."""


@dataclass(frozen=True, slots=True)
class View:
    """A report with its tables."""

    report: Report
    sheets: Mapping[str, Sheet]


class FigureView:
    """Shows figures for a person of the console."""

    def __init__(self, house: House) -> None:
        """Take the house."""
        self._house = house

    def ask(self, request: Request, account: Account) -> Asked:
        """Read what a page is asked for."""
        house = self._house
        return figure_wants.read(
            request.query_params, self.today(), account, house.units.all(),
            house.catalogue.complaint_categories(),
        )  # fmt: skip

    def view(self, wanted: Wanted, account: Account) -> View:
        """Give the figures and tables; officers are named to supervisors of all units only."""
        house = self._house
        desk = next((unit.code for unit in house.units.all() if unit.desk), "")
        report = house.figures.within(wanted, house.clock(), desk)
        builder = FigureSheets(house.wording, self.labels())
        made = builder.all(report, account.unit is None)
        return View(report, {sheet.name: sheet for sheet in made})

    def labels(self) -> Labels:
        """Give what codes are called."""
        house, say = self._house, self._house.wording.say
        return Labels(
            units={unit.code: unit.name for unit in house.units.all()} | {"": say("figures.desk")},
            categories={item.code: item.label for item in house.catalogue.complaint_categories()},
            classes={
                code: say("figures.class_of", label=item.label, days=item.resolve_working_days)
                for code, item in house.catalogue.complaint_classes().items()
            },
            permits={item.code: item.short_name for item in house.catalogue.permits()},
            officers={account.id: account.name for account in house.accounts.all()},
        )

    def today(self) -> date:
        """Give today in the office's zone."""
        return self._house.clock().astimezone(self._house.office.office().zone).date()

    @property
    def shown(self) -> Shown:
        """Give what writes values for people."""
        return Shown(self._house.wording, self._house.office.office().zone)

    def charts(self, view: View) -> dict[str, Markup]:
        """Give the charts by name; one without anything to show is left out."""
        drawn = {
            "aduan_harian": self._filed(view.report),
            "pesan_harian": self._messages(view.report),
            "tanggapan_unit": self._responses(view.sheets["aduan_unit"]),
            "ditanya_izin": self._asked(view.sheets["ditanya_izin"]),
            "skm_unsur": self._elements(view.sheets["skm_unsur"]),
        }
        if "izin_tahap" in view.sheets:
            drawn["izin_tahap"] = self._stages(view.sheets["izin_tahap"])
        return {name: chart for name, chart in drawn.items() if chart is not None}

    def _filed(self, report: Report) -> Markup | None:
        counts = report.complaints.by_day
        if not any(counts.values()):
            return None
        labels, [values] = self._by_time([counts], list(counts))
        name = self._say("figures.column.filed")
        return self._columns("aduan_harian", labels, [charts.Series(name, values)])

    def _messages(self, report: Report) -> Markup | None:
        days = report.wanted.period.days()
        channels = [c for c in CHANNELS if any(d.channel == c for d in report.talks.days)]
        if not channels:
            return None
        counts = [
            {item.day: item.messages for item in report.talks.days if item.channel == channel}
            for channel in channels
        ]
        if len(report.namespaces) > 1:
            counts = [self._added(report, channel) for channel in channels]
        labels, values = self._by_time(counts, days)
        series = [
            charts.Series(self._say(f"figures.channel.{channel}"), own)
            for channel, own in zip(channels, values, strict=True)
        ]
        return self._columns("pesan_harian", labels, series)

    def _added(self, report: Report, channel: str) -> dict[date, int]:
        added: dict[date, int] = {}
        for item in report.talks.days:
            if item.channel == channel:
                added[item.day] = added.get(item.day, 0) + item.messages
        return added

    def _by_time(
        self, counts: Sequence[Mapping[date, int]], days: Sequence[date]
    ) -> tuple[list[str], list[list[float]]]:
        """Give labels and values by day, of a long period by week."""
        step = 7 if len(days) > MOST_COLUMNS else 1
        begins = days[::step]
        values = [
            [float(sum(own.get(day + timedelta(days=n), 0) for n in range(step))) for day in begins]
            for own in counts
        ]
        return [f"{day.day}/{day.month}" for day in begins], values

    def _responses(self, sheet: Sheet) -> Markup | None:
        place = 7  # the 90th percentile of days to the first answer
        rows = [row for row in sheet.rows if row[place] is not None][:MOST_BARS]
        items = [self._bar(str(row[0]), row[place]) for row in rows]
        label = self._say("figures.standard_mark", days=FIRST_RESPONSE_WORKING_DAYS)
        return self._bars("tanggapan_unit", items, mark=(float(FIRST_RESPONSE_WORKING_DAYS), label))

    def _asked(self, sheet: Sheet) -> Markup | None:
        rows = sheet.rows[: min(MOST_BARS, MOST_ASKED)]
        return self._bars("ditanya_izin", [self._bar(str(row[0]), row[1]) for row in rows])

    def _elements(self, sheet: Sheet) -> Markup | None:
        items = [self._bar(f"{row[0]} {row[1]}", row[3]) for row in sheet.rows]
        return self._bars("skm_unsur", items, most=float(HIGHEST_SCORE))

    def _stages(self, sheet: Sheet) -> Markup | None:
        items = [self._bar(f"{row[0]}: {row[1]}", row[5]) for row in sheet.rows[:MOST_BARS]]
        return self._bars("izin_tahap", items)

    def _bar(self, label: str, value: object) -> charts.Bar:
        number = float(value) if isinstance(value, int | float) else None
        text = NOTHING if number is None else self._house.wording.number(round(number, 2))
        return charts.Bar(label, number, text)

    def _bars(
        self,
        name: str,
        items: Sequence[charts.Bar],
        most: float | None = None,
        mark: tuple[float, str] | None = None,
    ) -> Markup | None:
        if not items:
            return None
        told = "; ".join(f"{item.label}: {item.text}" for item in items)
        return charts.bars(f"c-{name}", self._say(f"figures.chart.{name}"), told, items, most, mark)

    def _columns(self, name: str, labels: Sequence[str], series: Sequence[charts.Series]) -> Markup:
        told = "; ".join(f"{one.name}: {sum(one.values):g}" for one in series)
        title = self._say(f"figures.chart.{name}")
        return charts.columns(f"c-{name}", title, told, labels, series)

    def _say(self, key: str, **parameters: object) -> str:
        return self._house.wording.say(key, **parameters)
