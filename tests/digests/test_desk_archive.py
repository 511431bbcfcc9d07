"""What went out of a product: the archive, an issue as it was sent, the histories."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from core.history import history_page
from core.mail import queue_mail
from core.models import MailState, OutboundMail
from digests.models import DeliveryPart, Issue
from digests.services.editing import approve_issue, hide_item, write_note
from tests.factories.accounts import UserFactory
from tests.factories.digests import (
    DUE,
    MONDAY,
    DeliveryFactory,
    EditionFactory,
    IssueFactory,
    IssueItemFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

SATURDAY = dt.datetime(2026, 11, 28, 10, 0, tzinfo=dt.UTC)
WEDNESDAY = dt.datetime(2026, 12, 2, 10, 0, tzinfo=dt.UTC)
ISSUES = "/products/shift-planner/digest/issues/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def pm(client, product):
    user = UserFactory(name="Dana Reyes", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    client.force_login(user)
    return user


def soup_of(response):
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words_of(soup):
    return " ".join(soup.get_text(" ").split())


def mailed(edition, state=MailState.SENT, *, person=None):
    """A mail that holds the edition."""
    person = person or PersonFactory()
    mail = queue_mail(kind="digest", to=person.email, subject="S", text="T", html="H", now=DUE)
    OutboundMail.objects.filter(pk=mail.pk).update(state=state)
    week = edition.issue.week
    delivery = DeliveryFactory(person=person, week=week, state="rendered", mail=mail)
    DeliveryPart.objects.create(delivery=delivery, edition=edition, position=0)
    return person


def without_mail(product, state, *, is_reader=True):
    person = PersonFactory()
    if is_reader:
        PlacementFactory(product=product, person=person)
    DeliveryFactory(person=person, state=state, reason="Nothing new.", ended_at=DUE)


def test_what_each_issue_said_and_what_became_of_its_mails(client, pm, product):
    issue = IssueFactory(product=product, locked_at=DUE)
    for weight, title in ((30, "Second."), (90, "First."), (20, "Third."), (10, "Fourth.")):
        IssueItemFactory(issue=issue, title=title, weight=weight)
    IssueItemFactory(issue=issue, title="No.", weight=99, is_hidden=True, hidden_reason="No.")
    edition = EditionFactory(issue=issue)
    for state in (MailState.SENT, MailState.SENT, MailState.QUEUED, MailState.FAILED):
        mailed(edition, state)
    without_mail(product, "skipped_empty")
    without_mail(product, "suppressed")
    without_mail(product, "suppressed", is_reader=False)
    row = soup_of(client.get(ISSUES)).select_one("tbody tr")
    assert [words_of(cell) for cell in row.select("th, td")] == [
        "Monday 30 November Sent",
        "First · Second · Third",
        "2 1 on their way, 1 failed or came back",
        "1",
        "1",
    ]


def test_contributors_see_what_was_sent_and_nothing_about_readers(client, product):
    issue = IssueFactory(product=product, locked_at=DUE)
    mailed(EditionFactory(issue=issue))
    without_mail(product, "skipped_empty")
    user = UserFactory()
    MembershipFactory(user=user, product=product, role="contributor")
    client.force_login(user)
    table = soup_of(client.get(ISSUES)).select_one("table")
    heads = [one.text for one in table.select("thead th")]
    assert heads == ["Issue", "What it said", "Sent"]
    assert "readers had nothing" not in client.get(f"{ISSUES}../").content.decode()


def test_an_empty_archive_says_what_will_stand_there(client, pm):
    assert "No issue yet" in words_of(soup_of(client.get(ISSUES)))


def test_what_is_to_come_and_what_nobody_got_have_no_numbers(client, pm, product):
    IssueFactory(product=product, week=dt.date(2026, 12, 7))
    IssueFactory(product=product, week=dt.date(2026, 11, 23))
    rows = soup_of(client.get(ISSUES)).select("tbody tr")
    assert [words_of(row.select_one("th")) for row in rows] == [
        "Monday 7 December To come",
        "Monday 23 November Not sent",
    ]
    assert [words_of(row.select_one("[data-label=Sent]")) for row in rows] == ["–", "–"]


def test_an_issue_of_which_no_mail_was_made_is_closed_and_not_sent(client, pm, product):
    issue = IssueFactory(product=product, locked_at=DUE)
    edition = EditionFactory(issue=issue)
    without_mail(product, "skipped_empty")
    said = words_of(soup_of(client.get(issue.get_absolute_url())).select_one("main"))
    assert "Digest for Monday 30 November Closed" in said
    assert "Closed on Monday 30 November: nothing in it went into a mail." in said
    assert "went out" not in said
    row = soup_of(client.get(ISSUES)).select_one("tbody th")
    assert words_of(row) == "Monday 30 November Closed"
    # A mail that was deleted with somebody in it did go out.
    delivery = DeliveryFactory(state="rendered")
    DeliveryPart.objects.create(delivery=delivery, edition=edition, position=0)
    assert words_of(soup_of(client.get(ISSUES)).select_one("tbody th")).endswith("Sent")
    said = words_of(soup_of(client.get(issue.get_absolute_url())).select_one("main"))
    assert "It went out on Monday 30 November" in said


def test_pages_of_twenty(client, pm, product):
    for week in range(21):
        IssueFactory(product=product, week=MONDAY - dt.timedelta(weeks=week))
    soup = soup_of(client.get(ISSUES))
    assert len(soup.select("tbody tr")) == 20
    older = soup.select_one("a[href*='page=2']")["href"]
    assert len(soup_of(client.get(f"{ISSUES}{older}")).select("tbody tr")) == 1


@pytest.mark.parametrize("number", [1, 3, 50])
def test_a_fixed_number_of_statements(client, pm, product, number, django_assert_num_queries):
    for week in range(number):
        monday = MONDAY - dt.timedelta(weeks=week)
        issue = IssueFactory(product=product, week=monday, locked_at=DUE)
        for _ in range(min(number, 3)):
            IssueItemFactory(issue=issue)
        EditionFactory(issue=issue)
    client.get(ISSUES)
    with django_assert_num_queries(16):
        client.get(ISSUES)


@pytest.fixture
def sent(pm, product):
    """An issue with a note, something left out and an approval, that went out to two."""
    issue = IssueFactory(product=product)
    item = IssueItemFactory(issue=issue, title="Nobody needs this.")
    with time_machine.travel(SATURDAY, tick=False):
        write_note(issue=issue, version=1, note="Have a look.", by=pm, now=SATURDAY)
        hide_item(item=item, version=2, reason="Told before.", by=pm, now=SATURDAY)
        approve_issue(issue=issue, version=3, by=pm, now=SATURDAY)
    Issue.objects.update(locked_at=DUE)
    issue.refresh_from_db()
    edition = EditionFactory(issue=issue, html="<p>To the byte.</p>\n", text="To the byte.\n")
    EditionFactory(issue=issue, length="short")
    EditionFactory(issue=issue, plan="brief", for_team=True, subject="For the team")
    for _ in range(2):
        mailed(edition)
    return issue


def test_the_page_of_what_went_out(client, sent):
    soup = soup_of(client.get(sent.get_absolute_url()))
    said = words_of(soup.select_one("main"))
    assert "Digest for Monday 30 November Sent" in said
    assert "stays as it was" in said
    assert "2 mails sent." in said
    assert "Dana Reyes, Saturday 28 November" in said
    assert "Have a look." in said
    assert "Left out: Told before." in said
    assert "The next one is drafted on Friday 4 December." in said
    assert soup.select("main form[action*='/digest/']") == []
    rows = [words_of(row) for row in soup.select("table tbody tr")]
    assert rows[0] == "Newsletter Full, everyone, 4 words 2"
    assert sorted(rows[1:]) == [
        "Executive brief Full, the team, 4 words 0",
        "Newsletter Short, everyone, 4 words 0",
    ]


def test_contributors_see_how_many_mails_went_and_not_which_form_who_reads(client, sent, product):
    user = UserFactory()
    MembershipFactory(user=user, product=product, role="contributor")
    client.force_login(user)
    soup = soup_of(client.get(sent.get_absolute_url()))
    assert "2 mails sent." in words_of(soup)
    table = soup.select_one("#editions-title").parent.select_one("table")
    assert words_of(table) == (
        "Every edition that was written Form "
        "Executive brief Full, the team, 4 words "
        "Newsletter Full, everyone, 4 words "
        "Newsletter Short, everyone, 4 words"
    )
    assert words_of(soup.select_one(".desk-letter header p")) == "4 words"


def test_its_frames_hold_what_was_kept_and_nothing_drawn_anew(client, sent):
    frame = soup_of(client.get(sent.get_absolute_url())).select_one("iframe")
    assert "<p>To the byte.</p>" in client.get(frame["src"]).content.decode()
    text = client.get(f"{frame['src']}&part=text").content.decode()
    assert "To the byte." in text


def test_only_forms_that_were_written_are_shown(client, sent):
    def shown(query):
        soup = soup_of(client.get(f"{sent.get_absolute_url()}&{query}"))
        return [one.text for one in soup.select(".desk-letter h4")]

    assert shown("length=full") == ["Newsletter"]
    assert shown("who=team") == ["Executive brief"]
    assert shown("length=line") == []


def test_who_changed_what_stands_on_the_page_and_in_the_products_history(client, pm, sent, product):
    before = words_of(soup_of(client.get(sent.get_absolute_url())).select_one(".history"))
    assert "why it is left out" in before
    assert "Told before." in before
    product = type(product).objects.with_viewer(pm).get(pk=product.pk)
    entries = history_page(product, pm).entries
    told = {(entry.subject, change.field) for entry in entries for change in entry.changes}
    assert ("“Nobody needs this.” in the digest", "why it is left out") in told
    assert any(field == "your note" for _, field in told)


def test_a_colleague_reads_nothing_of_it(client, sent):
    stranger = UserFactory()
    client.force_login(stranger)
    settings = reverse("digests:digest_settings", args=["shift-planner"])
    for path in (ISSUES, sent.get_absolute_url(), settings):
        assert client.get(path).status_code in (403, 404)
