"""What every form carries: the token against forgery, and whose form it is."""

from __future__ import annotations

from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import unsent


def csrf_token(context: Context) -> SafeString:
    """Django's own field, and the mark of the person for whom the form is drawn (`core.unsent`)."""
    token = context.get("csrf_token")
    if not token or token == "NOTPROVIDED":  # noqa: S105  # Django's word for none
        return mark_safe("")
    hidden = '<input type="hidden" name="{}" value="{}">'
    field = format_html(hidden, "csrfmiddlewaretoken", token)
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated:
        return field
    return field + format_html(hidden, unsent.MARK, unsent.mark_of(user))
