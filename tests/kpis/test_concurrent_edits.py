"""Two people save the same form, or the same grid, at the same moment: nobody's work is lost.

Real threads, real transactions, the whole stack from the request to the row. `EDIT_PAIRS` says how
many pairs; `make faults` takes 500 of each.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client
from django.utils import timezone

from core.periods import week_start
from core.unsent import MARK
from kpis import services
from kpis.models import Measurement, MeasurementChange
from portfolio.models import Product
from tests.factories.kpis import KpiFactory, MetricFactory
from tests.factories.portfolio import AdministratorFactory, ProductFactory

pytestmark = pytest.mark.django_db(transaction=True)
FEW = int(os.environ.get("EDIT_PAIRS", "40"))
PAIRS = [FEW, pytest.param(500, marks=pytest.mark.faults)]
DAY = dt.timedelta(days=1)
EDIT = "/products/shift-planner/edit/"


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def two():
    """Two people, each with a browser."""
    browsers = []
    for name in ("Anna", "Bo"):
        browser = Client()
        browser.force_login(AdministratorFactory(name=name))
        browsers.append(browser)
    return browsers


class AtOnce:
    """Two threads that begin each pair of works at the same moment."""

    def __init__(self) -> None:
        self.pool, self.barrier = ThreadPoolExecutor(2), Barrier(2, timeout=30)

    def __call__(self, *works: Callable[[], Any]) -> list[Any]:
        def run(work: Callable[[], Any]) -> Any:
            self.barrier.wait()
            return work()

        return [future.result() for future in [self.pool.submit(run, work) for work in works]]

    def close(self) -> None:
        for _ in range(2):
            self.pool.submit(lambda: (self.barrier.wait(), connections.close_all()))
        self.pool.shutdown()


@pytest.fixture
def at_once():
    pair = AtOnce()
    yield pair
    pair.close()


def fields_of(page: bytes) -> dict[str, Any]:
    """What the browser would send of the product's form as it stands."""
    soup = BeautifulSoup(page.decode(), "html.parser")
    form = next(f for f in soup.select("main form[method=post]") if f.select_one("[name=version]"))
    found: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.name == "select":
            chosen = [option["value"] for option in field.select("option[selected]")]
            found[field["name"]] = chosen if field.has_attr("multiple") else "".join(chosen[:1])
        elif field.get("type") not in ("checkbox", "radio") or field.has_attr("checked"):
            found[field["name"]] = field.get("value") or field.get_text().strip()
    return found


@pytest.mark.parametrize("pairs", PAIRS)
def test_pairs_on_one_product_form_lose_nothing(product, two, at_once, pairs):
    form, others = (fields_of(browser.get(EDIT).content) for browser in two)
    marks = form[MARK], others[MARK]
    lost, draws = 0, random.Random(7)
    for number in range(pairs):
        before = Product.objects.get()
        shown = form | {"version": str(before.version), "name": before.name}
        shown["mission"] = before.mission
        mine = [f"Anna’s words {number}", f"Bo’s words {number}"]
        names = draws.choice([("mission", "mission"), ("mission", "name"), ("name", "name")])
        typed = [
            shown | {name: text, MARK: mark}
            for name, text, mark in zip(names, mine, marks, strict=True)
        ]
        answers = at_once(
            lambda: two[0].post(EDIT, typed[0]),  # noqa: B023  # run before the next round
            lambda: two[1].post(EDIT, typed[1]),  # noqa: B023  # as above
        )
        codes = [answer.status_code for answer in answers]
        winner = codes.index(302)
        loser = 1 - winner
        after, told = Product.objects.get(), answers[loser].content.decode()
        assert codes[loser] in (409, 422), codes
        assert after.version == before.version + 1
        assert mine[loser] in told
        if names[0] == names[1]:
            assert mine[winner] in told
        lost += getattr(after, names[winner]) != mine[winner]
        untouched = {"name", "mission"} - {names[winner]}
        lost += any(getattr(after, name) != getattr(before, name) for name in untouched)
    assert lost == 0


@pytest.mark.parametrize("pairs", PAIRS)
def test_pairs_on_one_grid_lose_nothing(product, two, at_once, pairs):
    today = timezone.now().date()
    weeks = [week_start(today) - 7 * DAY * back for back in range(8)]
    services.ensure_partitions(weeks[-1], today)
    kpis = [KpiFactory(product=product, metric=MetricFactory(lower=0)) for _ in range(3)]
    draws = random.Random(11)
    tokens: dict[tuple[int, dt.date], str] = {}
    values: dict[tuple[int, dt.date], float] = {}
    conflicts = 0
    for number in range(pairs):
        places = [(draws.choice(kpis).pk, draws.choice(weeks)) for _ in range(2)]
        places[1] = draws.choice([places[0], places[1]])
        mine = [1000.0 + 2 * number, 1001.0 + 2 * number]
        bodies = [
            {"kpi": kpi, "week": week.isoformat(), "text": str(value), "was": tokens.get(place, "")}
            for place, value in zip(places, mine, strict=True)
            for kpi, week in [place]
        ]
        answers = at_once(
            lambda: send(two[0], bodies[0]),  # noqa: B023  # run before the next round
            lambda: send(two[1], bodies[1]),  # noqa: B023  # as above
        )
        states = [answer["state"] for answer in answers]
        if places[0] != places[1]:
            assert states == ["saved", "saved"]
        else:
            assert sorted(states) == ["conflict", "saved"]
            winner = states.index("saved")
            theirs = answers[1 - winner]
            assert float(theirs["text"]) == mine[winner]
            assert "has saved" in theirs["why"]
            conflicts += 1
        for place, value, answer in zip(places, mine, answers, strict=True):
            if answer["state"] == "saved":
                tokens[place], values[place] = answer["was"], value
    stands = Measurement.objects.values_list("kpi_id", "date", "value")
    assert {(kpi, week_start(day)): value for kpi, day, value in stands} == values
    # Every value that was saved over is in history: as many as were saved, less those that stand.
    assert MeasurementChange.objects.count() == 2 * pairs - conflicts - len(values)
    assert conflicts > 0


def send(browser: Client, cell: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"cells": [cell]})
    answer = browser.post("/grid/cells/", body, content_type="application/json")
    found: dict[str, Any] = answer.json()["cells"][0]
    return found
