"""The main job on real input: three government services, from empty forms to an explained board.

The figures are read from the file beside the repository (see its README: Crown copyright, Open
Government Licence) and typed into the pages; the expected health is worked out below by hand, from
domain.md §4 alone, without any code of the project.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from health.models import HealthSnapshot
from health.tasks import roll_up_stale
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import PortfolioFactory
from tests.journeys.conftest import Open, Visit

FILE = Path(__file__).parents[3] / "shared" / "data" / "govuk-services.csv"
TODAY = dt.datetime(2017, 10, 2, 9, 0, tzinfo=dt.UTC)
SLUGS = (
    "bis-land-register-updates-including-transfers-of-ownership",
    "bis-search-of-whole-land-registry",
    "bis-student-finance-applications-for-24-advanced-learner-loans",
)
QUARTER_ENDS = {
    "Jan - Mar": "03-31",
    "Apr - Jun": "06-30",
    "Jul - Sep": "09-30",
    "Oct - Dec": "12-31",
}
CADENCE = 92

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not FILE.exists(), reason="the real file does not lie beside the repository"
    ),
]


@dataclass(frozen=True)
class Service:
    """One row of the file: what is typed in."""

    slug: str
    name: str
    take_up: dict[dt.date, float]
    cost: dict[dt.date, float]


def _number(text: str) -> float | None:
    text = text.replace(",", "").replace("£", "").strip()
    return float(text) if text and text != "-" else None


def _take_up(row: dict[str, str]) -> dict[dt.date, float]:
    """Digital / total of a quarter in per cent, to the two places one types."""
    found = {}
    for header, text in row.items():
        if not header.startswith("Total transactions\n"):
            continue
        months, year = header.splitlines()[1].rsplit(" ", 1)
        total = _number(text)
        digital = _number(row[header.replace("Total", "Digital", 1)])
        if total and digital is not None and digital <= total:
            day = dt.date.fromisoformat(f"{year}-{QUARTER_ENDS[months]}")
            found[day] = round(100 * digital / total, 2)
    return dict(sorted(found.items()))


def _cost(row: dict[str, str]) -> dict[dt.date, float]:
    """Cost per transaction; "2017-Q1" is the first quarter of October 2016 – September 2017."""
    ends = {"1": (-1, "12-31"), "2": (0, "03-31"), "3": (0, "06-30"), "4": (0, "09-30")}
    found = {}
    for header, text in row.items():
        match = re.fullmatch(r"(\d{4})-Q(\d) CPT \(£\)", header)
        value = _number(text) if match else None
        if match and value is not None:
            shift, end = ends[match[2]]
            found[dt.date.fromisoformat(f"{int(match[1]) + shift}-{end}")] = value
    return dict(sorted(found.items()))


def _services() -> list[Service]:
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Slug"]: row for row in csv.DictReader(file)}
    return [
        Service(
            slug, rows[slug]["Name of service"].strip(), _take_up(rows[slug]), _cost(rows[slug])
        )
        for slug in SLUGS
    ]


# --- by hand, from domain.md §4 -------------------------------------------------------------


def _score(first: float, last: float, target: float, *, up: bool) -> float:
    """No target date, so e = 1 and the score is the progress itself, unless the job is to hold."""
    band = 0.1 * abs(target)
    short = target - first if up else first - target
    if short < band:  # hold: the first value is at, beyond, or less than one band short of it
        gap = target - last if up else last - target
        return 100 * min(1, max(0, 1 - max(gap, 0) / band))
    a = (last - first) / (target - first)
    return 100 * min(1, max(0, 1 - max(0, 1 - a)))


def _fresh(last: dt.date) -> float:
    age = (TODAY.date() - last).days
    return min(1, max(0, (3 * CADENCE - age) / (2 * CADENCE)))


@dataclass(frozen=True)
class ByHand:
    """What the pages have to show."""

    health: float
    confidence: float
    take_up: float
    cost: float
    lost: dict[str, float]


def _by_hand(service: Service) -> ByHand:
    """Growth, optional, effort: adoption 3 × 1.5 × (1 × 0.9); productivity 3 × 1 × 1.

    A growing product is expected to measure satisfaction and completion too: 3 × 1 each in the
    denominator of its confidence.
    """
    uses, costs = list(service.take_up.values()), list(service.cost.values())
    take_up = _score(uses[0], uses[-1], 80, up=True)
    cost = _score(costs[0], costs[-1], _cost_target(service), up=False)
    heavy = 3 * 1.5 * 0.9 * _fresh(max(service.take_up))
    light = 3 * 1 * 1 * _fresh(max(service.cost))
    return ByHand(
        health=(heavy * take_up + light * cost) / (heavy + light),
        confidence=100 * (heavy + light) / (3 * 1.5 + 3 * 1 + 3 * 1 + 3 * 1),
        take_up=take_up,
        cost=cost,
        lost={
            "digital_take_up": heavy * (100 - take_up) / (heavy + light),
            "cost_per_transaction": light * (100 - cost) / (heavy + light),
        },
    )


def _cost_target(service: Service) -> float:
    return round(next(iter(service.cost.values())) * 0.9, 2)


def _status(hand: ByHand) -> str:
    if hand.confidence < 25:
        return "Unknown"
    return "Healthy" if hand.health >= 80 else "Watch" if hand.health >= 60 else "At risk"


# --- through the pages ----------------------------------------------------------------------


@pytest.fixture
def in_october_2017(settings: Any) -> Iterator[None]:
    """The browser's own clock stays in our day, so no cookie may carry a date."""
    settings.SESSION_EXPIRE_AT_BROWSER_CLOSE = True
    settings.CSRF_COOKIE_AGE = None
    with time_machine.travel(TODAY, tick=True):
        yield


def _create_product(visit: Visit, service: Service) -> None:
    page = visit.go("/products/new/")
    page.get_by_label("Name", exact=True).fill(service.name)
    page.locator("[name=portfolio]").select_option(label="Government services")
    page.locator("[name=stage]").select_option("growth")
    page.locator("[name=choice][value=optional]").check()
    page.locator("[name=exchange][value=effort]").check()
    page.locator("[name=slug]").fill(service.slug)
    page.locator("main form [type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text(service.name)


def _create_kpi(visit: Visit, service: Service, code: str, first: float, target: float) -> None:
    page = visit.go(f"/products/{service.slug}/kpis/new/")
    option = page.locator(f"[name=metric] option[data-code={code}], [name=metric] option")
    labels = {"digital_take_up": "Digital take-up", "cost_per_transaction": "Cost per transaction"}
    value = option.filter(has_text=labels[code]).first.get_attribute("value")
    page.locator("[name=metric]").select_option(value)
    page.locator("[name=baseline]").fill(str(first))
    page.locator("[name=target]").fill(str(target))
    page.locator("[name=cadence]").fill(str(CADENCE))
    page.locator("main form [type=submit]").last.click()
    expect(page.locator("h1").first).to_be_visible()


def _record_quarter(page: Page, url: str, day: dt.date, figures: dict[str, float]) -> None:
    page.goto(url)
    page.locator("[name=date]").fill(day.isoformat())
    for label, value in figures.items():
        page.get_by_label(label, exact=True).fill(str(value))
    page.locator("main form [type=submit]").last.click()
    expect(page.locator("body")).to_contain_text("recorded")


def _type_in(visit: Visit, service: Service) -> None:
    _create_product(visit, service)
    _create_kpi(visit, service, "digital_take_up", next(iter(service.take_up.values())), 80)
    cost = next(iter(service.cost.values()))
    _create_kpi(visit, service, "cost_per_transaction", cost, _cost_target(service))
    url = f"{visit.root}/products/{service.slug}/record/"
    for day in sorted(service.take_up.keys() | service.cost.keys()):
        figures = {
            "Digital take-up": service.take_up.get(day),
            "Cost per transaction": service.cost.get(day),
        }
        known = {label: value for label, value in figures.items() if value is not None}
        _record_quarter(visit.page, url, day, known)


def test_three_real_services_from_forms_to_board(visit: Open, in_october_2017: None) -> None:
    PortfolioFactory(name="Government services")
    administrator = UserFactory(role="administrator")
    browser = visit(administrator)
    for service in _services():
        _type_in(browser, service)
    roll_up_stale()  # the worker's task; tests/faults/ has a real worker do it
    for service in _services():
        hand = _by_hand(service)
        snapshot = HealthSnapshot.objects.get(product__slug=service.slug, day=TODAY.date())
        assert snapshot.health == pytest.approx(hand.health, abs=1e-9)
        assert snapshot.confidence == pytest.approx(hand.confidence, abs=1e-9)
        _board_shows(browser, service, hand)
        _product_page_shows(browser, service, hand)
        _explanation_shows(browser, service, hand)


def _board_shows(visit: Visit, service: Service, hand: ByHand) -> None:
    row = visit.go("/").locator("tbody tr").filter(has_text=service.name)
    expect(row).to_contain_text(_status(hand))
    expect(row).to_contain_text(f"{_whole(hand.health)}")
    expect(row).to_contain_text(f"{_whole(hand.confidence)}")


def _product_page_shows(visit: Visit, service: Service, hand: ByHand) -> None:
    main = visit.go(f"/products/{service.slug}/").locator("main")
    expect(main).to_contain_text(_status(hand))
    expect(main).to_contain_text(_whole(hand.health))
    dearest = max(hand.lost.values())
    if dearest >= 0.5:
        expect(main).to_contain_text(f"−{_whole(dearest)}")


def _explanation_shows(visit: Visit, service: Service, hand: ByHand) -> None:
    main = visit.go(f"/products/{service.slug}/health/").locator("main")
    for points in (hand.take_up, hand.cost):
        expect(main).to_contain_text(f"{points:.1f}".removesuffix(".0"))


def _whole(value: float) -> str:
    """In whole numbers, halves upwards, as the pages print them."""
    return str(int(value + 0.5))
