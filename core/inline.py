"""Fields changed where they stand (`static/js/inline.js`); each has a page without scripts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.forms import TextField
from core.middleware import local_path
from core.templatetags.icons import icon


class InlineForm(forms.Form):
    """A form for one field. `was` is what stood there when it was opened (`versions.standing`): of
    two who change the same field the second one is told, and another field is no conflict.
    """

    was = TextField(widget=forms.HiddenInput, required=False, max_length=2000)

    def stand_on(self, was: str, words: str) -> None:
        """Say what somebody else saved; sending the form again puts it on top of that."""
        data: Any = self.data
        self.data = {**data.dict(), "was": was}
        self.add_error(None, words)


def inline_field(
    element: str, shown: str, url: str, label: str, *, described_by: str = ""
) -> SafeString:
    """What stands in the field, with the way to change it at `url`.

    `element` is the id of what the form takes the place of, `label` names the link, and
    `described_by` is the id of what says whose field it is.
    """
    about = format_html(' aria-describedby="{}"', described_by) if described_by else ""
    return format_html(
        '<span class="inline" id="{element}">{} <a class="inline-edit no-print" href="{url}" '
        'hx-get="{url}" hx-target="#{element}" hx-swap="outerHTML" aria-label="{}"{}>{}</a></span>',
        shown,
        label,
        about,
        icon("pencil"),
        element=element,
        url=url,
    )


def page_behind(request: HttpRequest, instead: str) -> str:
    """The page that the field stands on, as `next` in the address says; `instead` unless that is a
    page of ours.
    """
    back = local_path(request, request.GET.get("next", ""))
    return back if back.startswith("/") else instead
