"""Mappings as text and by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import TextField
from imports.kinds import ImportKind
from imports.rules.mapping import MappingRefused
from imports.rules.toml import LARGEST_MAPPING

LONGEST_NAME = 120


class TomlField(forms.CharField):
    """A mapping as TOML, kept as it was typed: what looks odd in it is told, not tidied away."""

    widget = forms.Textarea(attrs={"rows": 24, "class": "toml", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LARGEST_MAPPING, strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Line ends as TOML has them.

        Raises:
            ValidationError: it holds half a character.
        """
        text = str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError("This holds a character that is none.", code="half") from None
        return text if text.strip() else ""


def problems_of(text: str, kind: ImportKind) -> list[str]:
    """What is wrong with a mapping, a sentence each; nothing where it can be used."""
    try:
        kind.read_mapping(text)
    except MappingRefused as refused:
        return refused.problems
    return []


class TextForm(forms.Form):
    """The mapping of one import, as text."""

    text = TomlField(label="The mapping as TOML")
    name = TextField(
        label="Save it under a name",
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"class": "input-20"}),
    )

    def __init__(self, *args: Any, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong, as far as anybody has looked."""
        return not self.errors

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Where each problem is and what it is, for the box above the page."""
        return [(self[name].id_for_label, word)
                for name in self.fields for word in self[name].problems]  # fmt: skip

    def clean_text(self) -> str:
        """A mapping that can be used.

        Raises:
            ValidationError: it can't; one message for each problem.
        """
        text: str = self.cleaned_data["text"]
        problems = problems_of(text, self.kind)
        if problems:
            raise ValidationError(problems)
        return text


class NameForm(forms.Form):
    """The name that a mapping is saved under."""

    name = TextField(label="Name", max_length=LONGEST_NAME)


class MappingForm(NameForm):
    """A saved mapping: new, from a file or pasted, or changed."""

    kind = forms.ChoiceField(label="What does it read?", widget=forms.RadioSelect)
    file = forms.FileField(
        label="TOML file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml,.txt", "class": "drop-file"}),
        help_text="Drop it here, or paste it below.",
        error_messages={"empty": "This file is empty."},
    )
    text = TomlField(label="The mapping as TOML", required=False)

    def __init__(
        self, *args: Any, kinds: Sequence[ImportKind], is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.key: kind for kind in kinds}
        self.fields["kind"].choices = [(kind.key, kind.label) for kind in kinds]
        if not is_new:
            self.fields.pop("kind")
            self.fields.pop("file")

    def clean_file(self) -> str:
        """The text of the file.

        Raises:
            ValidationError: it is too large, or no text.
        """
        upload = self.cleaned_data["file"]
        if not upload:
            return ""
        if upload.size > 4 * LARGEST_MAPPING:
            raise ValidationError(f"A mapping has at most {LARGEST_MAPPING:,} characters.")
        try:
            text = upload.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise ValidationError("This file is no text in UTF-8.", code="bytes") from None
        return str(text)

    def clean(self) -> dict[str, Any]:
        """A mapping that its kind of file can be read by."""
        given = super().clean() or self.cleaned_data
        text = given.get("file") or given.get("text") or ""
        if not text and not self.has_error("file") and not self.has_error("text"):
            self.add_error("text", ValidationError("Paste a mapping, or choose its file."))
        kind = self.kinds.get(given.get("kind", "")) or next(
            (one for one in self.kinds.values() if "kind" not in self.fields), None
        )
        if text and kind:
            for problem in problems_of(text, kind):
                self.add_error("text", problem)
        given["text"] = text
        return given
