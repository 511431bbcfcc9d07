"""The order-taker ratio and the off-mission share of products."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import Organisation
from intake.selectors.flags import order_flags
from intake.selectors.orders import orders_of
from portfolio.flags import flags_on
from portfolio.selectors import find_product
from tests.factories.intake import (
    EvidenceFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


def product_manager(product):
    return MembershipFactory.create(product=product, role="manager").user


SHIPPED = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


def _asked(opportunity):
    request = RequestFactory.create(product=opportunity.product)
    VoiceFactory.create(request=request)
    RequestLinkFactory.create(request=request, opportunity=opportunity)


def test_favours_and_what_was_built_as_asked_without_evidence_are_orders():
    product = ProductFactory.create()
    shipped = {"product": product, "shipped_at": SHIPPED}
    OpportunityFactory.create(**shipped, is_favour=True, decision="now")
    _asked(
        OpportunityFactory.create(**shipped, built_as_asked=True, alignment=0, alignment_why="x")
    )
    spoken_for = OpportunityFactory.create(**shipped, built_as_asked=True)
    _asked(spoken_for)
    EvidenceFactory.create(opportunity=spoken_for)
    OpportunityFactory.create(**shipped, alignment=3, alignment_why="x")
    found = orders_of([product.pk], TODAY)[product.pk]
    assert (found.shipped, found.to_order, found.off_mission) == (4, 2, 1)


@pytest.mark.parametrize(
    ("shipped_at", "counts"),
    [
        (dt.datetime(2026, 8, 25, 23, 59, tzinfo=dt.UTC), 0),
        (dt.datetime(2026, 8, 26, 0, 0, tzinfo=dt.UTC), 1),
        (dt.datetime(2026, 11, 23, 23, 59, tzinfo=dt.UTC), 1),
        (dt.datetime(2026, 11, 24, 0, 0, tzinfo=dt.UTC), 0),
        (None, 0),
    ],
)
def test_ninety_days_with_today(shipped_at, counts):
    one = OpportunityFactory.create(shipped_at=shipped_at)
    assert orders_of([one.product_id], TODAY)[one.product_id].shipped == counts


def test_the_days_are_those_of_the_organisation():
    auckland = {"time_zone": "Pacific/Auckland"}  # 13 hours ahead
    Organisation.objects.update_or_create(pk=1, defaults=auckland)
    one = OpportunityFactory.create(shipped_at=dt.datetime(2026, 11, 23, 11, 30, tzinfo=dt.UTC))
    assert orders_of([one.product_id], TODAY)[one.product_id].shipped == 0
    assert orders_of([one.product_id], TODAY + dt.timedelta(1))[one.product_id].shipped == 1


def test_the_flag_names_the_share_and_leads_to_the_board():
    shipped = {"shipped_at": SHIPPED, "product": ProductFactory.create(slug="planner")}
    OpportunityFactory.create(**shipped, is_favour=True, decision="now")
    OpportunityFactory.create(**shipped)
    product, other = shipped["product"], ProductFactory.create()
    (flag,) = order_flags([product.pk, other.pk], TODAY)[product.pk]
    assert flag.reason == (
        "50\u00a0% of what shipped in 90 days (1 of 2) "
        "was a favour, or built exactly as asked without other evidence."
    )
    assert flag.remedy_url == "/products/planner/opportunities/"
    loaded = find_product(product_manager(product), "planner")
    assert flags_on(loaded, TODAY)[-1] == flag
    assert not [one for one in flags_on(loaded, TODAY + dt.timedelta(88)) if one == flag]
    OpportunityFactory.create(**shipped)
    assert order_flags([product.pk, other.pk], TODAY) == {}


def test_what_was_merged_away_does_not_count_and_products_stay_apart():
    one = OpportunityFactory.create(shipped_at=SHIPPED)
    OpportunityFactory.create(product=one.product, shipped_at=SHIPPED, merged_into=one)
    other = ProductFactory.create()
    found = orders_of([one.product_id, other.pk], TODAY)
    assert (found[one.product_id].shipped, found[other.pk].ratio) == (1, None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(django_assert_num_queries, count):
    rows = OpportunityFactory.create_batch(count, shipped_at=SHIPPED, built_as_asked=True)
    for row in rows:
        _asked(row)
    with django_assert_num_queries(7):
        orders_of([row.product_id for row in rows], TODAY)
