"""Earned adoption in words: on the tile, and explained on the page of the KPI."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.formats import and_list, number, share, short_day
from health import rules
from health.selectors import Adoption
from portfolio.rules import Choice, Exchange

NO_SIGNAL = "Mandated: no signal."


def adoption_words(adoption: Adoption) -> str:
    """Raw adoption and what it is worth: "88.3 % use it every month, earned: 65.3 %."."""
    found = adoption.found
    if found.raw is None:
        if found.is_noise:
            return NO_SIGNAL
        missing = and_list(adoption.unmeasured)
        return f"Earned adoption: we don't know yet, nothing is measured for {missing}."
    used = f"{share(found.raw, 1)} use it every month"
    if found.is_noise:
        return f"{used}. {NO_SIGNAL}"
    if found.is_single or found.earned is None:
        return f"{used}, with a signal of {number(found.signal)}."
    return f"{used}, earned: {share(found.earned, 1)}."


@dataclass(frozen=True, slots=True)
class UseLine:
    """One audience in the explanation."""

    persona: str
    people: str
    active: str
    share: str
    freedom: str
    signal: str


@dataclass(frozen=True, slots=True)
class AdoptionFacts:
    """The section on the page of the KPI."""

    words: str
    raw: str
    earned: str
    signal: str
    lines: list[UseLine]
    day: str


def adoption_facts(adoption: Adoption, today: dt.date) -> AdoptionFacts:
    """Adoption with everything that it is worked out from."""
    found = adoption.found
    earned = "" if found.is_noise or found.is_single else share(found.earned, 1)
    return AdoptionFacts(
        words=adoption_words(adoption),
        raw=share(found.raw, 1),
        earned=earned,
        signal=number(found.signal),
        lines=[_line(use, adoption.settings) for use in adoption.uses],
        day=short_day(adoption.day, today),
    )


def _line(use: rules.AudienceUse, settings: rules.Settings) -> UseLine:
    one, counted = use.audience, use.counted
    return UseLine(
        persona=one.persona,
        people=number(one.head_count),
        active="not measured yet" if counted is None else number(counted),
        share="" if counted is None else share(counted / one.head_count, 1),
        freedom=f"{Choice(one.choice).value}, {_given(Exchange(one.exchange))}",
        signal=number(settings.choice_signal(one.choice, one.exchange)),
    )


def _given(exchange: Exchange) -> str:
    return "nothing given" if exchange is Exchange.NONE else f"{exchange.value} given"
