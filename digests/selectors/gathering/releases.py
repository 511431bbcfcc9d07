"""Release notes, wins and lessons of the event week."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from digests.rules.drafts import DraftItem
from digests.rules.importance import weight_of_kind
from digests.rules.kinds import ItemKind
from digests.rules.sentences import cut, release_sentence
from digests.selectors.gathering.scene import Scene
from intake.models import ReleasedOpportunity
from personas.models import Persona
from personas.selectors import personas_of_releases
from portfolio.enums import ReleaseKind
from portfolio.models import Release

_KINDS = {ReleaseKind.WIN: ItemKind.WIN, ReleaseKind.LESSON: ItemKind.LESSON}
_MOST_SOLVED = 5


def releases_of_week(scene: Scene) -> dict[int, list[DraftItem]]:
    """By product what came out in the event week, the team's own notes among it.

    A note counts on its day, or on the day on which it was published if that was later.
    """
    notes = [note for note in _published(scene) if _out_on(scene, note) in scene.week.events]
    ids = [note.pk for note in notes]
    personas, solved = personas_of_releases(ids), _solved(ids)
    found: dict[int, list[DraftItem]] = {}
    for note in notes:
        item = _item(scene, note, personas.get(note.pk, []), solved.get(note.pk, []))
        found.setdefault(note.product_id, []).append(item)
    return found


def _published(scene: Scene) -> list[Release]:
    """Those that could be of the week: both days lie before its end, one of them inside."""
    first, end = scene.week.events.start, scene.week.events.end
    notes = Release.objects.filter(product_id__in=scene.products, published_at__lt=scene.after)
    recent = notes.filter(day__lt=end, day__gte=first) | notes.filter(
        day__lt=end, published_at__gte=scene.first
    )
    return list(recent.order_by("day", "pk"))


def _out_on(scene: Scene, note: Release) -> dt.date:
    return max(note.day, scene.local_day(note.published_at))  # type: ignore[arg-type]  # filtered


def _solved(ids: list[int]) -> dict[int, list[str]]:
    """The problems that each note solves."""
    links = ReleasedOpportunity.objects.filter(release__in=ids, opportunity__merged_into=None)
    found: dict[int, list[str]] = {}
    for pk, problem in links.order_by("pk").values_list("release_id", "opportunity__problem"):
        found.setdefault(pk, []).append(problem)
    return found


def _item(scene: Scene, note: Release, personas: list[Persona], solved: list[str]) -> DraftItem:
    kind = _KINDS.get(ReleaseKind(note.kind), ItemKind.RELEASE)
    words = str(ReleaseKind(note.kind).label)
    slug = scene.rows[note.product_id].slug
    return DraftItem(
        key=f"release:{note.pk}",
        kind=kind,
        day=_out_on(scene, note),
        title=release_sentence(words, note.title),
        detail=cut(note.text, 600),
        url=_url(slug, note),
        data={
            "title": note.title,
            "text": cut(note.text, 600),
            "kind": note.kind,
            "kind_words": words,
            "personas": [persona.name for persona in personas],
            "solves": solved[:_MOST_SOLVED],
        },
        weight=weight_of_kind(kind),
        audience=note.audience,
    )


def _url(slug: str, note: Release) -> str:
    return reverse("portfolio:release_detail", args=[slug, note.pk])
