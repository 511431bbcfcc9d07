"""What a team does with a request: what is written, what is told, and what is refused."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from core.versions import Conflict
from intake.models import Request
from intake.services import triage
from intake.services.requests import IsClosed
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.intake import NOW, OpportunityFactory, RequestFactory, RequestLinkFactory
from tests.factories.portfolio import MembershipFactory

pytestmark = pytest.mark.django_db

LATER = NOW + dt.timedelta(hours=1)
TODAY = NOW.date()
PROBLEM = "Rosters change after people have planned their week."


@pytest.fixture
def request_():
    return RequestFactory()


@pytest.fixture
def ana(request_):
    return MembershipFactory(product=request_.product, role="manager").user


def told(request):
    return [
        (step.kind, step.text, step.is_internal, step.by_id)
        for step in request.steps.order_by("at", "pk")
    ]


# ---- understand --------------------------------------------------------------


def test_understood_is_what_has_a_problem_statement(request_, ana):
    row = triage.understand(request=request_, version=1, problem=PROBLEM, by=ana, now=LATER)

    assert (row.status, row.problem, row.changed_at) == ("understood", PROBLEM, LATER)
    assert told(request_) == [("understood", PROBLEM, False, ana.pk)]


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_nothing_is_understood_without_a_problem(request_, ana, nothing):
    with pytest.raises(triage.NoWords):
        triage.understand(request=request_, version=1, problem=nothing, by=ana, now=LATER)

    assert (Request.objects.get().status, told(request_)) == ("new", [])


def test_the_same_form_twice_understands_once(request_, ana):
    for _ in range(2):
        triage.understand(request=request_, version=1, problem=PROBLEM, by=ana, now=LATER)

    assert len(told(request_)) == 1


def test_saying_the_problem_better_leaves_the_status(ana, request_):
    row = triage.understand(request=request_, version=1, problem=PROBLEM, by=ana, now=LATER)
    RequestLinkFactory(request=row, opportunity=OpportunityFactory(product=row.product))
    Request.objects.update(status="linked")

    row = triage.understand(
        request=row, version=row.version, problem="Said better.", by=ana, now=LATER
    )

    assert (row.status, row.problem) == ("linked", "Said better.")


def test_whoever_is_slower_is_told(request_, ana):
    row = triage.understand(request=request_, version=1, problem=PROBLEM, by=ana, now=LATER)

    with pytest.raises(Conflict) as refusal:
        triage.understand(request=request_, version=1, problem="Mine.", by=ana, now=LATER)

    assert refusal.value.theirs.problem == PROBLEM
    assert row.steps.count() == 1


def test_understanding_ends_a_snooze_and_a_question(ana, request_):
    row = triage.ask_back(request=request_, version=1, question="Which shop?", by=ana, now=NOW)
    row = triage.snooze(
        request=row,
        version=row.version,
        until=TODAY + dt.timedelta(days=3),
        reason="x",
        by=ana,
        now=NOW,
    )

    row = triage.understand(request=row, version=row.version, problem=PROBLEM, by=ana, now=LATER)

    assert (row.needs_info, row.snoozed_until) == (False, None)


# ---- answer and reopen -------------------------------------------------------


def test_an_answer_closes_and_decides_nothing(request_, ana):
    row = triage.answer(request=request_, version=1, text="Use the export.", by=ana, now=LATER)

    assert (row.status, row.outcome, row.answer, row.closed_at) == (
        "closed", "answered", "Use the export.", LATER,
    )  # fmt: skip
    assert told(row) == [("answered", "Use the export.", False, ana.pk)]


def test_the_same_answer_twice_answers_once(request_, ana):
    for _ in range(2):
        triage.answer(request=request_, version=1, text="Use the export.", by=ana, now=LATER)

    assert len(told(request_)) == 1


def test_what_an_opportunity_decided_is_not_answered_otherwise(ana, request_):
    Request.objects.update(status="decided", problem=PROBLEM)

    with pytest.raises(triage.IsDecided):
        triage.answer(request=request_, version=1, text="No.", by=ana, now=LATER)


@pytest.mark.parametrize(
    ("problem", "has_link", "status"),
    [("", False, "new"), (PROBLEM, False, "understood"), (PROBLEM, True, "linked")],
)
def test_opened_again_it_stands_where_it_belongs(request_, ana, problem, has_link, status):
    Request.objects.update(
        status="closed", outcome="answered", answer="Use it.", problem=problem, closed_at=NOW
    )
    if has_link:
        RequestLinkFactory(
            request=request_, opportunity=OpportunityFactory(product=request_.product)
        )

    row = triage.reopen(request=request_, version=1, by=ana, now=LATER)

    assert (row.status, row.outcome, row.answer, row.closed_at) == (status, "", "", None)
    assert told(row) == [("reopened", "", False, ana.pk)]


@pytest.mark.parametrize("outcome", ["withdrawn", "declined", "shipped", "duplicate"])
def test_only_answers_are_taken_back_by_hand(request_, ana, outcome):
    Request.objects.update(status="closed", outcome=outcome, closed_at=NOW)

    with pytest.raises(triage.NotAnswered):
        triage.reopen(request=request_, version=1, by=ana, now=LATER)


# ---- ask back, snooze --------------------------------------------------------


def test_asking_back_waits_for_those_behind_it(request_, ana):
    row = triage.ask_back(request=request_, version=1, question="Which shop?", by=ana, now=LATER)

    assert (row.status, row.question, row.needs_info) == ("new", "Which shop?", True)
    assert told(row) == [("asked", "Which shop?", False, ana.pk)]


def test_a_snooze_is_the_teams_own_business(request_, ana):
    until = TODAY + dt.timedelta(days=7)

    row = triage.snooze(
        request=request_, version=1, until=until, reason="After the move.", by=ana, now=LATER
    )

    assert (row.snoozed_until, row.status) == (until, "new")
    assert told(row) == [("snoozed", "After the move.", True, ana.pk)]
    row = triage.unsnooze(request=row, version=row.version, by=ana, now=LATER)
    assert row.snoozed_until is None


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_snooze_ends_ahead_and_not_never(request_, ana, days):
    with pytest.raises(triage.NotAhead):
        triage.snooze(
            request=request_,
            version=1,
            until=TODAY + dt.timedelta(days=days),
            reason="x",
            by=ana,
            now=NOW,
        )


@pytest.mark.parametrize("outcome", ["withdrawn", "answered", "declined", "shipped", "duplicate"])
def test_nothing_happens_to_a_closed_request(request_, ana, outcome):
    Request.objects.update(status="closed", outcome=outcome, closed_at=NOW)
    until = TODAY + dt.timedelta(days=3)
    common = {"request": request_, "version": 1, "by": ana, "now": NOW}

    for attempt in (
        lambda: triage.understand(problem=PROBLEM, **common),
        lambda: triage.answer(text="No.", **common),
        lambda: triage.ask_back(question="Which?", **common),
        lambda: triage.snooze(until=until, reason="x", **common),
    ):
        with pytest.raises(IsClosed):
            attempt()

    assert told(request_) == []


# ---- assign, private ---------------------------------------------------------


def test_only_the_team_looks_after_a_request(request_, ana):
    row = triage.assign(request=request_, version=1, assignee=ana, by=ana, now=LATER)
    assert row.assignee == ana

    with pytest.raises(triage.NotOfTeam):
        triage.assign(request=row, version=row.version, assignee=UserFactory(), by=ana, now=LATER)
    administrator = AdministratorFactory()
    row = triage.assign(request=row, version=row.version, assignee=administrator, by=ana, now=LATER)
    row = triage.assign(request=row, version=row.version, assignee=None, by=ana, now=LATER)
    assert (row.assignee, told(row)) == (None, [])


def test_private_is_private_and_back(request_, ana):
    row = triage.set_private(request=request_, version=1, is_private=True, by=ana, now=LATER)
    assert row.is_private

    with pytest.raises(Conflict):
        triage.set_private(request=row, version=1, is_private=False, by=ana, now=LATER)


# ---- two at once -------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told_of_the_other():
    request = RequestFactory()
    ana = MembershipFactory(product=request.product).user
    outcomes = []
    together = threading.Barrier(2)

    def try_it(problem):
        try:
            together.wait(timeout=20)
            triage.understand(request=request, version=1, problem=problem, by=ana, now=LATER)
            outcomes.append("written")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[word]) for word in ("One.", "Two.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["told", "written"]
    assert request.steps.count() == 1
