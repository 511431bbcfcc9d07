"""The demo company's personas, as `demo.toml` lists them: Malcolm, Dilbert and four more."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.models import Department, User
from accounts.selectors import today
from accounts.services import remove_unused
from personas import services
from personas.models import Persona
from portfolio.models import Product

PEOPLE = Path(__file__).with_name("demo.toml")
COUNTED = 200  # days ago


def seed(now: dt.datetime) -> None:
    """Describes the personas; does nothing where they stand already.

    A name that a persona of one's own bears already is left to it.
    """
    if Persona.objects.filter(is_demo=True).exists():
        return
    for row in tomllib.loads(PEOPLE.read_text())["persona"]:
        if not Persona.objects.filter(name__iexact=row["name"]).exists():
            _describe(row, now)


def _describe(row: Mapping[str, Any], now: dt.datetime) -> None:
    key = row.get("champion")
    champion = User.objects.filter(is_demo=True, email__startswith=f"{key}@").first()
    names = ("name", "tagline", "rhythm", "pains", "critical_moment", "world_without")
    fields = {name: row[name] for name in names} | {"champion": champion}
    persona = services.create_persona(fields=fields, by=None, now=now, is_demo=True)
    day = today(now)
    for department, people in row["people"]:
        services.set_head_count(
            persona=persona,
            department=department,
            head_count=people,
            from_date=_ago(day, COUNTED),
            by=None,
            now=now,
        )
    for ago, what, source in row["evidence"]:
        services.add_evidence(
            persona=persona,
            what=what,
            source=source,
            validated_on=_ago(day, ago),
            by=None,
            now=now,
        )
    for goal in row["goal"]:
        _add_goal(persona, goal, now)
    for slug, *test in row.get("audiences", ()):
        product = Product.objects.filter(is_demo=True, slug=slug).first()
        if product is not None:
            _add_audience(persona, product, test, now)


def _add_audience(persona: Persona, product: Product, test: list[Any], now: dt.datetime) -> None:
    choice, exchange, people, ago, evidence = test
    day = today(now)
    services.set_audience(
        product=product,
        persona=persona,
        version=0,
        fields={
            "choice": choice,
            "exchange": exchange,
            "evidence": evidence,
            "tested_on": _ago(day, ago),
        },
        head_count=people,
        from_date=_ago(day, COUNTED),
        by=None,
        now=now,
    )


def _add_goal(persona: Persona, row: Mapping[str, Any], now: dt.datetime) -> None:
    fields = {name: row[name] for name in ("when", "want", "so_that", "kind")}
    goal = services.add_goal(persona=persona, fields=fields, by=None, now=now)
    for name, minutes, times, is_planned in row["tasks"]:
        task = {
            "name": name,
            "minutes": minutes,
            "times_a_month": times,
            "is_planned": is_planned,
        }
        services.add_task(goal=goal, fields=task, by=None, now=now)
    for slug, level, ago, evidence in row["fits"]:
        product = Product.objects.filter(is_demo=True, slug=slug).first()
        if product is not None:
            day = _ago(today(now), ago)
            judged = {"level": level, "evidence": evidence, "judged_on": day}
            services.judge_fit(product=product, goal=goal, version=0, by=None, now=now, **judged)


def _ago(day: dt.date, days: int) -> dt.date:
    return day - dt.timedelta(days=days)


def remove() -> None:
    """Takes the personas of the demo away; departments that people count in stay."""
    Persona.objects.filter(is_demo=True).delete()
    remove_unused(Department.objects.filter(is_demo=True))
