"""Annotations: written once, changed by one at a time, deleted and put back, shown to the right."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity.models import Event
from core.history import sources
from core.versions import Conflict
from kpis import selectors, services
from kpis.models import Annotation
from kpis.rules import DateOutOfBounds
from tests.factories.kpis import NOW, TODAY, AnnotationFactory, KpiFactory
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FIELDS = {"day": TODAY, "kind": "mandate", "text": "Log-in is mandatory", "kpi": None}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def kpi(product):
    return KpiFactory(product=product)


@pytest.fixture
def dana(client, product):
    """The product's manager, signed in."""
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


def url(name, *args, **query):
    return reverse(f"kpis:annotation_{name}", args=["shift-planner", *args], query=query or None)


def write(product, **more):
    fields = {**FIELDS, **more.pop("fields", {})}
    return services.write_annotation(product=product, fields=fields, **more, now=NOW)


def test_the_same_form_sent_twice_is_one_annotation(product):
    dana, token = PersonFactory(), uuid4()
    first = write(product, by=dana, token=token)
    assert write(product, by=dana, token=token).pk == first.pk
    row = Annotation.objects.get()
    assert (row.day, row.kind, row.text, row.kpi, row.by) == (
        TODAY, "mandate", "Log-in is mandatory", None, dana,
    )  # fmt: skip
    assert Event.objects.filter(verb="marked in its charts:").count() == 1


def test_a_token_of_another_product_makes_its_own(product):
    token = uuid4()
    write(ProductFactory(), by=None, token=token)
    write(product, by=None, token=token)
    assert Annotation.objects.count() == 2


@pytest.mark.parametrize("fields", [{"product": None}, {"by": None}])
def test_other_fields_are_refused(product, fields):
    with pytest.raises(ValueError, match="Not for editing"):
        write(product, by=None, fields=fields)


def test_a_kpi_of_another_product_and_a_day_nobody_means_are_refused(product):
    with pytest.raises(ValueError, match="another product"):
        write(product, by=None, fields={"kpi": KpiFactory()})
    with pytest.raises(DateOutOfBounds):
        write(product, by=None, fields={"day": dt.date(1999, 12, 31)})
    assert not Annotation.objects.exists()


def test_whoever_is_second_overwrites_nothing(product):
    row = write(product, by=None)
    change = {"annotation": row, "version": 1, "by": None, "now": NOW}
    after = services.change_annotation(fields={**FIELDS, "text": "Mine"}, **change)
    assert (after.text, after.version) == ("Mine", 2)
    # The same once more is no change.
    again = services.change_annotation(fields={**FIELDS, "text": "Mine"}, **change)
    assert again.version == 2
    with pytest.raises(Conflict):
        services.change_annotation(fields={**FIELDS, "text": "Theirs"}, **change)
    assert Annotation.objects.get().text == "Mine"


def test_a_deleted_one_is_put_back_as_it_was(product, kpi):
    dana = PersonFactory()
    row = write(product, by=dana, fields={"kpi": kpi})
    services.delete_annotation(annotation=row, by=dana, now=NOW)
    services.delete_annotation(annotation=row, by=dana, now=NOW)
    assert not Annotation.objects.exists()
    back = {"product": product, "annotation_id": row.pk, "by": dana, "now": NOW + DAY}
    services.put_back_annotation(**back)
    services.put_back_annotation(**back)
    stands = Annotation.objects.get()
    for name in ("pk", "day", "kind", "text", "kpi", "by", "created_at", "version"):
        assert getattr(stands, name) == getattr(row, name), name


def test_nothing_is_put_back_on_another_product_or_without_its_kpi(product, kpi):
    row = write(product, by=None, fields={"kpi": kpi})
    services.delete_annotation(annotation=row, by=None, now=NOW)
    for stranger in (ProductFactory(), product):
        if stranger is product:
            kpi.delete()
        with pytest.raises(Annotation.DoesNotExist):
            services.put_back_annotation(product=stranger, annotation_id=row.pk, by=None, now=NOW)


def test_the_chart_of_a_kpi_has_its_own_and_those_of_the_product(product, kpi):
    mine = AnnotationFactory(product=product, kpi=kpi, day=TODAY - DAY)
    everyones = AnnotationFactory(product=product, day=TODAY - 2 * DAY)
    AnnotationFactory(product=product, kpi=KpiFactory(product=product))
    AnnotationFactory(day=TODAY)
    AnnotationFactory(product=product, kpi=kpi, day=TODAY - 10 * DAY)
    found = selectors.annotations_between(kpi, TODAY - 5 * DAY, TODAY)
    assert found == [mine, everyones]


def test_the_history_tells_of_them(product):
    row = write(product, by=None)
    services.change_annotation(
        annotation=row, version=1, fields={**FIELDS, "text": "Wiser"}, by=None, now=NOW
    )
    assert "kpi_annotations" in {source.key for source in sources()}
    told = selectors.annotation_history(product, PersonFactory(), None, 10)
    assert sorted((entry.what, entry.subject) for entry in told) == [
        ("added", "the annotation “Log-in is mandatory”"),
        ("changed", "the annotation “Wiser”"),
    ]


def test_a_day_is_marked_from_the_page_of_a_kpi(client, dana, product, kpi):
    address = url("create", kpi=kpi.pk, day="2026-11-02")
    page = open_page(client, address)
    assert page.soup.select_one("#id_day")["value"] == "2026-11-02"
    assert page.soup.select_one("#id_kpi option[selected]").text == kpi.metric.name
    token = page.soup.select_one("[name=token]")["value"]
    typed = {"day": "2026-11-02", "kind": "outage", "text": "Log-in was down", "token": token}
    for _ in range(2):
        answer = client.post(address, {**typed, "kpi": kpi.pk})
        assert answer["Location"] == kpi.get_absolute_url()
    row = Annotation.objects.get()
    assert (row.kpi, row.day, row.by) == (kpi, dt.date(2026, 11, 2), dana)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": ""}, "What happened is missing."),
        ({"day": "soon"}, "Enter a day, like 2026-11-21."),
        ({"day": "1850-01-01"}, "Enter a day from"),
        ({"kind": "party"}, "Select a valid choice"),
        ({"kpi": "999999999999999999999999"}, "Select a valid choice"),
    ],
)
def test_a_form_that_is_wrong_says_why_and_keeps_what_was_typed(client, dana, typed, words):
    sent = {"day": "2026-11-02", "kind": "outage", "text": "Log-in was down", **typed}
    answer = client.post(url("create"), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Annotation.objects.exists()


def test_an_edit_that_comes_second_shows_what_the_first_one_saved(client, dana, product):
    row = AnnotationFactory(product=product, text="First words")
    address = url("edit", row.pk)
    sent = {"day": str(TODAY), "kind": "other", "version": "1"}
    assert client.post(address, {**sent, "text": "Theirs"})["Location"] == url("list")
    late = client.post(address, {**sent, "text": "Mine"})
    assert late.status_code == 409
    assert "saved now “Theirs”, you typed “Mine”" in late.content.decode()
    assert client.post(address, {**sent, "version": "2", "text": "Mine"}).status_code == 302
    assert Annotation.objects.get().text == "Mine"


def test_deleting_can_be_undone_from_the_toast(client, dana, product, kpi):
    row = AnnotationFactory(product=product, kpi=kpi, text="Reorganised")
    assert "Reorganised" in client.get(url("delete", row.pk)).content.decode()
    answer = client.post(url("delete", row.pk, kpi=kpi.pk))
    assert answer["Location"] == kpi.get_absolute_url()
    undo = url("put_back", row.pk, kpi=kpi.pk)
    assert undo in client.get(answer["Location"]).content.decode()
    assert client.post(undo)["Location"] == kpi.get_absolute_url()
    assert Annotation.objects.get().text == "Reorganised"


@pytest.mark.parametrize("name", ["edit", "delete", "put_back"])
def test_an_annotation_of_another_product_is_not_there(client, dana, name):
    row = AnnotationFactory()
    assert client.post(url(name, row.pk), {"text": "x"}).status_code == 404


@pytest.mark.parametrize("asked", ["nonsense", "9" * 40, "²", "-1"])
def test_a_kpi_in_the_address_that_makes_no_sense_is_none(client, dana, asked):
    assert client.get(url("create", kpi=asked)).status_code == 200


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(client, dana, product, amount):
    for _ in range(amount):
        AnnotationFactory(product=product, kpi=KpiFactory(product=product), by=PersonFactory())
    client.get(url("list"))
    with CaptureQueriesContext(connection) as queries:
        page = open_page(client, url("list"))
    assert len(page.soup.select("tbody tr")) == amount
    assert len(queries) == 4


def test_the_list_is_paged_and_says_when_it_is_empty(client, dana, product):
    assert "Nothing is annotated yet" in open_page(client, url("list")).text
    for ago in range(31):
        AnnotationFactory(product=product, day=TODAY - ago * DAY, text=f"Day {ago}")
    page = open_page(client, url("list"))
    assert len(page.soup.select("tbody tr")) == 30
    older = page.soup.select_one(".pagination a")["href"]
    second = open_page(client, url("list") + older)
    assert [row.select_one("th").text for row in second.soup.select("tbody tr")] == ["Day 30"]
    assert "Newest" in second.text


def test_whoever_reads_the_product_reads_them_and_changes_none(client, product):
    row = AnnotationFactory(product=product, text="Reorganised")
    client.force_login(PersonFactory())
    page = open_page(client, url("list"))
    assert "Reorganised" in page.text
    assert not page.soup.select(f'a[href="{url("create")}"], a[href="{url("edit", row.pk)}"]')
    assert client.post(url("create"), {"text": "x"}).status_code == 403
