"""Guests follow at a private address."""

import secrets

import pytest
from django.urls import reverse

from intake.models import Request, RequestStep, Voice
from intake.selectors.following import follow_address, follow_token
from tests.factories.intake import (
    RequestFactory,
    RequestStepFactory,
    VoiceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(wish):
    return VoiceFactory(request=wish, user=None, name="Gus", email="gus@example.org")


def test_a_guest_follows_at_a_private_address(client, wish, guest):
    page = client.get(follow_address(guest))
    assert page.status_code == 200
    assert "A big red button" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "same-origin"


def test_a_guest_can_do_what_others_can(client, wish, guest):
    token = follow_token(guest)
    Request.objects.filter(pk=wish.pk).update(question="Which site?", needs_info=True)
    for action, data in (
        ("add", {"words": "More"}), ("reply", {"text": "Hull"}), ("disagree", {"text": "No"}),
        ("news", {"wants": "0"}), ("withdraw", {}), ("come_back", {}),
    ):  # fmt: skip
        url = reverse(f"intake:guest_{action}", args=[token])
        page = client.post(url, data, follow=True)
        assert page.status_code == 200, action
        assert page.redirect_chain == [(follow_address(guest), 302)], action
    kinds = list(RequestStep.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[2:] == ["added", "replied", "disagreed", "withdrawn", "joined"]


def test_a_guest_reads_nothing_of_another_guest(client, wish, guest):
    same = RequestFactory(
        product=wish.product, status="closed", outcome="duplicate", duplicate_of=wish
    )
    other = VoiceFactory(request=same, user=None, name="Hana", email="hana@example.org")
    for kind in ("added", "replied", "withdrawn", "disagreed"):
        RequestStepFactory(request=wish, kind=kind, text=f"{kind} by Gus", by=None)
        RequestStepFactory(request=same, kind=kind, text=f"{kind} by Hana", by=None)
    text = client.get(follow_address(other)).content.decode()
    assert "by Gus" not in text
    assert text.count("by Hana") == 4
    assert "by Hana" not in client.get(follow_address(guest)).content.decode()


def test_counting_up_ends_the_address(client, wish, guest):
    address = follow_address(guest)
    Request.objects.filter(pk=wish.pk).update(follow_epoch=1)
    assert client.get(address).status_code == 404
    guest.request.refresh_from_db()
    assert client.get(follow_address(guest)).status_code == 200


def test_no_token_is_guessed(client, wish, guest):
    for _ in range(1000):
        token = f"{guest.pk}-{secrets.token_hex(20)}"
        assert client.get(f"/follow/{token}/").status_code == 404


@pytest.mark.parametrize("change", [{"email": "erased-1@invalid"}, {"email": ""}])
def test_an_erased_guest_has_no_address_any_more(client, wish, guest, change):
    address = follow_address(guest)
    Voice.objects.filter(pk=guest.pk).update(**change)
    assert client.get(address).status_code == 404


def test_an_account_is_no_guest(client, wish, requester):
    voice = Voice.objects.select_related("request").get(user=requester)
    assert follow_address(voice) == reverse("intake:request_detail", args=[wish.reference])
    assert client.get(f"/follow/{follow_token(voice)}/").status_code == 404


@pytest.mark.parametrize(
    "token", ["1", "1-", "0-" + "a" * 40, "x" * 500, "9" * 30 + "-" + "a" * 40]
)
def test_nonsense_is_not_found(client, token):
    assert client.get(f"/follow/{token}/").status_code == 404
