"""One truth: board pages, CSV, exports, API and stored rows say the same of every product.

`compare_everything(day)` takes whatever products there are, so it serves imported ones too.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client

from core.formats import DASH, share, signed, whole
from health import services
from health.models import HealthSnapshot
from health.rules import sentence
from health.selectors.stored import health_of
from kpis.models import Measurement
from portfolio.models import Product
from tests.factories.accounts import AdministratorFactory
from tests.factories.health import NOW, TODAY, days_ago, exempt, make_kpi, make_product

pytestmark = pytest.mark.django_db


@dataclass
class Truth:
    """What the JSON export says, which all others are held against, by address."""

    day: dt.date
    products: dict[str, dict[str, Any]]

    def numbers(self, slug: str) -> tuple[str, float | None, float | None]:
        one = self.products[slug]
        return one["status"], one["health"], one["trend"]


def compare_everything(day: dt.date, *, stored: bool = False) -> int:
    """Hold everything that tells health of `day` against one another; how many products there are.

    Time must be frozen or still. `stored`: each product must have its snapshot of that very day;
    without it those that have one are compared.
    """
    client = Client()
    client.force_login(AdministratorFactory())
    truth = Truth(day, {one["slug"]: one for one in json.loads(_command(day, "json"))})
    assert list(truth.products) == sorted(truth.products)
    assert set(truth.products) == set(Product.objects.live(day).values_list("slug", flat=True))
    _export_csv(truth)
    _board_pages(truth, client)
    _board_csv(truth, client)
    _catalogue(truth, client)
    _api_list(truth, client)
    _api_products(truth, client)
    _database(truth, stored=stored)
    return len(truth.products)


def _command(day: dt.date, kind: str) -> str:
    out = io.StringIO()
    call_command("export_health", "--as-of", day.isoformat(), "--format", kind, stdout=out)
    return out.getvalue()


def _export_csv(truth: Truth) -> None:
    rows = list(csv.DictReader(io.StringIO(_command(truth.day, "csv"))))
    assert [row["slug"] for row in rows] == list(truth.products)
    for row in rows:
        one = truth.products[row["slug"]]
        for name in ("health", "confidence", "trend"):
            assert row[name] == ("" if one[name] is None else repr(one[name])), (row, name)
        assert row["status"] == one["status"]
        assert row["largest_loss"].removeprefix("'") == one["largest_loss"]


def _board_pages(truth: Truth, client: Client) -> None:
    seen, address = {}, f"/?as_of={truth.day}"
    while address:
        response = client.get(address)
        assert response.status_code == 200
        soup = BeautifulSoup(response.content, "html.parser")
        for row in soup.select("#rows tr"):
            slug = row.select_one("th a")["href"].split("?")[0].strip("/").split("/")[-1]
            assert slug not in seen
            cells = {cell["data-label"]: cell.get_text(" ", strip=True) for cell in row("td")}
            seen[slug] = cells
        older = soup.select_one('#results a[rel="next"]')
        address = f"/{older['href']}" if older else ""
    assert set(seen) == set(truth.products)
    for slug, cells in seen.items():
        status, health, trend = truth.numbers(slug)
        one = truth.products[slug]
        retired = status == "retired"
        assert cells["Status"].lower().replace(" ", "_") == status
        assert cells["Health"] == whole(health)
        assert cells["Trend"] == signed(trend, 0)
        assert cells["Confidence"] == (DASH if retired else share(one["confidence"] / 100))
        if one["largest_loss"]:
            assert cells["What costs most"].startswith(" ".join(one["largest_loss"].split()))


def _rows(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def _board_csv(truth: Truth, client: Client) -> None:
    columns = "slug,status,health,confidence,trend,day"
    rows = _rows(client, f"/board.csv?as_of={truth.day}&columns={columns}")
    assert {row["Address"] for row in rows} == set(truth.products)
    assert len(rows) == len(truth.products)
    for row in rows:
        status, health, trend = truth.numbers(row["Address"])
        assert row["Status"].replace(" ", "_") == status
        assert row["Health"] == ("" if health is None else repr(health))
        assert row["Trend"] == ("" if trend is None else repr(trend))
        confidence = truth.products[row["Address"]]["confidence"]
        assert row["Confidence"] == ("" if status == "retired" else repr(confidence))
        assert row["As of"] == truth.day.isoformat()


def _catalogue(truth: Truth, client: Client) -> None:
    columns = "slug,status,health,trend"
    rows = _rows(client, f"/products.csv?as_of={truth.day}&columns={columns}")
    assert {row["Address"] for row in rows} == set(truth.products)
    assert len(rows) == len(truth.products)
    for row in rows:
        status, health, trend = truth.numbers(row["Address"])
        assert row["Status"].replace(" ", "_") == status
        assert row["Health"] == ("" if health is None else repr(health))
        assert row["Trend"] == ("" if trend is None else repr(trend))


def _api_list(truth: Truth, client: Client) -> None:
    found, address = {}, f"/api/v1/products?as_of={truth.day}&limit=200"
    while address:
        page = client.get(address).json()
        assert page["as_of"] == truth.day.isoformat()
        assert page["total"] == len(truth.products)
        for item in page["items"]:
            assert item["slug"] not in found
            found[item["slug"]] = (item["status"], item["health"], item["trend"])
        address = page["next"]
    assert found == {slug: truth.numbers(slug) for slug in truth.products}


def _api_products(truth: Truth, client: Client) -> None:
    for slug, one in truth.products.items():
        answer = client.get(f"/api/v1/products/{slug}/health?as_of={truth.day}").json()
        assert answer == {"as_of": truth.day.isoformat(), **one}


def _database(truth: Truth, *, stored: bool) -> None:
    rows = HealthSnapshot.objects.filter(day=truth.day).select_related("product")
    if stored:
        assert {row.product.slug for row in rows} == set(truth.products)
    for row in rows:
        one = truth.products[row.product.slug]
        health = health_of(row)
        known = row.status not in ("unknown", "retired")
        assert (row.status, row.confidence, row.trend) == (
            *(one["status"], one["confidence"], one["trend"]),
        )
        assert one["health"] == (row.health if known else None)
        assert one["largest_loss"] == (
            sentence(health.losses()[0]) if known and health.losses() else ""
        )
        assert [(kpi["code"], kpi["v"], kpi["points_lost"]) for kpi in one["kpis"]] == [
            (line.code, line.value, line.lost) for line in health.lines
        ]


# A company in which everything occurs -------------------------------------------------------------

METRICS = (
    ("score", "satisfaction"),
    ("minutes", "productivity"),
    ("finished", "completion"),
    ("mau", "adoption"),
    ("errors", "quality"),
)


def build_company(products: int = 60) -> None:
    """Products of every stage, choice and exchange; odd figures, gaps, holds, guardrails."""
    measured: list[Measurement] = []
    stages = ("discovery", "pilot", "rollout", "growth", "mature", "sunset", "retired")
    for n in range(products):
        product = make_product(
            f"Tool {n:02}" if n % 13 else f"=Tool {n:02} «ä»",
            slug=f"tool-{n:02}",
            stage=stages[n % 7],
            choice=("optional", "default", "mandated")[n % 3],
            exchange=("money", "effort", "none")[n // 3 % 3],
            function=f"Function {n % 4}",
            head_count=n * 7 or None,
            archived_on=days_ago(n) if n % 20 == 19 else None,
        )
        for k, (code, group) in enumerate(METRICS[: n % 6]):
            kpi = make_kpi(
                product,
                code,
                metric={"group": group, "name": f"{code.title()} of it"},
                baseline=80.0 if (n + k) % 9 == 0 else 0.0,
                target=None if (n + k) % 11 == 0 else 84.0,
                target_date=days_ago(-90) if n % 2 else None,
                weight=1 + (n + k) % 5,
                cadence=28 if k % 2 else 7,
                is_guardrail=(n + k) % 4 == 0,
            )
            measured += [
                Measurement(
                    kpi_id=kpi.pk,
                    date=days_ago(ago),
                    value=(n * 31 + ago * 17 + k * 7) % 97 + 1 / 3,
                    source="form",
                    entered_at=NOW,
                )
                for ago in range(n % 10, 120, 9 + k)
            ]
            if (n + k) % 17 == 0:
                exempt(kpi, ago=40, until=-3)
    Measurement.objects.bulk_create(measured)


@pytest.fixture
def company() -> Any:
    with time_machine.travel(NOW, tick=False):
        build_company()
        yield


def test_a_stored_day_is_told_the_same_everywhere(company: None) -> None:
    ids = list(Product.objects.values_list("pk", flat=True))
    services.roll_up_as_of(product_ids=ids, day=TODAY, now=NOW)
    assert compare_everything(TODAY, stored=True) == 57
    statuses = set(HealthSnapshot.objects.filter(day=TODAY).values_list("status", flat=True))
    assert statuses == {"unknown", "healthy", "watch", "at_risk", "retired"}


@pytest.mark.parametrize("ago", [1, 30, 200])
def test_a_day_worked_out_on_request_is_told_the_same_everywhere(company: None, ago: int) -> None:
    day = days_ago(ago)
    assert compare_everything(day) >= 57
    assert not HealthSnapshot.objects.exists()  # nothing is stored by asking
    before = _command(day, "json")
    ids = list(Product.objects.values_list("pk", flat=True))
    services.roll_up_as_of(product_ids=ids, day=day, now=NOW)
    compare_everything(day, stored=True)
    assert _command(day, "json") == before


def test_a_day_that_is_stored_for_some_is_told_the_same_everywhere(company: None) -> None:
    some = Product.objects.filter(slug__endswith="3").values_list("pk", flat=True)
    services.roll_up_as_of(product_ids=list(some), day=days_ago(9), now=NOW)
    compare_everything(days_ago(9))
