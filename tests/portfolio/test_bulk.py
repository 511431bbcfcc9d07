"""Changing many products at once and taking it back: exactly, once, and with everybody's rights."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from activity.models import Event
from core.audit import acting_as
from portfolio import services
from portfolio.models import BulkChange, BulkChangeRow, Membership, Product, StaleMark
from portfolio.presenters.bulk import change_lines
from portfolio.selectors.bulk import (
    ALREADY,
    ARCHIVED,
    CHANGED,
    NOT_INTO,
    NOT_MANAGERS,
    NOT_YOURS,
    Wanted,
    bulk_changes,
    bulk_left,
    bulk_plan,
)
from portfolio.services.bulk.undoing import ARCHIVED_SINCE, DONE, NO_ACCOUNT, NOT_YOURS_NOW
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    FunctionFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    TeamFactory,
)
from tests.htmx import Page, open_page, parse, values_of

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
LATER = NOW + dt.timedelta(days=3)


@pytest.fixture
def administrator() -> User:
    return AdministratorFactory()


def change(
    by: User, wanted: Wanted, *products: Product, key: uuid.UUID | None = None
) -> BulkChange:
    """What a preview and its button do."""
    ids = [product.pk for product in products]
    plan = bulk_plan(by, ids, wanted, day=TODAY)
    seen = {one.product.pk: one.seen for one in plan.changes}
    return services.apply_bulk(key=key or uuid.uuid4(), wanted=wanted, seen=seen, by=by, now=NOW)


def state(*products: Product) -> list[Any]:
    """All of the products that a change of many may touch, and their members."""
    columns = (
        "pk",
        "portfolio_id",
        "team_id",
        "function_id",
        "stage",
        "stage_since",
        "people_word",
    )
    ids = [product.pk for product in products]
    rows = list(Product.objects.filter(pk__in=ids).order_by("pk").values_list(*columns))
    members = Membership.objects.filter(product_id__in=ids).order_by("product_id", "user_id")
    return [rows, list(members.values_list("product_id", "user_id", "role", "shape",
                                           "stakeholder_grant"))]  # fmt: skip


def reasons(plan: Any) -> dict[str, str]:
    return {one.product.name: one.reason for one in plan.left}


def test_the_plan_says_what_changes_and_what_does_not_and_why() -> None:
    team, user = TeamFactory(), PersonFactory()
    mine, so_already, old, read_only, hidden = (
        ProductFactory(name=name, **more)
        for name, more in (
            ("Mine", {}), ("So already", {"team": team}), ("Old", {"archived_on": TODAY}),
            ("Read only", {}), ("Hidden", {"visibility": "team"}),
        )
    )  # fmt: skip
    for product in (mine, so_already, old):
        MembershipFactory(user=user, product=product)
    ids = [one.pk for one in (mine, so_already, old, read_only, hidden)]
    plan = bulk_plan(user, ids, Wanted({"team": team}), day=TODAY)
    assert [(one.product, one.before, one.after) for one in plan.changes] == [
        (mine, {"team_id": None}, {"team_id": team.pk})
    ]
    assert reasons(plan) == {"So already": ALREADY, "Old": ARCHIVED, "Read only": NOT_YOURS}


def test_a_contributor_gives_the_team_but_not_the_manager() -> None:
    team, heir, user = TeamFactory(), PersonFactory(), PersonFactory()
    product = MembershipFactory(user=user).product
    plan = bulk_plan(user, [product.pk], Wanted({"team": team}, heir), day=TODAY)
    assert [one.after for one in plan.changes] == [{"team_id": team.pk}]
    assert reasons(plan) == {product.name: NOT_MANAGERS}


def test_moving_needs_the_right_in_the_portfolio_where_it_goes() -> None:
    lead = LeadFactory()
    product, foreign = ProductFactory(portfolio=lead.portfolio), PortfolioFactory()
    wanted = Wanted({"portfolio": foreign})
    assert reasons(bulk_plan(lead.user, [product.pk], wanted, day=TODAY)) == {
        product.name: NOT_INTO
    }
    LeadFactory(user=lead.user, portfolio=foreign)
    change(lead.user, wanted, product)
    product.refresh_from_db()
    assert product.portfolio == foreign


def test_a_change_leaves_what_the_form_of_one_product_leaves(administrator: User) -> None:
    team = TeamFactory()
    many, one = ProductFactory(team=None), ProductFactory(team=None)
    wanted = {"team": team, "stage": "growth"}
    done = change(administrator, Wanted(wanted), many)
    services.update_product(product_id=one.pk, version=1, fields=wanted, by=administrator, now=NOW)
    for name in ("stage", "stage_since", "team_id", "people_word", "version", "updated_at"):
        assert getattr(Product.objects.get(pk=many.pk), name) == getattr(
            Product.objects.get(pk=one.pk), name
        )
    marks = StaleMark.objects.order_by("product_id").values_list("product_id", "from_date")
    assert set(marks) == {(many.pk, TODAY), (one.pk, TODAY)}
    events = {event.product_id: event for event in Event.objects.all()}
    assert events[many.pk].verb == events[one.pk].verb == "changed the stage of"
    assert events[many.pk].data == {**events[one.pk].data, "bulk": str(done.pk)}
    assert events[many.pk].data["detail"] == "Discovery → Growth"


def test_history_names_who_did_it(administrator: User) -> None:
    product = ProductFactory()
    with acting_as(administrator):
        change(administrator, Wanted({"team": TeamFactory()}), product)
    event = product.events.select_related("pgh_context").latest("pgh_id")
    assert event.team_id is not None
    assert event.pgh_context.metadata["user"] == administrator.pk


def test_without_a_field_of_the_formula_no_health_is_stale(administrator: User) -> None:
    change(administrator, Wanted({"team": TeamFactory()}), ProductFactory())
    assert not StaleMark.objects.exists()


def test_a_manager_joins_or_replaces(administrator: User) -> None:
    heir = PersonFactory()
    old = MembershipFactory(role="manager", shape="T")
    helper = MembershipFactory(product=old.product, user=heir, stakeholder_grant=True)
    change(administrator, Wanted(manager=heir), old.product)
    helper.refresh_from_db()
    assert (helper.role, helper.stakeholder_grant) == ("manager", True)
    assert old.product.memberships.count() == 2
    change(administrator, Wanted(manager=heir, replaces=True), old.product)
    assert [one.user for one in old.product.memberships.all()] == [heir]
    assert set(Event.objects.values_list("verb", "subject_label")) == {
        ("changed what this member is:", str(heir)), ("removed a member:", str(old.user)),
    }  # fmt: skip


def test_a_deactivated_account_manages_nothing(administrator: User) -> None:
    gone = PersonFactory(is_active=False)
    with pytest.raises(services.CannotSignIn):
        change(administrator, Wanted(manager=gone), ProductFactory())
    assert not BulkChange.objects.exists()


def test_sending_it_twice_changes_once(administrator: User) -> None:
    product, key, team = ProductFactory(), uuid.uuid4(), TeamFactory()
    first = change(administrator, Wanted({"team": team}), product, key=key)
    Product.objects.filter(pk=product.pk).update(team=None)
    assert change(administrator, Wanted({"team": team}), product, key=key) == first
    product.refresh_from_db()
    assert (product.team, product.version) == (None, 2)
    with pytest.raises(BulkChange.DoesNotExist):
        change(AdministratorFactory(), Wanted({"team": team}), product, key=key)


@pytest.mark.parametrize("what", ["version", "managers"])
def test_what_was_changed_meanwhile_is_left(administrator: User, what: str) -> None:
    heir, product, other = PersonFactory(), ProductFactory(), ProductFactory()
    wanted = Wanted({"stage": "growth"}, heir)
    plan = bulk_plan(administrator, [product.pk, other.pk], wanted, day=TODAY)
    seen = {one.product.pk: one.seen for one in plan.changes}
    if what == "version":
        services.update_product(
            product_id=product.pk, version=1, fields={"mission": "New"}, by=administrator, now=NOW
        )
    else:
        MembershipFactory(product=product, role="manager")
    before = state(product)
    done = services.apply_bulk(
        key=uuid.uuid4(), wanted=wanted, seen=seen, by=administrator, now=NOW
    )
    assert state(product) == before
    assert [row.product for row in done.rows.all()] == [other]
    assert [(one.product, one.reason) for one in bulk_left(done, administrator)] == [
        (product, CHANGED)
    ]


def test_nobody_sends_products_that_they_may_not_change() -> None:
    user, product = PersonFactory(), ProductFactory()
    services.apply_bulk(
        key=uuid.uuid4(),
        wanted=Wanted({"stage": "growth"}),
        seen={product.pk: "1."},
        by=user,
        now=NOW,
    )
    product.refresh_from_db()
    assert product.stage == "discovery"
    assert not BulkChangeRow.objects.exists()


@pytest.mark.parametrize("seed", range(12))
def test_undo_gives_back_exactly_what_was_there(administrator: User, seed: int) -> None:
    chance = random.Random(seed)
    teams = [None, *TeamFactory.create_batch(2)]
    functions = [None, *FunctionFactory.create_batch(2)]
    portfolios, people = PortfolioFactory.create_batch(2), PersonFactory.create_batch(3)
    stages = ["discovery", "growth", "mature", "retired"]
    products = []
    for _ in range(9):
        product = ProductFactory(
            team=chance.choice(teams), function=chance.choice(functions),
            portfolio=chance.choice(portfolios), stage=chance.choice(stages),
            archived_on=chance.choice([None, None, None, TODAY]),
        )  # fmt: skip
        products.append(product)
        for person in chance.sample(people, chance.randrange(4)):
            MembershipFactory(
                product=product, user=person, role=chance.choice(["manager", "contributor"]),
                shape=chance.choice(["", "T"]), stakeholder_grant=chance.random() < 0.5,
            )  # fmt: skip
    values = {"team": teams, "function": functions, "portfolio": portfolios, "stage": stages}
    chosen = chance.sample(list(values), chance.randrange(1, 5))
    wanted = Wanted(
        {name: chance.choice(values[name]) for name in chosen},
        chance.choice([None, *people]), replaces=chance.random() < 0.5,
    )  # fmt: skip
    before = state(*products)
    done = change(administrator, wanted, *chance.sample(products, chance.randrange(1, 10)))
    changed = done.rows.count()
    assert changed == 0 or state(*products) != before
    undone = services.undo_bulk(change=done, by=administrator, now=LATER)
    assert (undone.restored, undone.kept) == (changed, [])
    assert state(*products) == before
    assert set(done.rows.values_list("undo", flat=True)) <= {DONE}


def test_undo_leaves_what_was_changed_since_and_says_why(administrator: User) -> None:
    old_team, team, heir = TeamFactory(), TeamFactory(), PersonFactory()
    fields = ("stage", "team", "manager", "archived", "team gone", "mission")
    products = {name: ProductFactory(name=name, team=old_team) for name in fields}
    lost = TeamFactory()
    Product.objects.filter(name="team gone").update(team=lost)
    wanted = Wanted({"stage": "growth", "team": team}, heir)
    done = change(administrator, wanted, *Product.objects.all())
    for name, fields_since in (("stage", {"stage": "mature"}), ("team", {"team": None}),
                               ("mission", {"mission": "New"})):  # fmt: skip
        services.update_product(
            product_id=products[name].pk, version=2, fields=fields_since, by=administrator, now=NOW
        )
    services.remove_member(product=products["manager"], user=heir, by=administrator, now=NOW)
    services.archive_product(product=products["archived"], by=administrator, now=NOW)
    lost.delete()
    StaleMark.objects.all().delete()
    undone = services.undo_bulk(change=done, by=administrator, now=LATER)
    names = dict(Product.objects.values_list("pk", "name"))
    assert {names[pk]: reason for pk, reason in undone.kept} == {
        "stage": "Its stage has been changed since.",
        "team": "Its team has been changed since.",
        "manager": "Its product manager has been changed since.",
        "archived": ARCHIVED_SINCE,
        "team gone": "The team that had it is gone.",
    }
    restored = Product.objects.get(name="mission")
    assert (restored.team, restored.stage, restored.mission) == (old_team, "discovery", "New")
    assert list(StaleMark.objects.values_list("product_id", "from_date")) == [
        (restored.pk, LATER.date())
    ]
    again = services.undo_bulk(change=done, by=administrator, now=LATER)
    assert (again.restored, sorted(again.kept)) == (1, sorted(undone.kept))


def test_undo_needs_the_right_of_today_but_for_what_was_given_away(administrator: User) -> None:
    manager, heir, team = PersonFactory(), PersonFactory(), TeamFactory()
    product = MembershipFactory(user=manager, role="manager").product
    given = change(manager, Wanted(manager=heir, replaces=True), product)
    services.undo_bulk(change=given, by=manager, now=LATER)
    assert [one.user for one in product.memberships.all()] == [manager]
    teamed = change(manager, Wanted({"team": team}), product)
    services.remove_member(product=product, user=manager, by=administrator, now=NOW)
    undone = services.undo_bulk(change=teamed, by=manager, now=LATER)
    assert undone.kept == [(product.pk, NOT_YOURS_NOW)]


def test_a_lead_takes_back_what_they_moved_out_of_their_portfolio() -> None:
    lead = LeadFactory()
    product, other = ProductFactory(portfolio=lead.portfolio), ProductFactory()
    MembershipFactory(user=lead.user, product=other, role="manager")
    moved = change(lead.user, Wanted({"portfolio": other.portfolio}), product)
    assert services.undo_bulk(change=moved, by=lead.user, now=LATER).restored == 1


def test_nobody_who_can_not_sign_in_becomes_manager_by_an_undo(administrator: User) -> None:
    old = MembershipFactory(role="manager")
    done = change(administrator, Wanted(manager=PersonFactory(), replaces=True), old.product)
    User.objects.filter(pk=old.user_id).update(is_active=False)
    undone = services.undo_bulk(change=done, by=administrator, now=LATER)
    assert undone.kept == [(old.product_id, NO_ACCOUNT)]


def test_after_thirty_days_it_stays(administrator: User) -> None:
    done = change(administrator, Wanted({"stage": "growth"}), ProductFactory())
    with pytest.raises(services.UndoTooLate):
        services.undo_bulk(change=done, by=administrator, now=NOW + dt.timedelta(days=31))


@pytest.mark.parametrize("amount", [3, 120])
def test_statements_do_not_grow_with_the_products(
    administrator: User, amount: int, django_assert_max_num_queries: Any
) -> None:
    products = ProductFactory.create_batch(amount)
    for product in products:
        MembershipFactory(product=product, role="manager")
    wanted = Wanted({"stage": "growth", "team": TeamFactory()}, PersonFactory(), replaces=True)
    plan = bulk_plan(administrator, [one.pk for one in products], wanted, day=TODAY)
    seen = {one.product.pk: one.seen for one in plan.changes}
    key = uuid.uuid4()
    with django_assert_max_num_queries(20) as applied:
        done = services.apply_bulk(key=key, wanted=wanted, seen=seen, by=administrator, now=NOW)
    assert len(applied) == 20
    with django_assert_max_num_queries(21) as undone:
        services.undo_bulk(change=done, by=administrator, now=LATER)
    assert len(undone) == 21


EDIT, APPLY = "/products/bulk/edit/", "/products/bulk/apply/"


def preview(client: Client, **query: Any) -> Page:
    return open_page(client, f"{EDIT}?{urlencode({'step': 'preview', **query}, doseq=True)}")


def post_form(client: Client, page: Page, selector: str) -> Any:
    """Send a form of the page as a browser without scripts does."""
    form = page.soup.select_one(selector)
    return client.post(form["action"], values_of(page.soup, form), follow=True)


def lines(page: Page, caption: str) -> dict[str, str]:
    """The table with this caption: product → what is said of it."""
    for table in page.soup.select("table"):
        if table.caption.text == caption:
            rows = [" ".join(row.get_text(" ").split()) for row in table.select("tbody tr")]
            heads = [cell.text.strip() for cell in table.select("tbody th")]
            pairs = zip(heads, rows, strict=True)
            return {head: row.removeprefix(head).strip() for head, row in pairs}
    return {}


def test_from_ticks_to_undo_without_scripts(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    team, old = TeamFactory(name="Rosters"), TeamFactory(name="Tills")
    one, two = ProductFactory(name="Shift Planner", team=old), ProductFactory(name="Price Desk")
    ProductFactory(name="Not ticked")
    so = ProductFactory(name="Already", team=team)
    ids = [one.pk, two.pk, so.pk]
    form = open_page(client, f"{EDIT}?{urlencode({'pick': ids}, doseq=True)}")
    assert "Change 3 products" in form.text
    before = state(one, two, so)
    page = preview(client, pick=ids, **{"to-team": team.pk, "to-how": "add"})
    assert state(one, two, so) == before
    assert lines(page, "What would change") == {
        "Price Desk": "Team nothing → Rosters",
        "Shift Planner": "Team Tills → Rosters",
    }
    assert lines(page, "Products that stay as they are, and why") == {"Already": ALREADY}
    answer = post_form(client, page, "form[action*=apply]")
    done = BulkChange.objects.get()
    assert answer.redirect_chain == [(f"/products/bulk/{done.pk}/", 302)]
    result = Page(parse(answer.content.decode()), "")
    assert lines(result, "What was changed")["Shift Planner"] == "Team Tills → Rosters"
    assert "2 products changed" in result.soup.select_one(".toast").text
    assert list(Product.objects.filter(team=team).order_by("name")) == [so, two, one]
    listed = open_page(client, "/products/bulk/")
    assert "Team: Rosters" in listed.text
    answer = post_form(client, result, f"form[action='/products/bulk/{done.pk}/undo/']")
    assert "2 products as before." in answer.content.decode()
    assert state(one, two, so) == before
    assert "Taken back" in open_page(client, done.get_absolute_url()).text


def test_all_that_the_address_finds(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    ProductFactory.create_batch(55, stage="pilot")
    ProductFactory(stage="growth")
    page = preview(client, take="all", stage="pilot", **{"to-stage": "rollout"})
    assert "55 products would change" in page.text
    assert post_form(client, page, "form[action*=apply]").status_code == 200
    assert Product.objects.filter(stage="rollout").count() == 55


def test_what_is_shown_of_the_page(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    products = ProductFactory.create_batch(3)
    shown = ",".join(str(one.pk) for one in products[:2])
    page = preview(client, take="page", shown=shown, pick=products[2].pk, **{"to-stage": "growth"})
    assert "2 products would change" in page.text


def test_the_form_asks_for_something_and_keeps_what_was_chosen(
    client: Client, administrator: User
) -> None:
    client.force_login(administrator)
    product = ProductFactory()
    page = open_page(client, f"{EDIT}?pick={product.pk}&step=preview", status=422)
    assert "Choose at least one thing to change." in page.text
    query = f"{EDIT}?pick={product.pk}&step=preview&to-manager=nobody%40example.com&to-stage=growth"
    page = open_page(client, query, status=422)
    assert "Nobody here has this e-mail address" in page.text
    assert page.soup.select_one("[name=to-stage] option[selected]")["value"] == "growth"
    assert page.soup.select_one("[name=pick]")["value"] == str(product.pk)
    page = open_page(client, f"{EDIT}?pick={product.pk}&step=form&to-stage=growth")
    assert page.soup.select_one("[name=to-stage] option[selected]")["value"] == "growth"


def test_who_has_an_account_is_told_to_those_who_name_managers(client: Client) -> None:
    product = ProductFactory()
    secret = PersonFactory(email="secret@example.org")
    helper = MembershipFactory(product=product, role="contributor").user
    manager = MembershipFactory(product=product, role="manager").user
    query = f"{EDIT}?pick={product.pk}&step=preview&to-stage=growth&to-manager="
    for person, is_told in ((PersonFactory(), False), (helper, False), (manager, True)):
        client.force_login(person)
        form = client.get(f"{EDIT}?pick={product.pk}").content.decode()
        assert (secret.email in form, "to-manager" in form) == (is_told, is_told)
        known = open_page(client, query + secret.email)
        assert (str(secret) in known.text) == is_told
        status = 422 if is_told else 200
        assert client.get(query + "nobody@example.org").status_code == status


def test_nothing_ticked_and_too_many(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(administrator)
    assert "No product is ticked" in open_page(client, EDIT).text
    monkeypatch.setattr("portfolio.views.bulk.MOST", 2)
    ProductFactory.create_batch(3)
    page = open_page(client, f"{EDIT}?take=all&step=preview&to-stage=growth", status=422)
    assert "One change takes at most 2 products." in page.text


def test_a_change_is_read_by_who_made_it_and_shows_what_they_may_read(client: Client) -> None:
    user, stranger = PersonFactory(), PersonFactory()
    product = MembershipFactory(user=user, product__visibility="team").product
    done = change(user, Wanted({"stage": "growth"}), product)
    client.force_login(stranger)
    assert client.get(done.get_absolute_url()).status_code == 404
    assert client.post(f"{done.get_absolute_url()}undo/").status_code == 404
    assert "Nothing yet" in open_page(client, "/products/bulk/").text
    Membership.objects.all().delete()
    client.force_login(user)
    page = open_page(client, done.get_absolute_url())
    assert product.name not in page.text
    assert "And 1 product that you can no longer see." in page.text


def test_an_old_change_says_that_it_stays(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    done = change(administrator, Wanted({"stage": "growth"}), ProductFactory())
    BulkChange.objects.update(at=timezone.now() - dt.timedelta(days=31))
    assert "It could be taken back until" in open_page(client, done.get_absolute_url()).text
    answer = client.post(f"{done.get_absolute_url()}undo/", follow=True)
    assert "After 30 days it can no longer be taken back." in answer.content.decode()
    assert Product.objects.get().stage == "growth"


@pytest.mark.parametrize("sent", [{}, {"key": "x"}, {"seen": "a:b ٣:1. 5"}, {"seen": "5:1."}])
def test_a_bent_form_changes_nothing(client: Client, administrator: User, sent: Any) -> None:
    client.force_login(administrator)
    assert client.post(APPLY, {"to-stage": "growth", **sent}).status_code in (200, 422)
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize("amount", [2, 60])
def test_pages_ask_the_same_however_many(
    client: Client, administrator: User, amount: int, django_assert_max_num_queries: Any
) -> None:
    client.force_login(administrator)
    products = ProductFactory.create_batch(amount)
    with django_assert_max_num_queries(14):
        page = preview(client, take="all", **{"to-stage": "growth"})
    assert f"{amount} products would change" in page.text
    done = change(administrator, Wanted({"stage": "growth"}), *products)
    for _ in range(amount - 1):
        BulkChange.objects.create(by=administrator, at=NOW, fields={"stage": "growth"})
    with django_assert_max_num_queries(9):
        open_page(client, done.get_absolute_url())
    with django_assert_max_num_queries(6):
        open_page(client, "/products/bulk/")


def test_the_days_of_changes_are_the_organisations(administrator: User) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    evening = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)
    BulkChange.objects.create(by=administrator, at=evening, undone_at=evening, fields={})
    (line,) = change_lines(bulk_changes(administrator), {}, dt.date(2026, 11, 22))
    assert (line.on, line.undone) == ("22 Nov", "on 22 Nov")
