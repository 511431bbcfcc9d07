"""The coverage matrix at its largest, beside the page of a product, in the same run.

60 goals of ten personas, each with tasks and people, and 40 products of which each was judged on
every goal; beside it a product with eight KPIs and its health. Each request is a signed-in one
through all middleware to the finished page; the two pages take turns, so that what the machine does
besides falls on both.
"""

import datetime as dt
import os
import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.database import own_database, settle
from benchmarks.results import Result

if TYPE_CHECKING:
    from django.test import Client

GOALS, PRODUCTS, PERSONAS = 60, 40, 10
KPIS, WEEKS = 8, 30
TIMES = 3.0
WEB_TIMEOUT = 15


def run() -> list[Result]:
    """Ask for both pages by turns; the median of each counts."""
    rounds = int(os.environ.get("BENCH_REQUESTS", "25"))
    with own_database(statement_timeout=WEB_TIMEOUT):
        address = fill()
        client = signed_in()
        pages = {"/coverage/": [], address: []}
        for page in pages:
            seconds(client, page)  # what a process does once
        for _ in range(rounds):
            for page, took in pages.items():
                took.append(seconds(client, page))
    matrix, product = (statistics.median(took) for took in pages.values())
    name = f"coverage {GOALS} × {PRODUCTS} against a product's page"
    return [
        Result.ratio(
            "cov", name, seconds=matrix, limit=product, goal=TIMES, limit_name="product page"
        )
    ]


def fill() -> str:
    """Personas, goals, judgements and one product that is measured; the address of its page."""
    from tests.factories.personas import (
        FitFactory,
        GoalFactory,
        HeadCountFactory,
        PersonaFactory,
        TaskFactory,
    )
    from tests.factories.portfolio import ProductFactory

    products = [ProductFactory(stage="growth") for _ in range(PRODUCTS)]
    personas = [PersonaFactory() for _ in range(PERSONAS)]
    for persona in personas:
        HeadCountFactory(persona=persona)
    for number in range(GOALS):
        goal = GoalFactory(persona=personas[number % PERSONAS])
        TaskFactory(goal=goal)
        for place, product in enumerate(products):
            FitFactory(goal=goal, product=product, level=(number + place) % 5)
    measure(products[0])
    settle("personas_fit", "personas_goal", "portfolio_product", "kpis_measurement")
    return str(products[0].get_absolute_url())


def measure(product: object) -> None:
    """Eight KPIs with values of thirty weeks, and the health that follows."""
    from django.utils import timezone

    from health.services import roll_up
    from kpis.models import Measurement
    from tests.factories.health import make_kpi, mark

    now = timezone.now()
    for number in range(KPIS):
        kpi = make_kpi(product, f"code_{number}")
        for week in range(WEEKS):
            day = now.date() - dt.timedelta(days=7 * week)
            Measurement.objects.create(
                kpi_id=kpi.pk, date=day, segment="", value=50 + week, source="form", entered_at=now
            )
    mark(product, ago=200)
    roll_up(product_ids=[product.pk], now=now)


def signed_in() -> "Client":
    """A browser of an administrator."""
    from django.test import Client

    from tests.factories.accounts import UserFactory

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(UserFactory(role="administrator"))
    return client


def seconds(client: "Client", page: str) -> float:
    """How long a page takes."""
    began = time.monotonic()
    answer = client.get(page)
    assert answer.status_code == 200, answer.status_code
    return time.monotonic() - began
