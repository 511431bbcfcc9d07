"""P3: board and catalogue of 10,000 products, against a static page and against the admin's list.

Each request goes through the WSGI application with all middleware, signed in, without compression.
*Made* is a page that nobody has asked for since the data changed; *kept* one that was asked for
before and whose data is the same; *304* the same for a browser that still has it. The static page
has 60 kB and asks nothing; the admin lists the same products with the same filters, sorts and
words. Addresses take turns, so that a busy machine is as busy for each of them.
"""

import io
import os
import statistics
import time
from collections.abc import Callable

from benchmarks.database import own_database, run_sql, settle
from benchmarks.results import Result

PRODUCTS = 10_000
WEB_TIMEOUT = 15
STATIC, ADMIN = "/bench/static/", "/bench/admin/portfolio/product/"
QUERIES = {
    "board": ("/", "", "sort=-health", "status=at_risk&sort=trend", "stage=growth&sort=-people",
              "function=2&sort=name", "q=desk+1", "portfolio=3&sort=-updated"),
    "catalogue": ("/products/", "", "sort=-people", "stage=growth&sort=updated",
                  "function=2&sort=-name", "q=desk+1", "portfolio=3&sort=stage",
                  "team=7&sort=function"),
}  # fmt: skip
IN_ADMIN = (
    "", "o=-4", "stage__exact=growth&o=6", "function__id__exact=2&o=-1", "q=desk+1",
    "portfolio__id__exact=3&o=3", "stage__exact=pilot&o=2",
)  # fmt: skip


def run() -> list[Result]:
    """Ask for all of them in turns, then compare."""
    rounds = int(os.environ.get("BENCH_REQUESTS", "30"))
    with own_database(statement_timeout=WEB_TIMEOUT, settings="benchmarks.settings_with_admin"):
        browser = Browser(fill())
        static, admin = [], []
        for address in [f"{ADMIN}?{query}" for query in IN_ADMIN]:
            browser.seconds(address)  # what a process does once
        for _ in range(rounds):
            static += [browser.seconds(STATIC) for _ in QUERIES["board"]]
            admin += [browser.seconds(f"{ADMIN}?{query}") for query in IN_ADMIN]
        beside = statistics.median(static), statistics.median(admin)
        return [
            line
            for name, (path, *queries) in QUERIES.items()
            for line in _lines(
                name, browser, [f"{path}?{query}" for query in queries], rounds, beside
            )
        ]


def _lines(
    name: str,
    browser: "Browser",
    addresses: list[str],
    rounds: int,
    beside: tuple[float, float],
) -> list[Result]:
    """Made, kept and 304 in turns; `beside`: the static page and the admin's list."""
    path = addresses[0].partition("?")[0]
    for address in addresses:
        browser.seconds(address)
    made, kept, same = [], [], []
    for _ in range(rounds):
        _change()
        made += [browser.seconds(address) for address in addresses]
        kept += [browser.seconds(address) for address in addresses]
        same += [browser.seconds(address, again=True) for address in addresses]
    first, last = _first_and_last(browser, path, rounds)
    still, listed = beside
    half = statistics.median(kept)
    against = {"limit": still, "limit_name": "static"}
    return [
        Result.ratio("P3", f"{name} kept, p50 against static", seconds=half, goal=12, **against),
        Result.ratio("P3", f"{name} kept, p95 against p50", seconds=_p95(kept), limit=half, goal=2,
                     limit_name="p50"),
        Result.ratio("P3", f"{name} 304 against static", seconds=statistics.median(same), goal=3,
                     **against),
        Result.ratio("P3", f"{name} made, last page against first", seconds=last, limit=first,
                     goal=1.3, limit_name="first"),
        Result.speed("P3", f"{name} kept, times faster than the admin", seconds=half, limit=listed,
                     goal=6, limit_name="admin"),
        Result.speed("P3", f"{name} made, times faster than the admin",
                     seconds=statistics.median(made), limit=listed, goal=1, limit_name="admin"),
        Result("P3", f"{name} made, p95", _p95(made), 0.2, "s",
               parts=(("p50", statistics.median(made)), ("static", still))),
    ]  # fmt: skip


def _first_and_last(browser: "Browser", path: str, rounds: int) -> tuple[float, float]:
    """Both made anew; the last page comes after the fiftieth from the end."""
    text = browser.text(f"{path}?sort=-name")
    cursor = text.split("?sort=-name&amp;after=")[1].split('"')[0]
    pages = (f"{path}?sort=name", f"{path}?sort=name&after={cursor}")
    assert "Desk 999" in browser.text(pages[1])
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for page, found in zip(pages, times, strict=True):
            _change()
            found.append(browser.seconds(page))
    return statistics.median(times[0]), statistics.median(times[1])


def _p95(times: list[float]) -> float:
    return sorted(times)[round(0.95 * len(times)) - 1]


def _change() -> None:
    """Something has been written: no page from before may be told again."""
    run_sql("SELECT nextval('core_page_version')")


class Browser:
    """A signed-in browser that talks to the WSGI application itself."""

    def __init__(self, user: object) -> None:
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application
        from django.test import Client

        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(user)
        assert client.get("/search/").status_code == 200
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        self.cookies = "; ".join(f"{name}={client.cookies[name].value}" for name in names)
        self.application: Callable[..., object] = get_wsgi_application()
        self.etags: dict[str, str] = {}

    def ask(self, address: str, etag: str = "") -> tuple[int, bytes]:
        """Status and body; the ETag is remembered."""
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self.cookies, "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), "SCRIPT_NAME": "",
        }  # fmt: skip
        if etag:
            environ["HTTP_IF_NONE_MATCH"] = etag
        told: list[object] = []
        answer = self.application(environ, lambda *head: told.extend(head))
        body = b"".join(answer)
        answer.close()
        headers = dict(told[1])
        self.etags[address] = headers.get("ETag", "")
        return int(str(told[0])[:3]), body

    def seconds(self, address: str, *, again: bool = False) -> float:
        """How long an answer takes; `again`: the browser has the page already."""
        etag = self.etags.get(address, "") if again else ""
        began = time.perf_counter()
        status, _ = self.ask(address, etag)
        took = time.perf_counter() - began
        assert status == (304 if again else 200), (status, address)
        return took

    def text(self, address: str) -> str:
        """The page."""
        return self.ask(address)[1].decode()


def fill() -> object:
    """Products with people, teams and half a year of snapshots; a manager of three of them."""
    import logging

    from core.policies import policies, routes
    from tests.factories.accounts import UserFactory

    logging.disable(logging.WARNING)
    table = policies()
    table.update({route.name: "signed_in" for route in routes() if route.name and (
        route.name.startswith("admin:") or route.name == "bench_static")})  # fmt: skip
    table["bench_static"] = "public"
    UserFactory.create_batch(300)
    run_sql("SET session_replication_role = replica")
    for statement in FILL.split(";"):
        run_sql(statement)
    run_sql("SET session_replication_role = origin")
    settle("portfolio_product", "portfolio_membership", "health_healthsnapshot", "accounts_user")
    from accounts.models import User

    return User.objects.order_by("pk")[7]


FILL = f"""
INSERT INTO portfolio_portfolio (name, slug, description, is_demo, created_at)
SELECT 'Portfolio ' || n, 'portfolio-' || n, '', false, now() FROM generate_series(1, 8) n;
INSERT INTO portfolio_team (name, is_demo) SELECT 'Team ' || n, false FROM generate_series(1, 60) n;
INSERT INTO portfolio_product
    (portfolio_id, name, slug, kind, work_type, stage, stage_since, choice, exchange, people_word,
     audience_word, head_count, mission, description, link, visibility, version, is_demo,
     created_at, updated_at, function_id, team_id)
SELECT 1 + n % 8, 'Desk ' || lpad(n::text, 4, '0'), 'desk-' || n, 'product', '',
    (ARRAY['discovery', 'pilot', 'rollout', 'growth', 'mature', 'sunset'])[1 + n % 6],
    current_date - 400, 'optional', 'none', 'users', '', (n * 7919) % 20000,
    'So that work item ' || n || ' is done by people who know a week ahead.', '', '',
    (ARRAY['company', 'company', 'company', 'portfolio', 'team'])[1 + n % 5], 1, false,
    now() - n * interval '1 hour', now() - n * interval '1 minute',
    (SELECT min(id) FROM portfolio_businessfunction) + n % 5, 1 + n % 60
FROM generate_series(0, {PRODUCTS - 1}) n;
INSERT INTO portfolio_membership (user_id, product_id, role, shape, stakeholder_grant)
SELECT (SELECT min(id) FROM accounts_user) + p.id % 300, p.id, 'manager', '', false
FROM portfolio_product p;
INSERT INTO health_healthsnapshot
    (product_id, day, status, health, confidence, trend, settings_id, plan, plan_mark,
     explanation, reason, measured_on, is_kept, computed_at)
SELECT p.id, d.day, (ARRAY['healthy', 'healthy', 'watch', 'at_risk', 'unknown'])[1 + p.id % 5],
    (p.id * 31 + extract(doy FROM d.day)::int) % 100, (p.id * 17) % 100, (p.id * 13) % 41 - 20,
    (SELECT min(id) FROM health_healthsettings), '{{}}', '', '{{}}',
    'eNPS is ' || p.id % 40 || ' points behind plan (−' || p.id % 20 || ')',
    d.day - (p.id % 30)::int, false, now()
FROM portfolio_product p, (
    SELECT (date_trunc('week', current_date) - w * interval '1 week')::date AS day
    FROM generate_series(0, 26) w UNION SELECT current_date UNION SELECT current_date - 28
) AS d
"""
