"""P5: the digest of a Monday, against raw smtplib sending the same ready bytes on one connection.

10,000 people who read one to three of eight products in all three forms. What is timed is what the
worker does from the tick on, in the two processes that `make run` gives it: one plans and writes
(gather, letters of two parts, the outbox), the other sends over the usual connections, until the
row of the last mail says *sent*, committed. The limit sends the bytes that were written, from
memory, over one connection to the same server.

`BENCH_READERS` sets another number of people. The statements that gather the content of 100 and of
10,000 people are counted; the difference is told and has to be 0. django-post-office, which the
design names, is not installed: its figure there is 0.03.

Connections: the same outbox against a relay that takes 10 ms over each command, once with one
connection and once with eight; the ratio is of mails a second.
"""

import datetime as dt
import multiprocessing
import os
import smtplib
import time
from concurrent.futures import ProcessPoolExecutor

from benchmarks.bench_roll_up import without_triggers
from benchmarks.database import own_database, run_sql, settle
from benchmarks.mail_sink import mail_sink
from benchmarks.results import Result

PRODUCTS, FEW, MANY = 8, 100, 10_000
RELAY_SECONDS, LANES, MAILS_EACH = 0.01, 8, 100
# By the place: brief, roadmap, newsletter, newsletter.
PLACES = ((20, 80), (80, 80), (80, 20), (20, 20))
ITEMS = (
    ("status", "status", 80, {"before_words": "Watch", "now_words": "Healthy", "health": "84"}),
    ("needed:1", "decision_needed", 90, {"what": "Whether the old rota goes", "who": "The board",
     "by": "4 December", "by_day": "2026-12-04", "state": "open", "news": "new"}),
    ("risk:1", "risk", 70, {"what": "The supplier may stop", "severity": 3, "owner": "Kofi",
     "severity_words": "Severe", "until": "31 January", "state": "open", "news": "new"}),
    ("kpi:1", "kpi", 60, {"kpi_id": 1, "name": "Weekly active users", "before": "312",
     "value": "402", "target": "500", "change": "+90", "plan": "380", "is_better": True}),
    ("release:1", "release", 30, {"title": "Rosters can be copied", "text": "From week to week."}),
    ("release:2", "win", 34, {"title": "Two stores plan in an hour", "text": "It took a day."}),
    ("release:3", "lesson", 32, {"title": "We asked too late", "text": "Next time we ask first."}),
)  # fmt: skip


def run() -> list[Result]:
    """Count the statements, then time one Monday and the limit."""
    people = int(os.environ.get("BENCH_READERS", MANY))
    with mail_sink() as port:
        os.environ |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_MARK_FILE": "off"}
        with own_database():
            fill(people)
            growth = _statements(people) - _statements(FEW)
            seconds, own = _one_monday(people)
            limit = _limit(port)
    what = f"digest: gather, write, keep and send {people:,} mails"
    parts = (("took", seconds), *own, ("raw smtplib", limit))
    return [
        Result("P5", what, limit / seconds, 0.15, "x", at_least=True, parts=parts),
        Result("P5", f"statements to gather {FEW} → {people:,} people: more by", growth, 0, ""),
        _connections(),
    ]


def _connections() -> Result:
    """How much faster eight conversations with a slow relay are than one."""
    with mail_sink(RELAY_SECONDS) as port:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        with own_database():
            slow, fast = (_rate(number) for number in (1, LANES))
    what = f"{LANES} connections to a relay of {RELAY_SECONDS * 1000:.0f} ms, against one"
    parts = (("mails/s with one", slow), (f"with {LANES}", fast))
    return Result("P5", what, fast / slow, 7, "x", at_least=True, parts=parts)


def _rate(connections: int) -> float:
    """Mails a second out of an outbox that holds a hundred for each connection."""
    from django.test import override_settings
    from django.utils import timezone

    from core.mail import queue_mail, send_due

    now = timezone.now()
    for number in range(wanted := MAILS_EACH * connections):
        queue_mail(kind="digest", to=f"r{number}@bench.example", subject="A quiet week",
                   text="A quiet week.", html="<p>A quiet week.</p>", now=now)  # fmt: skip
    sent, began = 0, time.monotonic()
    with override_settings(MAIL_CONNECTIONS=connections):
        while sent < wanted:
            sent += send_due()
    return wanted / (time.monotonic() - began)


def fill(people: int) -> None:
    """Products with an issue of the newest Monday each, and readers of one to three of them."""
    from django.utils import timezone

    from core.models import ScheduleSlot
    from digests.rules.weeks import week_at
    from stakeholders.models import Person, Placement
    from tests.factories.digests import IssueFactory, IssueItemFactory
    from tests.factories.portfolio import MembershipFactory, ProductFactory

    now = timezone.now()
    week = week_at(now, "UTC")
    products = ProductFactory.create_batch(PRODUCTS)
    for product in products:
        MembershipFactory(product=product, role="manager")
        issue = IssueFactory(product=product, week=week.monday)
        for key, kind, weight, data in ITEMS:
            IssueItemFactory(issue=issue, key=key, kind=kind, weight=weight, data=data)
    start = week.draft_at("UTC")
    ScheduleSlot.objects.create(job="digests.draft", slot_start=start, finished_at=start)
    rows = [
        Person(name=f"Reader {n}", email=f"r{n}@bench.example", created_at=now, updated_at=now)
        for n in range(people)
    ]
    since = week.monday - dt.timedelta(days=30)
    with without_triggers():
        Person.objects.bulk_create(rows, batch_size=1000)
        Placement.objects.bulk_create(
            [
                Placement(
                    product=products[(n + step) % PRODUCTS], person=person, since=since,
                    involvement=PLACES[n % 4][0], power=PLACES[n % 4][1], reviewed_on=since,
                )
                for n, person in enumerate(rows)
                for step in range(1 + n % 3)
            ],
            batch_size=1000,
        )  # fmt: skip
    settle("stakeholders_person", "stakeholders_placement")


def _statements(people: int) -> int:
    """How many gather what the mails of so many people are made of."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    from digests.models import DigestDelivery
    from digests.selectors.due import database_now
    from digests.selectors.letters import letters_for
    from digests.services.planning import plan_due

    with transaction.atomic():
        plan_due()
        deliveries = list(DigestDelivery.objects.order_by("pk")[:people])
        with CaptureQueriesContext(connection) as statements:
            found = letters_for(deliveries, database_now())
        assert len(found.people) == people
        transaction.set_rollback(True)
    return len(statements)


def _one_monday(people: int) -> tuple[float, tuple[tuple[str, float], ...]]:
    """Seconds until the last mail is sent; until the last was written, and of work in between."""
    from django.db import connections

    connections.close_all()  # before the fork, as Celery does
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as worker:
        list(worker.map(_get_ready, range(2)))
        began = time.monotonic()
        sending = worker.submit(_send, people)
        written, writing_cpu = worker.submit(_plan_and_write).result()
        sent, sending_cpu = sending.result()
    assert run_sql("SELECT count(*) FROM core_outboundmail WHERE state <> 'sent'") == [(0,)]
    own = (("written after", written - began), ("cpu of writing", writing_cpu),
           ("cpu of sending", sending_cpu))  # fmt: skip
    return sent - began, own


def _get_ready(_: int) -> None:
    run_sql("SELECT pg_sleep(0.5)")  # long enough that each process takes one


def _plan_and_write() -> tuple[float, float]:
    from digests.services.planning import plan_due
    from digests.services.writing import write_all

    began = time.process_time()
    plan_due()
    write_all()
    return time.monotonic(), time.process_time() - began


def _send(people: int) -> tuple[float, float]:
    """As the bell rings: again and again, until everybody has theirs."""
    from core.mail import send_due

    sent, began = 0, time.process_time()
    while sent < people:
        sent += send_due()
        time.sleep(0.005)
    return time.monotonic(), time.process_time() - began


def _limit(port: int) -> float:
    """The same bytes from memory, in one conversation."""
    mails = [
        (str(to), bytes(raw))  # type: ignore[arg-type]  # bytea
        for to, raw in run_sql("SELECT recipient, raw FROM core_outboundmail ORDER BY id")
    ]
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        began = time.monotonic()
        for to, raw in mails:
            server.mail("homegrown@bench.example")
            server.rcpt(to)
            server.data(raw)
        return time.monotonic() - began
