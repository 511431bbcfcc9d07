"""Whatever anybody typed: one recipient, our own headers, our own elements (security.md, S13)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from digests.emails import write_letter
from digests.rules.letter import Answer, Letter
from digests.rules.parts import Contact
from stakeholders.rules import Plan
from tests.factories.sheets import (
    DUE,
    EVERYTHING,
    HEADERS,
    KPIS,
    ROOT,
    facts,
    letter,
    part,
    read,
    sheet,
)
from tests.security.naughty import CATEGORIES

BREAKS = ["\r\n", "\n", "\r", "\x00\r\n", "\u2028", "\x85", "\r\n ", "\r\n\t", "%0d%0a", "=0D=0A"]
INJECTED = [
    "Bcc: evil@example.net",
    "To: evil@example.net",
    "Subject: Else",
    "Content-Type: text/html",
    "\r\n<script>alert(1)</script>",
    "Reply-To: evil@example.net",
]
NAUGHTY = [typed for strings in CATEGORIES.values() for typed in strings]
PAYLOADS = [
    *(f"Hub{ending}{line}" for ending, line in itertools.product(BREAKS, INJECTED)),
    *NAUGHTY[:: max(len(NAUGHTY) // 150, 1)],
]
FIELDS = [
    *("product", "note", "release", "risk", "decision", "kpi"),
    *("name", "manager", "answer", "house"),
]


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) >= 200


@pytest.mark.parametrize("part_of_all", range(5))
def test_nothing_that_somebody_typed_becomes_a_header_or_markup(part_of_all: int) -> None:
    for payload in PAYLOADS[part_of_all::5]:
        assert_is_one_mail(hostile(FIELDS, payload), payload)


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_alone_becomes_a_header_or_markup(field: str) -> None:
    for payload in PAYLOADS[:60:5]:
        assert_is_one_mail(hostile([field], payload), payload)


def assert_is_one_mail(mine: Letter, payload: str) -> None:
    """To one person, with the headers that we wrote, and elements that we wrote."""
    mail = read(write_letter(mine, now=DUE).raw)
    assert list(mail.message) == HEADERS, payload
    assert mail.message["To"] == "dana@example.com", payload
    assert not mail.message.defects
    assert [one.get_content_type() for one in mail.message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert tags(mail.html) <= TAGS, payload
    assert len(str(mail.message["Subject"])) <= 60


def hostile(fields: Sequence[str], typed: str) -> Letter:
    """A mail with `typed` in these fields."""

    def of(field: str, usual: str) -> str:
        return typed if field in fields else usual

    reworded = [field for field in fields if field in ("release", "risk", "decision")]
    entries = [
        replace(one, words=typed, is_reworded=True) if one.kind in reworded else one
        for one in EVERYTHING
    ]
    changed = facts(
        kpis=(replace(KPIS[0], name=of("kpi", "Error rate")),),
        manager=Contact(of("manager", "Mira Sato"), "mira@example.com"),
        reason=of("kpi", ""),
    )
    drawn_of = sheet(
        product=of("product", "Payments Hub"),
        note=of("note", ""),
        entries=tuple(entries),
        facts=changed,
    )
    mine = letter(
        part(Plan.ROADMAP, of=drawn_of),
        name=of("name", "Dana"),
        manager=of("manager", "Mira Sato"),
        organisation=of("house", "Northwind"),
        why=of("product", "Payments Hub"),
    )
    answers = [Answer(typed, typed, typed, f"{ROOT}/r/")] if "answer" in fields else []
    return replace(mine, answers=answers)


TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "h3", "a", "span"),
    *("ul", "li", "br", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}


def tags(html: str) -> set[str]:
    """The elements of a page."""
    found: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.add(tag)  # type: ignore[method-assign]  # a spy
    parser.feed(html)
    return found
