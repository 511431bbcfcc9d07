"""The gate (domain.md §5): whatever is posted to whatever address, no request is decided but by the
decision about an opportunity.
"""

from __future__ import annotations

import json
import logging
import uuid

import pytest
from django.db import IntegrityError, transaction

from intake.models import Opportunity, Request
from tests.factories.intake import OpportunityFactory, RequestFactory, RequestLinkFactory
from tests.walker import pages
from tests.world import QuickClient, build_world

pytestmark = pytest.mark.django_db

# Where opportunities are decided: through them requests may become decided.
DECIDING = {"intake:opportunity_decide", "intake:opportunity_move"}
DECIDED = {("decided", ""), ("closed", "shipped"), ("closed", "declined")}


@pytest.fixture
def world(settings):
    settings.DEMO = True
    logging.disable(logging.CRITICAL)
    made = build_world()
    yield made
    logging.disable(logging.NOTSET)


def open_request(product, reference):
    """A request of the product that is part of an undecided opportunity."""
    row = RequestFactory(
        product=product, reference=reference, status="linked", problem="They learn too late."
    )
    opportunity = OpportunityFactory(product=product)
    RequestLinkFactory(request=row, opportunity=opportunity)
    return row, opportunity


def everything(row, opportunity):
    """Whatever any form or body might listen to, as greedy as can be."""
    return {
        "status": "decided",
        "outcome": "shipped",
        "decision": "now",
        "decision_reason": "Because.",
        "reason": "Because.",
        "favour_reason": "A favour.",
        "is_favour": "on",
        "shipped_at": "2026-11-01",
        "opportunity": str(opportunity.pk),
        "opportunities": str(opportunity.pk),
        "request": str(row.pk),
        "reference": row.reference,
        "pick": f"{row.reference}:{row.version}",
        "picks": f"{row.reference}:{row.version}",
        "kept": row.reference,
        "other": row.reference,
        "problem": "They learn too late.",
        "text": "Some words.",
        "answer": "Some words.",
        "question": "Which?",
        "until": "2027-01-01",
        "version": str(row.version),
        "token": str(uuid.uuid4()),
        "to": "now",
        "column": "now",
    }


def decided():
    """The requests that stand decided, or closed with their opportunities."""
    standings = Request.objects.values_list("reference", "status", "outcome")
    return {reference for reference, *standing in standings if tuple(standing) in DECIDED}


def test_no_address_decides_a_request(world):
    client = world.client("administrator", QuickClient)
    tried, wrong, before = 0, [], decided()
    rows = {
        name: open_request(product, f"GT-{number}")
        for number, (name, product) in enumerate(world.products.items())
    }
    for page in pages(world):
        if page.name in DECIDING:
            continue
        row, opportunity = rows.get(page.subject, rows["open"])
        values = everything(row, opportunity)
        for address, do in _attempts(page, row):
            with transaction.atomic():
                client.post(address, **_sent(page, {**values, "do": do}))
                if decided() - before:
                    wrong.append((page.name, decided() - before))
                transaction.set_rollback(True)
            tried += 1

    assert tried > 200
    assert wrong == []


def _attempts(page, row):
    """The page's own address and the same about the request that waits; each action on several."""
    deeds = ("link", "snooze", "assign", "merge") if "bulk" in page.name else ("link",)
    return [(address, do) for address in sorted(_addresses(page, row)) for do in deeds]


def _sent(page, values):
    if page.name.startswith("api:"):
        return {"data": json.dumps(values), "content_type": "application/json"}
    return {"data": values}


def _addresses(page, row):
    reference = page.arguments.get("reference")
    other = page.url.replace(f"/{reference}/", f"/{row.reference}/") if reference else page.url
    return {page.url, other}


def test_the_way_through_the_gate_is_the_decision_about_the_opportunity(world):
    row, opportunity = open_request(world.products["open"], "GT-9")
    client = world.client("administrator")
    url = f"/products/{row.product.slug}/opportunities/{opportunity.pk}/decide/"

    client.post(url, {"to": "later", "reason": "Not before summer.", "version": "1"})

    assert Opportunity.objects.get(pk=opportunity.pk).decision == "later"
    assert Request.objects.get(pk=row.pk).status == "decided"


def test_no_admin_writes_requests(settings):
    """There is none at all: it would write past the services."""
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


@pytest.mark.parametrize("status", ["understood", "linked", "decided"])
def test_the_database_wants_a_problem(status):
    with pytest.raises(IntegrityError, match="understood_with_a_problem"):
        RequestFactory(status=status)
