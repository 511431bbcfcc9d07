"""Days on pages of the intake are days of the organisation."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from intake.models import IntakeLink
from intake.presenters.asking import saved_words
from intake.services.making import make_sessions
from intake.services.suggestions import drop_suggestion
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.intake import (
    EvidenceFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    RequestStepFactory,
    SeriesFactory,
    SessionFactory,
    VoiceFactory,
)
from tests.factories.kpis import KpiFactory
from tests.factories.portfolio import ProductFactory
from tests.zones import EVENING, HERE, NOW, THERE, house_in_auckland, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    house_in_auckland()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def reader(client):
    """Somebody of the team in whose zone it was another day."""
    person = AdministratorFactory(time_zone="America/Los_Angeles")
    client.force_login(person)
    return person


def page(client, name, product, *more):
    return client.get(reverse(f"intake:{name}", args=[product.slug, *more]))


def test_the_page_of_an_opportunity(client, reader, product):
    row = OpportunityFactory(product=product, decision="now", created_at=EVENING)
    type(row).objects.update(decided_at=EVENING)
    row.decisions.update(at=EVENING)
    kpi = KpiFactory(product=product)
    EvidenceFactory(opportunity=row, field_note=None, kpi=kpi, at=EVENING)
    asked = RequestFactory(product=product, created_at=EVENING)
    VoiceFactory(request=asked)
    RequestLinkFactory(opportunity=row, request=asked)
    shown = page(client, "opportunity_detail", product, row.pk)
    words = words_of(shown)
    assert [piece.when for piece in shown.context["pieces"]] == [THERE, THERE]
    assert [line.when for line in shown.context["decisions"]] == [THERE]
    assert f"since {THERE} 2026" in words
    assert f"Written down {THERE} 2026." in words
    assert HERE not in words


def test_what_was_seen_on_a_day_stands_where_the_day_began_here(client, reader, product):
    row = OpportunityFactory(product=product)
    asked = RequestFactory(product=product, created_at=EVENING)  # 90 minutes into the 22nd
    VoiceFactory(request=asked)
    RequestLinkFactory(opportunity=row, request=asked)
    seen = FieldNoteFactory(product=product, day=dt.date(2026, 11, 22))
    EvidenceFactory(opportunity=row, field_note=seen)
    shown = page(client, "opportunity_detail", product, row.pk)
    assert [piece.kind for piece in shown.context["pieces"]] == ["Request", "Interview"]


def test_an_unsigned_suggestion_was_dropped_when_its_day_began_here(product):
    note = drop_suggestion(
        product=product, text="A bell.", by=UserFactory(), is_signed=False, now=EVENING
    )
    assert note.day == dt.date(2026, 11, 22)
    assert note.created_at == dt.datetime(2026, 11, 21, 11, 0, tzinfo=dt.UTC)


def test_the_board_counts_days_and_says_when_something_shipped(client, reader, product):
    OpportunityFactory(product=product, created_at=EVENING)
    OpportunityFactory(product=product, shipped_at=EVENING)
    shown = page(client, "opportunity_list", product)
    cards = [card for column in shown.context["columns"] for card in column.cards]
    assert cards[0].team.age == "1\u00a0d"  # it is the 23rd in Auckland, 22:00
    words = words_of(shown)
    assert f"{THERE} 2026" in words
    assert HERE not in words


def test_the_list_of_one_s_requests(client, reader):
    VoiceFactory(request=RequestFactory(changed_at=EVENING), user=reader)
    lines = client.get(reverse("intake:request_list")).context["lines"]
    assert [line.changed for line in lines] == [f"{THERE} 2026"]


def test_what_happened_to_a_request_says_when_and_in_which_zone(client, reader, product):
    asked = RequestFactory(product=product, created_at=EVENING)
    VoiceFactory(request=asked, user=reader)
    RequestStepFactory(request=asked, at=EVENING)
    there = "Sat 21 Nov, 04:30 Los Angeles time"
    followed = client.get(reverse("intake:request_detail", args=[asked.reference]))
    assert there in words_of(followed)
    triage = reverse("intake:request_triage", args=[product.slug, asked.reference])
    chosen = client.get(triage, follow=True)
    assert words_of(chosen).count(there) == 2  # when it came, and what happened so far


def test_the_list_of_shared_links(client, reader, product):
    IntakeLink.objects.create(
        product=product, label="Suppliers", created_at=EVENING, revoked_at=EVENING
    )
    lines = page(client, "intake_link_list", product).context["lines"]
    assert [line.state for line in lines] == [f"Ended on {THERE}"]


def test_a_series_is_over_when_its_day_is_over_here(client, reader, product):
    SeriesFactory(product=product, title="Over", last_day=dt.date(2026, 11, 23))
    late = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)  # the 24th, 01:00, in Auckland
    with time_machine.travel(late, tick=False):
        assert page(client, "session_list", product).context["series"] == []


def test_sessions_are_made_for_the_weeks_that_have_begun_here(product):
    series = SeriesFactory(product=product, last_day=None)
    make_sessions(now=dt.datetime(2026, 11, 29, 12, 0, tzinfo=dt.UTC))  # Monday, 01:00
    series.refresh_from_db()
    assert series.made_until == dt.date(2026, 11, 30) + dt.timedelta(days=62)


def test_the_year_of_a_session_is_left_out_in_that_year_only(client, reader, product):
    session = SessionFactory(
        product=product,
        time_zone="Pacific/Auckland",
        day=dt.date(2027, 1, 1),
        starts_at=dt.datetime(2026, 12, 31, 20, 0, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 12, 31, 21, 0, tzinfo=dt.UTC),
        closes_at=dt.datetime(2026, 12, 31, 20, 0, tzinfo=dt.UTC),
    )
    with time_machine.travel(dt.datetime(2026, 12, 31, 12, 0, tzinfo=dt.UTC), tick=False):
        words = words_of(page(client, "session_detail", product, session.pk), "nav.breadcrumbs")
    assert "Fri 1 Jan" in words
    assert "2027" not in words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Pacific/Auckland", "Saved Sun 22 Nov, 01:30"),
        ("America/Los_Angeles", "Saved Sat 21 Nov, 04:30"),
    ],
)
def test_a_draft_says_on_which_day_of_the_writer_it_was_saved(zone, words):
    assert saved_words(EVENING, zone, NOW) == words
