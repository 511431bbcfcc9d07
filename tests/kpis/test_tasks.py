"""The task of the kpis app, run twice."""

import pytest
import time_machine
from django.db import connection

from kpis.tasks import create_partitions

pytestmark = pytest.mark.django_db


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'kpis_measurement'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


@time_machine.travel("2041-11-21T23:30:00Z", tick=False)
def test_room_for_the_coming_months_is_made_once():
    before = partitions()
    create_partitions()
    after = partitions()
    months = ("2041_11", "2041_12", "2042_01", "2042_02")
    assert after - before == {f"kpis_measurement_m{month}" for month in months}
    create_partitions()
    assert partitions() == after
