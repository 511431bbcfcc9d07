"""F44: whatever is entered, corrected, deleted, changed or exempted, and however time passes, each
snapshot is what `tests.health.oracle` gives for the values and the terms of its day.

The machine keeps its own books of the as-of rule: `held[day]` is what a day was held to when it was
last rolled up, `compared[day]` what its trend compared with.
"""

import copy
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.periods import kept_days
from health import services
from health.models import HealthSnapshot
from kpis.models import Exemption, Kpi, Measurement
from kpis.services import ensure_partitions
from portfolio.models import Product, StaleMark
from tests.factories.health import make_kpi, make_product
from tests.health import oracle

START = dt.date(2026, 11, 21)
TREND = dt.timedelta(days=28)
KPIS = {
    "score": {"group": "satisfaction", "aggregation": "last", "cadence": 28, "direction": "up"},
    "minutes": {
        "group": "productivity",
        "aggregation": "weighted_mean",
        "cadence": 14,
        "direction": "down",
        "baseline": 60.0,
        "target": 20.0,
        "guardrail": True,
    },
    "visits": {"group": "adoption", "aggregation": "sum", "cadence": 7, "direction": "none"},
}

ages = st.integers(0, 45)
codes = st.sampled_from(sorted(KPIS))
segments = st.sampled_from(["", "stores", "offices"])


class RollUp(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.today = START
        self.product = make_product()
        self.about = {"stage": "growth", "choice": "optional", "exchange": "money"}
        self.kpis, self.rows, self.exempt = {}, {}, {}
        for code, special in KPIS.items():
            plan = {
                "code": code,
                "baseline": 0.0,
                "target": 100.0,
                "weight": 3,
                "baseline_date": None,
                "target_date": None,
                "guardrail": False,
                **special,
            }
            self.kpis[code] = plan
            row = make_kpi(
                self.product,
                code,
                metric={name: plan[name] for name in ("group", "aggregation", "direction")},
                baseline=plan["baseline"],
                baseline_date=None,
                target=plan["target"],
                cadence=plan["cadence"],
                is_guardrail=plan["guardrail"],
            )
            self.rows[code] = row.pk
            self.exempt[code] = {}
        self.values = {code: {} for code in KPIS}
        self.held, self.compared = {}, {}
        self.dirty_from = None

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def mark(self, day):
        StaleMark.objects.create(product=self.product, from_date=day)
        self.dirty_from = min(day, self.dirty_from or day)

    # What people do

    @rule(
        code=codes,
        ago=ages,
        segment=segments,
        value=st.integers(0, 120),
        size=st.none() | st.integers(0, 50),
    )
    def enter_or_correct(self, code, ago, segment, value, size):
        day = self.today - dt.timedelta(days=ago)
        self.values[code][day, segment] = (float(value), size)
        Measurement.objects.update_or_create(
            kpi_id=self.rows[code],
            date=day,
            segment=segment,
            defaults={"value": value, "sample_size": size, "entered_at": self.now()},
        )
        self.mark(day)

    @precondition(lambda self: any(self.values.values()))
    @rule(data=st.data())
    def delete(self, data):
        code = data.draw(st.sampled_from([code for code, found in self.values.items() if found]))
        day, segment = data.draw(st.sampled_from(sorted(self.values[code])))
        del self.values[code][day, segment]
        Measurement.objects.filter(kpi_id=self.rows[code], date=day, segment=segment).delete()
        self.mark(day)

    @rule(
        code=codes,
        goal=st.sampled_from([10.0, 30.0, 100.0, None]),
        weight=st.integers(1, 5),
        ahead=st.none() | st.integers(1, 90),
    )
    def change_plan(self, code, goal, weight, ahead):
        end = self.today + dt.timedelta(days=ahead) if ahead else None
        self.kpis[code].update(target=goal, weight=weight, target_date=end)
        Kpi.objects.filter(pk=self.rows[code]).update(target=goal, weight=weight, target_date=end)
        self.mark(self.today)

    @rule(
        stage=st.sampled_from([*oracle.STAGES, "retired"]),
        choice=st.sampled_from(sorted(oracle.CHOICE)),
    )
    def change_product(self, stage, choice):
        self.about.update(stage=stage, choice=choice)
        Product.objects.filter(pk=self.product.pk).update(stage=stage, choice=choice)
        self.mark(self.today)

    @rule(code=codes, ago=st.integers(-5, 20), days=st.integers(0, 15))
    def grant_exemption(self, code, ago, days):
        first = self.today - dt.timedelta(days=ago)
        last = first + dt.timedelta(days=days)
        row = Exemption.objects.create(
            kpi_id=self.rows[code],
            reason="Strike.",
            starts_on=first,
            ends_on=last,
            created_at=self.now(),
        )
        self.exempt[code][row.pk] = (first, last)
        self.mark(min(first, self.today))

    @rule(days=st.sampled_from([1, 2, 7, 30]))
    def time_passes(self, days):
        self.roll_up()
        self.today += dt.timedelta(days=days)
        services.sweep(now=self.now())
        self.held = {day: terms for day, terms in self.held.items() if day in kept_days(self.today)}
        newest = max(self.held, default=None)
        behind = newest + dt.timedelta(days=1) if newest else self.today
        self.dirty_from = min(behind, self.dirty_from or behind)

    @rule()
    def roll_up(self):
        services.roll_up(product_ids=[self.product.pk], now=self.now())
        self.note_terms()
        self.is_fresh = self.dirty_from is not None
        self.dirty_from = None

    # The machine's own books

    def now(self):
        return dt.datetime.combine(self.today, dt.time(12), tzinfo=dt.UTC)

    def terms_now(self, day):
        """Today's plan as it would be on `day`, exemptions as plain flags."""
        kpis = copy.deepcopy(self.kpis)
        for code, plan in kpis.items():
            plan["is_exempt"] = any(a <= day <= b for a, b in self.exempt[code].values())
        return {"about": dict(self.about), "kpis": kpis}

    def with_news(self, terms, day):
        for code, plan in self.terms_now(day)["kpis"].items():
            terms["kpis"][code]["is_exempt"] |= plan["is_exempt"]
        return terms

    def note_terms(self):
        if self.dirty_from is None:
            return
        days = sorted(
            {
                day
                for day in [*kept_days(self.today), *self.held]
                if self.dirty_from <= day <= self.today
            }
        )
        fresh = {day for day in days if day == self.today or day not in self.held}
        for day in days:
            if day in fresh:
                self.held[day] = self.terms_now(day)
            else:
                self.with_news(self.held[day], day)
        for day in days:
            earlier = day - TREND
            if earlier in self.held:
                self.compared[day] = copy.deepcopy(self.held[earlier])
            elif day in fresh:
                self.compared[day] = self.terms_now(earlier)
            else:
                self.with_news(self.compared[day], earlier)

    def expected(self, terms, day):
        kpis = [
            {**plan, "exempt": [(day, day)] if plan["is_exempt"] else []}
            for plan in terms["kpis"].values()
        ]
        return oracle.health(terms["about"], kpis, self.values, day)

    @invariant()
    def snapshots_are_the_oracle_s(self):
        if not getattr(self, "is_fresh", False) or self.dirty_from is not None:
            return
        self.is_fresh = False
        rows = {row.day: row for row in HealthSnapshot.objects.filter(product=self.product)}
        assert set(rows) == set(self.held)
        for day, row in rows.items():
            status, number, confidence = self.expected(self.held[day], day)
            assert row.status == status, day
            assert row.confidence == pytest.approx(confidence, abs=1e-9)
            assert row.health == pytest.approx(number, abs=1e-9)
            before = self.expected(self.compared[day], day - TREND)
            hidden = {"unknown", "retired"} & {status, before[0]}
            trend = None if hidden else number - before[1]
            assert row.trend == pytest.approx(trend, abs=1e-9), day
        self.a_second_roll_up_changes_nothing()

    def a_second_roll_up_changes_nothing(self):
        StaleMark.objects.create(product=self.product, from_date=min(self.held))
        done = services.roll_up(product_ids=[self.product.pk], now=self.now())
        assert (done.changed, done.days) == (0, len(self.held))


@pytest.mark.django_db
def test_snapshots_are_always_a_recomputation_from_scratch():
    from hypothesis.stateful import run_state_machine_as_test

    # As far as the machine can get, by twenty steps of thirty days.
    ensure_partitions(START, START + dt.timedelta(days=600))
    run_state_machine_as_test(
        RollUp,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
