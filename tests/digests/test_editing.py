"""What the product manager may do with a draft, until it goes."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from core.versions import Conflict
from digests.models import Issue, IssueItem
from digests.services import editing
from digests.services.changing import Locked
from tests.factories.accounts import UserFactory
from tests.factories.digests import DRAFTED, IssueFactory, IssueItemFactory

pytestmark = pytest.mark.django_db

ISSUE = {
    "write_note": {"note": "A good week."},
    "approve_issue": {},
    "take_back_approval": {},
}
ITEM = {
    "pin_item": {},
    "unpin_item": {},
    "hide_item": {"reason": "The meter broke."},
    "show_item": {},
    "word_item": {"wording": "Fewer came."},
}
# What has to stand before, so that the change changes something.
READY = {
    "take_back_approval": {"approved_at": DRAFTED},
    "unpin_item": {"is_pinned": True},
    "show_item": {"is_hidden": True, "hidden_reason": "Not now."},
}
EVERY = {**ISSUE, **ITEM}


def ready(name):
    """An issue with one item, ready for this change."""
    before = READY.get(name, {})
    issue = IssueFactory(**(before if name in ISSUE else {}))
    return IssueItemFactory(issue=issue, **(before if name in ITEM else {}))


def change(name, item, version=1, **values):
    subject = {"issue": item.issue} if name in ISSUE else {"item": item}
    given = {**EVERY[name], **values}
    by = UserFactory()
    return getattr(editing, name)(**subject, version=version, by=by, now=DRAFTED, **given)


def stands():
    return list(Issue.objects.values()), list(IssueItem.objects.values())


@pytest.mark.parametrize("name", EVERY)
def test_a_change_counts_the_version_up_and_twice_is_once(name):
    item = ready(name)
    before = stands()
    assert change(name, item).version == 2
    once = stands()
    assert once != before
    assert change(name, item).version == 2
    if name != "approve_issue":
        assert stands() == once


@pytest.mark.parametrize("name", EVERY)
def test_whoever_was_slower_changes_nothing(name):
    item = ready(name)
    Issue.objects.update(version=3)
    before = stands()
    with pytest.raises(Conflict) as raised:
        change(name, item, version=2)
    assert raised.value.theirs == item.issue
    assert stands() == before


@pytest.mark.parametrize("name", EVERY)
def test_what_has_gone_out_is_not_changed(name):
    item = ready(name)
    Issue.objects.update(locked_at=DRAFTED)
    before = stands()
    with pytest.raises(Locked):
        change(name, item)
    assert stands() == before


@pytest.mark.parametrize("name", EVERY)
def test_what_is_gone_is_gone(name):
    item = ready(name)
    (item.issue if name in ISSUE else IssueItem.objects.get(pk=item.pk)).delete()
    with pytest.raises(Issue.DoesNotExist):
        change(name, item)


@pytest.mark.parametrize("name", [name for name in EVERY if name != "approve_issue"])
def test_an_approval_is_of_what_stood_then(name):
    item = ready(name)
    Issue.objects.update(approved_at=DRAFTED, approved_by=UserFactory())
    issue = change(name, item)
    assert (issue.approved_at, issue.approved_by) == (None, None)


def test_who_approved_and_when():
    item = ready("approve_issue")
    issue = change("approve_issue", item)
    assert issue.approved_at == DRAFTED
    assert issue.approved_by is not None


def test_red_can_be_worded_and_pinned_but_not_left_out():
    item = IssueItemFactory(kind="kpi", is_red=True)
    with pytest.raises(editing.RedIsTold):
        change("hide_item", item)
    change("word_item", item)
    change("pin_item", item, version=2)
    item.refresh_from_db()
    assert (item.wording, item.is_pinned, item.is_hidden) == ("Fewer came.", True, False)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_left_out_with_a_reason_alone(reason):
    with pytest.raises(editing.NeedsReason):
        change("hide_item", ready("hide_item"), reason=reason)


def test_pinned_or_left_out_but_not_both():
    item = ready("pin_item")
    change("pin_item", item)
    change("hide_item", item, version=2)
    item.refresh_from_db()
    assert (item.is_pinned, item.is_hidden) == (False, True)
    change("pin_item", item, version=3)
    item.refresh_from_db()
    assert (item.is_pinned, item.is_hidden, item.hidden_reason) == (True, False, "")


def test_no_words_are_the_words_of_the_draft():
    item = ready("word_item")
    change("word_item", item, wording="  Fewer\n came. ")
    item.refresh_from_db()
    assert str(item) == "Fewer came."
    change("word_item", item, version=2, wording="")
    item.refresh_from_db()
    assert str(item) == item.title


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told():
    item = ready("write_note")
    barrier, outcomes = threading.Barrier(2), []

    def run(note):
        try:
            barrier.wait()
            change("write_note", item, note=note)
            outcomes.append("saved")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[note]) for note in ("One.", "Two.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["conflict", "saved"]
    assert Issue.objects.get().version == 2
