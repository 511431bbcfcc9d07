"""Times stand in the reader's zone and say which; days are those of the organisation."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
from django.conf import settings
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from core.audit import event_model, plain_words
from core.formats import moment, zone_words
from portfolio.models import Product
from tests.factories.accounts import AdministratorFactory
from tests.factories.portfolio import ProductFactory
from tests.zones import EVENING, house_in_auckland, words_of

AT = dt.datetime(2026, 11, 21, 12, 5, tzinfo=dt.UTC)
APPS = [Path(settings.BASE_DIR) / name for name in settings.INSTALLED_APPS if "." not in name]


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/New_York", "New York time"),
        ("Pacific/Auckland", "Auckland time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_in_words(zone, words):
    assert zone_words(zone) == words


def test_an_instant_in_words_is_that_of_its_zone():
    assert moment(AT) == "21 Nov 2026, 12:05 UTC"
    assert moment(AT.astimezone(ZoneInfo("Pacific/Auckland"))) == (
        "22 Nov 2026, 01:05 Auckland time"
    )
    assert moment(None) == "–"


def test_a_template_and_a_change_tell_the_time_of_whoever_reads():
    shown = Template("{{ at|moment }}")
    assert shown.render(Context({"at": AT})) == plain_words(AT) == "21 Nov 2026, 12:05 UTC"
    with timezone.override("America/Los_Angeles"):
        words = "21 Nov 2026, 04:05 Los Angeles time"
        assert shown.render(Context({"at": AT})) == plain_words(AT) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("", "22 Nov 2026, 01:30 Auckland time"),
        ("America/Los_Angeles", "21 Nov 2026, 04:30 Los Angeles time"),
    ],
)
def test_times_are_the_reader_s_own_else_the_organisation_s(client, own, words):
    house_in_auckland()
    product = ProductFactory(name="Shift Planner")
    events = event_model(Product)
    with pgtrigger.ignore(f"{events._meta.label}:append_only"):  # the trigger knows the real clock
        events.objects.filter(pgh_obj_id=product.pk).update(pgh_created_at=EVENING)
    client.force_login(AdministratorFactory(time_zone=own))
    history = client.get(reverse("portfolio:product_history", args=[product.slug]))
    assert words in words_of(history, ".history-entry time")


@pytest.mark.django_db
def test_the_next_reader_on_this_thread_gets_no_zone_of_another(client):
    client.force_login(AdministratorFactory(time_zone="America/Los_Angeles"))
    client.get(reverse("accounts:person_list"))
    assert timezone.get_current_timezone_name() == "UTC"
    client.get("/nowhere/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_page_for_everybody_asks_the_database_nothing(client):
    assert client.get("/health/live").status_code == 200


def test_no_page_shows_a_time_without_its_zone():
    """`|moment` names it; `|date` with hours and minutes does not."""
    told = re.compile(r"""\|(?:date|time):["'][^"']*[GgHhi]:?i""")
    templates = Path(settings.BASE_DIR) / "templates"
    found = [path.name for path in templates.rglob("*.*") if told.search(path.read_text())]
    assert found == []


def test_no_instant_is_cut_to_a_day_of_utc():
    """A day comes from `local_date`, `local_day` or a time on the wall of a named zone."""
    cut = re.compile(r"(?:_at|\bat|now|now\(\)|UTC\)|since)\.date\(\)")
    found = {
        f"{path.parent.name}/{path.name}"
        for app in APPS
        for path in app.rglob("*.py")
        if "migrations" not in path.parts and "demo" not in path.name
        if cut.search(path.read_text())
    }
    assert found == {"core/formats.py"}  # which says the zone beside it
