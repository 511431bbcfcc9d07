"""What people type about a place on a map."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import ParagraphField, TextField, VersionedForm, WholeField
from stakeholders.models import Person, Placement
from stakeholders.presenters.zones import ANIMALS, all_zones
from stakeholders.rules import HIGHEST, LOWEST, MIDDLE, Animal, into_zone
from stakeholders.selectors.map import named_people

SHOWABLE = "Write what you would be willing to show this person."
UNKNOWN = "Nobody in the directory has this name or address. Add them to the directory first."
SEVERAL = "Several people have this name. Use the e-mail address."


def _scale(label: str, hint: str, *, required: bool = True) -> WholeField:
    return WholeField(
        label=label,
        lowest=LOWEST,
        highest=HIGHEST,
        required=required,
        help_text=hint,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "input-5", "autocomplete": "off"}
        ),
    )


INVOLVEMENT = "0: the product hardly touches them. 100: they work with it every day."
POWER = "0: no say in it. 100: they decide whether it goes on."


class WhyField(TextField):
    """The reason of a move; it may come later."""

    def __init__(self) -> None:
        super().__init__(label="Why", max_length=300, required=False, help_text=SHOWABLE)


class PlacementForm(forms.Form):
    """Somebody of the directory, and where they stand."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    person = TextField(
        label="Person",
        max_length=254,
        help_text="E-mail address or name, as the directory has it.",
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )
    involvement = _scale("Involvement", INVOLVEMENT)
    power = _scale("Power", POWER)
    why = WhyField()

    def clean_person(self) -> Person:
        """The one person who is meant."""
        found = named_people(self.cleaned_data["person"])
        if len(found) == 1:
            return found[0]
        raise ValidationError(SEVERAL if found else UNKNOWN, code="unknown")


class MoveForm(VersionedForm):
    """A new place: as numbers, or as a zone, where the place is mirrored into it."""

    involvement = _scale("Involvement", INVOLVEMENT, required=False)
    power = _scale("Power", POWER, required=False)
    zone = forms.ChoiceField(
        label="Zone",
        required=False,
        choices=[(zone.key, zone.neutral) for zone in all_zones(shows_animals=False)],
        widget=forms.HiddenInput,
    )
    why = WhyField()

    def place_from(self, placement: Placement) -> tuple[int, int]:
        """Where to, from where they stand; as they stand where nothing was asked for."""
        was = (placement.involvement, placement.power)
        zone: Animal | None = ANIMALS.get(self.cleaned_data["zone"])
        if zone is not None:
            return into_zone(*was, zone)
        asked = self.cleaned_data["involvement"], self.cleaned_data["power"]
        return (
            was[0] if asked[0] is None else asked[0],
            was[1] if asked[1] is None else asked[1],
        )


class NoteForm(VersionedForm):
    """Why somebody stands where they do."""

    note = ParagraphField(label="Why here", max_length=2000, required=False, help_text=SHOWABLE)


class PinForm(forms.Form):
    """Why a place is fixed."""

    reason = TextField(label="Reason", max_length=300, help_text=SHOWABLE)


class RemovalForm(forms.Form):
    """Why somebody is taken off the map."""

    why = WhyField()


def place_initial(token: Any) -> dict[str, Any]:
    """A new place begins in the middle."""
    return {"token": token, "involvement": MIDDLE, "power": MIDDLE}
