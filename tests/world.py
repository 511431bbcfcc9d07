"""One small, deterministic company that the matrix, the walker and the leak tests share.

Portfolio A holds P1 (team only) and the open product; portfolio B holds P2 (team only). Nine actors
stand in every relation to them that decides access.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import password_link
from core.mail import queue_mail
from core.policies import kind_of
from imports import services as import_services
from imports.models import ImportRun, RefusedValue, RunProgress, SavedMapping, UndoRefusal
from kpis import services as kpi_services
from kpis.models import Exemption, Kpi, MeasurementChange
from kpis.services import KpiPlan
from portfolio.models import Product
from stakeholders.services.merges import merge_people
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory, confirm
from tests.factories.kpis import builtin_metric
from tests.factories.personas import (
    AudienceFactory,
    EvidenceFactory,
    FitFactory,
    GoalFactory,
    HeadCountFactory,
    PersonaFactory,
    TaskFactory,
)
from tests.factories.portfolio import (
    FunctionFactory,
    LeadFactory,
    MembershipFactory,
    PortfolioFactory,
    ProductFactory,
    ReleaseFactory,
    TeamFactory,
)
from tests.factories.stakeholders import PersonFactory as StakeholderFactory
from tests.factories.stakeholders import PlacementFactory, TouchpointFactory
from tests.worlds.annotating import add_annotations
from tests.worlds.asking import ASKERS, add_asking
from tests.worlds.bookings import VISITORS, add_bookings
from tests.worlds.changing import CHANGER, add_changing
from tests.worlds.desk import add_desk
from tests.worlds.following import add_following
from tests.worlds.history import add_history
from tests.worlds.needed import add_needed
from tests.worlds.operating import add_operating
from tests.worlds.opportunities import add_opportunities
from tests.worlds.reading import add_reading
from tests.worlds.research import add_research
from tests.worlds.reviewing import add_reviews
from tests.worlds.series import add_series
from tests.worlds.steering import add_steering
from tests.worlds.views import VIEWS, add_views

ANONYMOUS = "anonymous"
ACTORS = (
    ANONYMOUS,
    "employee",
    "contributor_p1",
    "pm_p1",
    "pm_p2",
    "lead_a",
    "lead_b",
    "administrator",
    "deactivated",
)


# One import of each state, all of the manager of P1 but the last, which is of P2's. Access does not
# ask for the state: three of them stand for all.
IMPORTS = (
    "mapping", "checking", "ready", "publishing", "done", "undoing", "undone", "cancelled",
    "failed", "theirs",
)  # fmt: skip
ASKED_IMPORTS = ("mapping", "done", "theirs")


class QuickClient(Client):
    """A browser for thousands of requests: it remembers no cookies, templates or contexts."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


@dataclass
class World:
    """What was made, by the names that tests use."""

    now: dt.datetime
    people: dict[str, User] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    portfolios: dict[str, Any] = field(default_factory=dict)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    memory: dict[Any, Any] = field(default_factory=dict)  # what tests have learned of it

    def client(self, actor: str, browser: type[Client] = Client) -> Client:
        """A browser in which `actor` is signed in, as far as they can be."""
        client = browser()
        if actor != ANONYMOUS:
            client.force_login(self.people[actor])
            confirm(client)
        return client

    def subjects(self, policy: str) -> tuple[str, ...]:
        """The objects that a policy is asked about: names of products, portfolios, or `-`."""
        kind = kind_of(policy)
        if kind is None:
            return ("-",)
        return {
            "product": tuple(self.products),
            "portfolio": tuple(self.portfolios),
            "import_run": ASKED_IMPORTS,
            "mapping": ("own",),
            "saved_view": VIEWS,
            "feed_key": tuple(f"feed of {actor}" for actor in VISITORS),
            "booking": tuple(f"booking of {actor}" for actor in VISITORS),
            "waiting": tuple(f"wait of {actor}" for actor in VISITORS),
            "wish": tuple(f"wish of {actor}" for actor in ASKERS),
            "bulk_change": (f"change of {CHANGER}",),
            "digest_mail": tuple(f"mail of {actor}" for actor in VISITORS),
        }[kind.name]

    def arguments(self, names: tuple[str, ...], subject: str) -> dict[str, Any]:
        """Values for the arguments of a route whose policy speaks of `subject`.

        A `KeyError` here means that a new kind of argument needs a sample in this file.
        """
        here = {**self.things["-"], **self.things.get(subject, {})}
        return {name: here[name] for name in names}


def build_world(*, with_health: bool = True) -> World:
    """Make the company. The same at every call, except for keys and today's date."""
    world = World(now=timezone.now())
    _add_people(world)
    _add_products(world)
    _add_common_things(world)
    _add_releases(world)
    add_needed(world)
    add_views(world)
    add_changing(world)
    _add_personas(world)
    _add_stakeholders(world)
    add_bookings(world)
    add_series(world)
    add_asking(world)
    add_opportunities(world)
    add_research(world)
    add_following(world)
    add_reading(world)
    add_operating(world)
    add_desk(world)
    add_steering(world)
    for name in ("p1", "p2", "open"):
        _add_numbers(world, name)
    add_annotations(world)
    add_reviews(world)
    add_history(world)
    _add_imports(world)
    if with_health:
        _roll_up(world)
    return world


def _add_people(world: World) -> None:
    for actor in ACTORS[1:]:
        factory = AdministratorFactory if actor == "administrator" else UserFactory
        world.people[actor] = factory(
            name=actor.replace("_", " ").title(),
            email=f"{actor}@example.org",
            password=PASSWORD,
            is_active=actor != "deactivated",
        )


def _add_products(world: World) -> None:
    function, team = FunctionFactory(name="Lighthouses"), TeamFactory(name="Rosters")
    for name in ("a", "b"):
        portfolio = PortfolioFactory(name=f"Portfolio {name.upper()}", slug=f"portfolio-{name}")
        lead = LeadFactory(user=world.people[f"lead_{name}"], portfolio=portfolio)
        world.portfolios[name] = portfolio
        world.things[name] = {"slug": portfolio.slug, "lead_id": lead.pk}
    for name, portfolio, visibility in (
        ("p1", "a", "team"),
        ("p2", "b", "team"),
        ("open", "a", "company"),
    ):
        world.products[name] = ProductFactory(
            name=f"Product {name.upper()}",
            slug=f"product-{name}",
            portfolio=world.portfolios[portfolio],
            visibility=visibility,
            function=function,
            team=team,
            stage="growth",
        )
    members = (("contributor_p1", "p1", "contributor"), ("pm_p1", "p1", "manager"))
    for person, product, role in (*members, ("pm_p2", "p2", "manager")):
        MembershipFactory(user=world.people[person], product=world.products[product], role=role)
    keeper = UserFactory(name="Keeper", email="keeper@example.org")
    MembershipFactory(user=keeper, product=world.products["open"], role="manager")
    world.things["-"] = {"team_id": team.pk, "function_id": function.pk}
    for name, person in (("p1", world.people["pm_p1"]), ("p2", world.people["pm_p2"])):
        world.things[name] = {"slug": f"product-{name}", "user_id": person.pk}
    world.things["open"] = {"slug": "product-open", "user_id": keeper.pk}


def _add_common_things(world: World) -> None:
    leaver = UserFactory(name="Leaver", email="leaver@example.org", password=PASSWORD)
    mail = queue_mail(
        kind="test", to=leaver.email, subject="S", text="T", html="<p>H</p>", now=world.now
    )
    uidb36, _, key = password_link(leaver).rstrip("/").rpartition("/")[2].partition("-")
    world.things["-"] |= {
        "user_id": leaver.pk,
        **world.things["a"],  # pages of administrators below a portfolio
        "mail_id": mail.pk,
        "uidb36": uidb36,
        "key": key,
        "code": "mau",
        "batch": "0123456789abcdef",  # of the grid: nothing was saved under it
    }


def _add_releases(world: World) -> None:
    """A note, a draft and one for the team alone, of each product."""
    for name, product in world.products.items():
        day = world.now.date() - dt.timedelta(days=3)
        ReleaseFactory(product=product, day=day, title="Draft note", published_at=None)
        ReleaseFactory(product=product, day=day, title="Team note", audience="team")
        release = ReleaseFactory(product=product, day=day, published_at=world.now)
        world.things[name]["release_id"] = release.pk


def _add_personas(world: World) -> None:
    """Malcolm, with something of everything; each product was judged on his goal."""
    persona = PersonaFactory(name="Malcolm", rhythm=15, champion=world.people["pm_p1"])
    goal = GoalFactory(persona=persona, when="goods run low", want="order them once")
    for name, product in world.products.items():
        FitFactory(product=product, goal=goal, level=3, judged_on=world.now.date())
        audience = AudienceFactory(
            product=product, persona=persona, exchange="none", tested_on=world.now.date()
        )
        world.things[name]["audience_id"] = audience.pk
        # All three serve the one goal, so each is a possible duplicate of the others.
        world.things[name]["other"] = f"product-{'p1' if name == 'open' else 'open'}"
    task = TaskFactory(goal=goal)
    count = HeadCountFactory(persona=persona)
    twin = TaskFactory(name=task.name, goal__persona__name="Malvina").goal.persona
    HeadCountFactory(persona=twin)
    evidence = EvidenceFactory(persona=persona, validated_on=world.now.date())
    world.things["-"] |= {
        "persona_id": persona.pk,
        "other_id": twin.pk,
        "goal_id": goal.pk,
        "task_id": task.pk,
        "count_id": count.pk,
        "evidence_id": evidence.pk,
    }


def _add_stakeholders(world: World) -> None:
    """Somebody without an account, on the map of every product."""
    person = StakeholderFactory(name="Okoye", email="okoye@example.org")
    for name, product in world.products.items():
        placement = PlacementFactory(product=product, person=person, since=world.now.date())
        world.things[name]["placement_id"] = placement.pk
        for back in (30, 20, 10):  # as many as suggest another place
            touchpoint = TouchpointFactory(
                product=product,
                person=person,
                day=world.now.date() - dt.timedelta(days=back),
                outcome="no_reply",
            )
        world.things[name]["touchpoint_id"] = touchpoint.pk
    world.things["-"]["person_id"] = person.pk
    gone = StakeholderFactory(name="Okoye, again", email="okoye@example.com")
    merge = merge_people(kept=person, gone=gone, by=None, now=world.now)
    world.things["-"]["merge_id"] = merge.pk


def _add_numbers(world: World, name: str) -> None:
    product, today = world.products[name], world.now.date()
    by = world.people["administrator"]
    plan = KpiPlan(
        cadence=28,
        baseline=10,
        baseline_date=today - dt.timedelta(days=90),
        target=100,
        target_date=today + dt.timedelta(days=90),
    )
    kpi = kpi_services.create_kpi(
        product=product, metric=builtin_metric("mau"), plan=plan, by=by, now=world.now
    )
    for back in (28, 14, 0):
        kpi_services.record_measurement(
            kpi=kpi, date=today - dt.timedelta(days=back), value=60 - back, by=by, now=world.now
        )
    kpi_services.record_measurement(kpi=kpi, date=today, value=61, by=by, now=world.now)
    exemption = Exemption.objects.create(
        kpi=kpi,
        reason="Moving house",
        starts_on=today - dt.timedelta(days=60),
        ends_on=today - dt.timedelta(days=50),
        approver=by,
        created_at=world.now,
    )
    world.things[name] |= {
        "kpi_id": kpi.pk,
        "day": today,
        "date": today,
        "exemption_id": exemption.pk,
        "change_id": MeasurementChange.objects.filter(kpi_id=kpi.pk).latest("pk").pk,
    }


VALUES = "product,metric,date,value\nproduct-p1,mau,2026-01-31,12\nproduct-p1,mau,soon,13\n"
MAPPING = """kind = "measurements"
shape = "long"

[long]
product = { column = "product" }
metric = { column = "metric" }
date = { column = "date" }
value = { column = "value" }
"""
OUTCOME = {
    "rows": 2,
    "refused": 1,
    "first_day": "2026-01-31",
    "last_day": "2026-01-31",
    "tallies": [
        {"key": "mau", "label": "Monthly active users", "new": 1, "changed": 0, "unchanged": 0,
         "refused": {"This is not a day.": 1}},
    ],
}  # fmt: skip


def _add_imports(world: World) -> None:
    saved = SavedMapping.objects.create(
        name="Values of ours",
        kind="measurements",
        text=MAPPING,
        created_by=world.people["pm_p1"],
        created_at=world.now,
        updated_at=world.now,
    )
    world.things["own"] = {"mapping_id": saved.pk}
    for name in IMPORTS:
        run = _add_import(world, name, saved)
        world.things[name] = {"run_id": run.pk}


def _add_import(world: World, name: str, saved: SavedMapping) -> ImportRun:
    by = world.people["pm_p2" if name == "theirs" else "pm_p1"]
    state = "done" if name == "theirs" else name
    is_over = state in ("done", "undone", "cancelled", "failed")
    stored = import_services.store_upload([VALUES.encode()], name="values.csv")
    run = ImportRun.objects.create(
        kind="measurements", state=state, file=stored.file, file_name=f"values-{name}.csv",
        size=stored.size, sha256=stored.sha256, mapping="" if state == "mapping" else MAPPING,
        saved_mapping=None if state == "mapping" else saved,
        outcome={} if state in ("mapping", "checking", "cancelled", "failed") else OUTCOME,
        problem="The file has no column “value”." if state == "failed" else "",
        by=by, created_at=world.now, finished_at=world.now if is_over else None,
        undone_at=world.now if state == "undone" else None,
    )  # fmt: skip
    RunProgress.objects.create(run=run, step="Reading the file", rows_done=1, rows_total=2,
                               changed_at=world.now)  # fmt: skip
    if run.outcome:
        RefusedValue.objects.create(
            run=run, line=3, column="date", series="mau", raw="soon", reason="This is not a day."
        )
    if state == "undone":
        UndoRefusal.objects.create(run=run, label="Product P1", reason="It has changed since.")
    return run


def _roll_up(world: World) -> None:
    from health.services import roll_up

    roll_up(product_ids=[product.pk for product in world.products.values()], now=world.now)


def kpi_of(world: World, name: str) -> Kpi:
    """The KPI of a product."""
    return Kpi.objects.get(pk=world.things[name]["kpi_id"])
