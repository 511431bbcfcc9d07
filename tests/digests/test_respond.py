"""Asking about what a digest has told, and disagreeing: the intake form begins with it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup

from digests.models import IssueItem
from intake.models import Draft, Request
from tests.factories.accounts import UserFactory
from tests.factories.digests import DUE, IssueFactory, IssueItemFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory, ReleaseFactory

pytestmark = pytest.mark.django_db
OPENING = "“New: Rosters can be copied.” in the digest of 30 November 2026:\n"


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", visibility="company")


@pytest.fixture
def user(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def item(product):
    issue = IssueFactory(product=product, locked_at=DUE)
    return IssueItemFactory(issue=issue, title="New: Rosters can be copied.")


def ask(item, how="") -> str:
    query = f"?how={how}" if how else ""
    return f"/products/shift-planner/digest/items/{item.pk}/ask/{query}"


def draft(user, product, goal: str) -> None:
    Draft.objects.create(
        user=user, product=product, form_token=uuid4(), answers={"goal": goal}, saved_at=DUE
    )


def goal(response) -> str:
    area = BeautifulSoup(response.content, "html.parser").select_one("textarea[name=goal]")
    return area.get_text().removeprefix("\n")


@pytest.mark.parametrize(
    ("how", "first"), [("", "About "), ("ask", "About "), ("disagree", "I disagree with ")]
)
def test_the_first_question_begins_with_it(client, user, item, how, first):
    response = client.get(ask(item, how), follow=True)
    assert goal(response) == first + OPENING
    assert not Draft.objects.exists()  # reading writes nothing


def test_it_goes_on_in_either_layout_and_is_sent(client, user, item):
    response = client.get(ask(item), follow=True)
    page = BeautifulSoup(response.content, "html.parser")
    all_url = next(link["href"] for link in page.select("a") if "one page" in link.get_text())
    assert goal(client.get(all_url)) == f"About {OPENING}"
    url = response.redirect_chain[-1][0]
    words = f"About {OPENING}Does that hold for nights?"
    client.post(url, {"goal": words, "token": str(uuid4())})
    assert Draft.objects.get().answers["goal"] == words
    assert not Request.objects.exists()


def test_what_was_begun_before_is_kept_above_it(client, user, item, product):
    draft(user, product, "Plan nights.")
    response = client.get(ask(item), follow=True)
    assert "Go on where you stopped" in response.content.decode()
    link = BeautifulSoup(response.content, "html.parser").select_one("a.button-primary")["href"]
    assert goal(client.get(link)) == f"Plan nights.\n\nAbout {OPENING}"


def test_asking_twice_about_it_does_not_say_it_twice(client, user, item, product):
    draft(user, product, f"About {OPENING}Why?")
    response = client.get("/products/shift-planner/ask/goal/", {"about": f"digest.{item.pk}.ask"})
    assert goal(response) == f"About {OPENING}Why?"


def test_the_words_of_the_manager_count(client, user, item):
    item.wording = "Rosters: copy them"
    item.save()
    assert "“Rosters: copy them”" in goal(client.get(ask(item), follow=True))


@pytest.mark.parametrize("why", ["not out yet", "for the team", "hidden"])
def test_what_they_may_not_read_leaves_the_form_empty(client, user, item, why):
    if why == "not out yet":
        item.issue.locked_at = None
        item.issue.save()
    elif why == "for the team":
        item.audience = "team"
    else:
        item.is_hidden, item.hidden_reason = True, "Told last week."
    item.save()
    assert goal(client.get(ask(item), follow=True)) == ""


@pytest.mark.parametrize(
    "now", [{"published_at": None}, {"audience": "team"}], ids=["withdrawn", "the team's own"]
)
def test_what_was_taken_back_since_leaves_the_form_empty(client, user, item, product, now):
    note = ReleaseFactory(product=product)
    IssueItem.objects.filter(pk=item.pk).update(key=f"release:{note.pk}")
    assert goal(client.get(ask(item), follow=True)) == f"About {OPENING}"
    type(note).objects.filter(pk=note.pk).update(**now)
    assert goal(client.get(ask(item), follow=True)) == ""
    MembershipFactory(user=user, product=product, role="contributor")
    assert goal(client.get(ask(item), follow=True)) == f"About {OPENING}"


def test_the_team_may_ask_about_what_is_theirs(client, user, item, product):
    MembershipFactory(user=user, product=product, role="contributor")
    item.audience = "team"
    item.save()
    assert goal(client.get(ask(item), follow=True)) == f"About {OPENING}"


def test_an_item_of_another_product_is_no_item(client, user, product):
    other = IssueItemFactory(issue__locked_at=DUE)
    assert client.get(ask(other)).status_code == 404
    response = client.get("/products/shift-planner/ask/goal/", {"about": f"digest.{other.pk}.ask"})
    assert goal(response) == ""


@pytest.mark.parametrize("how", ["shout", "ask.", "%00"])
def test_a_third_way_is_none(client, user, item, how):
    assert client.get(ask(item, how)).status_code == 404


@pytest.mark.parametrize(
    "about",
    ["", "digest", "digest.", "digest.x.ask", "digest.1", "other.1.ask", "digest.9.shout",
     "digest." + "9" * 40 + ".ask", "digest.²." + "ask", "<b>"],
)  # fmt: skip
def test_nonsense_leaves_the_form_empty(client, user, product, about):
    response = client.get("/products/shift-planner/ask/goal/", {"about": about})
    assert response.status_code == 200
    assert goal(response) == ""


def test_without_an_account_it_leads_to_the_sign_in_page(client, item):
    assert client.get(ask(item))["Location"].startswith("/accounts/login/")
