"""What the small company might solve: for each product a problem with all that hangs on one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from intake.models import OpportunityGoal
from intake.services.merging import merge_opportunities
from personas.models import Goal
from tests.factories.intake import (
    CandidateFactory,
    EvidenceFactory,
    ExperimentFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)

if TYPE_CHECKING:
    from tests.world import World


def add_opportunities(world: World) -> None:
    """A decided problem with a request, an interview, a candidate and a running experiment."""
    for name, product in world.products.items():
        when = {"created_at": world.now, "changed_at": world.now}
        row = OpportunityFactory(product=product, decision="next", **when)
        other = OpportunityFactory(product=product, **when)
        wish = RequestFactory(
            product=product,
            reference=f"WO-{product.pk}",
            problem="Rosters change after people have planned",
            status="decided",
            solution="A button that locks the roster",
            **when,
        )
        VoiceFactory(request=wish, name="Opal Asker", words="I plan my week twice")
        RequestLinkFactory(request=wish, opportunity=row)
        note = FieldNoteFactory(product=product, name="Iris Interviewee", consent="named")
        piece = EvidenceFactory(opportunity=row, field_note=note)
        experiment = ExperimentFactory(
            opportunity=row,
            started_on=world.now.date(),
            ends_on=world.now.date() + dt.timedelta(days=20),
        )
        goal = Goal.objects.order_by("pk").first()
        if goal is not None:
            OpportunityGoal.objects.create(opportunity=row, goal=goal)
        merge = merge_opportunities(kept=row, gone=other, by=None, now=world.now)
        world.things[name] |= {
            "opportunity_id": row.pk,
            "request_id": wish.pk,
            "evidence_id": piece.pk,
            "candidate_id": CandidateFactory(opportunity=row, what="Agree on a day").pk,
            "experiment_id": experiment.pk,
            "merge_id": merge.pk,
        }
