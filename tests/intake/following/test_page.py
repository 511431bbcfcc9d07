"""The page that says what became of a request, for all who may open it."""

import pytest
from django.urls import reverse

from core.models import OutboundMail
from intake.models import Request, RequestStep, Voice
from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    OpportunityFactory,
    RequestLinkFactory,
    RequestStepFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory
from tests.intake.following.acting import page_of, post

pytestmark = pytest.mark.django_db


def test_the_requester_reads_both_what_they_asked_and_what_became_of_it(client, wish, requester):
    page = page_of(client, requester, wish)
    text = page.content.decode()
    for words in (
        "A big red button", "We ring everybody", "The roster changes after Friday",
        "Rosters change late", "Payroll comes first", "Later", wish.reference,
    ):  # fmt: skip
        assert words in text, words
    assert "Quiet now" not in text


def test_a_joiner_reads_goal_and_problem_and_nothing_of_the_requester(
    client, wish, requester, joiner
):
    text = page_of(client, joiner, wish).content.decode()
    assert "Know who works on Monday" in text
    assert "The roster changes after Friday" in text
    assert "Me in Hull too" in text
    for words in ("A big red button", "We ring everybody", requester.email, requester.name):
        assert words not in text, words


def test_strangers_find_no_page(client, wish, requester):
    assert page_of(client, UserFactory(), wish).status_code == 404


def test_the_team_is_led_to_its_own_page(client, wish, requester):
    contributor = MembershipFactory(product=wish.product, role="contributor").user
    page = page_of(client, contributor, wish)
    assert page.status_code == 200
    assert page.context["triage_url"] == reverse(
        "intake:request_triage", args=[wish.product.slug, wish.reference]
    )
    assert page.context["actions"] == {}


@pytest.mark.parametrize("amount", [1, 3])
def test_the_page_costs_the_same_for_many(
    client, wish, requester, amount, django_assert_num_queries
):
    for _ in range(amount):
        VoiceFactory(request=wish, kind="joiner")
        RequestStepFactory(request=wish, kind="asked", text="Why?")
        RequestLinkFactory(request=wish, opportunity=OpportunityFactory(product=wish.product))
    client.force_login(requester)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(reverse("intake:request_detail", args=[wish.reference]))


PAGE_QUERIES = 16


def test_adding_keeps_what_was_said_and_takes_amounts(client, wish, requester):
    client.force_login(requester)
    page = post(client, wish, "add", words="On Sundays too", times="3", per="week", minutes="20")
    assert "Added." in page.content.decode()
    voice = Voice.objects.get(user=requester)
    assert (voice.words, voice.times, voice.per, voice.minutes) == ("On Sundays too", 3, "week", 20)
    assert "On Sundays too" in page.content.decode()
    post(client, wish, "add", words="On Sundays too", times="3", per="week", minutes="20")
    voice.refresh_from_db()
    assert voice.words == "On Sundays too"
    assert RequestStep.objects.filter(kind="added").count() == 1


def test_words_that_cannot_be_kept_stay_in_the_form(client, wish, requester):
    client.force_login(requester)
    Voice.objects.filter(user=requester).update(words="x" * 1995)
    page = post(client, wish, "add", words="Longer than that")
    assert page.status_code == 422
    assert "Longer than that" in page.content.decode()


def test_what_one_adds_others_do_not_read(client, wish, requester, joiner):
    client.force_login(requester)
    post(client, wish, "add", words="My boss must not know")
    text = page_of(client, joiner, wish).content.decode()
    assert "My boss must not know" not in text
    assert "Something was added" in text


def test_a_reply_goes_back_to_the_team(client, wish, requester):
    Request.objects.filter(pk=wish.pk).update(question="Which site?", needs_info=True)
    client.force_login(requester)
    assert "Which site?" in page_of(client, requester, wish).content.decode()
    post(client, wish, "reply", text="Hull")
    wish.refresh_from_db()
    assert not wish.needs_info
    step = RequestStep.objects.get(kind="replied")
    assert (step.text, step.by) == ("Hull", requester)


def test_nobody_replies_to_what_was_not_asked(client, wish, requester):
    client.force_login(requester)
    page = post(client, wish, "reply", text="Hull")
    assert "has not asked anything" in page.content.decode()
    assert not RequestStep.objects.filter(kind="replied").exists()


def test_withdrawing_asks_first_and_can_be_undone(client, requester, wish):
    client.force_login(requester)
    url = reverse("intake:request_withdraw", args=[wish.reference])
    assert client.get(url).status_code == 200
    wish.refresh_from_db()
    assert wish.status == "decided"
    page = post(client, wish, "withdraw")
    wish.refresh_from_db()
    assert (wish.status, wish.outcome) == ("closed", "withdrawn")
    assert reverse("intake:request_come_back", args=[wish.reference]) in page.content.decode()
    post(client, wish, "come_back")
    wish.refresh_from_db()
    assert (wish.status, wish.outcome, wish.closed_at) == ("decided", "", None)


def test_coming_back_names_nobody_and_is_told_to_nobody(client, requester, joiner, wish):
    VoiceFactory(request=wish, user=None, name="Gus", email="gus@example.org")
    client.force_login(requester)
    post(client, wish, "withdraw")
    post(client, wish, "come_back")
    assert not OutboundMail.objects.exists()
    text = page_of(client, joiner, wish).content.decode()
    assert requester.name not in text
    assert "Opened again" not in text


def test_a_request_stays_while_somebody_stands_behind_it(client, requester, joiner, wish):
    client.force_login(requester)
    post(client, wish, "withdraw")
    wish.refresh_from_db()
    assert wish.status == "decided"
    assert Voice.objects.get(user=requester).left_at is not None


def test_whoever_has_withdrawn_says_nothing_more(client, requester, wish):
    client.force_login(requester)
    post(client, wish, "withdraw")
    for action, field in (("add", "words"), ("disagree", "text"), ("reply", "text")):
        page = post(client, wish, action, **{field: "Still here"})
        assert "You have withdrawn" in page.content.decode()
    assert not RequestStep.objects.filter(text="Still here").exists()


def test_disagreeing_puts_an_answer_before_the_team_again(client, requester, wish):
    Request.objects.filter(pk=wish.pk).update(
        status="closed", outcome="answered", answer="Use the phone", snoozed_until="2026-12-01"
    )
    wish.links.all().delete()
    client.force_login(requester)
    post(client, wish, "disagree", text="Phones are not allowed")
    wish.refresh_from_db()
    assert (wish.status, wish.outcome, wish.snoozed_until) == ("understood", "", None)
    assert RequestStep.objects.get(kind="disagreed").text == "Phones are not allowed"


def test_disagreeing_decides_nothing(client, requester, wish):
    client.force_login(requester)
    post(client, wish, "disagree", text="I want it now")
    wish.refresh_from_db()
    assert wish.status == "decided"


def test_one_can_choose_to_hear_no_more(client, requester, wish):
    client.force_login(requester)
    post(client, wish, "news", wants="0")
    assert not Voice.objects.get(user=requester).wants_news
    post(client, wish, "news", wants="1")
    assert Voice.objects.get(user=requester).wants_news
