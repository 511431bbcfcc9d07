"""Mappings under a name: written once, used for every file of their kind."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from core.policies import allows
from core.toasts import add_toast
from imports import presenters, selectors, services
from imports.forms import MappingForm
from imports.kinds import kinds
from imports.models import SavedMapping
from imports.policies import MappingRequest
from imports.services import NameTaken
from imports.views.requests import GET_OR_POST, crumbs

LIST = "imports:mapping_list"
MOST_RUNS = 20


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs(("Mappings", reverse(LIST) if more else ""), *more)


@require_safe
def mapping_list(request: SignedInRequest) -> HttpResponse:
    """All of them by name."""
    found = selectors.mappings_for(request.user)
    context = {
        "zone": organisation().time_zone,
        "mappings": [presenters.mapping_line(mapping) for mapping in found],
        "crumbs": _crumbs(),
    }
    return render(request, "imports/mapping_list.html", context)


@require_http_methods(GET_OR_POST)
def mapping_create(request: SignedInRequest) -> HttpResponse:
    """A mapping from a file or pasted."""
    usable = presenters.usable_kinds(request.user)
    is_posted = request.method == "POST"
    form = MappingForm(
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        kinds=usable,
        initial={"kind": usable[0].key if len(usable) == 1 else ""},
    )
    if is_posted and form.is_valid():
        saved = _save(request, form, form.cleaned_data["kind"])
        if saved is not None:
            add_toast(request, f"The mapping {saved} is saved.")
            return redirect(saved)
    context = {
        "form": form,
        "title": "Add a mapping",
        "lede": "As TOML, the way docs/mappings.md describes. It can also be made in the browser,"
        " on the columns of a file.",
        "submit_label": "Save the mapping",
        "multipart": True,
        "cancel_url": reverse(LIST),
        "crumbs": _crumbs(("New", "")),
    }
    return render(request, "imports/mapping_form.html", context, status=422 if form.errors else 200)


def _save(request: SignedInRequest, form: MappingForm, kind: str) -> SavedMapping | None:
    """Keep a new mapping; None, with the reason beside the name, where another one has it."""
    name, text = form.cleaned_data["name"], form.cleaned_data["text"]
    known = selectors.mappings_for(request.user).filter(name__iexact=name).first()
    if known is not None:
        # One's own too: an old mapping is changed on its page, not by the way.
        form.add_error("name", str(NameTaken(known)))
        return None
    try:
        return services.save_mapping(
            name=name, kind=kind, text=text, by=request.user, now=timezone.now()
        )
    except NameTaken as error:
        form.add_error("name", str(error))
        return None


@require_safe
def mapping_detail(request: MappingRequest, mapping_id: int) -> HttpResponse:
    """What it says, and which imports used it."""
    mapping = request.mapping
    runs = selectors.runs_of(request.user).filter(saved_mapping=mapping)[:MOST_RUNS]
    context = {
        "mapping": mapping,
        "zone": organisation().time_zone,
        "line": presenters.mapping_line(mapping),
        "may_change": allows("mapping.edit", request.user, mapping),
        "runs": [presenters.run_line(run) for run in runs],
        "crumbs": _crumbs((mapping.name, "")),
    }
    return render(request, "imports/mapping_detail.html", context)


@require_http_methods(GET_OR_POST)
def mapping_edit(request: MappingRequest, mapping_id: int) -> HttpResponse:
    """Another name, another text."""
    mapping = request.mapping
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        kinds=[kind for kind in kinds() if kind.key == mapping.kind],
        is_new=False,
        initial={"name": mapping.name, "text": mapping.text},
    )
    if form.is_bound and form.is_valid() and _change(request, form, mapping):
        return redirect(mapping)
    context = {
        "form": form,
        "title": f"Edit {mapping}",
        "submit_label": "Save changes",
        "cancel_url": mapping.get_absolute_url(),
        "crumbs": _crumbs((mapping.name, mapping.get_absolute_url()), ("Edit", "")),
    }
    status = 422 if form.errors else 200
    return render(request, "imports/mapping_form.html", context, status=status)


def _change(request: MappingRequest, form: MappingForm, mapping: SavedMapping) -> bool:
    """Whether it is changed; not, with the reason beside the name, where another one has it."""
    name, text = form.cleaned_data["name"], form.cleaned_data["text"]
    try:
        services.change_mapping(
            mapping_id=mapping.pk, name=name, text=text, by=request.user, now=timezone.now()
        )
    except NameTaken as error:
        form.add_error("name", str(error))
        return False
    add_toast(request, f"The mapping {name} is saved.")
    return True


@require_http_methods(GET_OR_POST)
def mapping_delete(request: MappingRequest, mapping_id: int) -> HttpResponse:
    """Remove it; the imports that used it keep what they used."""
    mapping = request.mapping
    if request.method == "POST":
        services.delete_mapping(mapping_id=mapping.pk, by=request.user)
        add_toast(request, f"The mapping {mapping} is deleted.")
        return redirect(LIST)
    context = {
        "title": f"Delete the mapping {mapping}",
        "consequences": [
            "Files can no longer be read with it.",
            "What it has imported stays, and so does the text that each import used.",
        ],
        "confirm_label": "Delete the mapping",
        "danger": True,
        "cancel_url": mapping.get_absolute_url(),
        "crumbs": _crumbs((mapping.name, mapping.get_absolute_url()), ("Delete", "")),
    }
    return render(request, "components/confirm_page.html", context)


@require_safe
def mapping_export(request: MappingRequest, mapping_id: int) -> HttpResponse:
    """The mapping as a file, to keep or to use elsewhere."""
    mapping = request.mapping
    name = slugify(mapping.name) or "mapping"
    return HttpResponse(
        mapping.text,
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.toml"'},
    )
