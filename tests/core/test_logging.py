"""No log and no history keeps what opens a page all by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from core.audit import HistoryMiddleware
from core.logging import redact, redact_text
from core.policies import PUBLIC, policies, routes

# As the tokens of shared links, which a full stop divides; the others are redacted whatever they
# look like.
KEY = "42.Ab-Cd_9f3a"


def keyed_routes() -> list[tuple[str, str]]:
    """Every page that nobody has to sign in for and that has a key in its address."""
    found = []
    for route in routes():
        keys = [name for name in route.arguments if f"<str:{name}>" in route.pattern]
        if route.name and keys and policies().get(route.name) == PUBLIC:
            others = {"step": "goal", "reference": "SP-1042", "attachment_id": 7}
            values: dict[str, Any] = {one: others.get(one) for one in route.arguments}
            found.append(
                (route.name, reverse(route.name, kwargs=values | dict.fromkeys(keys, KEY)))
            )
    return found


@pytest.mark.parametrize("shape", ["GET {}", "{}", "see https://homegrown.example{} for it"])
def test_no_key_of_a_public_page_gets_into_a_log(shape: str) -> None:
    pages = keyed_routes()
    assert {"intake:guest_start", "intake:guest_withdraw", "intake:guest_booking_ics",
            "intake:hours_feed", "intake:host_feed", "portfolio:release_feed"} <= {
        name for name, _ in pages
    }  # fmt: skip
    for name, address in pages:
        text = redact_text(shape.format(address), is_address=True)
        assert KEY not in text, name
        assert text == shape.format(address.replace(KEY, "[redacted]")), name


def test_a_product_s_own_pages_stay_readable() -> None:
    for address in (
        "/products/shift-planner/ask/goal/",
        "/products/shift-planner/ask/sent/SP-1042/",
        "/profile/feeds/new/",
        "/bookings/waiting/3f2a/leave/",
    ):
        assert redact_text(address, is_address=True) == address


def test_history_keeps_no_key_of_an_address_either() -> None:
    middleware = HistoryMiddleware(lambda request: HttpResponse())
    request = RequestFactory().post(f"/follow/{KEY}/withdraw/")
    request.user = AnonymousUser()
    assert middleware.get_context(request)["url"] == "/follow/[redacted]/withdraw/"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_line_says_who_was_at_the_suggestion_box(method: str) -> None:
    who = {"user_id": 7, "ip": "192.0.2.1", "user_agent": "Firefox", "code": 302}
    line = {"event": "request_finished", "request": f"{method} /products/a/suggestions/new/", **who}
    assert redact(None, "info", dict(line)) == {
        "event": line["event"],
        "request": line["request"],
        "code": 302,
    }
    elsewhere = line | {"request": f"{method} /products/a/"}
    assert redact(None, "info", dict(elsewhere)) == elsewhere
