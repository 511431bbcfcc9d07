"""The stakeholders of the demo: on three maps, one of them crowded, and gone when it goes."""

from __future__ import annotations

import tomllib

import pytest

from accounts.models import Department, User
from accounts.services import create_demo_people
from portfolio import demo as company
from portfolio.models import Product
from stakeholders import demo
from stakeholders.models import Move, Person, Placement
from stakeholders.selectors.map import map_of
from tests.factories.stakeholders import NOW, TODAY, PersonFactory, PlacementFactory

pytestmark = pytest.mark.django_db
LISTED = tomllib.loads(demo.COMPANY.read_text())


@pytest.fixture(autouse=True)
def _seeded():
    create_demo_people(NOW)
    company.seed(NOW)
    demo.seed(NOW)


def test_every_line_of_the_list_is_told():
    rows = [row for one in LISTED["map"] for row in one["people"]]
    assert Person.objects.filter(is_demo=True).count() == len(LISTED["person"])
    assert Placement.objects.count() == len(rows)
    assert Move.objects.count() == sum(len(places) for _, *places in rows)
    assert {one["product"] for one in LISTED["map"]} == {
        placement.product.slug for placement in Placement.objects.select_related("product")
    }
    assert Move.objects.filter(at__gt=NOW).count() == 0


def test_one_map_is_crowded_and_has_a_quiet_lion_and_an_old_place():
    dana = User.objects.get(email="dana@demo.example")
    found = map_of(Product.objects.get(slug="shift-planner"), dana, TODAY)
    assert len(found.everybody) == 25
    assert sum(dot.due.is_quiet_lion for dot in found.everybody) >= 1
    assert sum(dot.needs_review for dot in found.everybody) == 2
    assert sum(dot.placement.is_pinned for dot in found.everybody) == 1


def test_the_lead_of_the_demo_does_not_meet_himself():
    omar = User.objects.get(email="omar@demo.example")
    found = map_of(Product.objects.get(slug="shift-planner"), omar, TODAY)
    assert len(found.everybody) == 24
    assert "Omar Haddad" not in {dot.person.name for dot in found.everybody}


def test_seeding_twice_adds_nothing_and_removing_leaves_what_is_ones_own():
    demo.seed(NOW)
    assert Person.objects.count() == len(LISTED["person"])
    own = PlacementFactory()
    kept = PlacementFactory(person=Person.objects.get(name="Greta Holm"))
    demo.remove()
    company.remove()
    assert set(Placement.objects.all()) == {own, kept}
    assert set(Person.objects.all()) == {own.person, kept.person}
    assert Move.objects.count() == 0
    assert Department.objects.filter(is_demo=True).count() == 1


def test_an_address_that_is_taken_is_left_to_its_owner():
    demo.remove()
    theirs = PersonFactory(email="GRETA.holm@demo.example", name="Theirs")
    demo.seed(NOW)
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"
    assert not theirs.placements.exists()
