"""Every route × actor × method, as a page and as a fragment, against what `matrix.yaml` says by
hand.

GET and POST are asked by everyone of every subject. Who may pass is decided before a view hears of
the method, so the other methods are asked once for each route and verdict: all of them by
`THOROUGHLY`, one in turn by everyone else. Whether a fragment is asked for matters to how a page is
drawn and how a refusal leads to the sign-in page, and neither depends on the subject: GET and POST
are asked both ways once for each route and verdict by everyone, each time by `THOROUGHLY`.

A new route is in here by itself; a new policy key needs lines in `matrix.yaml`, a new kind of
argument a sample in `tests/world.py`.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse

from core.policies import policies, routes
from core.problems import KIND
from tests.thorough import share
from tests.walker import Page, pages
from tests.world import ACTORS, QuickClient

MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
SAFE = ("GET", "HEAD", "OPTIONS")
EVERYWHERE = ("GET", "POST")
OTHERS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
METHODS = (*EVERYWHERE, *OTHERS)
PAGE, FRAGMENT = {}, {"HX-Request": "true"}
THOROUGHLY = ("anonymous", "employee")
SIGN_IN = "/accounts/login/"
FINE = {200, 204, 301, 302, 303, 307, 308, 400, 405, 409, 415, 422}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    """Thousands of refusals are expected: writing and drawing each takes longer than refusing.

    What the pages of errors look like and carry is tested in test_headers.py.
    """
    monkeypatch.setattr(
        "core.views.error_page", lambda _, status, **_words: HttpResponse(status=status)
    )
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def expected(page: Page, actor: str) -> str:
    subject = MATRIX[page.policy].get(page.subject) or MATRIX[page.policy]["-"]
    return subject.get(actor) or subject["*"]


def verdict(response: HttpResponseBase) -> str:
    """What the answer means for the person."""
    location = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    if location.startswith(SIGN_IN) and response.status_code in (302, 401):
        return "sign_in"
    if response.status_code == 401 and response.headers["Content-Type"] == KIND:
        return "sign_in"
    if response.status_code in FINE:
        return "ok"
    return {403: "forbidden", 404: "hidden"}.get(response.status_code, str(response.status_code))


def ask(client: Client, page: Page, method: str, headers: dict[str, str]) -> Any:
    """One request; what it changes is undone."""
    if method in SAFE:
        return client.generic(method, page.url, headers=headers)
    with transaction.atomic():
        response = client.generic(method, page.url, headers=headers)
        transaction.set_rollback(True)
    return response


def leads_to_sign_in_itself(page: Page, actor: str) -> bool:
    """Signing out ends at the sign-in page for everyone."""
    return page.name in ("account_logout", "accounts:sign_out_everywhere")


@pytest.mark.parametrize("actor", ACTORS)
def test_everyone_gets_what_the_matrix_says(world, actor):
    client = world.client(actor, QuickClient)
    wrong, met = [], set()
    for page in pages(world):
        wanted = {expected(page, actor)}
        is_known = (page.name, *wanted) in met
        met.add((page.name, *wanted))
        if "ok" in wanted and leads_to_sign_in_itself(page, actor):
            wanted.add("sign_in")
        others = (
            OTHERS
            if actor in THOROUGHLY
            else share(OTHERS, len(met) + ACTORS.index(actor), len(OTHERS))
        )
        for method in EVERYWHERE if is_known else (*EVERYWHERE, *others):
            both = method in EVERYWHERE and (actor in THOROUGHLY or not is_known)
            for headers in (PAGE, FRAGMENT) if both else (PAGE,):
                found = verdict(ask(client, page, method, headers))
                if found not in wanted:
                    kind = "fragment" if headers else "page"
                    wrong.append(f"{method} {page} as {kind}: {found}, not {wanted}")
    assert wrong == []


def test_the_matrix_knows_every_key_and_no_other():
    assert set(policies().values()) == set(MATRIX)


def test_the_matrix_names_real_actors_and_verdicts():
    rows = [row for policy in MATRIX.values() for row in policy.values()]
    assert {actor for row in rows for actor in row} <= {*ACTORS, "*"}
    assert {word for row in rows for word in row.values()} <= {
        "ok",
        "sign_in",
        "forbidden",
        "hidden",
    }


def test_a_page_that_answers_is_found_broken_when_its_policy_is_too_wide(world, monkeypatch):
    """Negative control: without the policies the matrix is red."""
    table = dict.fromkeys(policies(), "signed_in")
    monkeypatch.setattr("core.policies.policies", lambda: table)
    client = world.client("employee")
    assert client.get("/people/").status_code == 200


def test_nothing_of_the_demo_exists_outside_of_it(world, settings):
    settings.DEMO = False
    client = world.client("administrator")
    for page in pages(world):
        if page.policy == "demo":
            for method in METHODS:
                assert client.generic(method, page.url).status_code == 404, page


def test_a_child_of_another_product_is_a_404(world):
    """The address says P1, the child is P2's: nobody may reach it that way, whatever they may."""
    client = world.client("administrator")
    children = {
        *("kpi_id", "exemption_id", "change_id", "user_id", "audience_id", "release_id"),
        *("session_id", "series_id", "note_id", "booking_id", "field_note_id", "edge_case_id"),
        *("opportunity_id", "request_id", "evidence_id", "candidate_id", "experiment_id"),
        *("merge_id", "link_id", "reference", "attachment_id", "needed_id", "risk_id", "entry"),
    }
    wrong = []
    for route in routes():
        policy = policies()[route.name]
        foreign = children.intersection(route.arguments)
        if not policy.startswith("product.") or not foreign:
            continue
        for child in sorted(foreign):
            arguments = world.arguments(route.arguments, "p1")
            arguments[child] = world.arguments(route.arguments, "p2")[child]
            url = reverse(route.name, kwargs=arguments)
            for method in ("GET", "POST"):
                with transaction.atomic():
                    status = client.generic(method, url).status_code
                    transaction.set_rollback(True)
                if status not in (404, 405):
                    wrong.append(f"{method} {url} ({child}): {status}")
    assert wrong == []


def test_a_demotion_counts_from_the_next_request(world):
    client = world.client("pm_p1")
    url = f"/products/{world.products['p1'].slug}/edit/"
    assert client.get(url).status_code == 200
    world.products["p1"].memberships.filter(user=world.people["pm_p1"]).delete()
    assert client.get(url).status_code == 404
