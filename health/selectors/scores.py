"""Health of products on days, from the data: what the roll-up stores and pages may ask.

As-of rule (domain.md §4): an earlier day that has a snapshot keeps *its* settings and plan, and
takes in only the KPIs, exemptions and audiences that it does not know; today, and a day without a
snapshot, use those in force now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from health import rules
from health.selectors.facts import Question, window_facts
from health.selectors.plans import (
    CurrentPlan,
    SettingsRow,
    current_settings,
    plans,
    settings_by_id,
)
from health.selectors.stored import Key, Stored, Terms, stored_facts, stored_snapshots

TREND_DAYS = dt.timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Scored:
    """Health of one product at the end of one day, with what it took to work it out.

    `before` are the terms of the day 28 days earlier, which the trend compares with. `held_on` is a
    day whose stored snapshot holds the very plan of these terms, where one was met.
    """

    product_id: int
    day: dt.date
    health: rules.Health
    trend: float | None
    terms: Terms
    before: Terms
    settings: rules.Settings
    held_on: dt.date | None = None

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
class Renewal:
    """Days, both ends included, that are held to the plans of today and to the settings of `row`:
    the one way round the as-of rule.
    """

    row: SettingsRow
    first: dt.date
    last: dt.date

    def covers(self, day: dt.date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last


@dataclass(slots=True)
class _Bench:
    """Everything that scoring some products on some days needs, read beforehand."""

    today: dt.date
    in_force: SettingsRow
    current: Mapping[int, CurrentPlan]
    stored: Mapping[Key, Stored]
    renewal: Renewal | None = None
    settings: dict[int | None, rules.Settings] = field(default_factory=dict)
    _renewed: dict[tuple[str, str], rules.ProductPlan] = field(default_factory=dict)

    def terms(self, key: Key) -> Terms:
        """What holds on this day, by the as-of rule."""
        product_id, day = key
        now = self.current[product_id].on(day)
        if self.renewal is not None and self.renewal.covers(day):
            return Terms(now, self.renewal.row.pk)
        stored = self.stored.get(key)
        if stored is None or day >= self.today:
            return Terms(now, self.in_force.pk)
        return self._renew(stored.terms, now)

    def terms_before(self, key: Key) -> Terms:
        """What holds 28 days earlier: that day's own terms, else those this day compared with."""
        product_id, day = key
        earlier = day - TREND_DAYS
        own = self.stored.get(key)
        if self.renewal is not None and self.renewal.covers(day) and self.renewal.covers(earlier):
            return self.terms((product_id, earlier))
        if (product_id, earlier) in self.stored or own is None or day >= self.today:
            return self.terms((product_id, earlier))
        now = self.current[product_id].on(earlier)
        return self._renew(own.before, now)

    def lacks_one(self, key: Key, held: Terms) -> bool:
        """Whether this stored day is held to a KPI that was deleted since."""
        now = self.current[key[0]].plan
        if held.plan is now or key not in self.stored:
            return False
        alive = {kpi.kpi_id for kpi in now.kpis}
        return any(kpi.kpi_id not in alive for kpi in held.plan.kpis)

    def held_on(self, key: Key, terms: Terms) -> dt.date | None:
        """This day or the one 28 days earlier, whichever is stored with this plan."""
        product_id, day = key
        for one in (day, day - TREND_DAYS):
            stored = self.stored.get((product_id, one))
            if stored is not None and stored.mark == terms.plan.mark():
                return one
        return None

    def _renew(self, terms: Terms, now: rules.ProductPlan) -> Terms:
        """Stored terms with what they do not know; worked out once for all days that share them."""
        if terms.plan is now:
            return terms
        pair = (terms.plan.mark(), now.mark())
        if pair not in self._renewed:
            self._renewed[pair] = terms.plan.with_news(now)
        return Terms(self._renewed[pair], terms.settings_id)


def score_days(
    work: Mapping[int, Iterable[dt.date]], today: dt.date, renewal: Renewal | None = None
) -> list[Scored]:
    """Health of these products on these days of theirs, oldest day first; reads only.

    At most a dozen queries, however many products and days. Unknown products, and days from the
    archive date on, are left out. A day 28 days before that is not asked for, but has a snapshot,
    is taken as it is stored.
    """
    current = plans(list(work))
    keys = _keys(work, current)
    if not keys:
        return []
    bench = replace(_bench(keys, today, current, current_settings()), renewal=renewal)
    if renewal is not None:
        bench.settings[renewal.row.pk] = renewal.row.settings
    held = _held(keys, bench)
    return _score_all(held, _known(held.every, bench), bench)


def score_under(
    product_ids: Collection[int], today: dt.date, rows: Sequence[SettingsRow]
) -> list[list[Scored]]:
    """Health of these products today, once for each of these settings as if they were in force.

    The figures are read once, the rest is what `score_days` does for today.
    """
    current = plans(product_ids)
    keys = _keys({pk: [today] for pk in product_ids}, current)
    if not keys:
        return [[] for _ in rows]
    bench = _bench(keys, today, current, rows[0])
    known: _Known | None = None
    found = []
    for row in rows:
        here = replace(bench, in_force=row, settings={**bench.settings, row.pk: row.settings})
        held = _held(keys, here)
        known = _known(held.every, here) if known is None else known
        found.append(_score_all(held, known, here))
    return found


def score_trial(
    product_id: int, kpi_id: int, changes: Mapping[str, Any], today: dt.date
) -> tuple[Scored, Scored] | None:
    """Health of the product today as it is, and as if this KPI's plan had these columns.

    What a roll-up would give, stored nowhere. None where the product has no health today.
    """
    current = plans([product_id])
    keys = _keys({product_id: [today]}, current)
    if not keys:
        return None
    bench = _bench(keys, today, current, current_settings())
    now = current[product_id]
    kpis = (kpi._replace(**changes) if kpi.kpi_id == kpi_id else kpi for kpi in now.plan.kpis)
    then = replace(now, plan=replace(now.plan, kpis=tuple(kpis)), _with={})
    found = []
    for plan in (now, then):
        here = replace(bench, current={product_id: plan}, _renewed={})
        held = _held(keys, here)
        found += _score_all(held, _known(held.every, here), here)
    return found[0], found[1]


_Known = Mapping[Key, Mapping[int, rules.KpiFact]]


@dataclass(frozen=True, slots=True)
class _Held:
    """The terms of the days that are asked for, those of the days that trends compare with, and
    which of the latter have to be worked out too.
    """

    terms: Mapping[Key, Terms]
    before: Mapping[Key, Terms]
    extra: Mapping[Key, Terms]

    @property
    def every(self) -> dict[Key, Terms]:
        """Whatever is worked out."""
        return {**self.terms, **self.extra}


def _keys(work: Mapping[int, Iterable[dt.date]], current: Mapping[int, CurrentPlan]) -> list[Key]:
    return sorted(
        (product_id, day)
        for product_id, days in work.items()
        if product_id in current
        for day in set(days)
        if not _is_archived(current[product_id], day)
    )


def _held(keys: Iterable[Key], bench: _Bench) -> _Held:
    terms = {key: bench.terms(key) for key in keys}
    before = {key: _earlier(bench, key, terms) for key in terms}
    extra = {
        (key[0], key[1] - TREND_DAYS): before[key]
        for key in terms
        if (key[0], key[1] - TREND_DAYS) not in terms
        and (key[0], key[1] - TREND_DAYS) not in bench.stored
    }
    return _Held(terms, before, extra)


def _score_all(held: _Held, known: _Known, bench: _Bench) -> list[Scored]:
    scores = {
        key: rules.score_product(terms.plan, known[key], key[1], bench.settings[terms.settings_id])
        for key, terms in held.every.items()
    }
    return [_scored(key, held, scores, bench) for key in held.terms]


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


def _bench(
    keys: Iterable[Key], today: dt.date, current: Mapping[int, CurrentPlan], in_force: SettingsRow
) -> _Bench:
    wanted = {(pk, day - back) for pk, day in keys for back in (dt.timedelta(0), TREND_DAYS)}
    stored = stored_snapshots(wanted, current)
    bench = _Bench(today, in_force, current, stored)
    used = {row.terms.settings_id for row in stored.values()}
    used |= {row.before.settings_id for row in stored.values()}
    for pk, settings in settings_by_id(pk for pk in used if pk is not None).items():
        bench.settings[pk] = settings
    bench.settings[in_force.pk] = in_force.settings
    return bench


def _known(terms: Mapping[Key, Terms], bench: _Bench) -> _Known:
    """What is known of each KPI on these days; of deleted ones what the snapshots say."""
    facts = window_facts(
        Question(kpi.kpi_id, day, kpi.window, needs_first=kpi.baseline_date is None)
        for (_, day), held in terms.items()
        for kpi in held.plan.kpis
    )
    incomplete = [key for key, held in terms.items() if bench.lacks_one(key, held)]
    gone = stored_facts(incomplete, bench.current)
    return {
        key: {
            kpi.kpi_id: facts[kpi.kpi_id, key[1]]
            for kpi in held.plan.kpis
            if (kpi.kpi_id, key[1]) in facts
        }
        | gone.get(key, {})
        for key, held in terms.items()
    }


def _scored(key: Key, held: _Held, scores: Mapping[Key, rules.Health], bench: _Bench) -> Scored:
    product_id, day = key
    earlier = (product_id, day - TREND_DAYS)
    base = scores[earlier] if earlier in scores else bench.stored[earlier].score()
    terms = held.terms[key]
    return Scored(
        product_id=product_id,
        day=day,
        health=scores[key],
        trend=rules.trend(scores[key], base),
        terms=terms,
        before=held.before[key],
        settings=bench.settings[terms.settings_id],
        held_on=bench.held_on(key, terms),
    )
