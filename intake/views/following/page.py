"""The page itself, the same for all doors."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import today
from intake.presenters import following as words
from intake.selectors.follow_page import following
from intake.views.following.doors import Door


def follow_page(door: Door) -> HttpResponse:
    """What became of the request, and what the reader can do."""
    now = timezone.now()
    page = following(
        door.wish, voice=door.voice, viewer=door.user, is_team=door.is_team, today=today(now)
    )
    viewer_id = door.user.pk if door.user is not None else None
    context = {
        "page": page,
        "wish": page.wish,
        "kept": page.kept,
        "door": door,
        "crumbs": _crumbs(door),
        "status": words.status_words(page.kept if page.tells_kept else page.wish),
        "label": words.status_label(page.wish),
        "stages": words.stages(page.kept if page.tells_kept else page.wish),
        "abouts": words.about_lines(page),
        "lines": words.history_lines(page, door.zone, now, viewer_id),
        "bookings": words.booking_lines(page, door.zone, now),
        "joined": words.joined_words(page),
        "actions": _actions(door),
        "triage_url": _triage_url(door),
    }
    return render(door.request, "intake/request_detail.html", context)


def _crumbs(door: Door) -> list[tuple[str, str]]:
    if door.user is None:
        return []
    return [("My requests", reverse("intake:request_list")), (door.wish.reference, "")]


def _actions(door: Door) -> dict[str, str]:
    """What the reader can do, with its address."""
    if door.voice is None:
        return {}
    names = ("come_back",) if door.voice.left_at else ("add", "withdraw", "disagree", "news")
    asked = ("reply",) if door.asked.needs_info and door.voice.left_at is None else ()
    return {name: door.url(name) for name in (*names, *asked)}


def _triage_url(door: Door) -> str:
    """Where the team works on it."""
    if not door.is_team:
        return ""
    return reverse("intake:request_triage", args=[door.wish.product.slug, door.wish.reference])
