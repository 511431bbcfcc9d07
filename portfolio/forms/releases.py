"""The form of a release note, with the questions that upper apps add."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import KnownDayField, ParagraphField, TextField, VersionedForm
from portfolio.enums import ReleaseAudience, ReleaseKind
from portfolio.extras import registered
from portfolio.models import Product, Release

DAYS_AHEAD = 366


class ReleaseForm(VersionedForm):
    """A note's own fields; `token` says which form was sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label="Kind",
        choices=ReleaseKind.choices,
        widget=forms.RadioSelect,
        initial=ReleaseKind.NEW,
    )
    title = TextField(
        label="Title",
        max_length=160,
        help_text="What is different now, in the words of those who use it.",
    )
    text = ParagraphField(
        label="What it means for people",
        max_length=8000,
        required=False,
        help_text="An empty line begins a paragraph. Addresses of pages become links.",
    )
    day = KnownDayField(
        label="Day", help_text="On a day to come, the published note waits until then."
    )
    audience = forms.ChoiceField(
        label="Who may read it",
        choices=ReleaseAudience.choices,
        widget=forms.RadioSelect,
        initial=ReleaseAudience.EVERYONE,
    )

    def __init__(
        self,
        *args: Any,
        product: Product,
        today: dt.date,
        release: Release | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].last = today + dt.timedelta(days=DAYS_AHEAD)
        for extra in registered():
            for name, field in extra.fields(product, release).items():
                self.fields[f"{extra.key}_{name}"] = field

    @property
    def note(self) -> dict[str, Any]:
        """The note's own fields, as services take them."""
        names = ("day", "kind", "title", "text", "audience")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def extras(self) -> dict[str, dict[str, Any]]:
        """The answers to what upper apps ask, by their keys."""
        return {
            extra.key: {
                name.removeprefix(f"{extra.key}_"): value
                for name, value in self.cleaned_data.items()
                if name.startswith(f"{extra.key}_")
            }
            for extra in registered()
        }


def release_initial(release: Release) -> dict[str, Any]:
    """What the form shows of a note."""
    names = ("day", "kind", "title", "text", "audience", "version")
    return {name: getattr(release, name) for name in names}
