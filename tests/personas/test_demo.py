"""The demo's personas: complete, with something to find in the matrix, and gone when it goes."""

from __future__ import annotations

import tomllib

import pytest

from accounts.models import Department, User
from accounts.services import create_demo_people
from personas import demo
from personas.models import Audience, Fit, Persona
from personas.selectors import CoverageFilters, all_goals, coverage, portrait
from portfolio import demo as company
from portfolio.models import Product
from tests.factories.personas import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer() -> User:
    """The demo company stands, with its personas."""
    create_demo_people(NOW)
    company.seed(NOW)
    demo.seed(NOW)
    return next(user for user in User.objects.filter(is_demo=True) if user.is_administrator)


def test_every_line_of_the_list_is_told(viewer):
    rows = tomllib.loads(demo.PEOPLE.read_text())["persona"]
    goals = [goal for row in rows for goal in row["goal"]]
    assert len(rows) == Persona.objects.filter(is_demo=True).count() == 6
    assert sum(len(goal["fits"]) for goal in goals) == Fit.objects.count()
    assert sum(len(row.get("audiences", ())) for row in rows) == Audience.objects.count()
    found = {row["name"]: Persona.objects.get(name=row["name"]) for row in rows}
    for row in rows:
        seen = portrait(found[row["name"]], viewer, TODAY)
        assert seen.missing == [], row["name"]
        assert seen.people == sum(people for _, people in row["people"])
    assert all(found[row["name"]].champion for row in rows if "champion" in row)


def test_the_matrix_of_the_demo_has_something_to_find(viewer):
    found = coverage(viewer, CoverageFilters(), all_goals(TODAY), TODAY)
    assert [row.goal.persona.name for row in found.gaps] == ["Greta", "Rosa"]
    twice = [{product.slug for product in row.doubles} for row in found.rows if row.doubles]
    assert {"stock-count", "shelf-scan"} in twice
    assert {"supplier-desk", "inbound-tracker"} in twice
    assert all(product.run_cost for row in found.rows for product in row.doubles)


def test_audiences_of_the_demo_are_as_free_as_their_products(viewer):
    for audience in Audience.objects.select_related("product"):
        product = audience.product
        assert (audience.choice, audience.exchange) == (product.choice, product.exchange)
        assert product.people_word == product.audience_word


def test_it_goes_as_it_came(viewer):
    demo.remove()
    assert not Persona.objects.exists()
    assert not Department.objects.exists()
    assert Product.objects.filter(is_demo=True).exists()
