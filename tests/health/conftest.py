"""Who looks, and when."""

import pytest
import time_machine

from tests.factories.health import (
    NOW,
)
from tests.health.pages import make_user


@pytest.fixture
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def signed_in(client):
    client.force_login(make_user())
    return client


@pytest.fixture
def administrator(client):
    client.force_login(make_user("Ada", "administrator"))
    return client
