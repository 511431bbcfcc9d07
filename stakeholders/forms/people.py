"""What people type about somebody in the directory."""

from __future__ import annotations

from typing import Any

from django import forms

from core.fields import language_names, time_zone_names
from core.forms import TextField, VersionedForm, clean_text
from core.mail import validate_recipient
from stakeholders.enums import Audience
from stakeholders.models import Person


class AddressField(forms.EmailField):
    """An e-mail address that mail can be sent to."""

    default_validators = [validate_recipient]

    def to_python(self, value: Any) -> Any:
        """Clean before the length is checked."""
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class PersonForm(VersionedForm):
    """The directory's facts of a person: nothing of maps."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = TextField(label="Name", max_length=120)
    email = AddressField(
        label="E-mail",
        max_length=254,
        help_text="It tells people apart, and links them to their account if they have one.",
    )
    role = TextField(
        label="Role", max_length=120, required=False, help_text="What they do: Head of Logistics."
    )
    department = TextField(
        label="Department",
        max_length=120,
        required=False,
        help_text="Choose one, or name a new one.",
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
    )
    audience = forms.ChoiceField(
        label="Reads best",
        choices=Audience.choices,
        widget=forms.RadioSelect,
        help_text="Which words they read with ease.",
    )
    time_zone = forms.ChoiceField(label="Time zone", required=False)
    locale = forms.ChoiceField(label="Language", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in time_zone_names()]
        fields: dict[str, Any] = self.fields
        fields["time_zone"].choices = [("", "The organisation's"), *zones]
        fields["locale"].choices = [("", "We don't know"), *language_names()]


def person_initial(person: Person) -> dict[str, Any]:
    """What the form shows of a person."""
    names = ("name", "email", "role", "audience", "time_zone", "locale", "version")
    department = person.department.name if person.department else ""
    return {name: getattr(person, name) for name in names} | {"department": department}
