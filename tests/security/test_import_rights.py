"""What an import may not do for somebody whose rights are gone, and what its words may not tell."""

from __future__ import annotations

import pytest

from core.audit import acting_as
from imports.kinds import Undo, kind
from kpis.models import Kpi, Measurement
from portfolio.enums import MemberRole, Visibility
from portfolio.models import Portfolio, Product
from portfolio.services import NOT_YOURS_NOW
from tests.factories.files import LONG, NOW, take
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
)

PRODUCTS = """shape = "wide"
[product]
address = { column = "address" }
name = { column = "name" }
portfolio = { column = "portfolio" }
"""


def undo(run, by):
    with acting_as(by, source="import", import_run=run.pk):
        return kind(run.kind).undo(Undo(run.pk, by, NOW, lambda *_: None))


@pytest.fixture
def member():
    """Somebody who keeps one product of their own, so that they may go on importing."""
    person = PersonFactory()
    MembershipFactory(user=person)
    return person


@pytest.mark.django_db
def test_an_undo_changes_no_product_that_the_person_may_no_longer_change(tmp_path, member):
    lost, kept = ProductFactory(slug="lost", name="Lost"), ProductFactory(slug="kept", name="Kept")
    membership = MembershipFactory(user=member, product=lost)
    MembershipFactory(user=member, product=kept)
    lines = "address,name,portfolio\nlost,Lost 2,\nkept,Kept 2,\n"
    run = take(tmp_path, "products", lines, PRODUCTS, by=member)
    membership.delete()
    Product.objects.filter(pk=lost.pk).update(visibility=Visibility.TEAM)
    undone = undo(run, member)
    lost.refresh_from_db()
    kept.refresh_from_db()
    assert (lost.name, kept.name) == ("Lost 2", "Kept")
    assert undone.kept == [("Lost", NOT_YOURS_NOW)]


@pytest.mark.django_db
def test_an_undo_tells_neither_a_new_name_nor_whether_a_hidden_product_is_gone(tmp_path, member):
    membership = MembershipFactory(user=member, product__slug="lost", product__name="Lost")
    lines = "address,name,portfolio\nlost,Lost 2,\n"
    run = take(tmp_path, "products", lines, PRODUCTS, by=member)
    membership.delete()
    Product.objects.filter(slug="lost").update(name="SECRET-NAME", visibility=Visibility.TEAM)
    there = undo(run, member).kept
    Product.objects.filter(slug="lost").delete()
    assert undo(run, member).kept == there == [("Lost", NOT_YOURS_NOW)]


@pytest.mark.django_db
def test_an_undo_takes_no_product_back_from_others(tmp_path):
    portfolio = PortfolioFactory(name="Mine")
    lead = LeadFactory(portfolio=portfolio)
    person = lead.user
    MembershipFactory(user=person)
    lines = "address,name,portfolio\nnew-one,New one,Mine\n"
    run = take(tmp_path, "products", lines, PRODUCTS, by=person)
    lead.delete()
    Product.objects.get(slug="new-one").memberships.all().delete()
    assert undo(run, person).kept == [("New one", NOT_YOURS_NOW)]
    assert Product.objects.filter(slug="new-one").exists()


@pytest.mark.django_db
def test_who_is_no_longer_an_administrator_takes_no_portfolio_away(tmp_path):
    person = AdministratorFactory()
    lines = "address,name,portfolio\nnew-one,New one,Fresh\n"
    run = take(tmp_path, "products", lines, PRODUCTS, by=person)
    person.role = "employee"
    person.save()
    product = Product.objects.get(slug="new-one")
    product.portfolio = PortfolioFactory()
    product.save()
    assert ("Fresh", NOT_YOURS_NOW) in undo(run, person).kept
    assert Portfolio.objects.filter(name="Fresh").exists()


@pytest.mark.django_db
def test_an_undo_changes_no_value_of_a_product_that_is_no_longer_theirs(tmp_path, member):
    lost, kept = ProductFactory(slug="lost", name="Lost"), ProductFactory(slug="kept", name="Kept")
    membership = MembershipFactory(user=member, product=lost, role=MemberRole.CONTRIBUTOR)
    MembershipFactory(user=member, product=kept)
    old = KpiFactory(product=lost, metric=builtin_metric("volume"))
    MeasurementFactory(kpi=old, date="2026-10-01", value=1)
    lines = (
        "product,metric,date,value\nlost,volume,2026-10-01,5\nlost,error_rate,2026-10-01,6\n"
        "kept,volume,2026-10-01,7\n"
    )
    run = take(tmp_path, "measurements", lines, LONG, by=member)
    membership.delete()
    undone = undo(run, member)
    assert {reason for _, reason in undone.kept} == {NOT_YOURS_NOW}
    assert len(undone.kept) == 2
    assert sorted(Measurement.objects.values_list("kpi__product__slug", "value")) == [
        ("lost", 5), ("lost", 6),
    ]  # fmt: skip
    assert not Kpi.objects.filter(product=kept).exists()
