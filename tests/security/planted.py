"""Somebody planted wherever Homegrown can come to know of them: through the services first, then
into every field of the registry of personal data that could name them.
"""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.utils.text import slugify
from openpyxl import Workbook
from pghistory.models import Context

from accounts.services import invite_user, take_sign_in_token
from core.audit import acting_as
from core.mail import queue_mail, withdraw
from core.models import MailPace, MailSwitch
from core.personal import Holds, PersonalData, tables
from health.models import HealthSnapshot
from health.services import roll_up
from imports.models import ImportedObject, ImportRun, RefusedValue, UndoRefusal
from imports.services import store_upload
from intake.enums import StepKind
from intake.models import Attachment
from intake.services.steps import record_step
from intake.services.storing import write_file
from kpis import services as kpi_services
from kpis.models import SegmentWeight
from kpis.services import KpiPlan
from personas.models import DuplicateDismissal, SharedPersonaDismissal
from portfolio.models import ProductSlug
from portfolio.services import set_member, update_product
from stakeholders.models import Person
from stakeholders.rules import SuggestionKey
from stakeholders.selectors.traces import human_of
from stakeholders.services import people
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
from tests.factories.digests import EditionFactory, ReaderFactory
from tests.factories.intake import (
    BookingFactory,
    FieldNoteFactory,
    RequestFactory,
    SessionFactory,
    SlotFactory,
    VoiceFactory,
    WaitingPlaceFactory,
)
from tests.factories.kpis import MetricFactory
from tests.factories.personas import PersonaFactory
from tests.world import World

NAME, FORMER, SECOND = "Quetz Xochi", "Quetz Maiden", "Xochi Quetz-Huitzil"
EMAIL, FORMER_EMAIL = "quetz.xochi@canary.example", "maiden.quetz@canary.example"
SECOND_EMAIL = "xochi@canary.example"
SLUG = slugify(NAME)
TEXT = f"Ask {NAME} or {EMAIL.upper()}, once {FORMER}: “{SECOND}” at /people/{SLUG}/."
# What can't hold a name; everything else has to hold one before it is worth anything that
# it holds none afterwards.
NO_ROOM = {"accounts.User.password", "core.OutboundMail.raw", "stakeholders.PersonMerge.moved"}


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
    _in_intake(world, user)
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
        said = [
            log_touchpoint(
                placement=place, kind="meeting", day=day, note=note, mood=-2, by=by, now=now
            )
            for note in (TEXT, f"{NAME} shouted")
        ]
        change_touchpoint(touchpoint=said[0], version=1, fields={"note": f"{NAME} left"})
        delete_touchpoint(touchpoint=said[1])
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


def _in_intake(world: World, user: Any) -> None:
    """What they asked, booked, waited for and were asked, and the news of it."""
    product = world.products["open"]
    who = {"user": user, "name": NAME, "email": EMAIL}
    asked = RequestFactory(product=product, reference="WS-31", goal=TEXT, by=user)
    VoiceFactory(request=asked, words=TEXT, **who)
    record_step(request=asked, kind=StepKind.SUBMITTED, by=user, now=world.now)
    guests = RequestFactory(product=product, reference="WS-32", goal="Know the gate")
    VoiceFactory(request=guests, **{**who, "user": None, "email": EMAIL.upper()})  # as a guest
    others = RequestFactory(product=product, reference="WS-33", goal="Know the ramp")
    VoiceFactory(request=others)
    for request, adder in ((asked, None), (guests, None), (others, user), (None, user)):
        add_file(request, adder, world.now)
    session = SessionFactory(product=product, host=world.people["administrator"])
    BookingFactory(slot=SlotFactory(session=session), **who)
    WaitingPlaceFactory(session=session, **who)
    FieldNoteFactory(product=product, text=TEXT, **who)


def add_file(request: Any, by: Any, now: dt.datetime, words: str = TEXT) -> Attachment:
    """A file of theirs, stored for a request or for none yet."""
    return Attachment.objects.create(
        request=request, file=write_file(words.encode()), name=f"{NAME}.txt", kind="txt",
        size=len(words.encode()), sha256="0" * 64, by=by, created_at=now,
    )  # fmt: skip


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
    mail = queue_mail(to=EMAIL, subject="S", **words)
    withdraw([mail.pk], TEXT)


def plant_everywhere_else(world: World, person: Person) -> None:
    """One row of every table, in every field that may name somebody; twice, for the history."""
    persona, product = PersonaFactory(name="Dilbert"), world.products["p2"]
    pairs = {"reason": "x", "dismissed_on": world.now.date()}
    first, second = sorted([persona.pk, PersonaFactory(name="Wally").pk])
    SharedPersonaDismissal.objects.get_or_create(first_id=first, second_id=second, defaults=pairs)
    first, second = sorted([product.pk, world.products["open"].pk])
    DuplicateDismissal.objects.get_or_create(first_id=first, second_id=second, defaults=pairs)
    MailPace.objects.get_or_create(pk=1, defaults={"epoch": uuid.uuid4()})
    MailSwitch.objects.get_or_create(pk=1)
    # Not the week to come, which the world's desk is preparing.
    week = world.things["p2"]["week"] - dt.timedelta(days=7)
    EditionFactory(issue__product=product, issue__week=week)
    ReaderFactory(person=person, suppressed_at=world.now, suppressed_why=TEXT,
                  suppressed_address=EMAIL)  # fmt: skip
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
    told = {**snapshots.latest("day").explanation, "told": TEXT}
    before = {"plan": {"kpis": [{"name": NAME}]}}
    snapshots.update(reason=TEXT, explanation=told, before=before)
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
        value = value[: field.max_length]
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
