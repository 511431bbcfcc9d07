"""What a host writes about a session."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core.forms import ParagraphField, TextField, VersionedForm
from intake.models import Booking, Opportunity, Request


class _Chosen(forms.ModelChoiceField):
    """A thing by what a person calls it."""

    def label_from_instance(self, obj: Any) -> str:
        """Its reference, if it has one, and the beginning of its words."""
        words = obj.goal if isinstance(obj, Request) else str(obj)
        label = f"{obj.reference}: {words}" if isinstance(obj, Request) else words
        return label if len(label) <= 90 else f"{label[:89]}…"


class NoteForm(VersionedForm):
    """A note. `token`: which form was sent; `booking`: whose slot it is about."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    booking = forms.ModelChoiceField(
        queryset=Booking.objects.none(), required=False, widget=forms.HiddenInput
    )
    text = ParagraphField(label="What was said", max_length=4000)

    def __init__(self, *args: Any, bookings: QuerySet[Booking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["booking"].queryset = bookings  # type: ignore[attr-defined]  # a ModelChoiceField


_PLACES = ("request", "opportunity", "problem")


class MapForm(forms.Form):
    """Where a note belongs: to a request, to problems, or to a new one."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    request = _Chosen(
        label="It belongs to the request",
        queryset=Request.objects.none(),
        required=False,
        empty_label="none",
    )
    opportunity = _Chosen(
        label="It shows the problem",
        queryset=Opportunity.objects.none(),
        required=False,
        empty_label="none of these",
    )
    problem = TextField(
        label="Or a problem that nobody has written down yet",
        max_length=300,
        required=False,
        help_text="In one sentence, without a solution.",
    )

    def __init__(
        self,
        *args: Any,
        requests: QuerySet[Request],
        opportunities: QuerySet[Opportunity],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].queryset = requests  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["opportunity"].queryset = opportunities  # type: ignore[attr-defined]  # the same

    def clean(self) -> dict[str, Any]:
        """A place at least; one new problem or a known one, not both at once."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        leaves_request = bool(self.initial.get("request"))
        if not self.errors and not leaves_request and not any(map(given.get, _PLACES)):
            raise ValidationError("Choose a request or a problem, or write a new one down.")
        if given.get("opportunity") and given.get("problem"):
            raise ValidationError("Choose a known problem, or write a new one down; not both.")
        return given
