"""The map of sixty people, beside the page of a product, in the same run.

Sixty people all over the map, each with moves and contacts, half of them late; beside it the page
of the same product with eight KPIs and its health. Each request is a signed-in one through all
middleware to the finished page; the two pages take turns, so that what the machine does besides
falls on both.
"""

import datetime as dt
import os
import statistics

from benchmarks.bench_coverage import WEB_TIMEOUT, measure, seconds, signed_in
from benchmarks.database import own_database, settle
from benchmarks.results import Result

PEOPLE = 60
TIMES = 3.0


def run() -> list[Result]:
    """Ask for both pages by turns; the median of each counts."""
    rounds = int(os.environ.get("BENCH_REQUESTS", "25"))
    with own_database(statement_timeout=WEB_TIMEOUT):
        address = fill()
        client = signed_in()
        pages = {f"{address}map/": [], address: []}
        for page in pages:
            seconds(client, page)  # what a process does once
        for _ in range(rounds):
            for page, took in pages.items():
                took.append(seconds(client, page))
    on_map, product = (statistics.median(took) for took in pages.values())
    name = f"map of {PEOPLE} people against a product's page"
    return [
        Result.ratio(
            "map", name, seconds=on_map, limit=product, goal=TIMES, limit_name="product page"
        )
    ]


def fill() -> str:
    """A product that is measured, with people on its map; the address of its page."""
    from django.utils import timezone

    from tests.factories.portfolio import ProductFactory
    from tests.factories.stakeholders import MoveFactory, PlacementFactory, TouchpointFactory

    now = timezone.now()
    product = ProductFactory(stage="growth")
    for number in range(PEOPLE):
        since = now.date() - dt.timedelta(days=3 * number)
        place = {"involvement": number * 37 % 101, "power": number * 61 % 101}
        placement = PlacementFactory(product=product, since=since, reviewed_on=since, **place)
        for kind in ("briefing", "meeting") if number % 2 else ():
            TouchpointFactory(product=product, person=placement.person, kind=kind, day=since)
        MoveFactory(product=product, person=placement.person, at=now)
    measure(product)
    settle("stakeholders_placement", "stakeholders_touchpoint", "kpis_measurement")
    return str(product.get_absolute_url())
