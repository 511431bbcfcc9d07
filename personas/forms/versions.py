"""Forms that know which version was read."""

from __future__ import annotations

from typing import Any

from django import forms


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
