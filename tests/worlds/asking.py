"""What the small company asked for: requests, what hangs on them, and a shared link each."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from uuid import uuid4

from accounts.models import Organisation
from intake.enums import StepKind
from intake.models import Attachment, Draft, IntakeLink
from intake.selectors.following import follow_token
from intake.selectors.links import link_token
from intake.services.attachments import add_attachment
from intake.services.steps import record_step
from tests.factories.intake import RequestFactory, VoiceFactory

if TYPE_CHECKING:
    from tests.world import World

# Whose requests, on the open product, the pages are asked about.
ASKERS = ("employee", "pm_p1")


def add_asking(world: World) -> None:
    """A request and a link for each product, and one request of each of `ASKERS`."""
    Organisation.objects.update_or_create(pk=1, defaults={"allows_guests": True})
    for number, (name, product) in enumerate(world.products.items()):
        by = product.memberships.get(role="manager").user
        file = _ask(world, name, f"WS-{number + 1}", by)
        link = IntakeLink.objects.create(
            product=product, label="Drivers", by=by, created_at=world.now
        )
        world.things[name] |= {
            "reference": f"WS-{number + 1}",
            "attachment_id": file.pk,
            "link_id": link.pk,
        }
    # The open product's.
    world.things["-"] |= {"step": "goal", "link": link_token(link), "reference": "WS-3",
                          "attachment_id": file.pk}  # fmt: skip
    for number, actor in enumerate(ASKERS):
        reference = f"WS-{number + 11}"
        file = _ask(world, "open", reference, world.people[actor])
        world.things[f"wish of {actor}"] = {
            "reference": reference,
            "attachment_id": file.pk,
            "slug": "product-open",
        }
    _add_guest(world)
    Draft.objects.create(
        user=world.people["employee"], product=world.products["open"], form_token=uuid4(),
        answers={"goal": "Park nearer"}, saved_at=world.now,
    )  # fmt: skip


def _add_guest(world: World) -> None:
    """A guest behind a request of the open product, with the private address of its page."""
    wish = RequestFactory(
        product=world.products["open"], reference="WS-21", goal="Park by the gate",
        created_at=world.now, changed_at=world.now, question="Which gate?", needs_info=True,
    )  # fmt: skip
    guest = VoiceFactory(
        request=wish, user=None, name="Gus", email="gus@example.org", joined_at=world.now
    )
    record_step(request=wish, kind=StepKind.SUBMITTED, by=None, now=world.now)
    world.things["-"]["follow_token"] = follow_token(guest)


def _ask(world: World, product: str, reference: str, by: object) -> Attachment:
    """A request with its voice, its first step and a file."""
    wish = RequestFactory(
        product=world.products[product],
        reference=reference,
        goal=f"Know by Friday who works next week, {reference}",
        today="The list is printed and corrected by hand.",
        by=by,
        created_at=world.now,
        changed_at=world.now,
    )
    VoiceFactory(
        request=wish, user=by, times=2, per="week", minutes=20, people=4, joined_at=world.now
    )
    record_step(request=wish, kind=StepKind.SUBMITTED, by=by, now=world.now)
    file = add_attachment(
        draft=None, name="roster.txt", file=io.BytesIO(b"Mon Tue"), by=by, now=world.now
    )
    Attachment.objects.filter(pk=file.pk).update(request=wish)
    return file
