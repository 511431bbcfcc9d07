"""Issues and letters as plain values, without a database."""

from __future__ import annotations

import datetime as dt
import email
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

from digests.presenters.drawing import draw
from digests.rules import ItemKind, Length
from digests.rules.facts import Facts
from digests.rules.letter import Letter, Part
from digests.rules.parts import Ahead, Contact, KpiLine, Meeting
from digests.rules.sheet import Entry, Sheet
from stakeholders.rules import Plan

WEEK = dt.date(2026, 11, 30)
DUE = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
ROOT = "https://homegrown.example"
URL = f"{ROOT}/products/payments-hub/"
RULE = "\n-- \n"
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]

KPIS = (
    KpiLine(
        kpi_id=1,
        code="errors",
        name="Error rate",
        url="/kpis/1/",
        value=4.2,
        value_words="4.2 %",
        target=2,
        target_words="2 %",
        plan_words="22 points behind plan",
        lost=9,
        is_red=True,
    ),
    KpiLine(
        kpi_id=2,
        code="minutes",
        name="Workflow minutes",
        url="/kpis/2/",
        value=12,
        value_words="12 minutes",
        target=8,
        target_words="8 minutes",
        plan_words="on plan",
        lost=0,
    ),
)


def facts(**values: Any) -> Facts:
    """A product at risk, with figures, plans, a meeting and a manager."""
    given: dict[str, Any] = {
        "product_id": 1,
        "name": "Payments Hub",
        "slug": "payments-hub",
        "url": "/products/payments-hub/",
        "day": dt.date(2026, 11, 27),
        "status": "at_risk",
        "status_words": "At risk",
        "health": 52.0,
        "health_words": "52",
        "health_before": 66.0,
        "health_before_words": "66",
        "day_before": dt.date(2026, 11, 20),
        "reason": "Held at “at risk” by guardrail: Error rate",
        "kpis": KPIS,
        "now": (Ahead(1, "People pay invoices twice", "/o/1/"),),
        "next": (Ahead(2, "Suppliers ask by phone", "/o/2/"),),
        "later": (Ahead(3, "Currencies are converted by hand", "/o/3/"),),
        "opportunities_url": "/products/payments-hub/opportunities/",
        "next_meeting": Meeting(
            title="Office hours",
            starts_at=dt.datetime(2026, 12, 3, 13, 0, tzinfo=dt.UTC),
            time_zone="Europe/Berlin",
            words="Thu 3 Dec, 14:00 Berlin time",
            url="/hours/1/",
        ),
        "requests_closed": 3,
        "requests_open": 12,
        "ask_url": "/products/payments-hub/ask/",
        "run_cost": 240_000,
        "run_cost_words": "240,000 a year",
        "manager": Contact("Mira Sato", "mira@example.com"),
    }
    return Facts(**(given | values))


def entry(key: str, kind: ItemKind, words: str, **values: Any) -> Entry:
    """Something that happened."""
    given = {"url": f"{URL}{key}/", "ask_url": f"{URL}digest/items/{len(words)}/ask/"}
    return Entry(key=key, kind=kind, words=words, **(given | values))


RED = entry(
    "kpi-1",
    ItemKind.KPI,
    "Error rate rose from 2.1 % to 4.2 % in a week; the plan says 2 %.",
    is_red=True,
    data={"name": "Error rate"},
)
NEEDED = entry(
    "needed-1",
    ItemKind.DECISION_NEEDED,
    "Ada Okoye has to decide by 3 Dec: “Which bank clears instant payments”.",
    data={"who": "Ada Okoye", "by": "3 Dec", "by_day": "2026-12-03", "state": "open"},
)
STATUS = entry("status", ItemKind.STATUS, "Its health went from watch (66) to at risk (52).")
RISK = entry(
    "risk-1",
    ItemKind.RISK,
    "New risk: “The card processor ends its old interface”. Tom Weiss looks after it.",
    data={"severity": 3},
)
DECISION = entry("decision-1", ItemKind.DECISION, "“Suppliers ask by phone” comes next.")
RELEASE = entry(
    "release-1",
    ItemKind.RELEASE,
    "New: Invoices can be paid in part.",
    detail="The rest stays open, for 30 days.",
    data={"title": "Invoices can be paid in part"},
)
WIN = entry("release-2", ItemKind.WIN, "Win: Month end took two days.", detail="It was four.")
LESSON = entry("release-3", ItemKind.LESSON, "Lesson: Nobody reads notes on Fridays.")
EVERYTHING = (RED, NEEDED, STATUS, RISK, DECISION, RELEASE, WIN, LESSON)
NOTE = "The error rate is my first concern.\n\nTwo of us do nothing else until Thursday."


def sheet(**values: Any) -> Sheet:
    """An issue with one of everything."""
    given: dict[str, Any] = {
        "product": "Payments Hub",
        "url": URL,
        "root": ROOT,
        "week": WEEK,
        "facts": facts(),
        "note": NOTE,
        "entries": EVERYTHING,
    }
    return Sheet(**(given | values))


def part(
    plan: Plan = Plan.BRIEF, length: Length = Length.FULL, of: Sheet | None = None, **values: Any
) -> Part:
    """An edition of it, as part of a mail."""
    of = of or sheet()
    drawn = draw(of, plan, length, for_team=False)
    return replace(Part(1, of.product, of.week, plan, length, drawn, of.url), **values)


def candidate(plan: Plan = Plan.BRIEF, of: Sheet | None = None) -> dict[Length, Part]:
    """A product at all three lengths."""
    return {length: part(plan, length, of) for length in Length}


def letter(*parts: Part, **values: Any) -> Letter:
    """A mail to Dana with these parts."""
    given: dict[str, Any] = {
        "name": "Dana Reyes",
        "address": "dana@example.com",
        "organisation": "Northwind",
        "week": WEEK,
        "due_at": DUE,
        "message_id": "<0123456789abcdef0123456789abcdef@homegrown.example>",
        "why": " and ".join(one.product for one in parts),
        "unsubscribe_url": f"{ROOT}/digest/unsubscribe/token/",
        "preferences_url": f"{ROOT}/digest/preferences/token/",
        "web_url": f"{ROOT}/digest/token/",
        "parts": parts,
        "reply_to": "mira@example.com",
        "manager": "Mira Sato",
    }
    return Letter(**(given | values))


@dataclass
class Read:
    """A mail as a mail program reads it: `plain` and `seen` (its page's words) have no footer."""

    message: EmailMessage
    text: str
    html: str

    @property
    def plain(self) -> str:
        return self.text.partition(RULE)[0]

    @property
    def seen(self) -> str:
        return seen(self.html).partition("You get this because")[0]


def read(raw: bytes) -> Read:
    """The parts of a mail."""
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and page is not None
    text, html = str(plain.get_content()), str(page.get_content())
    return Read(message, text.replace("\r\n", "\n"), html.replace("\r\n", "\n"))


class _Words(HTMLParser):
    """What somebody sees of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("head", "style") or ("class", "preheader") in attrs:
            self.hidden += 1
        elif tag not in ("a", "span", "meta"):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("head", "style") or (tag == "div" and self.hidden):
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(data)


def seen(html: str) -> str:
    """The visible words of a page."""
    parser = _Words()
    parser.feed(html)
    return "".join(parser.pieces)
