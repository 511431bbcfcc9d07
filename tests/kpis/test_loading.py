"""Values of KPIs out of files: what is taken, refused, written, and taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from psycopg.errors import ForeignKeyViolation

from activity.models import Event
from imports.rules.mapping import MappingRefused
from imports.services import run_in_foreground
from kpis.models import Exemption, Kpi, Measurement, MeasurementChange, WithdrawnKpi
from kpis.selectors import date_bounds
from kpis.services import record_measurement
from kpis.services.loading.copying import Stamp, copy_in, words_of
from kpis.services.partitions import ensure_partitions_apart, table_of
from portfolio.models import Product, StaleMark
from tests.factories.files import LONG, MORE, NOW, counts, refused, take, take_back
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.imports.bad_lines import BadLines

HEAD = "product,metric,date,value,segment,sample_size,note\n"
WIDE = """shape = "wide"
[product]
address = { column = "slug" }
name = { column = "name" }
portfolio = { value = "Services" }
[[kpi]]
metric = "cost_per_transaction"
value = "{year} cost"
baseline = "first"
target = "-10 %"
target_date = 2027-12-31
cadence = 92
weight = 5
guardrail = true
[[kpi]]
metric = "digital_take_up"
value = "{year} share"
baseline = 20
target = "+50 %"
"""
NOT_FOUND = "There is no product with this address or name that you can change."
VALUES = "product,metric,date,value\n"


@pytest.fixture
def product():
    return ProductFactory(slug="hr", name="Ask HR")


def load(path, lines, **options):
    return take(path, "measurements", HEAD + lines, LONG + MORE, **options)


def values(**where):
    rows = Measurement.objects.filter(**where).order_by("kpi_id", "date", "segment")
    return [(row.date.isoformat(), row.segment, row.value) for row in rows]


def rows():
    return list(Measurement.objects.order_by("kpi_id", "date", "segment").values())


@pytest.mark.django_db
def test_a_long_file_makes_kpis_and_tells_everybody(product, tmp_path):
    person = PersonFactory(role="administrator")
    run = load(
        tmp_path,
        'hr,volume,2026-10-31,1200,,,\nAsk HR,Volume,2026-11-20,"1,300",North,12,a "note"\n'
        "hr,error_rate,2026-10-01,-0,,,\n",
        by=person,
    )
    volume = Kpi.objects.get(metric__code="volume")
    assert values(kpi=volume) == [("2026-10-31", "", 1200), ("2026-11-20", "North", 1300)]
    assert (volume.baseline, volume.target, volume.cadence) == (None, None, 7)
    north = Measurement.objects.get(segment="North")
    assert (north.sample_size, north.note, north.source) == (12, 'a "note"', "import")
    assert (north.entered_by, north.entered_at, north.import_run) == (person.pk, NOW, run.pk)
    assert counts(run) == {"kpis": (2, 0, 0), "error_rate": (1, 0, 0), "volume": (2, 0, 0)}
    assert (run.outcome["first_day"], run.outcome["last_day"]) == ("2026-10-01", "2026-11-20")
    (mark,) = StaleMark.objects.all()
    assert (mark.product_id, mark.from_date) == (product.pk, dt.date(2026, 10, 1))
    event = Event.objects.get(verb="imported values of")
    assert (event.product_id, event.actor_id) == (product.pk, person.pk)
    assert event.data["detail"].startswith("3 values")


@pytest.mark.django_db
def test_what_is_the_same_is_not_written_and_what_differs_goes_into_history(product, tmp_path):
    lines = "hr,volume,2026-10-01,1,,,\nhr,volume,2026-10-02,2,,,\nhr,volume,2025-10-03,3,,,\n"
    first = load(tmp_path, lines)
    before = rows()
    StaleMark.objects.all().delete()
    again = load(tmp_path, lines, now=NOW + dt.timedelta(days=1))
    assert rows() == before
    assert not StaleMark.objects.exists()
    assert counts(again)["volume"] == (0, 0, 3)
    changed = load(tmp_path, lines.replace(",2,", ",5,") + "hr,volume,2026-09-01,9,,,\n")
    assert counts(changed)["volume"] == (1, 1, 2)
    (change,) = MeasurementChange.objects.all()
    assert (change.before["value"], change.before["import_run"]) == (2, first.pk)
    assert StaleMark.objects.get().from_date == dt.date(2026, 9, 1)


@pytest.mark.django_db
def test_inserts_and_updates_by_turns_are_all_kept_in_history(product, tmp_path):
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=40 * n) for n in range(60)]
    load(tmp_path, "".join(f"hr,volume,{day},1,,,\n" for day in days[::2]))
    load(tmp_path, "".join(f"hr,volume,{day},2,,,\n" for day in days))
    assert MeasurementChange.objects.count() == 30
    assert Measurement.objects.filter(value=2).count() == 60


@pytest.mark.django_db
def test_note_and_sample_size_are_compared_only_where_the_file_has_them(product, tmp_path):
    kpi = KpiFactory(product=product, metric=builtin_metric("volume"))
    record_measurement(
        kpi=kpi, date=dt.date(2026, 10, 1), value=5, note="mine", sample_size=3, by=None, now=NOW
    )
    same = VALUES + "hr,volume,2026-10-01,5\n"
    assert counts(take(tmp_path, "measurements", same, LONG))["volume"] == (0, 0, 1)
    assert counts(load(tmp_path, "hr,volume,2026-10-01,5,,,\n"))["volume"] == (0, 1, 0)
    assert Measurement.objects.get().note == ""


@pytest.mark.django_db
def test_every_line_that_is_not_taken_says_why(product, tmp_path):
    run = load(
        tmp_path,
        "hr,volume,2026-10-01,1,,,\nnobody,volume,2026-10-01,1,,,\nhr,what,2026-10-01,1,,,\n"
        "hr,volume,1066-10-14,1,,,\nhr,volume,2999-01-01,1,,,\nhr,volume,2026-10-01,-1,,,\n"
        "hr,digital_take_up,2026-10-01,101,,,\nhr,volume,2026-10-01,many,,,\nhr,volume\n"
        f"hr,volume,2026-10-01,1,{'s' * 81},,\nhr,volume,2026-10-01,7,,,\n",
    )
    assert refused(run) == [
        (2, "value", "1", "A later line gives this value."),
        (3, "product", "nobody", NOT_FOUND),
        (4, "metric", "what", "There is no metric with this code or name."),
        (5, "date", "1066-10-14", "This day is before 1 January 2000."),
        (6, "date", "2999-01-01", f"This day is after {_last_day()}."),
        (7, "value", "-1", "This is under 0."),
        (8, "value", "101", "This is over 100 %."),
        (9, "value", "many", "This is not a number."),
        (10, "", "hr,volume", "This line has fewer cells than the header."),
        (11, "value", "1", "The segment is longer than 80 characters."),
    ]  # fmt: skip
    assert values() == [("2026-10-01", "", 7)]
    assert not Kpi.objects.exclude(metric__code="volume").exists()


def _last_day():
    return f"{date_bounds(NOW)[1].last:%-d %B %Y}"


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [300, 8000])
def test_seventeen_kinds_of_bad_lines_and_nothing_is_lost(rows, tmp_path):
    file = BadLines(products=20, rows=rows, seed=rows, share=0.05, metrics=("dau", "volume"))
    for number in range(20):
        ProductFactory(slug=file.slug(number))
    path = file.write(tmp_path / "bad.csv")
    run = run_in_foreground(
        kind="measurements", path=path, mapping_text=LONG + MORE + '[file]\nencoding = "utf-8"\n',
        by=None, now=NOW,
    )  # fmt: skip
    assert {line for line, *_ in refused(run)} == set(file.refused)
    assert len(refused(run)) == len(file.refused)
    assert Measurement.objects.count() == file.taken
    assert file.taken + len(file.refused) == rows == run.outcome["rows"]


@pytest.mark.django_db
def test_a_stranger_changes_nothing(product, tmp_path):
    person = PersonFactory()
    mine = MembershipFactory(user=person, product__slug="mine").product
    ProductFactory(slug="hidden", visibility="team", name="Secret")
    run = load(
        tmp_path, "hr,volume,2026-10-01,1,,,\nSecret,volume,2026-10-01,1,,,\n"
        "nobody,volume,2026-10-01,1,,,\nmine,volume,2026-10-01,1,,,\n", by=person,
    )  # fmt: skip
    assert Kpi.objects.get().product == mine
    reasons = {reason for *_, reason in refused(run)}
    assert reasons == {NOT_FOUND}


@pytest.mark.django_db
def test_a_wide_file_plans_its_kpis_and_leaves_those_that_are_there(tmp_path):
    product = ProductFactory(slug="b")
    kpi = KpiFactory(product=product, metric=builtin_metric("cost_per_transaction"), target=1)
    text = "slug,name,2024 cost,2025 cost,2025 share\na,A,10,8,90\nb,B,5,£4,\nc,C,,,-\n"
    run = take(tmp_path, "measurements", text, WIDE)
    cost = Kpi.objects.get(product__slug="a", metric__code="cost_per_transaction")
    assert (cost.baseline, cost.target, cost.cadence, cost.weight) == (10, 9, 92, 5)
    assert (cost.is_guardrail, cost.target_date) == (True, dt.date(2027, 12, 31))
    share = Kpi.objects.get(product__slug="a", metric__code="digital_take_up")
    assert (share.baseline, share.target, share.cadence) == (20, None, 7)
    kpi.refresh_from_db()
    assert (kpi.baseline, kpi.target, kpi.version) == (None, 1, 1)
    assert values(kpi=kpi) == [("2024-12-31", "", 5), ("2025-12-31", "", 4)]
    assert not Kpi.objects.filter(product__slug="c").exists()
    assert Product.objects.filter(slug="c").exists()
    assert refused(run) == [
        (2, "2025 share", "90", "The target would be 135, which it can't be: it has none."),
        (4, "2025 share", "-", "unknown"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"cost_per_transaction"', '"what"', "there is no metric “what”"),
        ('"-10 %"', '"soon"', "Write a number"),
        ('"-10 %"', "-4", "can't be -4"),
        ("2027-12-31", '"soon"', "Write a day"),
        ("cadence = 92", "cadence = 0", "whole number from 1 to 731"),
        ("weight = 5", "weight = 6", "whole number from 1 to 5"),
        ("guardrail = true", 'guardrail = "perhaps"', "Write true or false"),
    ],
)
def test_options_that_cannot_be_refuse_the_mapping(old, new, problem, tmp_path):
    with pytest.raises(MappingRefused, match=problem):
        take(tmp_path, "measurements", "slug,name,2024 cost,2025 share\na,A,1,2\n",
             WIDE.replace(old, new))  # fmt: skip
    assert not Product.objects.exists()


# --- undo -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_undo_brings_back_every_value_to_the_letter(product, tmp_path):
    kpi = KpiFactory(product=product, metric=builtin_metric("volume"))
    MeasurementFactory(
        kpi=kpi, date=dt.date(2026, 10, 1), value=0.1, note="mine", sample_size=4, entered_at=NOW,
        entered_by=PersonFactory().pk,
    )  # fmt: skip
    before = rows()
    first = load(tmp_path, "hr,volume,2026-10-01,2,,,\nhr,volume,2026-10-02,2,,,\n")
    middle = rows()
    second = load(tmp_path, "hr,volume,2026-10-01,3,,,\nhr,volume,2026-10-02,3,,,\n")
    StaleMark.objects.all().delete()
    assert take_back(second).kept == []
    assert rows() == middle
    assert StaleMark.objects.get().from_date == dt.date(2026, 10, 1)
    assert take_back(first).kept == []
    assert rows() == before
    assert Kpi.objects.get() == kpi
    assert not WithdrawnKpi.objects.exists()


@pytest.mark.django_db
def test_undo_keeps_and_lists_what_has_been_changed_since(product, tmp_path):
    run = load(
        tmp_path, "hr,volume,2026-10-01,1,,,\nhr,volume,2026-10-02,2,,,\nhr,dau,2026-10-01,1,,,\n"
        "hr,wau,2026-10-01,1,,,\nhr,mau,2026-10-01,1,,,\n",
    )  # fmt: skip
    by_code = {kpi.metric.code: kpi for kpi in Kpi.objects.select_related("metric")}
    record_measurement(kpi=by_code["volume"], date=dt.date(2026, 10, 2), value=7, by=None, now=NOW)
    Kpi.objects.filter(pk=by_code["dau"].pk).update(version=2)
    Exemption.objects.create(kpi=by_code["wau"], reason="x", starts_on=dt.date(2026, 1, 1),
                             ends_on=dt.date(2026, 1, 2), created_at=NOW)  # fmt: skip
    undone = take_back(run)
    assert sorted(undone.kept) == [
        ("Daily active people of Ask HR", "Its plan has been changed since."),
        ("Volume of Ask HR", "1 value changed since."),
        ("Volume of Ask HR", "It has other values now."),
        ("Weekly active people of Ask HR", "It has exemptions now."),
    ]
    assert values() == [("2026-10-02", "", 7)]
    assert set(Kpi.objects.values_list("metric__code", flat=True)) == {"volume", "dau", "wau"}
    (withdrawn,) = WithdrawnKpi.objects.all()
    assert (withdrawn.kpi_id, withdrawn.import_run) == (by_code["mau"].pk, run.pk)
    assert StaleMark.objects.order_by("-pk")[0].from_date == dt.date(2026, 10, 1)


@pytest.mark.django_db
def test_undo_of_a_wide_file_takes_its_products_along(tmp_path):
    run = take(tmp_path, "measurements", "slug,name,2024 cost,2025 share\na,A,1,2\n", WIDE)
    assert take_back(run).kept == []
    assert not Product.objects.exists()
    assert not Measurement.objects.exists()
    assert Event.objects.filter(verb="took back the import of").exists()


@pytest.mark.django_db
def test_a_dry_run_leaves_nothing_but_its_outcome(product, tmp_path):
    run = load(tmp_path, "hr,volume,2026-10-01,1,,,\n", dry_run=True)
    assert counts(run)["volume"] == (1, 0, 0)
    assert not Kpi.objects.exists()
    assert not StaleMark.objects.exists()


@pytest.mark.django_db
def test_partitions_are_made_apart_from_a_transaction_that_is_taken_back():
    day = dt.date(2031, 5, 1)
    try:
        with transaction.atomic():
            assert ensure_partitions_apart(day, day) == [day]
            transaction.set_rollback(True)
        assert ensure_partitions_apart(day, day) == []
    finally:
        apart = connection.copy()
        with apart.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS kpis_measurement_m2031_05")
        apart.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "table"),
    [
        ("2026-10-01", "2026-10-31", "kpis_measurement_m2026_10"),
        ("2026-10-31", "2026-11-01", "kpis_measurement"),
        ("2009-01-01", "2009-12-31", "kpis_measurement_y2009"),
        ("2009-12-31", "2010-01-01", "kpis_measurement"),
        (None, None, "kpis_measurement"),
    ],
)
def test_values_of_one_partition_are_copied_into_it(first, last, table):
    days = [day and dt.date.fromisoformat(day) for day in (first, last)]
    with connection.cursor() as cursor:
        assert table_of(cursor, *days) == table


@pytest.mark.django_db
def test_what_goes_into_a_partition_is_checked_as_what_goes_into_the_table():
    import polars as pl

    day = dt.date(2026, 10, 1)
    stamp = Stamp(run_id=1, by=None, now=NOW, has_sizes=False, has_notes=False)
    values = pl.DataFrame(
        {"kpi": [2**31], "date": [day], "segment": [""], "value": [1.0], "sample_size": [None],
         "note": [""]},
        schema_overrides={"sample_size": pl.Int32},
    )  # fmt: skip
    with connection.cursor() as cursor, pytest.raises(ForeignKeyViolation):
        copy_in(cursor, words_of(values, stamp, table_of(cursor, day, day)))


@pytest.mark.django_db
def test_values_of_every_form_stand_as_they_were_written(product, tmp_path):
    lines = [
        ("2026-10-01", "12.5", "", "7", ""),
        ("2026-10-02", "0.1", "", "", ""),
        ("2026-10-03", "123456789012345", "", "2147483647", ""),
        ("2026-10-04", "3", "North", "", ""),
        ("2026-10-05", "4", "", "0", "Ünder \\ review"),
        ("2026-10-06", "0", "", "", ""),
    ]
    text = "".join(f"hr,volume,{','.join(line)}\n" for line in lines)
    run = take(tmp_path, "measurements", HEAD + text, LONG + MORE)
    assert [
        (f"{one.date}", one.value, one.segment, one.sample_size, one.note)
        for one in Measurement.objects.order_by("date")
    ] == [
        (day, float(value), segment, int(size) if size else None, note)
        for day, value, segment, size, note in lines
    ]
    stamps = Measurement.objects.values_list("source", "entered_by", "entered_at", "import_run")
    assert set(stamps) == {("import", run.by_id, run.created_at, run.pk)}


@pytest.mark.django_db
def test_a_plan_that_cannot_be_is_told_where_there_are_only_segments(product, tmp_path):
    plan = """
[[kpi]]
metric = "volume"
target = "-10 %"
target_date = 2026-10-02
"""
    line = "hr,volume,2026-10-05,07.50,North,,\n"
    run = take(tmp_path, "measurements", HEAD + line, LONG + MORE + plan)
    assert refused(run) == [
        (2, "value", "07.50", "The target needs a first value for everyone: it has none."),
        (2, "value", "07.50", "The values start after the target date: it has none."),
    ]
    kpi = Kpi.objects.get()
    assert (kpi.target, kpi.target_date) == (None, None)


@pytest.mark.django_db
def test_an_earlier_value_is_told_as_it_was_written(product, tmp_path):
    days = ["1", "+2", "03", "4.50", "1e3", "1234567.25"]
    lines = "".join(f"hr,volume,2026-10-05,{text},,,\n" for text in days)
    told = refused(load(tmp_path, lines + "hr,volume,2026-10-05,9,,,\n"))
    assert [text for _, _, text, reason in told] == days
    assert values() == [("2026-10-05", "", 9)]
