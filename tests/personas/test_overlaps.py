"""The overlap finder: the rule of domain.md, what selectors read, what pages and services do."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from personas import selectors, services
from personas.models import DuplicateDismissal, SharedPersonaDismissal
from personas.rules import (
    Portrayed,
    duplicates,
    is_silent,
    shared_personas,
    silent_since,
    silent_until,
    task_key,
)
from tests.factories.personas import (
    NOW,
    TODAY,
    DepartmentFactory,
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
from tests.htmx import parse

sets = st.dictionaries(
    st.integers(1, 12), st.frozensets(st.integers(1, 9), max_size=6).map(set), max_size=8
)


def pairs_of(found):
    return {(one.first, one.second): one.share for one in found}


# --- Rules --------------------------------------------------------------------------------


def test_products_overlap_from_three_fifths_of_the_smaller_set_on():
    served = {1: {1, 2, 3, 4, 5}, 2: {3, 4, 5, 6, 7, 8}, 3: {4, 5, 6, 9, 10}, 4: {11}}
    assert pairs_of(duplicates(served)) == {(1, 2): 0.6, (2, 3): 0.6}
    one = duplicates(served)[0]
    assert (one.shared, one.total, one.sizes) == ({3, 4, 5}, 5, (5, 6))
    # 3 of 5 is told, 4 of 7 is not.
    assert duplicates({1: set(range(7)), 2: set(range(3, 10))}) == []


def test_a_product_that_serves_little_is_inside_a_large_one():
    assert pairs_of(duplicates({1: {1}, 2: {1, 2, 3}})) == {(1, 2): 1.0}
    assert duplicates({1: set(), 2: {1}, 3: {2}}) == []


def test_personas_overlap_by_jaccard_where_no_department_has_both():
    def persona(departments, tasks):
        return Portrayed(frozenset(departments), frozenset(tasks))

    buying, stores = persona({1}, "abcd"), persona({2, 3}, "abce")
    assert pairs_of(shared_personas({7: buying, 5: stores})) == {(5, 7): 0.6}
    assert shared_personas({7: buying, 5: persona({1, 2}, "abce")}) == []
    assert shared_personas({7: buying, 5: persona({2}, "abcef")}) == []  # 3 of 6
    assert shared_personas({7: buying, 5: persona((), "abcd")}) == []  # departments unknown


@given(sets)
def test_the_finder_finds_what_comparing_all_pairs_does(served):
    expected = {
        (a, b): len(served[a] & served[b]) / min(len(served[a]), len(served[b]))
        for a in served
        for b in served
        if a < b
        and served[a]
        and served[b]
        and len(served[a] & served[b]) * 10 >= 6 * min(len(served[a]), len(served[b]))
    }
    found = duplicates(served)
    assert pairs_of(found) == expected
    assert len(found) == len(expected)
    for key in served:
        mine = {pair: share for pair, share in expected.items() if key in pair}
        assert pairs_of(duplicates(served, only=key)) == mine


@given(sets, st.sets(st.integers(1, 12)))
def test_personas_are_told_as_comparing_all_pairs_tells(tasks, shared_department):
    people = {
        key: Portrayed(frozenset({0} if key in shared_department else {key}), frozenset(mine))
        for key, mine in tasks.items()
    }
    expected = {
        (a, b)
        for a in tasks
        for b in tasks
        if a < b
        and not {a, b} <= shared_department
        and tasks[a] & tasks[b]
        and len(tasks[a] & tasks[b]) * 10 >= 6 * len(tasks[a] | tasks[b])
    }
    assert set(pairs_of(shared_personas(people))) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Send e-mails!", " send  Émails"),
        ("Straße prüfen", "STRASSE PRUFEN"),
        ("Check 3 lists", "check 3-lists."),
        ("ﬁle", "FILE"),
    ],
)
def test_tasks_are_the_same_whatever_case_accents_spaces_and_punctuation(one, other):
    assert task_key(one) == task_key(other)


def test_other_tasks_stay_apart():
    assert task_key("Check 3 lists") != task_key("Check 4 lists")
    assert task_key("!!") != task_key("??")
    assert task_key("कि") != task_key("का")  # vowel signs are no accents


@given(st.text())
def test_a_key_of_a_task_is_its_own_key(name):
    assert task_key(task_key(name)) == task_key(name)
    assert task_key(name.upper().lower()) == task_key(name.lower().upper().lower())


def test_a_dismissal_is_silent_for_180_days():
    assert silent_until(TODAY) == TODAY + dt.timedelta(days=180)
    assert is_silent(TODAY, TODAY + dt.timedelta(days=179))
    assert not is_silent(TODAY, TODAY + dt.timedelta(days=180))
    assert is_silent(silent_since(TODAY), TODAY)
    assert not is_silent(silent_since(TODAY) - dt.timedelta(days=1), TODAY)


# --- Selectors ----------------------------------------------------------------------------


@pytest.fixture
def user(db):
    return AdministratorFactory()


def twins(shared=3, own=1, **more):
    """Two products that share so many goals; each serves some more of its own."""
    first = ProductFactory(stage="growth", **more)
    second = ProductFactory(stage="growth", **more)
    for _ in range(shared):
        goal = GoalFactory()
        for product in (first, second):
            FitFactory(goal=goal, product=product, level=2)
    for product in (first, second):
        for _ in range(own):
            FitFactory(product=product, level=4)
    return first, second


def same_work(departments=(None, None), tasks=3):
    """Two personas with the same tasks."""
    people = [PersonaFactory(), PersonaFactory()]
    what = people[0].pk  # other pairs have other tasks
    for persona, department in zip(people, departments, strict=True):
        HeadCountFactory(persona=persona, department=department or DepartmentFactory())
    for number in range(tasks):
        TaskFactory(goal__persona=people[0], name=f"Read mail {what}.{number}")
        TaskFactory(goal__persona=people[1], name=f"read MAIL, {what} {number}")
    return people


def test_duplicates_are_told_with_their_goals(user):
    first, second = twins(shared=3, own=1)
    FitFactory(product=first, level=1, goal=FitFactory(product=second, level=4).goal)
    found = selectors.possible_duplicates(user, TODAY)
    assert [(one.first, one.second, len(one.goals)) for one in found.pairs] == [(first, second, 3)]
    assert found.pairs[0].overlap.sizes == (4, 5)
    assert (found.total, found.dismissed) == (1, [])
    assert selectors.possible_duplicates(user, TODAY, first).pairs == found.pairs
    assert selectors.possible_duplicates(user, TODAY, ProductFactory()).pairs == []


@pytest.mark.parametrize(
    "away", [{"stage": "retired"}, {"archived_on": TODAY}, {"visibility": "team"}]
)
def test_what_serves_nobody_or_is_hidden_is_no_duplicate(db, away):
    _first, second = twins()
    employee = PersonFactory()
    assert selectors.possible_duplicates(employee, TODAY).total == 1
    for name, value in away.items():
        setattr(second, name, value)
    second.save()
    assert selectors.possible_duplicates(employee, TODAY).total == 0


def test_personas_are_told_with_the_tasks_that_are_the_same(user):
    first, second = same_work()
    TaskFactory(goal__persona=first, name="Alone")
    found = selectors.possible_shared_personas(TODAY)
    assert [(one.first, one.second, one.tasks) for one in found.pairs] == [
        (first, second, [f"Read mail {first.pk}.{number}" for number in range(3)])
    ]
    assert found.pairs[0].overlap.share == 0.75
    assert [len(names) for names in found.pairs[0].departments] == [1, 1]


def test_personas_of_one_department_are_not_told_until_nobody_is_there(user):
    buying = DepartmentFactory()
    first, _ = same_work((buying, buying))
    assert selectors.possible_shared_personas(TODAY).total == 0
    HeadCountFactory(persona=first, department=buying, head_count=0, from_date=TODAY)
    HeadCountFactory(persona=first)
    assert selectors.possible_shared_personas(TODAY).total == 1
    assert selectors.possible_shared_personas(TODAY - dt.timedelta(days=1)).total == 0


@pytest.mark.parametrize("amount", [1, 3])
def test_the_finder_costs_the_same_for_many(user, amount):
    for _ in range(amount):
        twins()
        same_work()
        services.dismiss_duplicate(
            **dict(zip(("first", "second"), twins(), strict=True)), reason="r", by=user, now=NOW
        )
    with CaptureQueriesContext(connection) as captured:
        assert selectors.possible_duplicates(user, TODAY).total == amount
    assert len(captured) == 4
    with CaptureQueriesContext(connection) as captured:
        assert selectors.possible_shared_personas(TODAY).total == amount
    assert len(captured) == 4


# --- Services -----------------------------------------------------------------------------


def test_a_dismissed_pair_is_silent_until_somebody_speaks_again(user):
    first, second = twins()
    said = services.dismiss_duplicate(
        first=second, second=first, reason="Two countries", by=user, now=NOW
    )
    assert (said.first, said.second) == (first, second)
    found = selectors.possible_duplicates(user, TODAY)
    assert (found.pairs, found.dismissed) == ([], [said])
    after = TODAY + dt.timedelta(days=180)
    assert selectors.possible_duplicates(user, after).total == 1
    assert services.speak_of_duplicate(first=first, second=second, by=user, now=NOW)
    assert not services.speak_of_duplicate(first=first, second=second, by=user, now=NOW)
    assert selectors.possible_duplicates(user, TODAY).total == 1


def test_the_faster_reason_holds_and_an_old_one_is_replaced(user):
    first, second = same_work()
    pair = {"first": first, "second": second}
    services.dismiss_shared_persona(**pair, reason="Shifts differ", by=user, now=NOW)
    late = services.dismiss_shared_persona(
        **pair, reason="Mine", by=AdministratorFactory(), now=NOW
    )
    assert (late.reason, late.by) == ("Shifts differ", user)
    later = NOW + dt.timedelta(days=180)
    again = services.dismiss_shared_persona(**pair, reason="Still", by=user, now=later)
    assert (again.reason, SharedPersonaDismissal.objects.count()) == ("Still", 1)


def test_a_pair_that_is_gone_is_refused(user):
    first, second = twins()
    type(second).objects.filter(pk=second.pk).delete()
    with pytest.raises(type(first).DoesNotExist):
        services.dismiss_duplicate(first=first, second=second, reason="r", by=user, now=NOW)


# --- Pages --------------------------------------------------------------------------------


@pytest.fixture
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def dana(client, db):
    """She manages one of two products that overlap."""
    first, second = twins(run_cost=None)
    type(second).objects.filter(pk=second.pk).update(run_cost=120_000)
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=second, role="manager")
    client.force_login(person)
    return first, second


def shown(client, path="/coverage/overlaps/"):
    return " ".join(parse(client.get(path).content.decode()).get_text(" ").split())


@pytest.mark.usefixtures("_now")
def test_the_page_names_both_with_their_costs_and_takes_a_reason(client, dana):
    first, second = dana
    words = shown(client)
    assert f"{first} serves 4 goals, {second} 4; 3 the same: 75 % of what {first}" in words
    assert f"{first} growth · run cost unknown {second} growth · run cost 120,000 a year" in words
    assert "1 possible duplicate among products and no pairs" in words
    address = f"/products/{second.slug}/personas/overlaps/{first.slug}/"
    assert client.post(f"{address}dismiss/", {"reason": " "}).status_code == 422
    assert DuplicateDismissal.objects.count() == 0
    client.post(f"{address}dismiss/", {"reason": "Two countries"})
    words = shown(client)
    assert "Two countries Dana 21 Nov 20 May 2027" in words
    assert "No possible duplicates" in words
    client.post(f"{address}take-back/")
    assert "1 possible duplicate" in shown(client)


@pytest.mark.usefixtures("_now")
def test_who_may_edit_neither_reads_and_can_not_dismiss(client, dana):
    first, second = dana
    client.force_login(PersonFactory())
    assert "Dismiss" not in shown(client)
    address = f"/products/{second.slug}/personas/overlaps/{first.slug}/"
    assert client.post(f"{address}dismiss/", {"reason": "no"}).status_code == 403
    assert client.post(f"{address}take-back/").status_code == 403


@pytest.mark.usefixtures("_now")
def test_a_product_that_one_may_not_read_is_not_named(client, dana):
    first, second = dana
    type(first).objects.filter(pk=first.pk).update(visibility="team", name="Secret")
    assert "Secret" not in shown(client)
    assert "Secret" not in shown(client, f"/products/{second.slug}/personas/")
    address = f"/products/{second.slug}/personas/overlaps/{first.slug}/dismiss/"
    assert client.post(address, {"reason": "x"}).status_code == 404
    assert client.get(address.replace(first.slug, second.slug)).status_code == 404


@pytest.mark.usefixtures("_now")
def test_the_product_page_mentions_its_possible_duplicates(client, dana):
    first, second = dana
    words = shown(client, f"/products/{first.slug}/personas/")
    assert f"Possible duplicates All overlaps {second} : 3 goals the same, 75 %" in words
    assert "run cost 120,000 a year" in words


@pytest.mark.usefixtures("_now")
def test_a_share_of_one_says_that_it_stands_on_one(client, db):
    twins(shared=1, own=0)
    client.force_login(AdministratorFactory())
    words = shown(client)
    assert "100 %" in words
    assert "It stands on 1 goal: too little to be sure." in words


@pytest.mark.usefixtures("_now")
def test_personas_are_dismissed_by_whoever_may_describe_them(client, db):
    first, second = same_work()
    boss = AdministratorFactory(name="Boss")
    client.force_login(boss)
    assert f"{first} has 3 tasks, {second} 3; 3 the same: 100 % of all 3." in shown(client)
    address = f"/coverage/overlaps/personas/{first.pk}/{second.pk}/"
    response = client.post(f"{address}dismiss/", {"reason": "Night shift"}, follow=True)
    assert "Night shift" in response.content.decode()
    assert "is told again" not in shown(client)
    client.post(f"{address}take-back/")
    assert "Night shift" not in shown(client)
    client.force_login(PersonFactory())
    assert client.post(f"{address}dismiss/", {"reason": "x"}).status_code == 403
