"""Views of lists: saved, shared, opened, changed, taken back; which one a page opens with."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.versions import Conflict
from portfolio import services
from portfolio.models import DefaultView, SavedView
from portfolio.selectors.views import find_view, views_of
from portfolio.viewing import TooLong, known_page
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    SavedViewFactory,
)
from tests.htmx import difference, open_page, parse, send_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> User:
    """Signed in, somebody without any rights of her own."""
    user = PersonFactory(name="Ana")
    client.force_login(user)
    client.get("/profile/")  # the session's first request saves it
    return user


def url(name: str, *args: Any) -> str:
    return reverse(f"portfolio:{name}", args=args)


def save(by: User, **changes: Any) -> SavedView:
    asked = {"page": known_page("catalogue"), "query": {"stage": "pilot"}, "name": "Pilots"}
    return services.save_view(**(asked | changes), by=by, now=NOW)


# What is kept of an address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({}, ""),
        ({"stage": "pilot", "q": "  shift  "}, "q=shift&stage=pilot"),
        ({"stage": "pilot", "after": "x", "view": "3", "csrf": "no", "page": "a"}, "stage=pilot"),
        ({"sort": "name"}, ""),
        ({"sort": "-name"}, "sort=-name"),
        ({"columns": "slug,stage"}, "columns=slug,stage"),
        ({"columns": "slug,nonsense,slug"}, "columns=slug"),
        ({"columns": "nonsense"}, ""),
        ({"q": "a&stage=live"}, "q=a%26stage%3Dlive"),
        ({"q": "a\0b\u202e"}, "q=ab"),
        ({"q": "Ada Łovelace, 100%"}, "q=Ada Łovelace, 100%25"),
    ],
)
def test_only_what_the_page_keeps_is_kept(typed: dict[str, str], kept: str) -> None:
    assert known_page("catalogue").kept(typed) == kept


def test_the_usual_columns_need_no_word() -> None:
    page = known_page("board")
    usual = ",".join(column.key for column in page.shown(""))
    assert page.kept({"columns": usual}) == ""
    turned = ",".join(reversed(usual.split(",")))
    assert page.kept({"columns": turned}) == f"columns={turned}"


def test_more_than_fits_is_refused() -> None:
    with pytest.raises(TooLong):
        known_page("catalogue").kept(dict.fromkeys(known_page("catalogue").keeps, "x" * 200))


# Services


def test_a_form_sent_twice_is_one_view(ana: User) -> None:
    token = uuid4()
    first, second = save(ana, token=token), save(ana, token=token, name="Other")
    assert first == second
    assert SavedView.objects.get().name == "Pilots"


def test_somebody_elses_token_is_no_view_of_theirs(ana: User) -> None:
    token = uuid4()
    first, second = save(ana, token=token), save(PersonFactory(), token=token)
    assert first.pk != second.pk
    assert second.owner != ana


def test_a_name_is_given_once_on_a_page(ana: User) -> None:
    save(ana)
    with pytest.raises(services.NameTaken):
        save(ana, name="pilots")
    save(ana, page=known_page("board"))
    save(PersonFactory())
    assert SavedView.objects.count() == 3


def test_changing_needs_what_was_read(ana: User) -> None:
    view = save(ana)
    changed = services.change_view(
        view=view, version=1, fields={"name": "All pilots", "is_shared": True}, by=ana, now=NOW
    )
    assert (changed.name, changed.is_shared, changed.version) == ("All pilots", True, 2)
    with pytest.raises(Conflict):
        services.change_view(view=view, version=1, fields={"name": "Mine"}, by=ana, now=NOW)
    again = services.change_view(
        view=view, version=1, fields={"name": "All pilots", "is_shared": True}, by=ana, now=NOW
    )
    assert again.version == 2
    with pytest.raises(ValueError, match="owner"):
        services.change_view(view=view, version=2, fields={"owner": 1}, by=ana, now=NOW)


def test_a_deleted_view_comes_back_where_it_was_with_its_defaults(ana: User) -> None:
    bo = PersonFactory()
    view = save(ana, is_shared=True)
    for one in (ana, bo):
        services.open_with(view=view, by=one, now=NOW)
    services.delete_view(view=view, by=ana, now=NOW)
    services.delete_view(view=view, by=ana, now=NOW)
    other = save(bo, is_shared=True, name="Bo's")
    services.open_with(view=other, by=bo, now=NOW)
    with pytest.raises(services.NoDeletedView):
        services.restore_view(view_id=view.pk, by=bo, now=NOW)
    back = services.restore_view(view_id=view.pk, by=ana, now=NOW)
    assert (back.pk, back.name, back.query, back.is_shared) == (
        view.pk,
        "Pilots",
        "stage=pilot",
        True,
    )
    defaults = set(DefaultView.objects.values_list("user_id", "view_id"))
    assert defaults == {(ana.pk, view.pk), (bo.pk, other.pk)}
    assert services.restore_view(view_id=view.pk, by=ana, now=NOW) == back


def test_a_name_given_meanwhile_stays_with_the_other(ana: User) -> None:
    view = save(ana)
    services.delete_view(view=view, by=ana, now=NOW)
    save(ana)
    back = services.restore_view(view_id=view.pk, by=ana, now=NOW)
    assert back.name == f"Pilots ({view.pk})"


def test_the_name_with_the_number_may_be_given_as_well(ana: User) -> None:
    view = save(ana, name="Ä" * 80)
    services.delete_view(view=view, by=ana, now=NOW)
    tails = [f" ({view.pk})", f" ({view.pk + 1})"]
    names = ["ä" * 80, *("ä" * (80 - len(tail)) + tail for tail in tails)]
    for name in names:
        save(ana, name=name)
    back = services.restore_view(view_id=view.pk, by=ana, now=NOW)
    assert back.name.endswith(f"Ä ({view.pk + 2})") and len(back.name) == 80


def test_what_was_deleted_long_ago_stays_deleted(ana: User) -> None:
    view = save(ana)
    services.delete_view(view=view, by=ana, now=NOW)
    later = NOW + dt.timedelta(days=400)
    with pytest.raises(services.NoDeletedView):
        services.restore_view(view_id=view.pk, by=ana, now=later)


def test_a_page_opens_with_one_view(ana: User) -> None:
    first, second = save(ana), save(ana, name="Second")
    for view in (first, second, second):
        services.open_with(view=view, by=ana, now=NOW)
    assert DefaultView.objects.get().view == second
    services.open_plainly(view=first, by=ana, now=NOW)
    assert DefaultView.objects.get().view == second
    services.open_plainly(view=second, by=ana, now=NOW)
    assert not DefaultView.objects.exists()
    with pytest.raises(IntegrityError):
        DefaultView.objects.bulk_create(
            [DefaultView(user=ana, page="board", view=one) for one in (first, second)]
        )


def test_views_are_ones_own_and_the_shared_ones(ana: User) -> None:
    shared = SavedViewFactory(is_shared=True, name="A shared one")
    hidden = SavedViewFactory(name="Hidden")
    own = SavedViewFactory(owner=ana, name="z own")
    SavedViewFactory(owner=ana, page="board")
    assert list(views_of(ana, "catalogue")) == [own, shared]
    assert find_view(ana, shared.pk) == shared
    with pytest.raises(SavedView.DoesNotExist):
        find_view(ana, hidden.pk)


# Pages


def test_saving_what_one_sees_and_opening_it(client: Client, ana: User) -> None:
    ProductFactory(name="Rota", stage="pilot")
    ProductFactory(name="Till", stage="growth")
    page = open_page(client, f"{url('product_list')}?stage=pilot&columns=slug&sort=name&after=")
    link = page.soup.find("a", string="Save view")["href"]
    form = open_page(client, link)
    token = form.soup.select_one("input[name=token]")["value"]
    sent = {"name": "Pilots", "is_shared": "on", "is_default": "", "token": token}
    for _ in range(2):
        answer = client.post(link, sent)
        view = SavedView.objects.get()
        assert answer["Location"] == url("view_open", view.pk)
    assert (view.owner, view.query, view.is_shared) == (ana, "stage=pilot&columns=slug", True)
    there = client.get(url("view_open", view.pk))
    assert there["Location"] == f"/products/?view={view.pk}&stage=pilot&columns=slug"
    shown = open_page(client, there["Location"])
    assert [one.text for one in shown.soup.select("tbody th a")] == ["Rota"]
    assert shown.soup.select_one(".list-tools summary bdi").text == "Pilots"
    assert "changed" not in shown.soup.select_one(".list-tools").text


def test_what_was_changed_since_is_said_and_can_be_kept_or_undone(
    client: Client, ana: User
) -> None:
    view = SavedViewFactory(owner=ana, query="stage=pilot")
    page = open_page(client, f"/products/?view={view.pk}&stage=pilot")
    page = send_form(client, page, "#filters", stage="growth")
    assert f"view={view.pk}" in page.url
    assert difference(page, open_page(client, page.url)) == ""
    tools = page.soup.select_one(".list-view")
    assert "changed" in tools.text
    address = tools.select_one("form")["action"]
    assert client.post(address)["Location"] == url("view_open", view.pk)
    view.refresh_from_db()
    assert (view.query, view.version) == ("stage=growth", 2)
    undo = open_page(client, f"/products/?view={view.pk}&stage=growth")
    back = undo.soup.select_one(".toast form")["action"]
    assert back == f"{url('view_update', view.pk)}?stage=pilot"
    client.post(back)
    view.refresh_from_db()
    assert view.query == "stage=pilot"


def test_somebody_elses_view_can_be_opened_and_not_changed(client: Client, ana: User) -> None:
    view = SavedViewFactory(is_shared=True)
    page = open_page(client, f"/products/?view={view.pk}&stage=growth")
    tools = page.soup.select_one(".list-view")
    assert tools.select_one("form") is None
    assert "Save as new" in tools.text
    for name in ("view_edit", "view_update", "view_delete"):
        assert client.post(url(name, view.pk), {"name": "Mine"}).status_code == 403, name
    view.refresh_from_db()
    assert view.query == "stage=pilot"


def test_whoever_may_see_less_sees_less(client: Client, ana: User) -> None:
    ProductFactory(name="Open tool", stage="pilot")
    secret = ProductFactory(name="Secret tool", stage="pilot", visibility="team")
    view = SavedViewFactory(is_shared=True, owner=AdministratorFactory())
    seen = client.get(url("view_open", view.pk), follow=True).content.decode()
    assert "Open tool" in seen
    assert secret.name not in seen
    assert "Secret" not in client.get("/products.csv?stage=pilot").content.decode()


@pytest.mark.parametrize("change", ["delete", "unshare"])
def test_a_view_that_is_gone_says_so_and_shows_a_way_on(
    client: Client, ana: User, change: str
) -> None:
    view = SavedViewFactory(is_shared=True)
    services.open_with(view=view, by=ana, now=NOW)
    if change == "delete":
        SavedView.objects.all().delete()
    else:
        SavedView.objects.update(is_shared=False)
    gone = client.get(url("view_open", view.pk))
    assert gone.status_code == 404
    page = parse(gone.content.decode())
    assert page.h1.text == "This view is gone"
    assert page.select_one(f'main a[href="{url("view_list")}"]')
    listed = open_page(client, f"/products/?view={view.pk}&stage=pilot")
    assert "gone or no longer shared" in listed.text
    assert client.get("/products/").status_code == 200  # opens plainly again


def test_a_filter_that_has_gone_filters_nothing_and_says_so(client: Client, ana: User) -> None:
    portfolio = PortfolioFactory()
    view = SavedViewFactory(owner=ana, query=f"portfolio={portfolio.pk}")
    portfolio.delete()
    ProductFactory(name="Rota")
    page = client.get(url("view_open", view.pk), follow=True).content.decode()
    assert "Rota" in page
    assert "not one of the available choices" in page


@pytest.mark.parametrize("text", ["0", "-1", "1" * 40, "٣", "x", "1 OR 1=1", "\0"])
def test_nonsense_for_a_view_is_no_view(client: Client, ana: User, text: str) -> None:
    page = client.get("/products/", {"view": text})
    assert page.status_code == 200


def test_editing_renames_shares_and_opens(client: Client, ana: User) -> None:
    view = SavedViewFactory(owner=ana, name="Pilots")
    SavedViewFactory(owner=ana, name="Taken")
    page = open_page(client, url("view_edit", view.pk))
    version = page.soup.select_one("input[name=version]")["value"]
    sent = {"name": "Taken", "is_shared": "on", "is_default": "on", "version": version}
    refused = client.post(url("view_edit", view.pk), sent)
    assert refused.status_code == 422
    assert "You have a view with this name here already." in refused.content.decode()
    assert client.post(url("view_edit", view.pk), sent | {"name": "Ours"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Ours", True)
    assert DefaultView.objects.get().view == view
    late = client.post(url("view_edit", view.pk), sent | {"name": "Late"})
    assert late.status_code == 409
    assert "saved now “Ours”, you typed “Late”" in late.content.decode()


def test_deleting_offers_undo(client: Client, ana: User) -> None:
    view = SavedViewFactory(owner=ana, name="Pilots")
    page = parse(client.post(url("view_delete", view.pk), follow=True).content.decode())
    assert not SavedView.objects.exists()
    undo = page.select_one(".toast form")["action"]
    for _ in range(2):
        assert client.post(undo).status_code == 302
    assert SavedView.objects.get().pk == view.pk
    refused = client.post(url("view_restore", view.pk + 1), follow=True)
    assert "This can no longer be undone." in refused.content.decode()


def test_the_page_without_a_query_opens_with_the_default(client: Client, ana: User) -> None:
    view = SavedViewFactory(owner=ana)
    services.open_with(view=view, by=ana, now=NOW)
    assert client.get("/products/")["Location"] == f"/products/?view={view.pk}&stage=pilot"
    for query in ("?all=1", "?q=x", "?sort=name", f"?view={view.pk}"):
        assert client.get(f"/products/{query}").status_code == 200, query
    assert client.get("/").status_code == 200
    clear = open_page(client, "/products/?q=x").soup.find("a", string="Clear")
    assert clear["href"] == "/products/?all=1"
    client.post(url("view_default", view.pk), {"stop": "1"})
    assert client.get("/products/").status_code == 200
    client.post(url("view_default", view.pk))
    assert client.get("/products/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/products/", "/compare/"])
def test_the_default_of_each_list_costs_no_query(
    client: Client, ana: User, path: str, django_assert_max_num_queries: Any
) -> None:
    page = {"/": "board", "/products/": "catalogue", "/compare/": "compare"}[path]
    view = SavedViewFactory(owner=ana, page=page, query="q=shift")
    services.open_with(view=view, by=ana, now=NOW)
    with django_assert_max_num_queries(2):  # the account, and whether the page was kept
        there = client.get(path)
    assert there["Location"] == f"{path}?view={view.pk}&q=shift"
    swapped = send_form(client, open_page(client, there["Location"]), "#filters", q="rota")
    assert difference(swapped, open_page(client, swapped.url)) == ""


def test_the_menu_marks_the_current_view(client: Client, ana: User) -> None:
    own, other = SavedViewFactory(owner=ana), SavedViewFactory(is_shared=True)
    SavedViewFactory(owner=ana, page="board", name="Not of this list")
    listed = open_page(client, f"/products/?view={own.pk}&stage=pilot")
    menu = listed.soup.select_one("#view-menu")["hx-get"]
    headers = {"HX-Request": "true", "HX-Target": "view-menu"}
    part = parse(client.get(menu, headers=headers).content.decode())
    assert part.find("html") is None
    assert [one.bdi.text for one in part.select("a")] == [own.name, other.name]
    assert part.select_one("a[aria-current]").bdi.text == own.name
    whole = open_page(client, menu)
    assert whole.soup.select_one("tbody a[aria-current]").text == own.name


def test_the_page_of_views_has_an_empty_state(client: Client, ana: User) -> None:
    assert "No views yet" in open_page(client, url("view_list")).text


@pytest.mark.parametrize("amount", [1, 3, 60])
def test_the_page_of_views_costs_the_same_for_every_length(
    client: Client, ana: User, amount: int, django_assert_num_queries: Any
) -> None:
    SavedViewFactory.create_batch(amount, owner=ana)
    for product in ProductFactory.create_batch(amount):
        services.keep_bookmark(product=product, by=ana, now=NOW)
    with django_assert_num_queries(5):
        open_page(client, url("view_list"))


def test_no_page_of_this_name_is_no_page(client: Client, ana: User) -> None:
    for name in ("view_create", "view_columns"):
        assert client.get(url(name))["Location"] == url("view_list")
        assert client.get(url(name), {"page": "nonsense"})["Location"] == url("view_list")
    assert client.get(url("view_columns"), {"page": "compare"})["Location"] == url("view_list")
    endless = {"page": "catalogue", "go": "1", "view": "1" * 5000}
    assert client.get(url("view_columns"), endless)["Location"] == "/products/?all=1"


def test_too_long_an_address_is_not_saved(client: Client, ana: User) -> None:
    query = dict.fromkeys(known_page("catalogue").keeps, "x" * 200)
    address = f"{url('view_create')}?{urlencode(query | {'page': 'catalogue'})}"
    answer = client.post(address, {"name": "Much", "token": str(uuid4())})
    assert answer.status_code == 422
    assert "too long to keep" in answer.content.decode()
    listed = {name: text for name, text in query.items() if name != "as_of"}
    assert client.get("/products/", listed).status_code == 200


def test_words_come_back_as_they_were_typed(client: Client, ana: User) -> None:
    typed = "R&D = 100% +1, Ł; #2"
    ProductFactory(name=f"Tool {typed}")
    address = f"{url('view_create')}?{urlencode({'page': 'catalogue', 'q': typed})}"
    client.post(address, {"name": "Signs", "token": str(uuid4())})
    page = client.get(SavedView.objects.get().get_absolute_url(), follow=True)
    soup = parse(page.content.decode())
    assert soup.select_one("input[name=q]")["value"] == typed
    assert len(soup.select("#rows tr")) == 1
    assert soup.select_one(".list-view") is None


def test_views_are_found_from_every_page(client: Client, ana: User) -> None:
    page = open_page(client, "/profile/")
    entry = page.soup.select_one(f'.site-tools .menu-list a[href="{url("view_list")}"]')
    assert entry is not None and entry.text == "Views and bookmarks"
    found = open_page(client, "/search/?q=bookmarks")
    assert found.soup.select_one(f'main a[href="{url("view_list")}"]') is not None
