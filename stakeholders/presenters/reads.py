"""The lines of the list of what administrators have opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from stakeholders.models import ConfidentialRead

GONE = "no longer there"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Who opened what, about which product and person, when."""

    who: str
    email: str
    what: str
    product: str
    product_url: str
    person: str
    person_url: str
    at: dt.datetime


def read_lines(reads: Iterable[ConfidentialRead]) -> list[ReadLine]:
    """The lines, in their order."""
    return [
        ReadLine(
            who=str(read.user or GONE),
            email=read.user_label,
            what=read.what[:1].upper() + read.what[1:],
            product=read.product.name if read.product else "",
            product_url=read.product.get_absolute_url() if read.product else "",
            person=read.person.name if read.person else "",
            person_url=read.person.get_absolute_url() if read.person else "",
            at=read.at,
        )
        for read in reads
    ]
