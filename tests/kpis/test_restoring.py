"""Taking back what the history tells of KPIs: plans, values, terms, whole KPIs with their past."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from activity.models import Event
from core.audit import acting_as, event_model
from core.history import CannotRestore, NoSuchEntry, SeenIsOld, Wanted, restorer_of
from kpis import services
from kpis.models import (
    Annotation,
    Exemption,
    Kpi,
    Measurement,
    MeasurementChange,
    SegmentWeight,
    WithdrawnKpi,
)
from kpis.services.restoring import PARTS
from portfolio.models import StaleMark
from portfolio.services.restoring import restore_entry
from tests.factories.kpis import (
    NOW,
    TODAY,
    AnnotationFactory,
    ExemptionFactory,
    KpiFactory,
    MeasurementFactory,
    MetricFactory,
    SegmentWeightFactory,
)
from tests.factories.portfolio import AdministratorFactory, PersonFactory

pytestmark = pytest.mark.django_db

PLANS, VALUES, TERMS, WEIGHTS = (
    "kpi_plans", "kpi_value_changes", "kpi_exemptions", "kpi_segments"
)  # fmt: skip
DAY = dt.timedelta(days=1)


@pytest.fixture
def ines() -> User:
    return AdministratorFactory(name="Ines")


def newest(model: Any, row_id: int) -> str:
    return str(event_model(model).objects.filter(pgh_obj_id=row_id).latest("pgh_id").pgh_id)


def soon() -> dt.datetime:
    """Entries bear the database's time, not that of the test."""
    return timezone.now() + dt.timedelta(hours=1)


def put_back(kpi: Kpi, by: User, source: str, key: str, field: str = "") -> str:
    """Restore what was just shown."""
    wanted, now = Wanted(key, field), soon()
    seen = restorer_of(source).preview(kpi.product, by, wanted, now).seen
    return restore_entry(
        product=kpi.product, source=source, wanted=wanted, seen=seen, by=by, now=now
    )


def plan_of(kpi: Kpi) -> services.KpiPlan:
    kpi.refresh_from_db()
    names = services.KpiPlan.__dataclass_fields__
    return services.KpiPlan(**{name: getattr(kpi, name) for name in names})


def change_plan(kpi: Kpi, by: User, **fields: Any) -> str:
    plan = services.KpiPlan(**{**plan_of(kpi).as_fields(), **fields})
    services.update_kpi(kpi_id=kpi.pk, version=kpi.version, plan=plan, by=by, now=NOW)
    return newest(Kpi, kpi.pk)


# Plans


def test_one_field_of_a_plan_comes_back(ines: User) -> None:
    kpi = KpiFactory(baseline=1, target=10, weight=3)
    key = change_plan(kpi, ines, target=20.0, weight=5)
    StaleMark.objects.all().delete()
    put_back(kpi, ines, PLANS, key, "target")
    kpi.refresh_from_db()
    assert (kpi.target, kpi.weight) == (10, 5)
    assert StaleMark.objects.filter(product=kpi.product).exists()
    assert Event.objects.latest("pk").verb == "restored the plan of"


def test_the_whole_plan_equals_the_one_before_and_its_undo_the_one_after(ines: User) -> None:
    kpi = KpiFactory(baseline=1, target=10, owner=PersonFactory(), if_it_drops="Ask")
    before = plan_of(kpi)
    key = change_plan(kpi, ines, target=20.0, owner=None, target_date=TODAY, if_it_drops="")
    after = plan_of(kpi)
    undo = put_back(kpi, ines, PLANS, key)
    assert plan_of(kpi) == before
    put_back(kpi, ines, PLANS, undo)
    assert plan_of(kpi) == after


def test_a_plan_that_cannot_be_any_more_says_why(ines: User) -> None:
    kpi = KpiFactory(baseline=1, target=10, baseline_date=TODAY - 9 * DAY, target_date=TODAY)
    key = change_plan(kpi, ines, target_date=TODAY + 90 * DAY)
    change_plan(kpi, ines, baseline_date=TODAY + 30 * DAY)
    with pytest.raises(CannotRestore, match="after the baseline date"):
        put_back(kpi, ines, PLANS, key, "target_date")


def test_an_owner_who_left_stays_away(ines: User) -> None:
    owner = PersonFactory()
    kpi = KpiFactory(owner=owner)
    key = change_plan(kpi, ines, owner=None)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    with pytest.raises(CannotRestore, match="can't sign in any more"):
        put_back(kpi, ines, PLANS, key, "owner")


# Whole KPIs


def state_of(kpi_id: int) -> list[Any]:
    """The KPI with all that hangs on it, column by column."""
    return [
        list(Kpi.objects.filter(pk=kpi_id).values()),
        *(list(part.objects.filter(kpi_id=kpi_id).order_by("pk").values()) for part in PARTS),
        list(Measurement.objects.filter(kpi_id=kpi_id).order_by("date", "segment").values()),
    ]


def full_kpi(by: User) -> Kpi:
    """A KPI with values of two days, a segment, an exemption and a note."""
    kpi = KpiFactory(baseline=1, target=10, owner=by)
    MeasurementFactory(kpi=kpi, value=5, entered_by=by.pk, note="Counted twice")
    MeasurementFactory(kpi=kpi, date=TODAY - 400 * DAY, segment="North", sample_size=7)
    SegmentWeightFactory(kpi=kpi, segment="North", weight=2)
    ExemptionFactory(kpi=kpi, approver=by)
    AnnotationFactory(product=kpi.product, kpi=kpi, by=by)
    return kpi


@pytest.mark.parametrize("in_context", [False, True])
def test_a_deleted_kpi_comes_back_with_everything(ines: User, *, in_context: bool) -> None:
    kpi = full_kpi(ines)
    before, kpi_id = state_of(kpi.pk), kpi.pk
    if in_context:
        with acting_as(ines):
            services.delete_kpi(kpi=kpi, by=ines, now=NOW)
    else:
        services.delete_kpi(kpi=kpi, by=ines, now=NOW)
    assert state_of(kpi_id) == [[], [], [], [], []]
    StaleMark.objects.all().delete()
    key = newest(Kpi, kpi_id)
    found = restorer_of(PLANS).preview(kpi.product, ines, Wanted(key), soon())
    assert found.notes == ("2 values with their notes, and who entered them", "1 exemption")
    undo = put_back(kpi, ines, PLANS, key)
    assert state_of(kpi_id) == before
    assert StaleMark.objects.earliest("from_date").from_date == TODAY - 400 * DAY
    assert Event.objects.latest("pk").verb == "restored the KPI"
    put_back(kpi, ines, PLANS, undo)
    assert state_of(kpi_id) == [[], [], [], [], []]
    put_back(kpi, ines, PLANS, newest(Kpi, kpi_id))
    assert state_of(kpi_id) == before


def test_its_place_may_be_taken_by_now(ines: User) -> None:
    kpi = full_kpi(ines)
    product, metric, kpi_id = kpi.product, kpi.metric, kpi.pk
    services.delete_kpi(kpi=kpi, by=ines, now=NOW)
    KpiFactory(product=product, metric=metric)
    kpi.pk = kpi_id
    with pytest.raises(CannotRestore, match="another KPI for this metric"):
        put_back(kpi, ines, PLANS, newest(Kpi, kpi_id))


def test_its_metric_may_be_gone(ines: User) -> None:
    kpi = KpiFactory(metric=MetricFactory())
    metric, kpi_id = kpi.metric, kpi.pk
    services.delete_kpi(kpi=kpi, by=ines, now=NOW)
    metric.delete()
    with pytest.raises(CannotRestore, match="metric is gone"):
        put_back(kpi, ines, PLANS, newest(Kpi, kpi_id))


def test_what_an_undone_import_brought_comes_by_that_file_alone(ines: User) -> None:
    kpi = KpiFactory()
    kpi_id = kpi.pk
    services.delete_kpi(kpi=kpi, by=ines, now=NOW)
    WithdrawnKpi.objects.create(kpi_id=kpi_id, product=kpi.product)
    with pytest.raises(CannotRestore, match="Import the file again"):
        put_back(kpi, ines, PLANS, newest(Kpi, kpi_id))


def test_a_change_of_a_kpi_that_is_gone_waits_for_the_kpi(ines: User) -> None:
    kpi = KpiFactory(target=1)
    kpi_id, key = kpi.pk, change_plan(kpi, ines, target=2.0)
    services.delete_kpi(kpi=kpi, by=ines, now=NOW)
    assert newest(Kpi, kpi_id) != key
    with pytest.raises(CannotRestore, match="Restore the removal first"):
        put_back(kpi, ines, PLANS, key)


# Terms


def test_an_exemption_that_was_removed_or_moved_comes_back(ines: User) -> None:
    row = ExemptionFactory(approver=ines, starts_on=TODAY - DAY)
    before = Exemption.objects.values().get()
    Exemption.objects.update(ends_on=TODAY + DAY, reason="Longer")
    put_back(row.kpi, ines, TERMS, newest(Exemption, row.pk))
    assert Exemption.objects.values().get() == before
    pk = row.pk
    row.delete()
    StaleMark.objects.all().delete()
    put_back(row.kpi, ines, TERMS, newest(Exemption, pk))
    assert Exemption.objects.values().get() == before
    assert StaleMark.objects.get().from_date == TODAY - DAY


def test_the_days_of_an_exemption_come_back_in_order_only(ines: User) -> None:
    row = ExemptionFactory()
    Exemption.objects.update(starts_on=TODAY + 5 * DAY, ends_on=TODAY + 9 * DAY)
    key = newest(Exemption, row.pk)
    with pytest.raises(CannotRestore, match="both days together"):
        put_back(row.kpi, ines, TERMS, key, "ends_on")
    put_back(row.kpi, ines, TERMS, key)
    assert Exemption.objects.get().ends_on == TODAY


def test_the_weight_of_a_segment_comes_back(ines: User) -> None:
    row = SegmentWeightFactory(segment="North", weight=2)
    services.set_segment_weight(kpi=row.kpi, weights={"North": 7.0}, by=ines, now=NOW)
    put_back(row.kpi, ines, WEIGHTS, newest(SegmentWeight, row.pk))
    assert SegmentWeight.objects.get().weight == 2


# Values


def record(kpi: Kpi, value: float, note: str = "") -> str:
    services.record_measurement(kpi=kpi, date=TODAY, value=value, note=note, by=None, now=NOW)
    changes = MeasurementChange.objects.filter(kpi_id=kpi.pk)
    return str(changes.latest("pk").pk) if changes.exists() else ""


def test_a_corrected_value_comes_back_and_is_taken_back(ines: User) -> None:
    kpi = KpiFactory()
    record(kpi, 5, "Counted")
    key = record(kpi, 6, "Counted again")
    undo = put_back(kpi, ines, VALUES, key)
    found = Measurement.objects.get()
    assert (found.value, found.note, found.entered_by) == (5, "Counted", ines.pk)
    put_back(kpi, ines, VALUES, undo)
    assert Measurement.objects.get().value == 6


def test_one_field_of_a_value_comes_back(ines: User) -> None:
    kpi = KpiFactory()
    record(kpi, 5, "Counted")
    put_back(kpi, ines, VALUES, record(kpi, 6, "Counted again"), "note")
    found = Measurement.objects.get()
    assert (found.value, found.note) == (6, "Counted")


def test_a_deleted_value_comes_back(ines: User) -> None:
    kpi = KpiFactory()
    record(kpi, 5)
    key = services.delete_measurement(kpi=kpi, date=TODAY, by=ines, now=NOW)
    undo = put_back(kpi, ines, VALUES, str(key))
    assert Measurement.objects.get().value == 5
    again = put_back(kpi, ines, VALUES, undo)
    assert not Measurement.objects.exists()
    put_back(kpi, ines, VALUES, again)
    assert Measurement.objects.get().value == 5


def test_a_value_that_came_back_and_was_changed_does_not_go(ines: User) -> None:
    kpi = KpiFactory()
    record(kpi, 5)
    key = services.delete_measurement(kpi=kpi, date=TODAY, by=ines, now=NOW)
    undo = put_back(kpi, ines, VALUES, str(key))
    shown = restorer_of(VALUES).preview(kpi.product, ines, Wanted(undo), soon())
    assert (shown.entry.what, [field.label for field in shown.fields]) == ("added", ["value"])
    record(kpi, 6)
    with pytest.raises(SeenIsOld):
        restore_entry(
            product=kpi.product, source=VALUES, wanted=Wanted(undo), seen=shown.seen, by=ines,
            now=soon(),
        )  # fmt: skip
    assert Measurement.objects.get().value == 6
    for nonsense in ("back-", "back-x", "back-back-1", f"back-{10**20}"):
        with pytest.raises(NoSuchEntry):
            restorer_of(VALUES).preview(kpi.product, ines, Wanted(nonsense), soon())


def test_a_deleted_value_comes_back_with_undo(client: Client, ines: User) -> None:
    client.force_login(ines)
    kpi = KpiFactory()
    record(kpi, 5)
    key = services.delete_measurement(kpi=kpi, date=TODAY, by=ines, now=NOW)
    url = reverse("portfolio:history_restore", args=[kpi.product.slug, VALUES, key])
    seen = restorer_of(VALUES).preview(kpi.product, ines, Wanted(str(key)), soon()).seen
    page = client.post(url, {"seen": seen}, follow=True).content.decode()
    assert f"/history/{VALUES}/back-{key}/?seen=" in page
    undo = re.search(rf'action="([^"]*back-{key}/[^"]*)"', page)[1].replace("&amp;", "&")
    assert client.post(undo).status_code == 302
    assert not Measurement.objects.exists()


def test_a_value_changed_since_is_overwritten_only_after_it_was_seen(ines: User) -> None:
    kpi = KpiFactory()
    record(kpi, 5)
    key = record(kpi, 6)
    old = restorer_of(VALUES).preview(kpi.product, ines, Wanted(key), soon())
    with acting_as(PersonFactory(name="Kofi")):
        record(kpi, 7)
    with pytest.raises(SeenIsOld):
        restore_entry(
            product=kpi.product, source=VALUES, wanted=Wanted(key), seen=old.seen, by=ines,
            now=soon(),
        )  # fmt: skip
    assert Measurement.objects.get().value == 7
    new = restorer_of(VALUES).preview(kpi.product, ines, Wanted(key), soon())
    assert [who for who, _ in new.fields[0].since] == ["Kofi"]
    put_back(kpi, ines, VALUES, key)
    assert Measurement.objects.get().value == 5


def test_values_of_another_product_or_of_a_kpi_that_is_gone(ines: User) -> None:
    kpi, other = KpiFactory(), KpiFactory()
    record(kpi, 5)
    key = record(kpi, 6)
    with pytest.raises(NoSuchEntry):
        restorer_of(VALUES).preview(other.product, ines, Wanted(key), soon())
    services.delete_kpi(kpi=Kpi.objects.get(pk=kpi.pk), by=ines, now=NOW)
    with pytest.raises(CannotRestore, match="Restore the KPI"):
        put_back(kpi, ines, VALUES, key)


# The page


def test_the_history_leads_to_each_of_them(client: Client, ines: User) -> None:
    client.force_login(ines)
    kpi = full_kpi(ines)
    change_plan(kpi, ines, target=20.0)
    services.record_measurement(kpi=kpi, date=TODAY, value=6, by=ines, now=NOW)
    product = kpi.product
    services.delete_kpi(kpi=Kpi.objects.get(pk=kpi.pk), by=ines, now=NOW)
    key = newest(Kpi, kpi.pk)
    words = client.get(reverse("portfolio:product_history", args=[product.slug])).content.decode()
    for source, entry in ((PLANS, key), (VALUES, MeasurementChange.objects.latest("pk").pk)):
        url = reverse("portfolio:history_restore", args=[product.slug, source, entry])
        assert url in words
        assert client.get(url).status_code == 200
    url = reverse("portfolio:history_restore", args=[product.slug, PLANS, key])
    assert client.post(url, {"seen": key}).status_code == 302
    assert Kpi.objects.get().pk == kpi.pk
    assert Annotation.objects.get().kpi_id == kpi.pk
