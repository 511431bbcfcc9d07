"""Dots never overlap, stay on the map and in their own quadrant, however crowded it is."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholders.presenters.layout import Frame, Layout, Place, Spot, lay_out
from stakeholders.presenters.names import place_names
from stakeholders.presenters.shapes import DESK, PHONE
from stakeholders.rules import Animal, animal_of

SCALE = st.integers(0, 100)
CROWDS = st.lists(st.tuples(SCALE, SCALE), max_size=70)
FRAMES = [DESK.frame(()), PHONE.frame(())]


def places_at(spots: list[tuple[int, int]]) -> list[Place]:
    return [Place(key, *spot) for key, spot in enumerate(spots)]


def assert_readable(places: list[Place], layout: Layout) -> None:
    """No two dots overlap; each lies wholly in the quadrant of its place."""
    radius = layout.frame.radius
    for one, other in itertools.combinations(layout.spots.values(), 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= 2 * radius
    for place in places:
        spot = layout.spots[place.key]
        left, top, right, bottom = layout.frame.zone(animal_of(place.involvement, place.power))
        assert left + radius <= spot.x <= right - radius
        assert top + radius <= spot.y <= bottom - radius


@pytest.mark.parametrize("frame", FRAMES, ids=["desk", "phone"])
@given(spots=CROWDS)
@settings(max_examples=60)
def test_any_crowd_is_readable(frame: Frame, spots: list[tuple[int, int]]) -> None:
    places = places_at(spots)
    layout = lay_out(places, frame)
    assert layout.spots.keys() == {place.key for place in places}
    assert_readable(places, layout)


@pytest.mark.parametrize("frame", FRAMES, ids=["desk", "phone"])
@pytest.mark.parametrize("spot", [(0, 0), (49, 49), (50, 50), (49, 50), (75, 75), (100, 0)])
@pytest.mark.parametrize("amount", [2, 60, 200])
def test_everybody_on_one_spot(frame: Frame, spot: tuple[int, int], amount: int) -> None:
    places = places_at([spot] * amount)
    assert_readable(places, lay_out(places, frame))


def test_sixty_in_one_quadrant_keep_their_size() -> None:
    for drawing in (DESK, PHONE):
        places = places_at([(80, 80)] * 60)
        frame = drawing.frame(places)
        assert lay_out(places, frame).frame.radius == frame.radius >= 12


def test_who_stands_alone_stands_where_the_place_is() -> None:
    frame = FRAMES[0]
    places = places_at([(25, 75), (60, 20)])
    spots = lay_out(places, frame).spots
    assert [(spots[key].x, spots[key].y) for key in (0, 1)] == [
        frame.natural(25, 75),
        frame.natural(60, 20),
    ]


@pytest.mark.parametrize(("value", "is_right"), [(49, False), (50, True)])
def test_the_middle_belongs_to_the_high_side(value: int, is_right: bool) -> None:
    frame = FRAMES[0]
    spot = lay_out([Place(1, value, value)], frame).spots[1]
    assert (spot.x > frame.left + frame.width / 2) is is_right
    assert (spot.y < frame.top + frame.height / 2) is is_right


@given(spots=CROWDS, moved=st.tuples(SCALE, SCALE))
@settings(max_examples=30)
def test_moving_the_newest_moves_nobody_else(
    spots: list[tuple[int, int]], moved: tuple[int, int]
) -> None:
    """As long as nobody has to stand in rows."""
    frame = FRAMES[0]
    before, after = places_at([*spots[:20], (10, 10)]), places_at([*spots[:20], moved])
    one, other = lay_out(before, frame), lay_out(after, frame)
    last = len(before) - 1
    assert {k: s for k, s in one.spots.items() if k != last} == {
        k: s for k, s in other.spots.items() if k != last
    }


def test_the_order_of_asking_changes_nothing() -> None:
    places = places_at([(70, 70), (71, 70), (70, 71), (20, 20)])
    assert lay_out(places, FRAMES[0]) == lay_out(places[::-1], FRAMES[0])


def test_names_stand_where_there_is_room() -> None:
    layout = Layout(FRAMES[0], {1: Spot(200, 200), 2: Spot(233, 200), 3: Spot(700, 400)})
    found = {
        name.key: name.anchor
        for name in place_names([(1, "Dana Okoye"), (2, "M. Sato"), (3, "P. Lind")], layout)
    }
    assert found == {1: "end", 2: "start", 3: "start"}


def test_no_name_where_there_is_none() -> None:
    spots = [(25, 75)] * 40
    layout = lay_out(places_at(spots), FRAMES[0])
    assert len(place_names([(key, "x" * 60) for key in range(40)], layout)) == 0


def test_every_zone_has_its_box() -> None:
    frame = Frame(0, 0, 100, 80, 4)
    assert frame.zone(Animal.LION) == (0, 0, 50, 40)
    assert frame.zone(Animal.ELEPHANT) == (50, 0, 100, 40)
    assert frame.zone(Animal.DEER) == (0, 40, 50, 80)
    assert frame.zone(Animal.MONKEY) == (50, 40, 100, 80)
