"""Pages of accounts, by what people see and what becomes of it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import password_link
from core.models import OutboundMail
from tests.accounts.browsers import LOGIN, link_in, sign_in, signed_in
from tests.factories.accounts import PASSWORD, UserFactory


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
