"""Two opportunities that are one problem, and two again, exactly."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.models import Opportunity, OpportunityMerge, ReleasedOpportunity, RequestStep
from intake.selectors.offers import merge_choices
from intake.selectors.people import people_behind
from intake.services.deciding import decide
from intake.services.merging import (
    GONE,
    NOT_LAST,
    OTHER_PRODUCT,
    SHIPPED,
    SHIPPED_SINCE,
    THE_SAME,
    CannotMerge,
    merge_opportunities,
    unmerge_opportunities,
)
from intake.services.shipping import ship_due
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    CandidateFactory,
    EvidenceFactory,
    ExperimentFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.personas import GoalFactory
from tests.factories.portfolio import ReleaseFactory

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def two():
    kept = OpportunityFactory.create()
    return kept, OpportunityFactory.create(product=kept.product)


def merged(kept, gone):
    return merge_opportunities(kept=kept, gone=gone, by=None, now=LATER)


def asked(opportunity, user=None):
    request = RequestFactory.create(product=opportunity.product, problem="x", status="linked")
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    VoiceFactory.create(request=request, user=user or UserFactory.create())
    return request


def everything(*opportunities):
    """All that hangs on them, by table."""
    return [
        {
            name: sorted(getattr(one, name).values_list("pk", flat=True))
            for name in ("links", "evidence", "goals", "experiments", "candidates", "releases")
        }
        for one in opportunities
    ]


def fill(kept, gone):
    shared = asked(kept)
    RequestLinkFactory.create(request=shared, opportunity=gone)
    asked(gone)
    note, goal = FieldNoteFactory.create(product=kept.product), GoalFactory.create()
    for one in (kept, gone):
        EvidenceFactory.create(opportunity=one, field_note=note)
        one.goals.create(goal=goal)
        CandidateFactory.create(opportunity=one, what="")
    EvidenceFactory.create(opportunity=gone)
    CandidateFactory.create(opportunity=gone, what="Agree on a day", is_chosen=True)
    ExperimentFactory.create(opportunity=gone)


def test_people_count_once_and_what_was_there_twice_stays_apart(two):
    kept, gone = two
    fill(kept, gone)
    merged(kept, gone)
    assert len(people_behind([kept.pk])[kept.pk]) == 4  # two who asked, two who were interviewed
    assert [kept.links.count(), kept.evidence.count(), kept.goals.count()] == [2, 2, 1]
    assert [gone.links.count(), gone.evidence.count(), gone.goals.count()] == [1, 1, 1]
    assert [one.what for one in kept.candidates.all()] == ["", "Agree on a day"]
    assert not kept.candidates.filter(is_chosen=True).exists()
    assert not Opportunity.objects.present().filter(pk=gone.pk).exists()


def test_an_undo_is_exact_and_keeps_what_came_since(two):
    kept, gone = two
    fill(kept, gone)
    before = everything(kept, gone)
    merge = merged(kept, gone)
    unmerge_opportunities(merge=merge, by=None, now=LATER)
    assert everything(kept, gone) == before
    merge = merged(kept, gone)
    since = RequestLinkFactory.create(
        opportunity=kept, request=RequestFactory.create(product=kept.product)
    )
    kept.evidence.exclude(pk__in=before[0]["evidence"]).delete()
    for _ in range(2):
        unmerge_opportunities(merge=merge, by=None, now=LATER)
    assert since.pk in everything(kept)[0]["links"]
    assert everything(gone)[0]["links"] == before[1]["links"]
    assert len(everything(gone)[0]["evidence"]) == len(before[1]["evidence"]) - 1


def test_the_requests_stand_where_the_kept_one_brings_them_and_hear_of_it(two):
    kept, gone = two
    request = asked(gone)
    kept = decide(opportunity=kept, version=1, decision="later", reason="Not yet", by=None, now=NOW)
    merge = merged(kept, gone)
    request.refresh_from_db()
    assert request.status == "decided"
    assert RequestStep.objects.get(request=request).text == "Not yet"
    unmerge_opportunities(merge=merge, by=None, now=LATER)
    request.refresh_from_db()
    assert request.status == "linked"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"shipped_at": NOW}, SHIPPED),
        ({"product": "other"}, OTHER_PRODUCT),
        ({"merged_into": "other"}, GONE),
    ],
)
def test_what_can_not_be_merged_says_why(two, change, why):
    kept, gone = two
    other = OpportunityFactory.create()
    for name, value in change.items():
        setattr(gone, name, {"product": other.product, "merged_into": other}[name]
                if value == "other" else value)  # fmt: skip
    gone.save()
    with pytest.raises(CannotMerge, match=why.split(":")[0]):
        merged(kept, gone)
    assert not OpportunityMerge.objects.exists()


def test_nothing_is_merged_into_what_has_shipped(two):
    kept, gone = two
    Opportunity.objects.filter(pk=kept.pk).update(shipped_at=NOW)
    with pytest.raises(CannotMerge, match=SHIPPED.split(":")[0]):
        merged(kept, gone)
    assert merge_choices(gone) == []
    assert [key for key, _ in merge_choices(kept)] == [gone.pk]


def test_what_has_shipped_as_one_stays_one(two):
    """Its release has told everybody: two again, one of them would never ship."""
    kept, gone = two
    request = asked(gone)
    release = ReleaseFactory.create(product=gone.product, published_at=NOW, day=NOW.date())
    ReleasedOpportunity.objects.create(release=release, opportunity=gone, at=NOW)
    merge = merged(kept, gone)
    assert ship_due(now=LATER) == 1
    with pytest.raises(CannotMerge, match=SHIPPED_SINCE.split(",")[0]):
        unmerge_opportunities(merge=merge, by=None, now=LATER)
    request.refresh_from_db()
    assert request.outcome == "shipped"


def test_who_knew_the_decision_is_not_told_again(two):
    kept, gone = two
    both, new = asked(kept), asked(gone)
    RequestLinkFactory.create(request=both, opportunity=gone)
    kept = decide(opportunity=kept, version=1, decision="later", reason="Not yet", by=None, now=NOW)
    merged(kept, gone)
    steps = RequestStep.objects.filter(kind="decided").order_by("pk")
    assert [step.request for step in steps] == [both, new]


def test_one_is_not_merged_into_itself_nor_undone_below_another(two):
    kept, gone = two
    with pytest.raises(CannotMerge, match=THE_SAME.split(":")[0]):
        merged(kept, kept)
    first = merged(kept, gone)
    third = OpportunityFactory.create(product=kept.product)
    merged(third, kept)
    with pytest.raises(CannotMerge, match=NOT_LAST.split(".")[0]):
        unmerge_opportunities(merge=first, by=None, now=LATER)
