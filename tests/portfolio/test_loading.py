"""Products out of a file: what is made, changed, refused, and taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from activity.models import Event
from imports.rules.mapping import MappingRefused
from portfolio.enums import Stage
from portfolio.models import Membership, Portfolio, Product, ProductSlug, StaleMark, Team
from portfolio.services import may_import, set_audience_word
from tests.factories.files import NOW, counts, refused, take, take_back
from tests.factories.portfolio import (
    AdministratorFactory,
    FunctionFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    TeamFactory,
)
from tests.factories.stakeholders import MoveFactory, PlacementFactory

HEAD = "address,name,portfolio,team,stage,people,link\n"
MAPPING = """shape = "wide"
[product]
address = { column = "address" }
name = { column = "name" }
portfolio = { column = "portfolio" }
team = { column = "team" }
stage = { column = "stage" }
head_count = { column = "people" }
link = { column = "link" }
[product.new]
choice = "optional"
exchange = "money"
stage = "pilot"
"""


def load(path, lines, **options):
    return take(path, "products", HEAD + lines, options.pop("mapping", MAPPING), **options)


@pytest.mark.django_db
def test_a_new_product_gets_what_the_file_says_and_the_defaults(tmp_path):
    run = load(
        tmp_path, ' Ask-HR ,  Ask   HR ,Shared services,People team,,"1,200",hr.example.com\n'
    )
    product = Product.objects.select_related("portfolio", "team").get()
    assert (product.slug, product.name) == ("ask-hr", "Ask HR")
    assert (product.portfolio.name, product.team.name) == ("Shared services", "People team")
    assert (product.stage, product.choice, product.exchange) == ("pilot", "optional", "money")
    assert (product.people_word, product.head_count) == ("customers", 1200)
    assert product.link == "https://hr.example.com"
    assert product.stage_since == dt.date(2026, 11, 21)
    assert counts(run) == {"products": (1, 0, 0)}
    assert StaleMark.objects.get().product == product
    assert set(Event.objects.values_list("verb", "subject_label")) >= {
        ("created", "Ask HR"), ("created", "Shared services"), ("created", "People team"),
    }  # fmt: skip
    assert not Membership.objects.exists()
    assert product.events.get().pgh_context.metadata["import_run"] == run.pk


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_also_without_addresses(tmp_path):
    lines = ",Ask HR,Shared,,,,\n,Ask hr 2,Shared,,,,\n"
    load(tmp_path, lines)
    before = list(Product.objects.order_by("pk").values())
    again = load(tmp_path, lines, now=NOW + dt.timedelta(days=1))
    assert list(Product.objects.order_by("pk").values()) == before
    assert counts(again) == {"products": (0, 0, 2)}
    assert [row["slug"] for row in before] == ["ask-hr", "ask-hr-2"]


@pytest.mark.django_db
def test_only_what_is_said_and_differs_is_changed(tmp_path):
    team = TeamFactory(name="Old team")
    product = ProductFactory(
        slug="one", name="One", team=team, stage="pilot", mission="Mine", choice="default",
        people_word="partners",
    )  # fmt: skip
    other = ProductFactory(slug="two", name="Two")
    later = NOW + dt.timedelta(days=3)
    run = load(tmp_path, "one,One,,,Mature,,\ntwo,Two,,,,,\n", now=later)
    product.refresh_from_db()
    assert (product.stage, product.stage_since) == ("mature", dt.date(2026, 11, 24))
    assert (product.version, product.updated_at) == (2, later)
    assert (product.team, product.mission, product.choice) == (team, "Mine", "default")
    assert counts(run) == {"products": (0, 1, 1)}
    assert [mark.product_id for mark in StaleMark.objects.all()] == [product.pk]
    event = Event.objects.get(subject_type="portfolio.product")
    assert (event.verb, event.data["detail"]) == ("changed the stage of", "Pilot → Mature")
    other.refresh_from_db()
    assert other.version == 1


@pytest.mark.django_db
def test_an_old_address_is_the_products(tmp_path):
    product = ProductFactory(slug="new-one", name="One")
    ProductSlug.objects.create(slug="old-one", product=product, since=NOW)
    load(tmp_path, "old-one,Another name,,,,,\n")
    product.refresh_from_db()
    assert (product.slug, product.name) == ("new-one", "Another name")


@pytest.mark.django_db
def test_bad_cells_are_refused_and_the_rest_is_kept(tmp_path):
    run = load(tmp_path, "a,A,P,,grown,some,not a link\n")
    assert Product.objects.get().stage == "pilot"
    assert refused(run) == [
        (2, "stage", "grown", f"This is none of: {', '.join(Stage.values)}."),
        (2, "people", "some", "This is not a whole number from 0 on."),
        (2, "link", "not a link", "This is not a web address."),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"a,{'x' * 201},P,,,,", "This is longer than 200 characters."),
        ("???,A,P,,,,", "An address has letters from a to z, digits and dashes."),
        ("new,A,P,,,,", "This address is one of our own pages."),
        (",,P,,,,", "This line names no product."),
        ("a,,P,,,,", "A new product needs a name."),
        ("a,A,,,,,", "It is new: say which portfolio it belongs to."),
    ],
)
def test_a_record_that_names_no_product_is_refused(line, reason, tmp_path):
    run = load(tmp_path, f"{line}\nb,B,P,,,,\n")
    assert [one[3] for one in refused(run)] == [reason]
    assert list(Product.objects.values_list("slug", flat=True)) == ["b"]


@pytest.mark.django_db
def test_of_two_lines_of_a_product_the_later_counts(tmp_path):
    run = load(tmp_path, "a,A,P,,pilot,1,\na,A,P,,growth,,\n")
    product = Product.objects.get()
    assert (product.stage, product.head_count) == ("growth", 1)
    assert refused(run) == [(2, "stage", "pilot", "A later line gives this value.")]


@pytest.mark.django_db
def test_two_products_of_one_name_need_an_address(tmp_path):
    for slug in "ab":
        ProductFactory(slug=slug, name="Twin")
    run = load(tmp_path, ",twin,,,,,\n")
    assert refused(run)[0][3] == "More than one product has this name. Give its address."


@pytest.mark.django_db
def test_a_member_changes_their_own_and_nothing_else(tmp_path):
    person = PersonFactory()
    mine = MembershipFactory(user=person, product__slug="mine", product__name="Mine").product
    theirs = ProductFactory(slug="theirs", name="Theirs", visibility="team")
    run = load(
        tmp_path, "mine,Mine now,,,,,\ntheirs,Stolen,,,,,\nfree,Free,Any,,,,\n,Theirs,,,,,\n",
        by=person,
    )  # fmt: skip
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.name, theirs.name) == ("Mine now", "Theirs")
    no_address = "There is no product at this address that you can change."
    assert [(line, reason) for line, _, _, reason in refused(run)] == [
        (3, no_address), (4, no_address),
        (5, "There is no product with this name that you can change."),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_lead_makes_products_in_their_portfolio_and_manages_them(tmp_path):
    person = PersonFactory()
    LeadFactory(user=person, portfolio=PortfolioFactory(name="Mine"))
    PortfolioFactory(name="Theirs")
    run = load(tmp_path, "a,A,mine,No team,,,\nb,B,Theirs,,,,\nc,C,Unheard of,,,,\n", by=person)
    product = Product.objects.get()
    assert (product.slug, product.team) == ("a", None)
    assert Membership.objects.get().role == "manager"
    assert [(line, column, reason) for line, column, _, reason in refused(run)] == [
        (2, "team", "There is no team with this name."),
        (3, "", "There is no portfolio with this name that you can put products in."),
        (4, "", "There is no portfolio with this name that you can put products in."),
    ]
    assert take_back(run).kept == []
    assert not Product.objects.exists()


@pytest.mark.django_db
def test_a_mapping_with_a_bad_default_is_refused_as_a_whole(tmp_path):
    mapping = MAPPING.replace('"pilot"', '"grown"')
    with pytest.raises(MappingRefused, match=r"\[product.new\] stage: This is none of"):
        load(tmp_path, "a,A,P,,,,\n", mapping=mapping)


@pytest.mark.django_db
def test_who_may_import(tmp_path):
    person = PersonFactory()
    assert not may_import(person)
    MembershipFactory(user=person)
    assert may_import(person)
    assert may_import(AdministratorFactory())
    assert not may_import(AdministratorFactory(is_active=False))


# --- undo -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_undo_restores_and_removes_to_the_letter(tmp_path):
    FunctionFactory()
    ProductFactory(slug="one", name="One", team=TeamFactory(), stage="pilot", head_count=5)
    before = list(Product.objects.order_by("pk").values())
    run = load(tmp_path, "one,Uno,P,T,mature,7,\ntwo,Two,P,T,,,\n")
    assert take_back(run).kept == []
    assert list(Product.objects.order_by("pk").values()) == before
    assert not Portfolio.objects.filter(name="P").exists()
    assert not Team.objects.filter(name="T").exists()
    assert Event.objects.filter(verb="took back the import of").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [MoveFactory, PlacementFactory])
def test_undo_keeps_a_product_with_a_map_like_one_that_was_edited(tmp_path, factory):
    run = load(tmp_path, "one,One,P,,,,\ntwo,Two,P,,,,\nthree,Three,P,,,,\n")
    factory(product=Product.objects.get(slug="one"))
    Product.objects.filter(slug="two").update(version=9)
    assert take_back(run).kept == [
        ("One", "It has been changed since."),
        ("Two", "It has been changed since."),
        ("P", "It has products of its own now."),
    ]
    assert set(Product.objects.values_list("slug", flat=True)) == {"one", "two"}


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["undoes", "imported", "another"])
def test_undo_tells_nobody_that_they_are_on_a_map(tmp_path, whose):
    by, owner = AdministratorFactory(), AdministratorFactory()
    run = load(tmp_path, "one,One,P,,,,\n", by=owner)
    user = {"undoes": by, "imported": owner, "another": PersonFactory()}[whose]
    PlacementFactory(product=Product.objects.get(), person__user=user)
    assert take_back(run, by=by).kept[0] == ("One", "It has been changed since.")
    assert Product.objects.exists()


@pytest.mark.django_db
def test_undo_names_what_all_may_see_whatever_is_on_the_map(tmp_path):
    run = load(tmp_path, "one,One,P,,,,\n")
    MembershipFactory(product=Product.objects.get())
    PlacementFactory(product=Product.objects.get())
    assert take_back(run).kept[0] == ("One", "It has members of its own now.")


@pytest.mark.django_db
def test_undo_keeps_what_has_been_changed_since(tmp_path):
    one = ProductFactory(slug="one", name="One")
    run = load(tmp_path, "one,Uno,,,,,\ntwo,Two,P,,,,\nthree,Three,P,,,,\nfour,Four,Q,,,,\n")
    Product.objects.filter(slug__in=["one", "two"]).update(updated_at=NOW + dt.timedelta(hours=1))
    MembershipFactory(product=Product.objects.get(slug="three"))
    assert sorted(take_back(run).kept) == [
        ("P", "It has products of its own now."),
        ("Three", "It has members of its own now."),
        ("Two", "It has been changed since."),
        ("Uno", "It has been changed since."),
    ]
    one.refresh_from_db()
    assert one.name == "Uno"
    assert not Product.objects.filter(slug="four").exists()
    assert not Portfolio.objects.filter(name="Q").exists()


@pytest.mark.django_db
def test_undo_does_not_point_at_a_team_that_is_gone(tmp_path):
    team = TeamFactory()
    one = ProductFactory(slug="one", name="One", team=team)
    run = load(tmp_path, "one,One,,New team,,,\n")
    team.delete()
    assert ("One", "Its team has been deleted since.") in take_back(run).kept
    one.refresh_from_db()
    assert one.team.name == "New team"


@pytest.mark.django_db
def test_undo_leaves_the_word_to_audiences_that_came_since(tmp_path):
    mapping = MAPPING.replace(
        '[product.new]\nchoice = "optional"', 'choice = { value = "default" }\n[product.new]'
    )
    one = ProductFactory(slug="one", name="One", choice="mandated", people_word="users")
    run = load(tmp_path, "one,One,,,,,\n", mapping=mapping)
    one.refresh_from_db()
    assert one.people_word == "partners"
    set_audience_word(product_id=one.pk, audiences=[("optional", "money")])
    assert take_back(run).kept == []
    one.refresh_from_db()
    assert (one.choice, one.people_word) == ("mandated", "customers")


@pytest.mark.django_db
def test_a_refused_name_is_told_at_the_line_that_gives_it(tmp_path):
    lead = LeadFactory()
    ProductFactory(slug="known", portfolio=lead.portfolio)
    place = lead.portfolio.name
    text = f"known,,,No team,,,\nknown,,,,,5,\nfresh,New,{place},No team,,,\nfresh,New,,,,5,\n"
    run = load(tmp_path, text, by=lead.user)
    reason = "There is no team with this name."
    assert refused(run) == [(2, "team", "No team", reason), (4, "team", "No team", reason)]


@pytest.mark.django_db
def test_without_a_portfolio_a_hidden_address_is_told_like_a_free_one(tmp_path):
    lead = LeadFactory()
    ProductFactory(slug="hidden", visibility="team")
    run = load(tmp_path, "hidden,A,,,,,\nfree,B,,,,,\nhidden,,,,,,\nfree,,,,,,\n", by=lead.user)
    assert {reason for *_, reason in refused(run)} == {
        "It is new: say which portfolio it belongs to."
    }
