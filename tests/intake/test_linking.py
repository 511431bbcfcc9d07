"""Requests in opportunities: what it takes, what follows, and the way out."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from core.versions import Conflict
from intake.models import Opportunity, Request, RequestLink
from intake.services.duplicates import OtherProduct
from intake.services.linking import NotUnderstood, link_request, link_to_new, unlink_request
from intake.services.requests import IsClosed
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, OpportunityFactory, RequestFactory
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def product():
    return ProductFactory()


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def understood(product):
    return RequestFactory(product=product, problem="A problem.", status="understood")


def link(request, opportunity, by, *, version=None):
    return link_request(
        request=request,
        version=version or Request.objects.get(pk=request.pk).version,
        opportunity=opportunity,
        by=by,
        now=LATER,
    )


def told(request):
    return list(request.steps.order_by("pk").values_list("kind", "text", "opportunity_id"))


def test_a_request_becomes_part_of_an_opportunity(understood, ana, product):
    opportunity = OpportunityFactory(product=product)

    for _ in range(2):
        row = link(understood, opportunity, ana)

    [made] = RequestLink.objects.all()
    assert (row.status, made.by, made.at) == ("linked", ana, LATER)
    assert told(row) == [("linked", "", opportunity.pk)]


def test_it_must_be_understood_first(product, ana):
    with pytest.raises(NotUnderstood):
        link(RequestFactory(product=product), OpportunityFactory(product=product), ana)

    assert not RequestLink.objects.exists()


@pytest.mark.parametrize("outcome", ["answered", "withdrawn", "duplicate"])
def test_what_somebody_closed_is_linked_to_nothing(understood, ana, product, outcome):
    Request.objects.update(status="closed", outcome=outcome, closed_at=NOW)

    with pytest.raises(IsClosed):
        link(understood, OpportunityFactory(product=product), ana)


def test_a_declined_request_opens_with_another_opportunity(understood, ana, product):
    declined = OpportunityFactory(product=product, decision="no", decision_reason="Too few.")
    assert link(understood, declined, ana).outcome == "declined"

    row = link(understood, OpportunityFactory(product=product), ana)

    assert (row.status, row.outcome, row.closed_at) == ("linked", "", None)


def test_a_late_comer_hears_what_the_others_heard(understood, ana, product):
    opportunity = OpportunityFactory(
        product=product, decision="now", decision_reason="It hurts.", shipped_at=NOW
    )

    row = link(understood, opportunity, ana)

    assert (row.status, row.outcome) == ("closed", "shipped")
    assert told(row) == [
        ("linked", "", opportunity.pk),
        ("decided", "It hurts.", opportunity.pk),
        ("shipped", "", opportunity.pk),
    ]


def test_shipped_is_told_once_even_after_unlinking(understood, ana, product):
    opportunity = OpportunityFactory(
        product=product, decision="now", decision_reason="It hurts.", shipped_at=NOW
    )
    row = link(understood, opportunity, ana)
    unlink_request(request=row, opportunity=opportunity, by=ana, now=LATER)

    link(understood, opportunity, ana)

    assert [kind for kind, *_ in told(row)].count("shipped") == 1


def test_products_stay_apart(understood, ana):
    with pytest.raises(OtherProduct):
        link(understood, OpportunityFactory(), ana)


def test_nothing_goes_into_what_was_merged_away(understood, ana, product):
    gone = OpportunityFactory(product=product, merged_into=OpportunityFactory(product=product))

    with pytest.raises(Opportunity.DoesNotExist):
        link(understood, gone, ana)


def test_whoever_is_slower_is_told(understood, ana, product):
    with pytest.raises(Conflict):
        link(understood, OpportunityFactory(product=product), ana, version=7)


def test_linking_ends_a_snooze(understood, ana, product):
    Request.objects.update(snoozed_until=NOW.date(), needs_info=True)

    row = link(understood, OpportunityFactory(product=product), ana)

    assert (row.snoozed_until, row.needs_info, row.status) == (None, False, "linked")


def test_out_again(understood, ana, product):
    opportunity = OpportunityFactory(product=product)
    row = link(understood, opportunity, ana)

    for _ in range(2):
        row = unlink_request(request=row, opportunity=opportunity, by=ana, now=LATER)

    assert row.status == "understood"
    assert [kind for kind, *_ in told(row)] == ["linked", "unlinked"]


def test_a_new_opportunity_is_written_and_linked_once(understood, ana):
    token = uuid4()

    for _ in range(2):
        row, made = link_to_new(
            request=understood,
            version=1,
            problem="Rosters change too late.",
            by=ana,
            now=LATER,
            token=token,
        )

    [only] = Opportunity.objects.all()
    assert (only, made.problem, made.decision) == (made, "Rosters change too late.", "")
    assert row.status == "linked"


def test_no_opportunity_is_left_behind_by_a_refusal(product, ana):
    with pytest.raises(NotUnderstood):
        link_to_new(
            request=RequestFactory(product=product),
            version=1,
            problem="Rosters change too late.",
            by=ana,
            now=LATER,
        )

    assert not Opportunity.objects.exists()
