"""Pages of accounts, by what people see and what becomes of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client

from accounts import holdings
from accounts.holdings import Holding, HoldingSource
from accounts.models import User
from accounts.services import create_demo_people, invite_user, password_link
from core.models import OutboundMail
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
LOGIN = "/accounts/login/"


@pytest.fixture
def ines(db, client):
    """An administrator, signed in."""
    user = AdministratorFactory(name="Ines", email="ines@example.org")
    client.force_login(user)
    return user


def sign_in(client, email="bo@example.org", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def signed_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def test_a_first_run_says_how_the_first_account_is_made(client, db):
    User.objects.all().delete()
    assert "manage.py create_administrator" in client.get(LOGIN).content.decode()
    UserFactory()
    assert "create_administrator" not in client.get(LOGIN).content.decode()


# --- in and out ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_right_password_lets_in_and_leads_back(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    page = client.get(LOGIN + "?next=/profile/").content.decode()
    assert 'name="next" value="/profile/"' in page
    response = client.post(
        LOGIN, {"login": "BO@example.org", "password": PASSWORD, "next": "/profile/"}
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/profile/")
    assert signed_in(client)


@pytest.mark.django_db
def test_signing_in_changes_the_session_key(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    session = client.session
    session["planted"] = True
    session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("email", ["bo@example.org", "nobody@example.org"])
@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_address_sound_the_same(client, email):
    UserFactory(email="bo@example.org", password=PASSWORD)
    response = sign_in(client, email, "wrong")
    assert "no account with this e-mail address and password" in response.content.decode()
    assert not signed_in(client)


@pytest.mark.django_db
def test_too_many_tries_are_told_when_to_come_back(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    for _ in range(10):
        sign_in(client, password="wrong")
    response = sign_in(client)  # the right one, too late
    assert "Too many tries. Try again in 2 minutes." in response.content.decode()
    assert not signed_in(client)
    sign_in(client, REMOTE_ADDR="198.51.100.7")
    assert signed_in(client)


@pytest.mark.django_db
def test_an_emptied_cache_gives_no_fresh_allowance(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    for _ in range(10):
        sign_in(client, password="wrong")
    cache.clear()
    assert "Too many tries" in sign_in(client).content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counts_as_other"),
    [(0, "203.0.113.9", False), (1, "203.0.113.9", True), (1, "203.0.113.9, 127.0.0.1", False)],
)
@pytest.mark.django_db
def test_an_address_is_believed_from_a_trusted_proxy_only(
    client, settings, proxies, forwarded, counts_as_other
):
    settings.TRUSTED_PROXIES = proxies
    UserFactory(email="bo@example.org", password=PASSWORD)
    for _ in range(10):
        sign_in(client, password="wrong", headers={"x-forwarded-for": "127.0.0.1"})
    sign_in(client, headers={"x-forwarded-for": forwarded})
    assert signed_in(client) is counts_as_other


@pytest.mark.django_db
def test_one_subscriber_of_ipv6_is_one_address(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    for number in range(10):
        sign_in(client, password="wrong", REMOTE_ADDR=f"2001:db8::{number:x}")
    assert "Too many tries" in sign_in(client, REMOTE_ADDR="2001:db8::ffff").content.decode()


@pytest.mark.django_db
def test_a_deactivated_account_is_told_only_to_its_owner(client):
    UserFactory(email="bo@example.org", password=PASSWORD, is_active=False)
    assert "has been deactivated" in sign_in(client).content.decode()
    assert "has been deactivated" not in sign_in(client, password="wrong").content.decode()
    assert not signed_in(client)


@pytest.mark.django_db
def test_signing_out_clears_what_the_browser_kept(client):
    client.force_login(UserFactory())
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    response = client.post("/accounts/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not signed_in(client)


@pytest.mark.django_db
def test_signing_out_everywhere_ends_the_other_browsers_too(client):
    bo = UserFactory()
    other = Client()
    other.force_login(bo)
    client.force_login(bo)
    client.post("/profile/sessions/")
    assert not signed_in(client)
    assert not signed_in(other)


@pytest.mark.django_db
def test_changing_the_password_ends_the_other_browsers_only(client):
    bo = UserFactory(password=PASSWORD)
    other = Client()
    other.force_login(bo)
    client.force_login(bo)
    response = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another quite long one"},
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/profile/")
    assert signed_in(client)
    assert not signed_in(other)


@pytest.mark.django_db
def test_an_open_session_is_no_way_to_guess_the_password(client):
    client.force_login(UserFactory(password=PASSWORD))
    data = {"oldpassword": "wrong", "password1": "another quite long one"}
    for _ in range(10):
        client.post("/accounts/password/change/", data)
    page = client.post("/accounts/password/change/", {**data, "oldpassword": PASSWORD})
    assert "Too many tries" in page.content.decode()


@pytest.mark.parametrize("bad", ["short", "q1w2e3r4t5y6", "1qaz2wsx3edc", "bo@example.org"])
@pytest.mark.django_db
def test_a_weak_password_is_refused(client, bad):
    client.force_login(UserFactory(email="bo@example.org", password=PASSWORD))
    data = {"oldpassword": PASSWORD, "password1": bad}
    assert client.post("/accounts/password/change/", data).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
def test_a_long_password_without_digits_or_signs_will_do(client):
    client.force_login(UserFactory(password=PASSWORD))
    long = "rain on the tin roof all night long and nobody awake to hear it"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": long})
    assert User.objects.get().check_password(long)


def test_there_is_no_way_to_sign_up(client, db):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404


# --- forgotten passwords ---------------------------------------------------------------------


def link_in(mail: OutboundMail) -> str:
    text = bytes(mail.raw).decode().replace("=\r\n", "").replace("=3D", "=")
    return re.search(r"http://testserver(/accounts/password/reset/key/[^\s\"<]+)", text)[1]


@pytest.mark.django_db
def test_a_forgotten_password_is_set_anew_once(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    response = client.post("/accounts/password/reset/", {"email": "BO@example.org"})
    assert response.headers["Location"] == "/accounts/password/reset/done/"
    link = link_in(OutboundMail.objects.get())
    form = client.get(link, follow=True)
    assert form.redirect_chain[-1][0].endswith("-set-password/")
    done = client.post(form.redirect_chain[-1][0], {"password1": "a whole new password"})
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert signed_in(client)
    client.logout()
    assert "This link no longer works" in client.get(link, follow=True).content.decode()


@pytest.mark.django_db
def test_an_unknown_address_gets_the_same_page_and_no_mail(client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert response.headers["Location"] == "/accounts/password/reset/done/"
    assert OutboundMail.objects.count() == 0


@pytest.mark.django_db
def test_nobody_is_flooded_with_reset_mails(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    for _ in range(8):
        client.post("/accounts/password/reset/", {"email": "bo@example.org"})
    assert OutboundMail.objects.count() == 3


@pytest.mark.django_db
def test_a_link_leads_to_our_address_whatever_the_request_said(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = "https://homegrown.example.org"
    UserFactory(email="bo@example.org", password=PASSWORD)
    client.post(
        "/accounts/password/reset/", {"email": "bo@example.org"}, headers={"host": "evil.example"}
    )
    raw = bytes(OutboundMail.objects.get().raw)
    assert b"https://homegrown.example.org/accounts/password/reset/key/" in raw
    assert b"evil.example" not in raw


@pytest.mark.django_db
def test_a_link_for_a_deactivated_account_lets_nobody_in(client):
    bo = UserFactory(password=PASSWORD)
    link = password_link(bo).removeprefix("http://testserver")
    User.objects.filter(pk=bo.pk).update(is_active=False)
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a whole new password"})
    assert not signed_in(client)


# --- people ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_inviting_somebody_ends_with_them_signed_in(client, ines):
    response = client.post(
        "/people/invite/", {"name": "Bo", "email": "bo@example.org", "role": "employee"}
    )
    assert response.headers["Location"] == "/people/"
    client.logout()
    form = client.get(link_in(OutboundMail.objects.get()), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a whole new password"})
    assert signed_in(client)
    assert User.objects.get(email="bo@example.org").state == "active"


def test_an_address_that_is_taken_is_an_error_beside_the_field(client, ines):
    UserFactory(email="bo@example.org")
    response = client.post(
        "/people/invite/", {"name": "Bo", "email": "BO@example.org", "role": "employee"}
    )
    assert response.status_code == 422
    assert "already an account with this e-mail address" in response.content.decode()
    assert OutboundMail.objects.count() == 0


def test_an_incomplete_invitation_keeps_what_was_typed(client, ines):
    response = client.post("/people/invite/", {"name": "Bo\x00", "email": "", "role": "king"})
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert 'value="Bo' in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    client, ines, number, django_assert_max_num_queries
):
    UserFactory.create_batch(number)
    client.get("/people/")
    with django_assert_max_num_queries(4):
        assert client.get("/people/").status_code == 200


def test_the_list_is_searched_and_filtered_in_the_address(client, ines):
    UserFactory(name="Anna Berg")
    UserFactory(name="Bo Dahl", is_active=False)
    page = client.get("/people/?q=berg").content.decode()
    assert "Anna Berg" in page
    assert "Bo Dahl" not in page
    page = client.get("/people/?state=deactivated").content.decode()
    assert "Bo Dahl" in page
    assert "Anna Berg" not in page
    assert "Nobody found" in client.get("/people/?q=zzz").content.decode()


def test_the_swapped_list_equals_the_reloaded_one(client, ines):
    UserFactory.create_batch(3)
    whole = client.get("/people/?q=person").content.decode()
    asked = {"hx-request": "true", "hx-target": "results"}
    part = client.get("/people/?q=person", headers=asked).content.decode()
    assert part.strip() in whole
    assert "<html" not in part
    back = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in client.get("/people/?q=person", headers=back).content.decode()


def test_the_list_has_pages(client, ines):
    UserFactory.create_batch(60)
    first = client.get("/people/").content.decode()
    assert "1 to 50 of 61 people" in first
    assert "51 to 61 of 61 people" in client.get("/people/?page=2").content.decode()
    assert client.get("/people/?page=nonsense").status_code == 200


def test_deactivation_says_what_the_person_holds(client, ines, monkeypatch):
    monkeypatch.setattr(holdings._sources, "entries", {})
    source = HoldingSource(
        "test",
        lambda user: [Holding("Product manager of Shift Planner", "/products/shift-planner/")],
        lambda user: f"/people/{user.pk}/hand-over/",
    )
    holdings.register(source)
    bo = UserFactory(name="Bo")
    page = client.get(f"/people/{bo.pk}/deactivate/").content.decode()
    assert "Product manager of Shift Planner" in page
    assert f'href="/people/{bo.pk}/hand-over/"' in page
    bo.refresh_from_db()
    assert bo.is_active


def test_deactivation_ends_the_session_and_can_be_undone(client, ines):
    bo = UserFactory(name="Bo")
    theirs = Client()
    theirs.force_login(bo)
    assert signed_in(theirs)
    response = client.post(f"/people/{bo.pk}/deactivate/")
    (toast,) = get_messages(response.wsgi_request)
    assert toast.extra_tags == f"undo=/people/{bo.pk}/reactivate/"
    assert not signed_in(theirs)
    client.post(f"/people/{bo.pk}/reactivate/")
    bo.refresh_from_db()
    assert bo.is_active
    assert not signed_in(theirs)  # a new sign-in is needed all the same


def test_nobody_locks_themselves_out(client, ines):
    response = client.post(f"/people/{ines.pk}/deactivate/", follow=True)
    assert "Nobody deactivates their own account" in response.content.decode()
    response = client.post(
        f"/people/{ines.pk}/edit/", {"name": "Ines", "role": "employee", "time_zone": ""}
    )
    assert response.status_code == 422
    assert "last administrator" in response.content.decode()


def test_a_lower_role_counts_from_the_next_request(client, ines):
    bo = AdministratorFactory()
    client.force_login(bo)
    assert client.get("/people/").status_code == 200
    User.objects.filter(pk=bo.pk).update(role="employee")
    assert client.get("/people/").status_code == 403


def test_an_account_shows_its_history(client, ines):
    bo = UserFactory(name="Bo")
    client.post(f"/people/{bo.pk}/edit/", {"name": "Bob", "role": "employee", "time_zone": "UTC"})
    page = client.get(f"/people/{bo.pk}/").content.decode()
    assert "Ines" in page
    assert "<del>Bo</del>" in page
    assert "<ins>Bob</ins>" in page


def test_an_invitation_is_sent_again_only_while_it_waits(client, ines):
    bo = invite_user(email="bo@example.org", name="Bo", role="employee", by=ines, now=NOW)
    client.post(f"/people/{bo.pk}/resend/")
    assert OutboundMail.objects.count() == 2
    bo.set_password(PASSWORD)
    bo.save()
    response = client.post(f"/people/{bo.pk}/resend/", follow=True)
    assert "no invitation to send again" in response.content.decode()


@pytest.mark.parametrize("page", ["", "edit/", "deactivate/", "reactivate/"])
def test_a_person_who_is_not_there_is_a_404(client, ines, page):
    assert client.get(f"/people/999999/{page}").status_code == 404


@pytest.mark.django_db
def test_a_profile_changes_what_is_ones_own(client):
    bo = UserFactory(name="Bo")
    client.force_login(bo)
    response = client.post(
        "/profile/",
        {"name": "Bob", "time_zone": "Europe/Berlin", "theme": "dark", "role": "administrator"},
    )
    assert response.status_code == 302
    bo.refresh_from_db()
    assert (bo.name, bo.time_zone, bo.theme, bo.single_keys, bo.role) == (
        "Bob",
        "Europe/Berlin",
        "dark",
        False,
        "employee",
    )


# --- the demo --------------------------------------------------------------------------------


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    create_demo_people(NOW)
    return User.objects.get(email="dana@demo.example")


def test_the_demo_is_entered_by_a_click(client, demo):
    page = client.get("/demo/").content.decode()
    assert page.count('name="person"') == 5
    response = client.post("/demo/", {"person": demo.pk})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert signed_in(client)


def test_only_ready_people_can_be_chosen(client, demo):
    for person in (UserFactory().pk, User.objects.get(email="mei@demo.example").pk, "x", ""):
        client.post("/demo/", {"person": person})
        assert not signed_in(client)


def test_demo_people_have_no_password_to_change_or_forget(client, demo):
    client.post("/accounts/password/reset/", {"email": demo.email})
    assert OutboundMail.objects.count() == 0
    client.force_login(demo)
    assert client.get("/accounts/password/change/").headers["Location"] == "/profile/"
