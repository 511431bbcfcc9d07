"""Reads of the kpis app, judged by exact lists."""

import datetime as dt

import pytest
from django.db import connection

from core.audit import acting_as
from core.history import history_page
from kpis import selectors, services
from kpis.models import Measurement
from kpis.rules import Bounds, Freshness
from portfolio.models import Product
from tests.factories.kpis import (
    NOW,
    TODAY,
    ExemptionFactory,
    KpiFactory,
    MeasurementFactory,
    MetricFactory,
    SegmentWeightFactory,
)
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _partitions(db):
    services.ensure_partitions(TODAY - 420 * DAY, TODAY + 10 * DAY)


def measured(kpi, *pairs, **more):
    for back, value in pairs:
        MeasurementFactory(kpi=kpi, date=TODAY - back * DAY, value=value, **more)


def forget_the_context():
    """As the end of a transaction does; a test is one transaction."""
    with connection.cursor() as cursor:
        for name in ("context_id", "context_metadata"):
            cursor.execute("SELECT set_config(%s, '', true)", [f"pghistory.{name}"])


def test_a_row_knows_the_newest_value_the_one_before_and_the_first():
    kpi = KpiFactory(cadence=7)
    measured(kpi, (3, 30), (10, 20), (40, 10), (-2, 99))
    row = selectors.kpi_row(kpi, TODAY)
    assert (row.latest.value, row.previous.value) == (30, 20)
    assert (row.first_day, row.age, row.freshness) == (TODAY - 40 * DAY, 3, Freshness.FRESH)
    assert [value.value for value in row.series] == [10, 20, 30]


def test_a_row_without_values_says_so():
    row = selectors.kpi_row(KpiFactory(created_on=TODAY), TODAY)
    assert (row.latest, row.previous, row.age, row.series) == (None, None, None, ())
    assert (row.freshness, row.baseline_day) == (Freshness.NEVER, TODAY)


def test_a_single_value_has_none_before():
    kpi = KpiFactory()
    measured(kpi, (1, 5))
    row = selectors.kpi_row(kpi, TODAY)
    assert (row.latest.value, row.previous) == (5, None)


def test_old_values_count_though_they_are_out_of_the_sparkline():
    kpi = KpiFactory()
    measured(kpi, (400, 5))
    row = selectors.kpi_row(kpi, TODAY)
    assert (row.latest.value, row.freshness, row.series) == (5, Freshness.DEAD, ())


def test_segments_stand_for_everyone_by_weight():
    kpi = KpiFactory()
    SegmentWeightFactory(kpi=kpi, segment="EU", weight=3)
    measured(kpi, (0, 10), segment="EU", sample_size=2)
    measured(kpi, (0, 30), segment="US", sample_size=5)
    value = selectors.kpi_row(kpi, TODAY).latest
    assert (value.value, value.sample_size, value.is_combined) == (15, 7, True)


@pytest.mark.parametrize("fields", [{"is_head_count": True}, {"aggregation": "sum"}])
def test_segments_of_head_counts_and_sums_are_added(fields):
    kpi = KpiFactory(metric=MetricFactory(**fields))
    SegmentWeightFactory(kpi=kpi, segment="EU", weight=3)
    measured(kpi, (0, 10), segment="EU")
    measured(kpi, (0, 30), segment="US")
    assert selectors.kpi_values(kpi, TODAY, TODAY)[0].value == 40


def test_rows_come_by_group_with_their_exemption_of_the_day():
    product = ProductFactory()
    late = KpiFactory(product=product, metric=MetricFactory(group="return", code="a"))
    early = KpiFactory(product=product, metric=MetricFactory(group="adoption", code="z"))
    KpiFactory()
    exemption = ExemptionFactory(kpi=late, starts_on=TODAY, ends_on=TODAY)
    ExemptionFactory(kpi=early, starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    rows = selectors.kpi_rows(product, TODAY)
    assert [(row.kpi, row.exemption) for row in rows] == [(early, None), (late, exemption)]


def test_values_of_a_span_are_oldest_first_and_bounded():
    kpi = KpiFactory()
    measured(kpi, (0, 4), (1, 3), (2, 2), (3, 1))
    values = selectors.kpi_values(kpi, TODAY - 2 * DAY, TODAY - DAY)
    assert [value.value for value in values] == [2, 3]


def test_pages_of_values_meet_without_gap_or_overlap_even_within_a_day():
    kpi = KpiFactory()
    for segment in ("", "EU", "US"):
        measured(kpi, (0, 1), (1, 2), segment=segment)
    seen, before = [], None
    while True:
        page = selectors.measurement_page(kpi, before, limit=2)
        seen += [(row.measurement.date, row.measurement.segment) for row in page.rows]
        before = page.older
        if before is None:
            break
    assert seen == [(day, s) for day in (TODAY, TODAY - DAY) for s in ("", "EU", "US")]


def test_a_page_names_who_entered_and_what_was_corrected():
    kpi, ana = KpiFactory(), PersonFactory(name="Ana")
    measured(kpi, (0, 1), (1, 2), entered_by=ana.pk)
    Measurement.objects.filter(date=TODAY).update(value=5)
    rows = selectors.measurement_page(kpi).rows
    assert [(row.entered_by, row.is_corrected) for row in rows] == [("Ana", True), ("Ana", False)]


def test_changes_are_told_with_the_person_newest_first():
    kpi, ana = KpiFactory(), PersonFactory(name="Ana")
    measured(kpi, (0, 1))
    with acting_as(ana):
        Measurement.objects.update(value=2)
    with acting_as(None):
        Measurement.objects.update(value=3)
    forget_the_context()
    Measurement.objects.update(value=4)
    changes = selectors.value_history(kpi, TODAY, "")
    assert [(c.before["value"], c.after["value"]) for c in changes] == [(3, 4), (2, 3), (1, 2)]
    assert [c.actor for c in changes[1:]] == ["Homegrown", "Ana"]
    assert changes[0].actor.startswith("database account ")
    assert selectors.recent_changes(kpi, limit=1) == changes[:1]


def test_a_metric_is_counted_where_the_viewer_may_see_it():
    metric, person = MetricFactory(name="Aaa"), PersonFactory()
    KpiFactory(metric=metric)
    KpiFactory(metric=metric, product=ProductFactory(visibility="team"))
    uses = {row.metric: row.uses for row in selectors.metric_list(person)}
    assert uses[metric] == 1
    assert len(selectors.metric_uses(metric, person)) == 1
    assert len(selectors.metric_uses(metric, AdministratorFactory())) == 2


def test_free_metrics_are_those_not_measured_yet():
    kpi, other = KpiFactory(), MetricFactory()
    free = selectors.free_metrics(kpi.product)
    assert kpi.metric not in free
    assert other in free


@pytest.mark.parametrize(
    ("bounds", "outside"), [((None, None), 0), ((2, None), 1), ((None, 2), 1), ((2, 2), 2)]
)
def test_values_outside_wanted_bounds_are_counted(bounds, outside):
    kpi = KpiFactory()
    measured(kpi, (0, 1), (1, 2), (2, 3))
    assert selectors.count_outside(kpi.metric, Bounds(*bounds)) == outside


def test_people_of_the_product_own_and_its_managers_approve():
    product = ProductFactory()
    manager, contributor, stranger = PersonFactory(), PersonFactory(), PersonFactory()
    MembershipFactory(product=product, user=manager, role="manager")
    MembershipFactory(product=product, user=contributor)
    gone = MembershipFactory(product=product, user__is_active=False).user
    lead, administrator = LeadFactory(portfolio=product.portfolio).user, AdministratorFactory()
    assert set(selectors.owners(product)) == {manager, contributor}
    assert set(selectors.owners(product, gone)) == {manager, contributor, gone}
    assert set(selectors.approvers(product)) == {manager, lead, administrator}
    assert stranger not in selectors.owners(product)


def seen_by(user, product):
    """The product as a page loads it, with what the person is to it."""
    return Product.objects.with_viewer(user).get(pk=product.pk)


def test_the_history_of_a_product_tells_plans_values_and_corrections():
    ana = AdministratorFactory(name="Ana")
    kpi = KpiFactory(metric=MetricFactory(name="Take-up", unit="%"))
    with acting_as(ana):
        plan = services.KpiPlan(cadence=7, target=80.0)
        services.update_kpi(kpi_id=kpi.pk, version=1, plan=plan, by=ana, now=NOW)
        for back, value in ((0, 10.0), (1, 20.0)):
            services.record_measurement(
                kpi=kpi, date=TODAY - back * DAY, value=value, by=ana, now=NOW + back * DAY
            )
        services.record_measurement(kpi=kpi, date=TODAY, value=11, by=ana, now=NOW + 2 * DAY)
        services.delete_measurement(kpi=kpi, date=TODAY, by=ana, now=NOW)
    entries = history_page(seen_by(ana, kpi.product), ana).entries
    told = {(e.actor, e.what, e.subject) for e in entries}
    assert {
        ("Ana", "changed", "the KPI Take-up"),
        ("Ana", "recorded", "Take-up for 21 Nov 2026"),
        ("Ana", "recorded", "Take-up for 20 Nov 2026"),
        ("Ana", "changed", "the value of Take-up for 21 Nov 2026"),
        ("Ana", "removed", "the value of Take-up for 21 Nov 2026"),
    } <= told
    assert sum(e.what == "recorded" for e in entries) == 2
    corrected = next(e for e in entries if e.what == "changed" and "value of" in e.subject)
    assert [(c.field, c.before, c.after) for c in corrected.changes] == [
        ("value", "10\u00a0%", "11\u00a0%")
    ]


def test_values_that_came_in_together_are_one_line():
    ana = AdministratorFactory(name="Ana")
    kpi = KpiFactory(metric=MetricFactory(name="Take-up"))
    values = [services.Value(TODAY - n * DAY, n) for n in range(5)]
    services.load_series(kpi=kpi, values=values, source="api", by=ana, now=NOW)
    (entry,) = selectors.recorded_history(kpi.product, ana, None, 50)
    assert entry.subject == "5 values of Take-up from 17 Nov 2026 to 21 Nov 2026"
    assert (entry.actor, entry.source, entry.at) == ("Ana", "api", NOW)
    assert selectors.recorded_history(kpi.product, ana, NOW, 50) == []


def test_the_history_of_another_product_is_not_told():
    kpi, other = KpiFactory(), ProductFactory()
    measured(kpi, (0, 1))
    ExemptionFactory(kpi=kpi)
    Measurement.objects.all().delete()
    administrator = AdministratorFactory()
    entries = history_page(seen_by(administrator, other), administrator).entries
    assert [entry.subject for entry in entries] == [other.name]
