"""The form of a product, and of deleting one. They shape and check; services write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify

from accounts.models import User
from core.forms import NumberField, ParagraphField, TextField, clean_text
from portfolio.enums import Choice, Exchange, Kind, Stage, Visibility, WorkType
from portfolio.models import BusinessFunction, Product, Team
from portfolio.querysets import ProductQuerySet
from portfolio.selectors import portfolios_to_choose, possible_dependencies

MOST_PEOPLE = 2_147_483_647
MOST_MONEY = 10**12
MOST_DEPENDENCIES = 100

# The answer below the two questions changes at once; without scripts the words beside them tell.
PREVIEW = {
    "hx-get": "",
    "hx-trigger": "change",
    "hx-include": "closest form",
    "hx-params": "choice,exchange",
    "hx-target": "#people-word",
    "hx-swap": "outerHTML",
}


class AddressField(TextField):
    """The last part of a page's address; forgives capitals and spaces."""

    def to_python(self, value: Any) -> Any:
        """Lower case, dashes between words.

        Raises:
            ValidationError: nothing of it can stand in an address.
        """
        text = super().to_python(value)
        slug = slugify(text or "")
        if text and not slug:
            raise ValidationError("Use letters from a to z, digits and dashes.", code="address")
        return slug


class LinkField(forms.URLField):
    """An address on the web, without what can't be seen in it."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def to_python(self, value: Any) -> Any:
        """Clean before the address is taken apart."""
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class ProductsField(ParagraphField):
    """Products, one a line, by name or address; `products` are those that may be named."""

    products: ProductQuerySet

    def clean(self, value: Any) -> list[Product]:
        """The products, in the order of the lines, each once.

        Raises:
            ValidationError: a line names none of them, or more than one.
        """
        lines = [line for line in str(super().clean(value)).splitlines() if line]
        if len(lines) > MOST_DEPENDENCIES:
            raise ValidationError(f"Name at most {MOST_DEPENDENCIES} products.", code="too_many")
        found = {line: self._named(line) for line in lines}
        errors = [f"We can't find a product called “{line}”." for line, one in found.items()
                  if not one]  # fmt: skip
        errors += [
            f"More than one product is called “{line}”: write the end of its address instead."
            for line, several in found.items()
            if len(several) > 1
        ]
        if errors:
            raise ValidationError(errors)
        return list(dict.fromkeys(one[0] for one in found.values()))

    def _named(self, line: str) -> list[Product]:
        by_address = list(self.products.filter(slug=line)[:1])
        return by_address or list(self.products.filter(name__iexact=line)[:2])


class ProductForm(forms.Form):
    """A product's own fields. `version` says which one was read, `token` which form was sent."""

    fieldsets = (
        ("What it is", ("name", "slug", "kind", "work_type", "mission", "description", "link")),
        ("Where it belongs", ("portfolio", "function", "team", "visibility")),
        ("Where it stands", ("stage", "head_count", "run_cost", "needs")),
        ("What we call its people", ("choice", "exchange")),
    )

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = TextField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices, initial=Kind.PRODUCT)
    work_type = forms.ChoiceField(
        label="Type of work", choices=[("", "Not said yet"), *WorkType.choices], required=False
    )
    mission = TextField(
        label="Mission",
        max_length=300,
        required=False,
        help_text="One sentence the team can be held to.",
    )
    description = ParagraphField(label="Description", max_length=5000, required=False)
    link = LinkField(
        label="Where to find it", max_length=500, required=False, assume_scheme="https"
    )
    portfolio = forms.ModelChoiceField(label="Portfolio", queryset=None, empty_label="Choose one")
    function = forms.ModelChoiceField(
        label="Business function",
        queryset=None,
        required=False,
        empty_label="Not said yet",
        help_text="The part of the business whose needs it answers.",
    )
    team = forms.ModelChoiceField(
        label="Team", queryset=None, required=False, empty_label="Not said yet"
    )
    visibility = forms.ChoiceField(
        label="Who can see it",
        choices=Visibility.choices,
        initial=Visibility.COMPANY,
        widget=forms.RadioSelect,
    )
    stage = forms.ChoiceField(
        label="Stage",
        choices=Stage.choices,
        initial=Stage.DISCOVERY,
        help_text="What matters for its health changes with the stage.",
    )
    head_count = NumberField(
        label="How many people it is for",
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text="Everyone who could use it, not only those who do.",
    )
    run_cost = NumberField(
        label="What it costs to run a year",
        required=False,
        min_value=0,
        max_value=MOST_MONEY,
        help_text="Licences, hosting and support, in your organisation's currency.",
    )
    choice = forms.ChoiceField(
        label="Could people do without it?",
        choices=Choice.choices,
        initial=Choice.OPTIONAL,
        widget=forms.RadioSelect(attrs=PREVIEW),
    )
    exchange = forms.ChoiceField(
        label="What do they knowingly give for it?",
        choices=Exchange.choices,
        initial=Exchange.NONE,
        widget=forms.RadioSelect(attrs=PREVIEW),
    )
    needs = ProductsField(
        label="Built on",
        required=False,
        max_length=20_000,
        help_text="Other products that it needs, one a line, by name.",
    )
    slug = AddressField(
        label="Address",
        max_length=200,
        required=False,
        help_text="The end of its page's address. Made from the name if you leave it empty; "
        "after a change the old one still leads here.",
    )

    def __init__(
        self, *args: Any, user: User, product: Product | None = None, **kwargs: Any
    ) -> None:
        if product is not None:
            kwargs.setdefault("initial", product_initial(product, user))
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["portfolio"].queryset = portfolios_to_choose(user, product)
        fields["function"].queryset = BusinessFunction.objects.order_by("name")
        fields["team"].queryset = Team.objects.order_by("name")
        fields["needs"].products = possible_dependencies(product, user)

    def clean_head_count(self) -> int | None:
        """People come in whole numbers."""
        return self._whole("head_count")

    def clean_run_cost(self) -> int | None:
        """Nobody knows the cents of a year."""
        return self._whole("run_cost")

    def _whole(self, name: str) -> int | None:
        amount: float | None = self.cleaned_data[name]
        if amount is not None and amount != int(amount):
            raise ValidationError("Enter a whole number, like 120.", code="whole")
        return None if amount is None else int(amount)

    @property
    def product_fields(self) -> dict[str, Any]:
        """What services take."""
        kept = self.cleaned_data.items()
        return {name: value for name, value in kept if name not in {"version", "token"}}

    @property
    def labels(self) -> dict[str, str]:
        """The words before each field that a person can see."""
        return {field.name: str(field.label) for field in self.visible_fields()}


def product_initial(product: Product, user: User) -> dict[str, Any]:
    """What the form shows of a product; products it needs as far as `user` may read them."""
    names = (
        *("name", "slug", "kind", "work_type", "stage", "choice", "exchange", "head_count"),
        "run_cost",
        *("mission", "description", "link", "visibility", "version"),
    )
    values = {name: getattr(product, name) for name in names}
    related = {"portfolio": product.portfolio, "function": product.function, "team": product.team}
    needs = possible_dependencies(product, user).filter(dependant_links__product=product)
    return values | related | {"needs": "\n".join(str(one) for one in needs)}


class DeletionForm(forms.Form):
    """Typing the name again is the brake before what can't be undone."""

    name = TextField(label="Type the product's name to delete it", max_length=200)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product

    def clean_name(self) -> str:
        """The name, whatever its case and spaces."""
        typed: str = self.cleaned_data["name"]
        if typed.casefold() != clean_text(self.product.name).casefold():
            raise ValidationError(f"This is not “{self.product.name}”.", code="name")
        return typed


def taken(error: Exception) -> str:
    """What a form says when a service found a name or an address in use."""
    value = getattr(error, "name", "") or getattr(error, "slug", "")
    return f"“{value}” is taken."
