"""My requests: the list of what one asked and joined."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    RequestFactory,
    VoiceFactory,
)
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db


def test_the_list_holds_what_one_asked_and_joined(client, wish, requester, joiner):
    RequestFactory(goal="Of somebody else")
    for user, role in ((requester, "asked"), (joiner, "joined")):
        client.force_login(user)
        page = client.get(reverse("intake:request_list"))
        assert [line.reference for line in page.context["lines"]] == [wish.reference]
        assert page.context["lines"][0].role == role


def test_the_list_is_filtered_and_pages(client, requester):
    product = ProductFactory()
    for _ in range(30):
        VoiceFactory(request=RequestFactory(product=product), user=requester)
    closed = RequestFactory(product=product, status="closed", outcome="answered")
    VoiceFactory(request=closed, user=requester)
    client.force_login(requester)
    page = client.get(reverse("intake:request_list"))
    assert len(page.context["lines"]) == 25
    assert len(client.get(reverse("intake:request_list") + "?page=2").context["lines"]) == 6
    page = client.get(reverse("intake:request_list") + "?state=closed")
    assert [line.reference for line in page.context["lines"]] == [closed.reference]


def test_a_duplicate_is_as_open_as_the_other(client):
    kept = RequestFactory()
    same = RequestFactory(
        product=kept.product, status="closed", outcome="duplicate", duplicate_of=kept
    )
    user = VoiceFactory(request=same).user
    client.force_login(user)
    page = client.get(reverse("intake:request_list"))
    assert [line.label for line in page.context["lines"]] == ["New"]


def test_an_empty_list_says_where_to_begin(client):
    client.force_login(UserFactory())
    assert "No requests yet" in client.get(reverse("intake:request_list")).content.decode()


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_the_same_for_many(client, amount, django_assert_num_queries):
    user = UserFactory()
    for _ in range(amount):
        VoiceFactory(user=user)
    client.force_login(user)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("intake:request_list"))


LIST_QUERIES = 7
