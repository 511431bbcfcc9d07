"""Past days take today's settings and plans where somebody asks for it, and no other day does."""

import re
import sys
import threading
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from activity.models import Event
from health import services, tasks
from health.models import HealthSnapshot, Recompute
from health.selectors import current_settings, recompute_history
from kpis.models import Kpi
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    make_kpi,
    make_product,
    mark,
    measure,
)

pytestmark = pytest.mark.django_db
PAGE = "/settings/health/recompute/"
module = sys.modules["health.services.recompute"]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    return User.objects.create(email="ada@example.com", name="Ada", role="administrator")


def measured(name="Tool", ago=40):
    """A product of two KPIs with a value every day."""
    product = make_product(name)
    for code, group in (("score", "satisfaction"), ("minutes", "productivity")):
        kpi = make_kpi(product, code, metric={"group": group})
        for back in range(0, ago + 1, 5):
            measure(kpi, 50 + back % 40, ago=back)
    mark(product, ago=ago)
    services.roll_up(product_ids=[product.pk], now=NOW)
    return product


def rows(product):
    """Everything that a snapshot says but when it was worked out, by how long ago."""
    found = {}
    for row in HealthSnapshot.objects.filter(product=product):
        names = ("status", "health", "confidence", "trend", "settings_id", "plan_mark", "before",
                 "reason", "explanation", "is_kept")  # fmt: skip
        found[(TODAY - row.day).days] = {name: getattr(row, name) for name in names}
    return found


def change_everything(product):
    """A new plan and new settings, rolled up for today."""
    Kpi.objects.filter(product=product).update(target=160.0)
    services.save_settings(values={"healthy_from": 70.0, "watch_from": 50.0}, by=None, now=NOW)
    services.roll_up(product_ids=[product.pk], now=NOW)


def ask(by, first=9, last=5, product=None, **more):
    return services.ask_recompute(
        first=days_ago(first), last=days_ago(last), product=product, why="A slip.", by=by, now=NOW,
        **more,
    )  # fmt: skip


def work():
    while services.recompute_some(now=NOW):
        pass


def test_the_days_asked_for_take_todays_settings_and_plan_and_no_other_does(ada):
    product = measured()
    change_everything(product)
    before = rows(product)
    ask(ada)
    work()
    after = rows(product)
    today = after[0]
    for ago in range(5, 10):
        assert after[ago]["settings_id"] == current_settings().pk != before[ago]["settings_id"]
        assert after[ago]["plan_mark"] == today["plan_mark"] != before[ago]["plan_mark"]
        assert after[ago]["health"] != before[ago]["health"]
    others = set(before) - set(range(5, 10))
    assert {ago: after[ago] for ago in others} == {ago: before[ago] for ago in others}


def test_days_28_days_later_compare_with_what_is_stored_now(ada):
    product = measured()
    change_everything(product)
    before = rows(product)
    ask(ada, first=33, last=30)
    work()
    after = rows(product)
    for ago in range(30, 34):
        later = ago - 28
        assert after[later]["health"] == before[later]["health"]
        assert after[later]["trend"] == pytest.approx(after[later]["health"] - after[ago]["health"])
        assert after[later]["trend"] != before[later]["trend"]
    others = set(before) - {33, 32, 31, 30, 5, 4, 3, 2}
    assert {ago: after[ago] for ago in others} == {ago: before[ago] for ago in others}


def test_later_roll_ups_keep_it(ada):
    product = measured()
    change_everything(product)
    ask(ada, first=33, last=5)
    work()
    once = rows(product)
    services.save_settings(values={"healthy_from": 99.0}, by=ada, now=NOW)
    Kpi.objects.filter(product=product).update(target=60.0)
    mark(product, ago=40)
    services.roll_up(product_ids=[product.pk], now=NOW)
    later = rows(product)
    assert {ago: later[ago] for ago in once if ago} == {ago: once[ago] for ago in once if ago}
    assert later[0] != once[0]


def test_it_takes_the_settings_that_were_in_force_when_it_was_asked(ada):
    product = measured()
    change_everything(product)
    asked = ask(ada)
    services.save_settings(values={"healthy_from": 99.0}, by=ada, now=NOW)
    work()
    assert rows(product)[6]["settings_id"] == asked.settings_id


def test_a_second_time_changes_nothing(ada):
    product = measured()
    change_everything(product)
    ask(ada)
    work()
    once = rows(product)
    ask(ada)
    work()
    assert rows(product) == once


def test_one_product_alone(ada):
    one, other = measured("One"), measured("Other")
    change_everything(one)
    change_everything(other)
    before = rows(other)
    ask(ada, product=one)
    work()
    assert rows(other) == before
    assert rows(one)[6]["settings_id"] == current_settings().pk


def test_it_is_told_in_the_activity_and_history_of_each_product(ada):
    products = [measured("One"), measured("Other")]
    untouched = make_product("Without days")
    asked = ask(ada)
    work()
    for product in products:
        event = Event.objects.get(product_id=product.pk, verb="worked out again")
        assert (event.actor_id, event.data) == (ada.pk, {"days": 5})
        (entry,) = recompute_history(product, ada, None, 10)
        assert (entry.actor, entry.what) == ("Ada", "worked out again")
        assert [(one.field, one.after) for one in entry.changes] == [
            ("why", "A slip."),
            ("days", "5"),
        ]
    assert not Event.objects.filter(product_id=untouched.pk, verb="worked out again").exists()
    asked.refresh_from_db()
    assert (asked.days, asked.done_at) == (10, NOW)


# Twice, at once, cut off -------------------------------------------------------------------------


def test_the_same_form_twice_asks_once(ada):
    token = uuid.uuid4()
    assert ask(ada, token=token) == ask(ada, token=token)
    assert Recompute.objects.count() == 1


def test_a_worker_that_was_cut_off_is_followed_by_one_that_goes_on(ada, monkeypatch):
    products = [measured(f"Tool {number}") for number in range(3)]
    for product in products:
        change_everything(product)
    asked = ask(ada)
    monkeypatch.setattr(module, "MOST_PRODUCTS", 1)
    assert services.recompute_some(now=NOW)
    monkeypatch.setattr(module, "log_events", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.recompute_some(now=NOW)
    asked.refresh_from_db()
    assert (asked.reached, asked.days, asked.done_at) == (products[0].pk, 5, None)
    assert rows(products[1])[6]["settings_id"] != asked.settings_id
    monkeypatch.undo()
    work()
    asked.refresh_from_db()
    assert (asked.days, asked.done_at) == (15, NOW)
    assert Event.objects.filter(verb="worked out again").count() == 3


@pytest.mark.django_db(transaction=True)
def test_at_once_is_once(ada, monkeypatch):
    monkeypatch.setattr(module, "MOST_PRODUCTS", 1)
    products = [measured(f"Tool {number}") for number in range(3)]
    for product in products:
        change_everything(product)
    asked = ask(ada)
    barrier, failures = threading.Barrier(3), []

    def run():
        try:
            barrier.wait()
            work()
        except Exception as error:  # noqa: BLE001  # told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert failures == []
    asked.refresh_from_db()
    assert (asked.days, asked.done_at) == (15, NOW)
    assert Event.objects.filter(verb="worked out again").count() == 3


def test_the_task_does_it_chunk_by_chunk(
    ada, eager_tasks, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(module, "MOST_PRODUCTS", 1)
    product = measured()
    change_everything(product)
    asked = ask(ada)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.recompute_days()
    asked.refresh_from_db()
    assert asked.done_at == NOW


# Refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last"), [(5, 6), (5, 0), (5, -1)])
def test_days_that_are_not_over_or_not_in_order_are_refused(ada, first, last):
    with pytest.raises(services.DaysRefused):
        ask(ada, first=first, last=last)
    assert not Recompute.objects.exists()


# Page --------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, ada):
    client.force_login(ada)
    return client


def form(**changes):
    return {
        "first": days_ago(9).isoformat(),
        "last": days_ago(5).isoformat(),
        "product": "",
        "why": "The target was wrong.",
        "token": str(uuid.UUID(int=7)),
        **changes,
    }


def test_the_page_says_how_much_there_is_and_asks_once(signed_in):
    measured("One")
    measured("Other")
    seen = signed_in.post(PAGE, form(step="preview"))
    text = re.sub(r"\s+", " ", seen.content.decode())
    assert (
        "5 kept days of 2 products, from 12 Nov 2026 to 16 Nov 2026: 10 snapshots in all." in text
    )
    assert not Recompute.objects.exists()
    for _ in range(2):
        assert signed_in.post(PAGE, form(step="confirm")).status_code == 302
    row = Recompute.objects.get()
    assert (row.why, row.by.name, row.product) == ("The target was wrong.", "Ada", None)
    assert "0 of 2 products, no snapshots so far" in signed_in.get(PAGE).content.decode()
    work()
    assert "10 snapshots worked out" in signed_in.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"why": ""}, "Why is missing."),
        ({"last": TODAY.isoformat()}, "Only days that are over"),
        ({"last": days_ago(20).isoformat()}, "must not be before the first"),
        ({"product": "nobody"}, "No product is called this."),
        ({"first": "soon"}, "Enter a day"),
    ],
)
def test_what_is_wrong_is_told_and_kept(signed_in, changes, words):
    answer = signed_in.post(PAGE, form(step="confirm", **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Recompute.objects.exists()


def test_a_product_is_found_by_its_name_or_address(signed_in):
    product = measured("Shift Planner")
    for number, typed in enumerate(("shift planner", "SHIFT-PLANNER")):
        token = str(uuid.UUID(int=number))
        signed_in.post(PAGE, form(step="confirm", product=typed, token=token))
    assert [row.product for row in Recompute.objects.all()] == [product, product]


def test_the_list_takes_as_many_queries_however_long(signed_in, ada):
    measured()
    for _ in range(5):
        ask(ada)
    work()
    signed_in.get(PAGE)
    with CaptureQueriesContext(connection) as found:
        assert signed_in.get(PAGE).status_code == 200
    assert len(found) == 4, "\n".join(one["sql"][:150] for one in found)
