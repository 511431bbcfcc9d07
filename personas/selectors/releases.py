"""For whom release notes are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from personas.models import Persona, ReleasePersona
from portfolio.extras import Mention

MOST_CHOICES = 200


def persona_choices() -> list[tuple[int, str]]:
    """Personas to choose from, by name."""
    return list(Persona.objects.by_name().values_list("pk", "name")[:MOST_CHOICES])


def personas_of_releases(release_ids: Iterable[int]) -> dict[int, list[Persona]]:
    """The personas of each note, in the order in which they were described."""
    found: dict[int, list[Persona]] = defaultdict(list)
    links = ReleasePersona.objects.filter(release__in=list(release_ids)).order_by("persona_id")
    for link in links.select_related("persona"):
        found[link.release_id].append(link.persona)
    return dict(found)


def release_mentions(release_ids: Iterable[int]) -> dict[int, list[Mention]]:
    """The same as links."""
    return {
        pk: [Mention(one.name, one.get_absolute_url()) for one in personas]
        for pk, personas in personas_of_releases(release_ids).items()
    }
