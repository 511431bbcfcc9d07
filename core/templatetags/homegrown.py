"""The components as template tags (a builtin library: templates need no ``{% load %}``). Markup to
copy: docs/look.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import charts, formats
from core.forms import FieldGroup, field_groups
from core.statuses import status_look
from core.templatetags.days import as_of
from core.templatetags.heat import heat_grid, heat_tile
from core.templatetags.icons import icon
from core.templatetags.tokens import csrf_token
from core.toasts import Toast, toasts_of

register = template.Library()

register.filter("number", formats.number)
register.filter("signed", formats.signed)
register.filter("compact", formats.compact)
register.filter("age", formats.age)
register.filter("moment", formats.moment, expects_localtime=True)  # in the reader's zone
register.inclusion_tag("components/as_of.html", takes_context=True)(as_of)
register.simple_tag(csrf_token, takes_context=True)
register.inclusion_tag("components/heat_grid.html")(heat_grid)
register.filter(heat_tile)


@register.filter
def measure(value: float | None, unit: str = "") -> str:
    """``{{ value|measure:"%" }}``."""
    return formats.measure(value, unit)


@register.filter
def signed_measure(value: float | None, unit: str = "") -> str:
    """``{{ value|signed_measure:"%" }}``."""
    return formats.signed_measure(value, unit)


@register.filter
def short_day(day: date | None, today: date | None = None) -> str:
    """``{{ day|short_day:today }}``."""
    return formats.short_day(day, today)


@register.simple_tag
def count(amount: int, noun: str, plural: str = "") -> str:
    """``{% count n "product" %}``."""
    return formats.count(amount, noun, plural)


register.simple_tag(icon)
_icon = icon  # Tags below have an argument of the same name.


@register.simple_tag
def status(value: str, *, size: str = "") -> SafeString:
    """Icon, word and colour of a status."""
    look = status_look(value)
    classes = f"status status-{look.css}{' status-large' if size == 'large' else ''}"
    return format_html('<span class="{}">{}{}</span>', classes, icon(look.icon), look.word)


@register.simple_tag
def delta(
    value: float | None,
    *,
    since: str = "",
    unit: str = "",
    better: str = "up",
    digits: int | None = None,
) -> SafeString:
    """A change in words, ``−14 since 24 Oct``; nothing where there is none to tell."""
    if value is None or not formats.is_known(value):
        return mark_safe("")
    words = formats.signed_measure(value, unit, digits)
    direction = {"up": value, "down": -value}.get(better, 0)
    kind = "better" if direction > 0 else "worse" if direction < 0 else "same"
    after = f" since {since}" if since else ""
    return format_html('<span class="delta delta-{}"><b>{}</b>{}</span>', kind, words, after)


@register.simple_tag
def chip(text: str, *, kind: str = "", icon: str = "") -> SafeString:
    """A small label."""
    classes = f"chip chip-{kind}" if kind else "chip"
    drawing = _icon(icon) if icon else ""
    return format_html('<span class="{}">{}{}</span>', classes, drawing, text)


@register.simple_tag
def button(
    label: str,
    *,
    kind: str = "primary",
    icon: str = "",
    href: str = "",
    name: str = "",
    value: str = "",
) -> SafeString:
    """A submit button, or with ``href`` a link that looks like one."""
    inside = format_html("{}{}", _icon(icon) if icon else "", label)
    if href:
        return format_html('<a class="button button-{}" href="{}">{}</a>', kind, href, inside)
    named = format_html(' name="{}" value="{}"', name, value) if name else ""
    return format_html(
        '<button class="button button-{}" type="submit"{}>{}</button>', kind, named, inside
    )


@register.simple_tag
def sparkline(
    values: Sequence[float | None],
    label: str,
    *,
    baseline: float | None = None,
    target: float | None = None,
    size: str = "small",
    low: float | None = None,
    high: float | None = None,
    least_span: float = 0,
) -> SafeString:
    """An inline line; ``low`` and ``high`` fix its range, ``least_span`` keeps noise small."""
    bounds = None if low is None or high is None else (low, high)
    return charts.sparkline(
        values,
        label=label,
        baseline=baseline,
        target=target,
        bounds=bounds,
        least_span=least_span,
        size="tile" if size == "tile" else "small",
    )


@register.inclusion_tag("components/chart.html")
def chart(figure: charts.Figure, *, summary: bool = True) -> dict[str, Any]:
    """A drawn chart, its summary in words (unless the page says it already) and its table."""
    return {"figure": figure, "show_summary": summary}


@register.filter
def status_class(value: str) -> str:
    """The part of a class name that carries a status' colour: ``at_risk`` → ``at-risk``."""
    return status_look(value).css


@register.filter
def status_icon(value: str) -> SafeString:
    """The shape of a status alone, beside its word."""
    return icon(status_look(value).icon)


def _pairs(items: Iterable[Any], first: str, second: str) -> list[tuple[Any, Any]]:
    """Pairs, mappings and objects alike."""
    found = []
    for item in items:
        if isinstance(item, Mapping):
            found.append((item[first], item.get(second, "")))
        elif isinstance(item, tuple | list):
            found.append((item[0], item[1] if len(item) > 1 else ""))
        else:
            found.append((getattr(item, first), getattr(item, second)))
    return found


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(crumbs: Iterable[Any]) -> dict[str, Any]:
    """The way from the board to this page."""
    return {
        "crumbs": [{"label": label, "url": url} for label, url in _pairs(crumbs, "label", "url")]
    }


@register.inclusion_tag("components/facts.html")
def facts(items: Iterable[Any], css: str = "") -> dict[str, Any]:
    """A definition list."""
    return {"items": _pairs(items, "term", "value"), "css": css}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Links to the pages of one thing."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/tile.html")
def tile(label: str, value: Any, note: str = "", url: str = "") -> dict[str, Any]:
    """A number with its name."""
    return {"label": label, "value": value, "note": note, "url": url}


@register.inclusion_tag("components/pagination.html")
def pagination(
    newer_url: str = "",
    older_url: str = "",
    summary: str = "",
    newer: str = "Previous",
    older: str = "Next",
) -> dict[str, Any]:
    """Links to the neighbouring pages of a keyset list."""
    return {
        "newer_url": newer_url,
        "older_url": older_url,
        "summary": summary,
        "newer": newer,
        "older": older,
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: Context,
    label: str,
    key: str,
    *,
    numeric: bool = False,
    default: str = "",
    descending_first: bool | None = None,
) -> dict[str, Any]:
    """A column head whose link sorts by it; a second click turns the order round."""
    query = context["request"].GET.copy()
    current = query.get("sort") or default
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    down_first = numeric if descending_first is None else descending_first
    first, second = (f"-{key}", key) if down_first else (key, f"-{key}")
    query["sort"] = second if current == first else first
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {"label": label, "numeric": numeric, "order": order, "url": f"?{query.urlencode()}"}


@register.inclusion_tag("components/history_entry.html")
def history_entry(
    entry: Any, url: str = "", ways_back: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Who changed what, when, from which value to which.

    `ways_back`: where each field, or (under "") the whole record, is restored.
    """
    ways = ways_back or {}
    return {
        "entry": entry,
        "url": url or entry.url,
        "changes": [(change, ways.get(change.name or "-")) for change in entry.changes],
        "restore_url": ways.get(""),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """The box "There is a problem", with a link to each field."""
    problems: list[tuple[str, str]] = []
    for form in forms:
        if not form or not form.is_bound:  # a page without a form gives an empty text
            continue
        problems.extend(("", str(message)) for message in form.non_field_errors())
        for name in form.fields:  # as they stand on the page
            if name in form.errors:
                target, label = _control_id(form, name), str(form[name].label)
                problems.extend((target, _named(label, m)) for m in _problems(form, name))
    return {"problems": problems}


_ORDERS = ("Enter ", "Choose ", "Select ", "Upload ")


def _named(label: str, message: str) -> str:
    """A message far from its field says which one it means: "Target: enter a number"."""
    if label.lower() in message.lower():
        return message
    if message.startswith(_ORDERS):
        message = message[0].lower() + message[1:]
    return f"{label}: {message}"


def _problems(form: BaseForm, name: str) -> list[str]:
    """A field of a form with its own renderer may lack our words."""
    return getattr(form[name], "problems", None) or list(form.errors[name])


def _control_id(form: BaseForm, name: str) -> str:
    """Where the link leads: the control, or the first one of a group."""
    field = form[name]
    if field.is_hidden:
        return ""
    if field.use_fieldset and field.auto_id:
        return f"{field.auto_id}_0"
    return field.id_for_label


@register.simple_tag
def error_prefix(*forms: BaseForm | None) -> str:
    """``Error: `` in front of the page's title when an answer needs another look."""
    return "Error: " if any(form and form.is_bound and form.errors for form in forms) else ""


@register.simple_tag(name="field_groups")
def field_groups_tag(form: BaseForm) -> list[FieldGroup]:
    """The visible fields, grouped as the form wishes."""
    return field_groups(form)


@register.simple_block_tag
def empty_state(content: str, title: str, icon: str = "") -> SafeString:
    """Where there is nothing yet: what it is, why it is empty, one action."""
    drawing = _icon(icon, css="icon-large") if icon else ""
    return format_html(
        '<div class="empty">{}<h2 class="empty-title">{}</h2>'
        '<div class="empty-body">{}</div></div>',
        drawing,
        title,
        content,
    )


_NOTICE_ICONS = {
    "info": "info-circle",
    "watch": "alert-triangle",
    "risk": "alert-triangle",
    "unknown": "help-circle",
}


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A remark that belongs to the page (a toast belongs to what was just done)."""
    heading = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice notice-{}">{}<div class="notice-body">{}{}</div></div>',
        kind,
        _icon(_NOTICE_ICONS.get(kind, "info-circle")),
        heading,
        content,
    )


@register.simple_tag(takes_context=True, name="toasts")
def pending_toasts(context: Context) -> list[Toast]:
    """What was just done and not yet told; asking takes them off the list."""
    request = context.get("request")
    return toasts_of(request) if request is not None else []


@register.simple_tag(takes_context=True)
def toasts_oob(context: Context) -> SafeString:
    """The same inside the answer to an htmx request, placed into the page's corner.

    A fragment is part of its full page too; there the layout tells the news.
    """
    request = context["request"]
    is_fragment = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    pending = toasts_of(request) if is_fragment else []
    if not pending:
        return mark_safe("")
    return render_to_string("components/toasts_oob.html", {"pending": pending}, request=request)
