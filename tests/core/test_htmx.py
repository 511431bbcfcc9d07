"""What htmx asks for, and places in lists as addresses carry them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from core import cursors
from core.htmx import address_to_push, swaps, without_empty

ASKED = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        (ASKED, True),
        ({}, False),
        ({"HTTP_HX_TARGET": "results"}, False),
        ({**ASKED, "HTTP_HX_TARGET": "other"}, False),
        ({"HTTP_HX_REQUEST": "true"}, False),
        ({**ASKED, "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"}, False),
    ],
)
def test_only_a_swap_of_the_named_part_is_one(headers: dict[str, str], answer: bool) -> None:
    request = RequestFactory().get("/", **headers)
    assert swaps(request, "results", "row") is answer


def test_addresses_are_as_short_as_they_can_be() -> None:
    query = QueryDict("q=a&stage=&sort=name&after=x")
    assert without_empty(query) == "q=a&sort=name&after=x"
    assert without_empty(query, after="", sort="-name", day="2") == "q=a&sort=-name&day=2"
    assert query.urlencode() == "q=a&stage=&sort=name&after=x"


@pytest.mark.parametrize(
    ("stands", "pushed"),
    [("", "/?q=a"), ("https://x.example/?q=a", "false"), ("https://x.example/", "/?q=a")],
)
def test_an_address_is_pushed_once(stands: str, pushed: str) -> None:
    request = RequestFactory().get("/?q=a&stage=", HTTP_HX_CURRENT_URL=stands)
    assert address_to_push(request) == pushed


@pytest.mark.parametrize(
    ("value", "parse"),
    [(3.5, float), ("Größe", cursors.text), (dt.date(2026, 11, 21), dt.date.fromisoformat)],
)
def test_a_place_survives_the_address(value: float | str | dt.date, parse: object) -> None:
    assert cursors.place_of(cursors.cursor_of(value, 7), parse) == (value, 7)


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "A" * 1001, cursors.cursor_of("a", 0), cursors.cursor_of("a", 2**63),
     cursors.cursor_of(1, 1), cursors.cursor_of("a\0", 1), cursors.cursor_of("a" * 301, 1),
     "W1sxXV0"],
)  # fmt: skip
def test_a_place_that_makes_no_sense_is_none(cursor: str) -> None:
    assert cursors.place_of(cursor, cursors.text) is None
