"""Health of products on days, from the data: what the roll-up stores and pages may ask.

As-of rule (domain.md §4): an earlier day that has a snapshot keeps *its* settings and plan, and
takes in only the KPIs, exemptions and audiences that it does not know; today, and a day without a
snapshot, use those in force now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from health import rules
from health.models import HealthSnapshot
from health.selectors.facts import Question, window_facts
from health.selectors.plans import (
    CurrentPlan,
    SettingsRow,
    current_settings,
    plans,
    settings_by_id,
)

TREND_DAYS = dt.timedelta(days=28)

Key = tuple[int, dt.date]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a product is held to on a day: its plan, and the row of settings (None: none yet)."""

    plan: rules.ProductPlan
    settings_id: int | None


@dataclass(frozen=True, slots=True)
class Scored:
    """Health of one product at the end of one day, with what it took to work it out.

    `before` are the terms of the day 28 days earlier, which the trend compares with.
    """

    product_id: int
    day: dt.date
    health: rules.Health
    trend: float | None
    terms: Terms
    before: Terms
    settings: rules.Settings

    @property
    def measured_on(self) -> dt.date | None:
        """The day of the newest measurement that was known on that day."""
        return max((line.last for line in self.health.lines if line.last), default=None)

    @property
    def reason(self) -> str:
        """The sentence of the largest loss and the guardrail that caps, or why nothing is known."""
        if self.health.shown is not None:
            words = [rules.sentence(line) for line in self.health.losses()[:1]]
            words += filter(None, [rules.cap_sentence(self.health)])
            return ". ".join(words)
        return rules.why_unknown(self.health, self.terms.plan, self.settings)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A snapshot as far as working out others needs it."""

    terms: Terms
    before: Terms
    status: str
    health: float | None
    confidence: float
    explanation: Mapping[str, Any]

    def score(self) -> rules.Health:
        return rules.Health(rules.Status(self.status), self.health, self.confidence)

    def remembered(self, alive: set[int]) -> dict[int, rules.KpiFact]:
        """Facts of KPIs that have been deleted since: their values are gone, the past is not."""
        kept = rules.Health.from_explanation(
            self.status, self.health, self.confidence, self.explanation
        )
        return {
            line.kpi_id: rules.KpiFact(line.value, line.last, line.source, line.first)
            for line in kept.lines
            if line.kpi_id not in alive and line.value is not None and line.last is not None
        }


@dataclass(slots=True)
class _Bench:
    """Everything that scoring some products on some days needs, read beforehand."""

    today: dt.date
    in_force: SettingsRow
    current: Mapping[int, CurrentPlan]
    stored: Mapping[Key, _Stored]
    settings: dict[int | None, rules.Settings] = field(default_factory=dict)

    def terms(self, key: Key) -> Terms:
        """What holds on this day, by the as-of rule."""
        product_id, day = key
        now = self.current[product_id].on(day)
        stored = self.stored.get(key)
        if stored is None or day >= self.today:
            return Terms(now, self.in_force.pk)
        return Terms(stored.terms.plan.with_news(now), stored.terms.settings_id)

    def terms_before(self, key: Key) -> Terms:
        """What holds 28 days earlier: that day's own terms, else those this day compared with."""
        product_id, day = key
        earlier = day - TREND_DAYS
        own = self.stored.get(key)
        if (product_id, earlier) in self.stored or own is None or day >= self.today:
            return self.terms((product_id, earlier))
        now = self.current[product_id].on(earlier)
        return Terms(own.before.plan.with_news(now), own.before.settings_id)


def score_days(work: Mapping[int, Iterable[dt.date]], today: dt.date) -> list[Scored]:
    """Health of these products on these days of theirs, oldest day first; reads only.

    Eight queries, however many products and days. Unknown products, and days from the archive
    date on, are left out. A day 28 days before that is not asked for, but has a snapshot, is taken
    as it is stored.
    """
    current = plans(list(work))
    keys = sorted(
        (product_id, day)
        for product_id, days in work.items()
        if product_id in current
        for day in set(days)
        if not _is_archived(current[product_id], day)
    )
    if not keys:
        return []
    bench = _bench(keys, today, current)
    terms = {key: bench.terms(key) for key in keys}
    before = {key: _earlier(bench, key, terms) for key in keys}
    extra = {
        (key[0], key[1] - TREND_DAYS): before[key]
        for key in keys
        if (key[0], key[1] - TREND_DAYS) not in terms
        and (key[0], key[1] - TREND_DAYS) not in bench.stored
    }
    scores = _scores({**terms, **extra}, bench)
    return [_scored(key, terms[key], before[key], scores, bench) for key in keys]


def _is_archived(plan: CurrentPlan, day: dt.date) -> bool:
    return plan.archived_on is not None and day >= plan.archived_on


def _earlier(bench: _Bench, key: Key, terms: Mapping[Key, Terms]) -> Terms:
    """The terms of the trend's other end, as they will be stored or are stored."""
    earlier = (key[0], key[1] - TREND_DAYS)
    if earlier in terms:
        return terms[earlier]
    if earlier in bench.stored:
        return bench.stored[earlier].terms
    return bench.terms_before(key)


def _bench(keys: Iterable[Key], today: dt.date, current: Mapping[int, CurrentPlan]) -> _Bench:
    in_force = current_settings()
    stored = _stored(keys)
    bench = _Bench(today, in_force, current, stored)
    used = {row.terms.settings_id for row in stored.values()}
    used |= {row.before.settings_id for row in stored.values()}
    for pk, settings in settings_by_id(pk for pk in used if pk is not None).items():
        bench.settings[pk] = settings
    bench.settings[in_force.pk] = in_force.settings
    return bench


def _stored(keys: Iterable[Key]) -> dict[Key, _Stored]:
    """Snapshots of these days and of those 28 days before each."""
    wanted = {(pk, day - back) for pk, day in keys for back in (dt.timedelta(0), TREND_DAYS)}
    rows = HealthSnapshot.objects.of_products({pk for pk, _ in wanted}).filter(
        day__in={day for _, day in wanted}
    )
    found: dict[Key, _Stored] = {}
    fields = ("status", "health", "confidence", "settings_id", "plan", "before", "explanation")
    for product_id, day, *values in rows.values_list("product_id", "day", *fields).iterator():
        if (product_id, day) in wanted:
            found[product_id, day] = _from_row(values)
    return found


def _from_row(values: Sequence[Any]) -> _Stored:
    status, health, confidence, settings_id, plan, before, explanation = values
    terms = Terms(rules.ProductPlan.from_dict(plan), settings_id)
    earlier = terms
    if before is not None:
        earlier = Terms(rules.ProductPlan.from_dict(before["plan"]), before["settings"])
    return _Stored(terms, earlier, status, health, confidence, explanation)


def _scores(terms: Mapping[Key, Terms], bench: _Bench) -> dict[Key, rules.Health]:
    facts = window_facts(
        Question(kpi.kpi_id, day, kpi.window, needs_first=kpi.baseline_date is None)
        for (_, day), held in terms.items()
        for kpi in held.plan.kpis
    )
    found = {}
    for key, held in terms.items():
        day = key[1]
        known = {
            kpi.kpi_id: facts[kpi.kpi_id, day]
            for kpi in held.plan.kpis
            if (kpi.kpi_id, day) in facts
        }
        known.update(_remembered(key, held, bench))
        settings = bench.settings[held.settings_id]
        found[key] = rules.score_product(held.plan, known, day, settings)
    return found


def _remembered(key: Key, held: Terms, bench: _Bench) -> dict[int, rules.KpiFact]:
    alive = {kpi.kpi_id for kpi in bench.current[key[0]].plan.kpis}
    stored = bench.stored.get(key)
    if stored is None or all(kpi.kpi_id in alive for kpi in held.plan.kpis):
        return {}
    return stored.remembered(alive)


def _scored(
    key: Key,
    terms: Terms,
    before: Terms,
    scores: Mapping[Key, rules.Health],
    bench: _Bench,
) -> Scored:
    product_id, day = key
    earlier = (product_id, day - TREND_DAYS)
    base = scores[earlier] if earlier in scores else bench.stored[earlier].score()
    return Scored(
        product_id=product_id,
        day=day,
        health=scores[key],
        trend=rules.trend(scores[key], base),
        terms=terms,
        before=before,
        settings=bench.settings[terms.settings_id],
    )
