"""Writing opportunities down."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from activity.models import Event
from core.versions import Conflict
from intake.models import Opportunity
from intake.services.opportunities import change_opportunity, create_opportunity
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, OpportunityFactory
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def test_an_opportunity_starts_undecided_with_three_blanks():
    product, user = ProductFactory.create(), UserFactory.create()
    made = create_opportunity(product=product, problem="Rosters change", by=user, now=NOW)
    assert (made.decision, made.decided_at, made.by) == ("", None, user)
    blanks = [(one.kind, one.what, one.is_chosen) for one in made.candidates.all()]
    assert blanks == [("process", "", False), ("buy", "", False), ("nothing", "", False)]
    event = Event.objects.get(subject_type="intake.opportunity")
    assert (event.verb, event.subject_label) == ("wrote down the opportunity", "Rosters change")
    assert event.product_id == product.pk


def test_the_same_form_sent_twice_makes_one():
    product, user, token = ProductFactory.create(), UserFactory.create(), uuid4()
    same = {"product": product, "problem": "Rosters change", "by": user, "now": NOW, "token": token}
    first = create_opportunity(**same)
    second = create_opportunity(**same)
    assert (first.pk, Opportunity.objects.count()) == (second.pk, 1)
    assert first.candidates.count() == 3


def test_a_form_of_another_product_says_nothing_here():
    user, token = UserFactory.create(), uuid4()
    make = {"problem": "Rosters change", "by": user, "now": NOW, "token": token}
    first = create_opportunity(product=ProductFactory.create(), **make)
    second = create_opportunity(product=ProductFactory.create(), **make)
    assert first.product_id != second.product_id


def test_whoever_is_second_to_change_it_hears_of_it():
    row, user = OpportunityFactory.create(problem="Old"), UserFactory.create()
    fields = {"problem": "New", "why": "", "alignment": 2, "alignment_why": "Planning is ours"}
    change_opportunity(opportunity=row, version=1, fields=fields, by=user, now=LATER)
    with pytest.raises(Conflict):
        change_opportunity(
            opportunity=row, version=1, fields={"problem": "Mine"}, by=user, now=LATER
        )
    row.refresh_from_db()
    assert (row.problem, row.alignment, row.version, row.changed_at) == ("New", 2, 2, LATER)


def test_the_decision_is_not_changed_like_a_field():
    row, user = OpportunityFactory.create(), UserFactory.create()
    with pytest.raises(ValueError, match="decision"):
        change_opportunity(
            opportunity=row, version=1, fields={"decision": "now"}, by=user, now=LATER
        )


def test_what_was_merged_away_is_gone():
    kept = OpportunityFactory.create()
    gone = OpportunityFactory.create(merged_into=kept)
    with pytest.raises(Opportunity.DoesNotExist):
        change_opportunity(
            opportunity=gone,
            version=1,
            fields={"problem": "x"},
            by=UserFactory.create(),
            now=LATER,
        )
