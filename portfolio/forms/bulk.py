"""What many products are given at once. The form shapes and checks; services write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import User
from core.forms import clean_text
from portfolio.enums import Stage
from portfolio.forms.people import PersonField
from portfolio.models import BusinessFunction, Product, Team
from portfolio.selectors import portfolios_to_choose
from portfolio.selectors.bulk import BULK_COLUMNS, Wanted

AS_IT_IS = "As it is"
NONE = "none"
ADD, REPLACE = "add", "replace"


class MaybePersonField(PersonField):
    """A colleague, by e-mail address, or nobody."""

    def clean(self, value: Any) -> User | None:  # type: ignore[override]  # empty is an answer here
        """The account; None where nothing was typed.

        Raises:
            ValidationError: there is none, or it can't sign in.
        """
        return super().clean(value) if clean_text(value or "") else None


class BulkForm(forms.Form):
    """New values; what is left as it is stays. Its controls begin with `to-`, so that they can
    stand beside the filters of the catalogue in one address.

    Who has an account here is for those to know who may say who manages a product: for anybody else
    there is no such field.
    """

    prefix = "to"
    fieldsets = (
        ("Who answers for them", ("manager", "how")),
        ("Where they belong", ("team", "portfolio", "function")),
        ("Where they stand", ("stage",)),
    )

    manager = MaybePersonField(
        label="Product manager",
        required=False,
        max_length=254,
        help_text="An e-mail address. Empty leaves the managers as they are.",
        widget=forms.TextInput(
            attrs={"list": "people", "autocomplete": "off", "inputmode": "email"}
        ),
    )
    how = forms.ChoiceField(
        label="The managers they have now",
        required=False,
        choices=[(ADD, "stay beside the new one"), (REPLACE, "leave these products")],
        initial=ADD,
        widget=forms.RadioSelect,
    )
    team = forms.ChoiceField(label="Team", required=False)
    portfolio = forms.ModelChoiceField(
        label="Portfolio", queryset=None, required=False, empty_label=AS_IT_IS
    )
    function = forms.ChoiceField(label="Business function", required=False)
    stage = forms.ChoiceField(
        label="Stage",
        required=False,
        choices=[("", AS_IT_IS), *Stage.choices],
        help_text="What matters for their health changes with the stage.",
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        self.names_people = user.is_administrator or Product.objects.manageable_by(user).exists()
        if not self.names_people:
            del fields["manager"], fields["how"]
        fields["portfolio"].queryset = portfolios_to_choose(user, None)
        self.rows = {
            "team": _rows(Team.objects.order_by("name")),
            "function": _rows(BusinessFunction.objects.order_by("name")),
        }
        for name, none in (("team", "No team"), ("function", "Not said yet")):
            pairs = [(pk, str(row)) for pk, row in self.rows[name].items()]
            fields[name].choices = [("", AS_IT_IS), (NONE, none), *pairs]

    def clean(self) -> dict[str, Any]:
        """Something has to change.

        Raises:
            ValidationError: everything stays as it is.
        """
        data = self.cleaned_data
        if not self.errors and not self.wanted.fields and data.get("manager") is None:
            raise ValidationError("Choose at least one thing to change.", code="nothing")
        return data

    @property
    def wanted(self) -> Wanted:
        """What services take."""
        data, fields = self.cleaned_data, {}
        for name in BULK_COLUMNS:
            if (chosen := data.get(name)) not in (None, ""):
                rows = self.rows.get(name)
                fields[name] = rows.get(chosen) if rows is not None else chosen
        replaces = data.get("how") == REPLACE
        return Wanted(fields, data.get("manager"), replaces=replaces)


def _rows(rows: QuerySet[Any]) -> dict[str, Any]:
    return {str(row.pk): row for row in rows}
