"""What a team types about a request: each action its own small form, all on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from core.forms import DayField, ParagraphField, TextField, VersionedForm


class ActionForm(VersionedForm):
    """One of several on a page: `key` keeps the ids of their fields apart."""

    key: ClassVar[str] = ""
    submit_label: ClassVar[str] = "Save"

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.key}-%s", **kwargs)


def _words(label: str, length: int, rows: int = 3, hint: str = "") -> ParagraphField:
    return ParagraphField(
        label=label,
        max_length=length,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
    )


class UnderstandForm(ActionForm):
    """The problem in the manager's own words."""

    key = "understand"
    submit_label = "Understood"
    problem = _words("The problem, in your own words", 2000, hint="Who can’t do what, and why.")


class AnswerForm(ActionForm):
    """An answer that closes the request."""

    key = "answer"
    submit_label = "Answer and close"
    text = _words("Answer", 4000, hint="They read it as it is. It promises and refuses nothing.")


class AskBackForm(ActionForm):
    """A question to those behind it."""

    key = "ask"
    submit_label = "Ask"
    question = _words("Question", 2000)


class SnoozeForm(ActionForm):
    """Until when, and why; only the team sees it."""

    key = "snooze"
    submit_label = "Put off"
    until = DayField(label="Until")
    reason = TextField(max_length=300, label="Why")


class AssignForm(ActionForm):
    """Who looks after it."""

    key = "assign"
    submit_label = "Save"
    assignee = forms.TypedChoiceField(
        label="Looked after by", required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any = None, *, team: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["assignee"]
        field.choices = [("", "Nobody in particular"), *((one.pk, str(one)) for one in team)]


class PrivacyForm(ActionForm):
    """Whether others may find it."""

    key = "privacy"
    is_private = forms.BooleanField(
        label="Only the team and those behind it may read it", required=False
    )


class DuplicateForm(ActionForm):
    """The request that says the same and stays."""

    key = "duplicate"
    submit_label = "Same as that one"
    other = TextField(
        label="Reference of the other request",
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input-10", "autocapitalize": "characters"}),
    )


class LinkForm(ActionForm):
    """An opportunity of the product, or the problem of a new one."""

    key = "link"
    submit_label = "Link"
    opportunity = forms.TypedChoiceField(
        label="Opportunity", required=False, coerce=int, empty_value=None
    )
    problem = TextField(
        label="Or a new one: the problem in one sentence", max_length=300, required=False
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, offered: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["opportunity"]
        field.choices = [("", "Choose one"), *((one.pk, one.problem[:120]) for one in offered)]

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two."""
        asked = super().clean() or {}
        if self.errors:
            return asked
        if bool(asked.get("opportunity")) == bool(asked.get("problem")):
            raise forms.ValidationError("Choose an opportunity, or write down a new one.")
        return asked


class PlainForm(ActionForm):
    """Nothing to type: only the version that was read."""

    key = "plain"


def in_a_week(today: dt.date) -> dt.date:
    """Where a snooze starts from."""
    return today + dt.timedelta(days=7)
