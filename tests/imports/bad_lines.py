"""Long files with so many bad lines of every kind, and what has to be said of each. Seeded.

lines = BadLines(products=10, metrics=("volume",), rows=1000, seed=1)
lines.write(path)
lines.refused      # physical line → kind
lines.taken        # how many lines hold a good value
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HEADER = "product,metric,date,value,segment,sample_size,note\n"
FIRST_DAY = dt.date(2025, 1, 1)
DAY = dt.timedelta(days=1)
SHARE = 0.01

# Kind → the line, from a good one's product, metric, day and value. 17 kinds of bad lines …
BAD = {
    "no such product": "nobody-{p},{m},{d},{v},,,\n",
    "no such metric": "{p},what-{m},{d},{v},,,\n",
    "no day": "{p},{m},,{v},,,\n",
    "a day that is none": "{p},{m},2025-02-30,{v},,,\n",
    "a day of another order": "{p},{m},31/12/2025,{v},,,\n",
    "a day too early": "{p},{m},1066-10-14,{v},,,\n",
    "a day to come": "{p},{m},2999-01-01,{v},,,\n",
    "no value": "{p},{m},{d},,,,\n",
    "a word": "{p},{m},{d},many,,,\n",
    "unknown": "{p},{m},{d},-,,,\n",
    "not a number": "{p},{m},{d},NaN,,,\n",
    "too large": "{p},{m},{d},1e400,,,\n",
    "out of bounds": "{p},{m},{d},-5,,,\n",
    "a bad count": "{p},{m},{d},{v},,1.5,\n",
    "too few cells": "{p},{m},{d},{v}\n",
    "too many cells": "{p},{m},{d},{v},,,,more\n",
    "no text": "{p},{m},{d},{v},,,caf\udce9\n",
}
# … and lines that look odd and are good.
ODD = {
    "quoted": '"{p}",{m},{d},"{v}",,,"a ""note"", quoted"\n',
    "over two lines": '{p},{m},{d},{v},,,"a note\nover two lines"\n',
    "spaces": " {p} ,{m},{d}, {v} ,,12,\n",
    "grouped": '{p},{m},{d},"1,234.5",,,\n',
    "CRLF": "{p},{m},{d},{v},,,\r\n",
    "letters": "{p},{m},{d},{v},,,“naïve” ☕\n",
    "blank": "\n",
}


@dataclass
class BadLines:
    """A file of `rows` records, of which a share is bad; blank lines come on top."""

    products: int
    rows: int
    seed: int
    metrics: tuple[str, ...] = ("volume",)
    share: float = SHARE
    with_odd: bool = True
    refused: dict[int, str] = field(default_factory=dict)
    taken: int = 0

    def write(self, path: Path) -> Path:
        """The file, in the order in which systems export: by day, then by product."""
        with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(HEADER)
            file.writelines(self._lines())
        return path

    def slug(self, number: int) -> str:
        """The address of a product."""
        return f"product-{number:06d}"

    def _lines(self) -> Iterator[str]:
        chance = random.Random(self.seed)
        odd = list(ODD) if self.with_odd else []
        line = 2
        for cells in self._cells(chance):
            kind = ""
            if chance.random() < self.share:
                kind = chance.choice(list(BAD))
                self.refused[line] = kind
            elif odd and chance.random() < self.share:
                kind = chance.choice(odd)
            if kind != "blank" and kind not in BAD:
                self.taken += 1
            shape = BAD.get(kind) or ODD.get(kind) or "{p},{m},{d},{v},,{n},\n"
            text = shape.format(**cells)
            yield text
            line += text.count("\n")
            if kind == "blank":
                self.taken += 1
                yield "{p},{m},{d},{v},,{n},\n".format(**cells)
                line += 1

    def _cells(self, chance: random.Random) -> Iterator[dict[str, object]]:
        for number in range(self.rows):
            product = number % self.products
            metric = number // self.products % len(self.metrics)
            day = FIRST_DAY + number // (self.products * len(self.metrics)) * DAY
            yield {
                "p": self.slug(product),
                "m": self.metrics[metric],
                "d": day.isoformat(),
                "v": f"{chance.random() * 100:.3f}",
                "n": chance.randrange(1, 5000),
            }
