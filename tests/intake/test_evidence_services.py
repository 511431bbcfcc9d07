"""Evidence on opportunities: of the same product, once, and never gone while it is decided."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from intake.models import Evidence, Opportunity, OpportunityDecision
from intake.services.deciding import NotGated, decide
from intake.services.evidence import OtherProduct, attach_evidence, detach_evidence
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

pytestmark = pytest.mark.django_db


def pieces(product):
    booking = BookingFactory.create(slot__session__product=product)
    return (
        FieldNoteFactory.create(product=product),
        KpiFactory.create(product=product),
        SessionNoteFactory.create(session=booking.session, booking=booking),
    )


@pytest.mark.parametrize("which", [0, 1, 2])
def test_each_kind_of_evidence_opens_the_gate_and_is_there_once(which):
    row = OpportunityFactory.create()
    piece = pieces(row.product)[which]
    with pytest.raises(NotGated):
        decide(opportunity=row, version=1, decision="now", reason="x", by=None, now=NOW)
    for _ in range(2):
        attach_evidence(opportunity=row, piece=piece, by=None, now=NOW)
    assert Evidence.objects.count() == 1
    decided = decide(opportunity=row, version=1, decision="now", reason="x", by=None, now=NOW)
    assert decided.decision == "now"


@pytest.mark.parametrize("which", [0, 1, 2])
def test_what_belongs_to_another_product_says_nothing_here(which):
    row = OpportunityFactory.create()
    with pytest.raises(OtherProduct):
        attach_evidence(
            opportunity=row, piece=pieces(OpportunityFactory().product)[which], by=None, now=NOW
        )


def test_taken_off_a_decision_stands_and_the_next_one_is_closed():
    row = OpportunityFactory.create()
    piece = EvidenceFactory.create(opportunity=row)
    row = decide(opportunity=row, version=1, decision="now", reason="x", by=None, now=NOW)
    for _ in range(2):
        detach_evidence(evidence=piece, now=NOW)
    row = decide(opportunity=row, version=2, decision="later", reason="y", by=None, now=NOW)
    with pytest.raises(NotGated):
        decide(opportunity=row, version=3, decision="now", reason="z", by=None, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_evidence_does_not_go_while_somebody_decides_on_it():
    """Whoever comes second sees what the first has done: never a gated *now* on nothing."""
    for _ in range(5):
        row = OpportunityFactory.create()
        request = RequestFactory.create(product=row.product, problem="x", status="linked")
        VoiceFactory.create(request=request)
        RequestLinkFactory.create(request=request, opportunity=row)
        kpi = KpiFactory.create(product=row.product)
        piece = EvidenceFactory.create(opportunity=row, field_note=None, kpi=kpi)
        start, ends = threading.Barrier(2), []

        def decider(row=row, start=start, ends=ends) -> None:
            start.wait()
            try:
                decide(opportunity=row, version=1, decision="now", reason="x", by=None, now=NOW)
                ends.append("decided")
            except NotGated:
                ends.append("closed")
            finally:
                connection.close()

        def remover(piece=piece, start=start) -> None:
            start.wait()
            try:
                detach_evidence(evidence=piece, now=NOW)
            finally:
                connection.close()

        threads = [threading.Thread(target=decider), threading.Thread(target=remover)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        decisions = OpportunityDecision.objects.filter(opportunity=row)
        assert decisions.count() == (ends == ["decided"])
        assert all(one.has_independent for one in decisions)
        assert Opportunity.objects.get(pk=row.pk).decision == ("now" if decisions else "")
