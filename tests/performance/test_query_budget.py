"""The three pages people open most: few queries, as many for 300 products as for one, and none that
reads the measurements of everybody at 10,000 products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from health.models import HealthSnapshot
from kpis.models import Kpi, Measurement
from portfolio.models import Dependency, Product
from tests.factories.accounts import UserFactory
from tests.factories.health import (
    NOW,
    TODAY,
    exempt,
    make_kpi,
    make_product,
    make_snapshot,
    measure,
)
from tests.factories.portfolio import MembershipFactory

pytestmark = pytest.mark.django_db

BOARD, CATALOGUE, PRODUCT = "/", "/products/", "/products/shift-planner/"
KPIS = "/products/shift-planner/kpis/"
# Literally what the pages ask. Board and catalogue ask one question more than they are made of, the
# version of the data: so that they can be kept, and a page that is kept asks nothing else of its
# own. Whether somebody who administers nothing may add a product takes one question; an exemption
# in force takes one on the product's page. That page was allowed twelve when it told of health and
# people alone: decisions, risks, whether one follows it take one each.
BUDGET = {
    ("administrator", BOARD): 6,
    ("administrator", CATALOGUE): 8,
    ("administrator", PRODUCT): 15,
    ("employee", BOARD): 7,
    ("employee", CATALOGUE): 9,
    ("employee", PRODUCT): 15,
}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def planner() -> Product:
    """A product whose page has something of everything: flags, a chart, an exempt KPI, people."""
    product = make_product("Shift Planner", function="Store operations", head_count=2140)
    kpi = make_kpi(product, "score", next_review=TODAY - dt.timedelta(days=3))
    measure(kpi, 50, ago=40)
    exemption = exempt(kpi, ago=2, until=-2)
    plan = {
        "stage": "growth",
        "choice": "mandated",
        "exchange": "none",
        "audiences": [],
        "kpis": [_planned(kpi, exemption.pk)],
    }
    for ago in (0, 5, 28):
        make_snapshot(product, ago=ago, plan=plan, status="at_risk", health=40 + ago)
    MembershipFactory(product=product, role="contributor")
    needed = make_product("Rota Store")
    Dependency.objects.create(product=product, needs=needed)
    for _ in range(5):
        Dependency.objects.create(product=make_product(), needs=product)
    return product


def _planned(kpi: Kpi, exemption: int) -> dict[str, Any]:
    from health.selectors import plans

    found = plans([kpi.product_id])[kpi.product_id].on(TODAY)
    planned = found.as_dict()["kpis"][0]
    assert planned["exemptions"] == [exemption]
    return planned


def sign_in(client: Client, role: str) -> None:
    person: User = UserFactory(role=role)
    client.force_login(person)
    client.get("/profile/")  # the first request of a session writes it


def multiply(model: type[models.Model], amount: int, **changes: str) -> None:
    """Copies of the model's first row in one statement; `changes` are SQL over the number n."""
    columns = [field.column for field in model._meta.concrete_fields if field.get_attname() != "id"]
    values = [changes.get(column, f't."{column}"') for column in columns]
    table = model._meta.db_table
    names = ", ".join(f'"{column}"' for column in columns)
    order = ", ".join(f'"{field.column}"' for field in model._meta.pk_fields)
    with connection.cursor() as cursor:
        # Triggers, tested elsewhere, would write a row of history for each of ten thousand rows.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)}"
            f" FROM (SELECT * FROM {table} ORDER BY {order} LIMIT 1) t,"
            f" generate_series(1, {amount}) n"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def more_products(amount: int) -> int:
    """So many more, each with a snapshot of today and of 28 days ago; answers the first's key."""
    last = Product.objects.latest("pk").pk
    multiply(Product, amount, name="'Tool ' || n", slug="'tool-' || n")
    first = Product.objects.filter(pk__gt=last).earliest("pk").pk
    for ago in (0, 28):
        day = TODAY - dt.timedelta(days=ago)
        multiply(HealthSnapshot, amount, product_id=f"{first} + n - 1", day=f"'{day}'::date")
    return first


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("products", [1, 300])
@pytest.mark.parametrize(("role", "address"), BUDGET)
def test_pages_keep_to_their_budget(
    client: Client, planner: Product, role: str, address: str, products: int
) -> None:
    sign_in(client, role)
    if products > 1:
        more_products(products - 1)
    asked = queries_of(client, address)
    assert len(asked) == BUDGET[role, address], "\n".join(sql[:160] for sql in asked)


# --- Plans at 10,000 products --------------------------------------------------------------------


@contextmanager
def recorded_reads(reads: list[tuple[str, Any]]) -> Iterator[None]:
    """Adds each SELECT as it was meant, before the history's wrapper puts its context in front."""

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            reads.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def table_of(index: str) -> str:
    """The partition of a key's index: a bitmap's scan names no table."""
    return index.removesuffix("_pkey")


def whole_scans(sql: str, params: Any = None) -> list[str]:
    """Parts of the measurement table that the statement's plan reads without going by the KPI.

    Empty partitions, which cost nothing to read, are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableoid::regclass::text FROM kpis_measurement")
        filled = {name for (name,) in cursor.fetchall()}
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
    scans = [
        node
        for node in nodes(found[0]["Plan"])
        if (node.get("Relation Name") or table_of(node.get("Index Name", ""))) in filled
    ]
    return [
        f"{node['Node Type']} on {node.get('Relation Name', node.get('Index Name'))}"
        for node in scans
        if node["Node Type"] != "Bitmap Heap Scan"  # its index scan below tells
        and "kpi_id" not in node.get("Index Cond", "")
    ]


@pytest.fixture
def ten_thousand(planner: Product) -> None:
    """Products with a KPI each, and values in eight months of two years."""
    first = more_products(10_000)
    last = Kpi.objects.latest("pk").pk
    multiply(Kpi, 10_000, product_id=f"{first} + n - 1")
    first_kpi = Kpi.objects.filter(pk__gt=last).earliest("pk").pk
    for ago in (10, 45, 75, 105, 135, 230, 420, 480):
        day = TODAY - dt.timedelta(days=ago)
        multiply(
            Measurement, 10_000, kpi_id=f"{first_kpi} + n - 1", date=f"'{day}'::date", value="n"
        )
    with connection.cursor() as cursor:
        tables = ("portfolio_product", "health_healthsnapshot", "kpis_kpi", "kpis_measurement")
        for table in (*tables, "portfolio_membership", "portfolio_dependency"):
            cursor.execute(f"ANALYZE {table}")


def test_no_page_reads_everybodys_measurements(client: Client, ten_thousand: None) -> None:
    sign_in(client, "administrator")
    for address in (BOARD, CATALOGUE, PRODUCT, KPIS):
        reads: list[tuple[str, Any]] = []
        with recorded_reads(reads):
            assert client.get(address).status_code == 200
        assert len(reads) >= 5
        if address == KPIS:  # this one does read values, so there are plans to look at
            assert any("kpis_measurement" in sql for sql, _ in reads)
        for sql, params in reads:
            assert whole_scans(sql, params) == [], f"{address}: {sql[:300]}"

    everything = whole_scans("SELECT avg(value) FROM kpis_measurement")  # the check can fail
    assert len(everything) >= 5  # days of one month or one old year share a partition
    assert all(scan.startswith("Seq Scan") for scan in everything)
