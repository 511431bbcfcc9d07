"""What the pages of imports ask of the database: few questions, however many rows there are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from imports import services
from imports.models import ImportRun, RefusedValue
from tests.factories.accounts import AdministratorFactory
from tests.factories.imports import NOW
from tests.imports.figures import MAPPING, figures_kind, run_in, upload_run

pytestmark = pytest.mark.django_db

# Literally what an administrator's pages ask: the person is one of them, what one may use none.
BUDGET = {
    "/imports/": 3,
    "/imports/{done}/": 4,
    "/imports/{ready}/": 5,
    "/imports/{checking}/": 3,
    "/imports/{mapping}/mapping/": 5,
    "/imports/{done}/refused/": 4,
    "/imports/mappings/": 3,
    "/imports/mappings/{saved}/": 4,
}


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    with figures_kind(), time_machine.travel(NOW, tick=False):
        yield


def more(by: object, run: ImportRun) -> None:
    """Many more of everything."""
    for number in range(12):
        upload_run(by=by, name=f"{number}.csv")
        services.save_mapping(name=f"M{number}", kind="figures", text=MAPPING, by=by, now=NOW)
    RefusedValue.objects.bulk_create(
        RefusedValue(run=run, line=n, column="C", raw="x", reason=f"reason {n % 7}")
        for n in range(60)
    )


@pytest.mark.parametrize("amount", ["one", "many"])
@pytest.mark.parametrize("address", BUDGET)
def test_pages_keep_to_their_budget(client: Client, address: str, amount: str) -> None:
    person = AdministratorFactory()
    client.force_login(person)
    client.get("/profile/")  # the first request of a session writes it
    names = {state: run_in(state, by=person).pk for state in ("done", "ready", "mapping")}
    names["checking"] = run_in("checking", by=person).pk
    saved = services.save_mapping(name="Ours", kind="figures", text=MAPPING, by=person, now=NOW)
    if amount == "many":
        more(person, ImportRun.objects.get(pk=names["done"]))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address.format(**names, saved=saved.pk)).status_code == 200
    # A session comes from the cache; from its table where the cache is slow for once.
    said = [query["sql"][:160] for query in captured]
    asked = [sql for sql in said if "django_session" not in sql]
    assert len(asked) == BUDGET[address], "\n".join(asked)
