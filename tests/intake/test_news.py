"""The one mail of a person's day: who hears, what, when, and never twice."""

import datetime as dt
import email
import email.policy
import itertools
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import OutboundMail
from intake.models import News, Notice, RequestStep, Voice
from intake.selectors.following import follow_address
from intake.services.following import withdraw
from intake.services.steps import record_step, record_steps
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, OpportunityFactory, RequestFactory, VoiceFactory

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def manager():
    return UserFactory(name="Priya Nair")


@pytest.fixture
def wish():
    return RequestFactory(goal="Know who works on Monday", problem="Rosters change late")


@pytest.fixture
def requester(wish):
    return VoiceFactory(request=wish, user__email="rita@example.org", user__time_zone="Asia/Tokyo")


def step(wish, kind, by=None, now=NOW, **more):
    return record_step(request=wish, kind=kind, by=by, now=now, **more)


def mails():
    return list(OutboundMail.objects.filter(kind="intake.news").order_by("pk"))


def text_of(mail):
    message = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    return message.get_body(("plain",)).get_content() + message.get_body(("html",)).get_content()


def claim(**which):
    """As a worker does, without the transaction of its own that a test can't have."""
    waiting = OutboundMail.objects.filter(state="queued", **which)
    waiting.update(state="sending", attempts=1, leased_until=NOW + 10 * MINUTE)


def recipients():
    return sorted(mail.recipient for mail in mails())


def test_what_happens_in_one_go_is_one_mail(wish, requester, manager):
    opportunity = OpportunityFactory(problem="Late changes", decision="later",
                                     decision_reason="Payroll first")  # fmt: skip
    step(wish, "understood", manager, text="Rosters change late")
    step(wish, "linked", manager, NOW + MINUTE, opportunity=opportunity)
    step(wish, "decided", manager, NOW + 2 * MINUTE, opportunity=opportunity, text="Payroll first")
    (mail,) = mails()
    assert mail.due_at == NOW + 10 * MINUTE
    assert mail.recipient == "rita@example.org"
    assert mail.subject == f"{wish.reference}: Decided: later, and 2 more"
    text = text_of(mail)
    for words in (
        "The team has understood the problem", "Rosters change late", "Late changes",
        "Payroll first", "Priya Nair", "Know who works on Monday", "You get this because you sent",
        follow_address(requester),
    ):  # fmt: skip
        assert text.count(words) >= 2, words  # in both parts


def test_its_identity_stays_while_its_words_change(wish, requester, manager):
    step(wish, "understood", manager, text="A")
    (before,) = mails()
    step(wish, "answered", manager, NOW + MINUTE, text="B")
    (after,) = mails()
    assert (before.message_id, before.due_at) == (after.message_id, after.due_at)
    assert before.message_id.encode() in bytes(after.raw)


def test_once_it_is_on_its_way_the_rest_waits_for_the_morning(wish, requester, manager):
    step(wish, "understood", manager, text="First")
    claim()
    step(wish, "asked", manager, NOW + 20 * MINUTE, text="Second")
    step(wish, "answered", manager, NOW + 30 * MINUTE, text="Third")
    gone, waiting = mails()
    assert "Second" not in text_of(gone)
    assert "Second" in text_of(waiting)
    assert "Third" in text_of(waiting)
    # 23 November 12:00 UTC is 21:00 in Tokyo.
    tokyo = ZoneInfo("Asia/Tokyo")
    assert waiting.due_at.astimezone(tokyo) == dt.datetime(2026, 11, 24, 8, 0, tzinfo=tokyo)
    assert list(News.objects.order_by("day").values_list("day", flat=True)) == [
        dt.date(2026, 11, 23), dt.date(2026, 11, 24),
    ]  # fmt: skip


def test_what_waited_for_the_morning_takes_in_what_comes_before(wish, requester, manager):
    step(wish, "understood", manager, text="First")
    claim()
    step(wish, "asked", manager, NOW + 20 * MINUTE, text="Second")
    early = dt.datetime(2026, 11, 24, 7, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    step(wish, "answered", manager, early, text="Third")
    assert len(mails()) == 2
    assert "Third" in text_of(mails()[1])


def test_a_mail_that_is_due_tomorrow_is_tomorrows(wish, requester, manager):
    late = dt.datetime(2026, 11, 23, 23, 55, tzinfo=ZoneInfo("Asia/Tokyo"))
    step(wish, "understood", manager, late, text="First")
    step(wish, "answered", manager, late + 7 * MINUTE, text="Second")
    assert len(mails()) == 1
    assert News.objects.get().day == dt.date(2026, 11, 24)


def test_who_hears_and_who_does_not(wish, requester, manager):
    VoiceFactory(request=wish, kind="joiner", user__email="Joan@Example.org")
    VoiceFactory(request=wish, user=None, name="Gus", email="gus@example.org")
    VoiceFactory(request=wish, user__email="left@example.org", left_at=NOW)
    VoiceFactory(request=wish, user__email="quiet@example.org", wants_news=False)
    VoiceFactory(request=wish, user__email="gone@example.org", user__is_active=False)
    VoiceFactory(request=wish, user=None, email="erased-7@invalid")
    VoiceFactory(request=wish, user=manager)
    step(wish, "understood", manager, text="It")
    assert recipients() == ["Joan@Example.org", "gus@example.org", "rita@example.org"]
    assert "stand behind" in text_of(next(m for m in mails() if m.recipient.startswith("Joan")))


def test_a_guest_gets_a_private_address(wish, manager):
    voice = VoiceFactory(request=wish, user=None, email="gus@example.org")
    step(wish, "understood", manager, text="It")
    assert f"/follow/{voice.pk}-" in text_of(mails()[0])


def test_an_address_that_no_mail_reaches_stops_nobody(wish, requester, manager):
    VoiceFactory(request=wish, user=None, email="nobody@nowhere@twice")
    step(wish, "understood", manager, text="It")
    assert recipients() == ["rita@example.org"]


def test_internal_steps_are_told_to_nobody(wish, requester, manager):
    step(wish, "snoozed", manager, text="After the fair", is_internal=True)
    step(wish, "understood", manager, text="It")
    assert "After the fair" not in text_of(mails()[0])
    assert Notice.objects.count() == 1


def test_of_a_private_request_no_words_go_out(wish, requester, manager):
    wish.is_private = True
    wish.save()
    step(wish, "understood", manager, text="Salaries are wrong")
    text = text_of(mails()[0])
    assert "Salaries are wrong" not in text
    assert "Know who works on Monday" not in text
    assert follow_address(requester) in text


def test_a_request_that_was_sent_is_confirmed(wish, requester):
    VoiceFactory(request=wish, kind="joiner")
    step(wish, "submitted", requester.user)
    (mail,) = mails()
    assert mail.recipient == "rita@example.org"
    assert mail.subject == f"{wish.reference}: We have your request"


def test_whoever_joins_hears_it_and_nobody_else(wish, requester):
    joiner = VoiceFactory(request=wish, kind="joiner", user__email="joan@example.org")
    step(wish, "joined", joiner.user)
    assert recipients() == ["joan@example.org"]


def test_what_one_does_oneself_is_no_news(wish, requester):
    VoiceFactory(request=wish, kind="joiner")
    for kind in ("added", "replied", "disagreed"):
        step(wish, kind, requester.user, text="Mine")
    withdraw(voice=requester, by=requester.user, now=NOW)
    assert mails() == []


def test_those_behind_a_duplicate_hear_of_what_it_is_the_same_as(wish, requester, manager):
    same = RequestFactory(
        product=wish.product, status="closed", outcome="duplicate", duplicate_of=wish
    )
    VoiceFactory(request=same, user__email="dora@example.org")
    VoiceFactory(request=same, user=requester.user)  # asked both: hears once
    step(wish, "understood", manager, text="It")
    assert recipients() == ["dora@example.org", "rita@example.org"]
    assert Notice.objects.count() == 2
    assert same.reference in text_of(mails()[0])


@pytest.mark.parametrize("kind", ["decided", "shipped"])
def test_of_one_opportunity_one_hears_once(wish, requester, manager, kind):
    """Whether its requests are told together or one after the other."""
    other, third = RequestFactory(product=wish.product), RequestFactory(product=wish.product)
    for request in (other, third):
        VoiceFactory(request=request, user=requester.user)
    opportunity = OpportunityFactory(product=wish.product)
    more = {"kind": kind, "by": manager, "now": NOW, "text": "So", "opportunity": opportunity}
    record_steps(requests=[wish, other], **more)
    record_step(request=third, **more)
    assert RequestStep.objects.filter(kind=kind).count() == 3
    assert Notice.objects.count() == 1


def test_several_requests_stand_in_one_mail(wish, requester, manager):
    other = RequestFactory(product=wish.product, goal="Print less")
    VoiceFactory(request=other, user=requester.user)
    step(wish, "understood", manager, text="One")
    step(other, "understood", manager, text="Two")
    (mail,) = mails()
    assert mail.subject == f"{wish.reference} and {other.reference}: news"
    assert "Print less" in text_of(mail)


def test_subjects_are_short(wish, requester, manager):
    for number in range(12):
        other = RequestFactory(product=wish.product, reference=f"LONG-{10**8 + number}")
        VoiceFactory(request=other, user=requester.user)
        step(other, "understood", manager, text="x" * 500)
        assert len(mails()[0].subject) <= 60
    assert mails()[0].subject == "News of 12 requests"


def test_words_can_break_neither_header_nor_page(wish, requester, manager):
    step(wish, "answered", manager, text="<script>alert(1)</script>\r\nBcc: all@example.org")
    (mail,) = mails()
    message = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    assert message["Bcc"] is None
    assert "<script>" not in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("people", [1, 3])
def test_telling_more_people_costs_only_their_mails(
    wish, manager, people, django_assert_num_queries
):
    for _ in range(people):
        VoiceFactory(request=wish)
    with django_assert_num_queries(SHARED + FIRST * people):
        step(wish, "understood", manager, text="It")
    with django_assert_num_queries(SHARED + LATER * people):
        step(wish, "answered", manager, text="It")


# Reading and holding what all share; queueing a mail and noting it; holding, reading, writing it.
SHARED, FIRST, LATER = 7, 2, 3

EVENTS = st.lists(
    st.tuples(st.sampled_from(["step", "bulk", "claim", "leave"]), st.integers(0, 900)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=25)
@given(EVENTS, st.integers(0, 2**32))
def test_no_two_mails_a_day_nobody_left_without_no_notice_twice(events, seed):
    """Whatever happens in whatever order: each step reaches each person once, in a mail that had
    not gone when it was written, and a day has one mail.
    """
    for table in (Notice, News, OutboundMail, Voice):
        table.objects.all().delete()
    choice, now = random.Random(seed), NOW
    zones = ["Australia/Lord_Howe", "", "America/New_York"]
    users = [UserFactory(time_zone=zone) for zone in zones]
    requests = [RequestFactory() for _ in range(2)]
    voices = [
        VoiceFactory(request=request, user=user)
        for request, user in itertools.product(requests, users)
    ]
    manager, expected, number = UserFactory(), [], 0
    for event, minutes in events:
        now += minutes * MINUTE
        OutboundMail.objects.filter(due_at__lte=now - 3 * MINUTE, state="queued").update(
            state="sent", attempts=1
        )
        if event == "claim":
            claim(due_at__lte=now)
        elif event == "leave":
            Voice.objects.filter(pk=choice.choice(voices).pk).update(left_at=now)
        else:
            number += 1
            of = requests if event == "bulk" else [choice.choice(requests)]
            record_steps(requests=of, kind="answered", by=manager, now=now, text=f"words{number}.")
            behind = Voice.objects.filter(request__in=of, left_at=None)
            expected += [(voice.pk, f"words{number}.") for voice in behind]
    told = Notice.objects.values_list("voice_id", "step__text", "news__mail_id")
    assert sorted((voice, words) for voice, words, _ in told) == sorted(expected)
    assert_told_in_mails(told)
    assert_one_mail_a_day(dict(zip((user.email for user in users), zones, strict=True)))


def assert_told_in_mails(told):
    texts = {mail.pk: text_of(mail) for mail in mails()}
    for _, words, mail_id in told:
        assert words in texts[mail_id]


def assert_one_mail_a_day(zones):
    days = [
        (mail.recipient, mail.due_at.astimezone(ZoneInfo(zones[mail.recipient] or "UTC")).date())
        for mail in mails()
    ]
    assert len(days) == len(set(days))
