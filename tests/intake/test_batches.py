"""When somebody hears of new requests: at their own times, once, and only of something new."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from core.models import OutboundMail
from intake.models import InboxMail, InboxPlan
from intake.rules.batches import last_slot
from intake.selectors.inbox.batches import due_batches, news_for
from intake.services.batches import set_times, write_batch
from intake.tasks import send_inbox_batches
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.intake import RequestFactory
from tests.factories.portfolio import LeadFactory, MembershipFactory, ProductFactory
from tests.htmx import open_page

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MORNING = dt.datetime(2026, 11, 23, 11, 0, tzinfo=dt.UTC)
AFTERNOON = dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC)
TWICE = [dt.time(11, 0), dt.time(15, 30)]
BERLIN = ZoneInfo("Europe/Berlin")


# ---- the rule ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (MORNING, MORNING),
        (MORNING - dt.timedelta(seconds=1), AFTERNOON - DAY),
        (MORNING + HOUR, MORNING),
        (AFTERNOON + 3 * HOUR, AFTERNOON),
        (AFTERNOON + 12 * HOUR, AFTERNOON),
    ],
)
def test_the_latest_time_that_has_come(now, slot):
    assert last_slot(TWICE, now, dt.UTC) == slot


def test_no_times_no_slot():
    assert last_slot([], MORNING, dt.UTC) is None


def test_ones_own_wall_decides():
    """11:00 in Sydney is the midnight before in Greenwich."""
    sydney = ZoneInfo("Australia/Sydney")

    found = last_slot([dt.time(11)], dt.datetime(2026, 11, 23, 0, 30, tzinfo=dt.UTC), sydney)

    assert found == dt.datetime(2026, 11, 23, 0, 0, tzinfo=dt.UTC)


def test_a_time_that_comes_twice_counts_once():
    """On 25 October 2026 the clocks of Berlin go from 3:00 back to 2:00."""
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)

    found = {last_slot([dt.time(2, 30)], first + n * 0.25 * HOUR, BERLIN) for n in range(10)}

    assert found == {first}


def test_a_time_that_is_left_out_comes_once():
    """On 28 March 2027 the clocks of Berlin go from 2:00 to 3:00."""
    before = dt.datetime(2027, 3, 28, 0, 0, tzinfo=dt.UTC)

    found = {last_slot([dt.time(2, 30)], before + n * 0.25 * HOUR, BERLIN) for n in range(12)}

    assert found == {
        dt.datetime(2027, 3, 27, 1, 30, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 28, 1, 30, tzinfo=dt.UTC),
    }


@given(
    now=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),
    times=st.sets(st.times(), min_size=1, max_size=6),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_a_slot_is_never_ahead_and_never_long_ago(now, times, zone):
    found = last_slot(times, now, ZoneInfo(zone))

    assert found is not None
    assert now - dt.timedelta(hours=26) < found <= now
    assert last_slot(times, found, ZoneInfo(zone)) == found


# ---- mails -------------------------------------------------------------------


@pytest.fixture
def product(db):
    return ProductFactory(name="Shift Planner")


@pytest.fixture
def ana(product):
    person = UserFactory(name="Ana", email="ana@example.com", time_zone="UTC")
    MembershipFactory(user=person, product=product)
    return person


def ask(product, at, **fields):
    return RequestFactory(product=product, created_at=at, changed_at=at, **fields)


def tick(now):
    with time_machine.travel(now, tick=False):
        send_inbox_batches()


def words_of(mail):
    """The plain text of it."""
    message = email.message_from_bytes(bytes(mail.raw), policy=email.policy.default)
    return message.get_body(("plain",)).get_content()


def mails():
    return list(OutboundMail.objects.filter(kind="intake.inbox").order_by("pk"))


def test_two_beats_one_mail(ana, product):
    ask(product, MORNING - HOUR)

    tick(MORNING)
    tick(MORNING)
    tick(MORNING + HOUR)

    [mail] = mails()
    assert mail.recipient == "ana@example.com"
    [row] = InboxMail.objects.all()
    assert (row.user, row.slot_start, row.mail) == (ana, MORNING, mail)


def test_one_mail_for_all_that_came(ana, product):
    other = ProductFactory(name="Price Desk")
    MembershipFactory(user=ana, product=other)
    for number in range(7):
        ask(product, MORNING - HOUR, reference=f"SP-{number}", goal=f"Wish {number}")
    ask(other, MORNING - HOUR, goal="Cheaper")

    tick(MORNING)

    [mail] = mails()
    text = words_of(mail)
    assert mail.subject == "8 new requests in your inbox"
    assert "Shift Planner: 7 new, 7 waiting in all" in text
    assert "Price Desk: 1 new" in text
    assert "and 2 more" in text


def test_nothing_new_no_mail_but_the_row(ana, product):
    ask(product, MORNING - HOUR)
    tick(MORNING)

    tick(AFTERNOON)

    assert len(mails()) == 1
    assert InboxMail.objects.filter(mail__isnull=True).get().slot_start == AFTERNOON


def test_after_a_night_without_a_clock_one_late_mail(ana, product):
    tick(MORNING - 3 * DAY)
    for days in (3, 2, 1):
        ask(product, AFTERNOON - days * DAY)

    tick(MORNING + HOUR)

    assert len(mails()) == 1
    # What came between the time and the late mail was in it.
    ask(product, MORNING + 2 * HOUR)
    tick(AFTERNOON)
    assert mails()[1].subject == "1 new request in your inbox"


def test_what_a_late_mail_told_is_not_told_again(ana, product):
    ask(product, MORNING + dt.timedelta(minutes=30))

    tick(MORNING + HOUR)
    tick(AFTERNOON)

    assert len(mails()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"needs_info": True},
        {"snoozed_until": MORNING.date() + DAY},
        {"status": "closed", "outcome": "withdrawn", "closed_at": MORNING},
        {"status": "linked", "problem": "x"},
    ],
)
def test_only_what_waits_is_told(ana, product, fields):
    ask(product, MORNING - HOUR, **fields)

    tick(MORNING)

    assert mails() == []


def test_a_private_request_tells_its_reference_alone(ana, product):
    ask(product, MORNING - HOUR, goal="My boss does not know", is_private=True, reference="SP-77")

    tick(MORNING)

    text = words_of(mails()[0])
    assert "SP-77 (private)" in text
    assert "boss" not in text


def test_leads_and_administrators_hear_once_they_chose(product):
    lead, administrator = LeadFactory(portfolio=product.portfolio).user, AdministratorFactory()
    ask(product, MORNING - HOUR)
    tick(MORNING)
    assert mails() == []

    for person in (lead, administrator):
        InboxPlan.objects.create(user=person, times=[dt.time(12)])
    tick(MORNING + HOUR)

    assert {mail.recipient for mail in mails()} == {lead.email, administrator.email}


def test_whoever_left_hears_nothing(ana, product):
    ask(product, MORNING - HOUR)
    ana.is_active = False
    ana.save()

    assert due_batches(MORNING) == []


def test_the_news_are_those_of_ones_own_products(ana, product):
    ask(ProductFactory(), MORNING - HOUR)

    assert news_for(ana, MORNING) == []


def test_choosing_times_tells_nothing_at_once(ana, product):
    ask(product, MORNING - HOUR)

    set_times(times=[dt.time(9), dt.time(9)], by=ana, now=MORNING)

    assert InboxPlan.objects.get().times == [dt.time(9)]
    tick(MORNING)
    assert mails() == []
    tick(MORNING + DAY)
    assert len(mails()) == 1


def test_choosing_times_swallows_nothing_and_tells_nothing_twice(ana, product):
    ask(product, MORNING - 2 * DAY, goal="Told before")
    tick(MORNING - DAY)
    ask(product, MORNING - 3 * HOUR, goal="Not told yet")

    set_times(times=[dt.time(9)], by=ana, now=MORNING)
    set_times(times=[dt.time(10)], by=ana, now=MORNING)
    tick(MORNING)
    assert len(mails()) == 1

    tick(MORNING + DAY)
    tick(MORNING + 2 * DAY)
    tick(MORNING + 3 * DAY)

    assert len(mails()) == 2
    assert mails()[1].subject == "1 new request in your inbox"
    assert "Not told yet" in words_of(mails()[1])


def test_no_times_no_mail(ana, product):
    set_times(times=[], by=ana, now=MORNING)
    ask(product, MORNING + HOUR)

    tick(AFTERNOON)

    assert mails() == []
    assert not InboxMail.objects.exists()


def test_many_accounts_cost_two_queries_more_or_less(django_assert_num_queries, product):
    for _ in range(12):
        MembershipFactory(product=product)

    with django_assert_num_queries(3):
        assert len(due_batches(MORNING)) == 12


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_the_same_instant_write_one_mail():
    product = ProductFactory()
    ana = MembershipFactory(product=product).user
    ask(product, MORNING - HOUR)
    together = threading.Barrier(4)

    def beat():
        try:
            together.wait(timeout=20)
            write_batch(user_id=ana.pk, slot_start=MORNING, now=MORNING)
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (InboxMail.objects.count(), OutboundMail.objects.count()) == (1, 1)


# ---- the page ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("11:00, 15:30", [dt.time(11), dt.time(15, 30)]),
        ("9 14.30", [dt.time(9), dt.time(14, 30)]),
        ("16:00 and 8:05", [dt.time(8, 5), dt.time(16)]),
        ("", []),
    ],
)
def test_times_as_people_write_them(client, ana, typed, times):
    client.force_login(ana)

    for _ in range(2):
        assert client.post("/inbox/times/", {"times": typed}).status_code == 302

    assert InboxPlan.objects.get(user=ana).times == times


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("25:00", "“25:00” is no time of the day"),
        ("noon", "“noon” is no time of the day"),
        ("9:61", "“9:61” is no time of the day"),
        ("1 2 3 4 5 6 7", "Choose 6 times at most"),
    ],
)
def test_what_is_no_time_is_said(client, ana, typed, words):
    client.force_login(ana)

    response = client.post("/inbox/times/", {"times": typed})

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not InboxPlan.objects.exists()


def test_the_page_shows_the_times(client, ana):
    client.force_login(ana)

    assert "11:00, 15:30" in str(open_page(client, "/inbox/times/").soup)
