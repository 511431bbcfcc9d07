"""A person who was erased is found nowhere: not in a dump of the database, not in Valkey, not among
the stored files, not in a log; and no number has moved (S30).

The canary is planted through the services, then into every field of the registry of personal data
that could hold it; the test fails for a field that holds nothing before, so a new one is covered on
the day it is registered.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import logging
import os
import re
import subprocess
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.utils.text import slugify
from openpyxl import Workbook
from pghistory.models import Context

from accounts.services import invite_user, take_sign_in_token
from core.audit import acting_as
from core.local.binaries import postgres_bin
from core.mail import queue_mail
from core.mentions import Mentions
from core.personal import Holds, PersonalData, history_models, tables
from health.models import HealthSnapshot
from health.services import roll_up
from imports.models import ImportedObject, ImportRun, RefusedValue, UndoRefusal
from imports.services import store_upload
from kpis import services as kpi_services
from kpis.models import Kpi, Metric, SegmentWeight
from kpis.services import KpiPlan
from personas.models import DuplicateDismissal, SharedPersonaDismissal
from portfolio.models import Product, ProductSlug
from portfolio.services import set_member, update_product
from stakeholders.models import Person, Placement, SuggestionAnswer
from stakeholders.rules import SuggestionKey
from stakeholders.selectors.traces import human_of
from stakeholders.services import people
from stakeholders.services.erasing import erase_person
from stakeholders.services.merges import merge_people
from stakeholders.services.placements import (
    describe_placement,
    move_placement,
    pin_placement,
    place_person,
    remove_placement,
    unpin_placement,
)
from stakeholders.services.plans import set_plan, snooze
from stakeholders.services.reads import note_read
from stakeholders.services.suggestions import put_suggestion_off
from stakeholders.services.touchpoints import change_touchpoint, delete_touchpoint, log_touchpoint
from tests.factories.accounts import PASSWORD
from tests.factories.kpis import MetricFactory
from tests.factories.personas import PersonaFactory
from tests.world import World, build_world

NAME, FORMER, SECOND = "Quetz Xochi", "Quetz Maiden", "Xochi Quetz-Huitzil"
EMAIL, FORMER_EMAIL = "quetz.xochi@canary.example", "maiden.quetz@canary.example"
SECOND_EMAIL = "xochi@canary.example"
SLUG = slugify(NAME)
TEXT = f"Ask {NAME} or {EMAIL.upper()}, once {FORMER}: “{SECOND}” at /people/{SLUG}/."
# Any scrap of these is one too many.
NEEDLES = ("quetz", "xochi", "huitzil", "canary.example")
# What can't hold a name; everything else has to hold one before it is worth anything that
# it holds none afterwards.
NO_ROOM = {"accounts.User.password", "core.OutboundMail.raw", "stakeholders.PersonMerge.moved"}
MOVES_ON = {  # tables whose number of rows changes with an erasure
    "account_emailaddress", "accounts_signinbucket", "core_erasure", "core_historyrewrite",
    "core_outboundmail", "django_session", "imports_importedobject", "pghistory_context",
}  # fmt: skip


# --- Planting ------------------------------------------------------------------------------------


def plant(world: World) -> Person:
    """Everything that Homegrown can come to know of somebody, the way it comes to know it."""
    by, now = world.people["administrator"], world.now
    fields = {"name": FORMER, "email": FORMER_EMAIL, "role": f"Deputy of {FORMER}"}
    person = people.create_person(fields=fields, by=by, now=now)
    user = invite_user(email=EMAIL, name=NAME, role="administrator", by=by, now=now)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=EMAIL)
    fields = {"name": NAME, "email": EMAIL, "role": f"Office of {NAME}", "locale": "quetz"}
    person = people.update_person(
        person_id=person.pk, version=person.version, fields=fields, by=by, now=now
    )
    assert person.user == user
    _on_maps(world, person)
    _at_work(world, user)
    _in_files(world)
    other = people.create_person(
        fields={"name": SECOND, "email": SECOND_EMAIL, "role": NAME}, by=by, now=now
    )
    maps = {"product": world.products["open"], "involvement": 1, "power": 1}
    place_person(person=other, why=NAME, by=by, now=now, **maps)
    merge_people(kept=person, gone=other, by=by, now=now)
    note_read(by=user, product_id=None, person_id=None, what="the map", now=now)
    return person


def _on_maps(world: World, person: Person) -> None:
    by, now, day = world.people["administrator"], world.now, world.now.date()
    for name in ("p1", "p2"):
        place = place_person(
            product=world.products[name], person=person, involvement=90, power=10, by=by, now=now,
            why=f"{NAME} complains",
        )  # fmt: skip
        place = move_placement(
            placement=place, version=place.version, involvement=80, power=20, by=by, now=now,
            why=TEXT,
        )  # fmt: skip
        place = describe_placement(
            placement=place, version=place.version, note=TEXT, by=by, now=now
        )
        set_plan(
            placement=place, version=place.version, plan="roadmap", contact="meeting", every=9,
            reason=TEXT, by=by,
        )  # fmt: skip
        snooze(placement=place, until=day + dt.timedelta(days=9), reason=TEXT, by=by, now=now)
        pin_placement(placement=place, reason=TEXT, by=by, now=now)
        put_suggestion_off(
            placement=place, key=SuggestionKey.MORE_POWER, reason=TEXT, by=by, now=now
        )
        for note in (TEXT, f"{NAME} shouted"):
            said = log_touchpoint(
                placement=place, kind="meeting", day=day, note=note, mood=-2, by=by, now=now
            )
        said = said if hasattr(said, "version") else said[0]
        delete_touchpoint(touchpoint=said)
    unpin_placement(placement=place, by=by)
    remove_placement(placement=place, by=by, now=now, why=TEXT)


def _at_work(world: World, user: Any) -> None:
    now, day, p1 = world.now, world.now.date(), world.products["p1"]
    by = world.people["administrator"]
    set_member(product=p1, user=user, role="manager", by=by, now=now)
    with acting_as(user):
        p1 = update_product(
            product_id=p1.pk, version=p1.version, by=user, now=now,
            fields={"name": f"Desk of {NAME}", "slug": SLUG, "description": TEXT},
        )  # fmt: skip
        p1 = update_product(
            product_id=p1.pk, version=p1.version, by=user, now=now,
            fields={"description": "", "slug": f"{SLUG}-desk", "name": "Desk"},
        )  # fmt: skip
        metric = MetricFactory(name=f"Joy of {NAME}", code=f"joy-{SLUG}")
        kpi = kpi_services.create_kpi(
            product=p1, metric=metric, plan=KpiPlan(cadence=28, baseline=1, target=9), by=user,
            now=now,
        )  # fmt: skip
        SegmentWeight.objects.create(kpi=kpi, segment=NAME, weight=2)
        for value in (5, 6):
            kpi_services.record_measurement(
                kpi=kpi, date=day, value=value, segment=NAME, note=TEXT, by=user, now=now
            )
    roll_up(product_ids=[p1.pk], now=now)


def _in_files(world: World) -> None:
    by, now = world.people["administrator"], world.now
    book, packed = Workbook(), io.BytesIO()
    book.active.append(["name", "e-mail"])
    book.active.append([NAME, EMAIL])
    book.save(packed)
    csv = f"name,e-mail\n{NAME},{EMAIL}\nSomebody else,x@example.org\n"
    for name, content in (
        ("people.csv", csv.encode()), ("wide.csv", csv.encode("utf-16")),
        ("people.xlsx", packed.getvalue()),
    ):  # fmt: skip
        stored = store_upload([content], name=name, by=by)
        run = ImportRun.objects.create(
            kind="people", state="done", file=stored.file, file_name=f"{NAME} {name}",
            size=stored.size, sha256=stored.sha256, by=by, created_at=now, mapping=TEXT,
            problem=TEXT, outcome={"rows": 2, "refused": {TEXT: 1}, "tallies": [{"label": NAME}]},
        )  # fmt: skip
        RefusedValue.objects.create(run=run, line=2, column=NAME, raw=TEXT, reason=TEXT)
        ImportedObject.objects.create(
            run=run, subject="portfolio.product", subject_id=1, label=NAME, action="changed",
            before={"description": TEXT},
        )  # fmt: skip
        UndoRefusal.objects.create(run=run, label=NAME, reason=TEXT)
    store_upload([csv.encode()], name="never-started.csv", by=by)
    words = {"kind": "test", "html": f"<p>{TEXT}</p>", "text": TEXT, "now": now}
    queue_mail(to=EMAIL, subject="S", **words)
    queue_mail(to="lind@example.org", subject=f"About {NAME}", **words)


def plant_everywhere_else(world: World, person: Person) -> None:
    """One row of every table, in every field that may name somebody; twice, for the history."""
    persona, product = PersonaFactory(name="Dilbert"), world.products["p2"]
    pairs = {"reason": "x", "dismissed_on": world.now.date()}
    first, second = sorted([persona.pk, PersonaFactory(name="Wally").pk])
    SharedPersonaDismissal.objects.get_or_create(first_id=first, second_id=second, defaults=pairs)
    first, second = sorted([product.pk, world.products["open"].pk])
    DuplicateDismissal.objects.get_or_create(first_id=first, second_id=second, defaults=pairs)
    ProductSlug.objects.get_or_create(slug="old", product=product, since=world.now)
    for table in tables():
        names = [
            name
            for name, held in table.fields.items()
            if held.holds in (Holds.TYPED, Holds.TOLD, Holds.ABOUT) and not table.is_log
        ]
        if not names or table.copies:
            continue
        rows = table.table._default_manager.exclude(human_of(person).about(table))
        row = rows.order_by("-pk").first() or table.table._default_manager.order_by("-pk").first()
        assert row is not None, f"no row of {table.model} to plant in"
        here = table.table._default_manager.filter(pk=row.pk)
        for name in names:
            if table.model not in ("kpis.Measurement", "kpis.SegmentWeight"):
                here = _plant_in(here, table, name)
    Context.objects.create(pk=uuid.uuid4(), metadata={"url": f"/products/{SLUG}/", "q": EMAIL})
    snapshots = HealthSnapshot.objects.filter(product=product)
    snapshots.update(reason=TEXT, before={"plan": {"kpis": [{"name": NAME}]}})
    session = Client()
    session.force_login(world.people["administrator"])
    state = session.session
    state["_messages"] = f'[["__json_message",0,25,"{NAME} is entered.",""]]'
    state.save()
    own = Client()
    own.force_login(person.user)
    assert own.get("/profile/").status_code == 200
    take_sign_in_token(email=EMAIL, address="192.0.2.1")
    cache.set("planted", {NAME: TEXT}, 600)


def _plant_in(here: Any, table: PersonalData, name: str) -> Any:
    field: Any = table.table._meta.get_field(name)
    if isinstance(field, models.JSONField):
        value: Any = {"words": TEXT, NAME: [EMAIL, {"url": f"/products/{SLUG}/"}]}
    elif isinstance(field, models.SlugField):
        value = f"{SLUG}-{table.model.rpartition('.')[2].lower()}"
    elif isinstance(field, models.URLField):
        value = f"https://wiki.example/{SLUG}?to={EMAIL.replace('@', '%40')}"
    else:
        value = TEXT if not field.max_length or field.max_length >= len(TEXT) else NAME
        value = f"{value}" if not field.max_length else value[: field.max_length]
    here.update(**{name: value})
    if name == table.table._meta.pk.name:
        return table.table._default_manager.filter(pk=value)
    return here


def not_planted() -> list[str]:
    """Fields of the registry in which nobody would look for the canary in vain."""
    missing = []
    for table in tables():
        for name, held in table.fields.items():
            label = f"{table.model}.{name}"
            field = next(
                one for one in table.table._meta.concrete_fields if name in (one.name, one.attname)
            )
            room = getattr(field, "max_length", None) or 99
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
            if held.holds is Holds.NOTHING or not is_text or label in NO_ROOM or room < len(NAME):
                continue
            if name in ("time_zone", "last_error"):
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT 1 FROM "{table.table._meta.db_table}" WHERE "{field.column}"::text'
                    " ~* 'quetz' LIMIT 1"
                )
                if cursor.fetchone() is None:
                    missing.append(label)
    return missing


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
        "charts": [shapes(client.get(page).content.decode()) for page in ("/", *pages)],
        "rows": rows(),
    }


def shapes(html: str) -> list[tuple[str, str]]:
    """The geometry of everything that is drawn on a page."""
    drawn = BeautifulSoup(html, "html.parser").select("svg *")
    wanted = ("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height")
    return [(name, tag[name]) for tag in drawn for name in wanted if tag.has_attr(name)]


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

    with acting_as(by):
        done = erase_person(person=person, by=by, now=world.now)

    after = {"dump": dump(), "sessions": sessions(), "valkey": valkey(), "media": media()}
    assert {name: hits(text) for name, text in after.items() if hits(text)} == {}
    assert hits(caplog.text) == []
    now = numbers(world)
    assert {name: (was[name], now[name]) for name in was if was[name] != now[name]} == {}
    assert done.counts["files"] == 4
    assert Placement.objects.filter(person=person).count() == 1
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
    assert Metric.objects.exists()
    monkeypatch.delitem(personal._tables.entries, "kpis.Kpi")
    erase_person(person=person, by=by, now=world.now)
    left = dump()
    assert hits(left)
    assert "kpis_kpi" in left


def test_needles_are_found_in_any_dress():
    assert hits("nothing to see") == []
    assert len(hits(f"{NAME} {EMAIL}")) == 3
    assert change_touchpoint
