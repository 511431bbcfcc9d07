"""Asking by a shared link, without an account: only while it is in force, and not without end."""

from __future__ import annotations

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Department, Organisation
from intake.models import Attachment, IntakeLink, Request, Voice
from intake.selectors.following import follow_address
from intake.selectors.links import link_address, link_of, link_token
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.intake import NOW, RequestFactory, VoiceFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.intake.files import png

ANSWERS = {
    "goal": "Know which ramp to drive to",
    "today": "I ring the gate",
    "times": "3",
    "per": "day",
    "minutes": "5",
    "people": "not sure",
    "tried": "",
    "solution": "",
    "name": "Gus",
    "email": "gus@example.net",
    "department": "logistics",
}


@pytest.fixture
def product(db):
    Organisation.objects.update_or_create(pk=1, defaults={"allows_guests": True})
    return ProductFactory(name="Inbound Tracker", slug="inbound-tracker")


@pytest.fixture
def link(product):
    return IntakeLink.objects.create(product=product, label="Drivers", a_day=3, created_at=NOW)


def ask(link: IntakeLink) -> str:
    return f"/ask/{link_token(link)}/"


def hidden(response) -> dict[str, str]:
    form = BeautifulSoup(response.content, "html.parser").select_one(
        "form[data-ask], form[data-ask-send]"
    )
    return {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}


def send(client, link, **changes):
    """Fill in the page with all questions and send it."""
    url = ask(link)
    client.get(url)
    client.post(f"{url}all/", {**hidden(client.get(f"{url}all/")), **ANSWERS, **changes})
    return client.post(f"{url}check/", {**hidden(client.get(f"{url}check/")), **changes})


def test_a_number_without_its_unit_is_refused_and_still_told(client, link):
    """What was refused stays with the answers, so the page to check them must live with it."""
    response = send(client, link, per="fortnight")
    assert response.status_code == 422
    assert "3 times, 5\N{NO-BREAK SPACE}minutes each time" in response.content.decode()
    assert not Request.objects.exists()


def test_a_form_sent_twice_makes_one_link(client, product):
    """Two that say the same are two: each has its own address."""
    client.force_login(MembershipFactory(product=product, role="manager").user)
    url = f"/products/{product.slug}/intake/links/new/"
    for times in (2, 1):
        form = BeautifulSoup(client.get(url).content, "html.parser").select_one("main form")
        sent = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
        for _ in range(times):
            assert client.post(url, {**sent, "label": "Drivers"}).status_code == 302
    assert IntakeLink.objects.count() == 2


def test_a_guest_asks_and_follows_by_a_private_address(client, link, product):
    Department.objects.create(name="Logistics")
    sent = send(client, link)
    request = Request.objects.get()
    assert (request.source, request.link, request.by) == ("link", link, None)
    voice = Voice.objects.get()
    assert (voice.user, voice.name, voice.email) == (None, "Gus", "gus@example.net")
    assert str(voice.department) == "Logistics"
    assert (voice.times, voice.per, voice.minutes, voice.people) == (3, "day", 5, None)
    told = client.get(sent.headers["Location"]).content.decode()
    assert request.reference in told
    assert follow_address(voice) in told
    assert Client().get(sent.headers["Location"]).headers["Location"] == ask(link)


def test_a_department_that_nobody_knows_is_not_made_by_a_guest(client, link):
    send(client, link, department="Nowhere")
    assert Voice.objects.get().department is None
    assert not Department.objects.exists()


def test_name_and_address_are_asked_of_guests_alone(client, link):
    page = client.get(f"{ask(link)}you/").content.decode()
    assert "Your name" in page
    assert "Your e-mail" in page
    refused = client.post(f"{ask(link)}you/", {"name": "", "email": "nobody"})
    assert refused.status_code == 422


def test_sent_twice_is_one_request_and_going_back_says_so(client, link):
    url = ask(link)
    client.post(f"{url}all/", ANSWERS)
    form = hidden(client.get(f"{url}check/"))
    first = client.post(f"{url}check/", form).headers["Location"]
    assert client.post(f"{url}check/", form).headers["Location"] == first
    assert b"You have sent this already" in client.get(f"{url}goal/").content
    assert Request.objects.count() == 1
    client.get(url)
    assert b"already" not in client.get(f"{url}goal/").content


def test_guests_are_told_nothing_of_what_others_asked(client, link, product):
    wish = RequestFactory(product=product, goal="Know which ramp to drive to, in secret words")
    VoiceFactory(request=wish)
    client.post(f"{ask(link)}goal/", {"goal": "Know which ramp to drive to"})
    page = client.get(f"{ask(link)}today/").content.decode()
    assert "secret words" not in page
    assert 'id="similar"' not in page


def test_a_program_that_fills_in_every_field_is_stopped(client, link):
    refused = send(client, link, website="http://example.com")
    assert refused.status_code == 422
    assert not Request.objects.exists()


def test_too_many_in_a_day_wait_and_lose_nothing(client, link):
    for _ in range(3):
        assert send(client, link).status_code == 302
    refused = send(client, link)
    assert refused.status_code == 429
    assert b"A lot was sent from here today. Send yours in 8 hours" in refused.content
    assert Request.objects.count() == 3
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_signinbucket SET updated_at = updated_at - interval '9 hours'"
        )
    url = f"{ask(link)}check/"
    assert client.post(url, hidden(client.get(url))).status_code == 302


def test_one_address_is_limited_over_all_links(client, link, product, settings):
    settings.INTAKE_GUEST_REQUESTS_A_DAY = 1
    other = IntakeLink.objects.create(product=product, label="Visitors", created_at=NOW)
    assert send(client, link).status_code == 302
    assert send(Client(), other).status_code == 429
    assert send(Client(REMOTE_ADDR="192.0.2.9"), other).status_code == 302


def test_files_of_a_guest_go_along(client, link):
    file = SimpleUploadedFile("a.png", png())
    assert client.post(f"{ask(link)}files/", {"file": file}).status_code == 302
    stranger = Client()
    kept = Attachment.objects.get()
    stranger.post(f"{ask(link)}files/{kept.pk}/delete/")
    assert Attachment.objects.exists()
    send(client, link)
    assert Request.objects.get().attachments.get() == kept


def test_files_are_counted_however_often_one_begins_anew(client, link, product, settings):
    settings.INTAKE_FILES_MAX, settings.INTAKE_GUEST_REQUESTS_A_DAY, link.a_day = 1, 2, 3
    link.save()
    other = IntakeLink.objects.create(product=product, label="Visitors", created_at=NOW)

    def upload(browser, at, number):
        file = SimpleUploadedFile("a.txt", str(number).encode())
        return browser.post(f"{ask(at)}files/", {"file": file})

    for number in range(2):
        assert upload(client, link, number).status_code == 302
        client.post(f"{ask(link)}discard/")
    refused = upload(client, link, 3)
    assert refused.status_code == 429
    assert b"A lot of files came from here today. Add yours in 12 hours" in refused.content
    assert upload(Client(), other, 4).status_code == 429
    # From elsewhere the link still takes one; then it is what has had enough.
    assert upload(Client(REMOTE_ADDR="192.0.2.8"), link, 5).status_code == 302
    assert upload(Client(REMOTE_ADDR="192.0.2.9"), link, 6).status_code == 429
    assert upload(Client(REMOTE_ADDR="192.0.2.9"), other, 7).status_code == 302
    assert Attachment.objects.count() == 4


@pytest.mark.parametrize("what", ["revoked", "ended", "guests", "archived", "forged", "long"])
def test_a_link_that_is_not_in_force_is_no_page(client, link, product, what):
    token = link_token(link)
    if what == "revoked":
        link.revoked_at = NOW
        link.save()
    elif what == "ended":
        link.expires_on = timezone.now().date() - dt.timedelta(days=2)
        link.save()
    elif what == "guests":
        Organisation.objects.update(allows_guests=False)
    elif what == "archived":
        product.archived_on = timezone.now().date()
        product.save()
    elif what == "forged":
        token = f"{link.pk}.{'x' * 43}"
    else:
        token = f"{link.pk}." + "9" * 5000
    assert client.get(f"/ask/{token}/").status_code == 404
    assert client.post(f"/ask/{token}/check/", ANSWERS).status_code == 404


def test_the_last_day_of_a_link_is_its_last(link):
    link.expires_on = NOW.date()
    link.save()
    assert link_of(link_token(link), NOW) == link
    assert link_of(link_token(link), NOW + dt.timedelta(days=1)) is None


def test_managers_make_links_and_end_them(client, product):
    manager = UserFactory()
    MembershipFactory(user=manager, product=product, role="manager")
    client.force_login(manager)
    url = "/products/inbound-tracker/intake/links/"
    assert b"No links yet" in client.get(url).content
    assert client.post(f"{url}new/", {"label": "", "a_day": "0"}).status_code == 422
    client.post(f"{url}new/", {"label": "Drivers", "a_day": "10", "expires_on": ""})
    link = IntakeLink.objects.get()
    assert (link.label, link.a_day, link.by) == ("Drivers", 10, manager)
    address = link_address(link)
    assert address in client.get(url).content.decode()
    client.post(f"{url}{link.pk}/revoke/")
    client.post(f"{url}{link.pk}/revoke/")
    assert address not in client.get(url).content.decode()
    assert client.get(f"{url}99999/revoke/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_links_costs_the_same_however_many(
    client, product, count, django_assert_num_queries
):
    client.force_login(AdministratorFactory())
    for number in range(count):
        IntakeLink.objects.create(product=product, label=f"L{number}", created_at=NOW)
    url = "/products/inbound-tracker/intake/links/"
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)


def test_an_administrator_lets_guests_ask_or_not(client, product):
    client.force_login(AdministratorFactory())
    url = "/office-hours/guests/"
    assert b"Take requests from people without an account" in client.get(url).content
    client.post(url, {})
    assert not Organisation.objects.get().allows_guests
    client.post(url, {"allows_guests": "on"})
    assert Organisation.objects.get().allows_guests
