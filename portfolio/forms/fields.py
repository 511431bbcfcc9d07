"""One field of a product alone, for changing it where it stands."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from core.forms import WholeField
from core.inline import InlineForm
from core.versions import standing
from portfolio.forms.people import person_field
from portfolio.forms.products import MOST_PEOPLE, ProductForm
from portfolio.models import Product

MANAGER = "manager"
INLINE_FIELDS = ("name", "team", "stage", "head_count")
"""Fields of a product that are changed where they stand, beside its manager."""


class FieldForm(InlineForm):
    """One of `INLINE_FIELDS`."""

    def __init__(self, data: Any, *, name: str, product: Product, user: User) -> None:
        was = standing(product, name)
        super().__init__(data, initial={"was": was, name: was})
        field: Any = ProductForm(user=user, product=product).fields[name]
        if name == "head_count":
            field = WholeField(label=field.label, required=False, lowest=0, highest=MOST_PEOPLE)
        field.help_text = ""
        self.fields[name] = field


class ManagerForm(InlineForm):
    """Who manages the product. `was` says who did (`selectors.editing.manager_keys`)."""

    manager = person_field("Product manager")
