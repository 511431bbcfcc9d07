"""A product that somebody may not read leaves no word on any page or file of theirs."""

from __future__ import annotations

import logging
from urllib.parse import quote

import pytest

from kpis import services as kpi_services
from portfolio.models import Dependency, Product
from portfolio.services import set_dependencies, update_product
from tests.walker import crawl
from tests.world import World, build_world, kpi_of

CANARY = "Quetzal"


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db, settings) -> World:
    """P1 is hidden; the open product, which all may read, and P1 are built on one another."""
    settings.DEMO = False
    world = build_world(with_health=False)
    by, now = world.people["administrator"], world.now
    hidden, shown = world.products["p1"], world.products["open"]
    hidden = update_product(
        product_id=hidden.pk,
        version=hidden.version,
        fields={"name": f"{CANARY} N", "mission": f"{CANARY} M", "slug": "quetzal-s"},
        by=by,
        now=now,
    )
    for one, other in ((shown, hidden), (hidden, shown)):
        set_dependencies(product=one, needs=[other], by=by, now=now)
    kpi_services.record_measurement(
        kpi=kpi_of(world, "p1"),
        date=now.date(),
        segment=f"{CANARY} G",
        value=1,
        note=f"{CANARY} T",
        by=by,
        now=now,
    )
    from health.services import roll_up

    roll_up(product_ids=[one.pk for one in world.products.values()], now=now)
    world.products["p1"] = hidden
    assert Dependency.objects.count() == 2
    return world


@pytest.mark.parametrize("actor", ["employee", "pm_p2", "lead_b"])
def test_no_page_tells_of_a_hidden_product(world, actor):
    client = world.client(actor)
    told = [
        page.url
        for page in crawl(client)
        if CANARY.casefold()
        in (page.response.getvalue().decode() + str(page.response.headers)).casefold()
    ]
    hidden = world.products["p1"]
    for address in (
        f"/?q={CANARY}",
        f"/products/?q={CANARY}",
        "/products.csv?q=N",
        "/board.csv",
        "/products/?sort=updated",
        f"/products/{hidden.slug}/",
        "/products/product-p1/",
        "/products/product-p1/kpis/?as_of=2026-01-01",
        f"/products/?manager={world.people['pm_p1'].pk}",
        "/metrics/mau/",
        "/products/new/",
        "/compare/",
        f"/compare/?q={CANARY}&as_of=2026-01-02",
        "/compare.csv",
        "/api/v1/products",
        "/api/v1/products?archived=on",
        f"/api/v1/products?q={CANARY}",
        f"/api/v1/products?manager={world.people['pm_p1'].pk}",
        f"/api/v1/products/{hidden.slug}",
        f"/api/v1/products/{hidden.slug}/health",
        "/api/v1/products/product-p1/health?as_of=2026-01-01",
        "/api/v1/products/product-open/health",
    ):
        response = client.get(address)
        words = (
            response.getvalue().decode().replace(f'value="{CANARY}"', "").replace(f"q={CANARY}", "")
        )
        if (
            CANARY.casefold() in words.casefold()
            or CANARY.casefold() in str(response.headers).casefold()
        ):
            told.append(address)
    assert told == []


def test_who_may_read_it_finds_it(world):
    """Negative control."""
    client = world.client("contributor_p1")
    assert CANARY in client.get("/products/").content.decode()
    assert CANARY in client.get("/compare/").content.decode()
    assert CANARY in client.get("/api/v1/products").content.decode()
    assert CANARY in client.get("/products/product-open/").content.decode()


def form_of(world: World, name: str, **typed: object) -> dict[str, object]:
    product = Product.objects.get(pk=world.products[name].pk)
    names = ("name", "slug", "kind", "work_type", "stage", "choice", "exchange", "visibility")
    values = {field: getattr(product, field) for field in (*names, "version", "mission")}
    values |= {"portfolio": product.portfolio_id, "head_count": 3}
    return values | typed


def test_a_hidden_product_can_neither_be_named_nor_guessed(world):
    client = world.client("pm_p2")
    hidden = world.products["p1"]
    answers = set()
    for line in (hidden.name, hidden.slug, "product-p1", str(hidden.pk), "no such thing"):
        response = client.post("/products/product-p2/edit/", form_of(world, "p2", needs=line))
        answers.add((response.status_code, len(response.content) - 2 * len(line)))
        assert f"find a product called “{line}”" in response.content.decode()
    assert {status for status, _ in answers} == {422}
    assert not Dependency.objects.filter(product=world.products["p2"]).exists()


def test_no_product_goes_where_one_has_no_say(world):
    client = world.client("pm_p2")
    data = form_of(world, "p2", portfolio=world.portfolios["a"].pk)
    assert client.post("/products/product-p2/edit/", data).status_code == 422
    new = {**data, "name": "New one", "slug": "", "version": ""}
    assert client.post("/products/new/", new).status_code == 422
    assert not Product.objects.filter(name="New one").exists()
    world.products["p2"].refresh_from_db()
    assert world.products["p2"].portfolio == world.portfolios["b"]


EXTRA = {
    "is_demo": "on",
    "archived_on": "2026-01-01",
    "people_word": "customers",
    "stage_since": "2020-01-01",
    "form_token": "00000000-0000-0000-0000-000000000001",
    "id": "1",
    "pk": "1",
    "created_at": "2020-01-01",
    "role": "administrator",
    "is_active": "",
    "session_epoch": "99",
    "email": "evil@example.org",
    "is_superuser": "on",
    "is_staff": "on",
    "password": "x",
    "user": "1",
    "memberships": "1",
    "entered_by": "1",
    "source": "import",
    "product": "1",
    "product_id": "1",
    "stakeholder_grant": "on",
}


def test_fields_that_no_form_has_change_nothing(world):
    person = world.people["contributor_p1"]
    client = world.client("contributor_p1")
    before = Product.objects.filter(pk=world.products["p1"].pk).values().get()
    data = form_of(world, "p1", mission="Other", **EXTRA)
    response = client.post(f"/products/{world.products['p1'].slug}/edit/", data)
    assert response.status_code == 302
    after = Product.objects.filter(pk=world.products["p1"].pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {*form_of(world, "p1"), "updated_at", "function_id", "team_id"}
    own = {"name": "Bo", "time_zone": "", "theme": "system", **EXTRA}
    client.post("/profile/", own)
    person.refresh_from_db()
    assert (person.role, person.is_active, person.email) == (
        "employee",
        True,
        "contributor_p1@example.org",
    )
    assert person.memberships.get().role == "contributor"


def test_a_foreign_kpi_owner_or_approver_is_refused(world):
    client = world.client("pm_p1")
    url = f"/products/{world.products['p1'].slug}/kpis/{world.things['p1']['kpi_id']}/"
    days = {"reason": "Away", "starts_on": "2026-03-02", "ends_on": "2026-03-09"}
    for stranger in (world.people["deactivated"].pk, world.people["pm_p2"].pk, 2**63, -1):
        assert (
            client.post(f"{url}exemptions/new/", {**days, "approver": stranger}).status_code == 422
        )
    owner = {
        "weight": "3",
        "cadence": "28",
        "version": "1",
        "owner": world.people["deactivated"].pk,
    }
    assert client.post(f"{url}edit/", owner).status_code == 422


def test_undo_of_another_product_is_no_way_in(world):
    """The signed address says which product it is of."""
    from portfolio.views.members import _undo

    facts = {"role": "manager", "shape": "", "stakeholder_grant": True}
    value = _undo(world.products["p1"], world.people["pm_p2"].pk, facts).partition("undo=")[2]
    client = world.client("pm_p2")
    client.post(f"/products/product-p2/members/new/?undo={quote(value)}")
    client.post(f"/products/product-p2/members/new/?undo={quote(value[:-2])}xx")
    assert not world.people["pm_p2"].memberships.filter(stakeholder_grant=True).exists()
    assert world.people["pm_p2"].memberships.count() == 1
