"""The inbox: who stands in it, in which order, what it costs, and what can be done there."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.models import Opportunity, Request, RequestLink
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    NOW,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HERE = "/products/shift-planner/inbox/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def ana(client, product):
    person = UserFactory(name="Ana", email="ana@example.com")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


def ask(product, number, days=0, **fields):
    """A request that came in so many days ago."""
    moment = NOW - days * DAY
    return RequestFactory(
        product=product,
        reference=f"SP-{number}",
        **{"goal": f"Wish {number}", "created_at": moment, "changed_at": moment, **fields},
    )


def understood(product, number, **fields):
    return ask(product, number, status="understood", problem=f"Problem {number}", **fields)


def listed(page):
    return [link["id"].removeprefix("line-") for link in page.soup.select(".inbox-link")]


def current(page):
    return page.soup.select_one("#inbox-request").text.strip()


# ---- what stands in it -------------------------------------------------------


def test_oldest_first_and_the_first_one_beside_it(client, ana, product):
    ask(product, 1, days=1)
    ask(product, 2, days=5)

    page = open_page(client, HERE)

    assert listed(page) == ["SP-2", "SP-1"]
    assert current(page) == "SP-2"


def test_the_inbox_of_all_products_holds_ones_own_alone(client, ana, product):
    ask(product, 1)
    other = ProductFactory(name="Price Desk")
    MembershipFactory(user=ana, product=other)
    ask(other, 2, days=1)
    ask(ProductFactory(), 3)

    page = open_page(client, "/inbox/")

    assert listed(page) == ["SP-2", "SP-1"]
    assert "Price Desk" in page.text
    assert listed(open_page(client, f"/inbox/?product={other.slug}")) == ["SP-2"]


@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("", ["SP-1", "SP-2"]),
        ("new", ["SP-1"]),
        ("understood", ["SP-2"]),
        ("asked", ["SP-3"]),
        ("snoozed", ["SP-4"]),
        ("linked", ["SP-5"]),
        ("decided", ["SP-6"]),
        ("closed", ["SP-7"]),
        ("nonsense", ["SP-1", "SP-2"]),
    ],
)
def test_each_part_holds_its_own(client, ana, product, show, found):
    ask(product, 1)
    understood(product, 2)
    ask(product, 3, needs_info=True, question="Which?")
    ask(product, 4, snoozed_until=NOW.date() + DAY)
    understood(product, 5)
    understood(product, 6)
    ask(product, 7, closed_at=NOW)
    Request.objects.filter(reference="SP-5").update(status="linked")
    Request.objects.filter(reference="SP-6").update(status="decided")
    Request.objects.filter(reference="SP-7").update(status="closed", outcome="answered")

    page = open_page(client, f"{HERE}?show={show}")

    assert listed(page) == found
    counts = [int(count.text) for count in page.soup.select(".inbox-parts .tab-count")]
    assert counts == [2, 1, 1, 1, 1, 1, 1, 1]


def test_a_snooze_that_has_ended_waits_again(client, ana, product):
    ask(product, 1, snoozed_until=NOW.date())

    assert listed(open_page(client, HERE)) == ["SP-1"]


def test_filters_narrow_the_list(client, ana, product):
    ask(product, 1, days=20, goal="Swap shifts with a colleague")
    ask(product, 2, days=5, source="link")
    ask(product, 3, assignee=ana)

    assert listed(open_page(client, f"{HERE}?q=swapping+shift")) == ["SP-1"]
    assert listed(open_page(client, f"{HERE}?q=sp-2")) == ["SP-2"]
    assert listed(open_page(client, f"{HERE}?age=red")) == ["SP-1"]
    assert listed(open_page(client, f"{HERE}?age=amber")) == ["SP-1", "SP-2"]
    assert listed(open_page(client, f"{HERE}?source=link")) == ["SP-2"]
    assert listed(open_page(client, f"{HERE}?mine=on")) == ["SP-3"]


def test_sorted_by_people_and_by_pull_counting_duplicates(client, ana, product):
    lone, pair = ask(product, 1, days=3), ask(product, 2, days=1)
    twin = ask(product, 3, status="closed", outcome="duplicate", duplicate_of=pair)
    VoiceFactory(request=lone, times=1, per="day", minutes=60)
    voice = VoiceFactory(request=pair, times=1, per="month", minutes=60)
    VoiceFactory(request=twin, user=voice.user, times=2, per="month", minutes=60)
    VoiceFactory(request=twin)
    VoiceFactory(request=pair, left_at=NOW)

    by_people = open_page(client, f"{HERE}?sort=people")

    assert listed(by_people) == ["SP-2", "SP-1"]
    assert "2 people, 2 hours a month" in by_people.text
    assert listed(open_page(client, f"{HERE}?sort=pull")) == ["SP-1", "SP-2"]
    assert "1 person, 22 hours a month" in by_people.text


def test_age_counts_working_days(client, ana, product):
    ask(product, 1, days=3)  # Friday noon; it is Monday noon
    ask(product, 2, days=6)
    ask(product, 3, days=30)

    chips = {
        line["data-reference"]: line.select_one(".chip")
        for line in open_page(client, HERE).soup.select(".inbox-line")
    }

    assert "1 working day" in chips["SP-1"].text
    assert "chip-watch" in chips["SP-2"]["class"]
    assert "4 working days" in chips["SP-2"].text
    assert "chip-risk" in chips["SP-3"]["class"]


@pytest.mark.parametrize("sort", ["oldest", "newest", "people", "pull"])
def test_pages_by_key_hold_everything_once(client, ana, product, sort):
    for number in range(120):
        ask(product, number, days=number % 7)

    seen, url = [], f"{HERE}?sort={sort}"
    while url:
        page = open_page(client, url)
        seen += listed(page)
        following = page.soup.select_one(".pagination a[rel=next]")
        url = following["href"] if following else ""

    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("after", ["nonsense", "W10", "WyJhIiwgMV0", "WzEsIHRydWVd"])
def test_a_place_that_makes_no_sense_is_the_first_page(client, ana, product, after):
    ask(product, 1)

    assert listed(open_page(client, f"{HERE}?after={after}")) == ["SP-1"]


def test_nothing_waits(client, ana):
    assert "Nothing waits for you" in open_page(client, HERE).text
    assert "Nothing waits for you" in open_page(client, "/inbox/").text
    assert "Nothing fits" in open_page(client, f"{HERE}?q=nothing").text
    assert "Nothing here" in open_page(client, f"{HERE}?show=closed").text


@pytest.mark.parametrize("number", [1, 3, 50])
@pytest.mark.parametrize(("url", "queries"), [(HERE, 20), ("/inbox/", 25)])
def test_it_costs_the_same_for_any_number(client, ana, product, url, queries, number):
    for one in range(number):
        VoiceFactory(request=ask(product, one, goal="Swap shifts"))
        OpportunityFactory(product=product, problem="Swapping shifts takes long")
    open_page(client, url)

    with CaptureQueriesContext(connection) as captured:
        open_page(client, url)

    assert len(captured) == queries, "\n".join(q["sql"][:150] for q in captured.captured_queries)


def test_strangers_see_nothing(client, product):
    client.force_login(UserFactory())

    assert client.get(HERE).status_code == 403
    assert client.get("/inbox/").status_code == 403


def test_a_request_of_others_is_not_shown_beside_the_list(client, ana, product):
    ask(product, 1)
    hidden = ask(ProductFactory(), 2, goal="Something secret")

    page = open_page(client, f"/inbox/?on={hidden.reference}")

    assert current(page) == "SP-1"
    assert "secret" not in page.text


# ---- what is done there ------------------------------------------------------


def test_understood_and_swapped_equals_reloaded(client, ana, product):
    ask(product, 1, days=2)
    ask(product, 2)
    page = open_page(client, HERE)

    page = send_form(client, page, "#form-understand", problem="Nobody knows in time.")

    row = Request.objects.get(reference="SP-1")
    assert (row.status, row.problem) == ("understood", "Nobody knows in time.")
    assert current(page) == "SP-1"
    drop_toasts(page)
    assert difference(page, open_page(client, page.url)) == ""


def test_answered_goes_on_to_the_next(client, ana, product):
    ask(product, 1, days=2)
    ask(product, 2)
    page = open_page(client, HERE)

    page = send_form(client, page, "#form-answer", text="It works like this.")

    assert (current(page), listed(page)) == ("SP-2", ["SP-2"])
    drop_toasts(page)
    assert difference(page, open_page(client, page.url)) == ""


def drop_toasts(page):
    for toast in page.soup.select(".toast"):
        toast.decompose()


@pytest.mark.parametrize("base", [HERE, "/inbox/"])
def test_without_scripts_one_comes_back_to_the_same_inbox(client, ana, product, base):
    ask(product, 1, days=2)
    ask(product, 2)
    page = open_page(client, f"{base}?sort=oldest")
    form = page.soup.select_one("#form-answer")

    response = client.post(form["action"], {"text": "So.", "version": "1"})

    assert response.status_code == 302
    assert response.url == f"{base}?sort=oldest&on=SP-2"
    assert "SP-1 is answered." in open_page(client, response.url).text


def test_what_is_wrong_is_said_in_the_form(client, ana, product):
    ask(product, 1)
    page = open_page(client, HERE)

    page = send_form(client, page, "#form-understand", problem="")

    assert "There is a problem" in page.text
    assert Request.objects.get().status == "new"


def test_whoever_is_slower_reads_what_stands_there(client, ana, product):
    ask(product, 1)
    page = open_page(client, HERE)
    Request.objects.update(problem="Theirs.", status="understood", version=2)

    page = send_form(client, page, "#form-understand", problem="Mine.")

    assert "saved now “Theirs.”" in page.text
    assert page.soup.select_one("#understand-problem").text.strip() == "Mine."
    page = send_form(client, page, "#form-understand", problem="Mine.")
    assert Request.objects.get().problem == "Mine."


def test_linked_to_a_new_opportunity_and_undone(client, ana, product):
    understood(product, 1)
    page = open_page(client, HERE)

    send_form(client, page, "#form-link", problem="Rosters change too late.")

    assert RequestLink.objects.get().opportunity == Opportunity.objects.get()
    page = open_page(client, f"{HERE}?show=linked")
    undo = client.post(f"{HERE}SP-1/unlink/?opportunity={Opportunity.objects.get().pk}&version=2")
    assert undo.status_code == 302
    assert Request.objects.get().status == "understood"


def test_the_toast_takes_it_back(client, ana, product):
    ask(product, 1)
    page = open_page(client, HERE)
    form = page.soup.select_one("#form-answer")
    client.post(form["action"], {"text": "So.", "version": "1"})

    page = open_page(client, HERE)
    undo = page.soup.select_one(".toast form")["action"]
    client.post(undo)

    assert Request.objects.get().status == "new"


def test_the_same_as_another_and_not_after_all(client, ana, product):
    ask(product, 1, days=2)
    ask(product, 2)
    page = open_page(client, HERE)

    page = send_form(client, page, "#form-duplicate", other="sp-2")

    assert Request.objects.get(reference="SP-1").duplicate_of.reference == "SP-2"
    page = open_page(client, f"{HERE}?show=closed")
    [form] = page.soup.select("form[action*=not-the-same]")
    client.post(form["action"], {"version": "2"})
    assert Request.objects.get(reference="SP-1").status == "new"


def test_a_reference_that_is_not_there_is_said(client, ana, product):
    ask(product, 1)
    page = open_page(client, HERE)

    page = send_form(client, page, "#form-duplicate", other="XX-9")

    assert "There is no such request here." in page.text


def test_an_opportunity_of_others_is_no_choice(client, ana, product):
    understood(product, 1)
    theirs = OpportunityFactory()

    response = client.post(
        f"{HERE}SP-1/link/?on=SP-1", {"opportunity": theirs.pk, "version": 1, "problem": ""}
    )

    assert response.status_code == 422
    assert not RequestLink.objects.exists()


def test_what_sounds_alike_stands_beside_it(client, ana, product):
    understood(product, 1, days=2, goal="Swap shifts with a colleague")
    ask(product, 2, goal="Swapping shifts with colleagues")
    OpportunityFactory(product=product, problem="Swapping shifts takes a week")

    page = open_page(client, HERE)

    aside = page.soup.select_one(".inbox-similar")
    labels = {button.text.strip() for button in aside.select("button")}
    assert labels == {"Same as SP-2", "Link to Swapping shifts takes a week"}


@pytest.mark.parametrize(
    "action", ["understand", "answer", "ask-back", "snooze", "link", "same-as"]
)
def test_a_request_of_another_product_is_not_here(client, ana, action):
    theirs = ask(ProductFactory(), 9)

    assert client.post(f"{HERE}{theirs.reference}/{action}/", {"version": 1}).status_code == 404


def test_snoozed_and_back(client, ana, product):
    ask(product, 1)
    page = open_page(client, HERE)

    page = send_form(client, page, "#form-snooze", until="2026-12-01", reason="After the move.")

    assert listed(page) == []
    page = open_page(client, f"{HERE}?show=snoozed")
    assert "Put off until 1 Dec" in page.text


# ---- the gate ----------------------------------------------------------------


def test_linking_to_a_decided_opportunity_is_the_way_to_be_decided(client, ana, product):
    understood(product, 1)
    decided = OpportunityFactory(product=product, decision="later", decision_reason="Not yet.")

    client.post(
        f"{HERE}SP-1/link/?on=SP-1", {"opportunity": decided.pk, "version": 1, "problem": ""}
    )

    assert Request.objects.get().status == "decided"


def test_the_head_says_whether_orders_are_taken(client, ana, product):
    ask(product, 1, days=8)
    for is_favour in (True, False):
        OpportunityFactory(
            product=product,
            decision="later",
            decision_reason="x",
            is_favour=is_favour,
            shipped_at=NOW - DAY,
            alignment=0,
            alignment_why="Nothing to do with it.",
        )

    page = open_page(client, "/inbox/")

    assert "1 request waits, the oldest for 5 working days." in page.text
    row = page.soup.select_one(".inbox-head tbody tr").text
    assert "50\N{NO-BREAK SPACE}% (1 of 2)" in row
    assert "100\N{NO-BREAK SPACE}% (2 of 2)" in row


def test_links_of_a_request_are_shown_with_their_decision(client, ana, product):
    row = understood(product, 1)
    RequestLinkFactory(
        request=row,
        opportunity=OpportunityFactory(product=product, problem="It takes long", decision="later"),
    )
    Request.objects.update(status="decided")

    page = open_page(client, f"{HERE}?show=decided")

    assert "It takes long" in page.text
    assert "Take out" in page.text


NAUGHTY = ["\x00", "a" * 5000, "\ud800", "' OR 1=1 --", "\u202e{{7*7}}", "-1", "9" * 40]


@pytest.mark.parametrize("word", NAUGHTY)
def test_whatever_stands_in_the_address_is_answered(client, ana, product, word):
    ask(product, 1)
    names = ("on", "q", "product", "age", "source", "sort", "mine", "show", "after", "do", "home")
    word = word.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    for url in ("/inbox/", HERE, "/inbox/bulk/"):
        for name in names:
            assert client.get(url, {name: word}).status_code in (200, 302)
    for name in ("pick", "opportunity", "version", "problem", "token", "do", "home"):
        asked = {"pick": "SP-1:1", "do": "link", name: word}
        assert client.post("/inbox/bulk/", asked).status_code in (200, 302, 422)
        assert client.post("/inbox/bulk/undo/", asked).status_code == 302
        answer = client.post(f"{HERE}SP-1/link/", {"version": "1", **asked})
        assert answer.status_code in (302, 409, 422)
        assert client.post(f"{HERE}SP-1/unlink/", asked).status_code == 302
