"""The demo's digest: two weeks of issues, one of them edited, and readers who have chosen."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.services import create_demo_people
from digests import demo
from digests.models import Issue, IssueItem, Reader, Subscription
from portfolio import demo as company
from portfolio.models import Product
from stakeholders import demo as stakeholders

pytestmark = pytest.mark.django_db

# A Wednesday: the newest draft is that of the Friday before.
NOW = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
MONDAYS = [dt.date(2026, 11, 16), dt.date(2026, 11, 23)]


@pytest.fixture
def _demo():
    create_demo_people(NOW)
    company.seed(NOW)
    stakeholders.seed(NOW)
    demo.seed(NOW)


def everything():
    models = Issue, IssueItem, Reader, Subscription
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.usefixtures("_demo")
def test_two_weeks_of_every_product():
    live = Product.objects.live(NOW.date()).count()
    for monday in MONDAYS:
        assert Issue.objects.filter(week=monday).count() == live
    assert Issue.objects.count() == 2 * live
    assert not Issue.objects.filter(locked_at__isnull=False).exists()


@pytest.mark.usefixtures("_demo")
def test_the_newest_bears_the_hand_of_its_managers():
    edited = Issue.objects.exclude(version=1)
    assert {issue.week for issue in edited} == {MONDAYS[1]}
    assert set(edited.exclude(note="").values_list("product__slug", flat=True)) == set(demo.NOTES)
    pinned = IssueItem.objects.filter(is_pinned=True)
    assert set(pinned.values_list("issue__product__slug", flat=True)) == set(demo.PINNED)
    hidden = IssueItem.objects.filter(is_hidden=True)
    assert dict(hidden.values_list("issue__product__slug", "hidden_reason")) == demo.LEFT_OUT


@pytest.mark.usefixtures("_demo")
def test_readers_have_chosen():
    followed = Subscription.objects.filter(follows=True)
    assert followed.count() == len(demo.FOLLOWERS)
    assert Subscription.objects.get(person__name="Per Lind").plan == "roadmap"
    assert Reader.objects.get(person__name="Dayo Okoye").every == 2
    assert Reader.objects.get(person__name="Rada Ivanova").unsubscribed_at == NOW


@pytest.mark.usefixtures("_demo")
def test_twice_is_once_and_gone_is_gone():
    once = everything()
    demo.seed(NOW + dt.timedelta(days=1))
    assert everything() == once
    demo.remove()
    assert not Issue.objects.exists()
    stakeholders.remove()
    company.remove()
    assert everything() == [[], [], [], []]
