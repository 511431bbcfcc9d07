"""The harness of the gate of the animal: everything that somebody can get from Homegrown, and what
must not stand in it when that somebody is on a map.

`SOURCES` names the artefacts. Pages come from the resolver, so a new route is in here by itself;
whatever reaches people in another way (a mail, a feed, a message) adds a source of its own, most
of them in animal_mails.py.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlencode

import structlog
from django.db import connection, transaction
from django.urls import reverse

from core.logging import final_processors, shared_processors
from core.policies import policies, routes
from stakeholders.models import Placement
from stakeholders.rules import animal_of
from tests.factories.accounts import PASSWORD
from tests.security.animal_company import (
    MAPS,
    PRODUCTS,
    ROLES,
    Company,
    Placed,
    confidential_models,
)
from tests.security.animal_words import told_canaries, told_place, told_words, without_legends
from tests.walker import pages
from tests.world import ANONYMOUS, QuickClient

# Differs from answer to answer and says nothing: form tokens, nonces, request ids, session keys,
# and the key of a row that the question itself has made, which a toast wants to take back.
CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|name="csrf-token" content="[^"]*"|_csrf=[^;\s]*'
    r"|homegrown_session=\w+|(?<=/contacts/)\d+(?=/delete/\?version)"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|nonce-[\w+/=-]+"
)
# Source code in a traceback names what it likes; what an error says is looked at.
SOURCE_LINE = re.compile(r"(?:\n|\\n) *File .{1,300}?, in [\w<>]+(?:(?:\n|\\n)    .*?)?(?=\n|\\n)")
LINK = re.compile(r'(?:href|hx-get)="([^"]*\?[^"]*)"')
HTMX = {"HX-Request": "true"}
QUERIES_PER_PAGE = 2
HOMES = [f"/products/product-{name}/" for name in PRODUCTS]
# Pages outside of `stakeholders` that ask something about places: what goes with a product, and of
# which products somebody gets a weekly mail, in which form.
READING = {"digests:my_digest", "digests:preferences"}
# Who reads a product's digest, for those who may see its map; its forms answer with the page.
DESK = {
    *("digests:issue_detail", "digests:issue_list", "digests:issue_readers", "digests:issue_note"),
    *("digests:item_hide", "digests:item_word"),
}
# Beside them the first steps, which tell whether three others are placed.
ASKING = {"portfolio:product_delete", "health:start", *READING, *DESK}


@dataclass(frozen=True)
class Ask:
    """One thing to ask the server for."""

    url: str
    route: str = ""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    data: str = ""

    def __str__(self) -> str:
        what = f"{self.method} {self.url}"
        return f"{what} as fragment" if self.headers else what

    @property
    def may_ask_for_places(self) -> bool:
        """Whether its page is one of those that have any business with places."""
        return self.route.startswith("stakeholders:") or self.route in ASKING


@dataclass
class Artefact:
    """What somebody got: status, headers, cookies and body in one text, nothing left out.

    `reads_maps`: something about places was asked of the database for it.
    """

    what: str
    text: str
    ask: Ask | None = None
    status: int = 0
    reads_maps: bool = False

    @property
    def settled(self) -> str:
        """The same for two answers that say the same."""
        return CHANGING.sub("…", self.text)

    @property
    def body(self) -> str:
        """The body as a reader sees it."""
        return self.text.partition("\n\n")[2]


Source = Callable[[Company, str], Iterator[Artefact]]
# What a role can get hold of, by kind. Mail that tells people about products adds itself here.
SOURCES: dict[str, Source] = {}


def source(kind: str) -> Callable[[Source], Source]:
    """Decorator: a kind of artefact, given as a function of the company and the role."""

    def register(found: Source) -> Source:
        SOURCES[kind] = found
        return found

    return register


# --- Asking ------------------------------------------------------------------------------


@contextmanager
def watching() -> Iterator[list[bool]]:
    """Grows by one entry with each query about places."""
    names = "|".join(model._meta.db_table for model in confidential_models())
    about = re.compile(rf'"(?:{names})(?:event)?"')
    seen: list[bool] = []

    def execute(run: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if about.search(str(sql)):
            seen.append(True)
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield seen


def get(client: Any, ask: Ask) -> Artefact:
    """Ask, and undo whatever asking has changed."""
    with watching() as seen, transaction.atomic():
        response = client.generic(
            ask.method,
            ask.url,
            ask.data,
            content_type="application/x-www-form-urlencoded",
            headers=dict(ask.headers),
        )
        content = response.getvalue() if response.streaming else response.content
        transaction.set_rollback(True)
    head = [f"{name}: {value}" for name, value in sorted(response.headers.items())]
    cookies = response.cookies.output()
    lines = [str(response.status_code), *head, *([cookies] if cookies else [])]
    text = "\n".join(lines) + "\n\n" + content.decode(errors="replace")
    return Artefact(str(ask), text, ask, response.status_code, bool(seen))


def own_keys(placed: Placed, name: str) -> dict[str, Any]:
    """What an address calls the things that are about somebody on a map."""
    placement = placed.placements[name]
    contact = placement.product.touchpoints.filter(person=placed.person).first()
    return {
        "person_id": placed.person.pk,
        "placement_id": placement.pk,
        "touchpoint_id": contact.pk if contact else 0,
    }


def addresses(company: Company, role: str) -> Iterator[Ask]:
    """Every route for whatever is about the person themself, and for every object of the world."""
    if (placed := company.actors.get(role)) is not None:
        yield from _own_addresses(company, placed)
    for page in pages(company.world):
        yield Ask(page.url, page.name)


def _own_addresses(company: Company, placed: Placed) -> Iterator[Ask]:
    for route in routes():
        names = set(route.arguments)
        for product in PRODUCTS:
            keys = own_keys(placed, product)
            if names & keys.keys():
                arguments = {**company.world.arguments(route.arguments, product), **keys}
                url = reverse(route.name, kwargs={name: arguments[name] for name in names})
                yield Ask(url, route.name)


def map_file(name: str) -> Ask:
    """The map of a product as a file, for one's password."""
    url = reverse("stakeholders:map_export", args=[f"product-{name}"])
    return Ask(url, "stakeholders:map_export", "POST", data=urlencode({"password": PASSWORD}))


def payload(placed: Placed | None) -> str:
    """What somebody might send to any form, to learn something about themself."""
    person = placed.person if placed else None
    key, address = (person.pk, person.email) if person else (1, "x@example.org")
    return urlencode(
        {
            "person": key, "person_id": key, "with": key, "other": key, "email": address,
            "name": person.name if person else "X", "involvement": 10, "power": 90, "version": 1,
            "zone": "satisfied", "reason": "Why not", "why": "Why not", "until": "2030-01-01",
            "day": "2026-01-05", "kind": "briefing", "plan": "brief", "audience": "business",
            "password": PASSWORD,
        }
    )  # fmt: skip


def questions(company: Company, role: str, page: Artefact) -> Iterator[Ask]:
    """What a list can be asked: by its links, and for the person, a word of theirs, a past day."""
    assert page.ask is not None
    path = page.ask.url
    links = [html.unescape(link) for link in LINK.findall(page.body)]
    own = [path + link if link.startswith("?") else link for link in links]
    own = [link for link in dict.fromkeys(own) if link.startswith(f"{path}?")]
    yield from (Ask(link, page.ask.route) for link in own[:QUERIES_PER_PAGE])
    placed = company.actors.get(role)
    word = quote(placed.person.name) if placed else "x"
    yesterday = company.world.now.date() - dt.timedelta(days=30)
    for name, value in (("q", word), ("q", "zq"), ("on", yesterday), ("as_of", yesterday)):
        if f'name="{name}"' in page.body:
            yield Ask(f"{path}?{name}={value}", page.ask.route)
    if policies().get(page.ask.route) == "product.map" and page.reads_maps:
        for query in ("view=table", "view=map", "overdue=on", "plan=brief", f"view=table&q={word}"):
            yield Ask(f"{path}?{query}", page.ask.route)


@source("pages")
def walk(company: Company, role: str) -> Iterator[Artefact]:
    """Every page as a page; those that open also as a fragment, with the questions of lists, and as
    the answer to a form.

    What has no business with places is followed up once for each route. Of a product that is
    hidden, only its page and those about places are asked for: the others are refused before they
    are chosen, as test_matrix.py holds.
    """
    client = company.client(role, QuickClient)
    asked: set[Ask] = set()
    followed: set[str] = set()
    shut = tuple(url for url in HOMES if get(client, Ask(url)).status == 404)
    for ask in addresses(company, role):
        is_shut = ask.url.startswith(shut) and ask.url not in HOMES
        if ask in asked or (is_shut and not ask.may_ask_for_places):
            continue
        asked.add(ask)
        page = get(client, ask)
        yield page
        if page.reads_maps or ask.may_ask_for_places or ask.route not in followed:
            more = [one for one in follow_ups(company, role, page) if one not in asked]
            asked.update(more)
            followed.update([ask.route] if more else [])
            yield from (get(client, one) for one in more)


def follow_ups(company: Company, role: str, page: Artefact) -> Iterator[Ask]:
    """What else is asked at an address, for what it has answered."""
    ask = page.ask
    assert ask is not None
    if page.status in (200, 405) or page.reads_maps:
        yield Ask(ask.url, ask.route, "POST", data=payload(company.actors.get(role)))
    if page.status == 200 and "text/html" in page.text[:2000]:
        if page.reads_maps or role == "employee":
            yield Ask(ask.url, ask.route, headers=tuple(HTMX.items()))
        yield from questions(company, role, page)


@source("errors")
def errors(company: Company, role: str) -> Iterator[Artefact]:
    """What a person gets where nothing is, and where something breaks over a place of theirs."""
    client = company.client(role, QuickClient)
    for url in ("/no-such-page/", "/products/no-such/map/", "/stakeholders/people/999999/"):
        yield get(client, Ask(url))
    yield get(client, Ask("/", method="TRACE"))
    if (placed := company.actors.get(role)) is not None:
        for url in ("/", "/products/product-open/", "/products/product-p1/map/"):
            with breaking(placed):
                yield get(client, Ask(url))


@contextmanager
def breaking(placed: Placed) -> Iterator[None]:
    """The first thing that a page does breaks over a row about the person, as a broken service
    would.
    """

    def fail(*_: Any) -> None:
        row = Placement.objects.filter(person=placed.person).select_related("person").first()
        Placement.objects.filter(pk=row.pk).update(involvement=101)

    with patch("core.middleware._check", fail):
        yield


# --- Logs --------------------------------------------------------------------------------


@contextmanager
def log_lines() -> Iterator[list[io.StringIO]]:
    """What is logged, as production writes it and as a workstation does."""
    root, streams, handlers = logging.getLogger(), [], []
    for style in ("json", "console"):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                processors=final_processors(style), foreign_pre_chain=shared_processors()
            )
        )
        root.addHandler(handler)
        streams.append(stream)
        handlers.append(handler)
    try:
        yield streams
    finally:
        for handler in handlers:
            root.removeHandler(handler)


def log_of(stream: io.StringIO) -> Artefact:
    """What was logged, without the source code that tracebacks quote."""
    return Artefact("the log", SOURCE_LINE.sub("", stream.getvalue()))


# --- Judging -----------------------------------------------------------------------------


@dataclass
class Verdict:
    """What was found, and how much was looked at."""

    hits: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Verdict) -> None:
        """Count another one in."""
        self.hits += other.hits
        self.counts += other.counts


def judge(company: Company, role: str, artefact: Artefact) -> list[str]:
    """What the artefact tells that the role must not learn, whoever else is on the maps."""
    told: list[str] = told_canaries(company, role, artefact.text)
    own = company.actors.get(role)
    if own is not None and (artefact.reads_maps or artefact.ask is None):
        told += told_place(own, artefact.settled)
    if role not in MAPS or not (artefact.ask and artefact.ask.may_ask_for_places):
        told += told_words(artefact.settled)
    return [f"{role}: {artefact.what}: {words}" for words in dict.fromkeys(told)]


def judge_alone(role: str, artefact: Artefact) -> list[str]:
    """The same where nobody but the viewer is on any map: what is no legend is about them."""
    head, _, body = artefact.settled.partition("\n\n")
    told = [*told_words(head), *told_words(without_legends(body))]
    return [f"{role}, alone: {artefact.what}: {words}" for words in dict.fromkeys(told)]


def animal_at(involvement: int, power: int) -> str:
    """The word for a place."""
    return str(animal_of(involvement, power).value)


def everyone() -> list[str]:
    """All roles, and somebody who has not signed in."""
    return [*ROLES, ANONYMOUS]
