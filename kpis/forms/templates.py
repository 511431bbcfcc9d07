"""Several KPIs on one page: ticked, with where they start, where they go and who owns them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from kpis.forms.fields import BoundedDayField, ValueField
from kpis.models import Metric
from kpis.rules import Direction
from kpis.selectors.templates import Offer
from kpis.services.plans import KpiPlan
from kpis.services.templates import OnePlanRefused
from kpis.templates import is_backwards

REVIEW_AFTER = dt.timedelta(days=91)


@dataclass(frozen=True, slots=True)
class OfferFields:
    """The fields of one template."""

    offer: Offer
    add: forms.BoundField
    baseline: forms.BoundField
    target: forms.BoundField
    owner: forms.BoundField


class TemplatesForm(forms.Form):
    """What is ticked is added, all of it or nothing. What is measured already has no fields."""

    target_date = BoundedDayField(
        label="Target date of all that you add", required=False,
        help_text="Leave it empty if the targets hold already. Each plan can be changed later.",
    )  # fmt: skip
    is_sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, offers: Sequence[Offer], people: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.all_offers = list(offers)
        self.offers = [offer for offer in offers if offer.row is None]
        self.measured = {offer.metric.code for offer in offers if offer.row is not None}
        self.people = {person.pk: person for person in people}
        choices = [("", "nobody yet"), *((person.pk, str(person)) for person in people)]
        for offer in self.offers:
            self._add_fields(offer.metric, choices)

    def _add_fields(self, metric: Metric, choices: list[tuple[Any, str]]) -> None:
        code, bounds = metric.code, metric.bounds
        owner = forms.TypedChoiceField(
            label=f"Owner of {metric.name}", choices=choices, coerce=int, required=False,
            empty_value=None,
        )  # fmt: skip
        self.fields |= {
            f"add_{code}": forms.BooleanField(label=metric.name, required=False),
            f"baseline_{code}": _level(f"Baseline of {metric.name}", bounds),
            f"target_{code}": _level(f"Target of {metric.name}", bounds),
            f"owner_{code}": owner,
        }

    def fields_of(self, offer: Offer) -> OfferFields | None:
        """The fields of a template that may be ticked."""
        code = offer.metric.code
        if f"add_{code}" not in self.fields:
            return None
        names = ("add", "baseline", "target", "owner")
        return OfferFields(offer, *(self[f"{name}_{code}"] for name in names))

    def clean(self) -> dict[str, Any]:
        """At least one is ticked, and nothing was typed beside a box that is not."""
        data = self.cleaned_data
        for offer in self.offers:
            code = offer.metric.code
            typed = [data.get(f"{name}_{code}") for name in ("baseline", "target")]
            if not data[f"add_{code}"] and any(level is not None for level in typed):
                words = f"{offer.metric.name}: tick it to add it, or clear what you typed."
                self.add_error(f"add_{code}", words)
        again = any(self.data.get(f"add_{code}") for code in self.measured)
        if not self.errors and not self.ticked and not again:
            raise ValidationError("Tick at least one.")
        return data

    @property
    def ticked(self) -> list[Offer]:
        """The templates to add."""
        return [one for one in self.offers if self.cleaned_data.get(f"add_{one.metric.code}")]

    def plans(self, today: dt.date) -> list[tuple[Metric, KpiPlan]]:
        """What is to be measured, each with its plan; the first review is in 13 weeks."""
        data = self.cleaned_data
        return [
            (
                offer.metric,
                KpiPlan(
                    cadence=offer.metric.cadence,
                    baseline=data[f"baseline_{offer.metric.code}"],
                    target=data[f"target_{offer.metric.code}"],
                    target_date=data["target_date"],
                    weight=offer.template.weight,
                    is_guardrail=bool(offer.template.guardrail),
                    owner=self.people.get(data[f"owner_{offer.metric.code}"]),
                    next_review=today + REVIEW_AFTER,
                ),
            )
            for offer in self.ticked
        ]

    def doubts(self) -> list[str]:
        """What may be meant otherwise, in sentences; empty where there is nothing to ask."""
        data = self.cleaned_data
        return [
            f"{offer.metric.name}: the target lies on the worse side of the baseline, so it would "
            "only have to hold that level."
            for offer in self.ticked
            if is_backwards(
                Direction(offer.metric.direction),
                data[f"baseline_{offer.metric.code}"],
                data[f"target_{offer.metric.code}"],
            )
        ]

    def refuse(self, error: OnePlanRefused) -> None:
        """Put what the service said beside its field."""
        name = f"{error.refusal.field}_{error.metric.code}"
        words = f"{error.metric.name}: {error.refusal}"
        self.add_error(name if name in self.fields else error.refusal.field, words)


def _level(label: str, bounds: Any) -> ValueField:
    return ValueField(label=label, required=False, bounds=bounds)
