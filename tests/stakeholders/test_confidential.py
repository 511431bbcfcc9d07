"""Pages of maps are kept by nobody, and no administrator opens one unnoticed."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from core.policies import policies, routes
from portfolio.models import Product
from stakeholders.models import ConfidentialRead
from stakeholders.services.reads import note_read
from stakeholders.views.confidential import confidential, no_store
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    ProductFactory,
)
from tests.factories.portfolio import PersonFactory as AccountFactory
from tests.factories.stakeholders import NOW, PersonFactory, PlacementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner")


def ask(view, user, product=None, **kwargs):
    """What the view answers `user`, as the middleware hands it over."""
    request = RequestFactory().get("/")
    request.user = user
    if product is not None:
        request.product = Product.objects.with_viewer(user).get(pk=product.pk)
    return view(request, **kwargs)


@confidential("the map")
def a_map(request, **kwargs):
    return HttpResponse("Okoye is here", headers={"ETag": '"1"', "Last-Modified": "yesterday"})


def test_neither_a_copy_nor_a_mark_of_the_answer_is_kept(product):
    response = ask(a_map, AccountFactory(), product)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert not {"ETag", "Last-Modified"} & set(response.headers)


def test_an_administrator_who_is_nothing_else_to_the_product_is_noted(product):
    admin = AdministratorFactory(email="adm@example.org")
    ask(a_map, admin, product)
    read = ConfidentialRead.objects.get()
    assert (read.user, read.user_label, read.product, read.person, read.what, read.at) == (
        admin,
        "adm@example.org",
        product,
        None,
        "the map",
        NOW,
    )


@pytest.mark.parametrize("role", ["manager", "grant", "lead", "no administrator"])
def test_whoever_may_open_it_anyway_is_not_noted(product, role):
    user = AccountFactory() if role == "no administrator" else AdministratorFactory()
    if role == "lead":
        LeadFactory(user=user, portfolio=product.portfolio)
    elif role != "no administrator":
        grant = role == "grant"
        MembershipFactory(
            user=user,
            product=product,
            role="contributor" if grant else "manager",
            stakeholder_grant=grant,
        )
    ask(a_map, user, product)
    assert not ConfidentialRead.objects.exists()


def test_a_contributor_without_the_grant_who_administers_is_noted(product):
    admin = AdministratorFactory()
    MembershipFactory(user=admin, product=product, role="contributor", stakeholder_grant=False)
    ask(a_map, admin, product)
    assert ConfidentialRead.objects.count() == 1


def test_a_page_of_all_maps_is_noted_while_one_of_them_is_not_theirs(product):
    admin = AdministratorFactory()
    MembershipFactory(user=admin, product=product, role="manager")
    ask(a_map, admin)
    assert not ConfidentialRead.objects.exists()
    ProductFactory()
    ask(a_map, admin)
    assert ConfidentialRead.objects.get().product is None


def test_the_person_of_the_address_is_kept(product):
    admin, placement = AdministratorFactory(), PlacementFactory(product=product)
    ask(a_map, admin, product, placement_id=placement.pk)
    ask(a_map, admin, person_id=PersonFactory(name="Lind").pk)
    assert [str(read.person) for read in ConfidentialRead.objects.order_by("pk")] == [
        str(placement.person),
        "Lind",
    ]


def test_reloading_within_a_minute_is_one_reading(product):
    admin, other = AdministratorFactory(), AdministratorFactory()
    for seconds in (0, 30, 59, 60, 61):
        with time_machine.travel(NOW + dt.timedelta(seconds=seconds), tick=False):
            ask(a_map, admin, product)
    assert ConfidentialRead.objects.count() == 2
    ask(a_map, other, product)
    ask(confidential("a card")(lambda _: HttpResponse()), admin, product)
    ask(a_map, admin, ProductFactory())
    assert ConfidentialRead.objects.count() == 5


@pytest.mark.parametrize(
    ("status", "rows"), [(200, 1), (409, 1), (422, 1), (302, 0), (403, 0), (404, 0), (405, 0)]
)
def test_only_an_answer_that_shows_something_is_noted(product, status, rows):
    ask(confidential("x")(lambda _: HttpResponse(status=status)), AdministratorFactory(), product)
    assert ConfidentialRead.objects.count() == rows


def test_what_can_not_be_noted_is_not_shown(product, monkeypatch):
    def fails(**_):
        raise DatabaseError("full")

    monkeypatch.setattr("stakeholders.views.confidential.note_read", fails)
    with pytest.raises(DatabaseError):
        ask(a_map, AdministratorFactory(), product)


def test_a_file_is_noted_before_its_first_line_is_sent(product):
    sent = []

    def lines():
        sent.append(ConfidentialRead.objects.count())
        yield b"a"

    view = confidential("a file")(lambda _: StreamingHttpResponse(lines()))
    assert b"".join(ask(view, AdministratorFactory(), product)) == b"a"
    assert sent == [1]


def test_a_page_of_the_directory_is_kept_by_nobody_and_noted_nowhere():
    response = ask(no_store(lambda _: HttpResponse()), AdministratorFactory())
    assert response.headers["Cache-Control"] == "private, no-store"
    assert not ConfidentialRead.objects.exists()


def test_a_reader_whose_account_goes_is_still_named(product):
    admin = AdministratorFactory(email="gone@example.org")
    note_read(by=admin, product_id=product.pk, person_id=None, what="the map", now=NOW)
    admin.delete()
    read = ConfidentialRead.objects.get()
    assert (read.user, read.user_label) == (None, "gone@example.org")


# Pages that show the directory alone; everything else of maps notes its readers.
DIRECTORY = {
    "person_list",
    "person_export",
    "person_create",
    "person_edit",
    "read_list",
    "settings",
}
# Their forms show nothing; what they give for a password is kept as a reading each time.
NOTES_BY_ITSELF = {"person_record", "map_export"}


def test_every_page_of_the_app_is_kept_by_nobody():
    mine = [route for route in routes() if (route.name or "").startswith("stakeholders:")]
    assert mine
    assert [route.name for route in mine if not getattr(route.callback, "is_unkept", False)] == []


def test_every_page_that_shows_something_of_maps_notes_its_readers():
    table, silent = policies(), []
    for route in routes():
        app, _, name = (route.name or "").partition(":")
        if app != "stakeholders" or name in DIRECTORY | NOTES_BY_ITSELF:
            continue
        assert table[route.name] in ("product.map", "stakeholder.use", "administrator")
        if not getattr(route.callback, "reads", ""):
            silent.append(name)
    assert silent == []


def test_what_is_read_fits_into_its_column():
    longest = ConfidentialRead._meta.get_field("what").max_length
    assert [r.name for r in routes() if len(getattr(r.callback, "reads", "")) > longest] == []


def test_the_database_writes_neither_rows_nor_statements_into_its_log():
    wanted = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
    compose = (settings.BASE_DIR / "docker-compose.yml").read_text()
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)
            assert f'"{name}={value}"' in compose
