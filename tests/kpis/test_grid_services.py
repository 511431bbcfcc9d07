"""Saving cells of the week's grid: what is written, what is explained, what nobody loses."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activity.models import Event
from kpis import services
from kpis.models import Kpi, Measurement, MeasurementChange
from kpis.selectors.cells import Cell, CellState
from kpis.services.grid import save_cells
from kpis.services.taking_back import take_back
from portfolio.models import StaleMark
from tests.factories.kpis import NOW, TODAY, KpiFactory, MeasurementFactory, MetricFactory
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
THIS_WEEK = dt.date(2026, 11, 16)  # TODAY is its Saturday
LAST_WEEK = dt.date(2026, 11, 9)
SUNDAY = dt.date(2026, 11, 15)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", visibility="company")


@pytest.fixture
def dana(product):
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=product, role="contributor")
    return person


@pytest.fixture
def kpi(product):
    services.ensure_partitions(TODAY - 400 * DAY, TODAY)
    return KpiFactory(product=product, metric=MetricFactory(lower=0, upper=100, unit="%"))


def save(by, *cells):
    return save_cells(cells=cells, by=by, now=NOW)


def states(outcomes):
    return [outcome.state for outcome in outcomes]


def values(kpi):
    rows = Measurement.objects.filter(kpi=kpi).order_by("date")
    return list(rows.values_list("date", "value"))


def test_a_new_value_goes_to_the_last_day_of_its_week_and_to_today_in_the_running_one(dana, kpi):
    outcomes = save(dana, Cell(kpi.pk, LAST_WEEK, "71,5"), Cell(kpi.pk, THIS_WEEK, " 72 % "))

    assert states(outcomes) == [CellState.SAVED, CellState.SAVED]
    assert values(kpi) == [(SUNDAY, 71.5), (TODAY, 72.0)]
    assert outcomes[0].stand.token == "2026-11-15=71.5"
    row = Measurement.objects.get(kpi=kpi, date=SUNDAY)
    assert (row.entered_by, row.source, row.segment) == (dana.pk, "form", "")


def test_a_value_that_stands_is_changed_on_its_day_and_keeps_its_note(dana, kpi):
    MeasurementFactory(
        kpi=kpi, date=SUNDAY - 3 * DAY, value=10, note="Survey", sample_size=40, entered_by=None
    )
    (outcome,) = save(dana, Cell(kpi.pk, LAST_WEEK, "11", "2026-11-12=10.0"))

    assert outcome.state == CellState.SAVED
    row = Measurement.objects.get(kpi=kpi)
    assert (row.date, row.value, row.note, row.sample_size) == (SUNDAY - 3 * DAY, 11, "Survey", 40)
    assert MeasurementChange.objects.get().before["value"] == 10


@pytest.mark.parametrize(
    ("week", "text", "why"),
    [
        (LAST_WEEK, "many", "Enter a number, like 12 or 71.5."),
        (LAST_WEEK, "101", "Enter 100 or less."),
        (LAST_WEEK, "-1", "Enter 0 or more."),
        (THIS_WEEK + 7 * DAY, "1", "This week has not begun yet."),
        (dt.date(1999, 12, 20), "1", "Figures begin on 1 Jan 2000."),
        (LAST_WEEK + DAY, "1", "Weeks begin on another day by now. Reload the page."),
        (dt.date(9999, 12, 27), "1", "This week has not begun yet."),
        (dt.date(1, 1, 1), "1", "Figures begin on 1 Jan 2000."),
    ],
)
def test_what_is_wrong_is_explained_and_the_rest_is_saved(dana, kpi, week, text, why):
    wrong, right = save(dana, Cell(kpi.pk, week, text), Cell(kpi.pk, THIS_WEEK, "5"))

    assert (wrong.state, wrong.why.replace("\xa0", " ")) == (CellState.WRONG, why)
    assert right.state == CellState.SAVED
    assert values(kpi) == [(TODAY, 5.0)]


def test_nobody_overwrites_what_they_have_not_seen(dana, kpi, product):
    erik = PersonFactory(name="Erik")
    MembershipFactory(user=erik, product=product)
    assert states(save(erik, Cell(kpi.pk, LAST_WEEK, "40"))) == [CellState.SAVED]

    (outcome,) = save(dana, Cell(kpi.pk, LAST_WEEK, "50"))
    assert outcome.state == CellState.CONFLICT
    assert outcome.why.replace("\xa0", " ") == "Erik has saved 40 % for 15 Nov 2026 meanwhile."
    assert values(kpi) == [(SUNDAY, 40.0)]

    (mine,) = save(dana, Cell(kpi.pk, LAST_WEEK, "50", outcome.stand.token))
    assert mine.state == CellState.SAVED
    assert values(kpi) == [(SUNDAY, 50.0)]


def test_a_value_on_another_day_of_the_week_is_a_conflict_too(dana, kpi):
    MeasurementFactory(kpi=kpi, date=SUNDAY - 2 * DAY, value=40)
    (outcome,) = save(dana, Cell(kpi.pk, LAST_WEEK, "50"))
    assert outcome.state == CellState.CONFLICT


def test_the_same_sent_twice_changes_nothing(dana, kpi):
    cell = Cell(kpi.pk, LAST_WEEK, "50")
    save(dana, cell)
    before = (Event.objects.count(), StaleMark.objects.count(), MeasurementChange.objects.count())

    (again,) = save(dana, cell)

    assert (again.state, again.step) == (CellState.SAME, None)
    assert before == (
        Event.objects.count(), StaleMark.objects.count(), MeasurementChange.objects.count(),
    )  # fmt: skip


def test_one_cell_twice_in_one_sending_is_decided_in_order(dana, kpi):
    outcomes = save(dana, Cell(kpi.pk, LAST_WEEK, "50"), Cell(kpi.pk, LAST_WEEK, "60"))
    assert states(outcomes) == [CellState.SAVED, CellState.CONFLICT]
    assert values(kpi) == [(SUNDAY, 50.0)]


def test_an_emptied_cell_deletes_what_was_seen_and_undo_brings_it_back_with_its_note(dana, kpi):
    MeasurementFactory(kpi=kpi, date=SUNDAY - DAY, value=10, note="Survey", sample_size=7)
    (outcome,) = save(dana, Cell(kpi.pk, LAST_WEEK, " ", "2026-11-14=10.0"))
    assert (outcome.state, outcome.stand, values(kpi)) == (CellState.DELETED, None, [])

    (back,) = take_back(steps=[outcome.step], by=dana, now=NOW)

    row = Measurement.objects.get(kpi=kpi)
    assert (row.date, row.value, row.note, row.sample_size) == (SUNDAY - DAY, 10, "Survey", 7)
    assert (back.state, back.stand.token) == (CellState.SAVED, "2026-11-14=10.0")


def test_undo_takes_new_and_changed_values_back_and_leaves_what_was_changed_since(dana, kpi):
    MeasurementFactory(kpi=kpi, date=SUNDAY, value=10, note="Survey")
    older = LAST_WEEK - 7 * DAY
    outcomes = save(
        dana,
        Cell(kpi.pk, older, "1"),
        Cell(kpi.pk, LAST_WEEK, "2", "2026-11-15=10.0"),
        Cell(kpi.pk, THIS_WEEK, "3"),
    )
    save(dana, Cell(kpi.pk, THIS_WEEK, "4", outcomes[2].stand.token))

    back = take_back(steps=[outcome.step for outcome in outcomes], by=dana, now=NOW)

    assert states(back) == [CellState.DELETED, CellState.SAVED, CellState.CONFLICT]
    assert values(kpi) == [(SUNDAY, 10.0), (TODAY, 4.0)]
    assert states(take_back(steps=[outcomes[0].step], by=dana, now=NOW)) == [CellState.CONFLICT]


def test_others_products_are_refused_and_unseen_ones_are_not_told_apart_from_none(dana, kpi):
    seen = KpiFactory(product__visibility="company")
    hidden = KpiFactory(product__visibility="team")
    cells = [Cell(key, LAST_WEEK, "1") for key in (seen.pk, hidden.pk, 2**62)]

    outcomes = save(dana, *cells, Cell(kpi.pk, LAST_WEEK, "1"))

    assert states(outcomes) == [*[CellState.REFUSED] * 3, CellState.SAVED]
    assert outcomes[0].why == "You can see this product, but you may not record its figures."
    assert outcomes[1].why == outcomes[2].why == "This KPI is no longer here."
    assert Measurement.objects.count() == 1


def test_marks_from_the_earliest_day_and_tells_one_line_a_kpi(dana, kpi, product):
    weeks = [LAST_WEEK - 7 * DAY * back for back in range(3)]
    save(dana, *[Cell(kpi.pk, week, "1") for week in weeks])

    assert StaleMark.objects.get().from_date == SUNDAY - 14 * DAY
    event = Event.objects.get()
    assert (event.verb, event.subject_label, event.product_id) == (
        "recorded", str(kpi.metric), product.pk,
    )  # fmt: skip
    assert event.data == {"kpi": kpi.pk, "detail": "3 values from 1 Nov 2026 to 15 Nov 2026"}


@pytest.mark.parametrize("count", [1, 8])
def test_costs_the_same_however_many_cells(dana, product, kpi, count):
    kpis = [kpi, *KpiFactory.create_batch(count - 1, product=product)]
    changed = [MeasurementFactory(kpi=each, date=SUNDAY, value=1) for each in kpis]
    cells = [Cell(row.kpi_id, LAST_WEEK, "2", "2026-11-15=1.0") for row in changed]
    cells += [Cell(each.pk, THIS_WEEK, "3") for each in kpis]
    with CaptureQueriesContext(connection) as captured:
        assert set(states(save(dana, *cells))) == {CellState.SAVED}
    assert len(captured) == 15, "\n".join(q["sql"][:90] for q in captured)


def test_negative_zero_and_huge_numbers_are_told(dana, product):
    kpi = KpiFactory(product=product)
    zero, huge = save(dana, Cell(kpi.pk, LAST_WEEK, "-0"), Cell(kpi.pk, THIS_WEEK, "1e400"))
    assert (zero.state, huge.why) == (CellState.SAVED, "This number is too large.")
    assert Kpi.objects.get().measurements.get().value == 0
