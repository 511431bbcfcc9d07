"""What those behind a duplicate read and do."""

import pytest
from django.urls import reverse

from intake.models import Request, RequestStep
from intake.selectors.following import follow_address, follow_token
from tests.factories.intake import (
    RequestFactory,
    RequestStepFactory,
    VoiceFactory,
)
from tests.intake.following.acting import page_of, post

pytestmark = pytest.mark.django_db


def test_a_duplicate_tells_what_becomes_of_the_other(client, wish, requester):
    same = RequestFactory(
        product=wish.product, goal="A list for Mondays", status="closed", outcome="duplicate",
        duplicate_of=wish,
    )  # fmt: skip
    other = VoiceFactory(request=same).user
    RequestStepFactory(request=same, kind="merged", text=wish.reference)
    text = page_of(client, other, same).content.decode()
    assert "Payroll comes first" in text
    assert "The roster changes after Friday" in text
    assert "A big red button" not in text


def test_a_duplicate_of_something_private_says_none_of_its_words(client, wish, requester):
    Request.objects.filter(pk=wish.pk).update(is_private=True)
    same = RequestFactory(
        product=wish.product, goal="A list", status="closed", outcome="duplicate", duplicate_of=wish
    )
    other = VoiceFactory(request=same).user
    text = page_of(client, other, same).content.decode()
    assert "The roster changes after Friday" not in text
    assert "Know who works on Monday" not in text


def merged_into(wish, **fields):
    same = RequestFactory(
        product=wish.product, status="closed", outcome="duplicate", duplicate_of=wish, **fields
    )
    RequestStepFactory(request=same, kind="merged", text=wish.reference)
    return same


@pytest.mark.parametrize("signed", [True, False])
def test_those_behind_a_duplicate_answer_what_the_other_is_asked(client, wish, requester, signed):
    Request.objects.filter(pk=wish.pk).update(question="Which site?", needs_info=True)
    same = merged_into(wish)
    who = {} if signed else {"user": None, "name": "Hana", "email": "hana@example.org"}
    voice = VoiceFactory(request=same, **who)
    if signed:
        client.force_login(voice.user)
        url = reverse("intake:request_reply", args=[same.reference])
    else:
        url = reverse("intake:guest_reply", args=[follow_token(voice)])
    page = client.get(follow_address(voice)).content.decode()
    assert "Which site?" in page
    assert url in page
    assert "Which site?" in client.get(url).content.decode()
    for _ in range(2):
        assert "Sent." in client.post(url, {"text": "Hull"}, follow=True).content.decode()
    wish.refresh_from_db()
    assert not wish.needs_info
    step = RequestStep.objects.get(kind="replied")
    assert (step.request, step.text, step.by) == (wish, "Hull", voice.user)


def test_a_question_about_something_private_is_not_shown_to_those_behind_a_duplicate(
    client, wish, requester
):
    Request.objects.filter(pk=wish.pk).update(
        question="Whose pay is wrong?", needs_info=True, is_private=True
    )
    same = merged_into(wish)
    page = page_of(client, VoiceFactory(request=same).user, same)
    assert "Whose pay" not in page.content.decode()
    assert "reply" not in page.context["actions"]


def test_the_last_one_leaves_through_a_duplicate_and_comes_back(client, wish, requester):
    same = merged_into(wish)
    last = VoiceFactory(request=same).user
    client.force_login(requester)
    post(client, wish, "withdraw")
    wish.refresh_from_db()
    assert wish.status == "decided"
    client.force_login(last)
    post(client, same, "withdraw")
    for row in (wish, same):
        row.refresh_from_db()
    assert (wish.status, wish.outcome) == ("closed", "withdrawn")
    assert (same.status, same.outcome) == ("closed", "duplicate")
    post(client, same, "come_back")
    for row in (wish, same):
        row.refresh_from_db()
    assert (wish.status, wish.outcome, wish.closed_at) == ("decided", "", None)
    assert (same.status, same.outcome) == ("closed", "duplicate")
