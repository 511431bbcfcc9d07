"""Whoever follows links comes to pages that exist and that they may open."""

from __future__ import annotations

import logging

import pytest

from tests.walker import crawl
from tests.world import ACTORS, QuickClient


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != "deactivated"])
def test_no_link_leads_nowhere_or_to_a_closed_door(world, actor):
    visited = list(crawl(world.client(actor, QuickClient)))
    bad = [
        f"{page.url}: {page.response.status_code}"
        for page in visited
        if page.response.status_code not in (200, 301, 302, 405)
    ]
    assert bad == []
    assert len({page.name for page in visited}) >= (3 if actor == "anonymous" else 10)


def test_the_walk_signs_nobody_out(world):
    client = world.client("pm_p1", QuickClient)
    list(crawl(client))
    assert client.get("/profile/").status_code == 200
