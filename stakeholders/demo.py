"""The demo company's stakeholders, as `demo.toml` lists them: who stands where and since when,
what was said to them, and what they are owed instead of the default.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.demo_people import DOMAIN
from accounts.models import Department, User
from accounts.selectors import today
from portfolio.models import Product
from stakeholders.models import Move, Person, Placement, Snooze, SuggestionAnswer, Touchpoint
from stakeholders.services.people import create_person
from stakeholders.services.placements import move_placement, pin_placement, place_person
from stakeholders.services.plans import set_plan, snooze
from stakeholders.services.touchpoints import log_touchpoint

COMPANY = Path(__file__).with_name("demo.toml")
NOON = 12


def seed(now: dt.datetime) -> None:
    """Enters the people and puts them on the maps; does nothing where they stand already.

    An e-mail address that somebody else's record has is left to it.
    """
    if Person.objects.filter(is_demo=True).exists():
        return
    company = tomllib.loads(COMPANY.read_text())
    people = {
        row["key"]: _enter(row, now)
        for row in company["person"]
        if not Person.objects.filter(email__iexact=_address(row["key"])).exists()
    }
    for row in company["map"]:
        product = Product.objects.filter(is_demo=True, slug=row["product"]).first()
        if product is not None:
            by = _manager(product)
            for key, *places in row["people"]:
                if key in people:
                    _place(product, people[key], places, by, now)
            for key, reason in row.get("pins", ()):
                _pin(product, people.get(key), reason, by, now)
            _talk(product, row, people, by, now)


def _address(key: str) -> str:
    return f"{key}@{DOMAIN}"


def _enter(row: Mapping[str, Any], now: dt.datetime) -> Person:
    names = ("name", "role", "department", "audience")
    fields = {name: row[name] for name in names} | {"email": _address(row["key"])}
    return create_person(fields=fields, by=None, now=now, is_demo=True)


def _manager(product: Product) -> User | None:
    users = User.objects.filter(memberships__product=product, memberships__role="manager")
    found: User | None = users.order_by("pk").first()
    return found


def _place(
    product: Product, person: Person, places: list[list[Any]], by: User | None, now: dt.datetime
) -> None:
    """The first place and every move after it: days ago, involvement, power, why."""
    ago, involvement, power, *why = places[0]
    placement = place_person(
        product=product,
        person=person,
        involvement=involvement,
        power=power,
        why=why[0] if why else "",
        by=by,
        now=_ago(now, ago),
    )
    for ago, involvement, power, *why in places[1:]:
        placement = move_placement(
            placement=placement,
            version=placement.version,
            involvement=involvement,
            power=power,
            why=why[0] if why else "",
            by=by,
            now=_ago(now, ago),
        )


def _pin(
    product: Product, person: Person | None, reason: str, by: User | None, now: dt.datetime
) -> None:
    """As long ago as the last move, so that nothing looks reviewed that was not."""
    placement = Placement.objects.filter(product=product, person=person).first()
    if placement is not None and by is not None:
        then = now - (now.date() - placement.reviewed_on)
        pin_placement(placement=placement, reason=reason, by=by, now=then)


def _talk(
    product: Product,
    row: Mapping[str, Any],
    people: Mapping[str, Person],
    by: User | None,
    now: dt.datetime,
) -> None:
    """The contacts, snoozes and plans of one map."""
    placed = {
        key: Placement.objects.filter(product=product, person=person).first()
        for key, person in people.items()
    }
    for key, *contact in row.get("contacts", ()):
        if (placement := placed.get(key)) is not None:
            _log(placement, contact, by, now)
    for key, since, left, reason in row.get("snoozes", ()):
        if (placement := placed.get(key)) is not None:
            until = today(now) + dt.timedelta(days=left)
            then = _ago(now, since)
            snooze(placement=placement, until=until, reason=reason, by=by, now=then)
    for key, plan, contact, every, reason in row.get("plans", ()):
        if (placement := placed.get(key)) is not None:
            given = {"plan": plan, "contact": contact, "every": every or None, "reason": reason}
            set_plan(placement=placement, version=placement.version, by=by, **given)


def _log(placement: Placement, contact: list[Any], by: User | None, now: dt.datetime) -> None:
    """Kind, days ago, note, mood, outcome; what is left out or "" was not noted."""
    kind, ago, note, mood, outcome = [*contact, "", "", ""][:5]
    log_touchpoint(
        placement=placement,
        kind=kind,
        day=today(now) - dt.timedelta(days=ago),
        note=note,
        mood=None if mood == "" else mood,
        outcome=outcome,
        by=by,
        now=_ago(now, ago),
    )


def _ago(now: dt.datetime, days: int) -> dt.datetime:
    return (now - dt.timedelta(days=days)).replace(hour=NOON, minute=0) if days else now


def remove() -> None:
    """Takes the people of the demo and their places away; whoever somebody else has placed on a map
    of their own, or merged, stays.
    """
    demo = Person.objects.filter(is_demo=True)
    theirs = Product.objects.filter(is_demo=True).values("pk")
    for model in (Placement, Move, Touchpoint, Snooze, SuggestionAnswer):
        model.objects.filter(person__in=demo, product__in=theirs).delete()
    demo.filter(
        placements__isnull=True,
        moves__isnull=True,
        touchpoints__isnull=True,
        snoozes__isnull=True,
        suggestion_answers__isnull=True,
        merged__isnull=True,
    ).delete()
    Department.objects.filter(
        is_demo=True, people__isnull=True, persona_head_counts__isnull=True
    ).delete()
