"""What changed: of one persona, for its page; of a product's fit, for the product's history."""

from __future__ import annotations

import datetime as dt
import heapq
from typing import Any

from django.db.models import Model, Q

from accounts.models import User
from core.audit import SYSTEM, event_model, model_history
from core.history import CHANGED, LARGEST_CHANGE, HistoryEntry, HistoryPage
from personas.models import (
    Audience,
    AudienceCount,
    Fit,
    Goal,
    Persona,
    PersonaEvidence,
    PersonaHeadCount,
    Task,
)
from portfolio.models import Product

HISTORY_LENGTH = 50


def last_change(row: Model) -> tuple[str, dt.datetime | None]:
    """Who changed a row last, and when."""
    entries = model_history(type(row), Q(pgh_obj_id=row.pk), subject=str, limit=1)
    return (entries[0].actor, entries[0].at) if entries else (SYSTEM, None)


def persona_history(
    persona: Persona, before: dt.datetime | None, limit: int = HISTORY_LENGTH
) -> HistoryPage:
    """One page of everything that changed in a persona, newest first."""
    below = Q(persona_id=persona.pk)
    kinds: list[tuple[type[Model], Q, str]] = [
        (Persona, Q(pgh_obj_id=persona.pk), "the persona {0.name}"),
        (Goal, below, "the goal “{0.want}”"),
        (Task, Q(goal_id__in=_goal_ids(persona)), "the task “{0.name}”"),
        (PersonaHeadCount, below, "a head-count"),
        (PersonaEvidence, below, "evidence"),
    ]
    lists = [
        model_history(
            model,
            where,
            subject=words.format,
            before=before,
            limit=limit + LARGEST_CHANGE,
            leave_out={"persona", "goal"},
        )
        for model, where, words in kinds
    ]
    merged = heapq.merge(*lists, key=lambda entry: entry.at, reverse=True)
    told = [entry for entry in merged if entry.changes or entry.what != CHANGED]
    # What one transaction changed bears one instant; a page never ends in the middle of it.
    last = told[limit - 1].at if len(told) > limit else None
    here = [entry for entry in told if last is None or entry.at >= last]
    return HistoryPage(here, here[-1].at if len(told) > len(here) else None)


def _goal_ids(persona: Persona) -> list[int]:
    """Goals that it has or had."""
    events: Any = event_model(Goal)
    return list(
        events.objects.filter(persona_id=persona.pk).values_list("id", flat=True).distinct()
    )


def fit_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: how well it was said to serve which goal."""
    events: Any = event_model(Fit)
    wanted = events.objects.filter(product_id=product.pk).values("goal_id")
    goals: Any = event_model(Goal)
    named = goals.objects.filter(id__in=wanted).order_by("pgh_id")
    names = dict(named.values_list("id", "want"))
    return model_history(
        Fit,
        Q(product_id=product.pk),
        subject=lambda row: f"its fit to “{names.get(row.goal_id, 'a goal')}”",
        before=before,
        limit=limit,
        leave_out={"product", "goal"},
    )


def audience_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: who its audiences were said to be."""
    names = _names_of_audiences(product)
    return model_history(
        Audience,
        Q(product_id=product.pk),
        subject=lambda row: f"the audience {names.get(row.id, 'of a persona')}",
        before=before,
        limit=limit,
        leave_out={"product", "persona"},
    )


def audience_count_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """Source of the product's history: how many people its audiences were said to have."""
    names = _names_of_audiences(product)
    return model_history(
        AudienceCount,
        Q(audience_id__in=list(names)),
        subject=lambda row: f"the people of {names[row.audience_id]}",
        before=before,
        limit=limit,
        leave_out={"audience"},
    )


def _names_of_audiences(product: Product) -> dict[int, str]:
    """The persona's name of each audience that the product has or had."""
    events: Any = event_model(Audience)
    rows = dict(events.objects.filter(product_id=product.pk).values_list("id", "persona_id"))
    personas: Any = event_model(Persona)
    named = personas.objects.filter(id__in=set(rows.values())).order_by("pgh_id")
    names = dict(named.values_list("id", "name"))
    return {pk: str(names.get(persona_id, "a persona")) for pk, persona_id in rows.items()}
