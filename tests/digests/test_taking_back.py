"""What a team takes back between Friday and Monday is not told on Monday."""

from __future__ import annotations

import pytest

from digests.models import IssueItem
from digests.rules.weeks import Week
from digests.selectors.sheets import sheet_of
from digests.selectors.taken_back import still_told
from digests.services.drafting import draft_issues
from portfolio.services import delete_release, withdraw_release
from tests.factories.accounts import UserFactory
from tests.factories.digests import DRAFTED, FRIDAY, MONDAY, IssueFactory, IssueItemFactory
from tests.factories.health import make_product
from tests.factories.portfolio import ReleaseFactory

pytestmark = pytest.mark.django_db


def drafted(**values):
    """A note of the week, and its item."""
    note = ReleaseFactory(product=make_product(), day=FRIDAY.replace(day=25), **values)
    draft_issues(week=Week(MONDAY), now=DRAFTED)
    return note, IssueItem.objects.get(key=f"release:{note.pk}")


def told(item):
    return [entry.key for entry in sheet_of(item.issue).entries]


@pytest.mark.parametrize("kind", ["new", "win", "lesson"])
def test_withdrawn(kind):
    note, item = drafted(kind=kind)
    assert told(item) == [item.key]
    withdraw_release(release=note, by=UserFactory(), now=DRAFTED)
    assert told(item) == []


def test_made_the_teams_own():
    note, item = drafted()
    type(note).objects.filter(pk=note.pk).update(audience="team")
    assert told(item) == []


def test_a_note_of_the_team_stays_the_teams_though_it_is_for_everybody_now():
    note, item = drafted(audience="team")
    assert still_told([item]) == [item]
    type(note).objects.filter(pk=note.pk).update(audience="everyone")
    assert still_told([item]) == [item]
    assert item.audience == "team"
    type(note).objects.filter(pk=note.pk).update(audience="team", published_at=None)
    assert still_told([item]) == []


def test_deleted_from_every_draft_but_not_from_what_went_out():
    note, item = drafted()
    sent = IssueItemFactory(
        issue=IssueFactory(product=note.product, week=MONDAY.replace(day=23), locked_at=DRAFTED),
        key=item.key,
    )
    other = IssueItemFactory(issue=item.issue, key=f"release:{note.pk}1")
    delete_release(release=note, by=UserFactory(), now=DRAFTED)
    assert list(IssueItem.objects.order_by("pk")) == sorted([sent, other], key=lambda one: one.pk)


def test_other_items_are_not_asked_about(django_assert_num_queries):
    items = [IssueItemFactory(kind="kpi", key="kpi:1"), IssueItemFactory(kind="risk", key="risk:1")]
    with django_assert_num_queries(0):
        assert still_told(items) == items
