"""What research adds to the company of `tests.world`: a field note of each product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.feeds import purposes
from accounts.selectors.feeds import feed_token
from accounts.services.feeds import make_feed_key
from intake.models import EdgeCase, Quote
from personas.models import Persona
from tests.factories.intake import FieldNoteFactory

if TYPE_CHECKING:
    from tests.world import World


def add_research(world: World) -> None:
    """An interview with a quote and an edge case, so that every page has something to show."""
    persona = Persona.objects.get(name="Malcolm")
    for name, product in world.products.items():
        note = FieldNoteFactory(
            product=product,
            persona=persona,
            day=world.now.date(),
            name="Robin of research",
            email="robin-of-research@example.org",
            consent="quotes",
        )
        Quote.objects.create(field_note=note, text="I print it and correct it by hand.")
        edge = EdgeCase.objects.create(field_note=note, what="Two rosters for one night")
        world.things[name] |= {"field_note_id": note.pk, "edge_case_id": edge.pk}
    key = make_feed_key(
        purpose=purposes["releases"],
        by=world.people["employee"],
        now=world.now,
        product_id=world.products["open"].pk,
    )
    world.things["-"]["release_token"] = feed_token(key)
