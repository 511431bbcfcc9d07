"""What one person gets: their parts at the lengths that fit, their answers, their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.mail import new_message_id
from digests.rules import reasons
from digests.rules.budget import choose, named
from digests.rules.kinds import Length
from digests.rules.letter import Letter, Part
from digests.selectors.addresses import preferences_url, unsubscribe_url, web_url
from digests.selectors.letters import About, Addressed, Told
from digests.services.editions import Parts, Voice
from stakeholders.rules import Plan

_MOST_DETAILED = (Plan.ROADMAP, Plan.NEWSLETTER, Plan.BRIEF)


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter, or why there is none: `why` says that nothing happened, or nothing was drafted.

    `plan` is the most detailed form in it, "" where it only holds answers.
    """

    letter: Letter | None = None
    why: str = ""
    plan: str = ""


def voice_of(about: About) -> Voice | None:
    """The editions that somebody's mail takes of a product; None where it has no issue."""
    if about.issue_id is None:
        return None
    return Voice(about.issue_id, about.plan, about.for_team, about.weeks)


def compose_letter(
    one: Addressed, *, parts: Parts, products: Mapping[int, Told], organisation: str
) -> Composed:
    """The letter for one person. A product without anything material for them is only named, one
    whose issue can't be drawn is left out.
    """
    candidates: list[Mapping[Length, Part]] = []
    of_product: dict[int, int] = {}
    quiet: list[str] = []
    for about in one.abouts:
        voice = voice_of(about)
        if voice is not None and voice not in parts:
            continue  # nobody can say whether there is something to tell
        drawn = parts[voice] if voice is not None else {}
        if drawn and drawn[Length.FULL].drawn.is_material:
            candidates.append(drawn)
            of_product |= {part.edition_id: about.product_id for part in drawn.values()}
        else:
            quiet.append(products[about.product_id].name)
    if not candidates and not one.answers:
        was_drafted = any(about.issue_id for about in one.abouts)
        return Composed(why=reasons.NOTHING if was_drafted else reasons.NOT_DRAFTED)
    chosen = choose(candidates, answers=one.answers, quiet=quiet)
    first = products[of_product[chosen.parts[0].edition_id]] if chosen.parts else Told("")
    letter = Letter(
        name=one.person.name,
        address=one.person.email,
        organisation=organisation,
        week=one.delivery.week,
        due_at=one.delivery.due_at,
        message_id=new_message_id(),
        why=named([part.product for part in chosen.parts] + list(chosen.more) + quiet),
        unsubscribe_url=unsubscribe_url(one.person.pk, one.epoch),
        preferences_url=preferences_url(one.person.pk, one.epoch),
        web_url=web_url(one.delivery.pk, one.person.pk, one.epoch),
        parts=chosen.parts,
        answers=one.answers,
        more=chosen.more,
        quiet=chosen.quiet,
        reply_to=first.reply_to,
        manager=first.manager,
    )
    return Composed(letter, plan=_most_detailed({part.plan for part in chosen.parts}))


def _most_detailed(plans: set[Plan]) -> str:
    return next((plan for plan in _MOST_DETAILED if plan in plans), "")
