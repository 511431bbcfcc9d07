"""Several requests at once: what is announced, what is done, what is not and why, the way back."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from intake.models import Request, RequestLink
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, OpportunityFactory, RequestFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
BULK = "/inbox/bulk/"


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


def ask(product, number, **fields):
    return RequestFactory(product=product, reference=f"SP-{number}", **fields)


def understood(product, number):
    return ask(product, number, status="understood", problem=f"Problem {number}")


def picks(*numbers):
    return [f"SP-{number}:1" for number in numbers]


def statuses():
    return dict(Request.objects.order_by("reference").values_list("reference", "status"))


def toast(client, url="/inbox/"):
    page = open_page(client, url)
    [found] = page.soup.select(".toast")
    return found


def test_the_ticked_ones_and_what_will_happen(client, ana, product):
    understood(product, 1)
    ask(product, 2)
    ask(product, 3, status="closed", outcome="answered", closed_at=NOW)

    page = open_page(client, f"{BULK}?do=link&pick=SP-1:1&pick=SP-2:1&pick=SP-3:1")

    lines = [" ".join(line.text.split()) for line in page.soup.select(".inbox-picks li")]
    assert "Becomes part of the opportunity." in lines[0]
    assert "Its problem is not written down yet." in lines[1]
    assert "It is closed." in lines[2]
    assert "1 request of 3" in page.text


def test_linked_together_and_taken_back(client, ana, product):
    understood(product, 1)
    understood(product, 2)
    ask(product, 3)
    opportunity = OpportunityFactory(product=product)

    response = client.post(
        f"{BULK}?home=shift-planner",
        {"do": "link", "pick": picks(1, 2, 3), "opportunity": opportunity.pk},
    )

    assert response.url == "/products/shift-planner/inbox/"
    assert statuses() == {"SP-1": "linked", "SP-2": "linked", "SP-3": "new"}
    news = toast(client)
    assert "2 requests are part of the opportunity." in news.text
    client.post(news.select_one("form")["action"])
    assert statuses() == {"SP-1": "understood", "SP-2": "understood", "SP-3": "new"}
    assert "Taken back." in toast(client).text


def test_what_was_linked_before_stays_linked_when_the_rest_is_taken_back(client, ana, product):
    opportunity = OpportunityFactory(product=product)
    before, after = understood(product, 1), understood(product, 2)
    RequestLink.objects.create(request=before, opportunity=opportunity, at=NOW)

    client.post(BULK, {"do": "link", "pick": picks(1, 2), "opportunity": opportunity.pk})

    news = toast(client)
    assert "Not SP-1: it is part of that already." in news.text
    client.post(news.select_one("form")["action"])
    assert set(opportunity.links.values_list("request", flat=True)) == {before.pk}
    assert after.links.count() == 0


def test_put_off_together_and_taken_back(client, ana, product):
    ask(product, 1)
    ask(product, 2)
    values = {"do": "snooze", "pick": picks(1, 2), "until": "2026-12-01", "reason": "The move."}

    client.post(BULK, values)

    assert set(Request.objects.values_list("snoozed_until", flat=True)) == {dt.date(2026, 12, 1)}
    client.post(toast(client).select_one("form")["action"])
    assert set(Request.objects.values_list("snoozed_until", flat=True)) == {None}


def test_handed_over_together_and_back_to_whose_they_were(client, ana, product):
    bo = MembershipFactory(product=product).user
    ask(product, 1, assignee=bo)
    ask(product, 2)

    client.post(BULK, {"do": "assign", "pick": picks(1, 2), "assignee": ana.pk})

    assert set(Request.objects.values_list("assignee", flat=True)) == {ana.pk}
    client.post(toast(client).select_one("form")["action"])
    found = dict(Request.objects.values_list("reference", "assignee"))
    assert found == {"SP-1": bo.pk, "SP-2": None}


def test_found_to_be_the_same_and_not_after_all(client, ana, product):
    for number in (1, 2, 3):
        ask(product, number)

    client.post(BULK, {"do": "merge", "pick": picks(1, 2, 3), "kept": "SP-2"})

    found = dict(Request.objects.values_list("reference", "duplicate_of__reference"))
    assert found == {"SP-1": "SP-2", "SP-2": None, "SP-3": "SP-2"}
    client.post(toast(client).select_one("form")["action"])
    assert statuses() == {"SP-1": "new", "SP-2": "new", "SP-3": "new"}


def test_what_changed_meanwhile_is_left_alone(client, ana, product):
    ask(product, 1)
    ask(product, 2)
    Request.objects.filter(reference="SP-1").update(version=2)

    client.post(
        BULK, {"do": "snooze", "pick": picks(1, 2), "until": "2026-12-01", "reason": "The move."}
    )

    news = toast(client).text
    assert "1 request is put off. Not SP-1: somebody else was faster." in " ".join(news.split())
    assert Request.objects.get(reference="SP-1").snoozed_until is None


def test_taking_back_leaves_alone_what_changed_since(client, ana, product):
    ask(product, 1)
    ask(product, 2)
    client.post(
        BULK, {"do": "snooze", "pick": picks(1, 2), "until": "2026-12-01", "reason": "The move."}
    )
    undo = toast(client).select_one("form")["action"]
    Request.objects.filter(reference="SP-1").update(version=9)

    client.post(undo)

    assert "Not SP-1" in toast(client).text
    assert Request.objects.get(reference="SP-1").snoozed_until is not None
    assert Request.objects.get(reference="SP-2").snoozed_until is None


def test_requests_of_others_are_not_among_them(client, ana, product):
    ask(product, 1)
    ask(ProductFactory(), 2)

    client.post(
        BULK, {"do": "snooze", "pick": picks(1, 2), "until": "2026-12-01", "reason": "The move."}
    )

    assert Request.objects.get(reference="SP-2").snoozed_until is None


def test_products_stay_apart(client, ana, product):
    other = ProductFactory()
    MembershipFactory(user=ana, product=other)
    understood(product, 1)
    understood(other, 2)
    opportunity = OpportunityFactory(product=product)

    client.post(BULK, {"do": "link", "pick": picks(1, 2), "opportunity": opportunity.pk})

    assert RequestLink.objects.get().request.reference == "SP-1"
    assert "Not SP-2: that belongs to another product." in toast(client).text


@pytest.mark.parametrize(
    "asked", [{}, {"do": "link"}, {"do": "decide", "pick": "SP-1:1"}, {"do": "link", "pick": "x"}]
)
def test_nothing_ticked_or_nothing_to_do_goes_back(client, ana, product, asked):
    ask(product, 1)

    for response in (client.get(BULK, asked), client.post(BULK, asked)):
        assert (response.status_code, response.url) == (302, "/inbox/")


def test_an_empty_form_is_refused_in_words(client, ana, product):
    understood(product, 1)

    response = client.post(BULK, {"do": "link", "pick": picks(1), "opportunity": ""})

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_token_that_is_not_ours_takes_nothing_back(client, ana, token):
    response = client.post(f"{BULK}undo/?token={token}")

    assert response.status_code == 302
    assert "taken back any more" in toast(client).text
