"""What was sent without a session: given back once, to its person, on its page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.test import Client, RequestFactory

from core import unsent
from portfolio.models import Product
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory

ANNA, BO = SimpleNamespace(pk=1), SimpleNamespace(pk=2)


def posted(session, path="/ask/", **values):
    request = RequestFactory().post(path, values)
    request.session = session
    return request


def back(session, user, path="/ask/"):
    request = RequestFactory().get(path)
    request.session, request.user = session, user
    return unsent.take_back(request)


def test_what_was_typed_comes_back_once():
    session = {}
    whose = unsent.mark_of(ANNA)
    assert unsent.keep(posted(session, goal="Ä", whose=whose, csrfmiddlewaretoken="x"))
    assert back(session, ANNA, "/other/") == {}
    assert back(session, ANNA) == {"goal": "Ä"}
    assert back(session, ANNA) == {}


def test_somebody_else_gets_nothing_and_it_is_gone():
    session = {}
    unsent.keep(posted(session, goal="A secret", whose=unsent.mark_of(ANNA)))
    assert back(session, BO) == {}
    assert back(session, ANNA) == {}


@pytest.mark.parametrize(
    "values",
    [
        {"goal": "x"},
        {"goal": "x", "whose": ""},
        {"goal": "x", "whose": "somebody"},
        {"goal": "x", "whose": "f" * 64},
        {"goal": "x", "whose": "ſomebody"},
        {"goal": "x", "whose": unsent.mark_of(ANNA)[:32] * 2},
        {"goal": "x" * unsent.MOST_CHARACTERS, "whose": unsent.mark_of(ANNA)},
    ],
)
def test_what_is_nobodys_or_too_long_is_not_kept(values):
    session = {}
    assert not unsent.keep(posted(session, **values))
    assert session == {}


def test_a_form_drawn_under_the_former_key_is_still_its_persons(settings):
    mark, former = unsent.mark_of(ANNA), settings.SECRET_KEY
    settings.SECRET_KEY = "only-for-tests-a-new-key-after-the-change-of-keys-4086b7c1e0f9a8"
    assert not unsent.is_marked_for(mark, ANNA)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unsent.is_marked_for(mark, ANNA) and not unsent.is_marked_for(mark, BO)
    assert unsent.keep(posted({}, goal="x", whose=mark))
    assert unsent.mark_of(ANNA) != mark


def test_only_pages_that_ask_for_it_take_anything_back():
    assert unsent.is_kept("intake:request_step")
    assert not unsent.is_kept("portfolio:product_edit")


# --- Any form, without its page knowing of it ----------------------------------------------------

TEXT = "Line one\r\nwith “quotes”, <b>, & ünïcode\r\n\r\n" + "x" * 100


@pytest.fixture
def dana():
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    person = PersonFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=person, product=product, role="manager")
    return person


def typed_form(client, path="/products/shift-planner/edit/", **typed):
    """The fields of a form as the browser sends them, with some typed over."""
    soup = BeautifulSoup(client.get(path).content.decode(), "html.parser")
    form = next(
        f for f in soup.select("main form[method=post]") if f.select("textarea, [type=text]")
    )
    found: dict[str, object] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.name == "select":
            chosen = [o["value"] for o in field.select("option[selected]")]
            found[field["name"]] = chosen if field.has_attr("multiple") else "".join(chosen[:1])
        elif field.get("type") not in ("checkbox", "radio") or field.has_attr("checked"):
            found[field["name"]] = field.get("value") or field.get_text().removeprefix("\n")
    return found | typed


def hidden_of(response):
    soup = BeautifulSoup(response.content.decode(), "html.parser")
    form = soup.select_one("main form[method=post]")
    found: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        found.setdefault(field["name"], []).append(field["value"])
    return form["action"], found


@pytest.mark.django_db
def test_a_form_sent_without_a_session_is_sent_again_after_signing_in(client, dana):
    client.force_login(dana)
    sent = typed_form(client, mission=TEXT)
    client.session.flush()

    away = client.post("/products/shift-planner/edit/", sent)
    assert away.url == "/accounts/login/?next=%2Funsent%2F"
    client.force_login(dana)
    action, fields = hidden_of(client.get("/unsent/"))
    answer = client.post(action, fields)

    assert (action, answer.status_code) == ("/products/shift-planner/edit/", 302)
    saved = Product.objects.get().mission.split()
    assert saved == TEXT.split()
    assert client.get("/unsent/").url == "/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stood_on", "leads_to"),
    [
        ("http://testserver/products/?q=a", "http://testserver/products/?q=a"),
        ("http://testserver/unsent/", "/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_leaving_it_leads_back_to_where_it_stood(client, dana, stood_on, leads_to):
    """The address that takes a form may answer nothing but forms."""
    sent = {"density": "compact", "whose": unsent.mark_of(dana)}
    client.post("/profile/density/", sent, headers={"Referer": stood_on})
    client.force_login(dana)
    page = BeautifulSoup(client.get("/unsent/").content, "html.parser")
    assert page.find("a", string="Leave it")["href"] == leads_to


@pytest.mark.django_db
def test_somebody_else_who_signs_in_sees_nothing_of_it(client, dana):
    client.force_login(dana)
    sent = typed_form(client, mission="A secret")
    client.session.flush()
    client.post("/products/shift-planner/edit/", sent)
    client.force_login(PersonFactory())
    assert client.get("/unsent/").url == "/"
    client.force_login(dana)
    assert client.get("/unsent/").url == "/"


@pytest.mark.django_db
def test_passwords_and_files_are_never_kept(client, dana):
    mark = unsent.mark_of(dana)
    sent = {"oldpassword": "hunter2hunter2", "password1": "new", "name": "Dana", "whose": mark}
    client.post("/accounts/password/change/", sent)
    client.force_login(dana)
    page = client.get("/unsent/").content.decode()
    assert "hunter2" not in page
    assert "Passwords and files are not kept" in page


@pytest.mark.django_db
def test_a_form_of_before_signing_in_again_is_sent_again_with_a_fresh_token(dana):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(dana)
    sent = typed_form(browser, mission=TEXT)
    sent["csrfmiddlewaretoken"] = "x" * 64

    refused = browser.post(
        "/products/shift-planner/edit/", sent, headers={"Origin": "http://testserver"}
    )
    assert refused.status_code == 403
    action, fields = hidden_of(refused)
    assert browser.post(action, fields).status_code == 302
    assert Product.objects.get().mission.split() == TEXT.split()


@pytest.mark.django_db
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_a_form_of_elsewhere_is_never_offered_again(dana, origin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(dana)
    sent = {"name": "Taken over", "whose": unsent.mark_of(dana)}
    headers = {"Origin": origin} if origin else {}
    refused = browser.post("/products/shift-planner/edit/", sent, headers=headers)
    assert refused.status_code == 403
    assert b"Taken over" not in refused.content


@pytest.mark.django_db
def test_a_form_of_another_person_is_not_sent_in_ones_own_name(dana):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(dana)
    sent = {"mission": "Theirs", "whose": unsent.mark_of(PersonFactory())}
    headers = {"Origin": "http://testserver"}
    refused = browser.post("/products/shift-planner/edit/", sent, headers=headers)
    assert (refused.status_code, b"Theirs" in refused.content) == (403, False)


@pytest.mark.django_db
@pytest.mark.parametrize("is_htmx", [False, True])
def test_nothing_is_done_in_the_name_of_whoever_signed_in_meanwhile(client, dana, is_htmx):
    """Signing in renews the token of every tab, so that alone says nothing of whose form it was."""
    client.force_login(dana)
    sent = typed_form(client, mission="Dana's words")
    ines = MembershipFactory(product=Product.objects.get(), role="manager").user
    client.force_login(ines)
    headers = {"HX-Request": "true"} if is_htmx else {}
    answer = client.post("/products/shift-planner/edit/", sent, headers=headers)
    assert answer.status_code == 409
    assert Product.objects.get().mission != "Dana's words"
    if is_htmx:
        assert (answer.content, answer["X-Homegrown-Person"]) == (b"", "another")
    else:
        assert "Somebody else is signed in by now" in answer.content.decode()
    client.force_login(dana)
    assert client.post("/products/shift-planner/edit/", sent, headers=headers).status_code == 302
    assert Product.objects.get().mission == "Dana's words"
