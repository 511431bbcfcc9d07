"""A formula that is wrong in one place is found out: each mutant differs from an oracle.

The rules are copied under another name, changed in the copy, and asked about the same products as
the oracles; the work tree is never touched. The unchanged copy agrees everywhere.
"""

from __future__ import annotations

import datetime as dt
import importlib
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from tests.health import oracle
from tests.real import oracle as real_oracle
from tests.real import twin

RULES = Path(__file__).parents[2] / "health" / "rules"
DAY = dt.date(2026, 7, 1)
LONG_AGO = DAY - dt.timedelta(days=400)
PRODUCTS = 1500


class Mutant(NamedTuple):
    """One change of the text of a rule; `in_real` says whether a real file has it too."""

    file: str
    was: str
    becomes: str
    in_real: bool


MUTANTS = {
    # hold
    "nobody holds": Mutant(
        "kpi.py", "return missing <= 0 or missing < hold_band(target)", "return False", True
    ),
    "only who is there holds": Mutant(
        "kpi.py", "missing <= 0 or missing < hold_band(target)", "missing <= 0", True
    ),
    "the band is twice as wide": Mutant("kpi.py", "abs(target) * 0.1", "abs(target) * 0.2", True),
    "no band around 0": Mutant("kpi.py", "if target else 1.0", "if target else 1e-9", False),
    # guardrail
    "guardrails cap nothing": Mutant(
        "product.py", "if word not in (Status.HEALTHY, Status.WATCH):", "if word:", False
    ),
    "red guardrails are amber": Mutant(
        "product.py", "return Cap(line.kpi_id, code, points, Status.AT_RISK)", "pass", False
    ),
    "dead guardrails cap": Mutant("product.py", "and line.freshness > 0", "", False),
    "stale guardrails cap nothing": Mutant(
        "product.py", "and line.freshness > 0", "and line.freshness == 1", False
    ),
    "guardrails lighten watch": Mutant(
        "product.py",
        "if round(points, _PLACES) < settings.guardrail_watch_below and word == Status.HEALTHY:",
        "if round(points, _PLACES) >= settings.guardrail_watch_below:",
        False,
    ),
    # freshness
    "nothing ever ages": Mutant(
        "kpi.py", "clamp((3 * cadence - age) / (2 * cadence))", "1.0", True
    ),
    "ageing starts at once": Mutant("kpi.py", "/ (2 * cadence)", "/ (3 * cadence)", True),
    "freshness is not clamped": Mutant(
        "kpi.py",
        "clamp((3 * cadence - age) / (2 * cadence))",
        "(3 * cadence - age) / (2 * cadence)",
        True,
    ),
    # expected groups
    "expected is more than 1": Mutant(
        "settings.py",
        "self.stage_factor(stage, group) >= 1]",
        "self.stage_factor(stage, group) > 1]",
        True,
    ),
    "nothing is expected": Mutant(
        "product.py", "if group not in targeted and group not in excused", "if False", True
    ),
    "untargeted is good enough": Mutant(
        "product.py", "if kpi.is_targeted and not kpi.is_exempt}", "if not kpi.is_exempt}", False
    ),
    "exempt groups are expected": Mutant("product.py", " and group not in excused]", "]", False),
    # clamp
    "the score has no floor": Mutant(
        "kpi.py",
        "100.0 * clamp(1.0 - max(0.0, expected - done))",
        "100.0 * (1.0 - max(0.0, expected - done))",
        True,
    ),
    "the score has no ceiling": Mutant(
        "kpi.py",
        "100.0 * clamp(1.0 - max(0.0, expected - done))",
        "100.0 * max(0.0, 1.0 - (expected - done))",
        True,
    ),
    "the plan begins before its day": Mutant(
        "kpi.py", "if baseline_date is not None and day < baseline_date:", "if False:", False
    ),
}


@pytest.fixture(scope="module")
def products() -> list[tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]]:
    """Products of every stage, with holds, guardrails, exemptions and gaps; and their values."""
    chance = random.Random(4)
    return [_product(chance) for _ in range(PRODUCTS)]


def _product(chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    about = {
        "stage": chance.choice([*oracle.STAGES, "growth", "retired"]),
        "choice": chance.choice(sorted(oracle.CHOICE)),
        "exchange": chance.choice(sorted(oracle.EXCHANGE)),
    }
    groups = [chance.choice(sorted(oracle.FACTORS)) for _ in range(chance.randint(0, 6))]
    kpis = [_kpi(chance, f"k{number}", group) for number, group in enumerate(groups)]
    values = {}
    for kpi in kpis:
        if chance.random() < 0.9:
            age = chance.choice([0, 0, 1, 28, 29, 50, 83, 84, 200])
            values[kpi["code"]] = {(DAY - dt.timedelta(days=age), ""): (_value(chance, kpi), None)}
    return about, kpis, values


def _kpi(chance: random.Random, code: str, group: str) -> dict[str, Any]:
    target = chance.choice([0.0, 20.0, 80.0, -40.0, 100.0])
    near = chance.random() < 0.5
    off = chance.choice([0.0, 0.5, 5.0, -5.0]) if near else chance.uniform(-60, 60)
    far = chance.random() < 0.1
    return {
        "code": code,
        "group": group,
        "direction": chance.choice(["up", "down", "none"]),
        "baseline": None if far else target + off,
        "target": target,
        "baseline_date": chance.choice([LONG_AGO, LONG_AGO, DAY + dt.timedelta(days=30)]),
        "target_date": chance.choice([None, DAY + dt.timedelta(days=300)]),
        "weight": chance.randint(1, 5),
        "cadence": 28,
        "guardrail": chance.random() < 0.3,
        "aggregation": "last",
        "exempt": [(DAY, DAY)] if chance.random() < 0.15 else [],
    }


def _value(chance: random.Random, kpi: dict[str, Any]) -> float:
    start = kpi["target"] if kpi["baseline"] is None else kpi["baseline"]
    share = chance.choice([1.0, 1.3, chance.uniform(-0.5, 1.5)])
    return start + share * (kpi["target"] - start) + chance.choice([0, 0, 3, -3, 0.4])


# --- the same question to a copy of the rules -----------------------------------------------


@pytest.fixture
def copy_of_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Mutant | None], ModuleType]]:
    """`health.rules` under a name of its own, changed as the mutant says."""
    name = "rules_in_a_copy"

    def copy(mutant: Mutant | None) -> ModuleType:
        shutil.copytree(RULES, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (tmp_path / name).glob("*.py"):
            path.write_text(path.read_text().replace("health.rules", name))
        if mutant is not None:
            path = tmp_path / name / mutant.file
            text = path.read_text()
            assert text.count(mutant.was) == 1, f"{mutant.file} no longer says {mutant.was!r}"
            path.write_text(text.replace(mutant.was, mutant.becomes))
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module(name)

    yield copy
    for module in [one for one in sys.modules if one.partition(".")[0] == name]:
        del sys.modules[module]


def _score(rules: ModuleType, about: dict, kpis: list[dict], values: dict, day: dt.date) -> tuple:
    plans = tuple(
        rules.KpiPlan(
            kpi_id=number,
            is_guardrail=kpi.get("guardrail", False),
            exemptions=(1,) if kpi.get("exempt") else (),
            **{
                name: kpi.get(name)
                for name in ("code", "group", "direction", "baseline", "baseline_date", "target")
            },
            target_date=kpi.get("target_date"),
            weight=kpi["weight"],
            cadence=kpi["cadence"],
        )
        for number, kpi in enumerate(kpis)
    )
    facts = {}
    for number, kpi in enumerate(kpis):
        for (date, _), (value, _) in values.get(kpi["code"], {}).items():
            facts[number] = rules.KpiFact(value, date, first=date)
    plan = rules.ProductPlan(**about, kpis=plans)
    found = rules.score_product(plan, facts, day, rules.Settings())
    return found.status.value, found.health, found.confidence


def _differs(ours: tuple, theirs: tuple) -> bool:
    if ours[0] != theirs[0] or (ours[1] is None) != (theirs[1] is None):
        return True
    pairs = [(ours[2], theirs[2])] + ([] if ours[1] is None else [(ours[1], theirs[1])])
    return any(abs(one - other) > 1e-9 for one, other in pairs)


def _wrong_products(rules: ModuleType, products: list) -> list[int]:
    """Which made-up products the copy sees otherwise than `tests.health.oracle`."""
    return [
        number
        for number, (about, kpis, values) in enumerate(products)
        if _differs(
            _score(rules, about, kpis, values, DAY), oracle.health(about, kpis, values, DAY)
        )
    ]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> real_oracle.Book:
    """The file with the real one's quirks."""
    return real_oracle.read(twin.write(tmp_path_factory.mktemp("twin") / "twin.csv"))


def _wrong_services(rules: ModuleType, book: real_oracle.Book) -> list[tuple[str, dt.date]]:
    """Which services of the file the copy sees otherwise than `tests.real.oracle`."""
    about = {"stage": "growth", "choice": "optional", "exchange": "effort"}
    direction = {real_oracle.COST: "down", real_oracle.TAKE_UP: "up", real_oracle.VOLUME: "none"}
    wrong = []
    for day in (dt.date(2017, 9, 30), dt.date(2015, 3, 31), dt.date(2018, 2, 1)):
        for slug, product in book.products.items():
            kpis, values = [], {}
            for metric, series in sorted(product.values.items()):
                first = next(iter(series.values()))
                target = real_oracle.target_of(metric, first)
                group = real_oracle.GROUP[metric]
                kpis.append(
                    {"code": metric, "group": group, "direction": direction[metric], "weight": 3}
                    | {"baseline": first, "target": target, "cadence": 92}
                )
                past = [date for date in series if date <= day]
                if past:
                    values[metric] = {(past[-1], ""): (series[past[-1]], None)}
            answer = real_oracle.answer(product, day)
            theirs = (answer.status, answer.health, answer.confidence)
            if _differs(_score(rules, about, kpis, values, day), theirs):
                wrong.append((slug, day))
    return wrong


def test_the_unchanged_copy_agrees_with_both_oracles(copy_of_rules, products, book):
    rules = copy_of_rules(None)
    assert _wrong_products(rules, products) == []
    assert _wrong_services(rules, book) == []
    assert {oracle.health(*one, DAY)[0] for one in products} == {
        *("unknown", "healthy", "watch", "at_risk", "retired")
    }


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found_out(name, copy_of_rules, products, book):
    mutant = MUTANTS[name]
    rules = copy_of_rules(mutant)
    assert _wrong_products(rules, products), "no made-up product tells them apart"
    if mutant.in_real:
        assert _wrong_services(rules, book), "no service of the file tells them apart"
