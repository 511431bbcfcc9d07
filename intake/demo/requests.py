"""What the demo company asks for, as `requests.toml` lists it, with everybody who stands behind."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from accounts.demo_people import DOMAIN
from accounts.models import User
from accounts.services import department_named
from core.periods import DAY
from intake.enums import Source
from intake.models import Request
from intake.services.asking import Amounts, Answers, Sending, join_request, submit_request
from intake.services.visitors import Visitor, visitor_of
from portfolio.models import Product

LIST = Path(__file__).with_name("requests.toml")
DEPARTMENTS = {
    "eva": "Store operations",
    "amara": "Store operations",
    "lucas": "Store operations",
    "henrik": "Regional sales",
    "sofia": "Marketing",
    "mei": "Pricing",
    "tomas": "Technology",
}


def seed(now: dt.datetime) -> None:
    """Sends them, oldest first; does nothing where they stand already."""
    if Request.objects.filter(is_demo=True).exists():
        return
    rows = tomllib.loads(LIST.read_text(encoding="utf-8"))["request"]
    products = {one.slug: one for one in Product.objects.filter(is_demo=True)}
    for row in sorted(rows, key=lambda row: -row["ago"]):
        if row["product"] in products:
            _send(products[row["product"]], row, now)


def _send(product: Product, row: Mapping[str, Any], now: dt.datetime) -> None:
    visitor = _visitor(row["by"])
    answers = Answers(
        goal=row["goal"],
        today=row["today"],
        tried=row.get("tried", ""),
        solution=row.get("solution", ""),
        amounts=_amounts(row.get("amounts", ())),
        is_private=row.get("private", False),
    )
    request = submit_request(
        product=product,
        answers=answers,
        visitor=visitor,
        token=_token(product, row["goal"]),
        sending=Sending(
            source=Source.FORM if visitor.user else Source.LINK, by=visitor.user, is_demo=True
        ),
        now=now - row["ago"] * DAY,
    )
    for who, ago, times, per, minutes, words in row.get("joined", ()):
        join_request(
            request=request,
            visitor=_visitor(who),
            amounts=Amounts(times, per, minutes),
            words=words,
            token=_token(product, f"{row['goal']} {who}"),
            now=now - ago * DAY,
        )


def _visitor(who: str) -> Visitor:
    """An account by its key, or somebody without one: “Name, Department”."""
    user = User.objects.filter(is_demo=True, email=f"{who}@{DOMAIN}").first()
    if user is not None:
        name = DEPARTMENTS.get(who)
        return visitor_of(user, department_named(name, is_demo=True) if name else None)
    name, _, department = who.partition(", ")
    belongs = department_named(department, is_demo=True) if department else None
    return Visitor(user=None, name=name, email="", department=belongs)


def _amounts(row: Sequence[Any]) -> Amounts:
    times, per, minutes, people = (*row, "", "", "", "")[:4]
    return Amounts(
        times=times if times != "" else None,
        per=per,
        minutes=minutes if minutes != "" else None,
        people=people if people != "" else None,
    )


def _token(product: Product, text: str) -> UUID:
    """The same in every demo, and of this row alone."""
    return uuid5(NAMESPACE_URL, f"demo:{product.slug}:{text}")


def remove() -> None:
    """Takes them away, with everybody who stands behind them."""
    Request.objects.filter(is_demo=True).delete()
