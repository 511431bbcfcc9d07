"""Issues: drafted once, drafted anew, for which products (domain.md §6)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from digests.models import Issue, IssueItem
from digests.rules.facts import Facts
from digests.rules.weeks import Week
from digests.services.changing import Locked
from digests.services.drafting import TooEarly, draft_issues, redraft_issue
from digests.services.editing import approve_issue, hide_item, pin_item, word_item, write_note
from tests.factories.accounts import UserFactory
from tests.factories.digests import (
    DRAFTED,
    FRIDAY,
    MONDAY,
    IssueFactory,
    ProductDigestFactory,
    steadily,
)
from tests.factories.health import make_kpi, make_product
from tests.factories.portfolio import ReleaseFactory

WEEK = Week(MONDAY)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
WEDNESDAY = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def telling(**values):
    """A product with a release of the week."""
    product = make_product(**values)
    ReleaseFactory(product=product, day=WEDNESDAY.date(), published_at=WEDNESDAY, title="Copies")
    return product


def drafted(product, **values):
    draft_issues(week=WEEK, now=DRAFTED, product_ids=[product.pk])
    return Issue.objects.get(product=product)


def everything():
    issues = list(Issue.objects.order_by("pk").values())
    return issues, list(IssueItem.objects.order_by("pk").values())


def test_an_issue_with_its_facts_and_items():
    product = telling(mission="Plans that hold")
    assert draft_issues(week=WEEK, now=DRAFTED) == 1
    issue = Issue.objects.get()
    assert (issue.product, issue.week, issue.drafted_at) == (product, MONDAY, DRAFTED)
    assert (issue.version, issue.note, issue.approved_at, issue.locked_at) == (1, "", None, None)
    facts = Facts.from_dict(issue.facts)
    assert (facts.name, facts.mission, facts.day) == (product.name, "Plans that hold", FRIDAY)
    item = issue.items.get()
    assert (item.title, item.kind, item.day) == ("New: Copies.", "release", WEDNESDAY.date())
    assert item.data["title"] == "Copies"
    assert item.is_material
    assert not (item.is_pinned or item.is_hidden or item.is_red)


def test_twice_is_once():
    telling()
    make_product()
    assert draft_issues(week=WEEK, now=DRAFTED) == 2
    once = everything()
    ReleaseFactory(product=telling(archived_on=FRIDAY), day=WEDNESDAY.date())
    assert draft_issues(week=WEEK, now=DRAFTED + DAY) == 0
    assert everything() == once


@pytest.mark.django_db(transaction=True)
def test_at_once_is_once():
    products = [telling() for _ in range(3)]
    barrier, made, failures = threading.Barrier(4), [], []

    def run():
        try:
            barrier.wait()
            made.append(draft_issues(week=WEEK, now=DRAFTED))
        except Exception as error:  # noqa: BLE001  # told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert sum(made) == 3
    assert Issue.objects.count() == 3
    assert sorted(IssueItem.objects.values_list("issue__product_id", flat=True)) == sorted(
        product.pk for product in products
    )


def test_which_products_get_one():
    live, paused = make_product(), make_product()
    later, gone = make_product(archived_on=FRIDAY + DAY), make_product(archived_on=FRIDAY)
    retired = make_product(stage="retired")
    linked = make_product()
    ProductDigestFactory(product=paused, is_paused=True)
    ProductDigestFactory(product=linked, links_only=True)
    draft_issues(week=WEEK, now=DRAFTED)
    assert set(Issue.objects.values_list("product_id", flat=True)) == {
        *(live.pk, later.pk, retired.pk, linked.pk)
    }
    assert draft_issues(week=WEEK, now=DRAFTED, product_ids=[paused.pk, gone.pk]) == 0


def test_only_those_that_were_asked_for():
    one, other = make_product(), make_product()
    assert draft_issues(week=WEEK, now=DRAFTED, product_ids=[one.pk]) == 1
    assert draft_issues(week=WEEK, now=DRAFTED, product_ids=[]) == 0
    assert not Issue.objects.filter(product=other).exists()


def test_in_chunks(monkeypatch):
    monkeypatch.setattr("digests.services.drafting.CHUNK", 2)
    for _ in range(5):
        telling()
    assert draft_issues(week=WEEK, now=DRAFTED) == 5
    assert IssueItem.objects.count() == 5


def test_nobody_knows_the_week_before_its_friday():
    make_product()
    with pytest.raises(TooEarly):
        draft_issues(week=WEEK, now=DRAFTED - SECOND)
    assert not Issue.objects.exists()


def test_what_hostile_text_says_stays_text():
    hostile = 'a\\"{},NULL\u2028</script>' + "\U0001f469\u200d\U0001f680" * 30
    product = telling(slug="hostile", name=hostile[:60], mission="\\u0041'; --")
    issue = drafted(product)
    facts = Facts.from_dict(issue.facts)
    assert (facts.name, facts.mission) == (hostile[:60], "\\u0041'; --")


# Drafted anew -------------------------------------------------------------------------------------


def test_a_new_draft_keeps_what_the_manager_did():
    product, by = telling(), UserFactory()
    kpis = {code: make_kpi(product, code) for code in ("hidden", "gone", "pinned")}
    for kpi in kpis.values():
        steadily(kpi, 50, 90)
    issue = drafted(product)
    given = {"by": by, "now": DRAFTED}
    issue = write_note(issue=issue, version=1, note="A good week.", **given)
    items = {code: issue.items.get(key=f"kpi:{kpi.pk}") for code, kpi in kpis.items()}
    issue = pin_item(item=items["pinned"], version=2, **given)
    issue = word_item(item=items["pinned"], version=3, wording="Fewer came.", **given)
    issue = hide_item(item=items["hidden"], version=4, reason="The meter broke.", **given)
    kpis["gone"].delete()
    for code in ("hidden", "pinned"):
        kpis[code].measurements.filter(date=FRIDAY).update(value=40)
    late = ReleaseFactory(product=product, day=WEDNESDAY.date(), published_at=WEDNESDAY)

    issue = redraft_issue(issue=issue, by=by, now=DRAFTED + DAY)

    assert (issue.note, issue.version, issue.drafted_at) == ("A good week.", 6, DRAFTED + DAY)
    found = {item.key: item for item in issue.items.all()}
    pinned, hidden = (found[f"kpi:{kpis[code].pk}"] for code in ("pinned", "hidden"))
    assert (pinned.pk, pinned.is_pinned, pinned.wording) == (
        items["pinned"].pk,
        True,
        "Fewer came.",
    )
    assert "to 40 in a week" in pinned.title
    assert (hidden.is_hidden, hidden.hidden_reason) == (True, "The meter broke.")
    assert f"kpi:{kpis['gone'].pk}" not in found
    assert f"release:{late.pk}" in found
    lines = {line.code: line.value for line in Facts.from_dict(issue.facts).kpis}
    assert lines == {"hidden": 40, "pinned": 40}


def test_what_is_red_by_now_is_told():
    product, by = make_product(), UserFactory()
    kpi = make_kpi(product, is_guardrail=True)
    steadily(kpi, 50, 90)
    issue = drafted(product)
    item = issue.items.get(kind="kpi")
    hide_item(item=item, version=1, reason="Not now.", by=by, now=DRAFTED)
    kpi.measurements.filter(date=FRIDAY).update(value=10)
    redraft_issue(issue=issue, by=by, now=DRAFTED)
    item.refresh_from_db()
    assert (item.is_red, item.is_hidden, item.hidden_reason) == (True, False, "")


def test_an_approval_was_of_the_draft_before():
    issue, by = drafted(telling()), UserFactory()
    approve_issue(issue=issue, version=1, by=by, now=DRAFTED)
    issue = redraft_issue(issue=issue, by=by, now=DRAFTED)
    assert (issue.approved_at, issue.approved_by) == (None, None)


def test_what_has_gone_out_is_never_touched():
    product = telling()
    issue = IssueFactory(product=product, locked_at=DRAFTED)
    before = everything()
    assert draft_issues(week=WEEK, now=DRAFTED) == 0
    with pytest.raises(Locked):
        redraft_issue(issue=issue, by=None, now=DRAFTED)
    assert everything() == before


def test_a_draft_anew_of_what_was_archived_meanwhile_changes_nothing():
    product = telling()
    issue = drafted(product)
    before = everything()
    type(product).objects.filter(pk=product.pk).update(archived_on=FRIDAY)
    redraft_issue(issue=issue, by=None, now=DRAFTED + DAY)
    assert everything() == before
