"""Unsubscribing by one POST as RFC 8058 asks for it, and by nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from email import message_from_bytes
from email.policy import SMTP

import pytest
from django.db import connection
from django.test import Client

from core.models import MailState, OutboundMail, ScheduleSlot
from digests.models import Reader
from digests.selectors.addresses import unsubscribe_url
from digests.services import reading
from digests.services.writing import write_due
from tests.factories.accounts import UserFactory
from tests.factories.digests import (
    DUE,
    DeliveryFactory,
    IssueItemFactory,
    ReaderFactory,
    SubscriptionFactory,
)
from tests.factories.stakeholders import PersonFactory

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xYz"
HEAD = 'Content-Disposition: form-data; name="List-Unsubscribe"'
PARTS = f"--xYz\r\n{HEAD}\r\n\r\nOne-Click\r\n--xYz--\r\n"


def path(person, epoch=0) -> str:
    return unsubscribe_url(person.pk, epoch).removeprefix("http://testserver")


def tables() -> dict[str, str]:
    """A hash of every table's rows."""
    names = connection.introspection.table_names()
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')
            found[name] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("List-Unsubscribe=One-Click", URLENCODED),
        (PARTS, MULTIPART),
        ("", URLENCODED),  # more generous than it has to be
        ("--broken", MULTIPART),
        ("\x00\xff=&&", "text/plain"),
    ],
    ids=["urlencoded", "multipart", "empty", "broken", "other"],
)
def test_one_post_does_it_without_cookies_session_or_token(body, kind):
    person = SubscriptionFactory().person
    mailbox = Client(enforce_csrf_checks=True)
    response = mailbox.generic("POST", path(person), body, content_type=kind)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Location" not in response.headers
    assert Reader.objects.get(person=person).unsubscribed_at is not None


def test_it_can_be_done_ten_times():
    person = PersonFactory()
    mailbox = Client(enforce_csrf_checks=True)
    first = [mailbox.post(path(person)).status_code for _ in range(10)]
    assert set(first) == {200}
    assert Reader.objects.count() == 1


def test_a_hundred_visits_of_a_scanner_change_nothing():
    person = ReaderFactory().person
    SubscriptionFactory(person=person)
    scanner = Client()
    before = tables()
    for _ in range(50):
        response = scanner.get(path(person))
        scanner.head(path(person))
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    assert tables() == before
    scanner.post(path(person))
    assert tables() != before  # negative control


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_other_method_does_it(method):
    person = PersonFactory()
    assert Client().generic(method, path(person)).status_code == 405
    assert not Reader.objects.exists()


def test_a_wrong_address_unsubscribes_nobody():
    person = PersonFactory()
    old = path(person)
    reading.end_addresses(person=person, now=DUE)
    wrong = [old, path(person, 2), path(person, 1)[:-2] + "/", "/digest/unsubscribe/x/"]
    found = set()
    for url in wrong:
        response = Client(enforce_csrf_checks=True).post(url, {"List-Unsubscribe": "One-Click"})
        page = re.sub(rb'name="csrf-token" content="[^"]*"', b"", response.content)
        found.add((response.status_code, page))
    assert {status for status, _ in found} == {404}
    assert len(found) == 1
    assert Reader.objects.get().unsubscribed_at is None


def test_the_address_leads_to_no_other_page_of_theirs():
    """Whoever forwards or leaks it lets others stop the mail, and nothing else."""
    person = SubscriptionFactory().person
    for response in (Client().get(path(person)), Client().post(path(person))):
        page = response.content.decode()
        assert "Change how often, or in which form" in page
        assert "/digest/preferences/" not in page
        assert re.findall(r"/digest/[a-z]*/?[A-Za-z0-9_-]{32}", page) == []


def test_it_works_for_whoever_has_left():
    person = PersonFactory(user=UserFactory(is_active=False))
    response = Client().post(path(person))
    assert response.status_code == 200
    assert "Change how often" not in response.content.decode()  # it would open nothing
    assert Reader.objects.get().unsubscribed_at is not None


def test_the_page_says_nothing_of_whose_it_is():
    person = SubscriptionFactory().person
    for response in (Client().get(path(person)), Client().post(path(person))):
        page = response.content.decode()
        assert person.name not in page
        assert person.email not in page
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "same-origin"


def test_the_headers_of_a_mail_lead_there_in_one_step():
    """Of a mail as it goes out: one header each, an address of ours, no redirect on the way."""
    item = IssueItemFactory()
    person = SubscriptionFactory(product=item.issue.product).person
    friday = dt.datetime(2026, 11, 27, 6, tzinfo=dt.UTC)
    ScheduleSlot.objects.create(job="digests.draft", slot_start=friday, finished_at=friday)
    DeliveryFactory(person=person)
    write_due(now=DUE)
    message = message_from_bytes(bytes(OutboundMail.objects.get().raw), policy=SMTP)
    assert len(message.get_all("List-Unsubscribe")) == 1
    assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    url = re.match(r"<(http://testserver/digest/unsubscribe/[A-Za-z0-9_-]{32}/)>",
                   message["List-Unsubscribe"])[1]  # fmt: skip
    assert Client(enforce_csrf_checks=True).post(url[17:]).status_code == 200
    assert Reader.objects.get(person=person).unsubscribed_at is not None
    assert OutboundMail.objects.get().state == MailState.WITHDRAWN
