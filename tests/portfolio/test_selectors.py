"""Reading products: exact lists, and what deletion takes along."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from core.as_of import AsOf
from core.policies import ObjectMoved
from digests.models import DeliveryPart
from health.models import HealthSettings, HealthSnapshot
from personas.models import DuplicateDismissal
from portfolio import selectors, services
from portfolio.columns import Cell, ColumnSource, ListColumn, cells_of
from portfolio.flags import flags_of
from portfolio.models import Bookmark, BulkChange, BulkChangeRow, Product
from portfolio.presenters import consequence_words
from portfolio.selectors import CatalogueFilters, PagePosition
from portfolio.selectors.deletion import relations_that_go
from stakeholders.models import Person, SuggestionAnswer
from tests.factories.digests import (
    DeliveryFactory,
    EditionFactory,
    IssueItemFactory,
    ProductDigestFactory,
    SubscriptionFactory,
)
from tests.factories.kpis import (
    AnnotationFactory,
    ExemptionFactory,
    KpiFactory,
    KpiReviewFactory,
    MeasurementFactory,
    SegmentWeightFactory,
)
from tests.factories.personas import AudienceCountFactory, FitFactory
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    DependencyFactory,
    FunctionFactory,
    MembershipFactory,
    NeededFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    RiskFactory,
    TeamFactory,
)
from tests.factories.stakeholders import (
    MoveFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)
from tests.factories.stakeholders import PersonFactory as StakeholderFactory
from tests.intake.full import fill_intake

pytestmark = pytest.mark.django_db

DAY = NOW.date()


def names(page: selectors.CataloguePage) -> list[str]:
    return [product.name for product in page.products]


def find(text: str = "", **filters: Any) -> list[str]:
    asked = CatalogueFilters(q=text, **filters)
    return names(selectors.catalogue(AdministratorFactory(), asked, PagePosition(), DAY))


# One product


def test_an_old_address_leads_to_the_new_one_for_readers_only() -> None:
    product = ProductFactory(slug="old", visibility="team")
    administrator = AdministratorFactory()
    services.update_product(
        product_id=product.pk, version=1, fields={"slug": "new-one"}, by=administrator, now=NOW
    )
    with pytest.raises(ObjectMoved) as moved:
        selectors.find_product(administrator, "old")
    assert moved.value.value == "new-one"
    with pytest.raises(Product.DoesNotExist):
        selectors.find_product(PersonFactory(), "old")
    with pytest.raises(Product.DoesNotExist):
        selectors.find_product(administrator, "never")


def test_a_product_comes_with_all_that_its_header_needs(django_assert_num_queries: Any) -> None:
    member = MembershipFactory(role="manager", user__name="Dana")
    MembershipFactory(product=member.product, role="manager", user__name="Ana")
    MembershipFactory(product=member.product, role="manager", user__is_active=False)
    with django_assert_num_queries(1):
        product = selectors.find_product(member.user, member.product.slug)
        assert product.manager_names == ["Ana", "Dana"]
        assert (product.viewer_role, product.viewer_leads) == ("manager", False)
        assert str(product.portfolio)
        assert (product.team, product.function) == (None, None)


def test_managers_by_product() -> None:
    one = MembershipFactory(role="manager", user__name="Zoe").product
    MembershipFactory(role="manager", user__name="abe", product=one)
    MembershipFactory(product=one)
    none = ProductFactory()
    assert selectors.managers_of([one.pk, none.pk]) == {one.pk: "abe, Zoe"}


def test_neighbours_are_those_that_one_may_read(django_assert_num_queries: Any) -> None:
    person = PersonFactory()
    product = ProductFactory()
    below = DependencyFactory(product=product).needs
    above = DependencyFactory(needs=product).product
    DependencyFactory(product=product, needs__visibility="team")
    with django_assert_num_queries(1):
        found = selectors.neighbours_of(product, person)
    assert (found.needs, found.needed_by) == ([below], [above])


def test_members_come_managers_first() -> None:
    product = ProductFactory()
    for name, role in (("Abe", "contributor"), ("Zoe", "manager"), ("Bea", "manager")):
        MembershipFactory(product=product, role=role, user__name=name)
    assert [str(one.user) for one in selectors.members_of(product)] == ["Bea", "Zoe", "Abe"]


def test_only_products_without_an_active_manager_have_the_flag() -> None:
    managed = MembershipFactory(role="manager").product
    left = MembershipFactory(role="manager", user__is_active=False).product
    helped = MembershipFactory().product
    found = flags_of([managed.pk, left.pk, helped.pk], NOW.date())
    assert "no_manager" not in [flag.key for flag in found[managed.pk]]
    for product in (left, helped):
        (flag,) = [flag for flag in found[product.pk] if flag.key == "no_manager"]
        assert flag.remedy_url == f"/products/{product.slug}/members/"


# The catalogue


def test_search_wants_every_word_somewhere() -> None:
    ProductFactory(name="Shift Planner", mission="Rosters a week ahead")
    ProductFactory(name="Shift Swap", team=TeamFactory(name="Rosters"))
    ProductFactory(name="Price Desk")
    assert find("rosters SHIFT") == ["Shift Planner", "Shift Swap"]
    assert find("shift planner") == ["Shift Planner"]
    assert find("%") == find("_") == []


def test_filters_narrow() -> None:
    portfolio, team, function = PortfolioFactory(), TeamFactory(), FunctionFactory()
    manager = MembershipFactory(role="manager", product__name="Managed").user
    MembershipFactory(user=manager)
    ProductFactory(name="There", portfolio=portfolio)
    ProductFactory(name="Theirs", team=team)
    ProductFactory(name="For it", function=function)
    ProductFactory(name="Grown", stage="growth")
    ProductFactory(name="Platform", kind="platform")
    ProductFactory(name="Away", archived_on=NOW.date())
    assert find(portfolio=portfolio.pk) == ["There"]
    assert find(team=team.pk) == ["Theirs"]
    assert find(function=function.pk) == ["For it"]
    assert find(stage="growth") == ["Grown"]
    assert find(kind="platform") == ["Platform"]
    assert find(manager=manager.pk) == ["Managed"]
    assert find(archived=True) == ["Away"]
    assert "Away" not in find()


def walk(user: Any, filters: CatalogueFilters, size: int) -> list[list[int]]:
    """All pages, forwards; and proof that walking back gives the same pages."""
    pages, position = [], PagePosition(size=size)
    while True:
        page = selectors.catalogue(user, filters, position, DAY)
        pages.append([product.pk for product in page.products])
        assert len(pages) < 50, "walks in a circle"
        if not page.older:
            break
        position = PagePosition(after=page.older, size=size)
    back = [pages[-1]]
    while page.newer:
        page = selectors.catalogue(user, filters, PagePosition(before=page.newer, size=size), DAY)
        back.append([product.pk for product in page.products])
    assert back[::-1] == pages
    return pages


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("key", list(selectors.SORTS))
def test_pages_hold_each_product_once_in_order_whatever_the_sort(key: str, direction: str) -> None:
    functions = [FunctionFactory(name=name) for name in ("beta", "Alpha")]
    for n in range(13):  # many ties in every key
        ProductFactory(
            name=f"Name {n // 4}",
            stage=("mature", "discovery", "pilot")[n % 3],
            head_count=(None, 5, 5, 900)[n % 4],
            function=(None, *functions)[n % 3],
            updated_at=NOW - dt.timedelta(days=n // 5),
        )
    user = AdministratorFactory()
    filters = CatalogueFilters(sort=f"{direction}{key}")
    (whole,) = walk(user, filters, size=50)
    assert len(whole) == len(set(whole)) == 13
    pages = walk(user, filters, size=4)
    assert [len(page) for page in pages] == [4, 4, 4, 1]
    assert [pk for page in pages for pk in page] == whole
    (forwards,) = walk(user, CatalogueFilters(sort=key), size=50)
    assert whole == (forwards[::-1] if direction else forwards)


def test_stages_sort_by_life_not_by_alphabet() -> None:
    for stage in ("mature", "discovery", "growth"):
        ProductFactory(stage=stage)
    page = selectors.catalogue(
        AdministratorFactory(), CatalogueFilters(sort="stage"), PagePosition(), DAY
    )
    assert [one.stage for one in page.products] == ["discovery", "growth", "mature"]


def test_paging_survives_deletion_at_the_seam() -> None:
    products = [ProductFactory(name=f"P{n}") for n in range(6)]
    user = AdministratorFactory()
    first = selectors.catalogue(user, CatalogueFilters(), PagePosition(size=2), DAY)
    products[1].delete()
    second = selectors.catalogue(
        user, CatalogueFilters(), PagePosition(after=first.older, size=2), DAY
    )
    assert names(second) == ["P2", "P3"]
    Product.objects.filter(name__gt="P1").delete()
    beyond = selectors.catalogue(user, CatalogueFilters(), PagePosition(after=second.older), DAY)
    assert names(beyond) == ["P0"]


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NONSENSE = ["x", "é", "\0", "=", "W10" * 900] + [
    cursor(value)
    for value in (
        [], None, 7, {}, [1], ["a"], ["a", "b"], ["a", True], ["a", -1], ["a", 10**30],
        ["\0", 1], ["\ud800", 1], [[], 1], [None, 1], [10**30, 1], ["2026-01-01T00:00", 1],
        ["0001-01-01T00:00+23:59", 1], ["9999-12-31T23:59-23:59", 1], [float("nan"), 1],
    )
]  # fmt: skip


@pytest.mark.parametrize("cursor", NONSENSE)
@pytest.mark.parametrize("sort", ["name", "-people", "updated", "nonsense"])
def test_a_cursor_that_makes_no_sense_is_the_first_page(cursor: str, sort: str) -> None:
    ProductFactory(name="Only")
    for position in (PagePosition(after=cursor), PagePosition(before=cursor)):
        page = selectors.catalogue(
            AdministratorFactory(), CatalogueFilters(sort=sort), position, DAY
        )
        assert names(page) == ["Only"]


def test_a_moment_of_any_zone_is_one_that_the_database_knows() -> None:
    ProductFactory(name="Only")
    far = PagePosition(before=cursor(["2999-01-01T00:00+23:59", 1]))
    page = selectors.catalogue(AdministratorFactory(), CatalogueFilters(sort="updated"), far, DAY)
    assert names(page) == ["Only"]


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_catalogue_is_a_count_and_a_read(
    item_count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(item_count):
        MembershipFactory(role="manager")
    user = PersonFactory()
    with django_assert_num_queries(2):
        page = selectors.catalogue(user, CatalogueFilters(), PagePosition(), DAY)
        for product in page.products:
            assert product.manager_names
            assert product.portfolio.name
    with django_assert_num_queries(1):
        selectors.filter_options(user)


def test_filter_options_offer_only_managers_of_what_one_may_read() -> None:
    hidden = MembershipFactory(role="manager", product__visibility="team").user
    shown = MembershipFactory(role="manager").user
    options = selectors.filter_options(PersonFactory())
    assert options.managers == [(shown.pk, shown.name)]
    assert (hidden.pk, hidden.name) in selectors.filter_options(AdministratorFactory()).managers


def test_columns_of_upper_apps_are_asked_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    def cells(product_ids: Any, as_of: AsOf) -> dict[int, list[Cell]]:
        asked.append(list(product_ids))
        return {product_ids[0]: [Cell("71 %", 71)]}

    source = ColumnSource("test", 1, (ListColumn("test", "Test", numeric=True),), cells)
    monkeypatch.setattr("portfolio.columns._sources.entries", {"test": source})
    found = cells_of([5, 6], AsOf(DAY, DAY))
    assert asked == [[5, 6]]
    assert found[5] == [Cell("71 %", 71)]
    assert found[6][0].text == "–"


# Deletion


def full_product() -> Product:
    """A product with a row in every table that hangs on it."""
    product = MembershipFactory(role="manager").product
    MembershipFactory(product=product)
    DependencyFactory(product=product)
    DependencyFactory(needs=product)
    kpi = KpiFactory(product=product)
    MeasurementFactory(kpi=kpi)
    MeasurementFactory(kpi=kpi, date=NOW.date())
    ExemptionFactory(kpi=kpi)
    SegmentWeightFactory(kpi=kpi)
    AnnotationFactory(product=product, kpi=kpi)
    KpiReviewFactory(product=product)
    _in_daily_use(product)
    _snapshot(product)
    FitFactory(product=product)
    AudienceCountFactory(audience__product=product)
    DuplicateDismissal.objects.create(
        first=product, second=ProductFactory(), reason="No", dismissed_on=NOW.date()
    )
    _on_the_map(product, StakeholderFactory())
    fill_intake(product)
    NeededFactory(product=product)
    RiskFactory(product=product)
    _in_a_digest(product)
    administrator = AdministratorFactory()
    services.update_product(
        product_id=product.pk, version=1, fields={"slug": "moved", "stage": "pilot"},
        by=administrator, now=NOW,
    )  # fmt: skip
    product.refresh_from_db()
    return product


def _in_daily_use(product: Product) -> None:
    """Bookmarked, and changed with others."""
    Bookmark.objects.create(user=PersonFactory(), product=product, since=NOW)
    change = BulkChange.objects.create(at=NOW, fields={})
    BulkChangeRow.objects.create(change=change, product=product, before={}, after={})


def _on_the_map(product: Product, person: Person) -> None:
    """A person with a row in every table of a map."""
    for factory in (PlacementFactory, MoveFactory, TouchpointFactory, SnoozeFactory):
        factory(product=product, person=person)
    SuggestionAnswer.objects.create(
        product=product, person=person, key="more_power", is_taken=False, reason="No", at=NOW
    )


def _in_a_digest(product: Product) -> None:
    """A mail that tells of the product, to somebody who follows it."""
    edition = EditionFactory(issue__product=product)
    IssueItemFactory(issue=edition.issue)
    DeliveryPart.objects.create(delivery=DeliveryFactory(), edition=edition, position=0)
    SubscriptionFactory(product=product)
    ProductDigestFactory(product=product)


def _snapshot(product: Product) -> None:
    settings = HealthSettings.objects.create(values={}, created_at=NOW)
    HealthSnapshot.objects.create(
        product=product, day=NOW.date(), status="unknown", confidence=0, settings=settings,
        plan={}, explanation={}, computed_at=NOW,
    )  # fmt: skip


def row_counts() -> dict[type[models.Model], int]:
    ours = ("accounts", "activity", "portfolio", "personas", "stakeholders", "kpis", "intake",
            "health", "digests")  # fmt: skip
    found = [model for model in apps.get_models() if model._meta.app_label in ours]
    return {model: model._default_manager.count() for model in found}


def test_the_preview_lists_exactly_what_goes() -> None:
    product = full_product()
    other = full_product_beside()
    expected = {model: rows.count() for model, rows in selectors.rows_below(product).items()}
    preview = {
        line.label: line.count
        for line in selectors.deletion_preview(product, AdministratorFactory())
    }
    assert preview["members"] == 2
    assert preview["dependencies"] == 2
    assert preview["old address"] == 1
    assert preview["placement"] == preview["move"] == preview["touchpoint"] == 1
    assert all(expected.values()), "a table below products without a row in this test"
    before = row_counts()
    product.delete()
    after = row_counts()
    # Histories grow by a deletion; nothing else may.
    gone = {model: before[model] - after[model] for model in before if before[model] > after[model]}
    gone.pop(Product)
    assert gone == {model: count for model, count in expected.items() if count}
    assert Product.objects.filter(pk=other.pk).exists()


def test_the_preview_counts_nothing_that_is_about_whoever_reads_it() -> None:
    product = ProductFactory()
    manager = MembershipFactory(product=product, role="manager").user
    before = selectors.deletion_preview(product, manager)
    _on_the_map(product, StakeholderFactory(email=manager.email))
    assert selectors.deletion_preview(product, manager) == before
    _on_the_map(product, StakeholderFactory())
    preview = {line.label: line.count for line in selectors.deletion_preview(product, manager)}
    assert preview["placement"] == preview["move"] == preview["touchpoint"] == 1


def test_whoever_may_not_open_the_map_always_reads_the_same() -> None:
    product = ProductFactory()
    stranger = PersonFactory()
    before = selectors.deletion_preview(product, stranger)
    assert [(line.label, line.count) for line in before] == [("its stakeholder map", None)]
    _on_the_map(product, StakeholderFactory())
    assert selectors.deletion_preview(product, stranger) == before
    assert consequence_words(before) == ["its stakeholder map"]


def full_product_beside() -> Product:
    """Another one, of which nothing may go."""
    product = MembershipFactory().product
    DependencyFactory(product=product)
    return product


def test_every_relation_of_the_tables_below_a_product_is_declared() -> None:
    """No row below a product is protected from its deletion, and none is forgotten."""
    seen: set[type[models.Model]] = set()
    queue: list[type[models.Model]] = [Product]
    while queue:
        model = queue.pop()
        for relation in model._meta.related_objects:
            assert relation.on_delete is not models.PROTECT, relation
            assert relation.on_delete is not models.RESTRICT, relation
        for child, _ in relations_that_go(model):
            if child not in seen:
                seen.add(child)
                queue.append(child)
    below = {model._meta.label for model in seen}
    assert {"portfolio.Membership", "portfolio.Dependency", "portfolio.StaleMark"} <= below
    assert {"kpis.Kpi", "kpis.Measurement", "health.HealthSnapshot"} <= below


# Structure


@pytest.mark.parametrize("item_count", [1, 3])
def test_lists_count_live_products_that_one_may_read(
    item_count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(item_count):
        portfolio = PortfolioFactory()
        ProductFactory(portfolio=portfolio)
        ProductFactory(portfolio=portfolio, archived_on=NOW.date())
        ProductFactory(portfolio=portfolio, visibility="team")
    with django_assert_num_queries(1):
        found = list(selectors.portfolio_list(PersonFactory.build(pk=0, is_active=True)))
    assert [portfolio.product_count for portfolio in found] == [1] * item_count


def test_people_to_add_are_active_and_not_members_yet() -> None:
    product = MembershipFactory().product
    other = PersonFactory()
    PersonFactory(is_active=False)
    assert selectors.colleagues_of(product) == [other]
