"""What a manager does with the issue to come: with and without htmx, twice, too late, at once."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from core.models import OutboundMail
from digests.models import Issue
from digests.services.editing import write_note
from tests.factories.accounts import UserFactory
from tests.factories.digests import DUE, IssueFactory, IssueItemFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory, ReleaseFactory

SATURDAY = dt.datetime(2026, 11, 28, 10, 0, tzinfo=dt.UTC)
HERE = "/products/shift-planner/digest/2026-11-30/"
HTMX = {"HX-Request": "true", "HX-Target": "issue-items"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(SATURDAY, tick=False):
        yield


@pytest.fixture
def issue():
    return IssueFactory(product=ProductFactory(name="Shift Planner", slug="shift-planner"))


@pytest.fixture
def item(issue):
    return IssueItemFactory(issue=issue, title="New: Rosters can be copied.")


@pytest.fixture
def pm(client, issue):
    user = UserFactory(name="Dana Reyes", email="dana@example.com")
    MembershipFactory(user=user, product=issue.product, role="manager")
    client.force_login(user)
    return user


def soup_of(response):
    return BeautifulSoup(response.content, "html.parser")


def said(response):
    return " ".join(soup_of(response).get_text(" ").split())


def undo_of(response):
    return soup_of(response).select_one(".toast form")["action"]


def test_a_note_is_saved_once_and_stands_in_the_letters(client, pm, issue):
    data = {"note": "Please look at the swap page. It is new.", "version": "1"}
    first = client.post(f"{HERE}note/", data, follow=True)
    assert "Your note is saved." in said(first)
    client.post(f"{HERE}note/", data)
    issue.refresh_from_db()
    assert (issue.note, issue.version) == (data["note"], 2)
    assert "It is new." in client.get(f"{HERE}body/?plan=brief").content.decode()
    assert "9 words" in said(first)


def test_whoever_saves_second_keeps_what_they_typed(client, pm, issue):
    write_note(issue=issue, version=1, note="Theirs.", by=pm, now=SATURDAY)
    refused = client.post(f"{HERE}note/", {"note": "Mine.", "version": "1"})
    assert refused.status_code == 409
    form = soup_of(refused).select_one("#issue-note form")
    assert form.select_one("textarea").text.strip() == "Mine."
    assert "saved now “Theirs.”, you typed “Mine.”" in said(refused)
    data = {"note": "Mine.", "version": form.select_one("[name=version]")["value"]}
    client.post(f"{HERE}note/", data)
    assert Issue.objects.get().note == "Mine."


def test_a_note_that_is_too_long_is_refused_in_words(client, pm, issue):
    refused = client.post(f"{HERE}note/", {"note": "x" * 601, "version": "1"})
    assert refused.status_code == 422
    assert "There is a problem" in said(refused)
    assert soup_of(refused).select_one("textarea").text.strip() == "x" * 601


def test_hiding_asks_for_a_reason_and_undo_tells_it_again(client, pm, issue, item):
    url = f"{HERE}items/{item.pk}/hide/"
    refused = client.post(url, {"version": "1"})
    assert refused.status_code == 422
    row = soup_of(refused).select_one(f"#item-{item.pk}")
    assert "open" in row.select_one("details:has(form[action$='/hide/'])").attrs
    hidden = client.post(url, {"reason": "Told before.", "version": "1"}, follow=True)
    assert "It is left out." in said(hidden)
    assert "Left out: Told before." in said(hidden)
    client.post(url, {"reason": "Told before.", "version": "1"})
    item.refresh_from_db()
    assert (item.is_hidden, item.hidden_reason) == (True, "Told before.")
    assert "Rosters" not in client.get(f"{HERE}body/?plan=newsletter").content.decode()
    client.post(undo_of(hidden))
    item.refresh_from_db()
    assert not item.is_hidden


def test_pinning_and_its_undo(client, pm, issue, item):
    pinned = client.post(f"{HERE}items/{item.pk}/pin/", {"version": "1"}, follow=True)
    assert "pinned" in said(pinned)
    item.refresh_from_db()
    assert item.is_pinned
    client.post(undo_of(pinned))
    item.refresh_from_db()
    assert not item.is_pinned


def test_other_words_and_back_to_those_of_the_draft(client, pm, issue, item):
    url = f"{HERE}items/{item.pk}/word/"
    worded = client.post(url, {"wording": "You can copy rosters.", "version": "1"}, follow=True)
    assert "Drafted as: New: Rosters can be copied." in said(worded)
    assert "You can copy rosters." in client.get(f"{HERE}body/?plan=newsletter").content.decode()
    client.post(url, {"wording": "", "version": "2"})
    item.refresh_from_db()
    assert str(item) == "New: Rosters can be copied."


def test_a_red_guardrail_stays_whoever_asks(client, pm, issue, item):
    item.is_red = True
    item.save()
    url = f"{HERE}items/{item.pk}/hide/"
    answer = client.post(url, {"reason": "Rather not.", "version": "1"}, follow=True)
    assert "A guardrail in the red is always told." in said(answer)
    item.refresh_from_db()
    assert not item.is_hidden


def test_approving_and_taking_it_back(client, pm, issue):
    approved = client.post(f"{HERE}approve/", {"version": "1"}, follow=True)
    assert "Approved" in said(approved)
    issue.refresh_from_db()
    assert (issue.approved_by, issue.approved_at) == (pm, SATURDAY)
    client.post(f"{HERE}approve/", {"version": "1"})
    client.post(undo_of(approved))
    issue.refresh_from_db()
    assert issue.approved_at is None


def test_drafting_again_keeps_the_managers_work(client, pm, issue):
    ReleaseFactory(
        product=issue.product,
        title="Copies",
        day=dt.date(2026, 11, 25),
        published_at=dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC),
    )
    write_note(issue=issue, version=1, note="Mine.", by=pm, now=SATURDAY)
    answer = client.post(f"{HERE}redraft/", follow=True)
    assert "Your note, pins and wording stay." in said(answer)
    issue.refresh_from_db()
    assert issue.note == "Mine."
    assert [str(one) for one in issue.items.all()] == ["New: Copies."]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("note/", {"note": "Late."}),
        ("approve/", {}),
        ("redraft/", {}),
        ("items/{item}/pin/", {}),
        ("items/{item}/hide/", {"reason": "Late."}),
        ("items/{item}/word/", {"wording": "Late."}),
    ],
)
def test_what_has_gone_out_stays(client, pm, issue, item, path, data):
    Issue.objects.update(locked_at=DUE)
    url = HERE + path.format(item=item.pk)
    answer = client.post(url, {**data, "version": "1"}, follow=True)
    assert answer.status_code == 200
    assert "It has gone out meanwhile and stays as it is." in said(answer)
    issue.refresh_from_db()
    assert (issue.note, issue.approved_at, issue.version) == ("", None, 1)


def test_a_button_that_was_too_slow_shows_how_it_stands(client, pm, issue, item):
    write_note(issue=issue, version=1, note="Theirs.", by=pm, now=SATURDAY)
    answer = client.post(f"{HERE}items/{item.pk}/pin/", {"version": "1"}, follow=True)
    assert "Somebody else was faster." in said(answer)
    item.refresh_from_db()
    assert not item.is_pinned


def test_for_htmx_the_parts_that_change_come_and_the_focus_stays(client, pm, issue, item):
    url = f"{HERE}items/{item.pk}/pin/?scheme=dark"
    soup = soup_of(client.post(url, {"version": "1"}, headers=HTMX))
    assert soup.select_one("html") is None
    assert "hx-swap-oob" not in soup.select_one("#issue-items").attrs
    assert [one["id"] for one in soup.select("[id][hx-swap-oob]")] == [
        "issue-state",
        "issue-variants",
        "note-version",
    ]
    assert soup.select_one("#note-version")["value"] == "2"
    focused = soup.select_one("#issue-items [data-focus]")
    assert focused.get_text(" ").split()[0] == "Unpin"
    assert all("scheme=dark" in one["src"] and "v=2" in one["src"] for one in soup.select("iframe"))


def test_a_test_mail_goes_to_whoever_asks_and_to_nobody_else(client, pm, issue, item):
    answer = client.post(f"{HERE}test/", {"plan": "newsletter"}, follow=True)
    assert "A test is on its way to dana@example.com." in said(answer)
    client.post(f"{HERE}test/", {"plan": "newsletter"})
    mail = OutboundMail.objects.get()
    assert (mail.recipient, mail.kind) == ("dana@example.com", "digest_test")
    assert mail.subject.startswith("Test: ")
    assert b"Rosters can be copied" in bytes(mail.raw)
    issue.refresh_from_db()
    assert (issue.locked_at, issue.version, issue.editions.count()) == (None, 1, 0)


def test_ten_test_mails_an_hour(client, pm, issue, item):
    for minute in range(11):
        with time_machine.travel(SATURDAY + dt.timedelta(minutes=minute), tick=False):
            answer = client.post(f"{HERE}test/", {"plan": "brief"}, follow=True)
    assert "That was ten test mails within an hour." in said(answer)
    assert OutboundMail.objects.count() == 10


@pytest.mark.parametrize("role", ["contributor", None])
def test_nobody_but_managers_changes_anything(issue, item, role):
    user = UserFactory()
    if role:
        MembershipFactory(user=user, product=issue.product, role=role)
    client = Client()
    client.force_login(user)
    for path in ("note/", "approve/", "redraft/", "test/", f"items/{item.pk}/pin/"):
        assert client.post(HERE + path).status_code in (403, 404)
    assert not OutboundMail.objects.exists()
