"""Whom a product serves, on its own page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from core.formats import and_list, count, short_day
from personas.models import Fit, Goal, Persona
from personas.presenters.cells import fit_mark
from personas.presenters.words import NOT_COUNTED, fit_words, story_words
from personas.rules import SERVES
from personas.selectors import Served
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class ServedGoal:
    """A goal on the product's page."""

    story: str
    mark: SafeString
    words: str
    evidence: str
    judged: str
    fit_url: str


@dataclass(frozen=True, slots=True)
class ServedPersona:
    """A persona on the product's page."""

    name: str
    url: str
    people: str
    goals: list[ServedGoal]


def served_personas(
    product: Product, served: Sequence[Served], today: dt.date
) -> list[ServedPersona]:
    """Whom the product serves, for which goals, how well."""
    return [
        ServedPersona(
            name=one.persona.name,
            url=one.persona.get_absolute_url(),
            people=NOT_COUNTED if one.people is None else count(one.people, "person", "people"),
            goals=[_served_goal(product, goal, fit, today) for goal, fit in one.goals],
        )
        for one in served
    ]


def _served_goal(product: Product, goal: Goal, fit: Fit, today: dt.date) -> ServedGoal:
    return ServedGoal(
        story=story_words(goal),
        mark=fit_mark(fit.level),
        words=fit_words(fit),
        evidence=fit.evidence,
        judged=short_day(fit.judged_on, today),
        fit_url=fit_url(product, goal),
    )


def fit_url(product: Product, goal: Goal) -> str:
    """Where the product's fit to the goal is judged."""
    return reverse("personas:fit_edit", args=[product.slug, goal.pk])


def served_words(product: Product, served: Sequence[Served]) -> str:
    """The answer first: whom it serves, with a fit of 2 or more to one of their goals."""
    names = [one.persona.name for one in served if any(fit.level >= SERVES for _, fit in one.goals)]
    if names:
        return f"{product} serves {and_list(names)}."
    return f"We don't know yet of anybody whom {product} serves."


def goal_words(goal: Goal) -> str:
    """Whose goal it is, and the job story."""
    return f"{goal.persona}: {story_words(goal)}"


@dataclass(frozen=True, slots=True)
class OpenGoal:
    """A goal on which the product has not been judged."""

    persona: Persona
    story: str
    fit_url: str


def open_goals(product: Product, goals: Sequence[Goal]) -> list[OpenGoal]:
    """Goals that wait for a judgement."""
    return [OpenGoal(goal.persona, story_words(goal), fit_url(product, goal)) for goal in goals]
