"""What stands where nothing is: a page of ours, with or without a route."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.accounts import AdministratorFactory


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nowhere/", "/people/999999/", "/views/999999/"])
def test_an_address_without_anything_answers_with_a_page(client: Client, address: str) -> None:
    client.force_login(AdministratorFactory())
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1" in answer.content.decode()
