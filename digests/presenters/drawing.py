"""An issue as each plan reads it, at three lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from digests.presenters.as_html import as_html
from digests.presenters.as_text import as_text
from digests.presenters.heads import head
from digests.presenters.lines import lines
from digests.presenters.standing import standing
from digests.presenters.summary import summary
from digests.presenters.variants import brief, newsletter, roadmap
from digests.rules import Length
from digests.rules.blocks import LAST, Block, Section, Table
from digests.rules.budget import words_of
from digests.rules.filling import fill, size
from digests.rules.letter import Drawn
from digests.rules.sheet import Entry, Sheet, is_material
from stakeholders.rules import Plan


class Variant(Protocol):
    """How a plan reads an issue."""

    def __call__(self, sheet: Sheet, told: Sequence[Entry]) -> Sequence[Section | Table]: ...


VARIANTS: Mapping[Plan, Variant] = {
    Plan.BRIEF: brief.sections,
    Plan.ROADMAP: roadmap.sections,
    Plan.NEWSLETTER: newsletter.sections,
}


def draw(sheet: Sheet, plan: Plan, length: Length, *, for_team: bool) -> Drawn:
    """What a reader of `plan` reads about one product; `for_team`: with what is for its members."""
    told = sheet.told(plan, for_team=for_team)
    top = head(sheet, plan, told)
    block = fill(_block(sheet, plan, length, told), words_of(plan, length))
    says_status = not sheet.links_only and plan is not Plan.NEWSLETTER
    return Drawn(
        subject=top.subject,
        preheader=top.preheader,
        text=as_text(block, length),
        html=as_html(block, length),
        words=size(block),
        is_material=is_material(plan, told),
        status=sheet.facts.status_words if says_status else "",
        asks=top.asks,
        ask_by=top.ask_by,
    )


def _block(sheet: Sheet, plan: Plan, length: Length, told: Sequence[Entry]) -> Block:
    bare = Block(title=sheet.product, url=sheet.url)
    if sheet.links_only:
        return bare
    if plan is not Plan.NEWSLETTER:
        bare = replace(bare, standing=standing(sheet, length, told))
    if length is Length.LINE:
        return replace(bare, sections=(Section("", summary(plan, told, sheet.week)),))
    pinned = [entry for entry in told if entry.is_pinned]
    rest = [entry for entry in told if not entry.is_pinned]
    first = lines(pinned, with_detail=plan is Plan.NEWSLETTER)
    sections = [Section("", first), *VARIANTS[plan](sheet, rest)]
    if length is Length.SHORT:
        sections = [_shortened(part) for part in sections if isinstance(part, Section)]
    by = sheet.facts.manager.name if sheet.facts.manager else ""
    return replace(bare, note=sheet.note.strip(), by=by, sections=tuple(sections))


def _shortened(part: Section) -> Section:
    """Without what stands in every mail, and without details."""
    kept = [replace(line, detail="") for line in part.lines if line.rank < LAST]
    return replace(part, lines=tuple(kept))
