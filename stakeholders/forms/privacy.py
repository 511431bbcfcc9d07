"""What an administrator answers before a person is erased or their record is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import TextField

PASSWORD_LIMIT = 512
PAGE, FILE = "page", "file"


class PasswordForm(forms.Form):
    """The password of whoever asks, once more: an open browser is not enough for this.

    It is counted like a sign-in. People of the demo have none and are not asked.
    """

    password = forms.CharField(
        label="Your password",
        max_length=PASSWORD_LIMIT,
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "maxlength": PASSWORD_LIMIT}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if settings.DEMO and user.is_demo:
            del self.fields["password"]

    def clean_password(self) -> str:
        """Checked last, so that a slip elsewhere costs no try.

        Raises:
            ValidationError: it is not theirs, or there were too many tries.
        """
        given: str = self.cleaned_data["password"]
        if not self.errors and not get_adapter().reauthenticate(self.user, given):
            raise get_adapter().validation_error("enter_current_password")
        return given


class RecordForm(PasswordForm):
    """How the record comes."""

    field_order = ("as_what", "password")
    as_what = forms.ChoiceField(
        label="Show it",
        choices=[(PAGE, "on a page"), (FILE, "as a file (JSON)")],
        initial=PAGE,
        widget=forms.RadioSelect,
    )


class EraseForm(PasswordForm):
    """In which texts the name is replaced, and the e-mail typed to confirm."""

    field_order = ("replace", "typed", "password")
    replace = forms.MultipleChoiceField(
        label="Replace the name by “an erased person” in",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    typed = TextField(label="Type their e-mail to confirm", max_length=254)

    def __init__(
        self, *args: Any, email: str, places: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        field: Any = self.fields["replace"]
        field.choices = places
        self.fields["typed"].help_text = email
        if not places:
            del self.fields["replace"]

    @property
    def kept(self) -> set[str]:
        """The fields that were shown and not ticked: there the name stays."""
        field: Any = self.fields.get("replace")
        shown = {key for key, _ in field.choices} if field else set()
        return shown - set(self.cleaned_data.get("replace") or [])

    def clean_typed(self) -> str:
        """The address, whatever its case."""
        typed = str(self.cleaned_data["typed"])
        if typed.casefold() != self.email.casefold():
            raise ValidationError(f"Type “{self.email}” as it is written.", code="other")
        return typed
