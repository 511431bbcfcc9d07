"""Pages of personas and coverage: what they answer to whom, what they show, what they cost."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from personas import services
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task
from tests.factories.health import make_snapshot
from tests.factories.personas import (
    NOW,
    TODAY,
    EvidenceFactory,
    FitFactory,
    GoalFactory,
    HeadCountFactory,
    PersonaFactory,
    TaskFactory,
)
from tests.factories.portfolio import (
    AdministratorFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.htmx import Page, difference, open_page, parse, send_form, swap

pytestmark = pytest.mark.django_db
TASK = {"name": "Check", "minutes": "25", "times_a_month": "8", "is_planned": True}
STORY = {"when": "goods run low", "want": "order once", "so_that": "", "kind": "functional"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def persona():
    return PersonaFactory(name="Malcolm", tagline="Orders once", rhythm=15)


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", stage="growth")


@pytest.fixture
def dana(client, product):
    """A product manager, signed in."""
    person = PersonFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


@pytest.fixture
def eva(client):
    """An employee who only reads."""
    person = PersonFactory(name="Eva")
    client.force_login(person)
    return person


def words_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def click(client, page, address, target):
    """Follow a link as htmx does: ask for a part of the page and swap it in."""
    headers = {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": page.url}
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    swap(page.soup, response, target, "outerHTML")
    pushed = response.headers.get("HX-Push-Url", "true")
    return Page(page.soup, address if pushed == "true" else pushed)


# --- The list ------------------------------------------------------------------------------------


def test_the_list_says_who_they_are_and_what_is_missing(client, eva, persona):
    goal = GoalFactory(persona=persona)
    TaskFactory(goal=goal)
    HeadCountFactory(persona=persona, head_count=1200)
    EvidenceFactory(persona=persona, validated_on=TODAY - dt.timedelta(days=140))
    PersonaFactory(name="Dilbert")
    words = words_of(client.get("/personas/"))
    assert "2 personas" in words
    assert "predictable (15 of 100)" in words
    assert "1 goal, 1 task Missing: 2 tasks" in words
    assert "1,200" in words
    assert "last validated 140 days ago" in words
    assert "Missing: a goal and 3 tasks" in words
    assert "never validated" in words
    assert "Describe a persona" not in words


def test_the_list_is_empty_or_nothing_fits(client, dana):
    assert "No personas yet" in words_of(client.get("/personas/"))
    PersonaFactory(name="Malcolm")
    assert "No persona fits" in words_of(client.get("/personas/?q=xyz"))


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_as_much_for_three(client, eva, amount):
    for _ in range(amount):
        HeadCountFactory(persona=TaskFactory().goal.persona)
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/personas/")
    assert len(captured) == 7


def test_searching_swaps_what_reloading_shows(client, eva, persona):
    PersonaFactory(name="Dilbert")
    page = send_form(client, open_page(client, "/personas/"), "#filters", q="orders")
    assert "Dilbert" not in page.part("#results")
    assert "1 persona" in page.text
    assert difference(page, open_page(client, page.url)) == ""


def test_the_file_holds_every_task(client, eva, persona):
    task = TaskFactory(goal__persona=persona, name="=check()", is_planned=False)
    GoalFactory(persona=persona, when="b", want="rest")
    PersonaFactory(name="Zoe")
    text = client.get("/personas.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = ("Record", "Persona", "Goal", "I want to", "Task")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("persona", "Malcolm", "", "", ""),
        ("goal", "Malcolm", "1", task.goal.want, ""),
        ("task", "Malcolm", "1", "", "'=check()"),
        ("goal", "Malcolm", "2", "rest", ""),
        ("persona", "Zoe", "", "", ""),
    ]
    assert rows[0]["Rhythm"] == "15"
    assert (rows[2]["Minutes"], rows[2]["Planned"]) == ("30", "no")


# --- Describing a persona ------------------------------------------------------------------------


def test_a_persona_is_described_changed_and_deleted(client, dana):
    form = client.get("/personas/new/").context["form"]
    sent = {"name": "Malcolm", "rhythm": "15", "champion": "DANA@example.com"}
    sent["token"] = form["token"].value()
    for _ in range(2):
        response = client.post("/personas/new/", sent)
    persona = Persona.objects.get()
    assert response.headers["Location"] == persona.get_absolute_url()
    assert (persona.champion, persona.rhythm) == (dana, 15)
    url = persona.get_absolute_url()
    client.post(f"{url}edit/", {"name": "Malcolm X", "rhythm": "", "version": "1"})
    persona.refresh_from_db()
    assert (persona.name, persona.rhythm, persona.champion) == ("Malcolm X", None, None)
    assert client.post(f"{url}delete/", {"typed": "Malcolm"}).status_code == 422
    assert client.post(f"{url}delete/", {"typed": "malcolm x"}).status_code == 302
    assert not Persona.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "Name is missing."),
        ({"name": "malcolm"}, "There is already a persona called “malcolm”."),
        ({"rhythm": "101"}, "Enter a whole number from 0 to 100."),
        ({"rhythm": "1.5"}, "Enter a whole number from 0 to 100."),
        ({"champion": "nobody@example.com"}, "We can't find a colleague with this address."),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(client, dana, persona, typed, says):
    response = client.post("/personas/new/", {"name": "Noor", "pains": "Many", **typed})
    assert response.status_code == 422
    assert says in words_of(response)
    assert "Many" in response.content.decode()
    assert Persona.objects.count() == 1


def test_a_name_is_taken_when_it_is_changed_too(client, dana, persona):
    other = PersonaFactory(name="Dilbert")
    response = client.post(f"{other.get_absolute_url()}edit/", {"name": "Malcolm", "version": "1"})
    assert response.status_code == 422
    assert "There is already a persona called “Malcolm”." in words_of(response)


def test_who_saves_second_reads_what_the_other_saved(client, dana, persona):
    url = f"{persona.get_absolute_url()}edit/"
    client.post(url, {"name": "Malcolm", "tagline": "Theirs", "version": "1"})
    response = client.post(url, {"name": "Malcolm", "tagline": "Mine", "version": "1"})
    assert response.status_code == 409
    words = words_of(response)
    assert "Dana changed this while you were typing." in words
    assert "In one line: saved now “Theirs”, you typed “Mine”." in words
    assert response.context["form"]["version"].value() == "2"
    client.post(url, {"name": "Malcolm", "tagline": "Mine", "version": "2"})
    persona.refresh_from_db()
    assert persona.tagline == "Mine"


def test_the_form_suggests_the_rhythm_of_the_tasks(client, dana, persona):
    TaskFactory(goal__persona=persona, is_planned=False)
    assert "Their tasks suggest 100." in words_of(client.get(f"/personas/{persona.pk}/edit/"))
    words = words_of(client.get(persona.get_absolute_url()))
    assert "predictable (15 of 100); its tasks suggest 100" in words


def test_deleting_lists_exactly_what_goes(client, dana, persona):
    goal = GoalFactory(persona=persona)
    TaskFactory(goal=goal)
    FitFactory(goal=goal)
    HeadCountFactory(persona=persona)
    EvidenceFactory(persona=persona)
    soup = parse(client.get(f"/personas/{persona.pk}/delete/").content.decode())
    assert [item.text for item in soup.select(".consequences li")] == [
        "the persona itself",
        "1 goal",
        "1 task",
        "1 judgement of fit",
        "1 head-count",
        "1 piece of evidence",
    ]
    soup = parse(client.get(f"/personas/{persona.pk}/goals/{goal.pk}/delete/").content.decode())
    going = [item.text for item in soup.select(".consequences li")]
    assert going == ["the goal itself", "1 task", "1 judgement of fit"]


def test_history_tells_and_pages(client, dana, persona):
    client.post(f"/personas/{persona.pk}/goals/new/", STORY)
    words = words_of(client.get(f"/personas/{persona.pk}/history/"))
    assert "Dana added the goal “order once”" in words
    old = f"/personas/{persona.pk}/history/?before=2020-01-01T00:00:00%2B00:00"
    assert "Nothing changed" in words_of(client.get(old))
    assert client.get(f"/personas/{persona.pk}/history/?before=nonsense").status_code == 200


# --- Goals, tasks, people, evidence --------------------------------------------------------------


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_goal_with_its_task_is_written_in_the_page(client, dana, persona, has_scripts):
    url = persona.get_absolute_url()

    def write(address, **typed):
        if not has_scripts:
            assert client.post(address, typed).headers["Location"] == url
            return
        page = click(client, open_page(client, url), address, "persona")
        assert difference(page, open_page(client, address)) == ""
        page = send_form(client, page, ".small-form form", **typed)
        page.soup.select_one("#toasts").clear()
        assert page.url == url
        again = open_page(client, url)
        assert page.part("#persona") == again.part("#persona")

    write(f"{url}goals/new/", **STORY)
    goal = Goal.objects.get()
    write(f"{url}goals/{goal.pk}/edit/", **{**STORY, "want": "rest", "version": "1"})
    write(f"{url}goals/{goal.pk}/tasks/new/", **TASK)
    task = Task.objects.get()
    write(f"{url}tasks/{task.pk}/edit/", **{**TASK, "minutes": "5", "version": "1"})
    goal.refresh_from_db()
    task.refresh_from_db()
    assert (goal.want, task.minutes, task.times_a_month, task.is_planned) == ("rest", 5, 8, True)
    client.post(f"{url}tasks/{task.pk}/delete/")
    client.post(f"{url}goals/{goal.pk}/delete/")
    assert not Goal.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "persona"}])
@pytest.mark.parametrize(
    ("address", "typed", "says"),
    [
        ("goals/new/", {**STORY, "want": ""}, "I want to … is missing."),
        ("goals/{goal}/tasks/new/", {**TASK, "minutes": "0"}, "above 0, up to 10,000"),
        ("goals/{goal}/tasks/new/", {**TASK, "minutes": "much"}, "Enter a number"),
        ("people/new/", {"department": "", "head_count": "3"}, "Department is missing."),
        ("people/new/", {"department": "A", "head_count": "-1"}, "from 0 to 10,000,000"),
        ("people/new/", {"from_date": "1999-12-31"}, "Enter a day from 2000-01-01"),
        ("evidence/new/", {"what": "x", "validated_on": "2026-11-22"}, "to 2026-11-21"),
        ("evidence/new/", {"what": "x", "validated_on": "today"}, "Enter a day, like"),
    ],
)
def test_a_refused_small_form_stays_open(client, dana, persona, address, typed, says, headers):
    goal = GoalFactory(persona=persona)
    url = f"{persona.get_absolute_url()}{address.format(goal=goal.pk)}"
    response = client.post(url, typed, headers=headers)
    assert response.status_code == 422
    assert says in words_of(response)
    assert b"There is a problem" in response.content
    assert Goal.objects.count() == 1
    assert not Task.objects.exists()


@pytest.mark.parametrize("thing", ["goal", "task"])
def test_a_small_form_tells_what_somebody_else_saved(client, dana, persona, thing):
    task = TaskFactory(goal__persona=persona)
    if thing == "task":
        url = f"/personas/{persona.pk}/tasks/{task.pk}/edit/"
        mine, theirs, says = TASK, {**TASK, "minutes": "7"}, "saved now “7.0”, you typed “25.0”"
    else:
        url = f"/personas/{persona.pk}/goals/{task.goal_id}/edit/"
        mine, theirs, says = STORY, {**STORY, "want": "rest"}, "saved now “rest”"
    client.post(url, {**theirs, "version": "1"})
    response = client.post(url, {**mine, "version": "1"})
    assert response.status_code == 409
    assert says in words_of(response)
    assert response.context["form"]["version"].value() == "2"


def test_people_are_counted_by_department(client, dana, persona):
    url = persona.get_absolute_url()
    count = {"department": "Buying", "head_count": "1,200", "from_date": "2026-11-01"}
    page = click(client, open_page(client, url), f"{url}people/new/", "persona")
    page = send_form(client, page, ".small-form form", **count)
    assert "1,200 people" in page.text
    assert "Buying" in {
        option["value"]
        for option in parse(client.get(f"{url}people/new/").content.decode()).select("option")
    }
    found = PersonaHeadCount.objects.get()
    assert "Buying" in words_of(client.get(f"{url}people/{found.pk}/delete/"))
    client.post(f"{url}people/{found.pk}/delete/")
    assert "Nobody has counted them yet" in words_of(client.get(url))


def test_evidence_says_how_long_ago(client, dana, persona):
    url = persona.get_absolute_url()
    client.post(f"{url}evidence/new/", {"what": "A day", "validated_on": "2026-05-24"})
    words = words_of(client.get(url))
    assert "Last validated 181 days ago, too long ago." in words
    found = PersonaEvidence.objects.get()
    assert "A day" in words_of(client.get(f"{url}evidence/{found.pk}/delete/"))
    client.post(f"{url}evidence/{found.pk}/delete/")
    assert "Never validated." in words_of(client.get(url))


@pytest.mark.parametrize("child", ["goals/{}/edit/", "tasks/{}/edit/", "tasks/{}/delete/"])
def test_a_child_of_another_persona_is_a_404(client, dana, persona, child):
    task = TaskFactory()
    number = task.goal_id if "goals" in child else task.pk
    assert client.get(f"{persona.get_absolute_url()}{child.format(number)}").status_code == 404


def test_who_may_not_write_reads(client, eva, persona):
    GoalFactory(persona=persona)
    words = words_of(client.get(persona.get_absolute_url()))
    assert "Add a goal" not in words
    assert client.post(f"{persona.get_absolute_url()}goals/new/", STORY).status_code == 403


# --- Coverage ------------------------------------------------------------------------------------


def cell_of(fit_or_goal, product=None):
    if product is None:
        return f"{fit_or_goal.goal_id}-{fit_or_goal.product_id}"
    return f"{fit_or_goal.pk}-{product.pk}"


@pytest.fixture
def goal(persona):
    """31 hours a week at stake."""
    found = GoalFactory(persona=persona, when="a delivery is late", want="tell the store")
    TaskFactory(goal=found, minutes=26, times_a_month=10)
    HeadCountFactory(persona=persona, head_count=31)
    return found


def test_the_matrix_says_in_words_what_nobody_serves(client, eva, goal, product):
    FitFactory(goal=goal, product=product, level=1)
    words = words_of(client.get("/coverage/"))
    story = "“When a delivery is late I want to tell the store so that it is done”"
    assert f"Nobody serves {story} – 31 hours a week Malcolm" in words
    assert "1 goal: 1 gap, 0 served twice." in words
    assert "1, a little" in words


def test_the_ends_of_rows_name_both_tools_and_their_cost(client, eva, goal):
    for name, cost in (("A", 184_000), ("B", None)):
        FitFactory(goal=goal, product__name=name, product__run_cost=cost, level=4)
    words = words_of(client.get("/coverage/"))
    assert "served twice A (184,000 a year) and B (cost not known yet)" in words
    assert "What nobody serves" not in words


def test_the_heads_of_columns_show_health(client, eva, goal, product):
    FitFactory(goal=goal, product=product)
    make_snapshot(product, ago=0, status="at_risk", health=40)
    head = parse(client.get("/coverage/").content.decode()).select_one(".coverage-head")
    assert "at risk, growth" in head.text
    assert "status-at-risk" in str(head)


def test_an_empty_matrix_says_what_to_do(client, dana):
    words = words_of(client.get("/coverage/"))
    assert "No goals yet" in words
    assert "Describe a persona" in words
    goal, other = GoalFactory(), GoalFactory()
    department = HeadCountFactory(persona=other.persona).department
    address = f"/coverage/?persona={goal.persona_id}&department={department.pk}"
    assert "No goal fits" in words_of(client.get(address))


def test_filtering_swaps_what_reloading_shows(client, eva, goal, product):
    FitFactory(goal=goal, product=product)
    FitFactory(product__name="Tool", goal__want="rest")
    page = open_page(client, "/coverage/")
    page = send_form(client, page, "#filters", persona=goal.persona_id, stage="growth")
    assert page.url == f"/coverage/?persona={goal.persona_id}&stage=growth"
    assert "rest" not in page.soup.select_one("#results").text
    assert difference(page, open_page(client, page.url)) == ""


def test_a_cell_opens_its_evidence_and_closes(client, eva, goal, product):
    fit = FitFactory(goal=goal, product=product, evidence="Seen in York")
    page = open_page(client, "/coverage/?stage=growth")
    link = page.soup.select_one(".fit-3")["href"]
    assert link == f"?stage=growth&cell={cell_of(fit)}"
    page = click(client, page, f"/coverage/{link}", "evidence")
    text = page.soup.select_one("#evidence").text
    assert "Seen in York" in text
    assert "Serves well (3 of 4)" in text
    assert "Save judgement" not in text
    assert difference(page, open_page(client, page.url)) == ""
    page = click(client, page, page.soup.select_one("#evidence .button")["href"], "evidence")
    assert difference(page, open_page(client, "/coverage/?stage=growth")) == ""


@pytest.mark.parametrize("cell", ["", "1", "0-0", "9" * 30 + "-1", "a-b", "1-1-1", "٣-٣"])
def test_a_cell_that_is_none_opens_nothing(client, eva, goal, cell):
    response = client.get(f"/coverage/?cell={cell}")
    assert response.status_code == 200
    assert response.context["cell"] is None


def test_judging_in_place_swaps_what_reloading_shows(client, dana, goal, product):
    url = f"/coverage/?cell={cell_of(goal, product)}"
    page = open_page(client, url)
    assert "1 gap" in page.text
    page = send_form(client, page, "#evidence form", level="3", evidence="Seen")
    assert (page.url, Fit.objects.get().level) == (url, 3)
    assert "no gaps" in page.text
    again = open_page(client, url)
    assert page.part("#results") == again.part("#results")


def test_judging_without_scripts_leads_back_to_the_matrix(client, dana, goal, product):
    cell = cell_of(goal, product)
    page = open_page(client, f"/coverage/?stage=growth&cell={cell}")
    action = page.soup.select_one("#evidence form")["action"]
    sent = {"level": "2", "evidence": "Seen", "judged_on": "2026-11-20", "version": "0"}
    response = client.post(action, sent)
    assert response.headers["Location"] == f"/coverage/?stage=growth&cell={cell}"
    refused = client.post(action, {**sent, "judged_on": "2026-11-22"})
    assert refused.status_code == 422
    assert "Enter a day from 2000-01-01 to 2026-11-21." in words_of(refused)


def test_a_refused_judgement_stays_in_its_cell(client, dana, goal, product):
    page = open_page(client, f"/coverage/?cell={cell_of(goal, product)}")
    page = send_form(client, page, "#evidence form", level="3", judged_on="never")
    assert "There is a problem" in page.soup.select_one("#evidence").text
    assert not Fit.objects.exists()


def test_a_judgement_tells_what_somebody_else_judged(client, dana, goal, product):
    url = f"/products/{product.slug}/personas/{goal.pk}/fit/"
    theirs = {"level": "4", "evidence": "Theirs", "judged_on": "2026-11-20", "version": "0"}
    assert client.post(url, theirs).headers["Location"] == f"/products/{product.slug}/personas/"
    response = client.post(url, {**theirs, "level": "1", "evidence": "Mine"})
    assert response.status_code == 409
    assert "Evidence: saved now “Theirs”, you typed “Mine”." in words_of(response)
    client.post(url, {**theirs, "level": "", "version": "1"})
    assert not Fit.objects.exists()


def test_who_may_not_edit_the_product_does_not_judge_it(client, eva, goal, product):
    url = f"/products/{product.slug}/personas/{goal.pk}/fit/"
    assert client.post(url, {"level": "4"}).status_code == 403
    hidden = ProductFactory(visibility="team")
    assert client.get(f"/products/{hidden.slug}/personas/").status_code == 404


def test_the_file_of_the_matrix_holds_what_the_filters_find(client, eva, goal, product):
    FitFactory(goal=goal, product=product, level=3, evidence="Seen")
    FitFactory(goal=goal, product__name="Pilot", product__stage="pilot", level=1)
    lone = GoalFactory(persona=goal.persona)
    FitFactory(goal=lone, product__visibility="team", level=4)
    text = client.get("/coverage.csv?stage=growth").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["I want to"], row["Product"], row["Fit"], row["Coverage"]) for row in rows] == [
        (goal.want, "Shift Planner", "3", "served"),
        (lone.want, "", "", "gap"),
    ]
    assert (rows[0]["Hours a week"], rows[0]["Judged on"]) == ("31.0", "2026-11-21")


# --- The product's panel -------------------------------------------------------------------------


def test_the_product_says_whom_it_serves_and_how_well(client, dana, goal, product):
    FitFactory(goal=goal, product=product, level=3, evidence="Seen in York")
    waiting = GoalFactory()
    page = open_page(client, f"/products/{product.slug}/personas/")
    assert "Shift Planner serves Malcolm." in page.text
    assert "31 people" in page.text
    assert "Seen in York" in page.text
    links = {link["href"] for link in page.soup.select("a")}
    for one in (goal, waiting):
        assert f"/products/{product.slug}/personas/{one.pk}/fit/" in links


def test_a_product_that_nobody_judged_says_so(client, eva, product):
    words = words_of(client.get(f"/products/{product.slug}/personas/"))
    assert "We don't know yet of anybody whom Shift Planner serves." in words
    assert "Goals that wait" not in words


def test_the_product_s_history_tells_of_its_fit(client, dana, goal, product):
    url = f"/products/{product.slug}/personas/{goal.pk}/fit/"
    client.post(url, {"level": "4", "judged_on": "2026-11-20", "version": "0"})
    words = words_of(client.get(f"/products/{product.slug}/history/"))
    assert "Dana added its fit to “tell the store”" in words


# --- 60 goals × 40 products ----------------------------------------------------------------------


@pytest.fixture
def crowd():
    """The most that is shown at once, every second cell judged."""
    products = [ProductFactory(name=f"Product number {n}", stage="growth") for n in range(41)]
    goals = []
    for number in range(6):
        persona = PersonaFactory(name=f"Persona {number}")
        HeadCountFactory(persona=persona)
        goals += [GoalFactory(persona=persona) for _ in range(10)]
    for goal in goals:
        TaskFactory(goal=goal)
    fits = [
        Fit(product=product, goal=goal, level=(goal.pk + product.pk) % 5, judged_on=TODAY)
        for goal in goals
        for product in products
        if (goal.pk + product.pk) % 2
    ]
    Fit.objects.bulk_create(fits)
    return goals


@pytest.mark.parametrize(("role", "queries"), [("employee", 9), ("administrator", 9)])
def test_the_largest_matrix_keeps_to_its_budget(client, crowd, role, queries):
    client.force_login(PersonFactory(role=role))
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        response = client.get("/coverage/")
    assert len(captured) == queries
    soup = parse(response.content.decode())
    assert len(soup.select(".fit")) == 60 * 40
    assert "40 of 41 products" in soup.text
    assert len(gzip.compress(response.content, 6)) <= 200_000


def test_an_open_cell_costs_three_more(client, crowd):
    client.force_login(AdministratorFactory())
    client.get("/profile/")
    product = ProductFactory(stage="growth")
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/coverage/?cell={cell_of(crowd[0], product)}")
    assert len(captured) == 12
    headers = {"HX-Request": "true", "HX-Target": "evidence"}
    with CaptureQueriesContext(connection) as captured:
        response = client.get(f"/coverage/?cell={cell_of(crowd[0], product)}", headers=headers)
    assert len(captured) == 5
    assert len(response.content) <= 30_000


def test_a_demo_is_described_and_taken_away():
    from personas import demo

    ProductFactory(slug="shift-planner", is_demo=True)
    PersonaFactory(name="malcolm")
    demo.seed(NOW)
    demo.seed(NOW)
    found = Persona.objects.filter(is_demo=True)
    assert {"Dilbert", "Rosa", "Noor", "Sam", "Greta"} == {one.name for one in found}
    assert Fit.objects.filter(product__slug="shift-planner").count() == 2
    services.set_head_count(
        persona=Persona.objects.get(name="malcolm"),
        department="Buying",
        head_count=1,
        from_date=TODAY,
        by=None,
        now=NOW,
    )
    demo.remove()
    assert [one.name for one in Persona.objects.all()] == ["malcolm"]
    from accounts.models import Department

    assert [one.name for one in Department.objects.all()] == ["Buying"]
