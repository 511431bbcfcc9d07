"""The roll-up: what it leaves behind, whatever happens before, meanwhile and twice."""

import datetime as dt
import sys

import pytest

from core.periods import kept_days
from health import services
from health.models import HealthSnapshot
from portfolio.models import StaleMark
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    mark,
    measure,
)
from tests.health.rolling import roll_up, scored_product, snapshot

pytestmark = pytest.mark.django_db


def test_a_mark_becomes_a_snapshot_and_is_gone():
    product, *_ = scored_product(90, 70)
    mark(product)
    done = roll_up(product)
    found = snapshot(product)
    assert (done.products, done.days, done.changed) == (1, 1, 1)
    assert (found.status, found.health) == ("healthy", 80)
    assert found.confidence == pytest.approx(100 * 6 / 13.5)
    assert found.reason == "minutes is 30 points behind plan: −15"
    assert found.measured_on == TODAY
    assert found.computed_at == NOW
    assert not StaleMark.objects.exists()


def test_days_from_the_mark_on_are_worked_out():
    product, score, _ = scored_product(90, 70)
    measure(score, 50, ago=10)
    mark(product, ago=12)
    roll_up(product)
    days = HealthSnapshot.objects.filter(product=product).order_by("day")
    assert [row.day for row in days] == [days_ago(ago) for ago in range(12, -1, -1)]
    assert days[0].health is None
    assert days[2].health == 50
    assert days[12].health == 80


def test_old_marks_reach_every_kept_day_and_no_other():
    product, *_ = scored_product(90, 70)
    mark(product, ago=5000)
    roll_up(product)
    days = HealthSnapshot.objects.filter(product=product).values_list("day", flat=True)
    assert sorted(days) == kept_days(TODAY)


def test_a_second_roll_up_writes_nothing():
    product, *_ = scored_product(90, 70)
    for _ in range(2):
        mark(product, ago=60)
        done = roll_up(product, now=NOW)
    assert done.days > 0
    assert done.changed == 0


def test_products_without_a_mark_are_left_alone():
    product, *_ = scored_product(90, 70)
    assert roll_up(product).days == 0
    assert not HealthSnapshot.objects.exists()


def test_marks_of_days_to_come_are_done_with():
    product, *_ = scored_product(90, 70)
    mark(product, ago=-3)
    roll_up(product)
    assert not HealthSnapshot.objects.exists()
    assert not StaleMark.objects.exists()


def test_the_day_is_that_of_the_organisation():
    from accounts.models import Organisation

    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    product, *_ = scored_product(90, 70)
    mark(product, ago=-1)
    roll_up(product, now=dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC))
    assert snapshot(product, ago=-1).status == "healthy"


def test_a_mark_that_comes_while_rolling_up_stays(monkeypatch):
    product, *_ = scored_product(90, 70)
    mark(product)
    module = sys.modules[services.RolledUp.__module__]
    score_days = module.score_days

    def meanwhile(*args):
        mark(product)
        return score_days(*args)

    monkeypatch.setattr(module, "score_days", meanwhile)
    roll_up(product)
    assert StaleMark.objects.filter(product=product).count() == 1
