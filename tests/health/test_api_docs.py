"""The examples of docs/api.md are answered as they stand there."""

import json
import re

import pytest
import time_machine

from core.local.layout import ROOT
from tests.factories.accounts import AdministratorFactory
from tests.factories.health import NOW, make_kpi, make_product, measure

pytestmark = pytest.mark.django_db

EXAMPLE = re.compile(
    r"`GET (?P<path>\S+)` → (?P<status>\d+)(?:\n\n```json\n(?P<body>.*?)\n```)?", re.DOTALL
)


@pytest.fixture
def reader(client):
    with time_machine.travel(NOW, tick=False):
        planner = make_product("Shift Planner")
        make_product("Price Desk")
        for code, group, value in (
            ("score", "satisfaction", 90),
            ("minutes", "productivity", 70),
        ):
            metric = {"group": group, "name": code.title()}
            measure(make_kpi(planner, code, metric=metric), value, ago=3)
        client.force_login(AdministratorFactory())
        yield client


def test_every_example_is_answered_as_it_stands(reader):
    examples = list(EXAMPLE.finditer((ROOT / "docs" / "api.md").read_text(encoding="utf-8")))
    assert len(examples) == 5
    for example in examples:
        answer = reader.get(example["path"])
        assert answer.status_code == int(example["status"]), example["path"]
        if example["body"]:
            found, told = answer.json(), json.loads(example["body"])
            if found.get("next"):  # it names a key of the database
                assert re.sub("after=.*", "", found["next"]) == re.sub("after=.*", "", told["next"])
                found["next"] = told["next"]
            assert found == told, example["path"]
            assert list(found) == list(told)
