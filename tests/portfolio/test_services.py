"""Writing products: by the rows that are left."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine

from accounts.models import Organisation, User
from activity.models import Event
from core.audit import acting_as
from portfolio import services
from portfolio.models import Dependency, Membership, Portfolio, Product, ProductSlug, StaleMark
from portfolio.signals import products_stale
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    DependencyFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def fields(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": "Shift Planner", "slug": "", "kind": "service"}
    return found | changes


def create(by: User, **changes: Any) -> Product:
    portfolio = changes.pop("portfolio", None) or PortfolioFactory()
    token = changes.pop("token", None)
    return services.create_product(
        fields=fields(portfolio=portfolio, **changes), by=by, now=NOW, token=token
    )


def update(product: Product, by: User, *, now: dt.datetime = NOW, **changes: Any) -> Product:
    version = changes.pop("version", product.version)
    return services.update_product(
        product_id=product.pk, version=version, fields=changes, by=by, now=now
    )


def marks() -> list[tuple[int, dt.date]]:
    return sorted(StaleMark.objects.values_list("product_id", "from_date"))


# Creating


def test_a_new_product_starts_today_and_marks_its_health() -> None:
    product = create(AdministratorFactory(), stage="pilot")
    assert (product.slug, product.stage_since, product.version) == ("shift-planner", TODAY, 1)
    assert marks() == [(product.pk, TODAY)]
    assert Event.objects.get(product_id=product.pk).verb == "created"


def test_today_is_the_day_of_the_organisation() -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    product = create(AdministratorFactory())
    assert product.stage_since == dt.date(2026, 11, 21)


def test_its_creator_manages_it_unless_an_administrator() -> None:
    manager = PersonFactory()
    assert create(manager).memberships.get().user == manager
    assert create(manager).memberships.get().role == "manager"
    assert not create(AdministratorFactory()).memberships.exists()


@pytest.mark.parametrize(
    ("choice", "exchange", "word"),
    [
        ("optional", "money", "customers"),
        ("optional", "none", "users"),
        ("default", "money", "partners"),
        ("mandated", "money", "users"),
    ],
)
def test_the_word_for_its_people_is_stored(choice: str, exchange: str, word: str) -> None:
    product = create(AdministratorFactory(), choice=choice, exchange=exchange)
    product.refresh_from_db()
    assert product.people_word == word


def test_the_same_form_sent_twice_makes_one_product() -> None:
    administrator, token = AdministratorFactory(), uuid.uuid4()
    portfolio = PortfolioFactory()
    first = create(administrator, token=token, portfolio=portfolio)
    second = create(administrator, token=token, portfolio=portfolio)
    assert first == second
    assert Product.objects.count() == 1
    assert Event.objects.filter(verb="created").count() == 1


def test_equal_names_get_different_addresses() -> None:
    administrator = AdministratorFactory()
    slugs = [create(administrator).slug for _ in range(3)]
    assert slugs == ["shift-planner", "shift-planner-2", "shift-planner-3"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("排班", "product"),
        ("New", "new-2"),
        ("Ünïcode & Söns", "unicode-sons"),
        ("x" * 120, "x" * 72),
    ],
)
def test_every_name_has_an_address(name: str, slug: str) -> None:
    assert create(AdministratorFactory(), name=name).slug == slug


@pytest.mark.parametrize("slug", ["taken", "once", "new"])
def test_an_address_that_is_or_was_in_use_is_refused(slug: str) -> None:
    administrator = AdministratorFactory()
    ProductFactory(slug="taken")
    moved = ProductFactory(slug="once")
    update(moved, administrator, slug="elsewhere")
    with pytest.raises(services.AddressTaken):
        create(administrator, slug=slug)


def test_only_known_fields_are_written() -> None:
    with pytest.raises(ValueError, match="is_demo"):
        create(AdministratorFactory(), is_demo=True)


# Changing


def test_a_change_counts_the_version_and_leaves_the_rest() -> None:
    product = ProductFactory(mission="Before", name="Kept")
    later = NOW + dt.timedelta(days=3)
    after = update(product, AdministratorFactory(), mission="After", now=later)
    assert (after.mission, after.name, after.version) == ("After", "Kept", 2)
    assert after.updated_at == later
    assert marks() == []


def test_saving_without_a_change_writes_nothing() -> None:
    product = ProductFactory(mission="Same")
    after = update(product, AdministratorFactory(), mission="Same", name=product.name)
    assert after.version == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "change", [{"stage": "pilot"}, {"choice": "default"}, {"exchange": "money"}]
)
def test_what_enters_the_formula_marks_health_from_today(change: dict[str, str]) -> None:
    product = ProductFactory()
    update(product, AdministratorFactory(), **change)
    assert marks() == [(product.pk, TODAY)]


def test_a_new_stage_starts_today_and_other_changes_keep_the_day() -> None:
    product = ProductFactory(stage="pilot")
    administrator = AdministratorFactory()
    after = update(product, administrator, mission="Other")
    assert after.stage_since == dt.date(2026, 1, 1)
    after = update(after, administrator, stage="rollout")
    assert after.stage_since == TODAY
    assert Event.objects.latest("pk").data == {"detail": "Pilot → Rollout"}


def test_choice_and_exchange_change_the_word() -> None:
    product = ProductFactory()
    after = update(product, AdministratorFactory(), exchange="effort")
    assert after.people_word == "customers"
    after = update(after, AdministratorFactory(), choice="default")
    assert after.people_word == "partners"


def test_an_old_version_loses_and_writes_nothing() -> None:
    product = ProductFactory()
    first, second = AdministratorFactory(name="First"), AdministratorFactory()
    with acting_as(first):
        update(product, first, mission="Mine", stage="pilot")
    with pytest.raises(services.ProductConflict) as conflict:
        update(product, second, mission="Theirs", stage="growth", version=1)
    assert conflict.value.theirs.mission == "Mine"
    assert conflict.value.who == first
    assert conflict.value.when == NOW
    product.refresh_from_db()
    assert (product.mission, product.version) == ("Mine", 2)
    assert len(marks()) == 1


def test_the_same_change_sent_twice_is_one_change() -> None:
    product, administrator = ProductFactory(), AdministratorFactory()
    for _ in range(2):
        after = update(product, administrator, mission="Once", version=1)
    assert after.version == 2


def test_a_new_address_leaves_the_old_one_behind() -> None:
    product, administrator = ProductFactory(slug="one"), AdministratorFactory()
    after = update(product, administrator, slug="two")
    assert list(ProductSlug.objects.values_list("slug", "product_id")) == [("one", product.pk)]
    after = update(after, administrator, slug="three")
    after = update(after, administrator, slug="one")
    assert after.slug == "one"
    assert set(ProductSlug.objects.values_list("slug", flat=True)) == {"two", "three"}


def test_an_emptied_address_is_made_from_the_name_again() -> None:
    product = ProductFactory(slug="odd", name="Shift Planner")
    assert update(product, AdministratorFactory(), slug="").slug == "shift-planner"


def test_dependencies_keep_what_the_editor_cannot_see() -> None:
    editor = PersonFactory()
    product = MembershipFactory(user=editor).product
    secret = DependencyFactory(product=product, needs__visibility="team").needs
    seen = DependencyFactory(product=product).needs
    new = ProductFactory()
    after = update(product, editor, needs=[new])
    assert set(after.depends_on.all()) == {secret, new}
    assert seen not in after.depends_on.all()
    assert after.version == 2


def test_a_product_is_not_built_on_itself() -> None:
    product = ProductFactory()
    with pytest.raises(ValueError, match="itself"):
        services.set_dependencies(
            product=product, needs=[product], by=AdministratorFactory(), now=NOW
        )


# Putting away


def test_archiving_and_restoring_mark_from_today_and_repeat_harmlessly() -> None:
    product, administrator = ProductFactory(), AdministratorFactory()
    for _ in range(2):
        services.archive_product(product=product, by=administrator, now=NOW)
    product.refresh_from_db()
    assert product.archived_on == TODAY
    for _ in range(2):
        services.restore_product(product=product, by=administrator, now=NOW)
    product.refresh_from_db()
    assert product.archived_on is None
    assert marks() == [(product.pk, TODAY)] * 2
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "archived",
        "restored",
    ]


def test_deleting_keeps_the_portfolio_and_other_products() -> None:
    product = ProductFactory()
    DependencyFactory(needs=product)
    services.delete_product(product=product, by=AdministratorFactory(), now=NOW)
    assert not Product.objects.filter(pk=product.pk).exists()
    assert Portfolio.objects.filter(pk=product.portfolio_id).exists()
    assert Product.objects.count() == 1
    assert not Dependency.objects.exists()
    services.delete_product(product=product, by=AdministratorFactory(), now=NOW)


# People


def test_a_member_is_added_changed_and_removed() -> None:
    product, person, by = ProductFactory(), PersonFactory(), AdministratorFactory()
    services.set_member(product=product, user=person, role="contributor", by=by, now=NOW)
    services.set_member(product=product, user=person, role="manager", shape="T", by=by, now=NOW)
    member = product.memberships.get()
    assert (member.role, member.shape, member.stakeholder_grant) == ("manager", "T", False)
    services.remove_member(product=product, user=person, by=by, now=NOW)
    services.remove_member(product=product, user=person, by=by, now=NOW)
    assert not product.memberships.exists()
    assert Event.objects.count() == 3


def test_a_deactivated_account_takes_nothing_over() -> None:
    gone, by = PersonFactory(is_active=False), AdministratorFactory()
    with pytest.raises(services.CannotSignIn):
        services.set_member(product=ProductFactory(), user=gone, role="manager", by=by, now=NOW)
    with pytest.raises(services.CannotSignIn):
        services.add_lead(portfolio=PortfolioFactory(), user=gone, by=by, now=NOW)
    with pytest.raises(services.CannotSignIn):
        services.hand_over(leaver=PersonFactory(), heir=gone, by=by, now=NOW)


def test_handing_over_moves_and_merges() -> None:
    leaver, heir, by = PersonFactory(), PersonFactory(), AdministratorFactory()
    alone = MembershipFactory(user=leaver, role="manager", shape="I").product
    shared = MembershipFactory(user=leaver, role="manager", stakeholder_grant=True).product
    MembershipFactory(user=heir, product=shared, shape="T")
    above = MembershipFactory(user=leaver).product
    MembershipFactory(user=heir, product=above, role="manager")
    portfolio = LeadFactory(user=leaver).portfolio
    both = LeadFactory(user=leaver).portfolio
    LeadFactory(user=heir, portfolio=both)

    moved = services.hand_over(leaver=leaver, heir=heir, by=by, now=NOW)

    assert (moved.products, moved.portfolios) == (3, 2)
    held = Membership.objects.filter(user=heir)
    assert set(held.values_list("product_id", "role", "shape", "stakeholder_grant")) == {
        (alone.pk, "manager", "I", False),
        (shared.pk, "manager", "T", True),
        (above.pk, "manager", "", False),
    }
    assert set(heir.leads.values_list("portfolio_id", flat=True)) == {portfolio.pk, both.pk}
    assert not leaver.memberships.exists()
    assert not leaver.leads.exists()


def test_nobody_inherits_from_themselves() -> None:
    person = PersonFactory()
    with pytest.raises(ValueError, match="themselves"):
        services.hand_over(leaver=person, heir=person, by=person, now=NOW)


# Structure


def test_names_are_unique_whatever_their_case() -> None:
    by = AdministratorFactory()
    services.create_team(name="Rosters", by=by, now=NOW)
    with pytest.raises(services.NameTaken):
        services.create_team(name="ROSTERS", by=by, now=NOW)
    other = TeamFactory()
    with pytest.raises(services.NameTaken):
        services.update_team(team=other, name="rosters", by=by, now=NOW)
    services.create_function(name="Rosters", by=by, now=NOW)
    with pytest.raises(services.NameTaken):
        services.create_function(name="rosters", by=by, now=NOW)
    portfolio = services.create_portfolio(name="Rosters", by=by, now=NOW)
    assert portfolio.slug == "rosters"
    with pytest.raises(services.NameTaken):
        services.create_portfolio(name="rosterS", by=by, now=NOW)
    services.update_portfolio(portfolio=portfolio, name="Shops", description="", by=by, now=NOW)
    portfolio.refresh_from_db()
    assert (portfolio.name, portfolio.slug) == ("Shops", "rosters")


# Marks


def test_many_marks_are_one_insert_and_one_signal(django_assert_num_queries: Any) -> None:
    heard: list[list[int]] = []

    def listen(sender: Any, product_ids: list[int], **kwargs: Any) -> None:
        heard.append(product_ids)

    products = [ProductFactory() for _ in range(3)]
    ids = [product.pk for product in products]
    products_stale.connect(listen)
    try:
        with django_assert_num_queries(3):  # savepoint, insert, release
            services.mark_stale_many(dict.fromkeys(reversed(ids), TODAY))
        services.mark_stale_many({})
    finally:
        products_stale.disconnect(listen)
    assert heard == [ids]
    assert marks() == [(pk, TODAY) for pk in ids]


@time_machine.travel(NOW, tick=False)
def test_history_knows_who_did_it() -> None:
    by = AdministratorFactory()
    product = ProductFactory()
    with acting_as(by):
        update(product, by, mission="Told")
    assert product.events.latest("pgh_id").pgh_context.metadata["user"] == by.pk
