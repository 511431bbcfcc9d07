"""No artefact ever tells people which animal they are: the gate of design/security.md."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from core.personal import history_models
from stakeholders.models import Person
from stakeholders.views.privacy import RECORD_ROUTE
from tests.factories.accounts import PASSWORD
from tests.security import animal_company, animal_mails, animals
from tests.security.animal_company import ROLES, confidential_models, forget
from tests.security.animal_words import ANIMALS
from tests.security.animals import Artefact, Ask, Verdict, judge, judge_alone
from tests.world import QuickClient


def look(company, role: str, sources=None) -> tuple[Verdict, list[Artefact]]:
    """Judge what a role can get, and every line that is logged meanwhile."""
    verdict, got = Verdict(), []
    with animals.log_lines() as lines:
        for kind, source in (sources or animals.SOURCES).items():
            for artefact in source(company, role):
                verdict.counts[kind] += 1
                verdict.hits += judge(company, role, artefact)
                got.append(artefact)
    for stream in lines:
        verdict.counts["log lines"] += stream.getvalue().count("\n")
        verdict.hits += judge(company, "nobody", animals.log_of(stream))
    return verdict, got


def look_alone(company, role: str, asks: list[Ask]) -> Verdict:
    """Ask again where nobody but the person is on any map: what is said of a place is of theirs."""
    verdict, client = Verdict(), company.client(role, QuickClient)
    forget(Person.objects.exclude(pk=company.actors[role].person.pk))
    for ask in asks:
        verdict.counts["alone"] += 1
        verdict.hits += judge_alone(role, animals.get(client, ask))
    return verdict


@pytest.mark.parametrize("role", animals.everyone())
def test_nobody_finds_what_was_written_about_them(company, role):
    verdict, got = look(company, role)
    named = [one.ask for one in got if one.ask and animals.told_words(one.settled)]
    if named:
        verdict.add(look_alone(company, role, named))
    print(f"{role}: {dict(verdict.counts)}, {len(verdict.hits)} hits", *verdict.hits[:9], sep="\n")
    assert verdict.hits == []
    broken = [one.what for one in got if one.status >= 500 and one.ask.route]
    assert broken == []
    read = [one.ask for one in got if one.ask and one.reads_maps and one.ask.method == "GET"]
    assert [str(ask) for ask in read if ask.route and not ask.may_ask_for_places] == []


def test_every_other_way_to_reach_people_is_looked_at(company):
    """Mails, calendar entries and feeds are there to be judged, for those who get any."""
    found = {
        kind: {one.what for role in ROLES for one in animals.SOURCES[kind](company, role)}
        for kind in ("mails", "news", "office hours", "inbox mails", "feeds")
    }
    assert min(map(len, found.values())) > 0, found
    entries = animal_mails.office_hours(company, "employee")
    assert any("BEGIN:VCALENDAR" in one.text for one in entries)


def test_every_text_about_somebody_on_a_map_has_its_canary(company):
    """And a new table or field is planted by itself, or this says that it is not."""
    assert {model._meta.label for model in confidential_models()} == (
        animal_company.declared_confidential()
    )
    assert set(animal_company.texts()) >= {"Placement.note", "Move.why", "Touchpoint.note"}
    assert sorted(animal_company.unplanted(company)) == []


def test_no_other_table_and_no_line_of_a_log_keeps_a_word(company, standing):
    """Activity, sessions, imports, mails, contexts of history: all that is at rest."""
    _, logged = standing
    assert animals.told_canaries(company, "nobody", logged) == []
    own = {model._meta.db_table for model in confidential_models()}
    own |= {
        one._meta.db_table
        for one in history_models()
        if one.pgh_tracked_model in set(confidential_models())
    }
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM \"{table}\" t WHERE t::text ~* 'zq[0-9]{{7}}qz'")
            if cursor.fetchone()[0] and table not in own:
                told.append(table)
    assert told == []


def test_whoever_works_with_a_map_does_find_it(company):
    """Negative control: what the gate looks for is on the pages of others."""
    client = company.client("pm", QuickClient)
    other = company.actors["employee"]
    url = reverse("stakeholders:placement_detail", args=["product-p1", other.placements["p1"].pk])
    card = animals.get(client, Ask(url))
    assert animal_company.canary(other.number, 0, "Placement.note") in card.text
    assert set(ANIMALS) & set(animals.told_words(card.text))
    assert card.reads_maps


def test_only_the_record_of_somebody_else_tells_everything(company):
    """The one exception, for an administrator; never the person's own."""
    client = company.client("administrator", QuickClient)
    own, other = company.actors["administrator"], company.actors["employee"]
    sent = urlencode({"as_what": "page", "password": PASSWORD})
    url = reverse(RECORD_ROUTE, args=[other.person.pk])
    theirs = animals.get(client, Ask(url, method="POST", data=sent))
    assert animal_company.canary(other.number, 2, "Move.why") in theirs.text
    for method in ("GET", "POST"):
        url = reverse(RECORD_ROUTE, args=[own.person.pk])
        mine = animals.get(client, Ask(url, RECORD_ROUTE, method=method, data=sent))
        assert judge(company, "administrator", mine) == []


# --- The gate bites ----------------------------------------------------------------------

PLACES = {
    "/products/product-p1/map/": "stakeholders:map_detail",
    "/stakeholders/": "stakeholders:overview",
    "/products/": "portfolio:product_list",
}


def few(company, role):
    """Some pages, enough to notice."""
    client = company.client(role, QuickClient)
    for url, route in PLACES.items():
        yield animals.get(client, Ask(url, route))
    yield animals.get(client, animals.map_file("p1"))


def bitten(company, role) -> list[str]:
    return look(company, role, {"pages": few})[0].hits


@pytest.mark.parametrize("role", ROLES)
def test_it_is_green_without_a_fault(company, role):
    assert bitten(company, role) == []


def test_it_bites_when_a_page_names_the_animal_of_the_viewer(company, monkeypatch):
    """In an attribute, far from any map."""
    from core import context

    links_for = context.links_for

    def told(user, path, **kwargs):
        place = Person.objects.being(user).first().placements.first()
        animal = animals.animal_at(place.involvement, place.power)
        links = links_for(user, path, **kwargs)
        return [replace(link, url=f"{link.url}#of-{animal}") for link in links]

    monkeypatch.setattr("core.context.links_for", told)
    assert bitten(company, "employee") != []


def test_it_bites_when_people_are_not_left_out_of_what_they_see(company, monkeypatch):
    from stakeholders import querysets

    def careless(rows, user):
        return rows.filter(product__in=querysets.with_map(user).order_by().values("pk"))

    monkeypatch.setattr("stakeholders.querysets.seen", careless)
    hits = bitten(company, "pm")
    assert any("/map/file/" in hit for hit in hits)


def test_it_bites_when_a_header_names_a_plan(company, monkeypatch):
    from core.middleware import PrivateResponseMiddleware

    answer = PrivateResponseMiddleware.__call__

    def telling(self, request):
        response = answer(self, request)
        person = Person.objects.being(request.user).first()
        response["X-Plan"] = person.placements.first().plan_reason
        return response

    monkeypatch.setattr(PrivateResponseMiddleware, "__call__", telling)
    assert bitten(company, "employee") != []


def test_it_bites_when_a_log_line_quotes_a_note(company, monkeypatch):
    from core import middleware

    check = middleware._check

    def chatty(request, match, key):
        place = Person.objects.being(request.user).first().placements.first()
        middleware.logger.info("opened", about=place.note)
        return check(request, match, key)

    monkeypatch.setattr("core.middleware._check", chatty)
    assert [hit for hit in bitten(company, "employee") if "the log" in hit] != []


def test_it_bites_when_a_legend_is_more_than_a_legend():
    legend = "".join(f"<li>{name}</li>" for name in ANIMALS)
    page = f"<body><ul>{legend}</ul><p>Million of dear monkeys</p></body>"
    assert animals.told_words(animals.without_legends(page)) == ["monkey"]
    assert animals.told_words(animals.without_legends(f"<body><ul>{legend}</ul></body>")) == []
    marked = page.replace("<p>Million of dear monkeys</p>", '<p class="is-lion">You</p>')
    assert animals.told_words(animals.without_legends(marked)) == ["lion"]


def test_nothing_of_the_company_stays_in_the_cache(company):
    """What is cached is not asked for again, so it must not hold a word of a place."""
    client = company.client("pm", QuickClient)
    for url in PLACES:
        animals.get(client, Ask(url))
    server = cache._cache.get_client()
    own = server.scan_iter(f"{cache.key_prefix}:*")
    kept = b"".join(bytes(server.get(key) or b"") for key in own)
    assert kept
    assert animals.told_canaries(company, "nobody", kept.decode(errors="replace")) == []
