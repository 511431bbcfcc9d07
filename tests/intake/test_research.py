"""Field notes: what is kept of whom, what it speaks for, and whom nobody has seen for long."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from core.audit import event_model
from core.versions import Conflict
from intake.models import EdgeCase, Evidence, FieldNote, Quote
from intake.rules.consent import may_quote, whom
from intake.rules.debt import DebtLevel, research_debt
from intake.selectors.debt import research_debts
from intake.services.research import (
    Learned,
    NoConsent,
    change_field_note,
    delete_field_note,
    put_back_field_note,
    write_field_note,
)
from intake.services.suggestions import A_DAY, TooMany, drop_suggestion
from portfolio.models import Product
from tests.factories.accounts import UserFactory
from tests.factories.intake import FieldNoteFactory, OpportunityFactory
from tests.factories.personas import AudienceFactory, PersonaFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.htmx import difference, open_page, send_form

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


# Rules


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (0, DebtLevel.NONE),
        (59, DebtLevel.NONE),
        (60, DebtLevel.AMBER),
        (119, DebtLevel.AMBER),
        (120, DebtLevel.RED),
        (4000, DebtLevel.RED),
    ],
)
def test_debt_is_amber_from_60_days_and_red_from_120(days: int, level: DebtLevel) -> None:
    assert research_debt(ago(days), TODAY).level == level
    assert research_debt(ago(days), TODAY).days == days


def test_never_is_no_number() -> None:
    assert (research_debt(None, TODAY).days, research_debt(None, TODAY).level) == (None, "never")


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_debt_never_eases_by_waiting(days: int, more: int) -> None:
    order = [DebtLevel.NONE, DebtLevel.AMBER, DebtLevel.RED]
    now = order.index(research_debt(ago(days), TODAY).level)
    later = order.index(research_debt(ago(days), TODAY + dt.timedelta(days=more)).level)
    assert later >= now


@pytest.mark.parametrize(
    ("consent", "name", "department", "words"),
    [
        ("named", "Ana", "Finance", "Ana, Finance"),
        ("named", "Ana", "", "Ana"),
        ("named", "", "Finance", "Somebody in Finance"),
        ("quotes", "Ana", "Finance", "Somebody in Finance"),
        ("notes", "Ana", "", "Somebody"),
        ("not_asked", "Ana", "Finance", "Somebody in Finance"),
    ],
)
def test_by_name_only_with_consent(consent: str, name: str, department: str, words: str) -> None:
    assert whom(consent, name, department) == words
    assert may_quote(consent) == (consent in ("quotes", "named"))


# Services

pytest_db = pytest.mark.django_db


@pytest.fixture
def product(db: None) -> Product:
    return ProductFactory(slug="shift-planner")


@pytest.fixture
def dana(product: Product) -> User:
    return MembershipFactory(product=product, role="manager").user


@pytest.fixture
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def learned(**changes: Any) -> Learned:
    fields = {"kind": "interview", "day": ago(3), "text": "She keeps a list.", "consent": "quotes"}
    hung = {name: changes.pop(name) for name in list(changes) if name in Learned.__slots__}
    return Learned({**fields, **changes}, **hung)


def test_a_note_with_all_that_hangs_on_it(product: Product, dana: User) -> None:
    mine, other = OpportunityFactory(product=product), OpportunityFactory()
    token = uuid4()
    for _ in range(2):
        note = write_field_note(
            product=product,
            learned=learned(
                department="Finance",
                quotes=["I print it.", "I print it."],
                edge_cases=["Two rosters for one night"],
                opportunities=[mine.pk, other.pk],
            ),
            by=dana,
            now=NOW,
            token=token,
        )
    assert FieldNote.objects.get() == note
    assert note.department.name == "Finance"
    assert [one.text for one in note.quotes.all()] == ["I print it."]
    assert [one.opportunity for one in note.evidence.all()] == [mine]


def test_words_without_consent_are_not_kept(product: Product, dana: User) -> None:
    for consent in ("not_asked", "notes"):
        unasked = learned(consent=consent, quotes=["I print it."])
        with pytest.raises(NoConsent):
            write_field_note(product=product, learned=unasked, by=dana, now=NOW)
    assert not FieldNote.objects.exists()
    note = write_field_note(product=product, learned=learned(quotes=["Ha"]), by=dana, now=NOW)
    after = change_field_note(
        note=note, version=1, learned=learned(consent="notes"), by=dana, now=NOW
    )
    assert not after.quotes.exists()


def test_changing_keeps_checks_and_refuses_the_slower(product: Product, dana: User) -> None:
    note = write_field_note(
        product=product, learned=learned(edge_cases=["One", "Two"]), by=dana, now=NOW
    )
    EdgeCase.objects.filter(what="One").update(remedy="A test", checked_on=TODAY)
    for _ in range(2):  # the same form twice
        after = change_field_note(
            note=note, version=1, learned=learned(edge_cases=["One", "Three"]), by=dana, now=NOW
        )
    assert after.version == 2
    found = list(EdgeCase.objects.order_by("pk").values_list("what", "remedy"))
    assert found == [("One", "A test"), ("Three", "")]
    for change in ({"text": "Mine"}, {"edge_cases": ["Mine"]}):
        with pytest.raises(Conflict):
            change_field_note(note=note, version=1, learned=learned(**change), by=dana, now=NOW)


def test_a_deletion_is_taken_back_whole(product: Product, dana: User) -> None:
    opportunity = OpportunityFactory(product=product)
    note = write_field_note(
        product=product,
        learned=learned(quotes=["I print it."], edge_cases=["One"], opportunities=[opportunity.pk]),
        by=dana,
        now=NOW,
    )
    for _ in range(2):
        delete_field_note(note=note)
    assert not (Quote.objects.exists() or EdgeCase.objects.exists() or Evidence.objects.exists())
    assert put_back_field_note(product=ProductFactory(), note_id=note.pk) is None
    for _ in range(2):
        assert put_back_field_note(product=product, note_id=note.pk) == note
    assert [one.text for one in note.quotes.all()] == ["I print it."]
    assert note.edge_cases.count() == note.evidence.count() == 1


# Debt


@pytest_db
def test_interviews_and_observations_count_wherever_they_were() -> None:
    personas = [PersonaFactory() for _ in range(4)]
    _, suggested, watched, planned = personas
    FieldNoteFactory(persona=suggested, kind="suggestion", day=ago(1))
    FieldNoteFactory(persona=watched, kind="interview", day=ago(90))
    FieldNoteFactory(persona=watched, kind="observation", day=ago(70))
    FieldNoteFactory(persona=planned, day=TODAY + dt.timedelta(days=2))
    debts = research_debts([one.pk for one in personas], TODAY)
    assert [debts[one.pk].days for one in personas] == [None, None, 70, None]
    assert research_debts([watched.pk], ago(80))[watched.pk].days == 10


@pytest_db
@pytest.mark.parametrize("amount", [1, 3])
def test_debts_cost_one_query(amount: int, django_assert_num_queries: Any) -> None:
    keys = [FieldNoteFactory(persona=PersonaFactory()).persona_id for _ in range(amount)]
    with django_assert_num_queries(1):
        research_debts(keys, TODAY)


# The suggestion box


@pytest.mark.usefixtures("_frozen")
def test_an_unsigned_suggestion_says_nothing_of_who_wrote_it(
    client: Client, product: Product
) -> None:
    person = UserFactory(name="Robin", email="robin@example.org")
    client.force_login(person)
    address = reverse("intake:suggestion_create", args=[product.slug])
    sent = {"text": "A bell at the door.", "token": str(uuid4())}
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    note = FieldNote.objects.get()
    assert (note.user, note.by, note.name, note.email) == (None, None, "", "")
    assert note.created_at == dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    event: Any = event_model(FieldNote)._default_manager.select_related("pgh_context").get()
    assert person.pk not in event.pgh_context.metadata.values()
    assert not event.pgh_context.metadata.get("user")
    assert not event.pgh_context.metadata.get("request_id")


@pytest.mark.usefixtures("_frozen")
def test_a_signed_one_does(product: Product) -> None:
    person = UserFactory()
    note = drop_suggestion(product=product, text="x", by=person, is_signed=True, now=NOW)
    assert (note.user, note.by, note.email) == (person, person, person.email)
    assert note.kind == "suggestion"


@pytest.mark.usefixtures("_frozen")
def test_ten_a_day(client: Client, product: Product) -> None:
    person = UserFactory()
    for _ in range(A_DAY):
        drop_suggestion(product=product, text="x", by=person, is_signed=False, now=NOW)
    with pytest.raises(TooMany):
        drop_suggestion(product=product, text="x", by=person, is_signed=False, now=NOW)
    client.force_login(person)
    answer = client.post(reverse("intake:suggestion_create", args=[product.slug]), {"text": "One"})
    assert answer.status_code == 422
    assert "Please come back tomorrow" in answer.text
    assert ">One<" in answer.text.replace("\n", "")
    drop_suggestion(product=product, text="x", by=UserFactory(), is_signed=False, now=NOW)


# Pages


def url(name: str, *args: Any) -> str:
    return reverse(f"intake:{name}", args=["shift-planner", *args])


@pytest.mark.usefixtures("_frozen")
def test_amounts_stand_in_the_form_as_people_write_them(
    client: Client, product: Product, dana: User
) -> None:
    note = FieldNoteFactory.create(product=product, times=1000.0, per="week", minutes=2.5)
    client.force_login(dana)
    page = client.get(url("field_note_edit", note.pk)).text
    assert 'value="1000"' in page
    assert 'value="2.5"' in page


@pytest.mark.usefixtures("_frozen")
def test_write_edit_check_delete_undo(client: Client, product: Product, dana: User) -> None:
    ana = UserFactory(name="Ana Prado", email="ana@example.org")
    client.force_login(dana)
    sent = {
        "kind": "interview",
        "day": "2026-11-20",
        "email": "ANA@example.org",
        "department": "Finance",
        "consent": "quotes",
        "text": "She keeps a list.",
        "quotes": "I print it.\n\nI correct it.",
        "edge_cases": "Two rosters for one night",
        "times": "about 3",
        "per": "week",
        "minutes": "20 minutes",
        "token": str(uuid4()),
    }
    answer = client.post(url("field_note_create"), sent)
    note = FieldNote.objects.get()
    assert answer.headers["Location"] == url("field_note_detail", note.pk)
    assert (note.user, note.name, note.email) == (ana, "Ana Prado", "ana@example.org")
    assert (note.times, note.per, note.minutes) == (3, "week", 20)
    page = client.get(answer.headers["Location"]).text
    assert "Somebody in Finance" in page
    assert "Ana Prado" not in page
    assert "I correct it." in page
    edge = note.edge_cases.get()
    client.post(
        url("edge_case_edit", note.pk, edge.pk),
        {"remedy": "A test", "checked_on": "2026-11-21"},
    )
    assert "checked since 21 Nov" in client.get(url("field_note_detail", note.pk)).text
    changed = {**sent, "version": 1, "consent": "named", "token": ""}
    assert client.post(url("field_note_edit", note.pk), changed).status_code == 302
    assert "Ana Prado, Finance" in client.get(url("field_note_detail", note.pk)).text
    client.post(url("field_note_delete", note.pk))
    assert not FieldNote.objects.exists()
    client.post(url("field_note_restore", note.pk))
    assert note.edge_cases.get().remedy == "A test"


@pytest.mark.usefixtures("_frozen")
def test_what_is_wrong_with_the_form(client: Client, product: Product, dana: User) -> None:
    client.force_login(dana)
    sent = {
        "kind": "interview",
        "day": "2026-12-24",
        "consent": "notes",
        "quotes": "I print it.",
        "times": "3",
    }
    answer = client.post(url("field_note_create"), sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"day", "quotes", "text", "per"}
    edge = EdgeCase.objects.create(field_note=FieldNoteFactory(product=product), what="x")
    address = url("edge_case_edit", edge.field_note_id, edge.pk)
    assert client.post(address, {"checked_on": "2026-11-21"}).status_code == 422
    other = EdgeCase.objects.create(field_note=FieldNoteFactory(), what="x")
    assert client.get(url("edge_case_edit", other.field_note_id, other.pk)).status_code == 404


@pytest.mark.usefixtures("_frozen")
def test_the_list_filters_and_swaps(client: Client, product: Product, dana: User) -> None:
    malcolm = PersonaFactory(name="Malcolm")
    AudienceFactory(product=product, persona=malcolm)
    FieldNoteFactory(product=product, persona=malcolm, kind="observation", text="Malcolm waits.")
    FieldNoteFactory(product=product, text="Nobody in particular.")
    FieldNoteFactory(persona=malcolm, text="Elsewhere.")
    client.force_login(dana)
    page = open_page(client, url("field_note_list"))
    assert "Elsewhere." not in page.soup.text
    for typed, shown in (
        ({"persona": str(malcolm.pk)}, ["Malcolm waits."]),
        ({"persona": "none"}, ["Nobody in particular."]),
        ({"kind": "interview", "persona": str(malcolm.pk)}, []),
        ({"kind": "", "persona": ""}, ["Malcolm waits.", "Nobody in particular."]),
    ):
        page = send_form(client, page, "#filters", **typed)
        assert difference(page, open_page(client, page.url)) == ""
        texts = [one.text for one in page.soup.select("#results article p[dir=auto]")]
        assert sorted(texts) == sorted(shown)


@pytest.mark.usefixtures("_frozen")
def test_the_file_prints_what_pages_print(client: Client, product: Product, dana: User) -> None:
    for consent in ("named", "notes"):
        note = FieldNoteFactory(product=product, name="Ana", consent=consent, text="=1+1")
        Quote.objects.create(field_note=note, text=f"Said under {consent}")
    client.force_login(dana)
    answer = client.get(url("field_note_export"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["With whom"] for row in rows] == ["Somebody", "Ana"]
    assert [row["Quotes"] for row in rows] == ["", "Said under named"]
    assert rows[0]["What we learned"] == "'=1+1"


@pytest.mark.usefixtures("_frozen")
@pytest.mark.parametrize("amount", [1, 3])
def test_literal_query_counts(
    client: Client, product: Product, dana: User, amount: int, django_assert_num_queries: Any
) -> None:
    for _ in range(amount):
        write_field_note(
            product=product,
            learned=learned(
                persona=PersonaFactory(),
                quotes=["a", "b"],
                edge_cases=["c"],
                opportunities=[OpportunityFactory(product=product).pk],
            ),
            by=dana,
            now=NOW,
        )
    client.force_login(dana)
    client.get("/profile/")
    with django_assert_num_queries(10):
        client.get(url("field_note_list"))
    with django_assert_num_queries(8):
        client.get(url("field_note_detail", FieldNote.objects.latest("pk").pk))


@pytest.mark.usefixtures("_frozen")
def test_the_debt_stands_beside_the_persona(client: Client, product: Product, dana: User) -> None:
    old, never = PersonaFactory(name="Malcolm"), PersonaFactory(name="Zoe")
    AudienceFactory(product=product, persona=never)
    FieldNoteFactory(product=product, persona=old, day=ago(130))
    client.force_login(dana)
    for address in (url("field_note_list"), "/personas/"):
        page = client.get(address).text
        assert "listened to 130 days ago" in page
        assert "never listened to" in page
    assert "chip-risk" in client.get(old.get_absolute_url()).text
