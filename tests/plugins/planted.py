"""The rows that migrations plant are there in every test, also after one that emptied the tables.

A test with `transaction=True` ends by truncating everything, built-in metrics and the organisation
included; with a random order any test may be the next.
"""

from __future__ import annotations

from typing import Any

import pytest

DB_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture(scope="session")
def planted_rows(django_db_setup: Any, django_db_blocker: Any) -> list[tuple[Any, list[Any]]]:
    """What stands in the tables right after the migrations, lowest floor first."""
    import pghistory.models
    from django.apps import apps

    with django_db_blocker.unblock():
        return [
            (model, rows)
            for model in apps.get_models()
            if model._meta.managed and not issubclass(model, pghistory.models.Event)
            if (rows := list(model._default_manager.all()))
        ]


def uses_database(request: pytest.FixtureRequest) -> bool:
    """Whether the test reads or writes rows."""
    marked = request.node.get_closest_marker("django_db") is not None
    return marked or bool(DB_FIXTURES.intersection(request.fixturenames))


@pytest.fixture(autouse=True)
def _planted(request: pytest.FixtureRequest) -> None:
    """Plant again what an earlier test has cut down."""
    if uses_database(request):
        request.getfixturevalue("_django_db_helper")
        for model, rows in request.getfixturevalue("planted_rows"):
            if not model._default_manager.exists():
                model._default_manager.bulk_create(rows)
