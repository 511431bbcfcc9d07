"""Decisions about opportunities, and the gate to *now*."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from activity.models import Event
from core.versions import Conflict
from intake.models import Notice, Opportunity, OpportunityDecision, Request, RequestStep
from intake.services import deciding
from intake.services.deciding import NeedsReason, NotGated, decide, undecide
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    EvidenceFactory,
    FieldNoteFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def _asked_by_one(**fields):
    """An opportunity that one person asked for, and her request."""
    opportunity = OpportunityFactory.create(**fields)
    request = RequestFactory.create(
        product=opportunity.product, status="linked", problem="Rosters change too late"
    )
    VoiceFactory.create(request=request)
    RequestLinkFactory.create(request=request, opportunity=opportunity)
    return opportunity, request


def _decide(opportunity, decision="now", **fields):
    asked = {"version": opportunity.version, "reason": "It costs us most", "favour_reason": ""}
    return decide(
        opportunity=opportunity,
        decision=decision,
        by=UserFactory.create(),
        now=LATER,
        **(asked | fields),
    )


def test_now_needs_evidence_that_is_not_the_requesters():
    opportunity, request = _asked_by_one()
    with pytest.raises(NotGated):
        _decide(opportunity)
    opportunity.refresh_from_db()
    request.refresh_from_db()
    assert (opportunity.decision, request.status) == ("", "linked")
    assert not OpportunityDecision.objects.exists()
    assert not RequestStep.objects.exists()


def test_with_a_second_person_it_passes_and_everybody_hears():
    opportunity, request = _asked_by_one()
    VoiceFactory.create(request=request, kind="joiner")
    decided = _decide(opportunity, favour_reason="not needed")
    row = OpportunityDecision.objects.get()
    assert (decided.decision, decided.decision_reason) == ("now", "It costs us most")
    assert (decided.is_favour, decided.decided_at, decided.version) == (False, LATER, 2)
    assert (row.people, row.has_independent, row.is_favour) == (2, True, False)
    request.refresh_from_db()
    step = RequestStep.objects.get()
    assert request.status == "decided"
    assert (step.kind, step.text, step.opportunity) == ("decided", "It costs us most", opportunity)
    assert Event.objects.filter(verb="decided “Now” about").count() == 1


def test_a_favour_needs_its_reason_and_stays_one():
    opportunity, _ = _asked_by_one()
    decided = _decide(opportunity, favour_reason="The board asked for it")
    row = OpportunityDecision.objects.get()
    assert (decided.is_favour, row.is_favour, row.has_independent) == (True, True, False)
    assert row.favour_reason == "The board asked for it"


@pytest.mark.parametrize("decision", ["next", "later", "no"])
def test_the_other_decisions_need_a_reason_alone(decision):
    opportunity, request = _asked_by_one()
    with pytest.raises(NeedsReason):
        _decide(opportunity, decision, reason=" ")
    assert _decide(opportunity, decision).decision == decision
    request.refresh_from_db()
    declined = decision == "no"
    assert (request.status, request.outcome) == (
        ("closed", "declined") if declined else ("decided", "")
    )


def test_the_same_decision_twice_is_one():
    opportunity, _ = _asked_by_one()
    _decide(opportunity, "next")
    _decide(opportunity, "next")
    assert OpportunityDecision.objects.count() == RequestStep.objects.count() == 1


def test_the_slower_of_two_deciders_hears_of_it():
    opportunity, _ = _asked_by_one()
    _decide(opportunity, "next")
    with pytest.raises(Conflict):
        _decide(opportunity, "no", version=1)
    assert OpportunityDecision.objects.count() == 1


def test_another_decision_is_another_line_of_the_history():
    opportunity, _ = _asked_by_one()
    opportunity = _decide(opportunity, "next")
    opportunity = _decide(opportunity, "later", reason="Nobody is free")
    rows = OpportunityDecision.objects.order_by("pk").values_list("decision", "reason")
    assert list(rows) == [("next", "It costs us most"), ("later", "Nobody is free")]


def test_opened_again_the_requests_wait_again_and_read_why():
    opportunity, request = _asked_by_one()
    opportunity = _decide(opportunity, "no")
    reopen = {"reason": "Four more have asked", "by": UserFactory.create(), "now": LATER}
    with pytest.raises(NeedsReason):
        undecide(opportunity=opportunity, version=2, **(reopen | {"reason": ""}))
    with pytest.raises(Conflict):
        undecide(opportunity=opportunity, version=1, **reopen)
    opened = undecide(opportunity=opportunity, version=2, **reopen)
    undecide(opportunity=opportunity, version=2, **reopen)
    request.refresh_from_db()
    assert (opened.decision, opened.decision_reason, opened.decided_at) == ("", "", None)
    assert (request.status, request.outcome) == ("linked", "")
    steps = RequestStep.objects.order_by("pk").values_list("kind", "text")
    assert list(steps) == [("decided", "It costs us most"), ("reopened", "Four more have asked")]
    assert OpportunityDecision.objects.order_by("pk").last().decision == ""


def test_what_is_over_for_others_stays_over_and_silent():
    opportunity, kept = OpportunityFactory.create(), None
    for outcome in ("answered", "withdrawn", "duplicate"):
        request = RequestFactory.create(
            product=opportunity.product,
            status="closed",
            outcome=outcome,
            problem="x",
            duplicate_of=kept if outcome == "duplicate" else None,
        )
        kept = kept or request
        RequestLinkFactory.create(request=request, opportunity=opportunity)
    _decide(opportunity, "no")
    assert not RequestStep.objects.exists()


def test_a_duplicate_hears_what_the_kept_one_is_no_part_of():
    opportunity, twin = _asked_by_one()
    _, kept = _asked_by_one(product=opportunity.product)
    Request.objects.filter(pk=twin.pk).update(
        status="closed", outcome="duplicate", duplicate_of=kept
    )
    _decide(opportunity, "later")
    assert RequestStep.objects.get().request == twin
    assert Notice.objects.get().voice == twin.voices.get()


def test_an_interview_with_the_requester_is_no_independent_evidence():
    opportunity, request = _asked_by_one()
    note = FieldNoteFactory.create(user=request.voices.get().user, product=opportunity.product)
    EvidenceFactory.create(opportunity=opportunity, field_note=note)
    with pytest.raises(NotGated):
        _decide(opportunity)


@pytest.mark.parametrize("how", ["create", "update"])
def test_the_database_refuses_an_ungated_decision_and_a_now_without_one(how):
    opportunity, _ = _asked_by_one()
    ungated = {"decision": "now", "reason": "x", "people": 1, "has_independent": False}
    with pytest.raises(IntegrityError, match="now_is_gated"), transaction.atomic():
        OpportunityDecision.objects.create(opportunity=opportunity, at=NOW, **ungated)
    now = {"decision": "now", "decision_reason": "x"}
    new = {"product": opportunity.product, "problem": "y", "created_at": NOW, "changed_at": NOW}
    with transaction.atomic():
        if how == "update":
            Opportunity.objects.filter(pk=opportunity.pk).update(**now)
        else:
            Opportunity.objects.create(**new, **now)
        with pytest.raises(IntegrityError, match="without a decision that says so"):
            _end_of_transaction()
        transaction.set_rollback(True)


def _end_of_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS intake_check_now IMMEDIATE")


def test_an_old_gate_does_not_open_a_new_one():
    opportunity, request = _asked_by_one()
    joiner = VoiceFactory.create(request=request, kind="joiner")
    opportunity = _decide(opportunity)
    opportunity = _decide(opportunity, "later")
    joiner.left_at = LATER
    joiner.save()
    with pytest.raises(NotGated):
        _decide(opportunity)
    with transaction.atomic():
        Opportunity.objects.filter(pk=opportunity.pk).update(decision="now", decision_reason="x")
        with pytest.raises(IntegrityError, match="without a decision that says so"):
            _end_of_transaction()
        transaction.set_rollback(True)


def test_without_the_rule_the_database_still_refuses(monkeypatch):
    opportunity, _ = _asked_by_one()
    monkeypatch.setattr(deciding, "passes_gate", lambda *args, **kwargs: True)
    with pytest.raises(IntegrityError, match="intake_decision_now_is_gated"):
        _decide(opportunity)


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_one_decides():
    opportunity, _ = _asked_by_one()
    start, ends = threading.Barrier(2), []

    def decider(decision: str) -> None:
        start.wait()
        try:
            decide(
                opportunity=opportunity,
                version=1,
                decision=decision,
                reason=f"Because {decision}",
                by=None,
                now=LATER,
            )
            ends.append(decision)
        except Conflict:
            ends.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=decider, args=(which,)) for which in ("next", "no")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(ends), ends.count("conflict")) == (2, 1)
    assert OpportunityDecision.objects.count() == 1
    opportunity.refresh_from_db()
    assert opportunity.decision == OpportunityDecision.objects.get().decision
