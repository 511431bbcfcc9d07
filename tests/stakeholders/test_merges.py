"""Making two records of one person one, and two again: what goes over, what stays, who may."""

from __future__ import annotations

import datetime as dt
import threading
from functools import partial

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from stakeholders.models import (
    Move,
    Person,
    PersonMerge,
    Placement,
    Snooze,
    SuggestionAnswer,
    Touchpoint,
)
from stakeholders.selectors.merges import find_duplicates, undoable_of
from stakeholders.services import merges as services
from stakeholders.services.placements import move_placement, place_person, review_placement
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.personas import DepartmentFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import (
    NOW,
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)
from tests.htmx import open_page, parse

pytestmark = pytest.mark.django_db
TABLES = (Person, Placement, Move, Touchpoint, Snooze, SuggestionAnswer)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def pm(client, product):
    """A product manager, signed in."""
    user = UserFactory(name="Pia", email="pia@example.org")
    MembershipFactory(user=user, product=product, role="manager")
    client.force_login(user)
    return user


def rows():
    """Everything in the app but versions."""
    found = {}
    for model in TABLES:
        for row in model.objects.order_by("pk").values():
            row.pop("version", None)
            found[model.__name__, row["id"]] = row
    return found


def place(product, person, **where):
    """On a map as a service puts somebody there: with a move, a contact, a pause, an answer."""
    placement = PlacementFactory(product=product, person=person, **where)
    MoveFactory(product=product, person=person, at=where.get("at", NOW - 9 * DAY))
    TouchpointFactory(product=product, person=person)
    SnoozeFactory(product=product, person=person)
    SuggestionAnswer.objects.create(
        product=product, person=person, key="more_power", is_taken=False, reason="No", at=NOW
    )
    return placement


def about(person, *models):
    models = models or TABLES[1:]
    return {model.__name__: model.objects.filter(person=person).count() for model in models}


def merge(kept, gone, by=None, now=NOW):
    kept.refresh_from_db()
    gone.refresh_from_db()
    return services.merge_people(kept=kept, gone=gone, by=by, now=now)


def undo(one, by=None, now=NOW + DAY):
    one.refresh_from_db()
    return services.undo_merge(merge=one, by=by, now=now)


# --- What goes over ------------------------------------------------------------------------------


def test_everything_goes_over_and_the_gone_record_points_at_the_kept_one(product):
    kept, gone = PersonFactory(), PersonFactory()
    placement = place(product, gone)
    before = Placement.objects.values().get()
    merge(kept, gone)
    assert Placement.objects.values().get() == before | {"person_id": kept.pk}
    assert set(about(kept).values()) == {1}
    assert set(about(gone).values()) == {0}
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert placement.pk == before["id"]


def test_empty_facts_are_filled_and_others_stay():
    department = DepartmentFactory()
    kept = PersonFactory(role="COO", time_zone="")
    gone = PersonFactory(role="CEO", department=department, time_zone="UTC", locale="de")
    merge(kept, gone)
    kept.refresh_from_db()
    assert (kept.role, kept.department, kept.time_zone, kept.locale, kept.version) == (
        "COO", department, "UTC", "de", 2,
    )  # fmt: skip


def test_an_account_goes_over_where_the_kept_record_has_none():
    user = UserFactory()
    kept, gone = PersonFactory(), PersonFactory(user=user)
    one = merge(kept, gone)
    kept.refresh_from_db()
    assert kept.user == user
    undo(one)
    gone.refresh_from_db()
    assert gone.user == user


def test_where_both_stand_the_kept_place_stays_and_the_other_rests(product):
    kept, gone = PersonFactory(), PersonFactory()
    mine, theirs = place(product, kept, power=10), place(product, gone, power=90)
    merge(kept, gone)
    admin = AdministratorFactory()
    for model, expected in ((Placement, 1), (Move, 1), (Snooze, 1), (Touchpoint, 2)):
        seen = model.objects.seen_by(admin)
        assert seen.count() == expected, model
        assert set(seen.values_list("person", flat=True)) == {kept.pk}, model
    assert Placement.objects.seen_by(admin).get() == mine
    assert Placement.objects.get(pk=theirs.pk).person == gone


def test_a_map_keeps_the_one_series_of_places_that_ends_where_somebody_stands(product):
    kept, gone = PersonFactory(), PersonFactory()
    off = MoveFactory(
        product=product, person=kept, kind="removed", involvement=None, power=None, at=NOW
    )
    place(product, gone)
    one = merge(kept, gone)
    [last] = Move.objects.before(NOW + DAY).filter(person__merged_into=None)
    assert (last.person, last.kind) == (kept, "placed")
    assert Move.objects.get(pk=off.pk).person == gone
    undo(one)
    assert Move.objects.get(pk=off.pk).person == kept


def test_an_old_series_goes_over_only_where_there_is_none(product):
    kept, gone = PersonFactory(), PersonFactory()
    old = MoveFactory(product=product, person=gone, kind="removed", involvement=None, power=None)
    here = MoveFactory(person=gone)
    place(product, kept)
    merge(kept, gone)
    assert Move.objects.get(pk=old.pk).person == gone
    assert Move.objects.get(pk=here.pk).person == kept


def test_snoozes_that_overlap_stay_apart(product):
    kept, gone = PersonFactory(), PersonFactory()
    SnoozeFactory(product=product, person=kept)
    place(product, gone)
    one = merge(kept, gone)
    assert about(kept, Snooze) == {"Snooze": 1}
    assert about(gone, Snooze) == {"Snooze": 1}
    undo(one)


# --- Undo ----------------------------------------------------------------------------------------


def full_pair():
    """Two records with something of everything: maps of one, of the other, of both, of neither."""
    kept = PersonFactory(role="COO")
    gone = PersonFactory(
        role="CEO", department=DepartmentFactory(), user=UserFactory(), locale="de"
    )
    both, mine, theirs, left = (ProductFactory() for _ in range(4))
    for product in (both, mine):
        place(product, kept)
    for product in (both, theirs):
        place(product, gone)
    for person in (kept, gone):
        MoveFactory(product=left, person=person)
    MoveFactory(product=theirs, person=kept, kind="removed", involvement=None, power=None)
    SnoozeFactory(product=theirs, person=kept)
    MoveFactory(person=gone)
    TouchpointFactory(person=gone)
    place(ProductFactory(), PersonFactory())
    PersonFactory(merged_into=gone)
    return kept, gone


def test_an_undo_restores_every_row():
    kept, gone = full_pair()
    before = rows()
    one = merge(kept, gone)
    assert rows() != before
    undo(one)
    assert rows() == before
    undo(one)
    assert rows() == before
    assert PersonMerge.objects.get().undone_at == NOW + DAY


def test_merges_on_top_of_each_other_come_back_in_turn():
    kept, gone = full_pair()
    third = PersonFactory()
    place(ProductFactory(), third)
    states = [rows()]
    one = merge(kept, gone)
    states.append(rows())
    two = merge(kept, third)
    with pytest.raises(services.CannotMerge, match="Undo that first"):
        undo(one)
    undo(two)
    assert rows() == states[1]
    undo(one)
    assert rows() == states[0]


def test_chains_are_flat_and_come_back():
    first, second, third = PersonFactory(), PersonFactory(), PersonFactory()
    one = merge(second, first)
    before = rows()
    two = merge(third, second)
    assert set(Person.objects.filter(merged_into=third)) == {first, second}
    with pytest.raises(services.CannotMerge, match="Undo that first"):
        undo(one)
    undo(two)
    assert rows() == before
    undo(one)
    assert not Person.objects.filter(merged_into__isnull=False).exists()


def test_what_was_written_since_about_a_place_goes_back_with_it(product):
    kept, gone = PersonFactory(), PersonFactory()
    place(product, gone)
    one = merge(kept, gone)
    later = NOW + DAY / 2
    moved = MoveFactory(product=product, person=kept, kind="moved", at=later)
    told = TouchpointFactory(product=product, person=kept)
    elsewhere = TouchpointFactory(person=kept)
    undo(one)
    for row in (moved, told):
        row.refresh_from_db()
        assert row.person == gone
    elsewhere.refresh_from_db()
    assert elsewhere.person == kept


def test_a_place_of_later_stays_with_the_kept_record(product):
    kept, gone = PersonFactory(), PersonFactory()
    place(product, gone).delete()
    PlacementFactory(product=product, person=gone)
    one = merge(kept, gone)
    Placement.objects.all().delete()
    later = {"product": product, "person": kept, "at": NOW + DAY / 2}
    off = MoveFactory(kind="removed", involvement=None, power=None, **later)
    again = PlacementFactory(product=product, person=kept)
    on = MoveFactory(kind="placed", **later)
    undo(one)
    for row, owner in ((off, gone), (on, kept), (again, kept)):
        row.refresh_from_db()
        assert row.person == owner


def test_facts_that_were_changed_since_stay():
    kept, gone = PersonFactory(), PersonFactory(role="CEO", locale="de")
    one = merge(kept, gone)
    Person.objects.filter(pk=kept.pk).update(role="Chair")
    undo(one)
    kept.refresh_from_db()
    assert (kept.role, kept.locale) == ("Chair", "")


def test_an_account_that_came_meanwhile_goes_to_the_record_with_its_address():
    kept, gone = PersonFactory(), PersonFactory(email="gone@example.org")
    one = merge(kept, gone)
    user = UserFactory(email="gone@example.org")
    kept.refresh_from_db()
    assert kept.user == user
    undo(one)
    assert Person.objects.get(user=user) == gone


def test_after_thirty_days_a_merge_stays():
    one = merge(PersonFactory(), PersonFactory())
    with pytest.raises(services.CannotMerge, match="30 days"):
        undo(one, now=NOW + 30 * DAY)
    undo(one, now=NOW + 30 * DAY - dt.timedelta(seconds=1))


# --- Who may, and what can't be ------------------------------------------------------------------


@pytest.mark.parametrize("which", ["kept", "gone"])
def test_nobody_merges_themself_and_nobody_undoes_it(which):
    by = UserFactory()
    people = {"kept": PersonFactory(), "gone": PersonFactory()}
    one = merge(**people)
    undo(one)
    people[which].email = by.email
    people[which].save()
    before = rows()
    with pytest.raises(services.CannotMerge, match="One of the two is you"):
        merge(**people, by=by)
    assert rows() == before
    two = merge(**people)
    before = rows()
    with pytest.raises(services.CannotMerge, match="One of the two is you"):
        undo(two, by=by)
    assert rows() == before


def test_one_record_an_erased_one_and_a_merged_one_are_refused():
    person, other = PersonFactory(), PersonFactory()
    with pytest.raises(services.CannotMerge, match="one record already"):
        merge(person, person)
    erased = PersonFactory(erased_at=NOW)
    for kept, gone in ((person, erased), (erased, person)):
        with pytest.raises(services.CannotMerge, match="erased"):
            merge(kept, gone)
    merge(person, other)
    for kept, gone in ((person, other), (other, person), (PersonFactory(), other)):
        with pytest.raises(services.CannotMerge, match="meanwhile"):
            merge(kept, gone)


def test_an_erased_record_is_not_brought_back():
    kept, gone = PersonFactory(), PersonFactory()
    one = merge(kept, gone)
    Person.objects.filter(pk=gone.pk).update(erased_at=NOW)
    with pytest.raises(services.CannotMerge, match="erased"):
        undo(one)
    assert undoable_of(kept, AdministratorFactory(), NOW) == []


def test_nobody_sees_their_own_place_through_a_merge(product, pm):
    own = PersonFactory(email=pm.email)
    other = PersonFactory()
    for person, map_ in ((other, product), (own, product), (other, ProductFactory())):
        place(map_, person)
    MembershipFactory(user=pm, product=Placement.objects.last().product, role="manager")
    for kept, gone in ((own, other), (other, own)):
        one = merge(kept, gone)
        assert set(Person.objects.being(pm)) == {own, other}
        for model in (Placement, Move, Touchpoint, Snooze, SuggestionAnswer):
            assert not model.objects.seen_by(pm).exists(), model
        undo(one)


@pytest.mark.django_db(transaction=True)
def test_merges_of_both_directions_at_once_make_one():
    people = [PersonFactory() for _ in range(4)]
    gate, ends = threading.Barrier(4), []

    def run(kept, gone):
        gate.wait(10)
        try:
            ends.append(services.merge_people(kept=kept, gone=gone, by=None, now=NOW))
        except services.CannotMerge as refused:
            ends.append(refused)
        finally:
            connection.close()

    one, two, three, four = people
    pairs = ((one, two), (two, one), (two, three), (four, one))
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ends) == 4
    made = [end for end in ends if isinstance(end, PersonMerge)]
    assert 1 <= len(made) <= 3
    merged = Person.objects.filter(merged_into__isnull=False).select_related("merged_into")
    assert len(merged) == len(made)
    assert all(person.merged_into.merged_into_id is None for person in merged)


@pytest.mark.django_db(transaction=True)
def test_whoever_is_placed_moved_or_met_during_a_merge_is_not_lost():
    kept, gone = PersonFactory(), PersonFactory()
    placements = [PlacementFactory(person=gone) for _ in range(3)]
    maps = [ProductFactory() for _ in range(3)]
    gate, ends, wrong = threading.Barrier(10), [], []

    def run(work):
        gate.wait(10)
        try:
            ends.append(work())
        except (Person.DoesNotExist, Placement.DoesNotExist) as late:
            ends.append(late)
        except DatabaseError as error:
            wrong.append(error)
        finally:
            connection.close()

    at = {"by": None, "now": NOW}
    works = [
        lambda: services.merge_people(kept=kept, gone=gone, **at),
        *(partial(place_person, product=product, person=gone, involvement=1, power=1, **at)
          for product in maps),
        *(partial(move_placement, placement=one, version=1, involvement=9, power=9, **at)
          for one in placements),
        *(partial(review_placement, placement=one, **at) for one in placements),
    ]  # fmt: skip
    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert len(ends) == len(works)
    assert PersonMerge.objects.count() == 1
    assert not Placement.objects.filter(person=gone).exists()
    assert not Move.objects.filter(person=gone).exists()
    places = {one.product_id: (one.involvement, one.power) for one in Placement.objects.all()}
    lasts = {one.product_id: (one.involvement, one.power) for one in Move.objects.before(NOW + DAY)}
    assert lasts.items() <= places.items()


# --- Who may be the same -------------------------------------------------------------------------


def test_names_without_case_and_accents_and_local_parts_are_compared():
    user = UserFactory()
    zoe = PersonFactory(name="Zoë  Åström", email="z@example.org")
    other = PersonFactory(name="zoe astrom", email="zoe@example.org")
    third = PersonFactory(name="Z. A.", email="ZOE@example.com")
    PersonFactory(name="Zoe", email="zo@example.org")
    PersonFactory(name="Zoe Astrom", merged_into=zoe)
    PersonFactory(name="Zoe Astrom", erased_at=NOW)
    found = find_duplicates(user)
    assert found.pairs == [(zoe, other), (other, third)]
    assert found.total == 2
    PersonFactory(name="Zoe Astrom", email=user.email)
    assert find_duplicates(user).total == 2


def test_many_pairs_are_counted_and_the_first_told(client, pm):
    for _ in range(8):
        PersonFactory(name="Dana")
    text = open_page(client, "/stakeholders/people/").text
    assert "7 pairs of records may be of the same person. The first 5 of them:" in text


# --- Pages ---------------------------------------------------------------------------------------


def merge_url(person, other=None):
    return f"/stakeholders/people/{person.pk}/merge/" + (f"?with={other.pk}" if other else "")


def words_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_from_the_suggestion_to_the_merge_and_back(client, pm, product):
    kept = PersonFactory(name="Dana", email="dana@example.org")
    gone = PersonFactory(name="DANA", email="d@example.org", role="COO")
    place(product, gone)
    before = rows()
    page = open_page(client, "/stakeholders/people/")
    [link] = page.soup.select("main details a")
    page = open_page(client, link["href"])
    assert "COO" in page.text
    assert "On the maps you can open 1 place and 1 contact go over to Dana." in page.text
    assert "What there is on maps you can't see goes over in the same way." in page.text
    response = client.post(merge_url(kept), {"with": gone.pk}, follow=True)
    text = words_of(response)
    assert "DANA is one record with Dana now." in text
    assert "was merged into this record on 21 Nov 2026 by Pia." in text
    undo_url = parse(response.content.decode()).select_one(".toast form")["action"]
    assert client.get(undo_url).status_code == 200
    response = client.post(undo_url, follow=True)
    assert "Dana and DANA are two records again." in words_of(response)
    assert rows() == before


def test_what_is_on_unseen_maps_changes_no_word(client, pm, product):
    kept, gone = PersonFactory(name="Dana"), PersonFactory(name="Dana")
    plain = open_page(client, merge_url(kept, gone))
    for person in (kept, gone):
        place(ProductFactory(), person)
    again = open_page(client, merge_url(kept, gone))
    assert plain.part("main") == again.part("main")
    place(product, kept)
    place(product, gone)
    text = open_page(client, merge_url(kept, gone)).text
    assert "On the maps you can open no places and 1 contact goes over" in text
    assert "Both stand on 1 map: the place of Dana stays, the other one goes." in text


def test_whoever_it_could_be_is_found_by_searching(client, pm):
    kept = PersonFactory(name="Dana")
    other = PersonFactory(name="Evan")
    own = PersonFactory(name="Evan", email=pm.email)
    page = open_page(client, merge_url(kept) + "?q=evan")
    links = [link["href"] for link in page.soup.select("tbody a")]
    assert links == [merge_url(kept, other)]
    assert "Nobody fits" in open_page(client, merge_url(kept) + "?q=nobody").text
    assert "No other record looks like this one" in open_page(client, merge_url(kept)).text
    assert own.pk


def test_what_can_not_be_is_said_in_words(client, pm):
    kept, own = PersonFactory(name="Dana"), PersonFactory(name="Pia", email=pm.email)
    gone = PersonFactory(merged_into=kept)
    before = rows()
    for person, other, words in (
        (kept, own, services.ONESELF),
        (own, kept, services.ONESELF),
        (kept, kept, services.THE_SAME),
        (kept, gone, "Choose the other record."),
    ):
        for response in (
            client.get(merge_url(person, other)),
            client.post(merge_url(person), {"with": other.pk}),
        ):
            assert response.status_code == 422
            assert words in words_of(response)
    assert client.post(merge_url(kept)).status_code == 200
    for wrong in ("x", "9" * 30, "-1", "\0", "²"):
        assert client.post(merge_url(kept), {"with": wrong}).status_code == 422
    assert client.get(merge_url(gone)).status_code == 404
    assert rows() == before


def test_an_undo_that_can_not_be_is_said_in_words(client, pm):
    one = merge(PersonFactory(), PersonFactory(email=pm.email))
    url = f"/stakeholders/merges/{one.pk}/undo/"
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 422
        assert services.ONESELF in words_of(response)
    assert client.get("/stakeholders/merges/99/undo/").status_code == 404


def test_only_whoever_uses_maps_merges(client):
    kept, gone = PersonFactory(), PersonFactory()
    client.force_login(UserFactory())
    one = merge(PersonFactory(), PersonFactory())
    for url in (merge_url(kept, gone), f"/stakeholders/merges/{one.pk}/undo/"):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403


@pytest.mark.parametrize("amount", [1, 300])
def test_the_preview_costs_as_much_for_many(client, pm, product, amount):
    kept, gone = PersonFactory(), PersonFactory()
    PersonFactory.create_batch(amount)
    for _ in range(min(amount, 20)):
        TouchpointFactory(product=product, person=gone)
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        client.get(merge_url(kept, gone))
    assert len(captured) == 6
