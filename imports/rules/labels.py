"""What columns are called, by mappings, pages and refused values alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imports.rules.headers import one_space, same


def labels(header: Sequence[str]) -> tuple[str, ...]:
    """A name for each column: its title; "Total (1)" and "Total (2)" where it comes twice, "column
    126" where it is blank.
    """
    titles = [one_space(title) for title in header]
    times = Counter(same(title) for title in titles)
    taken = {same(title) for title in titles if times[same(title)] == 1}
    seen: Counter[str] = Counter()
    found = []
    for place, title in enumerate(titles, 1):
        label = title or f"column {place}"
        if title and times[same(title)] > 1:
            seen[same(title)] += 1
            label = f"{title} ({seen[same(title)]})"
        while label != title and same(label) in taken:
            label += "*"
        taken.add(same(label))
        found.append(label)
    return tuple(found)
