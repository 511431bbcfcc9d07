"""How the variants of an issue are looked at: everything stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self
from urllib.parse import urlencode

from digests.rules import Length

# Of each switch: its name in the address, its label, and its positions with their words. The first
# one is how it stands unless the address says otherwise.
SWITCHES = {
    "width": ("Window", {"phone": "Phone", "desktop": "Desktop"}),
    "part": ("Part", {"html": "HTML", "text": "Text"}),
    "scheme": ("Colours", {"light": "Light", "dark": "Dark"}),
    "length": ("Length", {"full": "Full", "short": "Short", "line": "One line"}),
    "who": ("Read by", {"readers": "Everyone", "team": "The team"}),
}


@dataclass(frozen=True, slots=True)
class Position:
    """One position of a switch, a link that works without scripts."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that can be looked at in several ways."""

    label: str
    positions: list[Position]


@dataclass(frozen=True, slots=True)
class Looks:
    """`length`: as in a mail about this product alone, or about a few, or about many."""

    width: str = "phone"
    part: str = "html"
    scheme: str = "light"
    length: str = "full"
    who: str = "readers"

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> Self:
        """As an address says; what it does not know is as it is without it."""
        known = {name: query.get(name, "") for name in SWITCHES}
        return cls(**{name: value for name, value in known.items() if value in SWITCHES[name][1]})

    @property
    def query(self) -> dict[str, str]:
        """What an address must say to look so again."""
        usual = asdict(Looks())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    @property
    def is_dark(self) -> bool:
        return self.scheme == "dark"

    @property
    def of_length(self) -> Length:
        return Length(self.length)

    @property
    def for_team(self) -> bool:
        return self.who == "team"

    def switches(self, base_url: str, kept: Mapping[str, str], *, with_team: bool) -> list[Switch]:
        """All switches, as links below `base_url` that keep what else it says."""
        names = [name for name in SWITCHES if with_team or name != "who"]
        return [self._switch(name, base_url, kept) for name in names]

    def _switch(self, name: str, base_url: str, kept: Mapping[str, str]) -> Switch:
        label, positions = SWITCHES[name]
        return Switch(
            label,
            [
                Position(words, self._address(name, value, base_url, kept), value == self[name])
                for value, words in positions.items()
            ],
        )

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))

    def _address(self, name: str, value: str, base_url: str, kept: Mapping[str, str]) -> str:
        query = urlencode({**kept, **replace(self, **{name: value}).query})
        return f"{base_url}?{query}" if query else base_url
