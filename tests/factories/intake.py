"""Office hours, requests and opportunities for tests. Dates lie around `NOW`."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from intake.models import (
    Booking,
    Candidate,
    Evidence,
    Experiment,
    FieldNote,
    Holiday,
    Opportunity,
    OpportunityDecision,
    Request,
    RequestLink,
    RequestStep,
    Series,
    Session,
    SessionNote,
    Slot,
    Voice,
    WaitingPlace,
)
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import ProductFactory

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
THURSDAY = dt.datetime(2026, 11, 26, 14, 0, tzinfo=dt.UTC)


class HolidayFactory(DjangoModelFactory):
    class Meta:
        model = Holiday

    day = factory.Sequence(lambda n: dt.date(2026, 12, 1) + dt.timedelta(days=n % 3000))
    name = "Founders' day"


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series

    product = factory.SubFactory(ProductFactory)
    host = factory.SubFactory(UserFactory)
    weekdays = [3]
    starts_at = dt.time(14, 0)
    first_day = dt.date(2026, 11, 23)
    created_at = NOW


class SessionFactory(DjangoModelFactory):
    """A session on Thursday from 14:00 to 15:00 UTC, without slots."""

    class Meta:
        model = Session

    product = factory.SubFactory(ProductFactory)
    host = factory.SubFactory(UserFactory)
    starts_at = THURSDAY
    day = factory.LazyAttribute(lambda session: session.starts_at.date())
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + dt.timedelta(hours=1))
    closes_at = factory.LazyAttribute(lambda session: session.starts_at - dt.timedelta(hours=2))
    created_at = NOW


class SlotFactory(DjangoModelFactory):
    class Meta:
        model = Slot

    session = factory.SubFactory(SessionFactory)
    starts_at = factory.LazyAttribute(lambda slot: slot.session.starts_at)
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + dt.timedelta(minutes=20))


class BookingFactory(DjangoModelFactory):
    class Meta:
        model = Booking

    slot = factory.SubFactory(SlotFactory)
    session = factory.LazyAttribute(lambda booking: booking.slot.session)
    user = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda booking: booking.user.name if booking.user else "Guest")
    email = factory.LazyAttribute(
        lambda booking: booking.user.email if booking.user else "guest@example.org"
    )
    seat = 1
    created_at = NOW


class WaitingPlaceFactory(DjangoModelFactory):
    class Meta:
        model = WaitingPlace

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda place: place.user.name if place.user else "Guest")
    email = factory.LazyAttribute(
        lambda place: place.user.email if place.user else "guest@example.org"
    )
    joined_at = NOW


class RequestFactory(DjangoModelFactory):
    """A new request without anybody behind it: add a `VoiceFactory`."""

    class Meta:
        model = Request

    product = factory.SubFactory(ProductFactory)
    reference = factory.Sequence(lambda n: f"SP-{1000 + n}")
    goal = factory.Sequence(lambda n: f"Know by Friday who works next week, case {n}")
    created_at = NOW
    changed_at = NOW


class VoiceFactory(DjangoModelFactory):
    class Meta:
        model = Voice

    request = factory.SubFactory(RequestFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.LazyAttribute(lambda voice: voice.user.name if voice.user else "Guest")
    email = factory.LazyAttribute(
        lambda voice: voice.user.email if voice.user else "guest@example.org"
    )
    joined_at = NOW


class RequestStepFactory(DjangoModelFactory):
    class Meta:
        model = RequestStep

    request = factory.SubFactory(RequestFactory)
    kind = "submitted"
    at = NOW


class SessionNoteFactory(DjangoModelFactory):
    class Meta:
        model = SessionNote

    session = factory.SubFactory(SessionFactory)
    text = "The printout is corrected by hand every Monday."
    created_at = NOW


class OpportunityFactory(DjangoModelFactory):
    """With a `decision` comes the row that says so: the database asks for it when it is *now*."""

    class Meta:
        model = Opportunity
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    problem = factory.Sequence(lambda n: f"Rosters change after people have planned, case {n}")
    decision_reason = factory.LazyAttribute(lambda one: "Most of us wait." if one.decision else "")
    decision = ""
    created_at = NOW
    changed_at = NOW

    @factory.post_generation
    def decided(self, create: bool, extracted: object, **kwargs: object) -> None:
        if create and self.decision:
            OpportunityDecisionFactory.create(
                opportunity=self,
                decision=self.decision,
                reason=self.decision_reason,
                is_favour=self.is_favour,
                favour_reason="They helped us." if self.is_favour else "",
            )


class OpportunityDecisionFactory(DjangoModelFactory):
    class Meta:
        model = OpportunityDecision

    opportunity = factory.SubFactory(OpportunityFactory)
    decision = "now"
    reason = "Most of us wait."
    people = 2
    has_independent = True
    at = NOW


class RequestLinkFactory(DjangoModelFactory):
    class Meta:
        model = RequestLink

    request = factory.SubFactory(RequestFactory)
    opportunity = factory.SubFactory(OpportunityFactory)
    at = NOW


class FieldNoteFactory(DjangoModelFactory):
    class Meta:
        model = FieldNote

    product = factory.SubFactory(ProductFactory)
    kind = "interview"
    day = dt.date(2026, 11, 2)
    text = "She keeps a list of her own beside the screen."
    created_at = NOW


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    opportunity = factory.SubFactory(OpportunityFactory)
    field_note = factory.SubFactory(FieldNoteFactory)
    at = NOW


class CandidateFactory(DjangoModelFactory):
    class Meta:
        model = Candidate

    opportunity = factory.SubFactory(OpportunityFactory)
    kind = "process"


class ExperimentFactory(DjangoModelFactory):
    class Meta:
        model = Experiment

    opportunity = factory.SubFactory(OpportunityFactory)
    what = "Publish the roster on Thursday for one team."
    criteria = "Fewer than three changes after Friday noon."
    ends_on = dt.date(2026, 12, 18)
    created_at = NOW
