"""No address of the site decides *now* without independent evidence, whatever is sent to it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.policies import routes
from intake.models import Opportunity, OpportunityDecision, Request
from tests.factories.intake import (
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.walker import pages
from tests.world import World, build_world

pytestmark = pytest.mark.django_db

# Under every name under which a form, a bulk action or a program might say it.
SAYS_NOW = {
    name: value
    for value, names in {
        "now": (
            *("decision", "to", "column", "action", "do", "state", "status", "outcome", "do_now"),
            *("opportunity_decision", "move_to", "set"),
        ),
        "Because I say so": ("reason", "decision_reason", "text", "answer", "problem", "why"),
        "1": ("version", "alignment", "is_independent", "has_independent", "people", "confirm"),
    }.items()
    for name in names
}


@pytest.fixture
def world(settings) -> World:
    settings.DEMO = True
    return build_world(with_health=False)


def asked_by_one(world: World, product: str) -> tuple[Opportunity, Request]:
    """An undecided problem that nobody but the requester speaks for."""
    row = OpportunityFactory.create(product=world.products[product])
    wish = RequestFactory.create(product=row.product, problem="x", status="linked")
    VoiceFactory.create(request=wish, user=world.people["employee"])
    RequestLinkFactory.create(request=wish, opportunity=row)
    return row, wish


def test_no_address_makes_an_ungated_now(world):
    row, wish = asked_by_one(world, "open")
    world.things["open"] |= {"opportunity_id": row.pk, "request_id": wish.pk}
    sent = {**SAYS_NOW, "opportunity": row.pk, "request": wish.pk, "reference": wish.reference}
    sent |= {"selected": [row.pk, wish.pk], "before": "", "ids": [row.pk]}
    client = world.client("administrator")
    asked = 0
    for page in pages(world):
        if page.subject not in ("open", "-") or "logout" in page.name or "sign" in page.name:
            continue
        with transaction.atomic():
            client.post(page.url, sent)
            client.post(f"{page.url}?to=now&decision=now", sent)
            asked += 1
            assert not _ungated(), page.url
            transaction.set_rollback(True)
    assert asked > 60


def _ungated() -> bool:
    rows = OpportunityDecision.objects.filter(
        decision="now", has_independent=False, is_favour=False
    )
    decided = Opportunity.objects.filter(decision="now").exclude(
        pk__in=OpportunityDecision.objects.filter(decision="now").values("opportunity_id")
    )
    return rows.exists() or decided.exists()


def test_the_walk_would_see_it(world, monkeypatch):
    """With the rule off the form gets as far as the database, which is the second lock."""
    row, _ = asked_by_one(world, "open")
    client = world.client("administrator")
    monkeypatch.setattr("intake.services.deciding.passes_gate", lambda *a, **k: True)
    url = reverse("intake:opportunity_decide", args=["product-open", row.pk])
    with pytest.raises(IntegrityError, match="now_is_gated"), transaction.atomic():
        client.post(url, {"to": "now", "reason": "x", "version": 1})


def test_no_address_of_the_admin_or_the_api_writes_opportunities():
    names = [route.name for route in routes()]
    assert not [name for name in names if name.startswith("admin:")]
    api = [name for name in names if name.startswith("api:") and "opportunit" in name]
    assert api == ["api:opportunity_list"]


def test_requests_are_never_decided_by_themselves(world):
    """The status follows from opportunities: none of the team's actions writes `decided`."""
    wish = RequestFactory.create(product=world.products["open"], problem="x", status="understood")
    VoiceFactory.create(request=wish)
    client = world.client("administrator")
    world.things["open"]["reference"] = wish.reference
    for page in pages(world):
        if "request_" not in page.name or page.subject != "open":
            continue
        with transaction.atomic():
            client.post(page.url, {**SAYS_NOW, "status": "decided"})
            wish.refresh_from_db()
            assert wish.status != "decided", page.url
            transaction.set_rollback(True)
