"""A product with a row in every table of intake."""

from __future__ import annotations

import uuid

from intake.models import (
    Attachment,
    Draft,
    EdgeCase,
    ExperimentExtension,
    IntakeLink,
    News,
    Notice,
    OpportunityGoal,
    OpportunityMerge,
    Quote,
    ReleasedOpportunity,
    Request,
)
from personas.models import ReleasePersona
from portfolio.models import Product
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    BookingFactory,
    CandidateFactory,
    EvidenceFactory,
    ExperimentFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    RequestStepFactory,
    SeriesFactory,
    SessionFactory,
    SessionNoteFactory,
    SlotFactory,
    VoiceFactory,
    WaitingPlaceFactory,
)
from tests.factories.personas import GoalFactory, PersonaFactory
from tests.factories.portfolio import ReleaseFactory


def fill_intake(product: Product) -> None:
    """Hang something of everything on the product."""
    _hours(product)
    request = RequestFactory(product=product)
    _asked(product, request)
    _solved(product, request)


def _hours(product: Product) -> None:
    SeriesFactory(product=product)
    session = SessionFactory(product=product)
    BookingFactory(slot=SlotFactory(session=session))
    WaitingPlaceFactory(session=session)
    SessionNoteFactory(session=session)


def _asked(product: Product, request: Request) -> None:
    by = UserFactory()
    IntakeLink.objects.create(product=product, label="Drivers", created_at=NOW)
    Draft.objects.create(product=product, user=by, form_token=uuid.uuid4(), saved_at=NOW)
    Attachment.objects.create(
        request=request, file="a/b", name="b", kind="png", size=1, sha256="0" * 64, created_at=NOW
    )
    voice, step = VoiceFactory(request=request), RequestStepFactory(request=request)
    news = News.objects.create(recipient="a@example.org", day=NOW.date())
    Notice.objects.create(news=news, voice=voice, step=step)


def _solved(product: Product, request: Request) -> None:
    opportunity = OpportunityFactory(product=product, decision="next", decision_reason="Soon.")
    gone = OpportunityFactory(product=product, merged_into=opportunity)
    OpportunityMerge.objects.create(kept=opportunity, gone=gone, moved={}, at=NOW)
    RequestLinkFactory(request=request, opportunity=opportunity)
    OpportunityGoal.objects.create(opportunity=opportunity, goal=GoalFactory())
    CandidateFactory(opportunity=opportunity)
    experiment = ExperimentFactory(opportunity=opportunity)
    ExperimentExtension.objects.create(
        experiment=experiment, number=1, until=NOW.date(), reason="Longer", at=NOW
    )
    note = FieldNoteFactory(product=product)
    Quote.objects.create(field_note=note, text="I print it.")
    EdgeCase.objects.create(field_note=note, what="Two rosters")
    EvidenceFactory(opportunity=opportunity, field_note=note)
    release = ReleaseFactory(product=product)
    ReleasePersona.objects.create(release=release, persona=PersonaFactory())
    ReleasedOpportunity.objects.create(release=release, opportunity=opportunity, at=NOW)
