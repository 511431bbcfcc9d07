"""How a file is read, as questions: a mapping becomes a form, and the form a mapping again.

What the form has no question for is taken from the mapping it began with, so that nothing that was
written as TOML is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict

from core.forms import TextField
from imports.forms.families import posted_series
from imports.forms.series import NO_CHOICE, SeriesForm
from imports.forms.shown import ALL, COLUMN, NEW, initial_of
from imports.forms.writing import DAYS, WritingForm
from imports.rules.mapping import FieldSpec, Source, Spec
from imports.rules.mapping import Mapping as FileMapping

LONGEST = 300
FIRST = 3
ALL_WORDS, NEW_WORDS = "one value for all", "one value, for new ones only"
SHAPES = (
    ("long", "One value a line: a product, a metric, a day, a value"),
    ("wide", "One product a line, a column for each month, quarter or year"),
)

# How a mapping names its places: "[[kpi]] 2 value", "[product] name".
_PLACE = re.compile(r"\[{1,2}(?P<section>[^\]]+)\]{1,2} ?(?P<number>\d+)? (?P<key>\S+)$")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to find in the file: the select of columns, and the text that stands for them."""

    spec: FieldSpec
    column: forms.BoundField
    value: forms.BoundField

    @property
    def problems(self) -> list[str]:
        """What is wrong with either."""
        return [*self.column.problems, *self.value.problems]


class ColumnsForm(WritingForm):
    """Which column is what, and how numbers and days are written."""

    shape = forms.ChoiceField(
        label="How is the file laid out?", choices=SHAPES, widget=forms.RadioSelect
    )
    name = TextField(
        label="Save it under a name",
        max_length=120,
        required=False,
        help_text="The next file of this kind then needs no telling.",
        widget=forms.TextInput(attrs={"class": "input-20"}),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        spec: Spec,
        names: Sequence[str],
        base: FileMapping,
        options: Sequence[tuple[str, str]] = (),
        shown: QueryDict | None = None,
        name: str = "",
    ) -> None:
        """`names` are the columns of the file, `base` what the form begins with, `shown` what was
        typed into a form that is only drawn again.
        """
        first = {**initial_of(base, spec), "name": name}
        initial = dict(shown.items()) if shown is not None else first
        super().__init__(data, initial=initial)
        self.spec, self.base, self.names = spec, base, tuple(dict.fromkeys(names))
        for group, fields in (("field", spec.fields), ("long", spec.long)):
            choices = self._choices(group)
            for field in fields:
                name = f"{group}_{field.key}"
                self.fields[name] = forms.ChoiceField(
                    label=field.label, choices=choices, required=False
                )
                self.fields[f"{name}_value"] = TextField(
                    label=f"{field.label}, the value", max_length=LONGEST, required=False
                )
        if not (spec.series and spec.long):
            self.fields.pop("shape")
        if not spec.series:
            for name in ("dates", "decimal", "thousands", "currency", "unknown"):
                self.fields.pop(name)
        elif base.dates not in dict(DAYS):
            self.fields["dates"].choices = [*DAYS, (base.dates, base.dates)]
        self.series = self._series(data, shown, options) if spec.series else []

    def _choices(self, group: str) -> list[tuple[str, Any]]:
        """No column, one value, the columns of the file, and those that only the mapping knows."""
        used = [
            source.column
            for source in (*self.base.fields.values(), *self.base.long.values())
            if source.column and source.column not in self.names
        ]
        columns = [(f"{COLUMN}{name}", name) for name in self.names]
        columns += [
            (f"{COLUMN}{name}", f"{name} (not in this file)") for name in dict.fromkeys(used)
        ]
        fixed = [(ALL, ALL_WORDS), *([(NEW, NEW_WORDS)] if group == "field" else [])]
        return [("", NO_CHOICE), *fixed, ("Columns", columns)]

    def _series(
        self, data: QueryDict | None, shown: QueryDict | None, options: Sequence[tuple[str, str]]
    ) -> list[SeriesForm]:
        given = data if data is not None else shown
        if given is None:
            return [
                SeriesForm(
                    None,
                    number=number,
                    spec=self.spec,
                    options=options,
                    names=self.names,
                    base=series,
                )
                for number, series in enumerate(self.base.series)
            ]
        known = {series.key: series for series in self.base.series}
        return [
            SeriesForm(
                data, number=number, spec=self.spec, options=options,
                names=self.names, shown=shown,
                base=known.get(given.get(f"series_{number}-key", "")),
            )
            for number in posted_series(given)
        ]  # fmt: skip

    # --- what the template draws -------------------------------------------------------------

    @property
    def is_wide(self) -> bool:
        """Whether the questions about families of columns are the ones that count."""
        return self.chosen_shape() != "long"

    def chosen_shape(self) -> str:
        """The layout that the form stands at, valid or not."""
        if "shape" not in self.fields:
            return self.base.shape
        value = str(self["shape"].value() or "")
        return value if value in dict(SHAPES) else self.base.shape

    def rows(self) -> list[Row]:
        """The fields of the subject that are used, or have to be."""
        return [row for row in self._rows("field", self.spec.fields) if self._stands_out(row)]

    def more_rows(self) -> list[Row]:
        """The other fields of the subject."""
        return [row for row in self._rows("field", self.spec.fields) if not self._stands_out(row)]

    def _stands_out(self, row: Row) -> bool:
        is_first = row.spec in self.spec.fields[:FIRST]
        return bool(row.spec.is_required or is_first or row.column.value() or row.problems)

    def long_rows(self) -> list[Row]:
        """The fields of a line that holds one value."""
        return list(self._rows("long", self.spec.long))

    def _rows(self, group: str, fields: Sequence[FieldSpec]) -> Iterator[Row]:
        for field in fields:
            name = f"{group}_{field.key}"
            yield Row(field, self[name], self[f"{name}_value"])

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Where each problem is and what it is, for the box above the page."""
        found: list[tuple[str, str]] = [("", str(word)) for word in self.non_field_errors()]
        for title, form in [("", self), *((one.title, one) for one in self.series)]:
            for name in form.fields:
                before = f"{title}, " if title else ""
                found += [(form[name].id_for_label, f"{before}{word}")
                          for word in form[name].problems]  # fmt: skip
        return found

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong, as far as anybody has looked."""
        return not self.errors and not any(one.errors for one in self.series)

    def add_problems(self, problems: Sequence[str]) -> None:
        """What is wrong with the mapping as a whole: beside its field where it names one."""
        for problem in problems:
            place, _, words = problem.partition(": ")
            found = _PLACE.match(place)
            form: forms.Form = self
            name = None
            if found and found["number"]:
                at = int(found["number"]) - 1
                form = self.series[at] if at < len(self.series) else self
                name = found["key"] if found["key"] in form.fields else f"option_{found['key']}"
            elif found:
                group = "long" if found["section"] == "long" else "field"
                name = f"{group}_{found['key']}"
            if name in form.fields:
                form.add_error(name, words)
            else:
                self.add_error(None, problem)

    # --- what was answered -------------------------------------------------------------------

    def is_valid(self) -> bool:
        """Every question of the page, the families of columns too."""
        for one in self.series:
            one.is_wide = self.is_wide
        return all([super().is_valid(), *(one.is_valid() for one in self.series)])

    def clean(self) -> dict[str, Any]:
        """Each required field has a column or a value, and none has both."""
        given = super().clean() or self.cleaned_data
        for group, fields in self._asked():
            for field in fields:
                self._check(f"{group}_{field.key}", field, given)
        return given

    def _asked(self) -> list[tuple[str, Sequence[FieldSpec]]]:
        return [("field", self.spec.fields)] if self.is_wide else [("long", self.spec.long)]

    def _check(self, name: str, field: FieldSpec, given: Mapping[str, Any]) -> None:
        chosen, value = given.get(name), given.get(f"{name}_value")
        if chosen in (ALL, NEW) and not value and not self.has_error(f"{name}_value"):
            self.add_error(f"{name}_value", f"{field.label}: enter the value.")
        if field.is_required and chosen in ("", NEW) and not self.has_error(name):
            self.add_error(name, f"{field.label}: choose the column that holds it.")

    def as_mapping(self) -> FileMapping:
        """The mapping as answered; only after `is_valid()`."""
        given, is_wide = self.cleaned_data, self.is_wide
        line = given["header_line"] or 1
        return replace(
            self.base,
            shape="wide" if is_wide else "long",
            file=replace(self.base.file, sheet=given["sheet"], header_line=line),
            numbers=self.numbers(given, self.base.numbers),
            dates=given.get("dates", self.base.dates),
            fields=self._sources("field", self.spec.fields, given) if is_wide else {},
            when_new=self._when_new(given) if is_wide else {},
            long={} if is_wide else self._sources("long", self.spec.long, given),
            series=tuple(one.as_series() for one in self.series if is_wide or one.has_plan),
        )

    def _when_new(self, given: Mapping[str, Any]) -> dict[str, str]:
        """What new ones get. Beside a column only the TOML can say it, and there it stays."""
        found = {}
        for field in self.spec.fields:
            chosen, held = given[f"field_{field.key}"], self.base.when_new.get(field.key)
            if chosen == NEW:
                found[field.key] = given[f"field_{field.key}_value"]
            elif held and chosen not in ("", ALL):
                found[field.key] = held
        known = {field.key for field in self.spec.fields}
        return {**{k: v for k, v in self.base.when_new.items() if k not in known}, **found}

    def _sources(
        self, group: str, fields: Sequence[FieldSpec], given: Mapping[str, Any]
    ) -> dict[str, Source]:
        found = {}
        for field in fields:
            chosen = given[f"{group}_{field.key}"]
            if chosen.startswith(COLUMN):
                found[field.key] = Source(column=chosen.removeprefix(COLUMN))
            elif chosen == ALL:
                found[field.key] = Source(value=given[f"{group}_{field.key}_value"])
        return found
