"""What the demo company learned from people and what its releases solve: see `research.toml`."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.selectors import today
from core.periods import DAY
from intake.enums import Consent
from intake.models import FieldNote, Opportunity
from intake.services.research import Learned, change_edge_case, write_field_note
from intake.services.shipping import set_solved, ship_due
from personas.models import Persona
from personas.services import set_release_personas
from portfolio.models import Product, Release

LIST = Path(__file__).with_name("research.toml")


def seed(now: dt.datetime) -> None:
    """Writes it down; does nothing where it stands already."""
    if FieldNote.objects.filter(is_demo=True, persona__isnull=False).exists():
        return
    story = tomllib.loads(LIST.read_text(encoding="utf-8"))
    products = {one.slug: one for one in Product.objects.filter(is_demo=True)}
    personas = {one.name: one for one in Persona.objects.filter(is_demo=True)}
    for row in story["note"]:
        if row["product"] in products:
            _write(products[row["product"]], personas.get(row["persona"]), row, now)
    for row in story["release"]:
        for release in Release.objects.filter(is_demo=True, title=row["title"]):
            _tell_about(release, personas, row, now)
    ship_due(now=now)


def _write(
    product: Product, persona: Persona | None, row: Mapping[str, Any], now: dt.datetime
) -> None:
    at = now - row["ago"] * DAY
    note = write_field_note(
        product=product,
        learned=Learned(
            {
                "kind": row["kind"],
                "persona": persona,
                "day": today(at),
                "name": row.get("name", ""),
                "consent": row.get("consent", Consent.NOT_ASKED),
                "text": row["text"],
            },
            department=row.get("department", ""),
            quotes=row.get("quotes", ()),
            edge_cases=list(row.get("edge_cases", {})),
        ),
        by=_somebody(product),
        now=at,
        is_demo=True,
    )
    for edge in note.edge_cases.all():
        if remedy := row["edge_cases"][edge.what]:
            change_edge_case(edge_case=edge, remedy=remedy, checked_on=today(at + 7 * DAY))


def _somebody(product: Product) -> User | None:
    member = product.memberships.select_related("user").order_by("-role", "pk").first()
    return member.user if member else None


def _tell_about(
    release: Release, personas: Mapping[str, Persona], row: Mapping[str, Any], now: dt.datetime
) -> None:
    keys = [personas[name].pk for name in row.get("personas", ()) if name in personas]
    set_release_personas(release=release, answers={"personas": keys}, by=None, now=now)
    solved = Opportunity.objects.filter(product=release.product, problem=row.get("solves", ""))
    answers = {"solves": list(solved.values_list("pk", flat=True))}
    set_solved(release=release, answers=answers, by=release.by, now=now)


def remove() -> None:
    """Takes the notes away; what is said of releases goes with them."""
    FieldNote.objects.filter(is_demo=True).delete()
