"""Experiments: locked at the start, put off at most twice, ended with a lesson."""

from __future__ import annotations

import datetime as dt

import pytest

from core.versions import Conflict
from intake.models import Experiment
from intake.services import experiments as services
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, ExperimentFactory, OpportunityFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = dt.timedelta(days=1)


def test_it_starts_today_and_only_with_an_end_ahead():
    late = ExperimentFactory.create(ends_on=TODAY - DAY)
    with pytest.raises(services.EndsTooSoon):
        services.start_experiment(experiment=late, now=NOW)
    last_day = ExperimentFactory.create(ends_on=TODAY)
    assert services.start_experiment(experiment=last_day, now=NOW).started_on == TODAY


def test_started_it_keeps_its_criteria():
    one = ExperimentFactory.create(started_on=TODAY)
    with pytest.raises(services.CriteriaLocked):
        services.change_experiment(
            experiment=one, version=1, fields={"criteria": "Easier"}, now=NOW
        )
    with pytest.raises(services.CriteriaLocked):
        services.delete_experiment(experiment=one, now=NOW)
    with pytest.raises(ValueError, match="outcome"):
        services.change_experiment(experiment=one, version=1, fields={"outcome": "stop"}, now=NOW)


def test_planned_it_changes_and_the_slower_hears_of_it():
    one = ExperimentFactory.create()
    fields = {"what": "A", "criteria": "B", "ends_on": TODAY + DAY}
    services.change_experiment(experiment=one, version=1, fields=fields, now=NOW)
    with pytest.raises(Conflict):
        services.change_experiment(experiment=one, version=1, fields={"what": "C"}, now=NOW)
    services.delete_experiment(experiment=one, now=NOW)
    assert not Experiment.objects.exists()


@pytest.mark.parametrize("days", [-1, 0])
def test_the_end_is_put_off_into_the_future_only(days):
    one = ExperimentFactory.create(started_on=TODAY - 30 * DAY, ends_on=TODAY - 5 * DAY)
    put_off = {"experiment": one, "reason": "x", "by": UserFactory.create(), "now": NOW}
    with pytest.raises(services.EndsTooSoon):
        services.extend_experiment(until=TODAY + days * DAY, **put_off)
    assert services.extend_experiment(until=TODAY + DAY, **put_off).ends_on == TODAY + DAY


def test_a_third_time_is_refused():
    one = ExperimentFactory.create(started_on=TODAY, ends_on=TODAY)
    by = UserFactory.create()
    for days in (1, 2):
        services.extend_experiment(
            experiment=one, until=TODAY + days * DAY, reason="x", by=by, now=NOW
        )
    with pytest.raises(services.NoMoreExtensions):
        services.extend_experiment(
            experiment=one, until=TODAY + 9 * DAY, reason="x", by=by, now=NOW
        )


def test_what_does_not_run_neither_goes_on_nor_ends():
    one = ExperimentFactory.create()
    with pytest.raises(services.NotRunning):
        services.extend_experiment(
            experiment=one, until=TODAY + DAY, reason="x", by=UserFactory.create(), now=NOW
        )
    with pytest.raises(services.NotRunning):
        services.end_experiment(experiment=one, version=1, outcome="stop", learned="x", now=NOW)


def test_the_same_form_plans_one_and_another_opportunitys_form_none():
    from uuid import uuid4

    first, second = OpportunityFactory.create_batch(2)
    plan = {"what": "A", "criteria": "B", "ends_on": TODAY, "by": None, "now": NOW}
    token = uuid4()
    for _ in range(2):
        services.plan_experiment(opportunity=first, token=token, **plan)
    services.plan_experiment(opportunity=second, token=token, **plan)
    assert (first.experiments.count(), second.experiments.count()) == (1, 1)
