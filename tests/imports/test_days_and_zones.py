"""Days and times on import pages are the organisation's; links lead to days that there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import Organisation
from tests.factories.accounts import AdministratorFactory
from tests.factories.imports import NOW
from tests.htmx import open_page
from tests.imports.figures import figures_kind, run_in

pytestmark = pytest.mark.django_db

KIRITIMATI, PAGO_PAGO = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # UTC+14 and UTC-11


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    with figures_kind(), time_machine.travel(NOW, tick=False):
        yield


def lives_in(zone: str) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": zone})


@pytest.mark.parametrize(
    ("zone", "last_day", "linked"),
    [
        (KIRITIMATI, "2026-12-31", "2026-11-21"),
        (PAGO_PAGO, "2026-11-21", "2026-11-20"),
        (PAGO_PAGO, "2026-11-19", "2026-11-19"),
    ],
)
def test_the_board_is_linked_on_no_day_to_come(
    client: Client, zone: str, last_day: str, linked: str
) -> None:
    person = AdministratorFactory()
    client.force_login(person)
    lives_in(zone)
    run = run_in("done", by=person)
    run.outcome["last_day"] = last_day
    run.save(update_fields=["outcome"])
    link = open_page(client, f"/imports/{run.pk}/").soup.select_one("a.button-primary")["href"]
    assert link == f"/?as_of={linked}"
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("zone", "day", "until"),
    [
        (KIRITIMATI, "21 Nov 2026, 02:00", "21 Dec 2026, 02:00"),
        (PAGO_PAGO, "20 Nov 2026, 01:00", "20 Dec 2026, 01:00"),
    ],
)
def test_times_are_the_organisations(client: Client, zone: str, day: str, until: str) -> None:
    person = AdministratorFactory()
    client.force_login(person)
    lives_in(zone)
    run = run_in("done", by=person)
    page = open_page(client, f"/imports/{run.pk}/")
    assert day in page.text
    assert f"undone until {until}" in page.text
    assert day in open_page(client, "/imports/").text


def test_an_undo_is_offered_to_its_last_instant(client: Client) -> None:
    person = AdministratorFactory()
    client.force_login(person)
    lives_in(KIRITIMATI)
    run = run_in("done", by=person)
    address = f"/imports/{run.pk}/undo/"
    end = NOW + dt.timedelta(days=30)
    for moment, offered in ((end, True), (end + dt.timedelta(seconds=1), False)):
        with time_machine.travel(moment, tick=False):
            client.force_login(person)
            page = open_page(client, f"/imports/{run.pk}/")
            assert bool(page.soup.select(f'a[href="{address}"]')) is offered
            assert ("undone until" in page.text) is offered
