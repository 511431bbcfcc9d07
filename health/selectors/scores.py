"""Health of products on days, from the data: what the roll-up stores and pages may ask.

As-of rule (domain.md §4): an earlier day that has a snapshot keeps *its* settings and plan, and
takes in only the KPIs, exemptions and audiences that it does not know; today, and a day without a
snapshot, use those in force now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class _Bench:
    """Everything that scoring some products on some days needs, read beforehand."""

    today: dt.date
    in_force: SettingsRow
    current: Mapping[int, CurrentPlan]
    stored: Mapping[Key, Stored]
    settings: dict[int | None, rules.Settings] = field(default_factory=dict)
    _renewed: dict[tuple[str, str], rules.ProductPlan] = field(default_factory=dict)

    def terms(self, key: Key) -> Terms:
        """What holds on this day, by the as-of rule."""
        product_id, day = key
        now = self.current[product_id].on(day)
        stored = self.stored.get(key)
        if stored is None or day >= self.today:
            return Terms(now, self.in_force.pk)
        return self._renew(stored.terms, now)

    def terms_before(self, key: Key) -> Terms:
        """What holds 28 days earlier: that day's own terms, else those this day compared with."""
        product_id, day = key
        earlier = day - TREND_DAYS
        own = self.stored.get(key)
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


def score_days(work: Mapping[int, Iterable[dt.date]], today: dt.date) -> list[Scored]:
    """Health of these products on these days of theirs, oldest day first; reads only.

    At most a dozen queries, however many products and days. Unknown products, and days from the
    archive date on, are left out. A day 28 days before that is not asked for, but has a snapshot,
    is taken as it is stored.
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
    wanted = {(pk, day - back) for pk, day in keys for back in (dt.timedelta(0), TREND_DAYS)}
    stored = stored_snapshots(wanted, current)
    bench = _Bench(today, in_force, current, stored)
    used = {row.terms.settings_id for row in stored.values()}
    used |= {row.before.settings_id for row in stored.values()}
    for pk, settings in settings_by_id(pk for pk in used if pk is not None).items():
        bench.settings[pk] = settings
    bench.settings[in_force.pk] = in_force.settings
    return bench


def _scores(terms: Mapping[Key, Terms], bench: _Bench) -> dict[Key, rules.Health]:
    facts = window_facts(
        Question(kpi.kpi_id, day, kpi.window, needs_first=kpi.baseline_date is None)
        for (_, day), held in terms.items()
        for kpi in held.plan.kpis
    )
    incomplete = [key for key, held in terms.items() if bench.lacks_one(key, held)]
    gone = stored_facts(incomplete, bench.current)
    found = {}
    for key, held in terms.items():
        day = key[1]
        known = {
            kpi.kpi_id: facts[kpi.kpi_id, day]
            for kpi in held.plan.kpis
            if (kpi.kpi_id, day) in facts
        }
        known |= gone.get(key, {})
        settings = bench.settings[held.settings_id]
        found[key] = rules.score_product(held.plan, known, day, settings)
    return found


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
        held_on=bench.held_on(key, terms),
    )
