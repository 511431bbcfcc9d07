"""Who stands behind an opportunity."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.selectors.independence import bases_of
from intake.selectors.people import people_behind
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    BookingFactory,
    EvidenceFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    SessionNoteFactory,
    VoiceFactory,
)
from tests.factories.kpis import KpiFactory
from tests.factories.personas import DepartmentFactory

pytestmark = pytest.mark.django_db


def _keys(opportunity):
    return {human.key for human in people_behind([opportunity.pk])[opportunity.pk]}


def test_requesters_joiners_interviewees_and_visitors_each_once():
    ana, bo, cy, di = UserFactory.create_batch(4)
    opportunity = OpportunityFactory.create()
    first, second = RequestFactory.create_batch(2)
    for request in (first, second):
        RequestLinkFactory.create(request=request, opportunity=opportunity)
        VoiceFactory.create(request=request, user=ana)
    VoiceFactory.create(request=second, user=bo, kind="joiner")
    EvidenceFactory.create(opportunity=opportunity, field_note=FieldNoteFactory.create(user=cy))
    booking = BookingFactory.create(user=di)
    note = SessionNoteFactory.create(session=booking.session, booking=booking)
    EvidenceFactory.create(opportunity=opportunity, field_note=None, note=note)
    EvidenceFactory.create(opportunity=opportunity, field_note=None, kpi=KpiFactory.create())
    assert _keys(opportunity) == {f"user:{user.pk}" for user in (ana, bo, cy, di)}


def test_a_visitor_whose_words_belong_to_a_request_stands_behind_it():
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    booking = BookingFactory.create()
    SessionNoteFactory.create(session=booking.session, booking=booking, request=request)
    assert _keys(opportunity) == {f"user:{booking.user.pk}"}


def test_whoever_withdrew_does_not_count():
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    VoiceFactory.create(request=request, left_at=NOW)
    assert _keys(opportunity) == set()


def test_the_voices_of_a_duplicate_count_once():
    opportunity, kept = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=kept, opportunity=opportunity)
    twin = RequestFactory.create(
        duplicate_of=kept, status="closed", outcome="duplicate", status_before="new"
    )
    RequestLinkFactory.create(request=twin, opportunity=opportunity)
    ana, bo = UserFactory.create_batch(2)
    VoiceFactory.create(request=kept, user=ana)
    VoiceFactory.create(request=twin, user=ana)
    VoiceFactory.create(request=twin, user=bo)
    assert _keys(opportunity) == {f"user:{ana.pk}", f"user:{bo.pk}"}


def test_an_address_that_is_an_accounts_is_that_account():
    ana = UserFactory.create(email="Ana@Example.org")
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    VoiceFactory.create(request=request, user=ana)
    VoiceFactory.create(request=request, user=None, name="Ana", email="ana@example.org")
    VoiceFactory.create(request=request, user=None, name="Bo", email="BO@example.org")
    VoiceFactory.create(request=request, user=None, name="Bo", email="bo@example.org")
    assert _keys(opportunity) == {f"user:{ana.pk}", "mail:bo@example.org"}


def test_a_name_alone_is_whoever_bears_it_here():
    """Or an interview with the requester would be somebody else's evidence."""
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    ana = VoiceFactory.create(request=request, name="Ana Ray").user
    for name in ("  ana  RAY ", "Bo", "Bo"):
        note = FieldNoteFactory.create(user=None, name=name)
        EvidenceFactory.create(opportunity=opportunity, field_note=note)
    found = people_behind([opportunity.pk])[opportunity.pk]
    humans = sorted(found, key=lambda human: (human.user_id is None, human.key))
    assert [human.user_id for human in humans] == [ana.pk, None, None]
    assert (humans[0].has_requested, len(humans[0].said)) == (True, 2)
    assert not any(human.has_requested for human in humans[1:])


def test_an_interview_with_the_requester_by_name_opens_no_gate():
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    VoiceFactory.create(request=request, user=None, name="Ana Ray", email="ana@example.org")
    note = FieldNoteFactory.create(kind="interview", user=None, name="Ana Ray")
    EvidenceFactory.create(opportunity=opportunity, field_note=note)
    assert not bases_of([opportunity.pk])[opportunity.pk].is_independent
    other = FieldNoteFactory.create(kind="interview", user=None, name="Bo Ito")
    EvidenceFactory.create(opportunity=opportunity, field_note=other)
    assert bases_of([opportunity.pk])[opportunity.pk].is_independent


def test_those_who_were_erased_stay_apart():
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    for _ in range(2):
        VoiceFactory.create(
            request=request, user=None, name="Erased person", email="erased@invalid"
        )
    assert len(_keys(opportunity)) == 2


def test_two_names_alone_are_one_person():
    """Somebody entered without an address is no second person when they are interviewed."""
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    VoiceFactory.create(request=request, user=None, email="", name="Ana Ruiz")
    note = FieldNoteFactory.create(kind="interview", name=" ana  RUIZ ")
    EvidenceFactory.create(opportunity=opportunity, field_note=note)
    (human,) = people_behind([opportunity.pk])[opportunity.pk]
    assert (human.has_requested, len(human.said)) == (True, 2)


@pytest.mark.parametrize(
    ("kind", "who", "people"),
    [
        ("interview", {}, 1),
        ("observation", {}, 0),
        ("suggestion", {}, 0),
        ("observation", {"name": "Ana"}, 1),
        ("suggestion", {"email": "ana@example.org"}, 1),
    ],
)
def test_an_interview_is_with_somebody_a_suggestion_need_not_be(kind, who, people):
    opportunity = OpportunityFactory.create()
    note = FieldNoteFactory.create(kind=kind, **who)
    EvidenceFactory.create(opportunity=opportunity, field_note=note)
    assert len(_keys(opportunity)) == people


def test_what_each_said_it_costs_and_where_they_are():
    department = DepartmentFactory.create()
    opportunity, request = OpportunityFactory.create(), RequestFactory.create()
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    VoiceFactory.create(request=request, times=3, per="week", minutes=20, department=department)
    (human,) = people_behind([opportunity.pk])[opportunity.pk]
    assert human.hours == pytest.approx(13 * 20 / 60)
    assert (human.department_id, human.has_requested, human.since) == (department.pk, True, NOW)


@pytest.mark.parametrize("count", [1, 4])
def test_the_number_of_queries_does_not_grow(count):
    opportunities = OpportunityFactory.create_batch(count)
    for opportunity in opportunities:
        for _ in range(count):
            request = RequestFactory.create()
            RequestLinkFactory.create(request=request, opportunity=opportunity)
            VoiceFactory.create(request=request, user=None, email=f"{request.pk}@example.org")
        EvidenceFactory.create(opportunity=opportunity)
    with CaptureQueriesContext(connection) as queries:
        found = people_behind([one.pk for one in opportunities])
    assert len(queries) == 6
    assert all(len(people) == count + 1 for people in found.values())


def test_nobody_is_asked_about_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert people_behind([]) == {}
