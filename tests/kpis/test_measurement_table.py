"""Raw SQL against the measurement table: whatever the way in, no orphan, no NaN, no lost history.

Everything here goes past the services on purpose: imports use COPY and MERGE, operators use psql.
"""

import datetime as dt
import json
from contextlib import contextmanager
from threading import Event, Thread

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from core.audit import acting_as, apply_context
from kpis.models import Kpi, Measurement, MeasurementChange
from tests.factories.kpis import KpiFactory, MetricFactory

pytestmark = pytest.mark.django_db
concurrent = pytest.mark.django_db(transaction=True)

DAY = dt.date(2026, 11, 9)
OTHER_MONTH = dt.date(2026, 10, 9)
PARTITION = "kpis_measurement_m2026_11"


class Person:
    """What the context needs of a user."""

    def __init__(self, pk):
        self.pk = pk


ANA = Person(71)


@pytest.fixture(autouse=True)
def _partitions(db):
    """The days of these tests, whatever the day on which the database was migrated."""
    with connection.cursor() as cursor:
        for day in (DAY, OTHER_MONTH):
            cursor.execute("SELECT kpis_create_partition(%s)", [day])


@pytest.fixture
def kpi():
    return KpiFactory(metric=MetricFactory(lower=0, upper=100))


def run(sql, *args):
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def insert(kpi_id, value=1.0, day=DAY, segment="", table="kpis_measurement"):
    run(
        f"INSERT INTO {table} (kpi_id, date, segment, value) VALUES (%s, %s, %s, %s)",
        kpi_id, day, segment, value,
    )  # fmt: skip


def copy(rows, table="kpis_measurement", *, with_context=False):
    with connection.cursor() as cursor:
        if with_context:
            apply_context(cursor)
        sql = f"COPY {table} (kpi_id, date, segment, value) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(sql) as stream:
            for row in rows:
                stream.write_row(row)


def changes():
    return [
        (c.operation, c.date, c.before["value"], c.after and c.after["value"], c.actor_id)
        for c in MeasurementChange.objects.order_by("pk")
    ]


def orphans():
    return run(
        "SELECT count(*) FROM kpis_measurement m"
        " WHERE NOT EXISTS (SELECT FROM kpis_kpi k WHERE k.id = m.kpi_id)"
    )[0][0]


@contextmanager
def refused(constraint):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.diag.constraint_name == constraint


MERGE = """
MERGE INTO {table} t
USING (VALUES (%s::bigint, %s::date, ''::varchar, %s::float8)) s (kpi_id, date, segment, value)
ON t.kpi_id = s.kpi_id AND t.date = s.date AND t.segment = s.segment
WHEN MATCHED THEN UPDATE SET value = s.value
WHEN NOT MATCHED THEN INSERT (kpi_id, date, segment, value)
    VALUES (s.kpi_id, s.date, s.segment, s.value)
"""

WAYS_IN = {
    "insert": insert,
    "insert into the partition": lambda pk, value: insert(pk, value, table=PARTITION),
    "copy": lambda pk, value: copy([(pk, DAY, "", value)]),
    "copy into the partition": lambda pk, value: copy([(pk, DAY, "", value)], PARTITION),
    "merge": lambda pk, value: run(MERGE.format(table="kpis_measurement"), pk, DAY, value),
    "merge into the partition": lambda pk, value: run(
        MERGE.format(table=PARTITION), pk, DAY, value
    ),
    "on conflict": lambda pk, value: run(
        "INSERT INTO kpis_measurement (kpi_id, date, value) VALUES (%s, %s, %s)"
        " ON CONFLICT (kpi_id, date, segment) DO UPDATE SET value = excluded.value",
        pk, DAY, value,
    ),
}  # fmt: skip
every_way_in = pytest.mark.parametrize("way", WAYS_IN)


@every_way_in
def test_a_value_of_a_known_kpi_is_taken(way, kpi):
    WAYS_IN[way](kpi.pk, 42.5)
    assert Measurement.objects.get(kpi=kpi).value == 42.5


@every_way_in
def test_no_value_without_its_kpi(way, kpi):
    with refused("kpis_measurement_has_kpi"):
        WAYS_IN[way](kpi.pk + 1000, 1.0)
    assert not Measurement.objects.exists()


@every_way_in
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_no_value_that_is_no_number(way, kpi, value):
    with refused("kpis_measurement_value_finite"):
        WAYS_IN[way](kpi.pk, value)


@every_way_in
@pytest.mark.parametrize("value", [-0.001, 100.001])
def test_no_value_outside_the_bounds_of_its_metric(way, kpi, value):
    with refused("kpis_measurement_within_bounds"):
        WAYS_IN[way](kpi.pk, value)


@every_way_in
@pytest.mark.parametrize("value", [0.0, 100.0])
def test_both_bounds_are_allowed(way, kpi, value):
    WAYS_IN[way](kpi.pk, value)
    assert Measurement.objects.get(kpi=kpi).value == value


def test_one_bad_row_among_many_refuses_them_all(kpi):
    rows = [(kpi.pk, DAY - dt.timedelta(days=n), "", 50.0) for n in range(5)]
    with refused("kpis_measurement_has_kpi"):
        copy([*rows, (kpi.pk + 1000, DAY, "", 50.0)])
    with refused("kpis_measurement_within_bounds"):
        copy([*rows, (kpi.pk, DAY, "EU", 101.0)])
    assert not Measurement.objects.exists()


def test_every_row_of_a_copy_over_many_kpis_and_partitions_lands():
    kpis = KpiFactory.create_batch(3)
    copy([(k.pk, day, "", 1.0) for k in kpis for day in (DAY, OTHER_MONTH)])
    assert Measurement.objects.count() == 6


# --- Updates ---------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["kpis_measurement", PARTITION])
def test_an_update_keeps_what_was_before(kpi, table):
    insert(kpi.pk, 10)
    with acting_as(ANA):
        run(f"UPDATE {table} SET value = 20 WHERE kpi_id = %s", kpi.pk)
    assert changes() == [("update", DAY, 10.0, 20.0, 71)]


def test_an_update_that_changes_nothing_leaves_no_trace(kpi):
    insert(kpi.pk, 10)
    run("UPDATE kpis_measurement SET value = 10 WHERE kpi_id = %s", kpi.pk)
    assert changes() == []


@pytest.mark.parametrize("way", ["merge", "merge into the partition", "on conflict"])
def test_a_replacing_write_keeps_what_was_before(way, kpi):
    insert(kpi.pk, 10)
    with acting_as(ANA):
        WAYS_IN[way](kpi.pk, 20.0)
    assert changes() == [("update", DAY, 10.0, 20.0, 71)]


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_an_update_to_no_number_is_refused(kpi, value):
    insert(kpi.pk, 10)
    with refused("kpis_measurement_value_finite"):
        run("UPDATE kpis_measurement SET value = %s", value)


@pytest.mark.parametrize("table", ["kpis_measurement", PARTITION])
def test_an_update_out_of_bounds_is_refused(kpi, table):
    insert(kpi.pk, 10)
    with refused("kpis_measurement_within_bounds"):
        run(f"UPDATE {table} SET value = 101")


@pytest.mark.parametrize("table", ["kpis_measurement", PARTITION])
def test_a_value_can_not_be_given_to_a_kpi_that_is_not_there(kpi, table):
    insert(kpi.pk, 10)
    with refused("kpis_measurement_has_kpi"):
        run(f"UPDATE {table} SET kpi_id = kpi_id + 1000")


def test_a_value_given_to_another_kpi_obeys_its_bounds(kpi):
    narrow = KpiFactory(metric=MetricFactory(lower=0, upper=5))
    insert(kpi.pk, 10)
    with refused("kpis_measurement_within_bounds"):
        run("UPDATE kpis_measurement SET kpi_id = %s", narrow.pk)


@pytest.mark.parametrize("target", [DAY + dt.timedelta(days=1), OTHER_MONTH])
def test_an_update_of_the_key_keeps_the_old_one(kpi, target):
    insert(kpi.pk, 10)
    with acting_as(ANA):
        run("UPDATE kpis_measurement SET date = %s, value = 11", target)
    assert changes() == [("update", DAY, 10.0, 11.0, 71)]
    kept = MeasurementChange.objects.get()
    assert (kept.before["date"], kept.after["date"]) == (DAY.isoformat(), target.isoformat())
    assert Measurement.objects.get().date == target


MOVE = """
MERGE INTO kpis_measurement t USING (VALUES (%s::date)) s (date) ON t.date = s.date
WHEN MATCHED THEN UPDATE SET {change}
"""


@pytest.mark.parametrize("target", [DAY + dt.timedelta(days=1), OTHER_MONTH])
def test_a_merge_that_moves_a_value_keeps_the_old_one(kpi, target):
    # PostgreSQL shows a row that MERGE moves to another partition to no statement trigger.
    insert(kpi.pk, 10)
    with acting_as(ANA):
        run(MOVE.format(change="date = %s"), DAY, target)
    assert changes() == [("update", DAY, 10.0, 10.0, 71)]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("date = %s, kpi_id = kpi_id + 1000", "kpis_measurement_has_kpi"),
        ("date = %s, value = 101", "kpis_measurement_within_bounds"),
    ],
)
def test_a_merge_that_moves_a_value_is_checked(kpi, change, constraint):
    insert(kpi.pk, 10)
    with refused(constraint):
        run(MOVE.format(change=change), DAY, OTHER_MONTH)


def test_shifting_a_whole_series_keeps_every_value(kpi):
    for n in range(3):
        insert(kpi.pk, n, DAY + dt.timedelta(days=n))
    run("UPDATE kpis_measurement SET date = date - 31")
    lost = {0.0, 1.0, 2.0} - {c[2] for c in changes()}
    assert not lost


# --- Deletes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["kpis_measurement", PARTITION])
def test_a_delete_keeps_the_value(kpi, table):
    insert(kpi.pk, 10)
    with acting_as(ANA):
        run(f"DELETE FROM {table} WHERE kpi_id = %s", kpi.pk)
    assert changes() == [("delete", DAY, 10.0, None, 71)]


def test_a_merge_that_deletes_keeps_the_value(kpi):
    insert(kpi.pk, 10)
    run(MOVE.replace("UPDATE SET {change}", "DELETE"), DAY)
    assert changes() == [("delete", DAY, 10.0, None, None)]


def test_deleting_the_kpi_takes_its_values_along_and_keeps_them(kpi):
    other = KpiFactory()
    insert(kpi.pk, 10)
    insert(kpi.pk, 11, OTHER_MONTH)
    insert(other.pk, 12)
    with acting_as(ANA):
        run("DELETE FROM kpis_kpi WHERE id = %s", kpi.pk)
    assert sorted(changes()) == [
        ("delete", OTHER_MONTH, 11.0, None, 71),
        ("delete", DAY, 10.0, None, 71),
    ]
    assert list(Measurement.objects.values_list("kpi_id", flat=True)) == [other.pk]


def test_deleting_the_product_takes_the_values_along_and_keeps_them(kpi):
    insert(kpi.pk, 10)
    kpi.product.delete()
    assert orphans() == 0
    assert changes() == [("delete", DAY, 10.0, None, None)]


@pytest.mark.parametrize("table", ["kpis_measurement", PARTITION, "kpis_kpi CASCADE"])
def test_truncating_keeps_the_values(kpi, table):
    insert(kpi.pk, 10)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with acting_as(ANA):
        # TRUNCATE is DDL to pghistory, which does not carry its context there.
        with connection.cursor() as cursor:
            apply_context(cursor)
        run(f"TRUNCATE {table}")
    assert changes() == [("delete", DAY, 10.0, None, 71)]
    assert not Measurement.objects.exists()


def test_what_is_kept_can_be_neither_changed_nor_removed(kpi):
    insert(kpi.pk, 10)
    run("DELETE FROM kpis_measurement")
    for statement in (
        "UPDATE kpis_measurementchange SET before = '{}'",
        "DELETE FROM kpis_measurementchange",
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            run(statement)
    assert changes() == [("delete", DAY, 10.0, None, None)]


# --- Parents and bounds ----------------------------------------------------------------------


@pytest.mark.parametrize("column", ["id", "metric_id"])
def test_a_kpi_keeps_its_number_and_its_metric(kpi, column):
    metric = MetricFactory()
    with refused("kpis_kpi_keeps_identity"):
        run(f"UPDATE kpis_kpi SET {column} = %s WHERE id = %s", metric.pk + 5000, kpi.pk)


def test_bounds_that_existing_values_break_are_refused(kpi):
    insert(kpi.pk, 80)
    with refused("kpis_metric_bounds_hold"):
        run("UPDATE kpis_metric SET upper = 79 WHERE id = %s", kpi.metric_id)
    run("UPDATE kpis_metric SET upper = 80 WHERE id = %s", kpi.metric_id)


def test_the_whole_row_is_kept(kpi):
    run(
        "INSERT INTO kpis_measurement (kpi_id, date, segment, value, sample_size, source, note)"
        " VALUES (%s, %s, 'EU', 0.1, 7, 'api', 'half of them')",
        kpi.pk, DAY,
    )  # fmt: skip
    run("DELETE FROM kpis_measurement")
    before = MeasurementChange.objects.get().before
    assert before == before | {
        "kpi_id": kpi.pk, "date": DAY.isoformat(), "segment": "EU", "value": 0.1,
        "sample_size": 7, "source": "api", "note": "half of them", "import_run": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("segment", "x" * 81), ("note", "x" * 501), ("source", "rumour"), ("sample_size", -1),
        ("value", None), ("date", None),
    ],
)  # fmt: skip
def test_columns_are_bounded(kpi, column, value):
    row = {"kpi_id": kpi.pk, "date": DAY, "value": 1.0, column: value}
    with pytest.raises(DatabaseError), transaction.atomic():
        run(
            f"INSERT INTO kpis_measurement ({', '.join(row)})"
            f" VALUES ({', '.join(['%s'] * len(row))})",
            *row.values(),
        )


@pytest.mark.parametrize("day", ["1999-12-31", "0001-01-01", "9999-12-31"])
def test_days_without_a_partition_are_refused(kpi, day):
    with pytest.raises(DatabaseError), transaction.atomic():
        run("INSERT INTO kpis_measurement (kpi_id, date, value) VALUES (%s, %s, 1)", kpi.pk, day)


# --- Who it was ------------------------------------------------------------------------------


def test_an_insert_knows_the_person_in_the_context(kpi):
    with acting_as(ANA):
        insert(kpi.pk)
    assert Measurement.objects.get().entered_by == 71


@pytest.mark.parametrize("table", ["kpis_measurement", PARTITION])
def test_copy_knows_the_person_once_the_context_is_applied(kpi, table):
    with acting_as(ANA), transaction.atomic():
        copy([(kpi.pk, DAY, "", 1.0)], table, with_context=True)
    assert Measurement.objects.get().entered_by == 71


def test_a_change_knows_its_context(kpi):
    insert(kpi.pk)
    with acting_as(ANA) as _:
        run("DELETE FROM kpis_measurement")
    kept = MeasurementChange.objects.get()
    metadata = run("SELECT metadata FROM pghistory_context WHERE id = %s", kept.context_id)
    assert json.loads(metadata[0][0])["user"] == 71


def test_without_a_context_the_database_user_is_kept(kpi):
    insert(kpi.pk)
    run("DELETE FROM kpis_measurement")
    kept = MeasurementChange.objects.get()
    assert (kept.actor_id, kept.context_id) == (None, None)
    assert kept.database_user == run("SELECT session_user")[0][0]


def test_a_strange_context_does_not_stop_a_write(kpi):
    with transaction.atomic():
        run("""SELECT set_config('pghistory.context_metadata', '{"user": "root"}', true)""")
        insert(kpi.pk)
    assert Measurement.objects.get().entered_by is None


# --- At the same time ------------------------------------------------------------------------


def in_thread(work):
    """Runs `work` on a connection of its own; `.failure` holds what it raised."""

    def body():
        try:
            work()
        except Exception as error:  # noqa: BLE001  # told to the test
            thread.failure = error
        finally:
            connections.close_all()

    thread = Thread(target=body)
    thread.failure = None
    thread.start()
    return thread


def waits_for_a_lock(timeout=5.0):
    """Waits until another connection stands in a queue."""
    deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=timeout)
    while dt.datetime.now(dt.UTC) < deadline:
        run("SELECT pg_stat_clear_snapshot()")  # else it shows the same picture all along
        if run("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")[0][0]:
            return True
    return False


@concurrent
@pytest.mark.parametrize("way", ["insert", "copy", "copy into the partition", "merge"])
def test_a_kpi_deleted_during_an_insert_takes_the_new_value_along(way, kpi):
    with transaction.atomic():
        WAYS_IN[way](kpi.pk, 10.0)
        deleting = in_thread(lambda: Kpi.objects.get(pk=kpi.pk).delete())
        assert waits_for_a_lock()
    deleting.join()
    assert deleting.failure is None
    assert (orphans(), Measurement.objects.count()) == (0, 0)
    assert [c[:3] for c in changes()] == [("delete", DAY, 10.0)]


@concurrent
@pytest.mark.parametrize("way", ["insert", "copy", "copy into the partition", "merge"])
def test_a_value_inserted_while_its_kpi_is_deleted_is_refused(way, kpi):
    with transaction.atomic():
        run("DELETE FROM kpis_kpi WHERE id = %s", kpi.pk)
        inserting = in_thread(lambda: WAYS_IN[way](kpi.pk, 10.0))
        assert waits_for_a_lock()
    inserting.join()
    assert isinstance(inserting.failure, IntegrityError)
    assert (orphans(), Measurement.objects.count()) == (0, 0)


@concurrent
@pytest.mark.parametrize("target", [DAY + dt.timedelta(days=1), OTHER_MONTH])
def test_a_value_moved_to_a_kpi_that_is_being_deleted_is_refused(kpi, target):
    other = KpiFactory()
    insert(kpi.pk, 10)
    with transaction.atomic():
        run("DELETE FROM kpis_kpi WHERE id = %s", other.pk)
        moving = in_thread(
            lambda: run("UPDATE kpis_measurement SET kpi_id = %s, date = %s", other.pk, target)
        )
        assert waits_for_a_lock()
    moving.join()
    assert isinstance(moving.failure, IntegrityError)
    assert (orphans(), Measurement.objects.get().kpi_id) == (0, kpi.pk)


@concurrent
def test_new_bounds_wait_for_values_on_their_way(kpi):
    with transaction.atomic():
        insert(kpi.pk, 90)
        narrowing = in_thread(
            lambda: run("UPDATE kpis_metric SET upper = 50 WHERE id = %s", kpi.metric_id)
        )
        assert waits_for_a_lock()
    narrowing.join()
    assert isinstance(narrowing.failure, IntegrityError)


@concurrent
def test_values_wait_for_new_bounds_on_their_way(kpi):
    with transaction.atomic():
        run("UPDATE kpis_metric SET upper = 50 WHERE id = %s", kpi.metric_id)
        inserting = in_thread(lambda: insert(kpi.pk, 90))
        assert waits_for_a_lock()
    inserting.join()
    assert isinstance(inserting.failure, IntegrityError)


@concurrent
def test_deleting_a_kpi_under_an_old_snapshot_is_refused(kpi):
    # It would not see the values that came in after its snapshot, and leave them as orphans.
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as raw:
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.InvalidTransactionState):
            raw.execute("DELETE FROM kpis_kpi WHERE id = %s", [kpi.pk])


@concurrent
def test_many_writers_and_deleters_at_once_leave_no_orphan():
    kpis = KpiFactory.create_batch(6)
    start = Event()

    def write(offset):
        start.wait()
        for turn in range(12):
            with_day = DAY - dt.timedelta(days=turn % 20)
            try:
                insert(kpis[(turn + offset) % 6].pk, turn, with_day, segment=f"writer {offset}")
            except IntegrityError:
                continue

    def delete():
        start.wait()
        for each in kpis[::2]:
            run("DELETE FROM kpis_kpi WHERE id = %s", each.pk)

    threads = [in_thread(lambda n=n: write(n)) for n in range(3)] + [in_thread(delete)]
    start.set()
    for thread in threads:
        thread.join()
    assert [thread.failure for thread in threads] == [None] * 4
    assert orphans() == 0
    assert set(Measurement.objects.values_list("kpi_id", flat=True)) == {k.pk for k in kpis[1::2]}


# --- Partitions ------------------------------------------------------------------------------


def test_a_partition_is_made_once_and_carries_every_guard(kpi):
    day = dt.date(2031, 5, 17)
    name = run("SELECT kpis_create_partition(%s)", day)[0][0]
    assert name == "kpis_measurement_m2031_05"
    assert run("SELECT kpis_create_partition(%s)", day)[0][0] is None
    with refused("kpis_measurement_has_kpi"):
        insert(kpi.pk + 1000, 1, day, table=name)
    insert(kpi.pk, 1, day, table=name)
    run(f"UPDATE {name} SET value = 2")
    run(f"DELETE FROM {name}")
    assert [(c[0], c[2]) for c in changes()] == [("update", 1.0), ("delete", 2.0)]


def test_every_partition_carries_the_triggers_of_the_table():
    wanted = {
        "kpis_check_inserts", "kpis_check_updates", "kpis_keep_updates", "kpis_keep_deletes",
        "kpis_keep_moved", "kpis_keep_truncated",
    }  # fmt: skip
    found = run(
        "SELECT i.inhrelid::regclass::text, array_agg(t.tgname::text) FROM pg_inherits i"
        " LEFT JOIN pg_trigger t ON t.tgrelid = i.inhrelid"
        " WHERE i.inhparent = 'kpis_measurement'::regclass GROUP BY 1"
    )
    assert len(found) >= 26
    assert all(set(triggers) == wanted for _, triggers in found)


@concurrent
def test_a_new_partition_keeps_no_reader_and_no_writer_waiting(kpi):
    insert(kpi.pk, 10)
    with transaction.atomic():
        run("SELECT kpis_create_partition(%s)", dt.date(2032, 1, 1))

        def read_and_write():
            run("SET lock_timeout = '500ms'")
            run("SELECT count(*) FROM kpis_measurement")
            insert(kpi.pk, 11, OTHER_MONTH)

        other = in_thread(read_and_write)
        other.join()
        assert other.failure is None
        transaction.set_rollback(True)
