"""A prepared query finds what the same query finds that is drawn up for the occasion."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, models
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from core.prepared import Prepared
from portfolio.flags import loaded_with_product
from portfolio.models import Membership, Product
from portfolio.selectors import find_product
from portfolio.selectors.products import product_query
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.portfolio import LeadFactory, MembershipFactory, ProductFactory

SAMPLES = {"user_id": -77, "slug": "sample"}


def theirs(shape: str, *, user_id: int, slug: str) -> models.QuerySet[Product]:
    own = Membership.objects.filter(product_id=OuterRef("pk"), user_id=user_id)
    found = Product.objects.filter(slug=slug).annotate(is_theirs=Exists(own))
    return found.select_related("portfolio") if shape == "wide" else found


def rows_of(found: list[Product]) -> list[dict[str, object]]:
    """Everything that stands in them, with what was loaded beside."""
    return [
        {name: value for name, value in vars(one).items() if name != "_state"}
        | {name: vars(other)["id"] for name, other in one._state.fields_cache.items() if other}
        for one in found
    ]


@pytest.mark.django_db
def test_each_value_finds_its_own_rows(django_assert_num_queries):
    member, other = MembershipFactory(), ProductFactory()
    prepared = Prepared(theirs, SAMPLES)
    for shape in ("wide", "narrow"):
        for user_id in (member.user_id, 0):
            for slug in (member.product.slug, other.slug, "never"):
                with django_assert_num_queries(1):
                    found = prepared.rows(shape, user_id=user_id, slug=slug)
                drawn = list(theirs(shape, user_id=user_id, slug=slug))
                assert rows_of(found) == rows_of(drawn)
    assert prepared.rows("wide", user_id=member.user_id, slug=member.product.slug)[0].is_theirs
    assert not prepared.rows("wide", user_id=member.user_id, slug=other.slug)[0].is_theirs


@pytest.mark.django_db
def test_it_is_drawn_up_once_for_each_shape():
    drawn = []

    def build(shape, **values):
        drawn.append(shape)
        return theirs(shape, **values)

    prepared = Prepared(build, SAMPLES)
    for shape in ("wide", "narrow", "wide"):
        prepared.rows(shape, user_id=1, slug="never")
    assert drawn == ["wide", "narrow"]


def test_a_sample_that_the_query_does_not_ask_about_is_told():
    prepared = Prepared(lambda _, user_id, slug: Product.objects.filter(slug=slug), SAMPLES)
    with pytest.raises(LookupError, match="user_id"):
        prepared.rows("", user_id=1, slug="x")


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_on_its_own_connection():
    """What is kept was drawn up on the connection of whoever came first."""
    product = ProductFactory()
    prepared = Prepared(theirs, SAMPLES)
    asked, found = {}, []

    def ask() -> None:
        with CaptureQueriesContext(connection) as queries:
            found.extend(prepared.rows("narrow", user_id=1, slug=product.slug))
        asked[threading.current_thread().name] = len(queries)
        connection.close()

    with CaptureQueriesContext(connection) as first:
        prepared.rows("narrow", user_id=1, slug=product.slug)
        thread = threading.Thread(target=ask, name="other")
        thread.start()
        thread.join()
    assert (asked, found, len(first)) == ({"other": 1}, [product], 1)


@pytest.mark.django_db
def test_a_product_is_found_as_if_its_query_were_drawn_up_each_time():
    """For each kind of person, with everything that pages load with it."""
    member = MembershipFactory(role="manager", stakeholder_grant=True, product__visibility="team")
    lead = LeadFactory(portfolio=member.product.portfolio)
    shown = ProductFactory(visibility="company", team=None)
    people = [member.user, lead.user, AdministratorFactory(), UserFactory()]
    seen = 0
    for user in people * 2:
        for product in (member.product, shown):
            shape = user.is_administrator, tuple(loaded_with_product())
            drawn = list(product_query(shape, user_id=user.pk, slug=product.slug))
            try:
                found = [find_product(user, product.slug)]
            except Product.DoesNotExist:
                found = []
            assert rows_of(found) == rows_of(drawn)
            seen += len(found)
    assert seen == 2 * 7  # a stranger does not find what is the team's alone
