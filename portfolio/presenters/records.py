"""Records of products in words: what is to be confirmed, and who last said that it is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.formats import count, short_day
from portfolio.presenters.product import manager_words, people_words, product_facts
from portfolio.rules import is_record_due

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StaleLine:
    """A product whose record is to be looked over."""

    name: str
    url: str
    confirm_url: str
    edit_url: str
    about: str
    managers: str
    since: str
    iso_since: str
    age: str


def stale_lines(products: Iterable[Any], today: dt.date) -> list[StaleLine]:
    """Rows of `selectors.stale_records` in words."""
    return [
        StaleLine(
            name=product.name,
            url=product.get_absolute_url(),
            confirm_url=reverse(
                "portfolio:product_confirm", args=[product.slug], query={"back": "list"}
            ),
            edit_url=reverse("portfolio:product_edit", args=[product.slug]),
            about=_about(product),
            managers=manager_words(product),
            since=short_day(product.record_on, today),
            iso_since=product.record_on.isoformat(),
            age=count((today - product.record_on).days, "day"),
        )
        for product in products
    ]


def _about(product: Any) -> str:
    """What most often goes out of date, in one line."""
    team = f"team {product.team}" if product.team else "no team"
    return f"{product.get_stage_display()}, {team}, {people_words(product)}"


def record_facts(product: Any, today: dt.date, currency: str = "") -> Facts:
    """Everything that somebody confirms with one click."""
    return [
        ("Mission", product.mission or "not said yet"),
        ("Product manager", manager_words(product)),
        ("People", people_words(product)),
        *product_facts(product, today, currency),
        ("Where to find it", product.link or "not said yet"),
    ]


def confirmed_words(product: Any, today: dt.date) -> str:
    """Who last said that the record is right, or that somebody has to."""
    day = short_day(product.record_on, today)
    is_confirmed = product.confirmed_on == product.record_on
    who = f" by {product.confirmed_by}" if is_confirmed and product.confirmed_by else ""
    words = f"{'confirmed' if is_confirmed else 'changed'} on {day}{who}"
    return f"{words}, to be confirmed" if is_record_due(product.record_on, today) else words
