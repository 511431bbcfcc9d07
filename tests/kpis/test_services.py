"""Writes of the kpis app, judged by the rows they leave."""

import datetime as dt
import math
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Organisation
from activity.models import Event
from core.audit import acting_as
from core.versions import standing
from kpis import selectors, services
from kpis.models import Exemption, Kpi, Measurement, MeasurementChange, Metric, SegmentWeight
from kpis.rules import DateOutOfBounds, ValueOutOfBounds
from kpis.services import Entry, KpiPlan, MetricFields, Value
from portfolio.models import StaleMark
from tests.factories.kpis import (
    NOW,
    TODAY,
    ExemptionFactory,
    KpiFactory,
    MeasurementFactory,
    MetricFactory,
)
from tests.factories.portfolio import PersonFactory, ProductFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _partitions(db):
    services.ensure_partitions(TODAY - 60 * DAY, TODAY + 40 * DAY)


@pytest.fixture
def kpi():
    return KpiFactory(metric=MetricFactory(lower=0, upper=100, unit="%"))


@pytest.fixture
def ana():
    return PersonFactory(name="Ana")


def record(kpi, value=10.0, date=TODAY, *, by=None, now=NOW, **more):
    return services.record_measurement(kpi=kpi, date=date, value=value, by=by, now=now, **more)


def marks():
    return list(StaleMark.objects.order_by("pk").values_list("product_id", "from_date"))


# --- Recording ---------------------------------------------------------------------------------


def test_a_value_is_recorded_with_all_it_carries(kpi, ana):
    found = record(kpi, 42.5, segment="EU", sample_size=7, note="half of them", by=ana)
    row = Measurement.objects.get()
    assert (found.created, found.before) == (True, None)
    assert (row.value, row.segment, row.sample_size, row.note) == (42.5, "EU", 7, "half of them")
    assert (row.source, row.entered_by, row.entered_at) == ("form", ana.pk, NOW)


def test_recording_marks_the_product_from_that_day_and_tells(kpi, ana):
    record(kpi, 42, TODAY - DAY, by=ana)
    assert marks() == [(kpi.product_id, TODAY - DAY)]
    event = Event.objects.get()
    assert (event.actor_label, event.verb, event.product_id) == ("Ana", "recorded", kpi.product_id)
    assert event.data["detail"] == "42\u00a0% on 20 Nov 2026"


def test_a_later_entry_replaces_and_the_old_one_stays_in_history(kpi, ana):
    record(kpi, 10)
    with acting_as(ana):
        found = record(kpi, 20, by=ana, now=NOW + DAY)
    assert (found.created, found.before.value) == (False, 10)
    assert Measurement.objects.get().value == 20
    change = MeasurementChange.objects.get()
    assert (change.before["value"], change.after["value"], change.actor_id) == (10, 20, ana.pk)


def test_recording_the_same_again_changes_nothing(kpi):
    record(kpi, 10)
    record(kpi, 10, now=NOW + DAY)
    assert Measurement.objects.get().entered_at == NOW
    assert len(marks()) == 1
    assert not MeasurementChange.objects.exists()


def test_a_rolled_up_value_never_replaces_a_hand_entered_one(kpi):
    record(kpi, 10)
    found = record(kpi, 20, source="roll_up")
    assert found.is_kept
    assert Measurement.objects.get().value == 10
    assert len(marks()) == 1


def test_a_rolled_up_value_is_replaced_by_any(kpi):
    record(kpi, 10, source="roll_up")
    record(kpi, 15, source="roll_up")
    assert not record(kpi, 20).is_kept
    assert Measurement.objects.get().value == 20


@pytest.mark.parametrize("value", [-0.01, 100.01, math.nan, math.inf, -math.inf])
def test_a_value_that_the_metric_does_not_take_is_refused(kpi, value):
    with pytest.raises(ValueOutOfBounds):
        record(kpi, value)
    assert (Measurement.objects.count(), marks()) == (0, [])


@pytest.mark.parametrize(
    "day", [TODAY + DAY, dt.date(1999, 12, 31), dt.date.min, dt.date.max, TODAY + 365 * DAY]
)
def test_a_day_outside_the_organisations_bounds_is_refused(kpi, day):
    with pytest.raises(DateOutOfBounds):
        record(kpi, 1, day)


def test_the_organisation_decides_which_days_may_be_recorded(kpi):
    Organisation.objects.update_or_create(
        pk=1, defaults={"earliest_date": dt.date(2026, 11, 1), "days_ahead": 30}
    )
    record(kpi, 1, TODAY + 30 * DAY)
    with pytest.raises(DateOutOfBounds):
        record(kpi, 1, dt.date(2026, 10, 31))


def test_today_is_the_organisations(kpi):
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Kiritimati"})
    record(kpi, 1, TODAY + DAY)  # at noon UTC it is tomorrow there


def test_negative_zero_is_stored_as_zero():
    kpi = KpiFactory()
    record(kpi, -0.0)
    assert math.copysign(1, Measurement.objects.get().value) == 1


def test_many_values_are_saved_all_or_none(kpi):
    other = KpiFactory(product=kpi.product)
    entries = [Entry(other, Value(TODAY, 5)), Entry(kpi, Value(TODAY, 500))]
    with pytest.raises(ValueOutOfBounds):
        services.record_many(entries=entries, by=None, now=NOW)
    assert not Measurement.objects.exists()


def test_many_values_answer_in_order_with_one_mark_a_product(kpi):
    other = KpiFactory(product=kpi.product)
    record(other, 1)
    StaleMark.objects.all().delete()
    entries = [Entry(other, Value(TODAY, 5)), Entry(kpi, Value(TODAY - DAY, 5))]
    found = services.record_many(entries=entries, by=None, now=NOW)
    assert [result.created for result in found] == [False, True]
    assert marks() == [(kpi.product_id, TODAY - DAY)]


def test_nothing_to_record_is_no_problem():
    assert services.record_many(entries=[], by=None, now=NOW) == []


def test_a_series_is_loaded_with_one_mark_and_one_line(kpi):
    values = [Value(TODAY - n * DAY, n) for n in range(40)]
    assert services.load_series(kpi=kpi, values=values, source="api", by=None, now=NOW) == 40
    assert Measurement.objects.count() == 40
    assert marks() == [(kpi.product_id, TODAY - 39 * DAY)]
    assert Event.objects.get().data["detail"] == "40 values from 13 Oct 2026 to 21 Nov 2026"


def test_a_series_of_the_demo_makes_no_noise(kpi):
    services.load_series(kpi=kpi, values=[Value(TODAY, 1)], source="demo", by=None, now=NOW)
    assert not Event.objects.exists()


def test_a_missing_partition_is_made_on_the_way(kpi):
    Organisation.objects.update_or_create(pk=1, defaults={"days_ahead": 366})
    record(kpi, 1, dt.date(2027, 10, 5))
    assert Measurement.objects.get().date == dt.date(2027, 10, 5)


def test_a_deleted_kpi_takes_no_values(kpi):
    Kpi.objects.filter(pk=kpi.pk).delete()
    with pytest.raises(Kpi.DoesNotExist):
        record(kpi)


# --- Deleting and putting back -----------------------------------------------------------------


def state():
    return list(
        Measurement.objects.order_by("date", "segment").values_list(
            "kpi_id", "date", "segment", "value", "sample_size", "note", "source"
        )
    )


def test_a_deleted_value_can_be_put_back_whole(kpi, ana):
    record(kpi, 10, sample_size=5, note="n", source="api")
    before = state()
    change = services.delete_measurement(kpi=kpi, date=TODAY, by=ana, now=NOW)
    assert state() == []
    services.put_back(kpi=kpi, change_id=change, by=ana, now=NOW)
    assert state() == before
    assert [day for _, day in marks()] == [TODAY] * 3


def test_a_correction_can_be_taken_back(kpi):
    record(kpi, 10)
    record(kpi, 20)
    services.put_back(kpi=kpi, change_id=MeasurementChange.objects.get().pk, by=None, now=NOW)
    assert Measurement.objects.get().value == 10


def test_a_value_that_was_changed_since_is_not_put_back(kpi):
    record(kpi, 10)
    change = services.delete_measurement(kpi=kpi, date=TODAY, by=None, now=NOW)
    record(kpi, 30)
    with pytest.raises(services.PutBackRefused):
        services.put_back(kpi=kpi, change_id=change, by=None, now=NOW)
    assert Measurement.objects.get().value == 30


def test_only_the_newest_change_is_put_back(kpi):
    for value in (10, 20, 30):
        record(kpi, value)
    oldest = MeasurementChange.objects.order_by("pk")[0]
    with pytest.raises(services.PutBackRefused):
        services.put_back(kpi=kpi, change_id=oldest.pk, by=None, now=NOW)


def test_a_change_of_another_kpi_is_not_put_back(kpi):
    record(kpi, 10)
    change = services.delete_measurement(kpi=kpi, date=TODAY, by=None, now=NOW)
    with pytest.raises(MeasurementChange.DoesNotExist):
        services.put_back(kpi=KpiFactory(), change_id=change, by=None, now=NOW)


def test_deleting_what_is_not_there_says_so(kpi):
    with pytest.raises(Measurement.DoesNotExist):
        services.delete_measurement(kpi=kpi, date=TODAY, by=None, now=NOW)


# --- Plans -------------------------------------------------------------------------------------


def plan(**fields):
    return KpiPlan(**{"cadence": 7, "baseline": 10.0, "target": 80.0} | fields)


def test_a_kpi_is_created_with_its_plan(ana):
    product, metric = ProductFactory(), MetricFactory(lower=0, upper=100)
    wanted = plan(target_date=TODAY + 30 * DAY, weight=5, is_guardrail=True, owner=ana)
    kpi = services.create_kpi(product=product, metric=metric, plan=wanted, by=ana, now=NOW)
    kpi.refresh_from_db()
    assert (kpi.target, kpi.weight, kpi.is_guardrail, kpi.owner) == (80, 5, True, ana)
    assert (kpi.created_on, kpi.version) == (TODAY, 1)
    assert marks() == [(product.pk, TODAY)]
    assert Event.objects.get().verb == "added the KPI"


def test_a_metric_is_measured_once_on_a_product(kpi):
    with pytest.raises(services.KpiExists):
        services.create_kpi(product=kpi.product, metric=kpi.metric, plan=plan(), by=None, now=NOW)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"baseline": -1.0}, "baseline"), ({"target": 100.5}, "target"),
        ({"target": math.nan}, "target"), ({"target_date": TODAY}, "target_date"),
        ({"baseline_date": TODAY, "target_date": TODAY}, "target_date"),
        ({"baseline_date": dt.date(1, 1, 1)}, "baseline_date"),
        ({"target_date": dt.date.max}, "target_date"),
        ({"next_review": dt.date.max}, "next_review"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_beside_its_field(fields, field):
    metric = MetricFactory(lower=0, upper=100)
    with pytest.raises(services.PlanRefused) as caught:
        services.create_kpi(
            product=ProductFactory(), metric=metric, plan=plan(**fields), by=None, now=NOW
        )
    assert caught.value.field == field
    assert not Kpi.objects.exists()


def test_the_target_date_lies_after_the_first_value(kpi):
    record(kpi, 10, TODAY - 10 * DAY)
    wanted = plan(target_date=TODAY - 9 * DAY)
    services.update_kpi(kpi_id=kpi.pk, version=1, plan=wanted, by=None, now=NOW)
    late = plan(target_date=TODAY - 10 * DAY)
    with pytest.raises(services.PlanRefused):
        services.update_kpi(kpi_id=kpi.pk, version=2, plan=late, by=None, now=NOW)


@pytest.mark.parametrize(
    ("fields", "marked"),
    [
        ({"target": 90.0}, True), ({"baseline": 1.0}, True), ({"weight": 4}, True),
        ({"cadence": 8}, True), ({"is_guardrail": True}, True),
        ({"baseline_date": TODAY}, True), ({"target_date": TODAY + DAY}, True),
        ({"if_it_drops": "Ask."}, False), ({"next_review": TODAY}, False), ({}, False),
    ],
)  # fmt: skip
def test_only_what_enters_the_formula_marks(fields, marked):
    kpi = KpiFactory(baseline=10, target=80, metric=MetricFactory(lower=0, upper=100))
    services.update_kpi(kpi_id=kpi.pk, version=1, plan=plan(**fields), by=None, now=NOW)
    assert bool(marks()) is marked


def test_an_update_on_an_old_version_is_refused_with_theirs(kpi, ana):
    with acting_as(ana):
        services.update_kpi(kpi_id=kpi.pk, version=1, plan=plan(target=50.0), by=ana, now=NOW)
    with pytest.raises(services.KpiConflict) as caught:
        services.update_kpi(kpi_id=kpi.pk, version=1, plan=plan(target=60.0), by=None, now=NOW)
    assert (caught.value.theirs.target, caught.value.theirs.version) == (50, 2)
    assert caught.value.who == "Ana"
    assert Kpi.objects.get(pk=kpi.pk).target == 50


def test_the_same_plan_sent_twice_changes_once(kpi, ana):
    wanted = plan(target=50.0)
    for _ in range(2):
        after = services.update_kpi(kpi_id=kpi.pk, version=1, plan=wanted, by=ana, now=NOW)
    assert (after.target, after.version) == (50, 2)


def test_of_one_part_only_that_part_can_conflict(kpi, ana):
    was = standing(kpi, "target")
    services.update_kpi(kpi_id=kpi.pk, version=1, plan=KpiPlan.of(kpi, weight=5), by=ana, now=NOW)
    change = {"kpi_id": kpi.pk, "part": "target", "was": was, "now": NOW}
    after = services.change_part(value=60.0, by=ana, **change)
    assert (after.target, after.weight) == (60, 5)
    with pytest.raises(services.KpiConflict):
        services.change_part(value=70.0, by=ana, **change)
    assert Kpi.objects.get(pk=kpi.pk).target == 60


def test_deleting_a_kpi_keeps_its_values_in_history(kpi, ana):
    record(kpi, 10)
    StaleMark.objects.all().delete()
    services.delete_kpi(kpi=kpi, by=ana, now=NOW)
    assert not Measurement.objects.exists()
    assert MeasurementChange.objects.get().operation == "delete"
    assert marks() == [(kpi.product_id, TODAY)]


# --- Terms -------------------------------------------------------------------------------------


def grant(kpi, ana, first, last):
    return services.grant_exemption(
        kpi=kpi, reason="Closed.", starts_on=first, ends_on=last, approver=ana, by=ana, now=NOW
    )


@pytest.mark.parametrize(("start", "marked"), [(-5, -5), (0, 0), (5, 0)])
def test_an_exemption_marks_from_its_first_day(kpi, ana, start, marked):
    grant(kpi, ana, TODAY + start * DAY, TODAY + 9 * DAY)
    assert marks() == [(kpi.product_id, TODAY + marked * DAY)]


def test_an_exemption_ends_after_it_begins(kpi, ana):
    with pytest.raises(IntegrityError):
        grant(kpi, ana, TODAY, TODAY - DAY)


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [(-5, 5, (-5, -1)), (-5, 0, (-5, -1)), (0, 5, None), (3, 5, None), (-5, -2, (-5, -2))],
)
def test_an_ended_exemption_counts_again_from_today(ana, first, last, left):
    exemption = ExemptionFactory(starts_on=TODAY + first * DAY, ends_on=TODAY + last * DAY)
    services.end_exemption(exemption=exemption, by=ana, now=NOW)
    found = Exemption.objects.values_list("starts_on", "ends_on").first()
    assert found == (left and (TODAY + left[0] * DAY, TODAY + left[1] * DAY))
    assert bool(marks()) is (last >= 0)


def test_weights_of_segments_are_set_and_mark(kpi, ana):
    services.set_segment_weight(kpi=kpi, weights={"EU": 2, "US": 1}, by=ana, now=NOW)
    services.set_segment_weight(kpi=kpi, weights={"EU": 3}, by=ana, now=NOW)
    assert dict(SegmentWeight.objects.values_list("segment", "weight")) == {"EU": 3}
    assert marks() == [(kpi.product_id, TODAY)] * 2


@pytest.mark.parametrize("weights", [{"EU": -1}, {"EU": math.inf}, {"EU": math.nan}, {"": 2}])
def test_weights_that_cannot_be_are_refused(kpi, ana, weights):
    with pytest.raises(IntegrityError):
        services.set_segment_weight(kpi=kpi, weights=weights, by=ana, now=NOW)


# --- Metrics -----------------------------------------------------------------------------------


def fields(metric=None, **changes):
    base = {
        name: getattr(metric, name) if metric else None for name in MetricFields.__slots__
    } if metric else {
        "name": "Escalations", "direction": "down", "aggregation": "sum", "group": "quality",
    }  # fmt: skip
    return MetricFields(**base | changes)


def test_a_metric_is_created(ana):
    metric = services.create_metric(code="escalations", fields=fields(), by=ana, now=NOW)
    assert Metric.objects.get(code="escalations") == metric
    assert not metric.is_builtin


def test_bounds_that_values_break_are_refused_with_the_count(kpi, ana):
    record(kpi, 80)
    record(kpi, 90, TODAY - DAY)
    with pytest.raises(services.BoundsBroken) as caught:
        services.update_metric(
            metric_id=kpi.metric_id, fields=fields(kpi.metric, upper=79.0), by=ana, now=NOW
        )
    assert caught.value.count == 2
    services.update_metric(
        metric_id=kpi.metric_id, fields=fields(kpi.metric, upper=90.0), by=ana, now=NOW
    )
    assert Metric.objects.get(pk=kpi.metric_id).upper == 90


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({"direction": "down"}, True), ({"aggregation": "last"}, True), ({"window_days": 7}, True),
        ({"group": "return"}, True), ({"is_head_count": True}, True), ({"name": "Other"}, False),
        ({"definition": "Words"}, False), ({"cadence": 1}, False), ({}, False),
    ],
)  # fmt: skip
def test_a_metric_marks_every_product_that_uses_it(kpi, ana, changes, marked):
    other = KpiFactory(metric=kpi.metric)
    services.update_metric(
        metric_id=kpi.metric_id, fields=fields(kpi.metric, **changes), by=ana, now=NOW
    )
    products = [(kpi.product_id, TODAY), (other.product_id, TODAY)]
    assert marks() == (products if marked else [])


# --- At the same time --------------------------------------------------------------------------


def at_once(*works):
    """Runs each on a connection of its own, started together; answers results and failures."""
    barrier, answers = Barrier(len(works)), [None] * len(works)

    def body(number, work):
        try:
            barrier.wait()
            answers[number] = work()
        except Exception as error:  # noqa: BLE001  # told to the test
            answers[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=body, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(5))
def test_of_two_edits_at_once_one_is_told(kpi, turn):
    def edit(target):
        return lambda: services.update_kpi(
            kpi_id=kpi.pk, version=1, plan=plan(target=target), by=None, now=NOW
        )

    answers = at_once(edit(50.0), edit(60.0))
    conflicts = [a for a in answers if isinstance(a, services.KpiConflict)]
    saved = [a for a in answers if isinstance(a, Kpi)]
    assert (len(conflicts), len(saved)) == (1, 1)
    assert conflicts[0].theirs.target == saved[0].target == Kpi.objects.get().target


@pytest.mark.django_db(transaction=True)
def test_values_recorded_at_once_leave_one_and_a_full_history(kpi):
    answers = at_once(*(lambda n=n: record(kpi, float(n)) for n in range(1, 5)))
    assert sorted(answer.created for answer in answers) == [False, False, False, True]
    told = {change.before["value"] for change in MeasurementChange.objects.all()}
    assert told | {Measurement.objects.get().value} == {1.0, 2.0, 3.0, 4.0}


@pytest.mark.django_db(transaction=True)
def test_a_partition_wanted_by_many_is_made_once():
    day = dt.date(2033, 3, 3)
    answers = at_once(*(lambda: services.ensure_partitions(day, day) for _ in range(4)))
    assert sorted(map(len, answers)) == [0, 0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_waiting_for_a_partition_gives_the_lock_up_and_tries_again(monkeypatch):
    day = dt.date(2034, 3, 3)
    monkeypatch.setattr(services.partitions, "LOCK_TIMEOUT", "50ms")
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE kpis_measurement IN SHARE UPDATE EXCLUSIVE MODE")
        done = []
        monkeypatch.setattr(services.partitions.time, "sleep", done.append)
        (answer,) = at_once(lambda: services.ensure_partitions(day, day))
    assert len(done) == services.partitions.TRIES - 1
    assert "lock timeout" in str(answer)
    assert services.ensure_partitions(day, day) == [dt.date(2034, 3, 1)]


# --- Any order of records, corrections, deletions and undos (F44) ---------------------------------


class Recording(RuleBasedStateMachine):
    """The table against a dictionary."""

    kpi = None

    def __init__(self):
        super().__init__()
        Measurement.objects.all().delete()
        self.known = {}
        self.undo = None

    days = st.integers(0, 5)
    segments = st.sampled_from(["", "EU"])
    values = st.integers(0, 100).map(float)

    @rule(day=days, segment=segments, value=values, source=st.sampled_from(["form", "roll_up"]))
    def record(self, day, segment, value, source):
        key = (TODAY - day * DAY, segment)
        before = self.known.get(key)
        found = record(self.kpi, value, key[0], segment=segment, source=source)
        if source == "form" or before is None or before[1] == "roll_up":
            self.known[key] = (value, source)
        assert found.created is (before is None)
        self.undo = None

    @rule(day=days, segment=segments)
    def delete(self, day, segment):
        key = (TODAY - day * DAY, segment)
        if key not in self.known:
            return
        change = services.delete_measurement(
            kpi=self.kpi, date=key[0], segment=segment, by=None, now=NOW
        )
        self.undo = (change, key, self.known.pop(key))

    @rule()
    def put_back(self):
        if self.undo is None:
            return
        change, key, value = self.undo
        services.put_back(kpi=self.kpi, change_id=change, by=None, now=NOW)
        self.known[key] = value
        self.undo = None

    @invariant()
    def table_equals_dictionary(self):
        rows = Measurement.objects.values_list("date", "segment", "value", "source")
        assert {(day, segment): (value, source) for day, segment, value, source in rows} == (
            self.known
        )


def test_any_order_of_writes_leaves_what_a_dictionary_would(kpi):
    machine = type("Recording", (Recording,), {"kpi": kpi})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_days_of_the_bounds_come_from_the_clock():
    assert selectors.date_bounds(NOW)[0] == TODAY


def test_values_of_factories_obey_the_table():
    assert MeasurementFactory().value == 10.0
