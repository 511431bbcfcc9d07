"""A file with all the quirks of the real one, made up from a seed: not one row is copied.

It stands in where the real file does not lie beside the repository, and is tested next to it where
it does. Wide, new lines in headers and cells, blank and duplicate headers, "£", thousands
separators, "-", totals pasted in at the end, words in check columns, trailing spaces in names,
addresses of far more than a hundred characters, parts without totals, totals of 0, parts larger
than their totals, and services that never measured anything.

    write(tmp_path / "twin.csv")
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

SERVICES = 120
SEED = 20170930

MONTHS = ("Jan - Mar", "Apr - Jun", "Jul - Sep", "Oct - Dec")
QUARTERS = [
    (year, quarter)
    for year in range(2012, 2018)
    for quarter in range(4)
    if (2012, 2) <= (year, quarter) <= (2017, 2)
]
FISCAL = [f"{year}-Q{quarter}" for year in range(2013, 2018) for quarter in range(1, 5)]
FISCAL.insert(0, "2012-Q4")
RATED = FISCAL[:9]  # only the early ones were asked for completion and satisfaction

DEPARTMENTS = (
    ("DoT", "Department of Tides"),
    ("DLB", "Department for Lamps, Beacons & Buoys"),
    ("MoQ", "Ministry of Quays"),
    ("HRO", "Harbour Records Office"),
    ("OoW", "Office of Weather"),
)
AGENCIES = (
    ("Lighthouse Keepers' Board", "LKB"),
    ("Rope and Anchor Agency", "RAA"),
    ("Fog Signals Executive", ""),
    ("Pilots’ Registry", "PR"),
    ("Agency for \N{LEFT DOUBLE QUOTATION MARK}Dry\N{RIGHT DOUBLE QUOTATION MARK} Docks", "ADD"),
)
DOINGS = ("applications", "renewals", "appeals", "searches", "payments", "notices", "refunds")
THINGS = (
    "berths",
    "mooring licences",
    "buoy sightings",
    "knot certificates",
    "lamp oil",
    "pilot bookings",
    "salvage claims",
    "tide tables",
    "wreck registers",
)
PLACES = ("inland", "at sea", "in estuaries", "abroad", "on islands")
CATEGORIES = ("Asking for a licence", "Paying", "Finding out, and telling others", "")
NOTES = (
    "",
    "",
    "Figures are provisional\N{NO-BREAK SPACE}until audited.",
    "Counted at the counter –\nforms by post come a quarter later.",
    "Costs £1,200 a year; soft\N{SOFT HYPHEN}ly estimated.",
    'Known as the "blue form", since 1988.',
)


def header() -> list[str]:
    """All columns, in the order of the real file's families."""
    names = ["Abbr", "Department", "Agency/body", "Agency abbr", "Name of service", "Slug"]
    for label in FISCAL:
        names += [f"{label} {one}" for one in ("Vol.", "CPT (£)", "Digital vol.")]
        names.append(f"{label} Digital CPT (£)")
        if label in RATED:
            names += [f"{label} Completion rate", f"{label} User satisfaction"]
    names += ["Category", "URL", "Service link text", "Description of service"]
    names += ["Notes on costs", "Other notes", "Customer type", "Business model"]
    names += ["Earlier dept \n (moved, Jun 2016)", "Dept that sends data \n(moved , Jun 2016)"]
    names += ["Keywords", "Hi-vol", "Latest volumes", "Latest digital take-up", "", "", "", ""]
    for family in ("Total", "Digital"):
        names += [f"{family} transactions\n{MONTHS[q]} {year}" for year, q in QUARTERS]
        names += ["Totals check Oct-Sep [pasted values]"]
        names += ["Total \nOct16 - Sep17 [12 MONTHS]", "Totals check Oct-Sep"]
    return [*names, "Digital exceeds all (quarters)", "Digital exceeds all (years)"]


class Service:
    """One made-up service; what is odd about it follows from its number."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self.number, self.chance = number, chance
        self.department = chance.choice(DEPARTMENTS)
        self.agency = chance.choice(AGENCIES)
        self.name = self._name()
        self.totals = self._totals()
        self.digital = self._digital()
        self.costs = self._costs()

    def _name(self) -> str:
        chance, n = self.chance, self.number
        name = f"{chance.choice(THINGS).capitalize()} {chance.choice(PLACES)}: "
        name += f"{chance.choice(DOINGS)}, form {n}"
        if n % 15 == 3:
            name += " and " + ", ".join(chance.sample(THINGS, 7)) + " together with their papers"
        return name + (" " if n % 20 == 7 else "")

    @property
    def slug(self) -> str:
        kept = "".join(one if one.isalnum() else " " for one in self.name.lower())
        return "-".join([self.department[0].lower(), *kept.split()])

    def _totals(self) -> list[int | None]:
        """Quarterly volumes: some start late, some end early, some have holes, some are 0."""
        chance, n = self.chance, self.number
        if n % 16 == 5:
            return [None] * len(QUARTERS)
        size = int(10 ** chance.uniform(0.5, 6.5))
        begin = chance.choice([0, 0, 0, 2, 5, 9])
        end = chance.choice([21, 21, 21, 19, 13, 8])
        found: list[int | None] = []
        for place in range(len(QUARTERS)):
            if not begin <= place < max(end, begin + 1) or chance.random() < 0.04:
                found.append(None)
            elif n % 13 == 4 or chance.random() < 0.02:
                found.append(0)
            else:
                found.append(round(size * chance.uniform(0.7, 1.3)))
        return found

    def _digital(self) -> list[int | None]:
        """The part done on line: rising, falling, nearly there from the start, or never known."""
        chance, n = self.chance, self.number
        kind = n % 6
        if kind == 0:
            return [None] * len(QUARTERS)
        start, step = chance.choice([(0, 0), (5, 3), (40, 2), (74, 0.3), (85, -0.5), (100, 0)])
        found: list[int | None] = []
        for place, total in enumerate(self.totals):
            share = min(1.0, max(0.0, (start + step * place + chance.uniform(-2, 2)) / 100))
            share = share if 0 < start < 100 else round(start / 100)
            if total is None:
                found.append(chance.randrange(900) if chance.random() < 0.3 else None)
            elif chance.random() < 0.1:
                found.append(None)
            elif n % 23 == 8 and place % 9 == 5:
                found.append(total + 1 + chance.randrange(40))
            else:
                found.append(round(total * share))
        return found

    def _costs(self) -> list[str]:
        """Cost per transaction over twelve months: mostly not known, one of them 0 at first."""
        chance, n = self.chance, self.number
        if n % 3:
            return [""] * len(FISCAL)
        cost, found = 10 ** chance.uniform(-1, 2.7), []
        for _ in FISCAL:
            cost *= chance.uniform(0.9, 1.06)
            found.append("" if chance.random() < 0.3 else f"{cost:,.{chance.choice((2, 2, 4))}f}")
        if n == 9:
            found[:3] = ["0.00", "0.00", "0.45"]
        if n == 48:
            found[4] = "1,204.50"
        if n in (33, 72):
            found[chance.randrange(len(found))] = "-"
        return found

    def row(self) -> list[str]:
        """The whole row as text."""
        chance = self.chance
        cells = [*self.department, *self.agency, self.name, self.slug]
        for place, label in enumerate(FISCAL):
            year = self.totals[max(0, place - 3) : place + 1]
            pasted = "" if None in year else _written(sum(one or 0 for one in year))
            cells += [pasted or chance.choice(["", "-"]), self.costs[place]]
            cells += [chance.choice(["", "0", "12"]), chance.choice(["", "", "0.10"])]
            if label in RATED:
                cells += [chance.choice(["", "", "97.5%"]), ""]
        slug = self.slug
        cells += [chance.choice(CATEGORIES), f"https://www.example.org/{slug}" * (self.number % 2)]
        cells += ["", f"Data for {self.name.strip()}.", chance.choice(NOTES), chance.choice(NOTES)]
        cells += [chance.choice(["Business", "Individuals", "[not provided]"]), "Taxpayers"]
        cells += [self.department[0], self.department[0], "", chance.choice(["", "1", "#REF!"])]
        cells += ["0", chance.choice(["", "100%"]), "", "", "", ""]
        for figures in (self.totals, self.digital):
            cells += [_written(one) for one in figures]
            cells += self._pasted(figures)
        over = any(
            part is not None and total is not None and part > total
            for part, total in zip(self.digital, self.totals, strict=True)
        )
        return [*cells, "error" if over else "ok", "ok"]

    def _pasted(self, figures: list[int | None]) -> list[str]:
        """Totals of the last year, pasted in: text, a figure, and whether they agree."""
        year = figures[-4:]
        if None in year:
            return [self.chance.choice(["", "-"]), "-", "-"]
        total = _written(sum(one or 0 for one in year))
        return [total, total, "x" if self.number % 10 == 4 else "y"]


def _written(figure: int | None) -> str:
    return "" if figure is None else f"{figure:,}"


def rows(services: int = SERVICES, seed: int = SEED) -> list[list[str]]:
    """Header and rows, the same for the same seed on every machine."""
    chance = random.Random(seed)
    return [header(), *(Service(number, chance).row() for number in range(services))]


def write(path: Path, services: int = SERVICES, seed: int = SEED) -> Path:
    """The file as the real one is stored: UTF-8, rows end in CRLF, new lines inside are LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(rows(services, seed))
    return path
