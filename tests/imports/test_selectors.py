"""What pages read of imports: own ones, in order, in pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imports import selectors, services
from imports.models import ImportRun
from imports.policies import may_import_something, sees
from imports.rules.mapping import FieldSpec, Mapping, Spec
from imports.rules.toml import parse_mapping
from imports.services.refusals import Spool
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.imports import MAPPING, NOW, bring_in, fake_kind, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kind(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with fake_kind():
        yield


def test_people_see_their_own_imports_newest_first() -> None:
    one, two, boss = UserFactory(), UserFactory(), AdministratorFactory()
    first = make_run(by=one, now=NOW)
    second = make_run(by=one, now=NOW + dt.timedelta(minutes=1))
    other = make_run(by=two, now=NOW)
    assert list(selectors.runs_of(one)) == [second, first]
    assert list(selectors.runs_of(boss)) == [second, other, first]
    assert selectors.find_run(one, first.pk) == first
    with pytest.raises(ImportRun.DoesNotExist):
        selectors.find_run(one, other.pk)


def test_a_list_of_runs_is_one_query(django_assert_num_queries: Any) -> None:
    boss = AdministratorFactory()
    for _ in range(3):
        make_run(by=UserFactory())
    with django_assert_num_queries(1):
        assert {run.progress.rows_done for run in selectors.runs_of(boss)} == {0}
        assert len({str(run.by) for run in selectors.runs_of(boss)[:0]}) == 0


def test_the_same_bytes_are_recognised_once_they_are_in() -> None:
    by = AdministratorFactory()
    first, again = make_run(by=by), make_run(by=by)
    assert selectors.same_file(by, again) is None
    bring_in(first)
    bring_in(make_run("name\nOther\n", by=by))
    assert selectors.same_file(by, again) == first
    assert selectors.same_file(by, first) is None
    assert selectors.same_file(UserFactory(), again) is None


def refusals_of(run: ImportRun, lines: list[int]) -> None:
    with Spool(run.pk) as spool:
        spool.add_many((line, f"c{n}", "wau", "-", "unknown") for n, line in enumerate(lines))
        spool.add(line=1, column="", raw="", reason="no product")
        spool.keep()


def test_refused_values_come_in_pages_by_line() -> None:
    run, other = make_run(), make_run()
    refusals_of(run, [7, 3, 7, 5, 7])
    refusals_of(other, [2])
    pages, after = [], None
    while True:
        page = selectors.refused_page(run, after=after, size=2)
        pages.append([(row.line, row.column) for row in page.rows])
        after = page.next_after
        if after is None:
            break
    assert pages == [[(1, ""), (3, "c1")], [(5, "c3"), (7, "c0")], [(7, "c2"), (7, "c4")]]
    everything = [(row.line, row.column) for row in selectors.refused_rows(run)]
    assert everything == [place for page in pages for place in page]


def test_refused_values_can_be_narrowed_and_counted() -> None:
    run = make_run()
    refusals_of(run, [7, 3])
    assert len(selectors.refused_page(run, reason="unknown").rows) == 2
    assert len(selectors.refused_page(run, series="wau").rows) == 2
    assert selectors.refused_page(run, reason="unknown", series="enps").rows == []
    totals = [(total.series, total.reason, total.count) for total in selectors.refused_totals(run)]
    assert totals == [("wau", "unknown", 2), ("", "no product", 1)]


def test_a_page_after_a_row_of_another_run_begins_from_the_start() -> None:
    run, other = make_run(), make_run()
    refusals_of(run, [7])
    refusals_of(other, [9])
    foreign = other.refused.order_by("pk").first()
    assert foreign
    assert len(selectors.refused_page(run, after=foreign.pk).rows) == 2


def test_mappings_tell_how_often_they_are_used() -> None:
    by = AdministratorFactory()
    mapping = services.save_mapping(name="Ours", kind="teams", text=MAPPING, by=by, now=NOW)
    services.save_mapping(name="Another", kind="teams", text=MAPPING, by=by, now=NOW)
    for _ in range(2):
        run = make_run(by=by, mapping="")
        services.set_mapping(
            run_id=run.pk, text=mapping.text, saved_mapping=mapping, by=by, now=NOW
        )
    found = selectors.mappings_for(UserFactory(), "teams")
    assert [(one.name, one.used) for one in found] == [("Another", 0), ("Ours", 2)]
    assert list(selectors.mappings_for(by, "people")) == []
    assert selectors.find_mapping(by, mapping.pk).used == 2


def test_who_may_import() -> None:
    user = UserFactory()
    assert may_import_something(user)
    assert not may_import_something(UserFactory(is_active=False))
    run = make_run(by=user)
    assert sees(user, run)
    assert not sees(user, None)


def test_without_a_kind_of_their_own_people_may_not() -> None:
    user = UserFactory()
    with fake_kind(lambda person: person == user, is_alone=True):
        assert may_import_something(user)
        assert not may_import_something(AdministratorFactory())


# A look into the file

WIDE = """\
kind = "teams"
shape = "wide"
[team]
name = { column = "Name" }
[[value]]
metric = "wau"
value = "{year}-{month_number}-{day}"
"""
SERIES = Spec(
    subject="team",
    fields=(FieldSpec(key="name", label="Name", is_required=True),),
    series="value",
    series_key="metric",
    long=tuple(
        FieldSpec(key=key, label=key, is_required=True, names=(key,))
        for key in ("team", "metric", "date", "value")
    ),
)


@pytest.fixture
def series() -> Iterator[None]:
    with fake_kind(is_alone=True, spec=SERIES):
        yield


def stored(text: str) -> ImportRun:
    return make_run(text, mapping="")


def test_the_columns_of_a_file(series: None) -> None:
    run = stored('Name,"No\nte",Note\n a ,,1\nb,x,2\nbroken\nc,,3\nd,,4\n')
    columns = selectors.columns_of(run)
    assert columns.problem == ""
    assert columns.header == ("Name", "No te", "Note")
    assert columns.names == ("Name", "No te", "Note")
    assert [len(some) for some in columns.examples] == [3, 1, 3]
    assert columns.examples[2] == ("1", "2", "3")
    assert columns.rows[1] == ("b", "x", "2")


def test_a_file_that_is_none_has_a_problem_and_no_columns(series: None) -> None:
    run = stored("%PDF-1.7 …")
    assert selectors.columns_of(run) == selectors.Columns(problem="This is a PDF, not a table.")
    mapping = Mapping(name="", shape="wide")
    assert selectors.sample(run, mapping, 3).problem == "This is a PDF, not a table."
    run.path.unlink()
    assert selectors.columns_of(run).problem == "The file is no longer stored."
    assert selectors.sample(run, mapping, 3).problem == "The file is no longer stored."


def test_what_the_first_records_of_a_wide_file_yield(series: None) -> None:
    run = stored("Name,2026-01-31,2026-02-28\na,5,-\nb,,\nc,7,8\n")
    found = selectors.sample(run, parse_mapping(WIDE, SERIES), 2)
    assert found.problem == ""
    told = [(one.line, one.subject, one.series, one.raw, one.day, one.value) for one in found.lines]
    assert told == [
        (2, "a", "wau", "5", dt.date(2026, 1, 31), 5.0),
        (2, "a", "wau", "-", dt.date(2026, 2, 28), None),
        (3, "b", "", "", None, None),
    ]
    assert [bool(one.reason) for one in found.lines] == [False, True, False]


def test_what_the_first_records_of_a_long_file_yield(series: None) -> None:
    run = stored("team,metric,date,value\na,wau,2026-01-31,5\na,wau,2026-01-31,x\nb,wau,,1\n")
    long = "".join(
        f'{key} = {{ column = "{key}" }}\n' for key in ("team", "metric", "date", "value")
    )
    found = selectors.sample(run, parse_mapping(f'shape = "long"\n[long]\n{long}', SERIES), 2)
    assert found.problem == ""
    told = [
        (one.line, one.subject, one.series, one.column, one.raw, one.value) for one in found.lines
    ]
    assert told == [(2, "a", "wau", "", "5", 5.0), (3, "a", "wau", "value", "x", None)]
    assert [bool(one.reason) for one in found.lines] == [False, True]


def test_a_mapping_that_does_not_fit_the_file_is_told(series: None) -> None:
    run = stored("Team,2026-01-31\na,5\n")
    assert "Name" in selectors.sample(run, parse_mapping(WIDE, SERIES), 2).problem
