"""Who looks."""

from __future__ import annotations

import pytest

from tests.factories.accounts import AdministratorFactory


@pytest.fixture
def ines(db, client):
    """An administrator, signed in."""
    user = AdministratorFactory(name="Ines", email="ines@example.org")
    client.force_login(user)
    return user
