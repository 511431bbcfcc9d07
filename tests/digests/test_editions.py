"""Editions are written once, when the first mail takes an issue, and never change again."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from digests.models import Edition, Issue
from digests.rules import Length
from digests.selectors.sheets import sheet_of
from digests.services.editions import Voice, lock_issues, preview
from stakeholders.rules import Plan
from tests.factories.digests import (
    DUE,
    MONDAY,
    IssueFactory,
    IssueItemFactory,
    ProductDigestFactory,
    facts_for,
)

WEEK = dt.timedelta(weeks=1)


def lock(*voices: Voice, now: dt.datetime = DUE):
    """What a batch of mails asks for."""
    return lock_issues(wanted=voices, now=now)


def text_of(issue: Issue, *, for_team: bool = False, weeks: int = 1) -> str:
    voice = Voice(issue.pk, Plan.NEWSLETTER, for_team, weeks)
    return lock(voice)[voice][Length.FULL].drawn.text


@pytest.mark.django_db
def test_the_first_mail_writes_all_lengths_and_locks_the_issue() -> None:
    issue = IssueItemFactory().issue
    voice = Voice(issue.pk, Plan.NEWSLETTER)
    parts = lock(voice)[voice]
    issue.refresh_from_db()
    assert issue.locked_at == DUE
    assert set(parts) == set(Length)
    for length, part in parts.items():
        edition = Edition.objects.get(pk=part.edition_id)
        assert (edition.plan, edition.length, edition.weeks) == ("newsletter", length, 1)
        assert (
            edition.text
            == part.drawn.text
            == preview(issue=issue, plan=Plan.NEWSLETTER, length=length).text
        )
        assert edition.made_at == DUE


@pytest.mark.django_db
def test_an_edition_never_changes() -> None:
    item = IssueItemFactory(title="New: Rosters can be copied.")
    before = text_of(item.issue)
    item.title = "New: Something else."
    item.save()
    assert "Something else" not in (after := text_of(item.issue))
    assert after == before
    assert Edition.objects.count() == 3


@pytest.mark.django_db
def test_another_form_is_written_when_somebody_wants_it() -> None:
    issue = IssueItemFactory().issue
    lock(Voice(issue.pk, Plan.NEWSLETTER))
    later = DUE + dt.timedelta(hours=9)
    voice = Voice(issue.pk, Plan.BRIEF)
    assert lock(voice, now=later)[voice][Length.LINE].plan is Plan.BRIEF
    issue.refresh_from_db()
    assert issue.locked_at == DUE
    assert Edition.objects.count() == 6


@pytest.mark.django_db
def test_a_preview_writes_nothing() -> None:
    issue = IssueItemFactory().issue
    preview(issue=issue, plan=Plan.BRIEF, length=Length.FULL)
    issue.refresh_from_db()
    assert issue.locked_at is None
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_what_is_for_the_team_is_in_its_editions_alone() -> None:
    issue = IssueItemFactory(title="New: For us.", audience="team").issue
    assert "For us" in text_of(issue, for_team=True)
    assert "For us" not in text_of(issue)


@pytest.mark.django_db
def test_hidden_items_are_left_out_and_pinned_ones_lead() -> None:
    issue = IssueFactory()
    IssueItemFactory(issue=issue, title="New: Heavy.", weight=90)
    IssueItemFactory(issue=issue, title="New: Pinned.", weight=1, is_pinned=True)
    IssueItemFactory(issue=issue, title="New: Hidden.", is_hidden=True, hidden_reason="Not yet")
    IssueItemFactory(issue=issue, title="New: Dull.", wording="New: In my words.", weight=50)
    words = [entry.words for entry in sheet_of(issue).entries]
    assert words == ["New: Pinned.", "New: Heavy.", "New: In my words."]
    assert "Hidden" not in text_of(issue)


@pytest.mark.django_db
def test_links_only_says_nothing_else() -> None:
    issue = IssueItemFactory().issue
    ProductDigestFactory(product=issue.product, links_only=True)
    assert "Rosters" not in text_of(issue)
    assert issue.product.name in text_of(issue)


@pytest.mark.django_db
def test_several_weeks_hold_what_happened_in_them_each_thing_once() -> None:
    product = (newest := IssueFactory()).product
    for weeks_ago, title in (
        (1, "New: Last week."),
        (3, "New: Three weeks ago."),
        (4, "New: Old."),
    ):
        former = IssueFactory(product=product, week=MONDAY - weeks_ago * WEEK)
        IssueItemFactory(issue=former, title=title)
        IssueItemFactory(issue=former, key="release:same", title=f"New: Said {weeks_ago}.")
        IssueItemFactory(issue=former, key="release:gone", title="New: Gone.")
        IssueItemFactory(issue=former, title=f"New: Pin {weeks_ago}.", is_pinned=True, weight=0)
    IssueItemFactory(issue=newest, key="release:same", title="New: Said now.")
    IssueItemFactory(
        issue=newest, key="release:gone", title="New: Gone.", is_hidden=True, hidden_reason="Wrong"
    )
    other = IssueItemFactory(issue__week=MONDAY - WEEK, title="New: Another product.").issue
    text = text_of(newest, weeks=4)
    for told in ("Last week", "Three weeks ago", "Said now", "Pin 1", "Pin 3"):
        assert told in text
    for untold in ("Old.", "Said 1", "Gone", "Pin 4", "Another"):
        assert untold not in text
    assert not any(entry.is_pinned for entry in sheet_of(newest, 4).entries)
    assert "Last week" in text_of(newest, weeks=2)
    assert "Three weeks" not in text_of(newest, weeks=2)
    assert "Last week" not in text_of(newest)
    assert other.locked_at is None


@pytest.mark.django_db
def test_statements_do_not_depend_on_the_number_of_issues() -> None:
    def statements(count: int) -> tuple[int, int]:
        voices = [
            Voice(IssueItemFactory().issue.pk, plan, weeks=weeks)
            for _ in range(count)
            for plan in Plan
            for weeks in (1, 4)
        ]
        with CaptureQueriesContext(
            connection,
        ) as first:
            lock_issues(wanted=voices, now=DUE)
        with CaptureQueriesContext(connection) as again:
            lock_issues(wanted=voices, now=DUE)
        return len(first), len(again)

    assert statements(1) == statements(7)
    assert statements(2)[1] <= 3


@pytest.mark.django_db
def test_editions_that_are_there_are_read_without_waiting() -> None:
    voice = Voice(IssueItemFactory().issue.pk, Plan.BRIEF)
    lock(voice)
    with CaptureQueriesContext(connection) as queries:
        lock(voice)
    assert not any("FOR UPDATE" in query["sql"] for query in queries)


@pytest.mark.django_db
def test_of_the_editions_only_those_are_read_that_are_wanted() -> None:
    """A batch of mails reads them each time: neither the facts nor what others get."""
    issue = IssueItemFactory().issue
    lock(*(Voice(issue.pk, plan, team) for plan in Plan for team in (False, True)))
    lock(Voice(issue.pk, Plan.NEWSLETTER, weeks=2))
    read: list[Edition] = []
    wanted = Voice(issue.pk, Plan.NEWSLETTER)
    post_init.connect(receiver := lambda instance, **_: read.append(instance), sender=Edition)
    try:
        with CaptureQueriesContext(connection) as queries:
            parts = lock(wanted)[wanted]
    finally:
        post_init.disconnect(receiver, sender=Edition)
    assert {edition.pk for edition in read} == {part.edition_id for part in parts.values()}
    assert not any('"facts"' in query["sql"] for query in queries)


@pytest.mark.django_db
def test_nobody_waits_for_nothing() -> None:
    assert lock_issues(wanted=[], now=DUE) == {}


@pytest.mark.django_db
def test_an_issue_of_a_former_release_can_be_drawn() -> None:
    """Facts that knew less than today's are read with what is missing left out."""
    issue = IssueItemFactory().issue
    kept = ("product_id", "name", "slug", "url", "day")
    issue.facts = {key: facts_for(issue.product)[key] for key in kept}
    issue.save()
    for plan in Plan:
        assert preview(issue=issue, plan=plan, length=Length.FULL).text


@pytest.mark.django_db(transaction=True)
def test_two_that_come_at_once_hold_the_same_editions() -> None:
    voice = Voice(IssueItemFactory().issue.pk, Plan.NEWSLETTER)
    found: list[dict[Length, int]] = []
    barrier = threading.Barrier(2)

    def take() -> None:
        barrier.wait(timeout=20)
        try:
            with transaction.atomic():
                parts = lock(voice)[voice]
            found.append({length: part.edition_id for length, part in parts.items()})
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found[0] == found[1]
    assert Edition.objects.count() == 3
