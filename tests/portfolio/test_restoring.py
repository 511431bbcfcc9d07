"""Taking back what a product's history tells: exactly, only what was seen, only what may be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from activity.models import Event
from core.audit import acting_as, event_model
from core.history import CannotRestore, NoSuchEntry, SeenIsOld, Wanted, restorer_of
from imports.models import ImportedObject, ImportRun
from portfolio import services
from portfolio.enums import Choice, Exchange, Stage, Visibility
from portfolio.models import Dependency, Membership, Portfolio, Product, Release, StaleMark
from portfolio.services.restoring import restore_entry
from stakeholders.services.erasing import erase_person
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    DependencyFactory,
    LeadFactory,
    MembershipFactory,
    NeededFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    ReleaseFactory,
    RiskFactory,
    TeamFactory,
)
from tests.factories.stakeholders import PersonFactory as DirectoryFactory

pytestmark = pytest.mark.django_db

PRODUCT, MEMBER, NEED = "portfolio.product", "portfolio.member", "portfolio.dependency"
RECORD = (*services.EDITABLE, "stage_since")


@pytest.fixture
def ines() -> User:
    return AdministratorFactory(name="Ines", email="ines@example.org")


def newest(model: Any, row_id: int) -> str:
    """The key of the newest entry about a row."""
    return str(event_model(model).objects.filter(pgh_obj_id=row_id).latest("pgh_id").pgh_id)


def now_of(model: Any, key: str) -> dt.datetime:
    """An hour after the entry."""
    return event_model(model).objects.get(pgh_id=key).pgh_created_at + dt.timedelta(hours=1)


def record(product: Product, fields: tuple[str, ...] = RECORD) -> dict[str, Any]:
    """What the product says of itself."""
    return dict(zip(fields, Product.objects.values_list(*fields).get(pk=product.pk), strict=True))


def edit(product: Product, by: User, **fields: Any) -> str:
    """Change the product as it stands; the key of the entry."""
    product.refresh_from_db()
    services.update_product(
        product_id=product.pk, version=product.version, fields=fields, by=by, now=NOW
    )
    return newest(Product, product.pk)


def put_back(
    product: Product, by: User, key: str, *, field: str = "", source: str = PRODUCT, **given: Any
) -> str:
    """Restore what was just shown."""
    wanted = Wanted(key, field)
    now = given.get("now") or now_of(given.get("model", Product), key)
    seen = restorer_of(source).preview(product, by, wanted, now).seen
    return restore_entry(product=product, source=source, wanted=wanted, seen=seen, by=by, now=now)


# One field and the whole record


def test_one_field_comes_back_and_the_others_stay(ines: User) -> None:
    product = ProductFactory(mission="First", head_count=10)
    key = edit(product, ines, mission="Second", head_count=20)
    put_back(product, ines, key, field="mission")
    product.refresh_from_db()
    assert (product.mission, product.head_count) == ("First", 20)


def test_an_entry_with_hundreds_after_it_is_taken_back_like_any_other(ines: User) -> None:
    product = ProductFactory(mission="First", head_count=10)
    key = edit(product, ines, mission="Second")
    for number in range(250):
        Product.objects.filter(pk=product.pk).update(head_count=number)
    wanted = Wanted(key, "mission")
    shown = restorer_of(PRODUCT).preview(product, ines, wanted, now_of(Product, key))
    assert [(one.now, one.then, one.since) for one in shown.fields] == [("Second", "First", ())]
    put_back(product, ines, key, field="mission")
    product.refresh_from_db()
    assert (product.mission, product.head_count) == ("First", 249)


def test_the_whole_record_equals_the_one_before(ines: User) -> None:
    product = ProductFactory(mission="First", stage="pilot", team=TeamFactory())
    before = record(product)
    key = edit(product, ines, mission="Second", stage="growth", team=None, slug="elsewhere")
    edit(product, ines, description="Later", link="https://example.org/")
    put_back(product, ines, key)
    assert record(product) == before
    assert product.old_slugs.get().slug == "elsewhere"


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
_EDITS = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXT.filter(str.strip),
        "mission": _TEXT,
        "description": _TEXT,
        "head_count": st.none() | st.integers(0, 2**31 - 1),
        "run_cost": st.none() | st.integers(0, 2**31 - 1),
        "stage": st.sampled_from(Stage.values),
        "choice": st.sampled_from(Choice.values),
        "exchange": st.sampled_from(Exchange.values),
        "visibility": st.sampled_from(Visibility.values),
    },
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=st.lists(_EDITS, min_size=1, max_size=5), which=st.integers(0, 4))
def test_any_of_many_edits_is_taken_back_exactly(
    ines: User, edits: list[dict[str, Any]], which: int
) -> None:
    product = ProductFactory()
    states = []
    for fields in edits:
        before, known = record(product, services.EDITABLE), newest(Product, product.pk)
        key = edit(product, ines, **fields)
        if key != known:
            states.append((before, key))
    last = record(product, services.EDITABLE)
    if not states:
        return
    before, key = states[which % len(states)]
    if before == last:
        return  # nothing to take back
    undo = put_back(product, ines, key)
    assert record(product, services.EDITABLE) == before
    put_back(product, ines, undo)
    assert record(product, services.EDITABLE) == last


def test_a_stage_that_comes_back_marks_health_and_is_told(ines: User) -> None:
    product = ProductFactory(stage="pilot", stage_since=dt.date(2026, 1, 1))
    key = edit(product, ines, stage="growth")
    StaleMark.objects.all().delete()
    put_back(product, ines, key, field="stage")
    product.refresh_from_db()
    assert product.stage_since == dt.date(2026, 1, 1)
    assert StaleMark.objects.filter(product=product).exists()
    assert Event.objects.latest("pk").verb == "restored the stage of"
    assert (
        restorer_of(PRODUCT)
        .preview(product, ines, Wanted(newest(Product, product.pk)), now_of(Product, key))
        .entry.source
        == "restored"
    )


# Nothing unseen is overwritten


def test_what_was_changed_since_is_shown_with_who_did_it(ines: User) -> None:
    product = ProductFactory(mission="First", head_count=1)
    key = edit(product, ines, mission="Second", head_count=2)
    with acting_as(PersonFactory(name="Kofi")):
        edit(product, ines, mission="Third")
    found = restorer_of(PRODUCT).preview(product, ines, Wanted(key), now_of(Product, key))
    shown = {one.name: (one.now, one.then, [who for who, _ in one.since]) for one in found.fields}
    assert shown == {"mission": ("Third", "First", ["Kofi"]), "head_count": ("2", "1", [])}


def test_a_change_between_looking_and_saving_is_not_overwritten(ines: User) -> None:
    product = ProductFactory(mission="First")
    key = edit(product, ines, mission="Second")
    now = now_of(Product, key)
    seen = restorer_of(PRODUCT).preview(product, ines, Wanted(key), now).seen
    edit(product, ines, description="Meanwhile")
    with pytest.raises(SeenIsOld):
        restore_entry(
            product=product, source=PRODUCT, wanted=Wanted(key), seen=seen, by=ines, now=now
        )
    product.refresh_from_db()
    assert (product.mission, product.description) == ("Second", "Meanwhile")


# What can't come back


def test_thirty_days_are_over(ines: User) -> None:
    product = ProductFactory(mission="First")
    key = edit(product, ines, mission="Second")
    late = now_of(Product, key) + dt.timedelta(days=30)
    found = restorer_of(PRODUCT).preview(product, ines, Wanted(key), late)
    assert found.refusal.startswith("This is more than 30 days ago.")
    with pytest.raises(CannotRestore):
        put_back(product, ines, key, now=late)


def test_an_address_that_somebody_has_taken_stays_theirs(ines: User) -> None:
    product = ProductFactory(slug="planner")
    key = edit(product, ines, slug="rota")
    product.old_slugs.all().delete()
    ProductFactory(slug="planner")
    with pytest.raises(CannotRestore, match="address planner by now"):
        put_back(product, ines, key)
    assert record(product)["slug"] == "rota"


def test_moving_back_needs_the_right_where_it_goes(ines: User) -> None:
    product, closed = ProductFactory(mission="First"), PortfolioFactory()
    here = product.portfolio
    dana = MembershipFactory(product=product, role="manager").user
    edit(product, ines, portfolio=closed)
    key = edit(product, ines, portfolio=here, mission="Second")
    put_back(product, dana, key)
    product.refresh_from_db()
    assert (product.portfolio, product.mission) == (here, "First")
    with pytest.raises(CannotRestore, match="may not put products"):
        put_back(product, dana, key, field="portfolio")
    LeadFactory(portfolio=closed, user=dana)
    put_back(product, dana, key)
    product.refresh_from_db()
    assert product.portfolio == closed


def test_ones_own_move_can_always_be_taken_back() -> None:
    product, there = ProductFactory(), PortfolioFactory()
    here = product.portfolio
    dana = MembershipFactory(product=product, role="manager").user
    with acting_as(dana):
        key = edit(product, dana, portfolio=there)
    edit(product, dana, mission="Later")
    assert not Portfolio.objects.open_to(dana).filter(pk=here.pk).exists()
    put_back(product, dana, key)
    product.refresh_from_db()
    assert product.portfolio == here


def test_a_team_that_is_gone_stays_away_and_the_rest_comes(ines: User) -> None:
    team = TeamFactory()
    product = ProductFactory(team=team, mission="First")
    key = edit(product, ines, team=None, mission="Second")
    team.delete()
    found = restorer_of(PRODUCT).preview(product, ines, Wanted(key), now_of(Product, key))
    assert {one.name: one.refusal for one in found.fields} == {
        "team": "The team that stood there is gone.",
        "mission": "",
    }
    put_back(product, ines, key)
    assert record(product, ("team", "mission")) == {"team": None, "mission": "First"}


@pytest.mark.parametrize("key", ["", "x", "0", "99999999999999999999", "²"])
def test_keys_that_mean_nothing(ines: User, key: str) -> None:
    with pytest.raises(NoSuchEntry):
        restorer_of(PRODUCT).preview(ProductFactory(), ines, Wanted(key), NOW)


def test_the_entry_of_another_product_is_none(ines: User) -> None:
    other, product = ProductFactory(), ProductFactory()
    key = edit(other, ines, mission="Secret")
    with pytest.raises(NoSuchEntry):
        restorer_of(PRODUCT).preview(product, ines, Wanted(key), NOW)


# Members and what it is built on


def test_a_member_who_was_removed_comes_back_as_they_were(ines: User) -> None:
    member = MembershipFactory(role="manager", shape="T", stakeholder_grant=True)
    before = Membership.objects.values().get()
    services.remove_member(product=member.product, user=member.user, by=ines, now=NOW)
    key = newest(Membership, member.pk)
    undo = put_back(member.product, ines, key, source=MEMBER, model=Membership)
    assert Membership.objects.values().get() == before
    put_back(member.product, ines, undo, source=MEMBER, model=Membership)
    assert not Membership.objects.exists()


def test_a_role_comes_back(ines: User) -> None:
    member = MembershipFactory(role="manager")
    services.set_member(
        product=member.product, user=member.user, role="contributor", by=ines, now=NOW
    )
    put_back(member.product, ines, newest(Membership, member.pk), source=MEMBER, model=Membership)
    assert Membership.objects.get().role == "manager"


def test_whoever_cannot_sign_in_does_not_come_back(ines: User) -> None:
    member = MembershipFactory()
    services.remove_member(product=member.product, user=member.user, by=ines, now=NOW)
    User.objects.filter(pk=member.user_id).update(is_active=False)
    key = newest(Membership, member.pk)
    with pytest.raises(CannotRestore, match="can't sign in any more"):
        put_back(member.product, ines, key, source=MEMBER, model=Membership)


def test_a_dependency_comes_back_and_goes(ines: User) -> None:
    link = DependencyFactory()
    before = Dependency.objects.values().get()
    services.set_dependencies(product=link.product, needs=[], by=ines, now=NOW)
    key = newest(Dependency, link.pk)
    undo = put_back(link.product, ines, key, source=NEED, model=Dependency)
    assert Dependency.objects.values().get() == before
    put_back(link.product, ines, undo, source=NEED, model=Dependency)
    assert not Dependency.objects.exists()


def test_a_dependency_on_a_hidden_product_tells_no_name() -> None:
    link = DependencyFactory(needs__name="Project Zebra", needs__visibility="team")
    manager = MembershipFactory(product=link.product, role="manager").user
    key = newest(Dependency, link.pk)
    now = now_of(Dependency, key)
    found = restorer_of(NEED).preview(link.product, manager, Wanted(key), now)
    assert found.refusal
    assert "Zebra" not in f"{found}"


# Erased people


def test_an_erased_name_never_comes_back(ines: User) -> None:
    person = DirectoryFactory(name="Dana Reyes", email="dana@example.org")
    product = ProductFactory(mission="Ask Dana Reyes first")
    key = edit(product, ines, mission="Ask the desk first")
    erase_person(person=person, by=ines, now=NOW)
    put_back(product, ines, key, field="mission")
    product.refresh_from_db()
    assert product.mission == "Ask an erased person first"


# Pages


def restore_url(product: Product, key: str, source: str = PRODUCT) -> str:
    return reverse("portfolio:history_restore", args=[product.slug, source, key])


def edited(client: Client, ines: User) -> tuple[Product, str]:
    """A product whose mission went from First to Second."""
    client.force_login(ines)
    product = ProductFactory(mission="First")
    return product, edit(product, ines, mission="Second")


def test_from_the_history_to_the_toast_and_back(client: Client, ines: User) -> None:
    product, _ = edited(client, ines)
    history = client.get(reverse("portfolio:product_history", args=[product.slug]))
    link = BeautifulSoup(history.content, "html.parser").select_one("a.history-back")
    page = BeautifulSoup(client.get(link["href"]).content, "html.parser")
    assert "Restore mission" in page.h1.text
    assert [cell.text.strip() for cell in page.select("tbody td")] == ["Second", "First"]
    seen = page.select_one("input[name=seen]")["value"]
    done = client.post(link["href"], {"seen": seen}, follow=True)
    product.refresh_from_db()
    assert product.mission == "First"
    toast = BeautifulSoup(done.content, "html.parser").select_one(".toast form")
    client.post(toast["action"])
    product.refresh_from_db()
    assert product.mission == "Second"


def test_sent_twice_or_unseen_changes_nothing_more(client: Client, ines: User) -> None:
    product, key = edited(client, ines)
    assert client.post(restore_url(product, key)).status_code == 409
    seen = newest(Product, product.pk)
    assert client.post(restore_url(product, key), {"seen": seen}).status_code == 302
    again = client.post(restore_url(product, key), {"seen": seen})
    assert again.status_code == 409
    product.refresh_from_db()
    assert product.mission == "First"


def test_a_contributor_and_a_stranger(client: Client, ines: User) -> None:
    product, key = edited(client, ines)
    Product.objects.update(visibility="team")
    client.force_login(MembershipFactory(product=product).user)
    assert client.get(restore_url(product, key)).status_code == 403
    client.force_login(PersonFactory())
    assert client.post(restore_url(product, key), {"seen": key}).status_code == 404


def test_what_is_not_there(client: Client, ines: User) -> None:
    product, key = edited(client, ines)
    assert client.get(restore_url(product, "7", "nonsense")).status_code == 404
    assert client.get(restore_url(product, key) + "?field=version").status_code == 200
    answer = client.post(restore_url(product, key) + "?field=version", {"seen": key})
    assert answer.status_code == 409


def test_that_it_was_made_is_not_taken_back(client: Client, ines: User) -> None:
    product = ProductFactory()
    made = newest(Product, product.pk)
    client.force_login(ines)
    assert "nothing before it" in client.get(restore_url(product, made)).content.decode()
    assert client.post(restore_url(product, made), {"seen": made}).status_code == 409
    assert Product.objects.filter(pk=product.pk).exists()


@pytest.mark.parametrize("more", [0, 6])
def test_the_page_costs_the_same_however_long_the_history(
    client: Client, ines: User, django_assert_num_queries: Any, more: int
) -> None:
    product, key = edited(client, ines)
    for n in range(more):
        edit(product, ines, mission=f"Version {n}")
    with django_assert_num_queries(10):
        client.get(restore_url(product, key))


def test_an_import_of_the_product_is_undone_from_its_history(client: Client, ines: User) -> None:
    product, _ = edited(client, ines)
    run = ImportRun.objects.create(
        kind="products", state="done", by=ines, file_name="ours.csv", size=1, sha256="0",
        created_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    ImportedObject.objects.create(
        run=run, subject="portfolio.product", subject_id=product.pk, action="changed"
    )
    url = reverse("portfolio:product_history", args=[product.slug])
    page = BeautifulSoup(client.get(url).content, "html.parser")
    assert "imported the file ours.csv" in " ".join(page.text.split())
    assert page.select_one(f'a[href="{reverse("imports:run_undo", args=[run.pk])}"]')
    client.force_login(MembershipFactory(product=product, role="manager").user)
    words = client.get(url).content.decode()
    assert "an import" in words
    assert "ours.csv" not in words


# Notes, decisions, risks, and being put away


def test_a_changed_note_comes_back_field_by_field(ines: User) -> None:
    note = ReleaseFactory(title="First", text="Before")
    services.change_release(
        release=note, version=1, fields={"title": "Second", "text": "After"}, by=ines, now=NOW
    )
    key = newest(Release, note.pk)
    given = {"source": "portfolio.release", "model": Release}
    undo = put_back(note.product, ines, key, field="title", **given)
    note.refresh_from_db()
    assert (note.title, note.text, note.published_at) == ("First", "After", NOW)
    put_back(note.product, ines, undo, **given)
    note.refresh_from_db()
    assert note.title == "Second"


def test_a_deleted_note_comes_back_as_a_draft_with_its_identity(ines: User) -> None:
    note = ReleaseFactory(title="Rosters")
    pk, uid, product = note.pk, note.uid, note.product
    services.delete_release(release=note, by=ines, now=NOW)
    key = newest(Release, pk)
    shown = restorer_of("portfolio.release").preview(
        product, ines, Wanted(key), now_of(Release, key)
    )
    assert shown.notes[0].startswith("As a draft")
    put_back(product, ines, key, source="portfolio.release", model=Release)
    back = Release.objects.get(pk=pk)
    assert (back.title, back.uid, back.published_at) == ("Rosters", uid, None)


@pytest.mark.parametrize(
    ("make", "change", "argument", "source", "text"),
    [
        (NeededFactory, services.change_needed, "needed", "portfolio.needed", "why"),
        (RiskFactory, services.change_risk, "risk", "portfolio.risk", "plan"),
    ],
)
def test_decisions_and_risks_come_back(
    ines: User, make: Any, change: Any, argument: str, source: str, text: str
) -> None:
    row = make(what="First", **{text: "Before"})
    change(**{argument: row}, version=1, fields={"what": "Second", text: "After"}, by=ines, now=NOW)
    key = newest(type(row), row.pk)
    undo = put_back(row.product, ines, key, source=source, model=type(row))
    row.refresh_from_db()
    assert (row.what, getattr(row, text), row.version) == ("First", "Before", 3)
    put_back(row.product, ines, undo, source=source, model=type(row))
    row.refresh_from_db()
    assert (row.what, getattr(row, text)) == ("Second", "After")


def test_putting_away_is_taken_back_and_so_is_taking_it_out(ines: User) -> None:
    product = ProductFactory()
    away = dt.date(2026, 11, 2)
    services.archive_product(product=product, by=ines, now=NOW, since=away)
    archived = newest(Product, product.pk)
    put_back(product, ines, archived, field="archived_on")
    product.refresh_from_db()
    assert product.archived_on is None
    StaleMark.objects.all().delete()
    put_back(product, ines, newest(Product, product.pk), field="archived_on")
    product.refresh_from_db()
    assert product.archived_on == away  # since the day from which it was away
    assert StaleMark.objects.filter(product=product, from_date=away).exists()


def test_the_history_offers_them(client: Client, ines: User) -> None:
    product = ProductFactory()
    for row, change, argument in (
        (NeededFactory(product=product), services.change_needed, "needed"),
        (RiskFactory(product=product), services.change_risk, "risk"),
    ):
        change(**{argument: row}, version=1, fields={"what": "Other"}, by=ines, now=NOW)
    note = ReleaseFactory(product=product)
    services.delete_release(release=note, by=ines, now=NOW)
    services.archive_product(product=product, by=ines, now=NOW)
    client.force_login(ines)
    page = BeautifulSoup(
        client.get(reverse("portfolio:product_history", args=[product.slug])).content, "html.parser"
    )
    links = " ".join(link["href"] for link in page.select("a[href*='/history/']"))
    for source in ("portfolio.needed", "portfolio.risk", "portfolio.release", "portfolio.product"):
        assert f"/history/{source}/" in links, source
