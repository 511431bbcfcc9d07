"""What mails are made of: for any number of people in the same number of statements."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.rules import reasons
from digests.selectors.answers import Asker, answers_for
from digests.selectors.letters import letters_for
from intake.enums import StepKind
from intake.models import RequestStep
from tests.factories.accounts import UserFactory
from tests.factories.digests import (
    DUE,
    MONDAY,
    DeliveryFactory,
    IssueFactory,
    ReaderFactory,
    SubscriptionFactory,
)
from tests.factories.intake import RequestFactory, VoiceFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

WEEK = dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db


def step(request, kind=StepKind.ANSWERED, at=DUE - HOUR, **values) -> RequestStep:
    return RequestStep.objects.create(request=request, kind=kind, at=at, text="So be it.", **values)


def asking(**person):
    """Somebody with an account who has asked for something."""
    user = UserFactory()
    somebody = PersonFactory(user=user, email=user.email, **person)
    request = RequestFactory()
    VoiceFactory(request=request, user=user)
    return somebody, request


def answers(person, since=DUE - WEEK, until=DUE):
    asker = Asker(person.pk, person.user_id, person.email, since, until)
    return answers_for({1: asker}).get(1, [])


def test_an_issue_manager_and_form_for_each_product_that_is_read():
    issue = IssueFactory()
    MembershipFactory(
        product=issue.product, role="manager", user__name="Ada", user__email="a@b.example"
    )
    delivery = DeliveryFactory(person=PlacementFactory(product=issue.product).person)
    quiet = SubscriptionFactory(person=delivery.person)
    [one], products = (found := letters_for([delivery], DUE)).people, found.products
    assert [(about.product_id, about.issue_id, about.weeks) for about in one.abouts] == [
        (issue.product_id, issue.pk, 1),
        (quiet.product_id, None, 1),
    ]
    told = products[issue.product_id]
    assert (told.name, told.manager, told.reply_to) == (issue.product.name, "Ada", "a@b.example")
    assert products[quiet.product_id].reply_to == ""


@pytest.mark.parametrize(("every", "newest", "expected"), [
    (1, 0, (0, 1)), (2, 0, (0, 2)), (4, 0, (0, 4)),
    # The issue of this week is missing: the one before, and no older one than since the last mail.
    (1, 1, None), (2, 1, (1, 1)), (4, 1, (1, 3)), (4, 4, None),
])  # fmt: skip
def test_the_newest_issue_since_the_last_mail_gathers_the_earlier_ones(every, newest, expected):
    product = ProductFactory()
    issues = {
        back: IssueFactory(product=product, week=MONDAY - back * WEEK) for back in range(newest, 6)
    }
    delivery = DeliveryFactory(person=PlacementFactory(product=product).person)
    ReaderFactory(person=delivery.person, every=every)
    [about] = letters_for([delivery], DUE).people[0].abouts
    if expected is None:
        assert about.issue_id is None
    else:
        assert (about.issue_id, about.weeks) == (issues[expected[0]].pk, expected[1])


@pytest.mark.parametrize(("every", "mailed", "then", "weeks"), [
    # A mail every week, after one every four; the three weeks between were not told.
    (1, 4, "suppressed", 4), (1, 2, "suppressed", 2), (1, 1, "planned", 1),
    # A mail that failed, or that none was made of, is made good; at most four weeks.
    (2, 3, "failed", 3), (1, 8, "failed", 4), (4, 4, "suppressed", 4),
    # There was nothing to tell of the weeks between.
    (1, 4, "skipped_empty", 1),
])  # fmt: skip
def test_nothing_falls_between_two_mails(every, mailed, then, weeks):
    product = ProductFactory()
    for back in range(10):
        IssueFactory(product=product, week=MONDAY - back * WEEK)
    delivery = DeliveryFactory(person=PlacementFactory(product=product).person)
    ReaderFactory(person=delivery.person, every=every)
    DeliveryFactory(person=delivery.person, week=MONDAY - mailed * WEEK, state="rendered")
    for back in range(1, mailed):
        reason = reasons.NOTHING if then == "skipped_empty" else "They chose otherwise."
        DeliveryFactory(
            person=delivery.person, week=MONDAY - back * WEEK, state=then, reason=reason
        )
    [about] = letters_for([delivery], DUE).people[0].abouts
    assert about.weeks == weeks


def test_an_issue_of_a_week_to_come_is_not_told():
    issue = IssueFactory(week=MONDAY + WEEK)
    delivery = DeliveryFactory(person=PlacementFactory(product=issue.product).person)
    assert letters_for([delivery], DUE).people[0].abouts[0].issue_id is None


def test_answers_of_the_time_between_two_mails():
    person, request = asking()
    for at in (DUE - WEEK, DUE + HOUR):
        step(request, at=at)
    assert answers(person) == []
    told = step(request, at=DUE)
    [answer] = answers(person)
    assert (answer.reference, answer.what, answer.became) == (
        request.reference, request.goal, told.text,
    )  # fmt: skip
    assert answer.url.startswith("http")
    assert answers(person, until=DUE + HOUR)[0].became == "So be it."


def test_answers_are_told_once_from_mail_to_mail():
    """Each step falls into exactly one mail, however often somebody gets theirs."""
    person, request = asking()
    ReaderFactory(person=person, every=2)
    first = DeliveryFactory(
        person=person, week=MONDAY - 2 * WEEK, due_at=DUE - 2 * WEEK, state="rendered"
    )
    step(request, at=DUE - 2 * WEEK + HOUR)
    delivery = DeliveryFactory(person=person)
    assert len(letters_for([delivery], DUE).people[0].answers) == 1
    assert letters_for([first], DUE).people[0].answers == ()


@pytest.mark.parametrize(
    "kind", sorted(set(StepKind) - {"asked", "decided", "shipped", "answered", "merged"})
)
def test_smaller_steps_are_left_to_the_mail_of_the_day(kind):
    person, request = asking()
    step(request, kind)
    assert answers(person) == []


def test_only_what_that_person_may_know():
    person, request = asking()
    step(request, is_internal=True)
    step(RequestFactory())
    assert answers(person) == []
    own = step(request, by=person.user)
    assert answers(person) == []
    own.delete()
    step(request)
    request.is_private = True
    request.save()
    [answer] = answers(person)
    assert request.goal not in answer.what
    assert "So be it." not in answer.became


def test_whoever_left_or_wants_no_news_is_told_nothing():
    for change in ({"left_at": DUE}, {"wants_news": False}):
        person, request = asking()
        step(request)
        assert len(answers(person)) == 1
        request.voices.update(**change)
        assert answers(person) == []


def test_a_guest_is_told_at_their_address_of_the_page_that_is_theirs():
    person = PersonFactory(email="Guest@Example.org")
    request = RequestFactory()
    VoiceFactory(request=request, user=None, email="guest@example.org")
    step(request)
    [answer] = answers(person)
    assert "/follow/" in answer.url


def test_a_duplicate_is_told_of_what_it_is_the_same_as_without_its_words():
    person, request = asking()
    kept = RequestFactory(is_private=True)
    request.duplicate_of = kept
    request.save()
    step(kept)
    [answer] = answers(person)
    assert answer.reference == request.reference
    assert "So be it." not in answer.became
    assert kept.goal not in answer.what


def test_answers_alone_are_worth_a_mail():
    person, request = asking()
    step(request)
    [one] = letters_for([DeliveryFactory(person=person)], DUE).people
    assert one.why_none == ""
    assert len(one.answers) == 1


def test_as_many_statements_for_two_people_as_for_sixty():
    products = ProductFactory.create_batch(3)
    for product in products:
        IssueFactory(product=product)

    def made(count):
        found = []
        for number in range(count):
            person, request = asking()
            step(request)
            PlacementFactory(person=person, product=products[number % 3])
            SubscriptionFactory(person=person, product=products[(number + 1) % 3])
            DeliveryFactory(person=person, week=MONDAY - WEEK, due_at=DUE - WEEK, state="rendered")
            found.append(DeliveryFactory(person=person))
        return found

    counts = []
    for count in (2, 60):
        deliveries = made(count)
        with CaptureQueriesContext(connection) as statements:
            found = letters_for(deliveries, DUE)
        assert len(found.people) == count
        assert all(len(one.abouts) == 2 and len(one.answers) == 1 for one in found.people)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 16
