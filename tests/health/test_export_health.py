"""`manage.py export_health`: one line a product, unrounded, what is unknown empty."""

import csv
import io
import json

import pytest
import time_machine
from django.core.management import CommandError, call_command

from health import services
from health.models import HealthSnapshot
from health.selectors import export
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    make_kpi,
    make_product,
    make_settings,
    mark,
    measure,
)

pytestmark = pytest.mark.django_db

HEAD = "slug,name,health,confidence,status,trend,largest_loss"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def run(*arguments):
    out = io.StringIO()
    call_command("export_health", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def company():
    """A known one, one without figures, a retired one; addresses against the order of making."""
    known = make_product("Zeta Desk", slug="b-desk")
    make_product("=Alpha", slug="c-alpha")
    make_product("Old", slug="a-old", stage="retired")
    for code, group, ago, value in (
        ("enps", "satisfaction", 3, 10),
        ("minutes", "productivity", 40, 70),
    ):
        plan = {"baseline": 0.0, "target": 30.0} if code == "enps" else {}
        measure(make_kpi(known, code, metric={"group": group}, **plan), value, ago=ago)
    make_kpi(known, "empty", metric={"group": "completion"}, is_guardrail=True)
    make_kpi(known, "loose", metric={"group": "quality"}, target=None)
    return known


def test_csv_holds_python_floats_and_nothing_where_unknown(company):
    rows = run("--as-of", TODAY.isoformat()).splitlines()
    assert rows[0] == HEAD
    assert rows[1] == "a-old,Old,,0.0,retired,,"
    assert rows[3] == "c-alpha,'=Alpha,,0.0,unknown,,"
    slug, name, health, confidence, status, trend, loss = next(csv.reader([rows[2]]))
    assert (slug, name, status, trend) == ("b-desk", "Zeta Desk", "at_risk", "")
    fresh = (3 * 28 - 40) / 56
    expected = (3 * (100 / 3) + 3 * fresh * 70) / (3 + 3 * fresh)
    assert float(health) == pytest.approx(expected, abs=1e-12)
    assert health == repr(float(health))
    assert confidence == repr(float(confidence))
    assert loss == "eNPS is 67 points behind plan: −37"


def test_json_adds_every_kpi(company):
    found = json.loads(run("--format", "json"))
    assert [one["slug"] for one in found] == ["a-old", "b-desk", "c-alpha"]
    assert [one["health"] is None for one in found] == [True, False, True]
    assert found[2]["trend"] is None
    assert found[2]["name"] == "=Alpha"
    kpis = {kpi["code"]: kpi for kpi in found[1]["kpis"]}
    assert list(kpis) == ["empty", "enps", "loose", "minutes"]
    assert kpis["empty"] == {
        **dict.fromkeys(("v", "a", "e", "score", "age", "stale", "hold")),
        "code": "empty",
        "name": "empty",
        "weight": 0.0,
        "points_lost": 0.0,
        "guardrail": True,
    }
    assert kpis["enps"] | {"name": ""} == {
        "code": "enps",
        "name": "",
        "v": 10.0,
        "a": 1 / 3,
        "e": 1.0,
        "score": pytest.approx(100 / 3),
        "weight": 3.0,
        "age": 3,
        "points_lost": pytest.approx(3 * (200 / 3) / (3 + 3 * 44 / 56)),
        "stale": False,
        "hold": False,
        "guardrail": False,
    }
    assert kpis["minutes"]["stale"] is True
    assert kpis["loose"]["a"] is None
    lost = sum(kpi["points_lost"] for kpi in kpis.values())
    assert found[1]["health"] == pytest.approx(100 - lost)


def test_today_is_the_day_without_a_word_and_one_product_may_be_asked_for(company):
    assert run() == run("--as-of", TODAY.isoformat())
    assert run("--product", "c-alpha").splitlines()[1:] == ["c-alpha,'=Alpha,,0.0,unknown,,"]


def test_archived_products_are_out_from_their_date_on(company):
    company.archived_on = days_ago(3)
    company.save()
    assert "b-desk" in run("--as-of", days_ago(4).isoformat())
    assert "b-desk" not in run("--as-of", days_ago(3).isoformat())
    assert run("--product", "b-desk").splitlines() == [HEAD]
    assert json.loads(run("--product", "b-desk", "--format", "json")) == []


def test_no_later_figure_and_nothing_is_stored(company):
    found = json.loads(run("--as-of", days_ago(39).isoformat(), "--format", "json"))
    values = {kpi["code"]: kpi["v"] for kpi in found[1]["kpis"]}
    assert values == {"empty": None, "enps": None, "loose": None, "minutes": 70.0}
    assert not HealthSnapshot.objects.exists()


def test_a_stored_day_is_read_as_it_was_stored(company):
    """Settings changed later don't touch it; a day that is not stored takes those in force."""
    services.roll_up_as_of(product_ids=[company.pk], day=days_ago(1), now=NOW)
    before = run("--as-of", days_ago(1).isoformat())
    make_settings(watch_from=10.0, healthy_from=20.0)
    assert run("--as-of", days_ago(1).isoformat()) == before
    assert ",healthy," in run("--as-of", days_ago(2).isoformat())


def test_rolled_up_or_worked_out_it_is_the_same(company):
    before = run("--format", "json")
    mark(company, ago=100)
    services.roll_up(product_ids=[company.pk], now=NOW)
    assert run("--format", "json") == before


def test_a_file(company, tmp_path):
    out = tmp_path / "health.json"
    assert run("--format", "json", "--out", str(out)) == ""
    assert out.read_text(encoding="utf-8") == run("--format", "json")
    with pytest.raises(CommandError, match=r"Can't write to .*: Is a directory"):
        run("--out", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as-of", "yesterday"), "Enter a day, like 2017-09-30."),
        (("--as-of", "30/09/2017"), "Enter a day, like 2017-09-30."),
        (("--as-of", "2026-11-22"), "22 November 2026 has not come yet."),
        (("--as-of", "1066-10-14"), "Enter a day from 1900 on."),
        (("--product", "nowhere"), "There is no product with the address 'nowhere'."),
    ],
)
def test_what_is_refused_in_plain_words(company, arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments)


@pytest.mark.parametrize("products", [1, 5])
def test_it_streams_in_chunks(monkeypatch, products, django_assert_num_queries):
    monkeypatch.setattr(export, "CHUNK", 1)
    for n in range(products):
        measure(make_kpi(make_product(f"Tool {n}"), "score"), 50)
    lines = []

    class Slow(io.StringIO):
        def write(self, text):
            lines.append(text)
            return len(text)

    with django_assert_num_queries(2 + 11 * products):
        call_command("export_health", stdout=Slow())
    assert len(lines) == 1 + products


def test_no_product_is_a_head_alone():
    assert run() == f"{HEAD}\n"
    assert json.loads(run("--format", "json")) == []
