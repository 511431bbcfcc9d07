"""The drawing of a map, worked out to the last coordinate so that templates decide nothing.

It is drawn twice, for a desk and for a phone; the style sheet shows the one that fits, so that dots
stay large enough to be hit and letters large enough to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stakeholders.presenters.addresses import Addresses
from stakeholders.presenters.layout import Frame, Layout, Place, lay_out
from stakeholders.presenters.names import Name, place_names
from stakeholders.presenters.owed import contact_words, late_words
from stakeholders.presenters.shapes import (
    DESK,
    PHONE,
    DotShape,
    GhostShape,
    NameShape,
    Picture,
    Sheet,
    ZoneShape,
)
from stakeholders.presenters.zones import Zone, zone_of
from stakeholders.rules import Animal
from stakeholders.selectors.map import Dot, EarlierPlace, ProductMap

LONGEST_NAME = 22
FULL_RING = 100


def pictures(
    found: ProductMap,
    addresses: Addresses,
    *,
    shows_animals: bool,
    chosen: int | None = None,
    earlier: Mapping[int, EarlierPlace] | None = None,
) -> list[Picture]:
    """The map for a desk and for a phone. `chosen`: the key of the placement on show beside it."""
    zones = {animal: zone_of(animal, shows_animals=shows_animals) for animal in Animal}
    order = sorted(found.dots, key=lambda dot: list(Animal).index(dot.animal))
    asked = _Asked(order, addresses, zones, chosen, earlier or {}, bool(found.filters.text))
    return [_picture(sheet, asked) for sheet in (DESK, PHONE)]


@dataclass(frozen=True, slots=True)
class _Asked:
    dots: list[Dot]
    addresses: Addresses
    zones: Mapping[Animal, Zone]
    chosen: int | None
    earlier: Mapping[int, EarlierPlace]
    is_searched: bool


def _picture(sheet: Sheet, asked: _Asked) -> Picture:
    places = [_place(dot) for dot in asked.dots]
    layout = lay_out(places, sheet.frame(places))
    frame = layout.frame
    bottom = frame.top + frame.height + sheet.strip
    names = place_names(_wanted_names(asked.dots), layout, size=sheet.letter)
    scale = {"left": frame.left, "top": frame.top, "width": frame.width, "height": frame.height}
    return Picture(
        sheet=sheet,
        view_box=f"0 0 {sheet.width:g} {bottom + 20:g}",
        scale={name: _short(value) for name, value in scale.items()},
        radius=_short(frame.radius),
        ring=_short(frame.radius - 1.5),
        focus=_short(frame.radius + 2.5),
        pin=_short(frame.radius * 0.72),
        axis_x=_short(sheet.left - 7),
        middle_x=_short(frame.left + frame.width / 2),
        middle_y=_short(frame.top + frame.height / 2),
        bottom=_short(bottom),
        axis_y=_short(bottom + 15),
        zones=[_zone_shape(animal, zone, sheet, frame) for animal, zone in asked.zones.items()],
        ghosts=_ghosts(asked, layout),
        dots=[_dot_shape(dot, sheet, layout, asked) for dot in asked.dots],
        names=[_name_shape(name, asked) for name in names],
    )


def _place(dot: Dot) -> Place:
    return Place(dot.placement.pk, dot.placement.involvement, dot.placement.power)


def _wanted_names(dots: Iterable[Dot]) -> list[tuple[int, str]]:
    """Who waits longest is named first; then everybody by name."""
    ordered = sorted(dots, key=lambda dot: (-dot.due.debt, dot.person.name.casefold()))
    return [(dot.placement.pk, short_name(dot.person.name)) for dot in ordered]


def short_name(name: str) -> str:
    """The name as a drawing shows it: D. Okoye of Dana Okoye; at most 22 letters."""
    first, _, rest = name.strip().partition(" ")
    last = rest.rpartition(" ")[2]
    short = f"{first[:1]}. {last}" if last else first
    return short if len(short) <= LONGEST_NAME else f"{short[: LONGEST_NAME - 1]}…"


def initials(name: str) -> str:
    """Two letters: DO of Dana Okoye, DA of Dana."""
    words = [word for word in name.split() if word[0].isalnum()] or [name.strip() or "?"]
    found = words[0][:1] + words[-1][:1] if len(words) > 1 else words[0][:2]
    return found.upper()


def dot_words(dot: Dot, zone: Zone) -> str:
    """What a dot is called: name, place, zone, what they are owed."""
    place = dot.placement
    late = late_words(dot.due)
    parts = [
        dot.person.name,
        f"involvement {place.involvement}",
        f"power {place.power}",
        zone.words,
        f"{contact_words(dot.due)}, {late}" if late else "",
        "pinned" if place.is_pinned else "",
    ]
    return ", ".join(part for part in parts if part)


def _dot_shape(dot: Dot, sheet: Sheet, layout: Layout, asked: _Asked) -> DotShape:
    key = dot.placement.pk
    spot, to = layout.spots[key], asked.addresses
    flags = {
        "is-late": 0 < dot.due.debt < 1,
        "is-very-late": dot.due.debt >= 1,
        "is-pinned": dot.placement.is_pinned,
        "is-found": dot.is_found,
        "is-dim": asked.is_searched and not dot.is_found,
        "is-chosen": key == asked.chosen,
    }
    return DotShape(
        dot=dot,
        dom_id=f"{sheet.key}-{key}",
        x=_short(spot.x),
        y=_short(spot.y),
        initials=initials(dot.person.name),
        ring=round(FULL_RING * min(dot.due.debt, 1)),
        words=dot_words(dot, asked.zones[dot.animal]),
        classes=_classes("dot", flags),
        url=to.here(who=str(key)),
        move_url=to.of_placement("placement_move", key),
    )


def _name_shape(name: Name, asked: _Asked) -> NameShape:
    dot = next(dot for dot in asked.dots if dot.placement.pk == name.key)
    flags = {
        "is-dim": asked.is_searched and not dot.is_found,
        "is-chosen": name.key == asked.chosen or dot.is_found,
    }
    return NameShape(
        name.key,
        name.text,
        _short(name.x),
        _short(name.y),
        name.anchor,
        _classes("dot-name", flags),
    )


def _classes(first: str, flags: Mapping[str, bool]) -> str:
    return " ".join([first, *(name for name, is_set in flags.items() if is_set)])


def _ghosts(asked: _Asked, layout: Layout) -> list[GhostShape]:
    """Of those on the drawing who stood elsewhere."""
    found = []
    for dot in asked.dots:
        place = asked.earlier.get(dot.placement.person_id)
        if place and (place.involvement, place.power) != _scales(dot):
            x, y = layout.frame.natural(place.involvement, place.power)
            spot = layout.spots[dot.placement.pk]
            title = f"{dot.person.name} stood here"
            ends = _short(x), _short(y), _short(spot.x), _short(spot.y)
            found.append(GhostShape(*ends, title))
    return found


def _scales(dot: Dot) -> tuple[int, int]:
    return dot.placement.involvement, dot.placement.power


def _zone_shape(animal: Animal, zone: Zone, sheet: Sheet, frame: Frame) -> ZoneShape:
    left, top, right, bottom = frame.zone(animal)
    is_right, is_upper = left > frame.left, top == frame.top
    start = 0.0 if is_upper else top
    inset = 8.0 if sheet.is_narrow else 13.0
    return ZoneShape(
        zone=zone,
        x=_short(left),
        y=_short(start),
        width=_short(right - left),
        height=_short(bottom - top + sheet.strip),
        text_x=_short(right - inset if is_right else left + inset),
        text_y=_short(_title_y(sheet, bottom, is_upper=is_upper)),
        anchor="end" if is_right else "start",
        emblem_x=_short(right - sheet.emblem - inset if is_right else left + inset),
        emblem_y=_short(top if is_upper else bottom - sheet.emblem),
    )


def _title_y(sheet: Sheet, bottom: float, *, is_upper: bool) -> float:
    """The base line of a title's first word; on a phone the second one stands below it."""
    share = 0.42 if sheet.is_narrow else 0.62
    return sheet.strip * share if is_upper else bottom + sheet.strip * share


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
