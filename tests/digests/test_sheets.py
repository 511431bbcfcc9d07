"""Several weeks on one sheet: of each thing what was worth a mail, and what stands now."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from digests.models import Issue
from digests.rules.sheet import Entry, is_material
from digests.selectors.sheets import sheet_of
from stakeholders.rules import Plan
from tests.factories.digests import MONDAY, IssueFactory, IssueItemFactory

pytestmark = pytest.mark.django_db
HIDDEN = {"is_hidden": True, "hidden_reason": "Wrong."}


def two_weeks(former: dict[str, Any], newest: dict[str, Any], kind: str = "kpi") -> Issue:
    """A thing that is told in two issues: material in the first, as a rule not in the second."""
    issue = IssueFactory()
    earlier = IssueFactory(product=issue.product, week=MONDAY - dt.timedelta(weeks=1))
    IssueItemFactory(issue=earlier, key="it", kind=kind, title="It moved.", **former)
    values = {"is_material": False, "title": "It hardly moved."} | newest
    IssueItemFactory(issue=issue, key="it", kind=kind, **values)
    return issue


def only(issue: Issue) -> Entry:
    [entry] = sheet_of(issue, 2).entries
    return entry


@pytest.mark.parametrize("kind", ["kpi", "risk"])
def test_what_was_material_in_any_week_is_told(kind: str) -> None:
    issue = two_weeks({"data": {"severity": 3}}, {"data": {"severity": 3}}, kind)
    assert (only(issue).words, is_material(Plan.BRIEF, [only(issue)])) == ("It moved.", True)
    [alone] = sheet_of(issue).entries
    assert not is_material(Plan.BRIEF, [alone])


def test_of_two_that_are_material_the_newest_is_told() -> None:
    assert only(two_weeks({}, {"is_material": True})).words == "It hardly moved."


@pytest.mark.parametrize("newest", [{"is_red": True}, {"is_pinned": True}, {"wording": "So."}])
def test_the_newest_speaks_for_itself_and_is_worth_a_mail(newest: dict[str, Any]) -> None:
    entry = only(two_weeks({}, newest))
    assert entry.words == newest.get("wording", "It hardly moved.")
    assert entry.is_material
    assert entry.is_red is newest.get("is_red", False)


def test_a_guardrail_that_has_left_the_red_is_not_told_as_red() -> None:
    entry = only(two_weeks({"is_red": True}, {}))
    assert (entry.words, entry.is_red, entry.is_material) == ("It hardly moved.", False, True)


def test_what_was_left_out_stays_out() -> None:
    entry = only(two_weeks(HIDDEN, {}))
    assert (entry.words, entry.is_material) == ("It hardly moved.", False)
    assert sheet_of(two_weeks({}, HIDDEN), 2).entries == ()
