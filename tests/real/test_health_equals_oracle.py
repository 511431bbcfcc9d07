"""Health of every product of a wide file, on days long gone, is what the oracle says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from health.selectors import score_days
from portfolio.models import Product
from tests.real import oracle
from tests.real.files import BOTH, wide_file
from tests.real.load import load

DAYS = (dt.date(2017, 9, 30), dt.date(2015, 3, 31), dt.date(2013, 5, 17), dt.date(2012, 1, 1))
CLOSE = 1e-9


@pytest.mark.django_db
@pytest.mark.parametrize("which", BOTH)
def test_health_equals_the_oracle(which: str, tmp_path: Path) -> None:
    path = wide_file(which, tmp_path)
    book = oracle.read(path)
    load(path)
    slugs = dict(Product.objects.values_list("pk", "slug"))
    assert sorted(slugs.values()) == sorted(book.products)
    scored = score_days(dict.fromkeys(slugs, DAYS), dt.date(2026, 11, 22))
    assert len(scored) == len(DAYS) * len(slugs)
    wrong = {}
    for one in scored:
        slug = slugs[one.product_id]
        found = difference(one, oracle.answer(book.products[slug], one.day))
        after = oracle.trend(book.products[slug], one.day)
        if not _equal(one.trend, after):
            found.append(f"trend {one.trend} is {after}")
        if found:
            wrong[slug, one.day] = found
    assert wrong == {}


def difference(scored, answer: oracle.Answer) -> list[str]:
    """What the project says otherwise than the oracle, in words; empty where they agree."""
    health = scored.health
    losses = {line.code: line.lost for line in health.lines if line.weight}
    dearest = health.losses()[0].code if health.losses() else None
    pairs = [
        ("status", health.status.value, answer.status),
        ("health", health.health, answer.health),
        ("shown", health.shown, answer.shown),
        ("confidence", health.confidence, answer.confidence),
        ("largest loss", dearest, answer.largest_loss),
        ("KPIs that lose", sorted(losses), sorted(answer.lost)),
        *((f"lost by {code}", losses.get(code), lost) for code, lost in answer.lost.items()),
    ]
    return [
        f"{name} {ours} is {theirs}" for name, ours, theirs in pairs if not _equal(ours, theirs)
    ]


def _equal(ours, theirs) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return abs(ours - theirs) <= CLOSE
    return ours == theirs
