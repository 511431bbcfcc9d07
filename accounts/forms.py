"""Forms of accounts, and allauth's in our words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.core.validators import MaxLengthValidator

from accounts.enums import AccountState, WeekStart
from accounts.models import User
from core.fields import time_zone_names
from core.forms import KnownDayField, TextField, VersionedForm, WholeField
from core.mail import validate_recipient

PASSWORD_LIMIT = 512
PASSWORD_HINT = "At least 12 characters. A few words in a row are easy to remember."  # noqa: S105  # a hint


class SignInForm(allauth.LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], "E-mail", "")
        _word(self.fields["password"], "Password", "")


class ChangePasswordForm(allauth.ChangePasswordForm):
    """The password one has, and the new one once: it can be made visible by the browser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _word(self.fields["oldpassword"], "Password you have now", "")
        _word(self.fields["password1"], "New password", PASSWORD_HINT)

    def clean_oldpassword(self) -> str:
        """Counted like a sign-in, so that an open session is no way to guess."""
        given: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, given):
            raise get_adapter().validation_error("enter_current_password")
        return given


class ReauthenticateForm(allauth.ReauthenticateForm):
    """The password once more; counted like a sign-in (`AccountAdapter.reauthenticate`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], "Your password", "")


class ResetPasswordForm(allauth.ResetPasswordForm):
    """Where the link is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["email"], "E-mail", "")


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    """The new password, once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _word(self.fields["password1"], "New password", PASSWORD_HINT)


def _word(field: forms.Field, label: str, hint: str) -> None:
    field.label = label
    field.help_text = hint
    field.widget.attrs.pop("placeholder", None)
    if isinstance(field.widget, forms.PasswordInput):
        field.widget.attrs["maxlength"] = PASSWORD_LIMIT
        # The field is made already: setting its max_length would no longer check anything.
        field.validators.append(MaxLengthValidator(PASSWORD_LIMIT))


class InviteForm(forms.ModelForm):
    """Who gets an account."""

    class Meta:
        model = User
        fields = ["name", "email", "role"]
        field_classes = {"name": TextField}
        widgets = {"role": forms.RadioSelect}
        help_texts = {
            "role": "What someone may do with a product is said on the product's own pages."
        }

    def clean_email(self) -> str:
        """An address that the invitation can be written to.

        Raises:
            ValidationError: no mail can be.
        """
        email: str = self.cleaned_data["email"]
        validate_recipient(email)
        return email


class PersonForm(forms.ModelForm):
    """What administrators change about somebody."""

    class Meta:
        model = User
        fields = ["name", "role", "time_zone"]
        field_classes = {"name": TextField}
        widgets = {"role": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = _zone_field()


class ProfileForm(forms.ModelForm):
    """What people decide about themselves."""

    class Meta:
        model = User
        fields = ["name", "time_zone", "theme", "density", "single_keys"]
        field_classes = {"name": TextField}
        widgets = {"theme": forms.RadioSelect, "density": forms.RadioSelect}
        help_texts = {
            "single_keys": "Keys such as / and ? that work without Ctrl. Off for speech input."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = _zone_field()


class PersonFilterForm(forms.Form):
    """What the list of people shows."""

    q = TextField(label="Search", required=False, max_length=100)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Everyone"), *AccountState.choices]
    )


def _zone_field() -> forms.ChoiceField:
    zones = [(name, name.replace("_", " ")) for name in time_zone_names()]
    return forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=[("", "The organisation's"), *zones],
        help_text="Times and the weekly mail follow it.",
    )


class OrganisationForm(VersionedForm):
    """What the organisation is called and how it counts its days."""

    # What was told of the consequences when the form was shown: it is saved once that was seen.
    seen = TextField(widget=forms.HiddenInput, required=False, max_length=64)
    name = TextField(label="Name", max_length=120, help_text="It stands in the header.")
    currency = TextField(
        label="Currency",
        max_length=8,
        required=False,
        help_text="A sign or a code, such as £ or CHF, beside what a product costs to run.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=[(name, name.replace("_", " ")) for name in time_zone_names()],
        help_text="It decides which day “today” is, for values, health and the weekly digest.",
    )
    week_start = forms.TypedChoiceField(
        label="Weeks start on",
        choices=WeekStart.choices,
        coerce=int,
        help_text="The columns of the grid of figures.",
    )
    earliest_date = KnownDayField(
        label="Earliest date", help_text="No value may be older: it catches a mistyped year."
    )
    days_ahead = WholeField(
        label="Days ahead",
        lowest=0,
        highest=366,
        help_text="How far in the future a value may lie; 0: not at all.",
    )

    fieldsets = (
        ("Words", ("name", "currency")),
        ("Days", ("time_zone", "week_start", "earliest_date", "days_ahead")),
    )

    @property
    def written(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in super().written.items() if name != "seen"}
