"""A file on its way in: what it holds, the file itself, and how it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing

from core.forms import clean_text
from imports.kinds import ImportKind
from imports.models import SavedMapping
from imports.services import StoredFile

LONGEST_NAME = 255
KEPT_SECONDS = 20 * 3600  # less than a file that no import has may lie
SALT = "imports.kept"


class UploadForm(forms.Form):
    """The form of a new import.

    No browser sends a file twice by itself: where only another answer is wrong, the file that has
    arrived is kept, and the form carries a signed note of where (`kept`). `token` is the mark of
    the form: sent twice, it makes one import.
    """

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    kind = forms.ChoiceField(label="What does it hold?", widget=forms.RadioSelect)
    file = forms.FileField(
        label="File",
        allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.tab,.txt,.xlsx", "class": "drop-file"}),
        error_messages={
            "required": "Choose the file that you want to import.",
            "empty": "This file is empty.",
        },
    )
    saved_mapping = forms.ModelChoiceField(
        label="How is it read?",
        queryset=SavedMapping.objects.none(),
        required=False,
        empty_label="I'll show you on the next page",
        help_text="A saved mapping knows the columns already.",
    )

    def __init__(
        self, *args: Any, kinds: Sequence[ImportKind], mappings: Any, salt: str, **kwargs: Any
    ) -> None:
        """`salt` tells whose form it is: nobody can use what another person has sent."""
        super().__init__(*args, **kwargs)
        self.salt = f"{SALT}.{salt}"
        self.stored: StoredFile | None = None
        self.kinds = {kind.key: kind for kind in kinds}
        self.fields["kind"].choices = [(kind.key, kind.label) for kind in kinds]
        if self.initial.get("kind") not in self.kinds:
            usual = [kind.key for kind in kinds if kind.is_usual]
            self.initial["kind"] = next(iter([*usual, *self.kinds]), "")
        self.fields[
            "file"
        ].help_text = f"CSV, TSV or XLSX, up to {settings.IMPORT_MAX_BYTES // 1024**2:,} MB."
        self.fields["saved_mapping"].queryset = mappings
        if not mappings:
            self.fields["saved_mapping"].widget = forms.HiddenInput()

    def clean_kept(self) -> StoredFile | None:
        """The file that came with an earlier answer; a note that is none of ours counts as none."""
        note = self.cleaned_data["kept"]
        try:
            facts = signing.loads(note, salt=self.salt, max_age=KEPT_SECONDS) if note else None
        except signing.BadSignature:
            return None
        if facts is None:
            return None
        self.kept_name = facts["name"]
        return StoredFile(file=facts["file"], size=facts["size"], sha256=facts["sha256"])

    def clean(self) -> dict[str, Any]:
        """A file that is kept from before counts; the mapping reads what the file holds."""
        given = super().clean() or self.cleaned_data
        if given.get("kept") and not self.files.get("file"):
            self.errors.pop("file", None)
        mapping, kind = given.get("saved_mapping"), self.kinds.get(given.get("kind", ""))
        if mapping and kind and mapping.kind != kind.key:
            words = (
                f"“{mapping}” reads other files. Choose another mapping, or show us the columns."
            )
            self.add_error("saved_mapping", words)
        return given

    @property
    def file_name(self) -> str:
        """What the person calls the file."""
        upload = self.cleaned_data.get("file")
        name = clean_text(upload.name if upload else getattr(self, "kept_name", ""))
        return name[-LONGEST_NAME:] or "file"

    def keep(self, stored: StoredFile) -> None:
        """Let the next answer carry the file that has arrived."""
        facts = {"file": stored.file, "size": stored.size, "sha256": stored.sha256}
        note = signing.dumps({**facts, "name": self.file_name}, salt=self.salt, compress=True)
        data: Any = self.data.copy()  # a QueryDict, whose copy can be written
        data["kept"] = note
        self.data = data
        self.stored = stored
