"""Placing, moving, pinning, taking off: by the rows they leave, also when eight move at once."""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from core.versions import Conflict
from stakeholders.models import Move, Person, Placement
from stakeholders.services.placements import (
    AlreadyPlaced,
    NotOneself,
    Pinned,
    StaleMove,
    describe_placement,
    explain_move,
    move_placement,
    pin_placement,
    place_person,
    remove_placement,
    review_placement,
    unpin_placement,
)
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import NOW, TODAY, PersonFactory, PlacementFactory

pytestmark = pytest.mark.django_db
COLUMNS = ("kind", "was_involvement", "was_power", "involvement", "power", "why", "by_id", "at")


@pytest.fixture
def dana():
    return UserFactory(name="Dana", email="dana@example.com")


@pytest.fixture
def placement():
    return PlacementFactory(involvement=20, power=80)


def moves():
    return list(Move.objects.order_by("pk").values_list(*COLUMNS))


def move(placement, dana, place, version=1, **more):
    return move_placement(
        placement=placement,
        version=version,
        involvement=place[0],
        power=place[1],
        by=dana,
        now=NOW,
        **more,
    )


def test_placing_leaves_a_place_and_its_first_move(dana):
    product, person, token = ProductFactory(), PersonFactory(), uuid4()
    asked = {"product": product, "person": person, "involvement": 50, "power": 49, "why": "New"}
    first = place_person(**asked, by=dana, now=NOW, token=token)
    again = place_person(**asked, by=dana, now=NOW, token=token)
    assert first == again == Placement.objects.get()
    assert (first.involvement, first.power, first.since, first.reviewed_on) == (
        50,
        49,
        TODAY,
        TODAY,
    )
    assert moves() == [("placed", None, None, 50, 49, "New", dana.pk, NOW)]
    with pytest.raises(AlreadyPlaced):
        place_person(**asked, by=dana, now=NOW, token=uuid4())
    assert len(moves()) == 1


def test_a_token_of_a_form_about_another_map_or_person_hides_nothing(dana):
    product, person, token = ProductFactory(), PersonFactory(), uuid4()
    asked = {"involvement": 1, "power": 1, "by": dana, "now": NOW, "token": token}
    first = place_person(product=product, person=person, **asked)
    for spot in (
        {"product": ProductFactory(), "person": person},
        {"product": product, "person": PersonFactory()},
    ):
        other = place_person(**spot, **asked)
        assert (other.product, other.person) == (spot["product"], spot["person"])
        assert other.form_token is None
        with pytest.raises(AlreadyPlaced):
            place_person(**spot, **asked)
    assert place_person(product=product, person=person, **asked) == first
    assert Placement.objects.count() == 3


def test_since_is_a_day_of_the_organisation(dana):
    late = dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC)
    from accounts.models import Organisation

    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Paris"})
    asked = {"product": ProductFactory(), "person": PersonFactory(), "involvement": 1, "power": 1}
    assert place_person(**asked, by=dana, now=late).since == dt.date(2026, 11, 22)


@pytest.mark.parametrize("is_placed", [True, False])
def test_nobody_does_anything_about_themself(dana, is_placed):
    product, own = ProductFactory(), PersonFactory(email="DANA@example.com")
    if is_placed:
        PlacementFactory(product=product, person=own)
    with pytest.raises(NotOneself):
        place_person(product=product, person=own, involvement=1, power=1, by=dana, now=NOW)
    placement = PlacementFactory(person=own)
    for act in (
        lambda: move(placement, dana, (1, 1)),
        lambda: explain_move(placement=placement, why="x", by=dana),
        lambda: describe_placement(placement=placement, version=1, note="x", by=dana, now=NOW),
        lambda: pin_placement(placement=placement, reason="x", by=dana, now=NOW),
        lambda: unpin_placement(placement=placement, by=dana),
        lambda: review_placement(placement=placement, by=dana, now=NOW),
        lambda: remove_placement(placement=placement, by=dana, now=NOW),
    ):
        with pytest.raises(NotOneself):
            act()
    assert moves() == []


def test_a_record_that_was_merged_or_erased_can_not_be_placed(dana):
    product = ProductFactory()
    for person in (PersonFactory(merged_into=PersonFactory()), PersonFactory(erased_at=NOW)):
        with pytest.raises(Person.DoesNotExist):
            place_person(product=product, person=person, involvement=1, power=1, by=dana, now=NOW)


def test_nothing_is_written_about_somebody_who_was_erased_meanwhile(dana, placement):
    Person.objects.update(erased_at=NOW)
    for act in (
        lambda: move(placement, dana, (1, 1), why="x"),
        lambda: describe_placement(placement=placement, version=1, note="x", by=dana, now=NOW),
        lambda: pin_placement(placement=placement, reason="x", by=dana, now=NOW),
    ):
        with pytest.raises(Placement.DoesNotExist):
            act()
    placement.refresh_from_db()
    assert (placement.note, placement.pin_reason, moves()) == ("", "", [])


def test_a_move_is_kept_with_who_when_and_why(dana, placement):
    after = move(placement, dana, (62, 71), why="New job")
    assert (after.involvement, after.power, after.version) == (62, 71, 2)
    assert after.reviewed_on == TODAY
    assert moves() == [("moved", 20, 80, 62, 71, "New job", dana.pk, NOW)]


def test_the_same_place_twice_moves_once(dana, placement):
    for _ in range(2):
        assert move(placement, dana, (62, 71)).version == 2
    assert len(moves()) == 1


def test_a_stale_move_leaves_everything_and_tells_the_place_of_now(dana, placement):
    move(placement, dana, (62, 71))
    with pytest.raises(StaleMove) as stale:
        move(placement, dana, (1, 1))
    assert (stale.value.current.involvement, stale.value.current.version) == (62, 2)
    assert len(moves()) == 1


def test_a_pinned_place_can_not_be_moved_until_the_pin_is_out(dana, placement):
    pin_placement(placement=placement, reason="Agreed", by=dana, now=NOW)
    with pytest.raises(Pinned) as pinned:
        move(placement, dana, (1, 1), version=2)
    assert pinned.value.current.pin_reason == "Agreed"
    for _ in range(2):
        unpin_placement(placement=placement, by=dana)
    assert move(placement, dana, (1, 1), version=3).pin_reason == ""


def test_the_reason_of_ones_own_last_move_may_come_once(dana, placement):
    assert not explain_move(placement=placement, why="x", by=dana)
    move(placement, dana, (62, 71))
    assert not explain_move(placement=placement, why="x", by=UserFactory())
    assert explain_move(placement=placement, why="Runs the pilot", by=dana)
    assert not explain_move(placement=placement, why="Other", by=dana)
    assert Move.objects.get().why == "Runs the pilot"


def test_whoever_describes_second_reads_the_other(dana, placement):
    describe_placement(placement=placement, version=1, note="Decides", by=dana, now=NOW)
    with pytest.raises(Conflict) as conflict:
        describe_placement(placement=placement, version=1, note="Mine", by=dana, now=NOW)
    assert conflict.value.theirs.note == "Decides"
    placement.refresh_from_db()
    assert placement.reviewed_on == TODAY


def test_reviewing_moves_nobody(dana, placement):
    review_placement(placement=placement, by=dana, now=NOW)
    placement.refresh_from_db()
    assert (placement.reviewed_on, placement.version) == (TODAY, 1)
    assert moves() == []


def test_taking_off_keeps_where_they_were(dana, placement):
    remove_placement(placement=placement, by=dana, now=NOW, why="Left us")
    assert not Placement.objects.exists()
    assert moves() == [("removed", 20, 80, None, None, "Left us", dana.pk, NOW)]
    with pytest.raises(Placement.DoesNotExist):
        remove_placement(placement=placement, by=dana, now=NOW)
    again = place_person(
        product=placement.product, person=placement.person, involvement=1, power=2, by=dana, now=NOW
    )
    assert (again.involvement, len(moves())) == (1, 2)


# --- Eight at once -------------------------------------------------------------------------------

THREADS, MOVES, PEOPLE = 8, 200, 6


def _move_about(seed: int, placements: list[Placement], by: object) -> tuple[int, int]:
    """One mover: reads each place before most moves, so some are stale. Moved and refused."""
    rng = random.Random(seed)
    known = {placement.pk: placement for placement in placements}
    moved = refused = 0
    try:
        for _ in range(MOVES):
            key = rng.choice(list(known))
            # No two movers want the same place, which would be no move for the second of them.
            place = rng.randrange(12) * THREADS + seed, rng.randrange(101)
            before = known[key]
            try:
                known[key] = move_placement(
                    placement=before,
                    version=before.version,
                    involvement=place[0],
                    power=place[1],
                    by=by,
                    now=timezone.now(),
                )
                moved += known[key].version != before.version
            except StaleMove as stale:
                refused += stale.current.version != before.version
                known[key] = stale.current
    finally:
        connection.close()
    return moved, refused


@pytest.mark.django_db(transaction=True)
def test_eight_movers_end_where_one_after_the_other_would(django_db_serialized_rollback):
    product, by = ProductFactory(), UserFactory()
    placements = [PlacementFactory(product=product) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(THREADS) as pool:
        runs = [pool.submit(_move_about, seed, placements, by) for seed in range(THREADS)]
        moved, refused = (sum(column) for column in zip(*(r.result() for r in runs), strict=True))
    assert Move.objects.count() == moved
    assert refused > 0
    assert THREADS < moved + refused <= THREADS * MOVES
    for start in placements:
        end = Placement.objects.get(pk=start.pk)
        chain = Move.objects.filter(person=start.person).order_by("pk")
        place, version = (start.involvement, start.power), start.version
        for one in chain:
            assert (one.was_involvement, one.was_power) == place
            place, version = (one.involvement, one.power), version + 1
        assert ((end.involvement, end.power), end.version) == (place, version)
        assert [one.at for one in chain] == sorted(one.at for one in chain)
