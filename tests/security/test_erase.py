"""A person who was erased is found nowhere: not in a dump of the database, not in Valkey, not among
the stored files, not in a log; and no number has moved (S30).

The canary is planted through the services, then into every field of the registry of personal data
that could hold it; the test fails for a field that holds nothing before, so a new one is covered on
the day it is registered.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import connection

from core.audit import acting_as
from core.local.binaries import postgres_bin
from core.mentions import Mentions
from core.personal import history_models
from health.models import HealthSnapshot
from kpis.models import Kpi
from portfolio.models import Product
from stakeholders.models import Placement, SuggestionAnswer
from stakeholders.services import people
from stakeholders.services.erasing import erase_person
from tests.security.planted import (
    EMAIL,
    FORMER,
    FORMER_EMAIL,
    NAME,
    SECOND,
    SECOND_EMAIL,
    TEXT,
    not_planted,
    plant,
    plant_everywhere_else,
)
from tests.world import World, build_world

# Any scrap of these is one too many.
NEEDLES = ("quetz", "xochi", "huitzil", "canary.example")
MOVES_ON = {  # tables whose number of rows changes with an erasure; beside histories
    "account_emailaddress", "accounts_signinbucket", "core_erasure", "core_historyrewrite",
    "core_outboundmail", "django_session", "imports_importedobject", "pghistory_context",
    "kpis_measurementchange", "intake_news", "intake_notice",
    "intake_attachment",
}  # fmt: skip


# --- Looking -------------------------------------------------------------------------------------


def dump() -> str:
    """The whole database as pg_dump writes it; bytes in hexadecimal are written out as well."""
    at = connection.settings_dict
    given = {"PGHOST": at["HOST"], "PGPORT": str(at["PORT"] or 5432), "PGUSER": at["USER"],
             "PGPASSWORD": at["PASSWORD"] or "", "PGDATABASE": at["NAME"]}  # fmt: skip
    done = subprocess.run(
        [postgres_bin(os.environ) / "pg_dump", "--no-owner"],
        env={**os.environ, **{name: value for name, value in given.items() if value}},
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode()
    assert "COPY public.stakeholders_personevent" in text
    found = re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text)
    return "\n".join([text, *(bytes.fromhex(one).decode("latin-1") for one in found)])


def sessions() -> str:
    return json.dumps([row.get_decoded() for row in Session.objects.all()], default=str)


def valkey() -> str:
    """Every key and every value of every database of the server."""
    address = django_settings.CACHES["default"]["LOCATION"]
    told = []
    for number in range(16):
        client = redis.Redis.from_url(re.sub(r"(/|db=)\d+$", rf"\g<1>{number}", address))
        for key in client.scan_iter(count=1000):
            told += [key, *_values(client, key)]
    return b"\n".join(told).decode("latin-1")


def _values(client: Any, key: bytes) -> Iterator[bytes]:
    kind = client.type(key).decode()
    if kind == "string":
        values = [client.get(key) or b""]
    elif kind == "list":
        values = client.lrange(key, 0, -1)
    elif kind == "hash":
        values = [part for pair in client.hgetall(key).items() for part in pair]
    elif kind == "zset":
        values = client.zrange(key, 0, -1)
    else:
        values = client.smembers(key)
    for value in values:
        yield value
        for packed in re.findall(rb'"body": ?"([A-Za-z0-9+/=]+)"', value):
            yield base64.b64decode(packed)


def media() -> str:
    told = []
    for path in Path(django_settings.MEDIA_ROOT).rglob("*"):
        told.append(str(path).encode())
        if path.is_file():
            told.append(path.read_bytes().replace(b"\0", b""))
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as book:
                    told += [book.read(name) for name in book.namelist()]
    return b"\n".join(told).decode("latin-1")


def hits(text: str) -> list[str]:
    """The scraps that are there, each with what stands around its first place."""
    low = text.casefold()
    places = {needle: low.find(needle) for needle in NEEDLES}
    return [
        f"{needle}: …{text[max(0, place - 120) : place + 80]}…"
        for needle, place in places.items()
        if place >= 0
    ]


# --- Numbers -------------------------------------------------------------------------------------


def numbers(world: World) -> dict[str, Any]:
    """What an erasure must leave alone: health, figures, charts, and how many rows there are."""
    client = world.client("administrator")
    slugs = dict(Product.objects.order_by("pk").values_list("pk", "slug"))
    pages = [f"/products/{slug}/{part}" for slug in slugs.values() for part in ("", "kpis/")]
    columns = ("product_id", "day", "status", "health", "confidence", "trend", "measured_on")
    with connection.cursor() as cursor:
        cursor.execute("SELECT kpi_id, date, value FROM kpis_measurement ORDER BY 1, 2, 3")
        figures = cursor.fetchall()
    return {
        "health": list(HealthSnapshot.objects.order_by("product_id", "day").values_list(*columns)),
        "figures": figures,
        "people": list(Product.objects.order_by("pk").values_list("head_count", "people_word")),
        "board": hidden(client.get("/board.csv").content.decode()),
        **{f"charts {no}": shapes(client.get(page)) for no, page in enumerate(["/", *pages])},
        **{f"rows of {table}": number for table, number in rows().items()},
    }


def shapes(page: Any) -> list[list[tuple[str, str]]]:
    """The geometry of every drawing on a page; which comes first may hang on a name."""
    wanted = ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height")
    drawings = BeautifulSoup(page.content, "html.parser").select("main svg")
    return sorted(
        [(name, tag[name]) for tag in drawing.find_all() for name in wanted if tag.has_attr(name)]
        for drawing in drawings
    )


def rows() -> dict[str, int]:
    events = {model._meta.db_table for model in history_models()}
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - events - MOVES_ON
        counts = {}
        for name in sorted(names):
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


def hidden(text: str) -> str:
    """The text as it reads once nobody is named in it any more."""
    return Mentions.of([NAME, FORMER, SECOND], [EMAIL, FORMER_EMAIL, SECOND_EMAIL]).hidden(text)


# --- The test ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_is_found_nowhere(settings, tmp_path, caplog, capsys):
    settings.MEDIA_ROOT = tmp_path
    caplog.set_level(logging.INFO)
    world = build_world()
    by = world.people["administrator"]
    with acting_as(by):
        person = plant(world)
        plant_everywhere_else(world, person)
    assert not_planted() == []
    before = {"dump": dump(), "sessions": sessions(), "valkey": valkey(), "media": media()}
    assert [name for name, text in before.items() if not hits(text)] == [], "nothing to find"
    was = numbers(world)
    assert was["health"] and was["figures"] and any(was[f"charts {no}"] for no in range(5))

    with acting_as(by):
        done = erase_person(person=person, by=by, now=world.now)

    after = {"dump": dump(), "sessions": sessions(), "valkey": valkey(), "media": media()}
    assert {name: hits(text) for name, text in after.items() if hits(text)} == {}
    assert hits(caplog.text) == []
    now = numbers(world)
    assert {name: (was[name], now[name]) for name in was if was[name] != now[name]} == {}
    assert done.counts["files"] == 4 + 4  # of imports, of intake
    assert Placement.objects.filter(person=person, note="").count() == 2
    assert SuggestionAnswer.objects.filter(person=person, reason="").count() == 2
    with capsys.disabled():
        print(f"\nerased: {done.counts}; dump {len(after['dump']):,} characters")


@pytest.mark.django_db(transaction=True)
def test_a_field_that_erasing_forgets_is_found(settings, tmp_path, monkeypatch):
    """Negative control: with one table left out of the registry the canary stands in the dump."""
    from core import personal

    settings.MEDIA_ROOT = tmp_path
    world = build_world(with_health=False)
    by = world.people["administrator"]
    fields = {"name": NAME, "email": EMAIL, "role": ""}
    person = people.create_person(fields=fields, by=by, now=world.now)
    Kpi.objects.filter(product=world.products["p1"]).update(if_it_drops=TEXT)
    monkeypatch.delitem(personal._tables.entries, "kpis.Kpi")
    erase_person(person=person, by=by, now=world.now)
    left = dump()
    assert hits(left)
    assert "kpis_kpi" in left


def test_needles_are_found_in_any_dress():
    assert hits("nothing to see") == []
    assert len(hits(f"{NAME} {EMAIL}")) == 3
