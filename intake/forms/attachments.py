"""A file beside the answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from core.formats import count
from intake.rules.files import ACCEPT, WORDS
from intake.services.attachments import most_words


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label="Add a file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = (
            f"{WORDS[0].upper()}{WORDS[1:]}; at most {most_words()} each,"
            f" {count(settings.INTAKE_FILES_MAX, 'file')}."
        )
