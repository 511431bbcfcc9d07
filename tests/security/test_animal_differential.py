"""Whichever animal people are, and whether they are on a map at all: whatever they can get stays
the same, byte by byte.

What somebody's weekly mail is about is told to them, so those pages are the same in every quadrant
only; that they look the same for whoever follows by choice is held in tests/digests.

Compared is everything for which something about places is asked of the database; that no other page
asks is held in test_animal_leak.py.
"""

from __future__ import annotations

from difflib import unified_diff

import pytest
from django.db import transaction

from stakeholders.rules import Animal
from tests.security import animals
from tests.security.animal_company import CORNERS, ROLES, Company, Placed, forget, turn
from tests.security.animals import READING, Artefact, Ask
from tests.world import QuickClient

# Maps of other products are the same pages with other people on them.
OTHER_MAPS = {"lead": "/product-open/", "administrator": ("/product-open/", "/product-p2/")}


@pytest.fixture(autouse=True)
def sessions_stay(monkeypatch):
    """What the same session gets is compared: it is not renewed while a slow machine asks."""
    monkeypatch.setattr("core.middleware.SEEN_EVERY_SECONDS", 24 * 3600)


def asks(company: Company, role: str) -> list[Ask]:
    """What the role can ask that has anything to do with places."""
    client, found = company.client(role, QuickClient), []
    for ask in dict.fromkeys(animals.addresses(company, role)):
        skipped = OTHER_MAPS.get(role, ())
        skipped = (skipped,) if isinstance(skipped, str) else skipped
        if not ask.may_ask_for_places or any(part in ask.url for part in skipped):
            continue
        page = animals.get(client, ask)
        if page.reads_maps:
            found += [ask, *animals.follow_ups(company, role, page)]
    return list(dict.fromkeys(found))


def answers(client: QuickClient, wanted: list[Ask]) -> dict[Ask, Artefact]:
    animals.get(client, Ask("/profile/"))  # the first answer to a browser renews its session
    return {ask: animals.get(client, ask) for ask in wanted}


def differing(before: dict[Ask, Artefact], after: dict[Ask, Artefact]) -> list[str]:
    """The questions to which the answers differ, with the first lines that do."""
    found = []
    for ask, answer in after.items():
        then, now = before[ask].settled, answer.settled
        if then != now:
            lines = list(unified_diff(then.splitlines(), now.splitlines(), n=0, lineterm=""))
            found.append(f"{ask}: {' | '.join(lines[3:9])[:400]}")
    return found


def compared(company: Company, role: str, wanted: list[Ask]) -> list[str]:
    """Whatever differs between the four quadrants of one person, and being on no map."""
    placed, told = company.actors[role], []
    client = company.client(role, QuickClient)
    first, *others = CORNERS
    turn(placed, first)
    before = answers(client, wanted)
    for animal in others:
        turn(placed, animal)
        told += [f"{animal}: {one}" for one in differing(before, answers(client, wanted))]
    forget([placed.person])
    off = [one for one in wanted if one.route not in READING]
    told += [f"on no map: {one}" for one in differing(before, answers(client, off))]
    return told


@pytest.mark.parametrize("role", ROLES)
def test_all_that_people_can_get_is_the_same_whichever_animal_they_are(company, role):
    wanted = asks(company, role)
    told = compared(company, role, wanted)
    print(
        f"{role}: {len(wanted)} artefacts × 5 states, {len(told)} differences", *told[:40], sep="\n"
    )
    assert told == []


@pytest.mark.parametrize("role", ["employee", "pm"])
def test_the_whole_site_is_the_same_on_a_map_and_off_it(company, role):
    """Also what asks nothing about places, in case it was told about them on another way."""
    client, placed = company.client(role, QuickClient), company.actors[role]
    wanted = list(dict.fromkeys(animals.addresses(company, role)))
    wanted = [one for one in wanted if one.route not in READING]
    before = answers(client, wanted)
    forget([placed.person])
    assert differing(before, answers(client, wanted)) == []
    print(f"{role}: {len(wanted)} pages of the whole site twice")


def test_others_do_see_the_difference(company):
    """Negative control: what is compared depends on the place of everybody else."""
    moved = company.actors["employee"]
    wanted = [ask for ask in asks(company, "pm") if ask.url.endswith(("/map/", "/map/file/"))]
    client = company.client("pm", QuickClient)
    before = answers(client, wanted)
    turn(moved, next(animal for animal in Animal if animal is not at(moved)))
    told = differing(before, answers(client, wanted))
    assert any("/map/file/" in one for one in told)
    assert len(told) > 1


def at(placed: Placed) -> Animal:
    return Animal(animals.animal_at(*placed.place))


def test_it_bites_when_people_are_not_left_out_of_what_they_see(company, monkeypatch):
    from stakeholders import querysets

    def careless(rows, user):
        return rows.filter(product__in=querysets.with_map(user).order_by().values("pk"))

    monkeypatch.setattr("stakeholders.querysets.seen", careless)
    with transaction.atomic():
        assert compared(company, "pm", [Ask("/products/product-p1/map/")]) != []
        transaction.set_rollback(True)
