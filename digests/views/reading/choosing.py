"""What the two pages of choices have in common: that with an account and that at an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from digests.forms.reading import ChoicesForm
from digests.presenters.reading import next_words, stop_of
from digests.selectors.choosing import choices_of
from digests.services import choosing, reading
from stakeholders.models import Person

SAVE = "save"
OTHERS = {
    "unsubscribe": reading.unsubscribe,
    "subscribe": reading.subscribe_again,
    "end": reading.end_addresses,
}


class Desk:
    """Somebody's choices, and what they do about them. `action` is what was sent; anything that
    nobody offers saves the form.
    """

    def __init__(self, request: HttpRequest, person: Person) -> None:
        named = request.POST.get("action", SAVE)
        self.action = named if named in OTHERS else SAVE
        self.person = person
        self.now = timezone.now()
        self.choices = choices_of(person, self.now)
        saves = request.method == "POST" and self.action == SAVE
        self.form = ChoicesForm(request.POST if saves else None, choices=self.choices)

    def act(self) -> bool:
        """Do what was sent; False: the form can't be taken as it is."""
        if service := OTHERS.get(self.action):
            service(person=self.person, now=self.now)
            return True
        if not self.form.is_valid():
            return False
        choosing.choose(
            person=self.person,
            every=self.form.cleaned_data["every"],
            wanted=self.form.wanted,
            now=self.now,
        )
        return True

    @property
    def context(self) -> dict[str, Any]:
        """What both pages show."""
        return {
            "form": self.form,
            "rows": self.form.rows,
            "next": next_words(self.choices),
            "stop": stop_of(self.choices),
        }
