"""What sounds like a query, among 20,000 requests of one product, against the bare statement.

The requests are made up of a few thousand words whose frequencies fall as those of a language do,
so some words stand in most requests and most words in few. Queries are requests with words dropped,
other words put in and a slip; each is asked once, as the first that somebody types.
"""

import os
import random
import statistics
import time

from benchmarks.bench_coverage import WEB_TIMEOUT
from benchmarks.database import own_database, run_sql, settle
from benchmarks.results import Result

REQUESTS = 20_000
MILLISECONDS = 150.0
TIMES = 2.0
SEED = 5
BARE = """
SELECT id FROM intake_request WHERE product_id = %s AND search @@ to_tsquery('english', %s)
ORDER BY ts_rank(search, to_tsquery('english', %s)) DESC LIMIT 5
"""


def run() -> list[Result]:
    """The median first answer in milliseconds, and how many times the bare statement it is."""
    rounds = int(os.environ.get("BENCH_REQUESTS", "40"))
    with own_database(statement_timeout=WEB_TIMEOUT):
        product, user, queries = fill(rounds)
        check_plan()
        took, bare = measure(product, user, queries)
    worst = sorted(took)[int(len(took) * 0.95) - 1]
    name = f"similar among {REQUESTS:,} requests"
    return [
        Result("similar", f"{name}, median", statistics.median(took) * 1000, MILLISECONDS, "ms"),
        Result("similar", f"{name}, 95 of 100", worst * 1000, MILLISECONDS, "ms"),
        Result.ratio(
            "similar",
            f"{name} against the bare statement",
            seconds=statistics.median(took),
            limit=statistics.median(bare),
            goal=TIMES,
            limit_name="bare SQL",
        ),
    ]


def words_of(choice: random.Random) -> tuple[list[str], list[float]]:
    """A vocabulary with real words among it, and how often each is used."""
    from intake.rules.synonyms import FAMILIES

    sounds = ("ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "du", "pel", "gran", "stor")
    made = {"".join(choice.choices(sounds, k=choice.randint(2, 4))) for _ in range(6000)}
    known = {word for line in FAMILIES.strip().splitlines() for word in line.split(", ")}
    words = sorted(made | known)
    choice.shuffle(words)
    return words, [1 / (rank + 10) for rank in range(len(words))]


def fill(rounds: int) -> tuple[object, object, list[str]]:
    """The requests, and what will be asked."""
    from django.utils import timezone

    from intake.models import Request
    from tests.factories.accounts import UserFactory
    from tests.factories.portfolio import ProductFactory
    from tests.intake.corpus import asked

    choice, now = random.Random(SEED), timezone.now()
    words, weights = words_of(choice)
    product = ProductFactory()
    goals = [
        " ".join(choice.choices(words, weights, k=choice.randint(8, 40))) for _ in range(REQUESTS)
    ]
    Request.objects.bulk_create(
        (
            Request(product=product, reference=f"SP-{number}", goal=goal, created_at=now,
                    changed_at=now)
            for number, goal in enumerate(goals)
        ),
        batch_size=2000,
    )  # fmt: skip
    settle("intake_request")
    chosen = choice.sample(goals, rounds)
    return product, UserFactory(), [asked(goal, number) for number, goal in enumerate(chosen)]


def check_plan() -> None:
    """The statement reads its indexes, never the whole table."""
    from intake.models import Request
    from intake.rules.similar import terms_of
    from intake.selectors.similar import explained

    plan = explained(terms_of("the roster on a phnoe"), Request.objects.first().product)
    for index in ("intake_request_search", "intake_request_goal_trgm"):
        if index not in plan:
            raise AssertionError(f"{index} is not used:\n{plan}")


def measure(product: object, user: object, queries: list[str]) -> tuple[list[float], list[float]]:
    """Seconds for each query, with everything around it and bare; they take turns."""
    from intake.rules.similar import terms_of
    from intake.selectors.similar import similar_to

    similar_to("warm up what a process does once", product=product, user=user)
    took, bare = [], []
    for query in queries:
        start = time.perf_counter()
        similar_to(query, product=product, user=user)
        took.append(time.perf_counter() - start)
        text = " | ".join(f"'{term.word}'" for term in terms_of(query))
        start = time.perf_counter()
        run_sql(BARE, product.pk, text, text)
        bare.append(time.perf_counter() - start)
    return took, bare
