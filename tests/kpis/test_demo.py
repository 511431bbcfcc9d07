"""The demo's stories: what the database refuses must never be told."""

from __future__ import annotations

import datetime as dt

import pytest

from kpis.demo import Story, series, stories
from kpis.models import Metric
from kpis.rules import Bounds, ValueOutOfBounds

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    "bounds", [Bounds(0, None), Bounds(None, 0), Bounds(0, 100), Bounds(None, None)]
)
@pytest.mark.parametrize("level", [0.0, 100.0, -40.0])
def test_noise_never_leads_out_of_what_a_metric_accepts(bounds: Bounds, level: float) -> None:
    story = Story("fax-gateway", "volume", path=((400, level), (0, level)), baseline=level)
    values = series(story, 1, bounds, TODAY)
    assert len(values) == 401
    for value in values:
        try:
            bounds.check(value.value)
        except ValueOutOfBounds as error:
            pytest.fail(f"{value.date}: {value.value}. {error}")


@pytest.mark.django_db
def test_every_story_can_be_told() -> None:
    metrics = {metric.code: metric for metric in Metric.objects.all()}
    for story in stories():
        metric = metrics[story.metric]
        for value in series(story, metric.cadence, metric.bounds, TODAY):
            metric.bounds.check(value.value)
