"""Days on pages about people are days of the organisation."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.zones import EVENING, THERE, house_in_auckland, words_of


@pytest.mark.django_db
def test_the_pages_of_people_say_when_they_signed_in_last(client):
    house_in_auckland()
    client.force_login(AdministratorFactory(time_zone="America/Los_Angeles"))
    ada = UserFactory(name="Ada", last_login=EVENING)
    User.objects.filter(pk=ada.pk).update(created_at=EVENING)
    listed = words_of(client.get(reverse("accounts:person_list") + "?q=Ada"), "tbody")
    assert f"{THERE} 2026" in listed
    page = words_of(client.get(reverse("accounts:person_detail", args=[ada.pk])))
    assert f"Account since {THERE} 2026" in page
    assert f"Last signed in {THERE} 2026" in page
