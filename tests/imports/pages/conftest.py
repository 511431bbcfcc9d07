"""Dana is signed in, and there is one kind of file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.imports import NOW
from tests.imports.figures import figures_kind


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    with figures_kind(), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person() -> User:
    return UserFactory(name="Dana Reyes")


@pytest.fixture
def client(client: Client, person: User) -> Client:
    client.force_login(person)
    return client
