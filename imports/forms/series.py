"""A family of columns of a wide file, one column a period: which metric it is, how it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import NumberField, TextField
from imports.forms.families import columns_named
from imports.forms.options import OPTION_LABELS, option_of, shown_option
from imports.presenters import found_words
from imports.rules.headers import MONTHS, PatternRefused
from imports.rules.mapping import Series, Spec

NO_CHOICE = "not in this file"
LONGEST = 300
HOW = (("value", "the value stands in the column"), ("ratio", "a part divided by a total"))
NAMED = (("end", "the year it ends in"), ("start", "the year it starts in"))


class SeriesForm(forms.Form):
    """One family of columns. `number` tells the families of one page apart."""

    key = forms.ChoiceField(label="Metric")
    how = forms.ChoiceField(label="How is it worked out?", choices=HOW, widget=forms.RadioSelect)
    value = TextField(label="Columns", max_length=LONGEST, required=False)
    part = TextField(label="Columns of the part", max_length=LONGEST, required=False)
    total = TextField(label="Columns of the total", max_length=LONGEST, required=False)
    times = NumberField(label="Times", required=False, help_text="100 for per cent.")
    year_starts = forms.TypedChoiceField(
        label="Their years start in",
        choices=[(number, month) for number, month in enumerate(MONTHS) if number],
        coerce=int,
        empty_value=1,
    )
    year_named = forms.ChoiceField(label="and are called after", choices=NAMED)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        number: int,
        spec: Spec,
        options: Sequence[tuple[str, str]],
        names: Sequence[str] = (),
        base: Series | None = None,
        shown: QueryDict | None = None,
    ) -> None:
        prefix = f"series_{number}"
        super().__init__(data, prefix=prefix, initial=_initial(prefix, base, shown))
        self.number, self.base, self.spec = number, base or Series(key=""), spec
        self.is_wide, self.names = True, tuple(names)
        chosen = str(self["key"].value() or "")
        known = [("", "Choose one"), *options]
        if chosen and chosen not in dict(known):
            known.append((chosen, f"{chosen} (we don't know this one)"))
        self.fields["key"].choices = known
        for name in ("value", "part", "total"):
            self.fields[name].widget.attrs |= {"list": "families", "autocomplete": "off"}
        for option in self._askable():
            label, hint = OPTION_LABELS.get(option, (option.replace("_", " ").capitalize(), ""))
            self.fields[f"option_{option}"] = TextField(
                label=label, help_text=hint, max_length=LONGEST, required=False,
                widget=forms.TextInput(attrs={"class": "input-10"}),
            )  # fmt: skip

    def _askable(self) -> list[str]:
        """Options whose value is one text or number; others stay as the TOML has them."""
        held = self.base.options
        return [name for name in self.spec.options if not isinstance(held.get(name), dict | list)]

    @property
    def is_ratio(self) -> bool:
        """Whether the questions about part and total are the ones that count."""
        return self["how"].value() == "ratio"

    @property
    def found(self) -> str:
        """The columns that its first pattern finds, in words; empty where it finds none."""
        try:
            found = columns_named(
                str(self["total" if self.is_ratio else "value"].value() or ""),
                self.names,
                year_starts=int(self["year_starts"].value() or 1),
                year_named=str(self["year_named"].value() or "end"),
            )
        except (PatternRefused, ValueError):
            return ""
        return found_words(found) if found else ""

    @property
    def plan_words(self) -> str:
        """The plan as it stands, for whoever does not open it."""
        told = [f"{field.label.lower().split(' …')[0]} {field.value()}"
                for field in self.option_fields if field.value()]  # fmt: skip
        return ", ".join(told) or "none"

    @property
    def title(self) -> str:
        """What the family is called on the page."""
        return dict(self.fields["key"].choices).get(str(self["key"].value() or ""), "New values")

    @property
    def option_fields(self) -> list[forms.BoundField]:
        """The plan of a KPI and what else a kind may ask."""
        return [self[name] for name in self.fields if name.startswith("option_")]

    @property
    def fixed_options(self) -> list[tuple[str, Any]]:
        """Options that only the TOML can say."""
        asked = self._askable()
        return [(name, value) for name, value in self.base.options.items() if name not in asked]

    def clean(self) -> dict[str, Any]:
        """In a wide file: columns for the value, or for the part and the total."""
        given = super().clean() or self.cleaned_data
        wanted = ("part", "total") if given.get("how") == "ratio" else ("value",)
        for name in wanted if self.is_wide else ():
            if not self.has_error(name):
                self._check_columns(name, given)
        if given.get("times") == 0:
            self.add_error("times", "Times: enter a number other than 0.")
        return given

    def _check_columns(self, name: str, given: Mapping[str, Any]) -> None:
        label, text = self.fields[name].label, given.get(name)
        if not text:
            self.add_error(name, f"{label}: say what they are called, like Total {{year}}.")
            return
        try:
            found = columns_named(
                text, self.names, year_starts=given.get("year_starts") or 1,
                year_named=given.get("year_named") or "end",
            )  # fmt: skip
        except PatternRefused as refused:
            self.add_error(name, f"{label}: {refused}")
            return
        if not found:
            self.add_error(name, f"{label}: the file has no column with such a name.")

    @property
    def has_plan(self) -> bool:
        """Whether it says more than which columns: all that a long file has use for."""
        return bool(self.cleaned_data["key"] and self._options(self.cleaned_data))

    def as_series(self) -> Series:
        """The family as answered; only after `is_valid()`."""
        given = self.cleaned_data
        options = self._options(given)
        if not self.is_wide:
            return Series(key=given["key"], options=options)
        is_ratio = given["how"] == "ratio"
        times = 1.0 if given["times"] is None else given["times"]
        return replace(
            self.base,
            key=given["key"],
            value="" if is_ratio else given["value"],
            part=given["part"] if is_ratio else "",
            total=given["total"] if is_ratio else "",
            times=times if is_ratio else 1.0,
            year_starts=given["year_starts"] or 1,
            year_named=given["year_named"] or "end",
            options=options,
        )

    def _options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        kept = dict(self.fixed_options)
        for name in self._askable():
            typed, held = given.get(f"option_{name}", ""), self.base.options.get(name)
            if typed:
                kept[name] = held if held is not None and typed == shown_option(held) else (
                    option_of(typed)
                )  # fmt: skip
        return kept


def _initial(prefix: str, base: Series | None, shown: QueryDict | None) -> dict[str, Any]:
    if shown is not None:
        start = f"{prefix}-"
        return {name.removeprefix(start): value for name, value in shown.items()
                if name.startswith(start)}  # fmt: skip
    series = base or Series(key="")
    return {
        "key": series.key,
        "how": "ratio" if series.part or series.total else "value",
        "value": series.value,
        "part": series.part,
        "total": series.total,
        "times": shown_option(series.times),
        "year_starts": series.year_starts,
        "year_named": series.year_named,
        **{f"option_{name}": shown_option(value) for name, value in series.options.items()},
    }
