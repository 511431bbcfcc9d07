"""One person as a page shows them: the directory's facts, and their places where the viewer may
see them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from stakeholders.models import Person
from stakeholders.selectors.overview import Burden, burden_of, standings


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person of the directory. `is_viewer`: it is who looks, who gets the directory's facts
    alone. `places` None: on none of the maps that the viewer may open.
    """

    person: Person
    is_viewer: bool
    places: Burden | None


def portrait(person: Person, user: User, day: dt.date) -> Portrait:
    """What `user` may know of `person` on `day`.

    The same whether they stand on maps or not where the viewer is the person, or may open none of
    those maps.
    """
    is_viewer = Person.objects.being(user).filter(pk=person.pk).exists()
    # Asked in any case, so that even the time it takes tells nothing.
    found = standings(user, day, person=person)
    return Portrait(person, is_viewer, burden_of(found) if found and not is_viewer else None)
