"""Days on the page of health are days of the organisation."""

import pytest

from health.models import HealthSettings
from tests.factories.health import make_product
from tests.health.pages import rolled_up
from tests.health.test_product_page import health_page
from tests.zones import EVENING, HERE, THERE, house_in_auckland, words_of


@pytest.mark.django_db
@pytest.mark.usefixtures("at_now")
def test_the_explanation_says_since_which_day_its_settings_are_in_force(signed_in):
    house_in_auckland()
    HealthSettings.objects.update(created_at=EVENING)
    page = health_page(signed_in, rolled_up(make_product("Shift Planner"), 90, 70))
    words = words_of(page)
    assert f"Settings in force since {THERE} 2026." in words
    assert f"{HERE} 2026" not in words
