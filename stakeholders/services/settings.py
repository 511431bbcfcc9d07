"""What the organisation says about its maps."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import Organisation, User


@transaction.atomic
def show_animals(*, is_shown: bool, by: User, now: dt.datetime) -> bool:
    """Name the four animals on maps, or only their zones: whether that changed anything.

    The triggers of history tell who and when.
    """
    house, _ = Organisation.objects.select_for_update().get_or_create(pk=1)
    if house.shows_animals == is_shown:
        return False
    house.shows_animals = is_shown
    house.save(update_fields=["shows_animals"])
    return True
