"""The people of the demo company; the first five can be signed in as."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import Role

DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One invented person; `may` is filled for those on the demo's sign-in page."""

    key: str
    name: str
    role: str = Role.EMPLOYEE
    may: str = ""

    @property
    def email(self) -> str:
        """An address that no mail ever reaches."""
        return f"{self.key}@{DOMAIN}"


DEMO_PEOPLE = (
    DemoPerson(
        "dana", "Dana Reyes", may="Product manager: runs her own products and records their figures"
    ),
    DemoPerson(
        "omar", "Omar Haddad", may="Portfolio lead: answers for every product of two portfolios"
    ),
    DemoPerson(
        "kofi", "Kofi Mensah", may="Contributor: records figures for the products of his teams"
    ),
    DemoPerson("eva", "Eva Lindqvist", may="Employee: reads what is open to the whole company"),
    DemoPerson(
        "ines",
        "Ines Fischer",
        Role.ADMINISTRATOR,
        may="Administrator: people, portfolios and everything else",
    ),
    DemoPerson("ingrid", "Ingrid Solberg"),
    DemoPerson("amara", "Amara Obi"),
    DemoPerson("henrik", "Henrik Lund"),
    DemoPerson("lucas", "Lucas Moreau"),
    DemoPerson("mei", "Mei Tanaka"),
    DemoPerson("sofia", "Sofia Rossi"),
    DemoPerson("tomas", "Tomas Novak"),
)
