"""The page of the issue to come: what it shows to whom, at which cost."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from digests.models import Issue
from digests.services.telling import set_way
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.digests import (
    DUE,
    MONDAY,
    EditionFactory,
    IssueFactory,
    IssueItemFactory,
    SubscriptionFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

SATURDAY = dt.datetime(2026, 11, 28, 10, 0, tzinfo=dt.UTC)
WEDNESDAY = dt.datetime(2026, 12, 2, 10, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(SATURDAY, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def pm(client, product):
    user = UserFactory(name="Dana Reyes", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    client.force_login(user)
    return user


@pytest.fixture
def contributor(product):
    user = UserFactory(name="Kofi")
    MembershipFactory(user=user, product=product, role="contributor")
    return user


@pytest.fixture
def issue(product):
    found = IssueFactory(product=product)
    IssueItemFactory(issue=found, title="New: Rosters can be copied.", key="release:1")
    return found


def page(client, path="/products/shift-planner/digest/", status=200):
    response = client.get(path)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def words(soup):
    return " ".join(soup.select_one("main").get_text(" ").split())


def test_it_says_when_it_goes_out_and_that_nothing_is_left_to_do(client, pm, issue):
    PlacementFactory(product=issue.product)
    said = words(page(client))
    assert "Digest for Monday 30 November Draft" in said
    assert (
        "Goes out on Monday 30 November at 09:00 in each reader’s time zone; nothing else to do."
        in said
    )
    assert "Drafted on Friday 27 November from what happened 20 Nov to 26 Nov." in said
    assert "1 reader ." in said
    assert "New: Rosters can be copied." in said


def test_nobody_reads_it_yet(client, pm, issue):
    assert "It would go out on Monday 30 November, but nobody reads it yet." in words(page(client))


def test_the_viewer_is_never_counted_nor_listed(client, pm, issue):
    PlacementFactory(product=issue.product, person=PersonFactory(user=pm, email=pm.email))
    assert "no readers" in words(page(client))
    listed = page(client, "/products/shift-planner/digest/readers/")
    assert "Nobody reads it yet" in words(listed)


def test_contributors_read_without_readers_and_without_forms(
    client, pm, contributor, issue, django_assert_max_num_queries
):
    PlacementFactory(product=issue.product)
    client.force_login(contributor)
    with django_assert_max_num_queries(40) as seen:
        soup = page(client)
    assert soup.select("main form[method=post]:not(#bookmarks)") == []
    assert "1 reader" not in words(soup)
    assert not [query for query in seen if "stakeholders_placement" in query["sql"]]
    path = reverse("digests:issue_readers", args=["shift-planner"])
    assert client.get(path).status_code == 403


def test_items_stand_by_kind_with_what_is_material_first(client, pm, issue):
    IssueItemFactory(issue=issue, kind="kpi", key="kpi:1", weight=99, is_material=False)
    IssueItemFactory(issue=issue, kind="kpi", key="kpi:2", weight=50, is_red=True, title="Errors")
    IssueItemFactory(issue=issue, kind="release", key="release:2", is_pinned=True, title="First")
    IssueItemFactory(
        issue=issue, kind="risk", key="risk:1", is_hidden=True, hidden_reason="Told before."
    )
    panel = page(client).select_one("#issue-items")
    assert [one.text for one in panel.select("h4")] == ["KPIs", "Releases", "Left out"]
    titles = [one.get_text() for one in panel.select(".desk-words a")]
    assert titles[0] == "Errors"
    assert titles[2] == "First"
    assert "5 things" not in words_of(panel)
    assert "4 things, 3 material, 1 left out." in words_of(panel)
    assert "Left out: Told before." in words_of(panel)


def words_of(soup):
    return " ".join(soup.get_text(" ").split())


def test_a_red_guardrail_can_be_worded_but_not_hidden(client, pm, issue):
    issue.items.all().delete()
    item = IssueItemFactory(issue=issue, kind="kpi", key="kpi:1", is_red=True)
    row = page(client).select_one(f"#item-{item.pk}")
    assert row.select_one("form[action$='/word/']")
    assert not row.select_one("form[action*='/hide/']")
    assert "always told" in words_of(row)


def test_the_switches_are_links_that_keep_each_other(client, pm, issue):
    soup = page(client, "/products/shift-planner/digest/?scheme=dark&part=text")
    switches = {
        group["aria-label"]: {one.text: one["href"] for one in group.select("a")}
        for group in soup.select(".desk-switch")
    }
    assert list(switches) == ["Window", "Part", "Colours", "Length"]
    assert switches["Window"]["Desktop"].endswith(
        "/digest/?width=desktop&part=text&scheme=dark#issue-variants"
    )
    assert switches["Colours"]["Light"].endswith("/digest/?part=text#issue-variants")
    current = [one.text for one in soup.select(".desk-switch [aria-current]")]
    assert current == ["Phone", "Text", "Dark", "Full"]
    assert all("scheme=dark" in frame["src"] for frame in soup.select("iframe"))


def test_three_letters_in_frames_that_may_do_nothing(client, pm, issue):
    frames = page(client).select("iframe")
    assert [frame["title"] for frame in frames] == [
        "Executive brief: the mail",
        "Roadmap digest: the mail",
        "Newsletter: the mail",
    ]
    assert [list(frame["sandbox"]) for frame in frames] == [[], [], []]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("plan=newsletter", "Rosters can be copied"),
        ("plan=newsletter&part=text", "Rosters can be copied"),
        ("plan=nonsense&length=epic&scheme=pink", "Shift Planner"),
    ],
)
def test_a_body_is_the_whole_mail(client, pm, issue, query, holds):
    response = client.get(f"/products/shift-planner/digest/2026-11-30/body/?{query}")
    body = response.content.decode()
    assert holds in body
    assert "Dana Reyes" in body
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_body_is_light_or_dark_as_asked_whatever_the_device_prefers(client, pm, issue):
    address = "/products/shift-planner/digest/2026-11-30/body/?plan=brief"
    light, dark = (
        client.get(f"{address}&scheme={scheme}").content.decode() for scheme in ("light", "dark")
    )
    assert "prefers-color-scheme" not in light + dark
    assert "@media not all" in light
    assert "@media all" in dark
    assert light != dark


def test_what_the_team_alone_reads_has_a_switch_and_stands_in_no_other_body(client, pm, issue):
    IssueItemFactory(issue=issue, key="release:9", title="Team: Secret plans.", audience="team")
    switches = [one["aria-label"] for one in page(client).select(".desk-switch")]
    assert switches[-1] == "Read by"
    address = "/products/shift-planner/digest/2026-11-30/body/?plan=newsletter"
    assert "Secret plans" not in client.get(address).content.decode()
    assert "Secret plans" in client.get(f"{address}&who=team").content.decode()


def test_before_the_first_issue_a_manager_can_draft_it(client, pm, product):
    soup = page(client)
    assert "No issue yet" in words(soup)
    assert "The next one is drafted on Friday 4 December." in words(soup)
    action = soup.select_one("main form[action$='/digest/draft/']")["action"]
    for _ in range(2):
        assert client.post(action).status_code == 302
    assert Issue.objects.get().week == MONDAY
    assert "Digest for Monday 30 November" in words(page(client))


def test_between_two_issues_nothing_is_drafted_by_hand(client, pm, product):
    with time_machine.travel(WEDNESDAY, tick=False):
        assert page(client).select("main form[action$='/digest/draft/']") == []
        answer = client.post("/products/shift-planner/digest/draft/", follow=True)
    assert "drafted on Friday" in answer.content.decode()
    assert not Issue.objects.exists()


def test_a_contributor_reads_when_the_first_comes_and_drafts_nothing(client, contributor, product):
    client.force_login(contributor)
    assert page(client).select("main form[method=post]:not(#bookmarks)") == []
    assert client.post("/products/shift-planner/digest/draft/").status_code == 403


def test_paused_and_put_away_products_say_so(client, pm, product):
    set_way(product=product, is_paused=True, links_only=False)
    assert "paused" in words(page(client))
    assert "Draft now" not in words(page(client))
    product.archived_on = dt.date(2026, 11, 1)
    product.save()
    assert "Nothing is drafted for a product that is archived." in words(page(client))
    issue = IssueFactory(product=product)
    assert "Nothing goes out about a product that is archived." in words(page(client))
    issue.delete()
    client.post("/products/shift-planner/digest/draft/")
    assert not Issue.objects.exists()


def test_paused_and_links_only_change_what_happens_next(client, pm, issue):
    PlacementFactory(product=issue.product)
    set_way(product=issue.product, is_paused=False, links_only=True)
    assert "Mails hold the product’s name and a link, no content." in words(page(client))
    body = client.get("/products/shift-planner/digest/2026-11-30/body/?plan=roadmap")
    assert "Rosters can be copied" not in body.content.decode()
    set_way(product=issue.product, is_paused=True, links_only=True)
    assert "nothing goes out until you go on with it" in words(page(client))


def test_settings_are_kept_and_sending_them_twice_changes_once(client, pm, issue):
    address = "/products/shift-planner/digest/settings/"
    for _ in range(2):
        assert client.post(address, {"links_only": "on"}).status_code == 302
    form = page(client, address).select_one("main form.panel")
    assert form.select_one("[name=links_only]").has_attr("checked")
    assert not form.select_one("[name=is_paused]").has_attr("checked")
    way = issue.product.digest
    assert (way.is_paused, way.links_only) == (False, True)


def test_readers_with_their_forms_and_why_they_get_it(client, pm, issue):
    placed = PersonFactory(name="Omar")
    PlacementFactory(product=issue.product, person=placed, plan="roadmap")
    account = UserFactory(name="Rada", email="rada@example.com")
    follower = PersonFactory(name="Rada", user=account, email=account.email)
    SubscriptionFactory(person=follower, product=issue.product, plan="brief")
    issue.product.visibility = "company"
    issue.product.save()
    response = client.get("/products/shift-planner/digest/readers/")
    rows = BeautifulSoup(response.content, "html.parser").select("tbody tr")
    cells = [[words_of(one) for one in row.select("th, td")] for row in rows]
    assert [row[0].split()[0] for row in cells] == ["Omar", "Rada"]
    assert [row[1:3] for row in cells] == [
        ["Roadmap digest", "on your list"],
        ["Executive brief", "follows by own choice"],
    ]
    assert response.headers["Cache-Control"] == "private, no-store"


def test_an_administrator_reads_the_readers_and_that_is_noted(client, issue):
    from stakeholders.models import ConfidentialRead

    client.force_login(AdministratorFactory())
    page(client, "/products/shift-planner/digest/readers/")
    assert ConfidentialRead.objects.get().what == "the readers of the digest"


def test_an_issue_of_another_week_or_product_is_not_there(client, pm, issue):
    page(client, "/products/shift-planner/digest/?week=2026-11-23", 404)
    page(client, "/products/shift-planner/digest/?week=soon", 404)
    page(client, "/products/shift-planner/digest/2026-12-01/body/", 404)
    other = IssueItemFactory(issue__product=ProductFactory(slug="other"), issue__week=MONDAY)
    address = f"/products/shift-planner/digest/2026-11-30/items/{other.pk}/pin/"
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 50])
def test_a_fixed_number_of_statements_for_the_page(
    client, pm, product, number, django_assert_num_queries
):
    issue = IssueFactory(product=product)
    for n in range(number):
        IssueItemFactory(issue=issue, key=f"release:{n}", is_hidden=n % 4 == 3, hidden_reason="No.")
        PlacementFactory(product=product)
    page(client)
    with django_assert_num_queries(21):
        page(client)


@pytest.mark.parametrize("number", [1, 3, 50])
def test_a_fixed_number_of_statements_for_what_went_out(
    client, pm, product, number, django_assert_num_queries
):
    issue = IssueFactory(product=product, locked_at=DUE)
    EditionFactory(issue=issue)
    for n in range(number):
        IssueItemFactory(issue=issue, key=f"release:{n}")
    page(client)
    with django_assert_num_queries(21):
        page(client)
