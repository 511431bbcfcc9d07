"""The forms of the people behind products: members, leads, who takes over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from core.forms import TextField
from portfolio.enums import MemberRole, Shape
from portfolio.models import Product


class PersonField(TextField):
    """A colleague, by e-mail address."""

    def clean(self, value: Any) -> User:
        """The account.

        Raises:
            ValidationError: there is none, or it can't sign in.
        """
        email = super().clean(value)
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise ValidationError(
                "Nobody here has this e-mail address. An administrator can invite them.",
                code="unknown",
            )
        if not person.is_active:
            raise ValidationError(f"{person} can no longer sign in.", code="inactive")
        return person


def person_field(label: str = "E-mail address") -> PersonField:
    """A control that proposes colleagues from the list `#people`."""
    attrs = {"list": "people", "autocomplete": "off", "inputmode": "email"}
    return PersonField(label=label, max_length=254, widget=forms.TextInput(attrs=attrs))


class MembershipForm(forms.Form):
    """What a member is to the product."""

    role = forms.ChoiceField(
        label="Role",
        choices=MemberRole.choices,
        initial=MemberRole.CONTRIBUTOR,
        widget=forms.RadioSelect,
    )
    shape = forms.ChoiceField(
        label="Shape", choices=[("", "Not said yet"), *Shape.choices], required=False
    )
    stakeholder_grant = forms.BooleanField(
        label="May see the stakeholder map",
        required=False,
        help_text="Product managers see it anyway.",
    )


class NewMemberForm(MembershipForm):
    """A colleague who joins."""

    person = person_field()
    field_order = ("person",)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product

    def clean_person(self) -> User:
        """Somebody new: adding a member again would change their role unseen."""
        person: User = self.cleaned_data["person"]
        if self.product.memberships.filter(user=person).exists():
            raise ValidationError(f"{person} is a member already.", code="member")
        return person


class LeadForm(forms.Form):
    """A colleague who answers for a portfolio."""

    person = person_field()


class HandOverForm(forms.Form):
    """Who takes over."""

    heir = person_field("Who takes over")

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaver = leaver

    def clean_heir(self) -> User:
        """Somebody else than the leaver."""
        heir: User = self.cleaned_data["heir"]
        if heir.pk == self.leaver.pk:
            raise ValidationError("Choose somebody else: this is who leaves.", code="self")
        return heir
