"""P4: search and the palette at 10,000 products, 80,000 KPIs and 3,000 people.

Names are made up of a few hundred words. What is typed is a beginning, two beginnings, a slip, a
metric with a product, or a command; each is asked once, as somebody who manages three products. The
limit is the bare SQL: the same text looked up by trigram in products, people and KPIs with three
statements written by hand, which ask for no rights and rank by similarity alone.
"""

import os
import random
import statistics
import time

from benchmarks.bench_coverage import WEB_TIMEOUT
from benchmarks.bench_pages import Browser
from benchmarks.database import own_database, run_sql, settle
from benchmarks.results import Result

PRODUCTS, PEOPLE = 10_000, 3_000
TIMES, SECONDS = 3.0, 0.15
SEED = 7
METRICS = ("dau", "mau", "volume", "workflow_minutes", "enps", "task_completion", "error_rate",
           "digital_take_up")  # fmt: skip
_NAMED = """
SELECT id, name FROM {table} WHERE upper(name) LIKE '%%' || upper(%(q)s) || '%%'
    OR upper(name) %%> upper(%(q)s) ORDER BY word_similarity(%(q)s, name) DESC LIMIT 6
"""
_KPIS = """
SELECT k.id, m.name, p.name FROM kpis_kpi k
JOIN kpis_metric m ON m.id = k.metric_id JOIN portfolio_product p ON p.id = k.product_id
WHERE upper(m.name) LIKE '%%' || upper(%(q)s) || '%%' OR upper(m.name) %%> upper(%(q)s)
ORDER BY word_similarity(%(q)s, m.name) DESC, p.name LIMIT 6
"""
BARE = (
    _NAMED.format(table="portfolio_product"),
    _NAMED.format(table="stakeholders_person"),
    _KPIS,
)


def run() -> list[Result]:
    """Search alone, the bare SQL and the whole answer in turns."""
    asked = int(os.environ.get("BENCH_REQUESTS", "120"))
    with own_database(statement_timeout=WEB_TIMEOUT):
        user, names = fill()
        check_plan()
        browser = Browser(user)
        texts = [typed(names, number) for number in range(asked)]
        took, bare, answers = measure(user, browser, texts)
    name = f"search among {PRODUCTS:,} products"
    slowest = sorted(answers)[round(0.95 * len(answers)) - 1]
    return [
        Result.ratio("P4", f"{name} against the bare SQL, p50", seconds=statistics.median(took),
                     limit=statistics.median(bare), goal=TIMES, limit_name="bare SQL"),
        Result("P4", f"{name}: the answer, p95", slowest, SECONDS, "s",
               parts=(("p50", statistics.median(answers)),)),
    ]  # fmt: skip


def measure(
    user: object, browser: Browser, texts: list[str]
) -> tuple[list[float], list[float], list[float]]:
    """Seconds of the search alone, of the bare SQL, and of whole answers."""
    from urllib.parse import quote

    from core.search import search

    took, bare, answers = [], [], []
    search(user, "warm up", 5)
    for text in texts:
        began = time.perf_counter()
        search(user, text, 5)
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
        for statement in BARE:
            _bare(statement, text)
        bare.append(time.perf_counter() - began)
        answers.append(browser.seconds(f"/search/?q={quote(text)}"))
    return took, bare, answers


def _bare(statement: str, text: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, {"q": text})
        cursor.fetchall()


def typed(names: list[str], number: int) -> str:
    """What somebody types who looks for one of these names, by turns in five ways."""
    choice = random.Random(SEED + number)
    first, second = choice.choice(names).lower().split()[:2]
    slip = first[:2] + first[3:] if len(first) > 5 else first
    metric = choice.choice(("mau", "active", "error", "volume"))
    return (
        first[: choice.randint(2, 5)],
        f"{first} {second[:3]}",
        f"{slip} {second}",
        f"{metric} {first[:4]}",
        f"record {first[:4]}",
    )[number % 5]


def names_of(amount: int, choice: random.Random) -> list[str]:
    """Two words and a number."""
    sounds = ("ba", "ker", "lo", "min", "nu", "ras", "se", "tir", "vo", "dun", "pel", "gran", "sto")
    words = ["".join(choice.choices(sounds, k=choice.randint(2, 3))).title() for _ in range(600)]
    return [f"{choice.choice(words)} {choice.choice(words)} {n}" for n in range(amount)]


def fill() -> tuple[object, list[str]]:
    """Products, their KPIs, the directory; a manager of three products."""
    import logging

    from accounts.selectors.viewer import viewer
    from portfolio.models import Product
    from tests.factories.accounts import UserFactory
    from tests.factories.portfolio import MembershipFactory

    logging.disable(logging.WARNING)
    choice = random.Random(SEED)
    names = names_of(PRODUCTS, choice)
    run_sql("SET session_replication_role = replica")
    for statement in FILL.split(";"):
        run_sql(statement)
    run_sql(NAMED, names)
    run_sql(IN_DIRECTORY, names_of(PEOPLE, choice))
    run_sql(KPIS, list(METRICS))
    run_sql("SET session_replication_role = origin")
    settle("portfolio_product", "kpis_kpi", "stakeholders_person", "kpis_metric")
    user = UserFactory()
    for product in Product.objects.order_by("pk")[:3]:
        MembershipFactory(user=user, product=product, role="manager")
    # As a session loads the account: with what every page asks about it.
    return viewer(user.pk), names


def check_plan() -> None:
    """Names are found by their index, never by reading the whole table."""
    from core.search import ranked
    from portfolio.models import Product

    plan = ranked(Product.objects.all(), "baker lomin").explain()
    if "portfolio_product_name_trgm" not in plan:
        raise AssertionError(plan)


FILL = """
INSERT INTO portfolio_portfolio (name, slug, description, is_demo, created_at)
SELECT 'Portfolio ' || n, 'portfolio-' || n, '', false, now() FROM generate_series(1, 8) n;
INSERT INTO portfolio_team (name, is_demo) SELECT 'Team ' || n, false FROM generate_series(1, 60) n
"""
NAMED = """
INSERT INTO portfolio_product
    (portfolio_id, name, slug, kind, work_type, stage, stage_since, choice, exchange, people_word,
     audience_word, mission, description, link, visibility, version, is_demo, created_at,
     updated_at, team_id)
SELECT 1 + n % 8, name, 'product-' || n, 'product', '', 'growth', current_date - 400, 'optional',
    'none', 'users', '', '', '', '',
    (ARRAY['company', 'company', 'company', 'portfolio', 'team'])[1 + n % 5], 1, false, now(),
    now(), 1 + n % 60
FROM unnest(%s::text[]) WITH ORDINALITY AS given (name, n)
""".replace("n % ", "n %% ")
IN_DIRECTORY = """
INSERT INTO stakeholders_person
    (name, email, role, audience, time_zone, locale, version, is_demo, created_at, updated_at)
SELECT name, 'person-' || n || '@example.org', 'Lead', 'business', '', '', 1, false, now(), now()
FROM unnest(%s::text[]) WITH ORDINALITY AS given (name, n)
"""
KPIS = """
INSERT INTO kpis_kpi
    (product_id, metric_id, weight, cadence, is_guardrail, if_it_drops, version, created_on)
SELECT p.id, m.id, 3, 28, false, '', 1, current_date
FROM portfolio_product p, kpis_metric m WHERE m.code = ANY(%s)
"""
