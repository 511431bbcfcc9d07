"""The pages of administrators: the record of a person, and the one that erases."""

from __future__ import annotations

import datetime as dt
import json
import logging

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.mail import queue_mail
from core.models import Erasure
from imports.models import ImportRun
from imports.services import store_upload
from kpis.models import Measurement
from stakeholders.models import ConfidentialRead, Person, Placement
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.factories.kpis import KpiFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import (
    NOW,
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(client):
    user = AdministratorFactory(email="adm@example.org", name="Ada Min", password=PASSWORD)
    client.force_login(user)
    return user


@pytest.fixture
def dana(admin):
    """Somebody with something in every table."""
    user = UserFactory(name="Dana Reyes", email="dana@example.org", time_zone="Asia/Tokyo")
    product = ProductFactory(name="Shift Planner", description="Wished for by Dana Reyes.")
    MembershipFactory(user=user, product=product)
    person = PersonFactory(
        name="Dana Reyes", email="dana@example.org", role="Head of Ports", user=user
    )
    PlacementFactory(person=person, product=product, note="note-of-place", plan_reason="why-plan")
    MoveFactory(person=person, product=product, why="why-moved", by=user)
    TouchpointFactory(person=person, product=product, note="note-of-talk", mood=-2)
    SnoozeFactory(person=person, product=product, reason="why-snoozed")
    kpi = KpiFactory(product=product)
    Measurement.objects.create(kpi=kpi, date=NOW.date(), value=1, entered_by=user.pk)
    queue_mail(kind="test", to=user.email, subject="mail-to-them", text="x", html="x", now=NOW)
    return person


HELD = (
    *("Dana Reyes", "dana@example.org", "Head of Ports", "Asia/Tokyo", "Shift Planner"),
    *("note-of-place", "why-plan", "why-moved", "note-of-talk", "Angry", "why-snoozed"),
    *("mail-to-them", "Wished for by Dana Reyes."),
)


def record(person):
    return f"/stakeholders/people/{person.pk}/record/"


def erase(person):
    return f"/stakeholders/people/{person.pk}/erase/"


def text_of(response):
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def test_the_record_holds_everything_and_is_noted(client, admin, dana):
    page = client.get(record(dana))
    assert page.status_code == 200
    assert not [word for word in HELD[3:] if word in text_of(page)]
    assert not ConfidentialRead.objects.exists()
    shown = client.post(record(dana), {"as_what": "page", "password": PASSWORD})
    assert shown.status_code == 200
    assert [word for word in HELD if word not in text_of(shown)] == []
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert not shown.headers.get("ETag")
    read = ConfidentialRead.objects.get()
    assert (read.user, read.person, read.what, read.at) == (admin, dana, "record", NOW)


def test_the_file_holds_what_the_page_holds(client, dana):
    dana.role = "Head of Docks"
    dana.save()
    answer = client.post(record(dana), {"as_what": "file", "password": PASSWORD})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record-dana-reyes.json"'
    told = json.loads(answer.content)
    words = json.dumps(told, ensure_ascii=False)
    assert [word for word in (*HELD, "Head of Docks") if word not in words] == []
    assert told["held"]["stakeholders.Touchpoint"]["today"][0]["mood"] == "Angry"
    former = told["held"]["stakeholders.Person"]["formerly"]
    assert [row["role"] for row in former][-2:] == ["Head of Ports", "Head of Docks"]
    assert told["done_by_them"]["figures"] == 1
    assert "password" not in words.replace("Your password", "").lower()
    assert ConfidentialRead.objects.count() == 1
    client.post(record(dana), {"as_what": "file", "password": PASSWORD})
    assert ConfidentialRead.objects.count() == 2


@pytest.mark.parametrize("page", [record, erase])
def test_a_wrong_password_shows_and_does_nothing(client, dana, page):
    data = {"as_what": "page", "typed": dana.email}
    for given in ("", "wrong", "wrong" * 200, "\x00"):
        answer = client.post(page(dana), {**data, "password": given})
        assert answer.status_code == 422
        assert "note-of-talk" not in text_of(answer)
    assert not ConfidentialRead.objects.filter(what="record").exists()
    assert not Erasure.objects.exists()


def test_guesses_are_counted_like_sign_ins(client, dana):
    for _ in range(10):
        client.post(record(dana), {"as_what": "page", "password": "wrong"})
    answer = client.post(record(dana), {"as_what": "page", "password": PASSWORD})
    assert answer.status_code == 422
    assert "Too many tries" in text_of(answer)


def test_people_of_the_demo_have_no_password_to_give(client, admin, dana, settings):
    User.objects.filter(pk=admin.pk).update(is_demo=True)
    settings.DEMO = True
    assert "note-of-talk" in text_of(client.post(record(dana), {"as_what": "page"}))
    settings.DEMO = False
    assert client.post(record(dana), {"as_what": "page"}).status_code == 422


@pytest.mark.parametrize("page", [record, erase])
@pytest.mark.parametrize("link", ["account", "e-mail", "merge"])
def test_somebody_else_has_to_do_it(client, admin, page, link):
    own = PersonFactory(
        name="Ada", email="adm@example.org" if link == "e-mail" else "ada@example.org",
        user=admin if link != "e-mail" else None,
    )  # fmt: skip
    PlacementFactory(person=own, note="note-of-place")
    person = PersonFactory(name="A. Min", merged_into=own) if link == "merge" else own
    data = {"as_what": "page", "typed": person.email, "password": PASSWORD}
    for answer in (client.get(page(person)), client.post(page(person), data)):
        assert "Somebody else has to do this." in text_of(answer)
        assert "note-of-place" not in text_of(answer)
        assert "places on maps" not in text_of(answer)
    assert not Erasure.objects.exists()
    assert not ConfidentialRead.objects.filter(what="record").exists()


@pytest.mark.parametrize("page", [record, erase])
def test_only_administrators_may(client, dana, page):
    manager = UserFactory(password=PASSWORD)
    MembershipFactory(user=manager, product=Placement.objects.get().product, role="manager")
    client.force_login(manager)
    data = {"as_what": "page", "typed": dana.email, "password": PASSWORD}
    assert client.get(page(dana)).status_code == 403
    assert client.post(page(dana), data).status_code == 403
    assert not Erasure.objects.exists()


def test_the_page_says_what_goes_what_stays_and_where_they_are_named(client, dana):
    words = text_of(client.get(erase(dana)))
    for part in (
        f"the account of {dana.user} ({dana.user.email}): nobody signs in to it any more",
        "contacts: 1",
        "places on maps: 1",
        "Products, description",
        "Wished for by Dana Reyes.",
        "These stay without anyone who looks after them",
    ):
        assert part in words
    assert "note-of-talk" not in words


def test_erasing_through_the_page(client, admin, dana, caplog, django_capture_on_commit_callbacks):
    upload = store_upload([b"name,e-mail\nDana Reyes,dana@example.org\n"], name="people.csv")
    run = ImportRun.objects.create(
        kind="products", state="done", file=upload.file, file_name="people.csv", size=upload.size,
        sha256=upload.sha256, by=admin, created_at=NOW, outcome={"rows": 1},
    )  # fmt: skip
    form = BeautifulSoup(client.get(erase(dana)).content, "html.parser").find("form", class_="form")
    ticked = [box["value"] for box in form.find_all("input", checked=True)]
    assert ticked == ["portfolio.Product.description"]
    with django_capture_on_commit_callbacks(execute=True), caplog.at_level(logging.DEBUG):
        answer = client.post(
            erase(dana), {"replace": ticked, "typed": "DANA@example.org", "password": PASSWORD}
        )
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    assert "Nothing is held about them any more." in text_of(page)
    assert "1 imported file was deleted" in text_of(page)
    assert "dana" not in text_of(page).lower()
    run.refresh_from_db()
    assert (run.file, run.outcome) == ("", {"rows": 1})
    assert not upload.path.exists()
    assert "dana" not in caplog.text.lower()
    assert client.get(record(dana)).status_code == 200
    assert "Nothing is held" in text_of(client.post(record(dana), {"password": PASSWORD}))
    assert client.post(erase(dana), {"password": PASSWORD}).status_code == 200
    assert Erasure.objects.count() == 1


def test_without_ticks_the_name_stays_in_texts(client, dana):
    client.post(erase(dana), {"typed": dana.email, "password": PASSWORD})
    product = Placement.objects.get().product
    assert product.description == "Wished for by Dana Reyes."
    assert Person.objects.get(pk=dana.pk).erased_at


def test_one_word_and_a_namesake_are_not_ticked(client, admin):
    ProductFactory(description="May we? Will asks. And Kim Lee.")
    for person in (PersonFactory(name="May"), PersonFactory(name="Kim Lee")):
        PersonFactory(name="kim lee")
        page = client.get(erase(person))
        assert "Products, description" in text_of(page)
        assert not BeautifulSoup(page.content, "html.parser").find_all("input", checked=True)


def test_the_last_administrator_and_a_file_at_work_are_told(client, admin, dana):
    upload = store_upload([b"Dana Reyes\n"], name="a.csv")
    ImportRun.objects.create(
        kind="products", state="publishing", file=upload.file, file_name="a.csv",
        size=1, sha256="x", by=admin, created_at=NOW,
    )  # fmt: skip
    answer = client.post(erase(dana), {"typed": dana.email, "password": PASSWORD})
    assert answer.status_code == 409
    assert "is being imported" in text_of(answer)
    dana.refresh_from_db()
    assert dana.erased_at is None
    assert User.objects.filter(email="dana@example.org", is_active=True).exists()


@pytest.mark.parametrize("typed", ["", "dana", "\x00", "x" * 5000, "<b>", "dana@example.org\n,"])
def test_the_wrong_address_erases_nobody(client, dana, typed):
    answer = client.post(
        erase(dana), {"typed": typed, "password": PASSWORD, "replace": ["nonsense", "\x00"]}
    )
    assert answer.status_code == 422
    assert not Erasure.objects.exists()


def test_nobody_is_there(client, admin):
    for key in (0, 2**62):
        assert client.get(f"/stakeholders/people/{key}/record/").status_code == 404
        assert client.post(f"/stakeholders/people/{key}/erase/").status_code == 404


def test_reading_costs_no_more_for_more_rows(client, dana):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.post(record(dana), {"as_what": "page", "password": PASSWORD})
        return len(queries)

    cost()
    before = cost()
    for number in range(5):
        TouchpointFactory(person=dana, day=NOW.date() - dt.timedelta(days=number))
    assert cost() == before
