"""What the clock does for many: one that fails holds up no other."""

from __future__ import annotations

import pytest
import time_machine

from intake import tasks
from intake.services import making, shipping, waiting
from tests.factories.intake import (
    NOW,
    OpportunityFactory,
    SeriesFactory,
    SlotFactory,
    WaitingPlaceFactory,
)
from tests.factories.portfolio import ReleaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def failing_once(monkeypatch, module, name):
    """The first call of `module.name` fails; the rest do what they do."""
    real, calls = getattr(module, name), []

    def called(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("The first one fails.")
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, called)


def test_a_session_whose_seats_cannot_be_offered(monkeypatch):
    places = [WaitingPlaceFactory(session=SlotFactory().session) for _ in range(2)]
    failing_once(monkeypatch, waiting, "offer_free_seats")
    tasks.offer_free_seats()
    for place in places:
        place.refresh_from_db()
    assert sorted(place.state for place in places) == ["offered", "waiting"]


def test_a_series_that_cannot_be_made(monkeypatch):
    series = [SeriesFactory() for _ in range(2)]
    failing_once(monkeypatch, making, "make_sessions_of")
    tasks.make_sessions()
    assert [one.sessions.count() > 0 for one in series] == [False, True]
    tasks.make_sessions()
    assert series[0].sessions.count() == series[1].sessions.count()


def test_a_release_that_cannot_be_told(monkeypatch):
    opportunities = []
    for _ in range(2):
        opportunity = OpportunityFactory(decision="next", decision_reason="Many wait.")
        release = ReleaseFactory(product=opportunity.product, published_at=NOW, day=NOW.date())
        answers = {"solves": [opportunity.pk]}
        shipping.set_solved(release=release, answers=answers, by=None, now=NOW)
        opportunities.append(opportunity)
    failing_once(monkeypatch, shipping, "record_steps")
    shipped = []
    for _ in range(2):
        tasks.ship_releases()
        for one in opportunities:
            one.refresh_from_db()
        shipped.append(sum(one.shipped_at is not None for one in opportunities))
    assert shipped == [1, 2]
