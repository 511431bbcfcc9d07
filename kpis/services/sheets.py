"""The sheet of the week's grid: what stands in its weeks, what becomes of it, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from accounts.models import User
from activity.services import Happening, log_events
from core.formats import measure, short_day
from kpis.enums import Source
from kpis.models import Kpi, Measurement, MeasurementChange
from kpis.rules import EVERYONE
from kpis.selectors.cells import CellOutcome, CellState, Place, Stand, Step
from kpis.selectors.grid import WEEK
from kpis.selectors.values import names_of
from kpis.services.values import Entry, Value, detail_words, put_rows
from portfolio.models import Product
from portfolio.services import mark_stale_many

GONE = "This KPI is no longer here."
NOT_YOURS = "You can see this product, but you may not record its figures."


class Sheet:
    """What stands in the weeks at hand, kept up to date while the cells are decided."""

    def __init__(self, stands: dict[int, dict[dt.date, Stand]]) -> None:
        self.stands = stands
        self.first: dict[tuple[int, dt.date], Stand | None] = {}

    def newest(self, kpi_id: int, week: dt.date) -> Stand | None:
        days = self.stands.get(kpi_id, {})
        found = [day for day in days if week <= day < week + WEEK]
        return days[max(found)] if found else None

    def put(self, kpi_id: int, stand: Stand) -> None:
        days = self.stands.setdefault(kpi_id, {})
        self.first.setdefault((kpi_id, stand.day), days.get(stand.day))
        days[stand.day] = stand

    def remove(self, kpi_id: int, day: dt.date) -> None:
        self.first.setdefault((kpi_id, day), self.stands[kpi_id].pop(day))

    def changes(self) -> list[tuple[int, dt.date, Stand | None, Stand | None]]:
        """KPI, day, what stood before, what stands now, by KPI and day."""
        found = [
            (kpi_id, day, before, self.stands.get(kpi_id, {}).get(day))
            for (kpi_id, day), before in sorted(self.first.items(), key=lambda item: item[0])
        ]
        return [change for change in found if change[2] != change[3]]


def products_of(kpis: Iterable[Kpi], by: User) -> tuple[set[int], set[int]]:
    """Which of their products the person may see, and in which they may record."""
    seen = Product.objects.visible_to(by).filter(pk__in={kpi.product_id for kpi in kpis})
    own = seen.editable_by(by)
    return set(seen.values_list("pk", flat=True)), set(own.values_list("pk", flat=True))


def settled(outcome: CellOutcome, sheet: Sheet, steps: dict[Place, Step]) -> CellOutcome:
    """With what stands in the week once everything is written, and the way back."""
    if outcome.state in (CellState.WRONG, CellState.REFUSED):
        return outcome
    step = steps.get((outcome.step.kpi_id, outcome.step.day)) if outcome.step else None
    return replace(outcome, stand=sheet.newest(*outcome.cell.place), step=step)


def told(outcomes: list[CellOutcome], kpis: dict[int, Kpi], by: User) -> list[CellOutcome]:
    """Conflicts with the words for them; asks for names only where there is one."""
    theirs = {o.stand.entered_by for o in outcomes if o.state == CellState.CONFLICT and o.stand}
    names = names_of(theirs - {None, by.pk})
    return [
        replace(outcome, why=_conflict_words(outcome, kpis[outcome.cell.kpi_id], names, by))
        if outcome.state == CellState.CONFLICT
        else outcome
        for outcome in outcomes
    ]


def _conflict_words(outcome: CellOutcome, kpi: Kpi, names: dict[int | None, str], by: User) -> str:
    if outcome.stand is None:
        return "The value that stood here has been deleted meanwhile."
    stand = outcome.stand
    value = f"{measure(stand.value, kpi.metric.unit)} for {short_day(stand.day)}"
    if stand.entered_by == by.pk:
        return f"You have saved {value} meanwhile, in another tab."
    return f"{names.get(stand.entered_by, 'Someone')} has saved {value} meanwhile."


def write(sheet: Sheet, kpis: dict[int, Kpi], *, by: User, now: dt.datetime) -> dict[Place, Step]:
    """Put the changes of the sheet into the table, with history, stale marks and activity."""
    changes = sheet.changes()
    if not changes:
        return {}
    gone = [(kpi_id, day) for kpi_id, day, _, after in changes if after is None]
    put = [
        Entry(kpis[kpi_id], Value(day, after.value, after.sample_size, EVERYONE, after.note))
        for kpi_id, day, _, after in changes
        if after is not None
    ]
    if gone:
        keys = [(kpi_id, day, EVERYONE) for kpi_id, day in gone]
        Measurement.objects.filter(pk__in=keys).delete()
    if put:
        put_rows(put, source=Source.FORM, by=by, now=now)
    _mark_and_log(changes, kpis, by=by, now=now)
    kept = changes_kept([(kpi_id, day) for kpi_id, day, before, _ in changes if before])
    return {
        (kpi_id, day): Step(kpi_id, day, kept.get((kpi_id, day)), after.value if after else None)
        for kpi_id, day, _, after in changes
    }


def _mark_and_log(
    changes: Sequence[tuple[int, dt.date, Stand | None, Stand | None]],
    kpis: dict[int, Kpi],
    *,
    by: User,
    now: dt.datetime,
) -> None:
    marks: dict[int, dt.date] = {}
    told: dict[tuple[int, str], list[Value]] = {}
    for kpi_id, day, before, after in changes:
        product_id = kpis[kpi_id].product_id
        marks[product_id] = min(day, marks.get(product_id, day))
        verb, stand = ("recorded", after) if after else ("deleted a value of", before)
        assert stand is not None  # noqa: S101  # a change has one side at least
        told.setdefault((kpi_id, verb), []).append(Value(day, stand.value))
    mark_stale_many(marks)
    log_events(
        [_happening(kpis[kpi_id], verb, values) for (kpi_id, verb), values in told.items()],
        by=by,
        now=now,
    )


def _happening(kpi: Kpi, verb: str, values: list[Value]) -> Happening:
    return Happening(
        verb=verb,
        subject_type=kpi.metric._meta.label_lower,
        subject_id=kpi.metric.pk,
        subject_label=str(kpi.metric),
        product_id=kpi.product_id,
        data={"kpi": kpi.pk, "detail": detail_words(kpi, values)},
    )


def changes_kept(places: Sequence[tuple[int, dt.date]]) -> dict[Place, int]:
    """The newest change that history holds of each of these values of everyone."""
    if not places:
        return {}
    days = [day for _, day in places]
    found = (
        MeasurementChange.objects.filter(
            kpi_id__in={kpi_id for kpi_id, _ in places},
            date__range=(min(days), max(days)),
            segment=EVERYONE,
        )
        .order_by("kpi_id", "date", "-pk")
        .distinct("kpi_id", "date")
    )
    wanted = set(places)
    return {(c.kpi_id, c.date): c.pk for c in found if (c.kpi_id, c.date) in wanted}
