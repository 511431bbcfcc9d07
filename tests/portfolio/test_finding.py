"""Products by what a file calls them, with as few questions to the database as can be."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.services.loading import finding
from portfolio.services.loading.finding import NOT_FOUND, ProductFinder
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rota():
    return ProductFactory(name="Rota Ünder", slug="rota")


def queries(finder: ProductFinder, *texts: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        finder.learn(texts)
    return len(seen)


def test_by_address_and_name_whatever_the_case(rota):
    finder = ProductFinder(None)
    finder.learn(["rota", "ROTA", "rota ünder", "ROTA ÜNDER", "rote"])
    assert finder.ids == dict.fromkeys(["rota", "ROTA", "rota ünder", "ROTA ÜNDER"], rota.pk)
    assert finder.reasons == {"rote": NOT_FOUND}


def test_what_nothing_is_called_is_asked_for_once(rota):
    finder = ProductFinder(None)
    finder.learn(["rota"])
    assert queries(finder, "nothing", "Nobody", "'; DROP TABLE") == 0
    assert set(finder.reasons) == {"nothing", "Nobody", "'; DROP TABLE"}
    assert finder.unknown(["rota", "nothing", "no one"]) == set()
    assert queries(finder, "Rota") == 1


def test_what_only_the_database_can_make_small_is_asked_for(rota):
    """A capital I, and all beyond ASCII."""
    finder = ProductFinder(None)
    finder.learn(["rota"])
    assert finder.unknown(["IDA", "Ümlaut", "ida"]) == {"IDA", "Ümlaut"}
    assert queries(finder, "IDA", "Ümlaut", "ida") == 1
    assert set(finder.reasons) == {"IDA", "Ümlaut", "ida"}


def test_of_many_products_only_those_that_a_file_names_are_fetched(rota, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 0)
    finder = ProductFinder(None)
    finder.learn(["rota"])
    assert finder.unknown(["nothing"]) == {"nothing"}
    assert queries(finder, "nothing") == 1
    assert finder.reasons == {"nothing": NOT_FOUND}
