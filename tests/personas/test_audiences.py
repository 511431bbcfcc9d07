"""Audiences: the bright-line test put to each, the word that follows, the marks of health."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from personas import selectors, services
from personas.models import Audience, AudienceCount, Persona
from portfolio.models import Product, StaleMark
from portfolio.services import set_audience_word, update_product
from tests.factories.personas import (
    NOW,
    TODAY,
    AudienceCountFactory,
    AudienceFactory,
    PersonaFactory,
)
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory

pytestmark = pytest.mark.django_db
FREE = {"choice": "optional", "exchange": "effort"}
FORCED = {"choice": "mandated", "exchange": "none"}
NUDGED = {"choice": "default", "exchange": "money"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def by() -> User:
    return PersonFactory(name="Dana")


@pytest.fixture
def product() -> Product:
    return ProductFactory(name="Shift Planner", slug="shift-planner", stage="growth", **FORCED)


@pytest.fixture
def dana(client, product, by):
    MembershipFactory(user=by, product=product, role="manager")
    client.force_login(by)
    return by


def put(by, product, persona=None, version=0, test=FREE, people=10):
    return services.set_audience(
        product=product,
        persona=persona or PersonaFactory(),
        version=version,
        fields={**test, "evidence": "Seen", "tested_on": TODAY},
        head_count=people,
        from_date=TODAY,
        by=by,
        now=NOW,
    )


def word_of(product):
    product.refresh_from_db()
    return product.people_word, product.audience_word


@pytest.mark.parametrize(
    ("tests", "word"),
    [
        ([FREE], "customers"),
        ([FREE, FREE], "customers"),
        ([FREE, NUDGED], "partners"),
        ([FREE, NUDGED, FORCED], "users"),
        ([{"choice": "optional", "exchange": "none"}, FREE], "users"),
    ],
)
def test_customers_only_if_every_audience_passes(by, product, tests, word):
    for test in tests:
        put(by, product, test=test)
    assert word_of(product) == (word, word)


def test_without_audiences_the_products_own_answers_count_again(by, product):
    audience = put(by, product)
    services.remove_audience(audience=audience, by=by, now=NOW)
    assert word_of(product) == ("users", "")
    assert not AudienceCount.objects.exists()


def test_the_products_own_answers_never_overrule_its_audiences(by, product):
    put(by, product, test=FORCED)
    update_product(product_id=product.pk, version=1, fields=FREE, by=by, now=NOW)
    assert word_of(product) == ("users", "users")
    set_audience_word(product_id=product.pk, audiences=[])
    assert word_of(product) == ("customers", "")


def test_a_change_marks_health_stale_from_today_and_once(by, product):
    persona = PersonaFactory()

    def marked(**more):
        StaleMark.objects.all().delete()
        put(by, product, persona, **more)
        return [(mark.product, mark.from_date) for mark in StaleMark.objects.all()]

    assert marked() == [(product, TODAY)]
    assert marked(version=1) == []  # the same again is no change
    assert marked(version=1, people=12) == [(product, TODAY)]
    assert marked(version=1, people=None, test=FORCED) == [(product, TODAY)]
    counts = AudienceCount.objects.values_list("from_date", "head_count")
    assert list(counts) == [(TODAY, 12)]


def test_of_two_tests_at_once_one_wins(by, product):
    persona = PersonaFactory()
    put(by, product, persona)
    with pytest.raises(services.Conflict) as refused:
        put(by, product, persona, test=FORCED, people=99)
    assert refused.value.theirs.choice == "optional"
    assert AudienceCount.objects.get().head_count == 10


def test_a_persona_that_goes_takes_its_audiences_and_its_word_along(by, product):
    stays, goes = put(by, product), put(by, product, test=FORCED)
    other = put(by, ProductFactory(**FORCED))
    StaleMark.objects.all().delete()
    services.delete_persona(persona=goes.persona, by=by, now=NOW)
    assert word_of(product) == ("customers", "customers")
    assert [mark.product for mark in StaleMark.objects.all()] == [product]
    assert set(Audience.objects.all()) == {stays, other}


def test_what_is_gone_has_no_audience(by, product):
    persona = PersonaFactory()
    Persona.objects.all().delete()
    with pytest.raises(Persona.DoesNotExist):
        put(by, product, persona)


@pytest.mark.parametrize("field", ["choice", "exchange"])
def test_the_database_knows_the_answers(field):
    with pytest.raises(IntegrityError), transaction.atomic():
        AudienceFactory(**{field: "maybe"})


def ago(days):
    return TODAY - dt.timedelta(days=days)


def test_counts_are_the_latest_that_have_begun(product):
    audience = AudienceFactory(product=product, persona__name="Malcolm")
    lone = AudienceFactory(product=product, persona__name="Dilbert", **FORCED)
    for days, people in ((300, 5), (10, 7), (-3, 9)):
        AudienceCountFactory(audience=audience, from_date=ago(days), head_count=people)
    found = selectors.audiences_of(product, TODAY)
    assert [(one.audience, one.count and one.count.head_count) for one in found] == [
        (lone, None),
        (audience, 7),
    ]
    (plan,) = selectors.audience_plans([product.pk])[product.pk]
    assert (plan.persona, plan.choice, plan.exchange) == ("Malcolm", "optional", "effort")
    assert [plan.people_on(ago(days)) for days in (400, 300, 10, 0, -3)] == [None, 5, 7, 7, 9]
    assert str(audience) == "Malcolm in Shift Planner"
    assert str(AudienceCountFactory()) == "10 from 2026-01-01"


@pytest.mark.parametrize("amount", [1, 3])
def test_audiences_cost_as_much_for_three(product, amount):
    for _ in range(amount):
        AudienceCountFactory(audience__product=product)
    with CaptureQueriesContext(connection) as captured:
        selectors.audiences_of(product, TODAY)
        found = selectors.audience_plans([product.pk, ProductFactory.build(pk=1).pk])
    assert len(found[product.pk]) == amount
    assert len(captured) == 3


# --- Pages ---------------------------------------------------------------------------------------


def words_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


SENT = {"head_count": "1,200", "from_date": "2026-11-01", "tested_on": "2026-11-20", **FREE}
AT = "/products/shift-planner/personas/"


def test_an_audience_is_added_tested_again_and_taken_away(client, dana, product):
    persona = PersonaFactory(name="Malcolm")
    shown = words_of(client.get(AT))
    assert "No audience is told apart yet" in shown
    assert "People have no choice and exchange nothing for it: we say users" in shown
    response = client.post(f"{AT}audiences/new/", {**SENT, "persona": persona.pk})
    assert response.headers["Location"] == AT
    shown = words_of(client.get(AT))
    assert "Malcolm 1,200 from 1 Nov Optional: real alternatives exist" in shown
    assert "we say customers" in shown
    assert "customers" in words_of(client.get("/products/shift-planner/"))
    audience = Audience.objects.get()
    edit = f"{AT}audiences/{audience.pk}/edit/"
    assert client.get(edit).context["form"]["choice"].value() == "optional"
    client.post(edit, {**SENT, **FORCED, "head_count": "", "version": "1"})
    shown = words_of(client.get(AT))
    assert "we say users, not customers" in shown
    assert "Malcolm 1,200 from 1 Nov Mandated: no other way" in shown
    history = words_of(client.get("/products/shift-planner/history/"))
    assert "the audience Malcolm" in history
    assert "the people of Malcolm" in history
    delete = f"{AT}audiences/{audience.pk}/delete/"
    assert "Take Malcolm away" in words_of(client.get(delete))
    assert client.post(delete).headers["Location"] == AT
    assert not Audience.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"persona": ""}, "Persona is missing."),
        ({"choice": ""}, "Could they do without it? is missing."),
        ({"head_count": "-1"}, "Enter a whole number from 0 to 10,000,000."),
        ({"tested_on": "2026-11-22"}, "Enter a day from 2000-01-01 to 2026-11-21."),
    ],
)
def test_a_refused_audience_says_why(client, dana, product, typed, says):
    sent = {**SENT, "persona": PersonaFactory().pk, **typed}
    response = client.post(f"{AT}audiences/new/", sent)
    assert response.status_code == 422
    assert says in words_of(response)
    assert not Audience.objects.exists()


def test_who_saves_second_reads_the_others_test(client, dana, product):
    audience = put(dana, product)
    put(dana, product, audience.persona, version=1, test=FORCED)
    edit = f"{AT}audiences/{audience.pk}/edit/"
    response = client.post(edit, {**SENT, "version": "1"})
    assert response.status_code == 409
    assert "saved now “mandated”, you typed “optional”" in words_of(response)
    assert response.context["form"]["version"].value() == "2"


def test_two_first_tests_of_one_persona_meet(client, dana, product, monkeypatch):
    persona = PersonaFactory()
    put(dana, product, persona, test=FORCED)
    everybody = Persona.objects.by_name()
    monkeypatch.setattr("personas.selectors.personas_without", lambda product: everybody)
    response = client.post(f"{AT}audiences/new/", {**SENT, "persona": persona.pk})
    assert response.status_code == 409
    assert Audience.objects.get().choice == "mandated"


def test_an_audience_of_another_product_is_a_404(client, dana, product):
    audience = AudienceFactory()
    for page in ("edit", "delete"):
        assert client.get(f"{AT}audiences/{audience.pk}/{page}/").status_code == 404


def test_who_only_reads_sees_the_test_and_no_form(client, product, by):
    put(by, product)
    client.force_login(PersonFactory())
    assert "we say customers" in words_of(client.get(AT))
    assert "Add an audience" not in words_of(client.get(AT))
    assert client.get(f"{AT}audiences/new/").status_code == 403


def test_the_products_form_says_that_its_audiences_decide(client, dana, product):
    put(dana, product)
    url = "/products/shift-planner/edit/"
    assert "Each audience has a choice" in words_of(client.get(url))
    headers = {"HX-Request": "true", "HX-Target": "people-word"}
    asked = client.get(f"{url}?choice=mandated&exchange=none", headers=headers)
    assert "Each audience has a choice" in words_of(asked)
