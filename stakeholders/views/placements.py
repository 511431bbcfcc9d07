"""Putting people on a map, moving them, and what is kept beside their place."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import organisation
from core.forms import clean_text
from core.htmx import swaps
from core.toasts import add_toast
from core.versions import Conflict
from portfolio.policies import ProductRequest
from portfolio.presenters import product_crumbs
from stakeholders.forms.placements import (
    MoveForm,
    NoteForm,
    PinForm,
    PlacementForm,
    RemovalForm,
    place_initial,
)
from stakeholders.models import Placement
from stakeholders.presenters import placements as places
from stakeholders.presenters.addresses import Addresses
from stakeholders.selectors.map import people_to_place, placed_people
from stakeholders.selectors.moves import last_move
from stakeholders.services import placements as services
from stakeholders.views.confidential import confidential
from stakeholders.views.map import render_map

GET_OR_POST = ["GET", "HEAD", "POST"]
CARD = "card"


def find_placement(request: ProductRequest, placement_id: int) -> Placement:
    """The placement of the address, on this product's map, as whoever asks may see it.

    Raises:
        Http404: there is none for them.
    """
    rows = Placement.objects.seen_by(request.user).filter(product=request.product)
    found: Placement = get_object_or_404(
        rows.select_related("person__department", "product"), pk=placement_id
    )
    return found


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _addresses(request: ProductRequest) -> Addresses:
    return Addresses(request.product, request.GET, request.GET.get("full") == "1")


def way_back(request: ProductRequest, placement: Placement | None = None) -> str:
    """To the card for whoever came from it (`?card=1`), else to the map as it was left."""
    if placement is not None and request.GET.get(CARD):
        return placement.get_absolute_url()
    return _addresses(request).here()


def after_change(request: ProductRequest, placement: Placement, news: str) -> HttpResponse:
    """The map as it stands now, swapped in; else the page that they came from."""
    if swaps(request, "map"):
        return render_map(request, is_full=_addresses(request).is_full)
    if news:
        add_toast(request, news)
    return redirect(way_back(request, placement))


def _crumbs(request: ProductRequest, *last: tuple[str, str]) -> list[tuple[str, str]]:
    *way, _ = product_crumbs(request.product, "Map")
    return [*way, ("Map", _addresses(request).here()), *last]


def _form_page(
    request: ProductRequest,
    form: Form,
    page: dict[str, Any],
    *,
    template: str = "components/form_page.html",
    status: int = 0,
) -> HttpResponse:
    context = {"form": form, "crumbs": _crumbs(request, (page["title"], "")), **page}
    wrong = 422 if form.is_bound else 200
    return render(request, template, context, status=status or wrong)


@confidential("placing somebody")
@require_http_methods(GET_OR_POST)
def placement_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Put somebody on the map; sending the form twice does it once."""
    initial = place_initial(uuid4()) | {"person": clean_text(request.GET.get("person", ""))[:254]}
    form = PlacementForm(_posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        placement = _place(request, form)
        if placement is not None:
            add_toast(request, f"{placement.person} is on the map.")
            return redirect(_addresses(request).here(who=str(placement.pk)))
    page = {
        "title": "Put somebody on the map",
        "submit_label": "Put on the map",
        "cancel_url": way_back(request),
        "people": people_to_place(request.user, placed_people(request.product, request.user)),
        "directory_url": reverse("stakeholders:person_create"),
    }
    return _form_page(request, form, page, template="stakeholders/placement_form.html")


def _place(request: ProductRequest, form: PlacementForm) -> Placement | None:
    asked = form.cleaned_data
    person = asked["person"]
    try:
        return services.place_person(
            product=request.product,
            person=person,
            involvement=asked["involvement"],
            power=asked["power"],
            why=asked["why"],
            by=request.user,
            now=timezone.now(),
            token=asked["token"],
        )
    except services.NotOneself:
        form.add_error("person", places.SOMEBODY_ELSE)
    except services.AlreadyPlaced:
        form.add_error("person", f"{person} is on this map already.")
    return None


@confidential("moving somebody")
@require_http_methods(GET_OR_POST)
def placement_move(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Move somebody, by numbers or into a zone: from this page, or from the map itself."""
    placement = find_placement(request, placement_id)
    form = MoveForm(_posted(request), initial=_scales(placement))
    if request.method == "POST" and form.is_valid():
        refused = _move(request, placement, form)
        if not refused:
            return after_change(request, placement, f"{placement.person} is moved.")
        placement = find_placement(request, placement_id)
        return _not_moved(request, placement, form, refused, 409)
    if form.is_bound:
        return _not_moved(request, placement, form, "", 422)
    return _move_page(request, placement, form, 200)


def _scales(placement: Placement) -> dict[str, int]:
    names = ("involvement", "power", "version")
    return {name: getattr(placement, name) for name in names}


def _move(request: ProductRequest, placement: Placement, form: MoveForm) -> str:
    """Do it; in words why not."""
    was, place = _scales(placement), form.place_from(placement)
    why = form.cleaned_data["why"]
    try:
        services.move_placement(
            placement=placement,
            version=form.read_version,
            involvement=place[0],
            power=place[1],
            why=why,
            by=request.user,
            now=timezone.now(),
        )
    except services.StaleMove as stale:
        move, house = last_move(stale.current), organisation()
        return places.stale_words(stale.current, move, shows_animals=house.shows_animals)
    except services.Pinned as pinned:
        return places.pinned_words(pinned.current)
    if why and place == (was["involvement"], was["power"]):
        services.explain_move(placement=placement, why=why, by=request.user)
    return ""


def _not_moved(
    request: ProductRequest, placement: Placement, form: MoveForm, refused: str, status: int
) -> HttpResponse:
    if swaps(request, "map"):
        words = refused or places.NOT_ON_THE_MAP
        is_full = _addresses(request).is_full
        return render_map(request, is_full=is_full, status=status, refused=words)
    if refused:
        form.stand_on(placement.version, refused)
    return _move_page(request, placement, form, status)


def _move_page(
    request: ProductRequest, placement: Placement, form: MoveForm, status: int
) -> HttpResponse:
    house = organisation()
    page = {
        "title": f"Move {placement.person}",
        "lede": places.place_words(placement, shows_animals=house.shows_animals),
        "placement": placement,
        "choices": places.zone_choices(placement, shows_animals=house.shows_animals),
        "cancel_url": way_back(request, placement),
    }
    template = "stakeholders/placement_move.html"
    return _form_page(request, form, page, template=template, status=status)


@confidential("why somebody stands there")
@require_http_methods(GET_OR_POST)
def placement_edit(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Say why somebody stands where they do; whoever saves second reads the other's words."""
    placement = find_placement(request, placement_id)
    initial = {"note": placement.note, "version": placement.version}
    form = NoteForm(_posted(request), initial=initial)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            services.describe_placement(
                placement=placement,
                version=form.read_version,
                note=form.cleaned_data["note"],
                by=request.user,
                now=timezone.now(),
            )
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            form.stand_on(theirs.version, places.other_note_words(theirs))
            status = 409
        else:
            return after_change(request, placement, "Saved.")
    page = _about(request, placement, f"Why {placement.person} stands there", "Save")
    return _form_page(request, form, page, status=status)


def _about(
    request: ProductRequest, placement: Placement, title: str, submit_label: str
) -> dict[str, Any]:
    return {
        "title": title,
        "submit_label": submit_label,
        "cancel_url": way_back(request, placement),
    }


@confidential("pinning somebody")
@require_http_methods(GET_OR_POST)
def placement_pin(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Fix a place, with the reason."""
    placement = find_placement(request, placement_id)
    form = PinForm(_posted(request), initial={"reason": placement.pin_reason})
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.pin_placement(
            placement=placement, reason=reason, by=request.user, now=timezone.now()
        )
        return after_change(request, placement, f"{placement.person} is pinned.")
    page = _about(request, placement, f"Pin {placement.person}", "Pin the place")
    page["lede"] = "A pinned place can't be moved until the pin is taken out."
    return _form_page(request, form, page)


@confidential("unpinning somebody")
@require_POST
def placement_unpin(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Let a place be moved again."""
    placement = find_placement(request, placement_id)
    services.unpin_placement(placement=placement, by=request.user)
    return after_change(request, placement, f"{placement.person} can be moved again.")


@confidential("reviewing somebody")
@require_POST
def placement_review(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Note that a place is still right."""
    placement = find_placement(request, placement_id)
    services.review_placement(placement=placement, by=request.user, now=timezone.now())
    return after_change(request, placement, f"{placement.person} is reviewed.")


@confidential("taking somebody off the map")
@require_http_methods(GET_OR_POST)
def placement_remove(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Take somebody off the map, after it was said what goes and what stays."""
    placement = find_placement(request, placement_id)
    form = RemovalForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        services.remove_placement(placement=placement, why=why, by=request.user, now=timezone.now())
        add_toast(request, f"{placement.person} is off the map.")
        return redirect(_addresses(request).here(who=""))
    page = {
        "title": f"Take {placement.person} off the map",
        "consequences": places.REMOVAL,
        "danger": True,
        "confirm_label": "Take off the map",
        "cancel_url": way_back(request, placement),
    }
    return _form_page(request, form, page, template="components/confirm_page.html")
