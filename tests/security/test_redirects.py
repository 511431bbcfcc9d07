"""No parameter and no header leads anybody off the site."""

from __future__ import annotations

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.http import url_has_allowed_host_and_scheme

from tests.factories.accounts import PASSWORD, UserFactory

# After Django's own list of addresses that must not pass (tests/utils_tests/test_http.py).
CLASSICS = (
    "http://example.com",
    "http:///example.com",
    "https://example.com",
    "ftp://example.com",
    r"\\example.com",
    r"\\\example.com",
    r"/\\/example.com",
    r"\\\example.com",
    r"\\example.com",
    r"\\//example.com",
    r"/\/example.com",
    r"\/example.com",
    r"/\example.com",
    "http:///example.com",
    r"http:/\//example.com",
    r"http:\/example.com",
    r"http:/\example.com",
    'javascript:alert("XSS")',
    "\njavascript:alert(x)",
    "java\nscript:alert(x)",
    "\x08//example.com",
    r"http://otherserver\@example.com",
    r"http:\\testserver\@example.com",
    r"http://testserver\@example.com",
    r"http://testserver\me:pass@example.com",
    r"http://testserver\@example.com",
    r"http:\\testserver\confirm\me@example.com",
    "http:999999999",
    "ftp:9999999999",
    "\n",
    "http://[2001:cdba:0000:0000:0000:0000:3257:9652/",
    "http://2001:cdba:0000:0000:0000:0000:3257:9652]/",
)
SCHEMES = ("", "http:", "https:", "HTTPS:", "javascript:", "data:text/html,", "\thttps:")
SLASHES = ("//", "///", "/\\", "\\\\", "/\t/", "//\x00", "/%5c")
HOSTS = ("evil.example", "testserver@evil.example", "testserver.evil.example", "evil.example%00.x")
GENERATED = tuple("".join(parts) for parts in itertools.product(SCHEMES, SLASHES, HOSTS))
SIGN_IN = "/accounts/login/"
BAD = sorted({*CLASSICS, *GENERATED})


def stays_here(response) -> bool:
    """Whether the answer leads nowhere else."""
    targets = [response.headers.get(name) for name in ("Location", "HX-Redirect", "HX-Location")]
    return all(
        url_has_allowed_host_and_scheme(target, {"testserver"})
        and (target.startswith("/") and not target.startswith(("//", "/\\")))
        for target in targets
        if target
    )


def test_the_list_is_long_enough():
    assert len(BAD) >= 131


@pytest.mark.django_db
def test_signing_in_leads_to_our_own_pages_only(client):
    UserFactory(email="bo@example.org", password=PASSWORD)
    data = {"login": "bo@example.org", "password": PASSWORD}
    led_away = []
    for url in BAD:
        response = Client().post("/accounts/login/", {**data, "next": url})
        if not (response.status_code == 302 and stays_here(response)):
            led_away.append(url)
    assert led_away == []


@pytest.mark.django_db
def test_who_is_signed_in_is_not_led_away_either(client):
    client.force_login(UserFactory())
    for path in ("/accounts/login/", "/accounts/logout/"):
        wrong = [url for url in BAD if not stays_here(client.get(path, {"next": url}))]
        assert wrong == []


@pytest.mark.django_db
def test_signing_out_leads_to_our_own_pages_only():
    bo = UserFactory()
    client = Client()
    led_away = []
    for url in BAD[::5]:
        client.force_login(bo)
        if not stays_here(client.post("/accounts/logout/", {"next": url})):
            led_away.append(url)
    assert led_away == []


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_no_header_plants_a_way_out(client, header):
    fragment = {"HX-Request": "true"} if header == "HX-Current-URL" else {}
    planted = []
    for url in BAD:
        value = url.encode("latin-1", "ignore").decode("latin-1")
        response = client.post("/profile/", headers={header: value, **fragment})
        target = response.headers.get("Location") or response.headers.get("HX-Redirect")
        way_back = parse_qs(urlsplit(target).query).get("next", ["/"])[0]
        is_ours = way_back.startswith("/") and url_has_allowed_host_and_scheme(way_back, None)
        if not (is_ours and target.startswith("/accounts/login/?")) and target != SIGN_IN:
            planted.append((url, target))
    assert planted == []


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["/accounts/logout/", "/profile/sessions/", "/no-such-page/"])
def test_signing_in_never_signs_out_or_leads_nowhere(client, target):
    UserFactory(email="bo@example.org", password=PASSWORD)
    data = {"login": "bo@example.org", "password": PASSWORD, "next": target}
    assert client.post("/accounts/login/", data).headers["Location"] == "/"
