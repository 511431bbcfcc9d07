"""Quadrants at their edges, moving into a zone, and words and letters of dots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stakeholders.presenters.map import initials, short_name
from stakeholders.presenters.zones import ANIMALS, KEYS, all_zones
from stakeholders.rules import Animal, animal_of, into_zone

SCALE = st.integers(0, 100)
ZONES = st.sampled_from(Animal)


@pytest.mark.parametrize(
    ("involvement", "power", "animal"),
    [
        (49, 50, "lion"),
        (0, 100, "lion"),
        (50, 50, "elephant"),
        (100, 100, "elephant"),
        (50, 49, "monkey"),
        (100, 0, "monkey"),
        (49, 49, "deer"),
        (0, 0, "deer"),
    ],
)
def test_fifty_counts_as_high(involvement, power, animal):
    assert animal_of(involvement, power) == animal


@given(SCALE, SCALE, ZONES)
def test_a_move_into_a_zone_ends_in_it_and_no_further_move_changes_it(involvement, power, zone):
    place = into_zone(involvement, power, zone)
    assert animal_of(*place) is zone
    assert into_zone(*place, zone) == place
    assert all(0 <= value <= 100 for value in place)


@given(SCALE, SCALE)
def test_a_move_into_the_own_zone_is_none(involvement, power):
    assert into_zone(involvement, power, animal_of(involvement, power)) == (involvement, power)


@pytest.mark.parametrize(
    ("place", "zone", "there"),
    [
        ((20, 80), Animal.ELEPHANT, (80, 80)),
        ((20, 80), Animal.MONKEY, (80, 20)),
        ((50, 50), Animal.DEER, (49, 49)),
        ((49, 49), Animal.ELEPHANT, (51, 51)),
        ((100, 0), Animal.LION, (0, 100)),
    ],
)
def test_a_place_is_mirrored_at_the_middle(place, zone, there):
    assert into_zone(*place, zone) == there


def test_keys_of_zones_name_no_animal():
    assert set(ANIMALS) == set(KEYS.values())
    assert not set(KEYS.values()) & set(Animal)
    assert [zone.animal for zone in all_zones(shows_animals=False)] == [""] * 4


@pytest.mark.parametrize(
    ("name", "short", "letters"),
    [
        ("Dana Okoye", "D. Okoye", "DO"),
        ("Ana María Ruiz", "A. Ruiz", "AR"),
        ("Cher", "Cher", "CH"),
        ("Wolfeschlegelsteinhausen B", "W. B", "WB"),
        ("Mx Wolfeschlegelsteinhausen", "M. Wolfeschlegelstein…", "MW"),
        ("李 小龍", "李. 小龍", "李小"),
        ("!", "!", "!"),
    ],
)
def test_names_fit_beside_a_dot(name, short, letters):
    assert (short_name(name), initials(name)) == (short, letters)


@given(st.text(min_size=1))
def test_any_name_has_letters(name):
    assert 0 < len(initials(name)) <= 6 or not name.strip()
    assert len(short_name(name)) <= 22
