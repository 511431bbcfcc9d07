"""F10, F22, F24, F25: a row for everybody whose Monday has come, once, and for nobody else."""

from __future__ import annotations

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
import structlog
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Organisation
from core.models import ScheduleSlot
from digests.models import DigestDelivery
from digests.rules.weeks import Week, week_at
from digests.selectors.due import database_now, due_in, zones_in_use
from digests.services.planning import JOB, plan_due
from stakeholders.models import Person
from tests.factories.accounts import UserFactory
from tests.factories.digests import SubscriptionFactory
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory

MONDAY = dt.date(2026, 11, 30)
NINE = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)

pytestmark = pytest.mark.django_db


def reader(zone: str = "", **person) -> Person:
    """Somebody who has long been on the map of a product."""
    placed = PlacementFactory(
        person__time_zone=zone, **{f"person__{k}": v for k, v in person.items()}
    )
    return placed.person


def weeks_of(person: Person) -> list[dt.date]:
    return list(person.deliveries.order_by("week").values_list("week", flat=True))


def test_nobody_before_nine_and_everybody_at_nine():
    person = reader("UTC")
    assert plan_due(now=NINE - SECOND) == 1  # the Monday before
    assert weeks_of(person) == [MONDAY - dt.timedelta(days=7)]
    assert plan_due(now=NINE) == 1
    row = person.deliveries.get(week=MONDAY)
    assert (row.due_at, row.state, row.time_zone, row.reason) == (NINE, "planned", "UTC", "")
    assert plan_due(now=NINE + HOUR) == 0


def test_each_zone_has_its_own_nine():
    zones = {"Pacific/Auckland": -13, "Europe/Berlin": -1, "America/New_York": 5}
    people = {zone: reader(zone) for zone in zones}
    plan_due(now=NINE - 20 * HOUR)
    for zone, hours in zones.items():
        at = NINE + hours * HOUR
        plan_due(now=at - SECOND)
        assert MONDAY not in weeks_of(people[zone])
        plan_due(now=at)
        assert people[zone].deliveries.get(week=MONDAY).due_at == at


def test_the_zone_is_the_persons_own_else_the_accounts_else_the_organisations():
    Organisation.objects.update(time_zone="Asia/Tokyo")
    own = reader("Pacific/Chatham", user=UserFactory(time_zone="Europe/Berlin"))
    accounts = reader("", user=UserFactory(time_zone="Europe/Berlin"))
    without = reader("", user=UserFactory(time_zone=""))
    assert set(zones_in_use("Asia/Tokyo")) >= {"Pacific/Chatham", "Europe/Berlin", "Asia/Tokyo"}
    plan_due(now=NINE)
    found = [one.deliveries.get().time_zone for one in (own, accounts, without)]
    assert found == ["Pacific/Chatham", "Europe/Berlin", "Asia/Tokyo"]


def test_a_zone_that_nobody_knows_is_utc_and_is_warned_of():
    person = reader("")
    Person.objects.filter(pk=person.pk).update(time_zone="Mars/Olympus_Mons")
    with structlog.testing.capture_logs() as logs:
        plan_due(now=NINE)
    row = person.deliveries.get()
    assert (row.week, row.due_at, row.time_zone) == (MONDAY, NINE, "UTC")
    warned = [log for log in logs if log["event"] == "time_zone_unknown"]
    assert [(log["zone"], log["log_level"]) for log in warned] == [("Mars/Olympus_Mons", "warning")]


def test_who_reads():
    before, after = NINE - HOUR, NINE + SECOND
    follower = SubscriptionFactory(since=before).person
    late = SubscriptionFactory(since=after).person
    not_following = SubscriptionFactory(since=before, follows=False).person
    new = PlacementFactory(since=MONDAY).person
    stranger = PersonFactory()
    put_away = PlacementFactory(product=ProductFactory(archived_on=MONDAY)).person
    merged, erased = reader(merged_into=follower), reader(erased_at=before)
    plan_due(now=NINE + HOUR)
    assert weeks_of(follower) == [MONDAY]
    for nobody in (late, not_following, new, stranger, put_away, merged, erased):
        assert weeks_of(nobody) == []
    # Whoever was late is told from the next Monday on.
    plan_due(now=NINE + 7 * 24 * HOUR)
    assert [weeks_of(one) for one in (late, new)] == [[MONDAY + dt.timedelta(days=7)]] * 2


def test_a_clock_that_stood_still_catches_up_once_and_never_for_older_weeks():
    person = reader("UTC")
    plan_due(now=NINE - 21 * 24 * HOUR)
    late = NINE + 50 * HOUR  # three Mondays passed meanwhile
    assert [plan_due(now=late), plan_due(now=late + SECOND)] == [1, 0]
    assert weeks_of(person) == [MONDAY - dt.timedelta(days=21), MONDAY]


def test_slots_are_rows_and_run_once():
    reader("UTC"), reader("Europe/Berlin"), reader("Europe/Paris")
    for _ in range(3):
        with structlog.testing.capture_logs() as logs:
            plan_due(now=NINE)
        runs = [log for log in logs if log["event"].startswith("digests_planned")]
        assert len(runs) in (2, 0)  # Berlin and Paris have the same instant
    slots = ScheduleSlot.objects.filter(job=JOB).order_by("slot_start")
    assert list(slots.values_list("slot_start", flat=True)) == [NINE - HOUR, NINE]
    assert not slots.filter(finished_at=None).exists()


def test_a_run_that_broke_off_is_run_again(monkeypatch):
    """The slot and its rows are one transaction."""
    person = reader("UTC")

    def broken(dues, now, zone):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("digests.services.planning.insert_planned", broken)
        with pytest.raises(RuntimeError):
            plan_due(now=NINE)
    assert not ScheduleSlot.objects.filter(job=JOB).exists()
    assert plan_due(now=NINE) == 1
    assert weeks_of(person) == [MONDAY]


def test_a_plan_takes_as_many_statements_for_one_as_for_fifty(django_assert_num_queries):
    reader("UTC")
    # A savepoint around: the organisation, the zones, four about slots, an insert for the slot and
    # one for whoever has moved.
    statements = 10
    with django_assert_num_queries(statements):
        plan_due(now=NINE - 7 * 24 * HOUR)
    for _ in range(50):
        reader("UTC")
    with django_assert_num_queries(statements):
        assert plan_due(now=NINE) == 51


def test_the_clock_is_the_databases(monkeypatch):
    """F24: an application whose clock is two hours off plans nobody early, and nobody twice."""
    from django.utils import timezone

    real = database_now()
    zone = zone_in_which_it_is(real, dt.timedelta(hours=-1))
    person = reader(zone)
    expected = due_in(zone, real).week
    for hours in (2, -2, 0):
        monkeypatch.setattr(timezone, "now", lambda h=hours: real + h * HOUR)
        plan_due()
        assert weeks_of(person) == [expected]


def zone_in_which_it_is(now: dt.datetime, before_due: dt.timedelta) -> str:
    """A fixed zone; where it is about an hour before nine, so that two hours would matter."""
    wanted = (
        dt.datetime.combine(now.date(), dt.time(9), dt.UTC) + before_due - now
    ).total_seconds()
    hours = round(wanted / 3600)
    return f"Etc/GMT{-hours:+d}" if -14 <= -hours <= 12 else "UTC"


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 30),
            st.sampled_from(
                [
                    "Pacific/Auckland",
                    "Pacific/Honolulu",
                    "Pacific/Kiritimati",
                    "UTC",
                    "Pacific/Niue",
                ]
            ),
        ),
        min_size=10,
        max_size=60,
    )
)
def test_moving_between_zones_brings_never_two_and_never_none(moves):
    """F22: Auckland to Honolulu and back, at any hour: every Monday once, in order."""
    DigestDelivery.objects.all().delete()
    ScheduleSlot.objects.all().delete()
    person = Person.objects.filter(email="mover@example.org").first()
    if person is None:
        person = reader("UTC", email="mover@example.org")
    now = NINE - 7 * 24 * HOUR
    zone = "UTC"
    seen = []
    for hours, zone in moves:
        Person.objects.filter(pk=person.pk).update(time_zone=zone)
        plan_due(now=now)
        seen.append(week_at(now, zone).monday)
        now += hours * HOUR
    found = weeks_of(person)
    assert found == sorted(set(seen))
    days = (found[-1] - found[0]).days
    assert len(found) == days // 7 + 1
    for row in person.deliveries.all():
        assert row.due_at == Week(row.week).local_due(row.time_zone)
        assert row.due_at <= row.planned_at
        assert row.due_at.astimezone(ZoneInfo(row.time_zone)).time() == dt.time(9)


@pytest.mark.django_db(transaction=True)
def test_three_clocks_at_once_make_one_run():
    """F10: each of three connections plans the same instant at the same moment."""
    people = [reader("UTC") for _ in range(20)]
    barrier, made = threading.Barrier(3), []

    def tick():
        try:
            barrier.wait()
            made.append(plan_due(now=NINE))
        finally:
            connections.close_all()

    with structlog.testing.capture_logs() as logs:
        threads = [threading.Thread(target=tick) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert sorted(made) == [0, 0, len(people)]
    assert DigestDelivery.objects.count() == len(people)
    assert len([log for log in logs if log["event"] == "digests_planned"]) == 1
    assert ScheduleSlot.objects.filter(job=JOB).count() == 1
    connection.close()
