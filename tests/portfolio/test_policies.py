"""Who may read and do what: the table of visibilities × people."""

from __future__ import annotations

import pytest

from accounts.models import User
from core.policies import allows
from portfolio import selectors
from portfolio.models import Product
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db

READ = {
    # visibility: who reads it beside its own people
    "company": {"employee", "neighbour", "far manager", "far lead"},
    "portfolio": {"neighbour"},
    "team": set(),
}
OWN = {"manager", "contributor", "lead", "administrator"}
PEOPLE = [*sorted(OWN), "employee", "neighbour", "far manager", "far lead", "deactivated"]


def someone(who: str, product: Product) -> User:
    """A neighbour works on another product of the same portfolio, far ones in another one."""
    makers = {
        "manager": lambda: MembershipFactory(product=product, role="manager").user,
        "contributor": lambda: MembershipFactory(product=product).user,
        "lead": lambda: LeadFactory(portfolio=product.portfolio).user,
        "administrator": AdministratorFactory,
        "employee": PersonFactory,
        "neighbour": lambda: MembershipFactory(product__portfolio=product.portfolio).user,
        "far manager": lambda: MembershipFactory(role="manager").user,
        "far lead": lambda: LeadFactory().user,
        "deactivated": lambda: (
            MembershipFactory(product=product, role="manager", user__is_active=False).user
        ),
    }
    found: User = makers[who]()
    return found


def reads(user: User, product: Product) -> bool:
    try:
        found = selectors.find_product(user, product.slug)
    except Product.DoesNotExist:
        return False
    return allows("product.view", user, found)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("visibility", list(READ))
def test_who_reads_a_product(visibility: str, who: str) -> None:
    product = ProductFactory(visibility=visibility)
    expected = who in OWN | READ[visibility]
    user = someone(who, product)
    assert reads(user, product) is expected
    page = selectors.catalogue(
        user, selectors.CatalogueFilters(), selectors.PagePosition(), NOW.date()
    )
    assert (product in page.products) is expected
    listed = Product.objects.visible_to(user).filter(pk=product.pk).count()
    assert listed == int(expected)  # never twice


@pytest.mark.parametrize("who", [one for one in PEOPLE if one != "deactivated"])
def test_who_edits_and_who_manages(who: str) -> None:
    product = ProductFactory()
    user = someone(who, product)
    found = selectors.find_product(user, product.slug)
    assert allows("product.edit", user, found) is (who in OWN)
    assert allows("product.manage", user, found) is (who in OWN - {"contributor"})
    editable = Product.objects.editable_by(user).filter(pk=product.pk).exists()
    assert editable is (who in OWN)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("administrator", True),
        ("lead", True),
        ("manager", True),
        ("far manager", True),
        ("contributor", False),
        ("employee", False),
        ("deactivated", False),
    ],
)
def test_who_may_create_a_product(who: str, expected: bool) -> None:
    user = someone(who, ProductFactory())
    assert allows("product.create", user) is expected


@pytest.mark.parametrize("who", PEOPLE[:-1])
def test_who_manages_a_portfolio(who: str) -> None:
    product = ProductFactory()
    user = someone(who, product)
    found = selectors.find_portfolio(user, product.portfolio.slug)
    assert allows("portfolio.view", user, found)
    assert allows("portfolio.manage", user, found) is (who in {"lead", "administrator"})


def test_without_an_object_nothing_is_allowed() -> None:
    user = AdministratorFactory()
    assert not allows("product.view", user, None)
    assert not allows("portfolio.view", user, None)


def test_portfolios_to_choose_are_led_or_worked_in() -> None:
    manager = MembershipFactory(role="manager").user
    worked = manager.memberships.get().product.portfolio
    led = LeadFactory(user=manager).portfolio
    helped = MembershipFactory(user=manager).product
    PortfolioFactory()
    assert set(selectors.portfolios_to_choose(manager, None)) == {worked, led}
    assert set(selectors.portfolios_to_choose(manager, helped)) == {worked, led, helped.portfolio}
