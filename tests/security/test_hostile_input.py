"""Whatever is typed, pasted or tampered with: an answer, never an error of ours."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client

from health.selectors import MOVED_SORTS
from health.selectors import SORTS as BOARD_SORTS
from portfolio.selectors import SORTS as CATALOGUE_SORTS
from tests.security.form_spy import BROUGHT
from tests.thorough import share
from tests.walker import once_each
from tests.world import QuickClient, World

FORM = "application/x-www-form-urlencoded"
LONG = "x" * 100_000
HOSTILE = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%ED%A0%80",  # a lone surrogate, as UTF-8 would write it
    "%F0%9F%A6%81",
    "%E2%80%AE%D7%90",
    "9" * 30,
    "9223372036854775808",
    "-9223372036854775809",
    "2147483648",
    "-1",
    "0",
    "1e400",
    "nan",
    "-inf",
    "%D9%A3",  # an Arabic digit
    "%C2%B2",  # a digit that is none
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "10000-01-01",
    "2026-W01-1",
    "20260101",
    "%5B%5D",
    "%7B%22a%22%3A1%7D",
    "%27%22%3B--",
    "%25s%25",
    "..%2F..%2Fetc",
    "%0d%0aX-Evil:1",
    "%20",
    "",
    LONG,
)
# Sent in each field alone too: the rest of the form is fine and the value gets deep.
ALONE = ("9223372036854775808", "1e308", "9999-12-31", LONG)
PARAMETERS = (
    *("q", "portfolio", "function", "stage", "kind", "team", "manager", "archived", "sort"),
    *("after", "before", "page", "with", "as_of", "date", "status", "segment", "state", "source"),
    *("next", "choice", "exchange", "undo", "token", "version", "from", "to", "person", "limit"),
    *("shown", "key", "s", "metric", "window", "text"),
)


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def ask(client: Client, method: str, url: str, body: Any = "", **more: Any) -> Any:
    """One request; what it changes is undone."""
    with transaction.atomic():
        response = client.generic(method, url, body, **{"content_type": FORM, **more})
        transaction.set_rollback(True)
    return response


def test_no_query_breaks_a_page(world):
    """Each request has another value in each parameter; the values go round in eight."""
    client = world.client("administrator", QuickClient)
    values = (*HOSTILE[:-1], "x" * 2_000)
    broken = []
    for number, page in enumerate(once_each(world)):
        for turn in share(range(8), number, 4):
            given = [
                f"{name}={values[(number + place + 4 * turn) % len(values)]}"
                for place, name in enumerate(PARAMETERS)
            ]
            queries = "&".join(given), "&".join(reversed(given + given[::-2]))
            broken += [
                f"{page} {query[:200]}"
                for query in queries
                if ask(client, "GET", f"{page.url}?{query}").status_code >= 500
            ]
    assert broken == []


PLACES = (
    '["a", 1]', '["\\u0000", 1]', '["\\ud800", 1]', "[NaN, 1]", "[1e999, 1]", "[-1e308, 1]",
    "[1.5, 1]", "[true, true]", "[null, null]", "[[], {}]", "{}", "[]", "1", '"ab"', "[1, 0]",
    "[1, 9223372036854775807]", "[1, 9223372036854775808]", "[1099511627777, 1]", "[" * 700,
    '["2026-02-30", 1]', '["0001-01-01T00:00:00+14:00", 1]', '["9999-12-31T23:59:59-14:00", 1]',
    '["9999-12-31", 1]', '["0001-01-01", 1]', "[" + "9" * 600 + ", 1]", '["' + "x" * 600 + '", 1]',
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "sorts"),
    [("/", BOARD_SORTS), ("/products/", CATALOGUE_SORTS), ("/compare/", MOVED_SORTS)],
)
def test_no_place_in_a_list_breaks_it(world, path, sorts):
    """Places are plain JSON in base64: everybody can write their own."""
    client = world.client("administrator", QuickClient)
    broken = []
    for number, sort in enumerate(sorts):
        for turn, place in enumerate(PLACES):
            cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
            side, sign = ("after", "before")[turn % 2], ("", "-")[(turn + number) % 2]
            url = f"{path}?sort={sign}{sort}&{side}={cursor}"
            if ask(client, "GET", url).status_code != 200:
                broken.append(f"{url} {place[:40]}")
    assert broken == []


def controls(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each form that posts: where to and with which values, as fine as a stranger can make them.

    Without a trap for programs, which nobody reaches with a keyboard: filled, it would be all that
    the answer speaks of.
    """
    for form in BeautifulSoup(html, "html.parser").find_all("form", method="post"):
        values: dict[str, str] = {}
        optional = {label.get("for") for label in form.select("label:has(.optional)")}
        for control in form.find_all(["input", "select", "textarea"]):
            name = control.get("name")
            if not name or control.get("tabindex") == "-1":
                continue
            if control.name == "select":
                chosen = control.find("option", selected=True) or control.find_all("option")[-1:]
                option = chosen[0] if isinstance(chosen, list) and chosen else chosen
                values[name] = option.get("value", "") if option else ""
            elif control.get("type") in ("radio", "checkbox"):
                if control.has_attr("checked"):
                    values[name] = control.get("value", "on")
                else:
                    values.setdefault(name, control.get("value", ""))
            else:
                typed = control.get("value") or control.text.removeprefix("\n")
                may_be_empty = control.get("type") == "hidden" or control.get("id") in optional
                values[name] = typed if may_be_empty else typed or "1"
        yield form.get("action") or "", values


def encoded(values: dict[str, str], name: str | None, hostile: str) -> str:
    """The form with `hostile` in one field, or in all but those that it brings along."""
    named = set(values) - BROUGHT if name is None else {name}
    return "&".join(
        f"{quote_plus(key)}={hostile if key in named else quote_plus(value)}"
        for key, value in values.items()
    )


Forms = dict[tuple[str, ...], dict[str, str]]


def forms_of(world: World, actor: str) -> Forms:
    """Every form of the site that somebody gets, by where it is sent to and its names.

    A world is walked once for all tests of its module: what they send to it is undone.
    """
    if ("forms", actor) not in world.memory:
        world.memory["forms", actor] = _walk_for_forms(world.client(actor, QuickClient), world)
    known: Forms = world.memory["forms", actor]
    return {key: dict(values) for key, values in known.items()}


def _walk_for_forms(client: Client, world: World) -> Forms:
    found = {}
    for page in once_each(world):
        response = client.get(page.url)
        if response.status_code == 200 and "html" in response.headers["Content-Type"]:
            for action, values in controls(response.content.decode()):
                url = action if action.startswith("/") else page.url + action
                found[(url, *values)] = values
    return found


def test_no_form_is_broken_by_nonsense_in_all_fields(world):
    client = world.client("administrator", QuickClient)
    forms = forms_of(world, "administrator")
    broken = [
        f"{url} {value[:30]!r}"
        for number, ((url, *_), values) in enumerate(forms.items())
        for value in share(HOSTILE, number, 8)
        if ask(client, "POST", url, encoded(values, None, value)).status_code >= 500
    ]
    assert broken == []
    assert len(forms) > 20


def test_no_form_is_broken_by_nonsense_in_one_field(world):
    client = world.client("administrator", QuickClient)
    broken = [
        f"{url} {name} {value[:30]!r}"
        for number, ((url, *_), values) in enumerate(forms_of(world, "administrator").items())
        for place, name in enumerate(values)
        for value in share(ALONE, number + place, len(ALONE))
        if ask(client, "POST", url, encoded(values, name, value)).status_code >= 500
    ]
    assert broken == []


NUMBERS = ("0", "9223372036854775807", "9223372036854775808", "9" * 60)
TEXTS = (
    "%00",
    "a%00b",
    "%ff",
    "%ED%A0%80",
    "%F0%9F%A6%81",
    "x" * 5000,
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "%0d%0a",
    "..",
    "%2e%2e%2f",
)


def test_no_address_breaks_the_site(world):
    client = world.client("administrator", QuickClient)
    broken = []
    sent = [(("GET", "POST")[place % 2], part) for place, part in enumerate((*NUMBERS, *TEXTS))]
    for number, page in enumerate(once_each(world)):
        for name, value in page.arguments.items():
            for method, hostile in share(sent, number, 3):
                url = page.url.replace(f"/{value}", f"/{hostile}", 1)
                if (status := ask(client, method, url).status_code) >= 500:
                    broken.append(f"{method} {page} {name}={hostile[:30]}: {status}")
    assert broken == []


BODIES = (
    (FORM, b"\xff\xfe\x00"),
    (FORM, b"=&=&a[]=1&a[0][b]=2&name&name=1&name=2"),
    ("application/json", b'{"name": "\\ud800", "a": [[[[[[]]]]]]}'),
    ("application/json", b"{"),
    ("text/xml", b"<a/>"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=", b"--x"),
    ("multipart/form-data; boundary=\xe9", b"--x"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="a\x00"\r\n\r\n1\r\n--x--',
    ),
    (
        "multipart/form-data; boundary=x",
        (
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!\r\n--x--"
        ),
    ),
    ("application/x-www-form-urlencoded; charset=utf-99", b"name=1"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"name=1"),
    ("", b"name=1"),
    (FORM, b"&".join(b"a%d=1" % n for n in range(2100))),
    (FORM, b"name=" + b"x" * (6 * 1024 * 1024)),
)


def test_no_body_breaks_a_page(world):
    client = world.client("administrator", QuickClient)
    broken = []
    for number, page in enumerate(once_each(world)):
        for kind, body in share(BODIES, number, 4):
            status = ask(client, "POST", page.url, body, content_type=kind).status_code
            if status >= 500:
                broken.append(f"{page} {kind!r} {body[:30]!r}: {status}")
    assert broken == []


HEADERS = (
    {"HX-Request": "true", "HX-Target": "\xff\x00", "HX-Current-URL": "http://[::1/"},
    {"HX-Request": "true", "HX-Current-URL": "%ff%fe; URI-AutoEncoded=true"},
    {"HX-Request": "true", "HX-Current-URL": "%ff", "HX-Current-URL-URI-AutoEncoded": "true"},
    {"HX-Request": "true", "HX-Triggering-Event": "{", "Triggering-Event": "{"},
    {"HX-Request": "TRUE", "HX-Boosted": "maybe", "HX-Target": "x" * 60_000},
    {"HX-Request": "true", "HX-History-Restore-Request": "true", "HX-Target": "results"},
    {"HX-Request": "true", "HX-Target": "people-word"},
    {"HX-Request": "true", "HX-Prompt": "\x00", "HX-Trigger": "%00", "HX-Trigger-Name": "\xff"},
    {"Cookie": "homegrown_session=\x00; homegrown_csrf=\xff; =; ;;"},
    {"Cookie": "homegrown_session=" + "x" * 60_000},
    {"Cookie": "homegrown_csrf=" + "\xed\xa0\x80" * 20},
    {"X-Forwarded-For": "\x00, ,,,::1%eth0, 999.1.1.1", "X-Real-IP": "\xff"},
    {"Accept-Language": "x" * 60_000 + ";q=nan"},
    {"If-None-Match": "\xff\x00", "If-Modified-Since": "Sat, 30 Feb 0000 99:99:99 GMT"},
    {"Referer": "http://[/", "Origin": "http://["},
    {"Host": "testserver:99999999"},
    {"Host": "testserver:x"},
    {"X-Request-ID": "\x00\r\n" + "x" * 60_000},
    {"Range": "bytes=-1-", "Accept": "\xff;q=x", "Accept-Encoding": "gzip;q=nan"},
)


@pytest.mark.parametrize("actor", ["administrator", "anonymous"])
def test_no_header_breaks_a_page(world, actor):
    client = world.client(actor, QuickClient)
    broken = []
    for number, page in enumerate(once_each(world)):
        for headers in share(HEADERS, number, 7):
            for method in ("GET", "POST"):
                status = ask(client, method, page.url, headers=headers).status_code
                if status >= 500:
                    broken.append(f"{method} {page} {str(headers)[:80]}: {status}")
    assert broken == []
