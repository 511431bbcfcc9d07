"""How forms look and what their fields forgive.

``FormRenderer`` (the ``FORM_RENDERER`` setting) draws every form of every app, allauth's included,
with the same label, hint, error and control. The fields accept what people really type: spaces,
dashes, thousands separators, full-width digits and pasted text with invisible characters.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting

# Line and paragraph separators, tab and space are text; every other control or format character is
# not, except the two joiners that emoji and several scripts need.
_JOINERS = "\u200c\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# What other programs break lines with: CR, VT, FF, NEL, line and paragraph separators.
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣－", "-"))
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
_PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)$")
_AROUND_NUMBERS = "%£€$¥"

# What Django says of an empty answer, whatever the question was.
_STOCK_MESSAGES = frozenset({"This field is required.", "This field cannot be blank."})


def clean_text(value: str, *, keep_lines: bool = False) -> str:
    """Text as it was meant: composed (NFC), without invisible characters, spaces collapsed, ends
    stripped.

    Drops NUL and lone surrogates, which PostgreSQL refuses, and bidirectional overrides, which
    disguise what they stand in. With ``keep_lines`` line breaks stay, at most one empty line in a
    row.
    """
    text = _LINE_BREAKS.sub("\n", value).replace("\t", " ")
    text = "".join(character for character in text if _is_text(character))
    text = unicodedata.normalize("NFC", text)  # last: what stood between may have kept two apart
    text = _SPACES.sub(" ", text if keep_lines else text.replace("\n", " "))
    if keep_lines:
        text = "\n".join(line.strip() for line in text.split("\n"))
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()


def _is_text(character: str) -> bool:
    if character == "\n" or character in _JOINERS:
        return True
    return unicodedata.category(character) not in _INVISIBLE


def parse_number(text: str) -> float:
    """``12,400``, ``12 400``, ``−3``, ``71 %``, ``£4.20`` and full-width digits as a number.

    Raises:
        ValueError: it is not a finite number, or a comma might be meant as the decimal point.
    """
    cleaned = unicodedata.normalize("NFKC", clean_text(text)).translate(_DASHES)
    cleaned = "".join(cleaned.split())
    for symbol in _AROUND_NUMBERS:
        cleaned = cleaned.replace(symbol, "", 1)
    if _GROUPED.match(cleaned):
        cleaned = cleaned.replace(",", "")
    if not _PLAIN.match(cleaned):
        raise ValueError(f"Not a number: {text!r}")
    value = float(cleaned)
    if not math.isfinite(value):
        raise ValueError(f"Too large: {text!r}")
    return value


class TextField(forms.CharField):
    """One line of text."""

    def to_python(self, value: Any) -> Any:
        """Clean before the length is checked, so that invisible characters do not count."""
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class ParagraphField(forms.CharField):
    """Several lines of text."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> Any:
        """Clean before the length is checked, keeping line breaks."""
        return super().to_python(
            clean_text(value, keep_lines=True) if isinstance(value, str) else value
        )


class NumberField(forms.FloatField):
    """A number as people write it; a text control, because number controls drop what they do not
    understand.
    """

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "class": "input-10", "autocomplete": "off"}
    )
    default_error_messages: ClassVar = {"invalid": "Enter a number, like 12 or 71.5."}

    def to_python(self, value: Any) -> Any:
        """Forgiving parse; no value gives None."""
        if isinstance(value, str):
            if not clean_text(value):
                return None
            try:
                return parse_number(value)
            except ValueError:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No ``min``/``max``/``step``: they mean nothing on a text control."""
        return {}


class WholeField(NumberField):
    """A whole number within bounds that the message names."""

    def __init__(self, *, lowest: int, highest: int, **kwargs: Any) -> None:
        self.lowest, self.highest = lowest, highest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The number; None where nothing was typed."""
        amount = super().to_python(value)
        if amount is None:
            return None
        if amount != int(amount) or not self.lowest <= amount <= self.highest:
            words = f"Enter a whole number from {self.lowest:,} to {self.highest:,}."
            raise ValidationError(words, code="bounds")
        return int(amount)


class DayInput(forms.DateInput):
    """The browser's own date control; where there is none it is a text control that takes
    2026-11-21.
    """

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "input-10", **(attrs or {})}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A calendar day of the organisation's time zone."""

    widget = DayInput
    input_formats = ("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y", "%d %B %Y")
    default_error_messages: ClassVar = {"invalid": "Enter a day, like 2026-11-21."}


class KnownDayField(DayField):
    """A day from 2000 on; `first` and `last`, which the form may set, bound what makes sense."""

    first: dt.date = dt.date(2000, 1, 1)
    last: dt.date | None = None

    def to_python(self, value: Any) -> Any:
        """The day; None where nothing was typed."""
        text = value.strip() if isinstance(value, str) else value
        try:
            day = super().to_python(text)
        except (OverflowError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if isinstance(day, dt.date) and (day < self.first or (self.last and day > self.last)):
            until = f" to {self.last}" if self.last else ""
            raise ValidationError(f"Enter a day from {self.first}{until}.", code="bounds")
        return day


class BoundField(forms.BoundField):
    """A field with the classes and the words that its template needs."""

    @property
    def is_checkbox(self) -> bool:
        """A single box, whose label stands behind it."""
        return self.widget_type == "checkbox"

    @property
    def is_optional(self) -> bool:
        """Whether the label says "(optional)": a box that may stay empty needs no such word."""
        return not self.field.required and not self.is_checkbox and not self.field.disabled

    @property
    def problems(self) -> list[str]:
        """The errors in our words, each naming its field: they also stand alone in the summary."""
        found: list[str] = []
        for error in self.errors.as_data():
            is_stock = {str(word) for word in error.messages} <= _STOCK_MESSAGES
            found.extend([f"{self.label} is missing."] if is_stock else error.messages)
        return found

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """No ``required``: answers are checked on submit, in our words, never by the browser's
        bubbles.
        """
        built = super().build_widget_attrs(attrs, widget)
        built.pop("required", None)
        return built


class VersionedForm(forms.Form):
    """A form that knows which version was read, so that nobody's work is lost."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    @property
    def read_version(self) -> int:
        """The version that the form was opened on; 0: of something that was not there."""
        return self.cleaned_data.get("version") or 0

    @property
    def written(self) -> dict[str, Any]:
        """What services take."""
        kept = self.cleaned_data.items()
        return {name: value for name, value in kept if name not in ("version", "token")}

    @property
    def labels(self) -> dict[str, str]:
        """The words before each field that a person can see."""
        return {field.name: str(field.label) for field in self.visible_fields()}

    def stand_on(self, version: int, words: str) -> None:
        """Say what somebody else saved; sending the form again puts it on top of that."""
        self.data = {**self.data.dict(), "version": str(version)}  # type: ignore[attr-defined]  # a QueryDict
        self.add_error(None, words)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under a common heading; without one they simply stand first."""

    legend: str
    fields: tuple[forms.BoundField, ...]


def field_groups(form: forms.BaseForm) -> list[FieldGroup]:
    """The visible fields as ``form.fieldsets`` groups them, the ungrouped ones last and without a
    heading.
    """
    wanted: Sequence[tuple[str, Sequence[str]]] = getattr(form, "fieldsets", ())
    visible = {field.name: field for field in form.visible_fields()}
    groups = []
    for legend, names in wanted:
        fields = tuple(visible.pop(name) for name in names if name in visible)
        if fields:
            groups.append(FieldGroup(legend, fields))
    rest = FieldGroup("", tuple(visible.values()))
    return [*groups, rest] if rest.fields else groups


class FormRenderer(TemplatesSetting):
    """Every form in the project's look."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
    formset_template_name = "django/forms/formset.html"
    bound_field_class = BoundField
