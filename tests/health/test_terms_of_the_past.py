"""What a day of the past is worked out with: its own settings and plans, never those of today."""

import datetime as dt

import pytest

from health import services
from health.models import HealthSnapshot
from health.rules import Settings
from kpis.models import WithdrawnKpi
from portfolio.models import Product
from tests.factories.health import (
    NOW,
    days_ago,
    exempt,
    make_kpi,
    mark,
    measure,
)
from tests.health.rolling import roll_up, scored_product, snapshot, stored

pytestmark = pytest.mark.django_db


def test_trend_compares_with_28_days_before_even_without_a_snapshot_there():
    product, score, minutes = scored_product()
    for kpi, ago, value in [(score, 28, 40), (minutes, 28, 60), (score, 0, 90), (minutes, 0, 70)]:
        measure(kpi, value, ago=ago)
    mark(product)
    roll_up(product)
    assert snapshot(product).trend == 30
    assert HealthSnapshot.objects.count() == 1


def test_a_late_figure_moves_the_trend_28_days_later():
    product, score, minutes = scored_product(90, 70)
    measure(score, 40, ago=30)
    measure(minutes, 60, ago=30)
    mark(product, ago=30)
    roll_up(product)
    assert snapshot(product).trend == 30
    measure(minutes, 80, ago=30)
    mark(product, ago=30)
    roll_up(product)
    assert snapshot(product).trend == 20


def test_no_trend_where_either_is_unknown():
    product, *_ = scored_product(90, 70)
    mark(product, ago=28)
    roll_up(product)
    assert snapshot(product, ago=28).status == "unknown"
    assert snapshot(product).trend is None


# As-of -------------------------------------------------------------------------------------------


def test_a_target_changed_today_never_rewrites_the_past():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    score.target = 180
    score.save()
    mark(product, ago=3)
    done = roll_up(product)
    assert snapshot(product, ago=3).health == 50
    assert snapshot(product).health == 60
    assert done.changed == 1


def test_a_correction_of_the_past_keeps_the_plan_of_the_past():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    Product.objects.filter(pk=product.pk).update(stage="sunset")
    score.target = 180
    score.save()
    services.save_settings(values=Settings(watch_from=10.0).as_dict(), by=None, now=NOW)
    measure(score, 60, ago=3)
    mark(product, ago=3)
    roll_up(product)
    earlier, today = snapshot(product, ago=3), snapshot(product)
    assert (earlier.health, earlier.status, earlier.plan["stage"]) == (55, "at_risk", "growth")
    assert today.plan["stage"] == "sunset"
    assert earlier.settings_id < today.settings_id


def test_a_day_without_a_snapshot_uses_what_is_in_force():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product)
    roll_up(product)
    score.target = 200
    score.save()
    mark(product, ago=3)
    roll_up(product)
    assert snapshot(product, ago=3).health == pytest.approx((25 + 50) / 2)


def test_a_new_kpi_with_earlier_figures_enters_days_that_do_not_know_it():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    done = make_kpi(product, "completion", metric={"group": "completion"})
    measure(done, 80, ago=3)
    mark(product, ago=3)
    roll_up(product)
    assert snapshot(product, ago=3).health == 60


def test_an_exemption_of_past_days_enters_them_and_ending_it_leaves_them():
    product, score, _minutes = scored_product(90, 70)
    mark(product, ago=3)
    roll_up(product)
    given = exempt(score, ago=2, until=-2)
    mark(product, ago=2)
    roll_up(product)
    assert snapshot(product).explanation["lines"]["part"] == ["scored", "exempt"]
    given.ends_on = days_ago(1)
    given.save()
    mark(product, ago=2)
    roll_up(product)
    parts = {ago: snapshot(product, ago).explanation["lines"]["part"] for ago in (3, 2, 1, 0)}
    assert parts == {
        3: ["no_value", "no_value"],
        2: ["no_value", "exempt"],
        1: ["no_value", "exempt"],
        0: ["scored", "scored"],
    }


def test_a_deleted_kpi_stays_in_the_past_and_leaves_today():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    score.delete()
    mark(product, ago=3)
    roll_up(product)
    assert snapshot(product, ago=3).health == 50
    assert len(snapshot(product, ago=3).explanation["lines"]["kpi_id"]) == 2
    assert snapshot(product).health == 70


def test_trend_keeps_the_terms_it_was_made_with_after_pruning():
    """28 days before, the plan was another one; its snapshot is dropped, the trend stays."""
    product, score, minutes = scored_product()
    for kpi in (score, minutes):
        measure(kpi, 80, ago=40)
    mark(product, ago=40)
    roll_up(product, now=NOW - dt.timedelta(days=40))
    score.target = 160
    score.save()
    Product.objects.filter(pk=product.pk).update(stage="mature")
    mark(product, ago=12)
    roll_up(product, now=NOW - dt.timedelta(days=12))
    before = snapshot(product, ago=12)
    assert before.trend == pytest.approx(before.health - 80)
    HealthSnapshot.objects.filter(day=days_ago(40)).delete()
    mark(product, ago=12)
    roll_up(product)
    after = snapshot(product, ago=12)
    assert (after.trend, after.before) == (before.trend, before.before)


def test_a_kpi_of_an_undone_import_leaves_no_trace():
    product, score, minutes = scored_product()
    for kpi in (score, minutes):
        measure(kpi, 80, ago=40)
    mark(product, ago=40)
    roll_up(product)
    score.target = 120
    score.save()
    mark(product)
    roll_up(product)
    before = stored(product)
    came = make_kpi(product, "completion", metric={"group": "completion"})
    measure(came, 10, ago=30)
    mark(product, ago=30)
    roll_up(product)
    assert stored(product) != before
    WithdrawnKpi.objects.create(kpi_id=came.pk, product=product)
    came.delete()
    mark(product, ago=30)
    roll_up(product)
    assert stored(product) == before


def test_the_other_end_of_a_trend_forgets_a_withdrawn_kpi_too():
    """28 days before was pruned, so its plan is remembered by the day itself."""
    product, score, minutes = scored_product()
    for kpi in (score, minutes):
        measure(kpi, 80, ago=60)
    mark(product, ago=40)
    roll_up(product, now=NOW - dt.timedelta(days=40))
    score.target = 160
    score.save()
    mark(product, ago=12)
    roll_up(product, now=NOW - dt.timedelta(days=12))
    before = snapshot(product, ago=12)
    came = make_kpi(product, "completion", metric={"group": "completion"})
    measure(came, 10, ago=50)
    mark(product, ago=40)
    roll_up(product, now=NOW - dt.timedelta(days=12))
    during = snapshot(product, ago=12)
    assert during.trend != before.trend
    HealthSnapshot.objects.filter(day=days_ago(40)).delete()
    WithdrawnKpi.objects.create(kpi_id=came.pk, product=product)
    came.delete()
    mark(product, ago=12)
    roll_up(product)
    after = snapshot(product, ago=12)
    assert (after.health, after.trend, after.before) == (
        before.health,
        before.trend,
        before.before,
    )


# Plans are kept once -----------------------------------------------------------------------------


def test_a_plan_that_a_snapshot_holds_is_taken_from_there():
    product, score, _minutes = scored_product(90, 70)
    mark(product, ago=3)
    roll_up(product)
    first = snapshot(product, ago=3)
    assert {row.plan_mark for row in HealthSnapshot.objects.all()} == {first.plan_mark}
    assert snapshot(product).plan == first.plan
    score.weight = 5
    score.save()
    mark(product)
    roll_up(product)
    today = snapshot(product)
    assert today.plan_mark != first.plan_mark
    assert [kpi["weight"] for kpi in today.plan["kpis"]] == [3, 5]
    assert snapshot(product, ago=3).plan == first.plan


def test_rows_from_before_there_were_marks_are_read_and_marked():
    product, score, minutes = scored_product(90, 70)
    measure(score, 50, ago=3)
    measure(minutes, 50, ago=3)
    mark(product, ago=3)
    roll_up(product)
    kept = stored(product)
    HealthSnapshot.objects.update(plan_mark="")
    score.target = 180
    score.save()
    mark(product, ago=3)
    roll_up(product)
    assert stored(product)[:-1] == kept[:-1]
    assert snapshot(product).health == 60
