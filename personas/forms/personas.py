"""What people type about a persona itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import ParagraphField, TextField, VersionedForm, WholeField
from personas.forms.fields import ColleagueField
from personas.models import Persona


class PersonaForm(VersionedForm):
    """A persona's own fields: what people must get done, never who they are."""

    fieldsets = (
        ("Who they are", ("name", "tagline", "rhythm", "champion")),
        ("What it is like", ("pains", "critical_moment", "world_without")),
    )

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = TextField(label="Name", max_length=80, help_text="A first name is easy to talk about.")
    tagline = TextField(
        label="In one line",
        max_length=200,
        required=False,
        help_text="What they must get done, whatever department they are in.",
    )
    rhythm = WholeField(
        label="Rhythm",
        lowest=0,
        highest=100,
        required=False,
        help_text="From 0 (predictable work) to 100 (reactive work).",
    )
    champion = ColleagueField(
        label="Champion",
        max_length=254,
        required=False,
        help_text="One of them who speaks for them: an e-mail address.",
    )
    pains = ParagraphField(label="Pains", max_length=2000, required=False)
    critical_moment = ParagraphField(
        label="Critical moment in the journey",
        max_length=1000,
        required=False,
        help_text="Where it goes well or badly for good: the first week, the busy hour.",
    )
    world_without = ParagraphField(
        label="A world without them",
        max_length=1000,
        required=False,
        help_text="What the company would lose without what they do.",
    )

    def __init__(self, *args: Any, suggested: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if suggested is not None:
            hint = f"{self.fields['rhythm'].help_text} Their tasks suggest {suggested}."
            self.fields["rhythm"].help_text = hint


def persona_initial(persona: Persona) -> dict[str, Any]:
    """What the form shows of a persona."""
    names = ("name", "tagline", "rhythm", "pains", "critical_moment", "world_without", "version")
    champion = persona.champion.email if persona.champion else ""
    return {name: getattr(persona, name) for name in names} | {"champion": champion}


class DeletionForm(forms.Form):
    """Typed confirmation of what can't be undone."""

    typed = TextField(label="Type the name to confirm", max_length=80)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["typed"].help_text = name

    def clean_typed(self) -> str:
        """The name, whatever its case."""
        typed = str(self.cleaned_data["typed"])
        if typed.casefold() != self.name.casefold():
            raise ValidationError(f"Type “{self.name}” as it is written.", code="other")
        return typed
