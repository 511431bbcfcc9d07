"""What an issue tells of a week: releases, decisions, risks, each in one week (domain.md §6)."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Organisation
from digests.rules.weeks import Week, week_of_event, week_of_event_day
from tests.digests.gathering import (
    AFTER,
    DAY,
    FIRST,
    HOUR,
    LONG_AGO,
    THURSDAY,
    WEEK,
    draft,
    items,
    keys,
    release,
)
from tests.factories.digests import (
    DRAFTED,
    FRIDAY,
)
from tests.factories.health import make_product
from tests.factories.intake import (
    OpportunityDecisionFactory,
    OpportunityFactory,
)
from tests.factories.portfolio import (
    NeededFactory,
    ReleaseFactory,
    RiskFactory,
)

pytestmark = pytest.mark.django_db


def test_releases_wins_and_lessons_of_the_week():
    product = make_product()
    release(product, FRIDAY - DAY, kind="new", title="Rosters can be copied.")
    release(product, FRIDAY - 3 * DAY, kind="win", title="Store 12 saves a day a week")
    release(product, FRIDAY - 7 * DAY, kind="lesson", title="Nobody reads the manual")
    release(product, FRIDAY - 8 * DAY, title="Too old")
    release(product, FRIDAY, title="Too new")
    found = items(product)
    assert [(one.kind, one.title) for one in found] == [
        ("win", "Win: Store 12 saves a day a week."),
        ("lesson", "Lesson: Nobody reads the manual."),
        ("release", "New: Rosters can be copied."),
    ]
    assert all(one.is_material for one in found)


def test_a_draft_is_not_told_and_the_teams_own_note_bears_its_audience():
    product = make_product()
    ReleaseFactory(product=product, day=FRIDAY - DAY, published_at=None)
    release(product, FRIDAY - DAY, audience="team", title="For us")
    assert [(one.title, one.audience) for one in items(product)] == [("New: For us.", "team")]


def test_a_note_that_was_published_late_counts_on_that_day():
    product = make_product()
    note = release(product, FRIDAY - 20 * DAY, published=THURSDAY)
    late = release(product, FRIDAY - DAY, published=AFTER)
    assert keys(product) == {f"release:{note.pk}"}
    assert keys(product, week=WEEK.after, now=DRAFTED + 7 * DAY) == {f"release:{late.pk}"}


# Decisions on opportunities -----------------------------------------------------------------------


def test_the_last_decision_of_the_week_on_each_opportunity():
    product = make_product()
    one = OpportunityFactory(product=product, problem="Rosters change after people have planned.")
    for hours, decision in ((3, "later"), (2, "next")):
        OpportunityDecisionFactory(
            opportunity=one, decision=decision, reason="Most wait.", at=AFTER - hours * HOUR
        )
    OpportunityDecisionFactory(opportunity=one, decision="now", at=AFTER)
    [item] = items(product, "decision")
    assert item.title == "“Rosters change after people have planned” comes next."
    assert (item.detail, item.key) == ("Most wait.", f"decision:{one.pk}")
    [item] = items(product, "decision", week=WEEK.after, now=DRAFTED + 7 * DAY)
    assert item.title.endswith("is being worked on now.")


def test_what_was_merged_away_is_not_told():
    product = make_product()
    kept = OpportunityFactory(product=product)
    gone = OpportunityFactory(product=product, merged_into=kept)
    OpportunityDecisionFactory(opportunity=gone, at=THURSDAY)
    assert items(product) == []


# Decisions needed ---------------------------------------------------------------------------------


def ended(state, at):
    return {"state": state, "ended_at": at, "outcome": "We keep it."}


@pytest.mark.parametrize(
    ("values", "news"),
    [
        ({"created_at": THURSDAY}, "new"),
        ({"by_day": FRIDAY + 14 * DAY}, "due"),
        ({"by_day": FRIDAY + 15 * DAY}, None),
        ({"by_day": FRIDAY}, "due"),
        ({"by_day": FRIDAY - DAY}, "overdue"),
        ({"created_at": THURSDAY, "by_day": FRIDAY + DAY}, "due"),
        (ended("decided", THURSDAY), "decided"),
        (ended("dropped", THURSDAY), "dropped"),
        (ended("decided", FIRST - HOUR), None),
        # Decided on Friday before the draft: no longer needed, and told next week.
        ({**ended("decided", AFTER + HOUR), "by_day": FRIDAY + DAY}, None),
        ({"created_at": AFTER + HOUR}, None),
        ({"created_at": DRAFTED + HOUR, "by_day": FRIDAY + DAY}, None),
    ],
)
def test_which_decisions_needed_are_told(values, news):
    product = make_product()
    NeededFactory(product=product, **{"created_at": LONG_AGO, **values})
    assert [one.data["news"] for one in items(product)] == ([news] if news else [])


def test_a_decision_in_a_sentence_and_among_the_facts():
    product = make_product()
    row = NeededFactory(product=product, by_day=FRIDAY + 6 * DAY, what="Do we keep paper?")
    NeededFactory(product=product, created_at=LONG_AGO, by_day=FRIDAY + 40 * DAY)
    found = draft(product)
    assert found.items[0].title == (
        "A decision from Nadia Haddad is needed by 3 Dec: “Do we keep paper?”."
    )
    assert found.items[0].url == f"/products/{product.slug}/needed/{row.pk}/"
    assert [line.is_due for line in found.facts.decisions] == [True, False]


# Risks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, None),
        ({"created_at": THURSDAY, "changed_at": THURSDAY}, ("new", True)),
        ({"changed_at": THURSDAY}, ("changed", True)),
        ({"created_at": THURSDAY, "changed_at": AFTER}, ("new", True)),
        ({"changed_at": AFTER}, None),
        ({"severity": 3}, ("open", False)),
        ({"severity": 3, "changed_at": THURSDAY}, ("changed", True)),
        ({"severity": 1, **ended("over", THURSDAY)}, ("over", True)),
        (ended("happened", THURSDAY), ("happened", True)),
        ({"severity": 3, **ended("over", FIRST - HOUR)}, None),
        ({"severity": 3, **ended("over", AFTER + HOUR)}, None),
    ],
)
def test_which_risks_are_told(values, told):
    product = make_product()
    given = {"created_at": LONG_AGO, "changed_at": LONG_AGO, **values}
    RiskFactory(product=product, **given)
    found = [(one.data["news"], one.is_material) for one in items(product)]
    assert found == ([told] if told else [])


def test_a_risk_in_a_sentence():
    product = make_product()
    RiskFactory(product=product, what="The till may stop.", changed_at=THURSDAY, severity=3)
    [item] = items(product)
    assert item.title == "New risk: “The till may stop”. Nadia Haddad looks after it until 20 Dec."
    assert item.data["severity_words"] == "people’s work would stop"
    assert [line.what for line in draft(product).facts.risks] == ["The till may stop."]


# All weeks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_every_event_is_told_in_exactly_one_week(zone):
    """200 events at random moments of 12 weeks with a change of the clocks among them."""
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": zone})
    chance = random.Random(zone)
    product, start = make_product(), dt.datetime(2026, 9, 4, 12, 0, tzinfo=dt.UTC)
    expected: Counter[tuple[str, dt.date]] = Counter()
    for _ in range(50):
        at = [start + dt.timedelta(minutes=chance.randrange(84 * 24 * 60)) for _ in range(4)]
        one = OpportunityDecisionFactory(opportunity__product=product, at=at[0])
        expected[f"decision:{one.opportunity_id}", week_of_event(at[0], zone).monday] += 1
        row = NeededFactory(
            product=product,
            created_at=LONG_AGO,
            by_day=dt.date(2030, 1, 1),
            **ended("decided", at[1]),
        )
        expected[f"needed:{row.pk}", week_of_event(at[1], zone).monday] += 1
        risk = RiskFactory(product=product, created_at=LONG_AGO, **ended("over", at[2]))
        expected[f"risk:{risk.pk}", week_of_event(at[2], zone).monday] += 1
        day = at[3].date() + chance.randrange(-9, 9) * DAY
        note = ReleaseFactory(product=product, day=day, published_at=at[3])
        out = max(day, at[3].astimezone(ZoneInfo(zone)).date())
        expected[f"release:{note.pk}", week_of_event_day(out).monday] += 1
    told: Counter[tuple[str, dt.date]] = Counter()
    week = Week(dt.date(2026, 8, 31))
    for _ in range(17):
        moment = week.draft_at(zone) + chance.randrange(60) * HOUR
        told.update((one.key, week.monday) for one in items(product, week=week, now=moment))
        week = week.after
    assert told == expected
