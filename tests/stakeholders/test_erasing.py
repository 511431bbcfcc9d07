"""Erasing: what goes, what stays, who may not, and that twice is once."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SignInBucket, User
from accounts.services import LastAdministratorError, take_sign_in_token
from core.audit import event_model
from core.mail import queue_mail
from core.models import Erasure, HistoryRewrite, OutboundMail
from core.personal import PLACEHOLDER
from health.models import HealthSettings, HealthSnapshot
from kpis.models import Measurement, MeasurementChange, SegmentWeight
from portfolio.models import Product, ProductSlug, Team
from stakeholders.models import Move, Person, Placement, Touchpoint
from stakeholders.selectors.traces import human_of, namesakes, traces_of
from stakeholders.services.erasing import erase_person, erasures_of
from stakeholders.services.placements import NotOneself
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.factories.kpis import KpiFactory
from tests.factories.portfolio import ProductFactory, TeamFactory
from tests.factories.stakeholders import (
    NOW,
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin():
    return AdministratorFactory(email="adm@example.org", name="Ada Min")


@pytest.fixture
def dana():
    return PersonFactory(name="Dana Reyes", email="dana@example.org", role="Head of Ports")


def erase(person, admin, **options):
    return erase_person(person=person, by=admin, now=NOW, **options)


def history(model, *fields):
    return [
        tuple(row) for row in event_model(model).objects.order_by("pgh_id").values_list(*fields)
    ]


def test_the_row_stays_and_says_nothing(dana, admin):
    erase(dana, admin)
    dana.refresh_from_db()
    assert (dana.name, dana.role, dana.department, dana.user) == (PLACEHOLDER, "", None, None)
    assert dana.email.endswith("@invalid")
    assert dana.erased_at == NOW
    assert {row[0] for row in history(Person, "name")} == {PLACEHOLDER}
    assert not {row for row in history(Person, "email", "role") if "dana" in row[0] or row[1]}


def test_places_and_contacts_stay_without_words(dana, admin):
    place = PlacementFactory(person=dana, note="Dana is loud", pin_reason="a", plan_reason="b")
    MoveFactory(person=dana, product=place.product, why="promoted")
    contact = TouchpointFactory(person=dana, product=place.product, note="shouted", mood=-2)
    other = TouchpointFactory(note="calm")
    erase(dana, admin)
    place.refresh_from_db()
    contact.refresh_from_db()
    other.refresh_from_db()
    assert (place.note, place.pin_reason, place.plan_reason) == ("", "", "")
    assert (place.involvement, place.power) == (20, 80)
    assert (contact.note, contact.mood, other.note) == ("", -2, "calm")
    assert Move.objects.get().why == ""
    assert not Placement.objects.seen_by(admin).exists()
    notes = {row for row in history(Touchpoint, "note") if row != ("calm",)}
    assert notes == {("",)}
    assert {row[0] for row in history(Placement, "note")} == {""}


def test_merged_records_go_with_it_whichever_is_named(admin):
    kept = PersonFactory(name="Dana Reyes")
    part = PersonFactory(name="D. Reyes", merged_into=kept)
    deeper = PersonFactory(name="Reyes D", merged_into=part)
    stranger = PersonFactory(name="Lind")
    erase(part, admin)
    names = Person.objects.order_by("pk").values_list("pk", "name")
    assert dict(names) == {
        kept.pk: PLACEHOLDER,
        part.pk: PLACEHOLDER,
        deeper.pk: PLACEHOLDER,
        stranger.pk: "Lind",
    }
    assert [len(erasures_of(one)) for one in (kept, part, deeper, stranger)] == [1, 1, 1, 0]


@pytest.mark.parametrize("link", ["account", "e-mail"])
def test_the_account_can_not_be_signed_in_to(dana, admin, link):
    email = "dana@example.org" if link == "account" else "DANA@example.org"
    user = UserFactory(email=email, name="Dana R.", password=PASSWORD)
    if link == "account":
        Person.objects.filter(pk=dana.pk).update(user=user)
    browser = Client()
    browser.force_login(user)
    assert browser.get("/profile/").status_code == 200
    erase(dana, admin)
    user.refresh_from_db()
    assert (user.name, user.is_active, user.has_usable_password()) == (PLACEHOLDER, False, False)
    assert user.email.endswith("@invalid")
    assert browser.get("/profile/").status_code == 302
    assert not Client().login(email=email, password=PASSWORD)
    assert not [row for row in history(User, "email", "name") if "ana" in " ".join(row)]
    assert not Session.objects.exists()


def test_nobody_erases_themself_nor_the_last_administrator(dana, admin):
    own = PersonFactory(name="Ada", email="other@example.org", user=admin)
    part = PersonFactory(name="Min", merged_into=own)
    for one in (own, part):
        with pytest.raises(NotOneself):
            erase(one, admin)
    by_mail = PersonFactory(name="Ada Min", email="ADM@example.org")
    with pytest.raises(NotOneself):
        erase(by_mail, admin)
    other = AdministratorFactory(email="second@example.org")
    person = PersonFactory(email="second@example.org")
    User.objects.filter(pk=admin.pk).update(is_active=False)
    with pytest.raises(LastAdministratorError):
        erase(person, admin)
    person.refresh_from_db()
    other.refresh_from_db()
    assert person.erased_at is None
    assert other.is_active


def test_twice_is_once(dana, admin):
    first = erase(dana, admin)
    email = Person.objects.get(pk=dana.pk).email
    rewrites = HistoryRewrite.objects.count()
    assert erase(dana, admin) == first
    assert Person.objects.get(pk=dana.pk).email == email
    assert (Erasure.objects.count(), HistoryRewrite.objects.count()) == (1, rewrites)


def test_the_erasure_names_nobody(dana, admin):
    TouchpointFactory(person=dana, note="Dana Reyes was there")
    row = erase(dana, admin)
    assert (row.by, row.at, row.subject) == (admin.pk, NOW, f"stakeholders.person {dana.pk}")
    assert row.counts["records"] == 1
    assert "ana" not in json.dumps(row.counts)


TEXT = "Ask Dana Reyes, or Reyes, Dana, or DANA@example.org; Dana Reyesson and a.dana@example.org"
HIDDEN = "Ask {0}, or {0}, or {0}; Dana Reyesson and a.dana@example.org".format("an erased person")


def test_names_in_other_texts_are_replaced_in_history_too(dana, admin):
    product = ProductFactory(description=TEXT, mission="Nobody here")
    Product.objects.filter(pk=product.pk).update(mission="For Dana\u00a0Reyes")
    Product.objects.filter(pk=product.pk).update(mission="For all")
    version = product.version
    erase(dana, admin)
    product.refresh_from_db()
    assert (product.description, product.version) == (HIDDEN, version + 1)
    assert {row[0] for row in history(Product, "description")} == {HIDDEN}
    assert ("For an erased person",) in history(Product, "mission")


def test_where_it_is_wanted_the_name_stays(dana, admin):
    product = ProductFactory(description=TEXT, mission="By Dana Reyes")
    erase(dana, admin, keep_in=["portfolio.Product.description"])
    product.refresh_from_db()
    assert (product.description, product.mission) == (TEXT, "By an erased person")
    assert {row[0] for row in history(Product, "description")} == {TEXT}


def test_keys_stay_apart_and_addresses_are_addresses(dana, admin):
    TeamFactory(name="an erased person")
    TeamFactory(name="Dana Reyes")
    TeamFactory(name="dana reyes’")
    product = ProductFactory(slug="dana-reyes-desk", link="https://wiki.example/dana_reyes?x=1")
    ProductSlug.objects.create(slug="dana-reyes", product=product, since=NOW)
    ProductFactory(slug="erased-person-desk")
    erase(dana, admin)
    product.refresh_from_db()
    assert product.slug == "erased-person-desk-2"
    assert product.link == "https://wiki.example/erased-person?x=1"
    assert ProductSlug.objects.get().slug == "erased-person"
    assert set(Team.objects.exclude(name="Rosters").values_list("name", flat=True)) >= {
        "an erased person",
        "an erased person (2)",
        "an erased person’",
    }


def test_segments_keep_their_weights(dana, admin):
    kpi = KpiFactory()
    SegmentWeight.objects.create(kpi=kpi, segment="Dana Reyes", weight=2)
    old = {"kpi": kpi, "date": NOW.date(), "segment": "Dana Reyes"}
    Measurement.objects.create(**old, value=1, note="told by Dana Reyes")
    Measurement.objects.filter(**old).update(value=2)
    erase(dana, admin)
    figure = Measurement.objects.get()
    assert (figure.segment, figure.note) == ("an erased person", "told by an erased person")
    assert SegmentWeight.objects.get().segment == figure.segment
    changes = json.dumps(list(MeasurementChange.objects.values("segment", "before", "after")))
    assert "Reyes" not in changes
    assert MeasurementChange.objects.filter(before__value=1).exists()


def test_mails_to_them_and_about_them_go_others_stay(dana, admin):
    words = {"subject": "Hello", "html": "<p>x</p>", "now": NOW, "kind": "test"}
    queue_mail(to="DANA@example.org", text="x", **words)
    long = "so that the line is broken somewhere in the middle of all these words about "
    queue_mail(to="lind@example.org", text=f"{long} Dana Reyes and her desk", **words)
    queue_mail(to="lind@example.org", text="x", reply_to="dana@example.org", **words)
    kept = queue_mail(to="lind@example.org", text="x", **words)
    erase(dana, admin)
    assert list(OutboundMail.objects.all()) == [kept]


def test_news_and_tries_that_name_them_go(dana, admin):
    browser = Client()
    browser.force_login(admin)
    session = browser.session
    session["_messages"] = '[["__json_message",0,25,"Dana Reyes is entered.",""]]'
    session.save()
    take_sign_in_token(email="dana@example.org", address="192.0.2.1")
    erase(dana, admin)
    assert "_messages" not in browser.session
    assert browser.get("/profile/").status_code == 200
    assert not SignInBucket.objects.exists()


def test_a_former_name_that_is_somebody_elses_is_left_to_them(admin):
    dana = PersonFactory(name="Typed Wrong", email="lind@example.org")
    Person.objects.filter(pk=dana.pk).update(name="Dana Reyes", email="dana@example.org")
    lind = PersonFactory(name="Lind Okoye", email="lind@example.org")
    kept, named = (
        queue_mail(to=lind.email, subject=subject, text="x", html="x", now=NOW, kind="test")
        for subject in ("Hello", "About Typed Wrong")
    )
    human = human_of(dana)
    assert human.mentions.emails == ("dana@example.org",)
    assert set(human.mentions.names) == {"Dana Reyes", "Typed Wrong"}
    erase(dana, admin)
    assert list(OutboundMail.objects.all()) == [kept]
    assert named not in OutboundMail.objects.all()
    lind.refresh_from_db()
    assert lind.email == "lind@example.org"


def test_traces_are_counted_and_shown_but_for_maps(dana, admin):
    ProductFactory(description=TEXT)
    PlacementFactory(note="works with Dana Reyes")
    own = PersonFactory(user=admin)
    PlacementFactory(person=own, note="afraid of Dana Reyes")
    PlacementFactory(person=dana, note="Dana Reyes herself")
    found = {one.key: one for one in traces_of(human_of(dana), admin)}
    assert set(found) == {"portfolio.Product.description", "stakeholders.Placement.note"}
    assert found["portfolio.Product.description"].excerpts[0].startswith("Ask Dana Reyes")
    place = found["stakeholders.Placement.note"]
    assert (place.count, place.excerpts) == (1, ())
    erase(dana, admin)
    assert not Placement.objects.filter(note__contains="Dana").exists()


def test_namesakes_are_told(dana):
    assert namesakes(human_of(dana)) == 0
    UserFactory(name="dana reyes", email="x@example.org")
    PersonFactory(name="Dana Reyes", email="X@example.org")
    assert namesakes(human_of(dana)) == 1


def test_history_is_still_closed_to_everything_else(dana, admin):
    erase(dana, admin)
    for statement in (
        "UPDATE stakeholders_personevent SET name = 'x'",
        "DELETE FROM stakeholders_personevent",
        "UPDATE core_historyrewrite SET rows = 0",
        "DELETE FROM core_erasure",
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_function_rewrites_nothing_but_history_and_logs_each_time(dana, admin):
    call = "SELECT core_rename_in_history(%s, %s::regclass, %s, 'a', 'a', 'a')"
    some = "00000000-0000-0000-0000-000000000001"
    for table, columns in (
        ("stakeholders_person", ["name"]),
        ("core_erasure", ["subject"]),
        ("stakeholders_personevent", ["pgh_label"]),
    ):
        with pytest.raises(Exception, match="history"), transaction.atomic():
            connection.cursor().execute(call, [some, table, columns])
    assert not HistoryRewrite.objects.exists()
    row = erase(dana, admin)
    told = HistoryRewrite.objects.filter(table="stakeholders_personevent")
    assert told.exists()
    assert {one.erasure for one in told} == {row.pk}


def test_copies_in_snapshots_are_found_without_a_history(dana, admin):
    """A metric that was made before histories were kept: only its row of today names anybody."""
    metric = KpiFactory().metric
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kpis_metric DISABLE TRIGGER USER")
        cursor.execute("UPDATE kpis_metric SET name = %s", ["Joy of Dana Reyes"])
        cursor.execute("ALTER TABLE kpis_metric ENABLE TRIGGER USER")
    product = metric.kpis.get().product
    plan = {"kpis": [{"name": "Joy of Dana Reyes"}]}
    HealthSnapshot.objects.create(
        product=product, day=NOW.date(), status="unknown", confidence=0, plan=plan, explanation={},
        settings=HealthSettings.objects.latest(), computed_at=NOW,
    )  # fmt: skip
    erase(dana, admin)
    row = HealthSnapshot.objects.get(product=product)
    assert row.plan == {"kpis": [{"name": "Joy of an erased person"}]}


def test_places_are_held_before_people_as_by_whoever_writes_about_them(dana, admin):
    PlacementFactory(person=dana)
    with CaptureQueriesContext(connection) as queries:
        erase(dana, admin)
    held = [one["sql"] for one in queries if " FOR UPDATE" in one["sql"]]
    tables = [sql.split(" FROM ")[1].split()[0].strip('"') for sql in held]
    assert tables.index("stakeholders_placement") < tables.index("stakeholders_person")
