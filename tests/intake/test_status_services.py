"""Bringing statuses up to date: what is written, what is left alone, and two at the same time."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from intake.models import Request
from intake.services.statuses import refresh_status, refresh_statuses, refresh_statuses_of
from tests.factories.intake import NOW, OpportunityFactory, RequestFactory, RequestLinkFactory

LATER = NOW + dt.timedelta(hours=1)


def understood(**kwargs):
    return RequestFactory(problem="Nobody knows the roster in time.", status="understood", **kwargs)


@pytest.mark.django_db
def test_a_decision_brings_its_requests_along():
    opportunity = OpportunityFactory(decision="next", decision_reason="Soon.")
    request, other = understood(), understood()
    RequestLinkFactory(request=request, opportunity=opportunity)

    moved = refresh_statuses_of(opportunity=opportunity, now=LATER)

    request.refresh_from_db()
    other.refresh_from_db()
    assert moved == [request.pk]
    assert (request.status, request.version, request.changed_at) == ("decided", 2, LATER)
    assert (other.status, other.version, other.changed_at) == ("understood", 1, NOW)


@pytest.mark.django_db
def test_closing_and_opening_again_with_the_opportunity():
    opportunity = OpportunityFactory(decision="no", decision_reason="Too few people.")
    request = RequestLinkFactory(request=understood(), opportunity=opportunity).request

    assert refresh_status(request=request, now=LATER)
    assert (request.status, request.outcome, request.closed_at) == ("closed", "declined", LATER)

    opportunity.decision = "later"
    opportunity.save()
    assert refresh_status(request=request, now=LATER)
    assert (request.status, request.outcome, request.closed_at) == ("decided", "", None)

    opportunity.shipped_at = LATER
    opportunity.save()
    assert refresh_status(request=request, now=LATER)
    assert (request.status, request.outcome) == ("closed", "shipped")


@pytest.mark.django_db
def test_the_same_twice_writes_once():
    request = RequestLinkFactory(request=understood()).request

    assert refresh_statuses(request_ids=[request.pk, request.pk], now=LATER) == [request.pk]
    assert refresh_statuses(request_ids=[request.pk], now=LATER) == []


@pytest.mark.django_db
def test_an_opportunity_that_was_merged_away_says_nothing():
    gone = OpportunityFactory(merged_into=OpportunityFactory(), decision="no", decision_reason="x")
    request = RequestLinkFactory(request=understood(), opportunity=gone).request

    assert refresh_statuses(request_ids=[request.pk], now=LATER) == []


@pytest.mark.django_db
def test_an_answered_request_stays_answered():
    request = RequestFactory(status="closed", outcome="answered", closed_at=NOW)
    RequestLinkFactory(
        request=request, opportunity=OpportunityFactory(decision="now", decision_reason="Yes.")
    )

    assert refresh_statuses(request_ids=[request.pk], now=LATER) == []


@pytest.mark.django_db(transaction=True)
def test_the_later_of_two_decisions_sees_both():
    """Two opportunities of one request decided at once: neither refresh may miss the other."""
    request = understood()
    pair = [OpportunityFactory(), OpportunityFactory()]
    for opportunity in pair:
        RequestLinkFactory(request=request, opportunity=opportunity)
    together = threading.Barrier(2)

    def decide(opportunity):
        try:
            with transaction.atomic():
                type(opportunity).objects.filter(pk=opportunity.pk).update(
                    decision="later", decision_reason="Not yet."
                )
                together.wait(timeout=20)
                refresh_statuses_of(opportunity=opportunity, now=LATER)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[one]) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert Request.objects.get().status == "decided"
