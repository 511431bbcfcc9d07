"""Decisions needed and risks of the demo company, as `needed.toml` lists them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.selectors import today
from portfolio import services
from portfolio.enums import RiskState
from portfolio.models import DecisionNeeded, Membership, Product, Risk

LIST = Path(__file__).with_name("needed.toml")
Row = Mapping[str, Any]


def seed_needed(now: dt.datetime) -> None:
    """Asks for the decisions and notes the risks; does nothing where there are some already."""
    made_up = (model.objects.filter(is_demo=True) for model in (DecisionNeeded, Risk))
    if any(rows.exists() for rows in made_up):
        return
    products = {one.slug: one for one in Product.objects.filter(is_demo=True)}
    listed = tomllib.loads(LIST.read_text())
    for make, rows in ((_needed, listed["needed"]), (_risk, listed["risk"])):
        for row in rows:
            product = products.get(row["product"])
            if product is not None:
                make(product, row, _manager(product), now)


def _needed(product: Product, row: Row, by: User | None, now: dt.datetime) -> None:
    needed = services.ask_for_decision(
        product=product,
        fields={
            "what": row["what"],
            "who": row["who"],
            "by_day": _in_days(row["due"], now),
            "why": row.get("why", "").strip(),
        },
        by=by,
        now=_ago(row["asked"], now),
        is_demo=True,
    )
    if "ended" not in row:
        return
    said: dict[str, Any] = {"needed": needed, "version": 1, "by": by}
    then = _ago(row["ended"], now)
    if row.get("dropped"):
        services.drop_needed(why=row["outcome"], now=then, **said)
    else:
        services.decide(outcome=row["outcome"], now=then, **said)


def _risk(product: Product, row: Row, by: User | None, now: dt.datetime) -> None:
    risk = services.note_risk(
        product=product,
        fields={
            "what": row["what"],
            "severity": row["severity"],
            "owner": row["owner"],
            "until": _in_days(row["until"], now),
            "plan": row.get("plan", "").strip(),
        },
        by=by,
        now=_ago(row["noted"], now),
        is_demo=True,
    )
    if "ended" in row:
        services.end_risk(
            risk=risk,
            version=1,
            state=RiskState.HAPPENED if row.get("happened") else RiskState.OVER,
            outcome=row["outcome"],
            by=by,
            now=_ago(row["ended"], now),
        )


def _manager(product: Product) -> User | None:
    member = Membership.objects.filter(product=product).order_by("-role", "pk").first()
    return member.user if member else None


def _ago(days: int, now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=days)


def _in_days(days: int, now: dt.datetime) -> dt.date:
    return today(now + dt.timedelta(days=days))
