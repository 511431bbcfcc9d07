"""The world, and the planted company of the gate of the animal: one for each module that asks."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from django.utils import timezone


@pytest.fixture(scope="module")
def standing_world(planted_rows: Any, django_db_blocker: Any) -> Iterator[Any]:
    """The world, made once for all tests of a module; after `planted_rows` were read."""
    from tests.world import build_world

    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(standing_world: Any, db: None, settings: Any) -> Any:
    """The world in the demo; what a test does to it is undone. `memory` is the module's own."""
    settings.DEMO = True
    own = deepcopy(standing_world)
    own.memory = standing_world.memory
    return own


@pytest.fixture(scope="module")
def standing(planted_rows, django_db_blocker) -> Iterator[tuple[object, str]]:
    """The company, and what was logged while it was planted.

    It comes after `planted_rows` were read, or it would be planted in every later test.
    """
    from tests.security.animal_company import build_company
    from tests.security.animals import log_lines

    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True),
        time_machine.travel(timezone.now(), tick=False),
        transaction.atomic(),
    ):
        with log_lines() as lines:
            company = build_company()
        yield company, "".join(stream.getvalue() for stream in lines)
        transaction.set_rollback(True)


@pytest.fixture
def company(standing, db):
    """The company; what a test does to it is undone."""
    return standing[0]
