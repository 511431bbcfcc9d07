"""The directory of people: what services leave, what its pages answer, show and cost."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, User
from accounts.services import invite_user, remove_unused
from core.versions import Conflict
from stakeholders.models import Person, PersonMerge, Placement
from stakeholders.services import people as services
from stakeholders.services.merges import merge_people
from stakeholders.services.reads import note_read
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.personas import HeadCountFactory
from tests.factories.portfolio import MembershipFactory
from tests.factories.stakeholders import (
    NOW,
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)
from tests.htmx import difference, open_page, parse, send_form

pytestmark = pytest.mark.django_db
LIST = "/stakeholders/people/"
NEW = "/stakeholders/people/new/"
DANA = {
    "name": "Dana Okoye", "email": "dana@example.org", "role": "COO", "department": "Operations",
    "audience": "executive", "time_zone": "Europe/Zurich", "locale": "de",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pm(client):
    """A product manager, signed in."""
    user = UserFactory(name="Pia", email="pia@example.org")
    MembershipFactory(user=user, role="manager")
    client.force_login(user)
    return user


def columns(person):
    person.refresh_from_db()
    department = person.department.name if person.department else ""
    return {name: getattr(person, name) for name in DANA} | {"department": department}


def edit_url(person):
    return f"/stakeholders/people/{person.pk}/edit/"


# --- Services ------------------------------------------------------------------------------------


def test_a_new_person_is_as_typed_and_the_department_is_made(pm):
    person = services.create_person(fields=DANA, by=pm, now=NOW)
    assert columns(person) == DANA
    assert (person.version, person.user, person.is_demo) == (1, None, False)
    other = services.create_person(
        fields=DANA | {"email": "o@example.org", "department": "OPERATIONS"}, by=pm, now=NOW
    )
    assert other.department == person.department


def test_the_same_form_twice_makes_one_person(pm):
    token = uuid.uuid4()
    one = services.create_person(fields=DANA, by=pm, now=NOW, token=token)
    again = services.create_person(fields=DANA, by=pm, now=NOW, token=token)
    assert one == again
    assert Person.objects.count() == 1


def test_an_address_belongs_to_one_record_whatever_its_case(pm):
    one = services.create_person(fields=DANA, by=pm, now=NOW)
    with pytest.raises(services.EmailTaken) as taken:
        services.create_person(fields=DANA | {"email": "DANA@Example.org"}, by=pm, now=NOW)
    assert taken.value.person == one
    other = PersonFactory()
    with pytest.raises(services.EmailTaken):
        services.update_person(
            person_id=other.pk, version=1, fields={"email": "Dana@example.org"}, by=pm, now=NOW
        )
    assert Department.objects.count() == 1


def test_the_address_of_a_merged_record_leads_to_the_one_kept(pm):
    kept = PersonFactory()
    PersonFactory(email="old@example.org", merged_into=kept)
    with pytest.raises(services.EmailTaken) as taken:
        services.create_person(fields=DANA | {"email": "old@example.org"}, by=pm, now=NOW)
    assert taken.value.person == kept


def test_changing_counts_the_version_and_twice_changes_once(pm):
    person = PersonFactory(email="dana@example.org")
    for _ in range(2):
        services.update_person(person_id=person.pk, version=1, fields=DANA, by=pm, now=NOW)
    assert columns(person) == DANA
    assert person.version == 2


def test_who_saves_second_is_told_and_nothing_is_written(pm):
    person = PersonFactory(version=2)
    before = Person.objects.values().get()
    with pytest.raises(Conflict):
        services.update_person(person_id=person.pk, version=1, fields=DANA, by=pm, now=NOW)
    assert Person.objects.values().get() == before
    assert not Department.objects.exists()


@pytest.mark.parametrize("state", ["merged", "erased"])
def test_a_record_that_is_gone_is_not_changed(pm, state):
    gone = {"merged": {"merged_into": PersonFactory()}, "erased": {"erased_at": NOW}}[state]
    person = PersonFactory(**gone)
    with pytest.raises(Person.DoesNotExist):
        services.update_person(person_id=person.pk, version=1, fields=DANA, by=pm, now=NOW)


def test_nothing_else_can_be_written(pm):
    with pytest.raises(ValueError, match="merged_into"):
        services.create_person(fields=DANA | {"merged_into": 1}, by=pm, now=NOW)


def test_nobody_changes_the_address_that_keeps_them_from_reading_about_themself(client, pm):
    linked = PersonFactory(user=pm)
    own = PersonFactory(name="Pia", email=pm.email)
    assert own.user is None
    PlacementFactory(person=own, product=pm.memberships.get().product)
    for person in (own, linked):
        data = DANA | {"version": person.version}
        response = client.post(edit_url(person), data)
        assert response.status_code == 422
        assert "This is your own address. Somebody else has to change it." in words_of(response)
    data = DANA | {"version": own.version, "email": pm.email.upper()}
    assert client.post(edit_url(own), data).status_code == 302
    assert not Placement.objects.seen_by(pm).exists()


# --- Accounts ------------------------------------------------------------------------------------


def test_a_person_and_an_account_find_each_other_whoever_comes_first(pm):
    account = UserFactory(email="Dana@example.org")
    person = services.create_person(fields=DANA, by=pm, now=NOW)
    assert person.user == account
    late = PersonFactory(email="Late@example.org")
    invited = invite_user(email="late@example.org", name="L", role="employee", by=pm, now=NOW)
    late.refresh_from_db()
    assert late.user == invited
    moved = PersonFactory()
    free = UserFactory(email="free@example.org")
    services.update_person(
        person_id=moved.pk, version=1, fields={"email": "FREE@example.org"}, by=pm, now=NOW
    )
    moved.refresh_from_db()
    assert moved.user == free


def test_unlinking_never_happens_by_itself(pm):
    account = UserFactory(email="dana@example.org")
    person = services.create_person(fields=DANA, by=pm, now=NOW)
    services.update_person(
        person_id=person.pk, version=1, fields={"email": "d@example.org"}, by=pm, now=NOW
    )
    account.email = "elsewhere@example.org"
    account.save()
    person.refresh_from_db()
    assert person.user == account
    assert set(Person.objects.being(account)) == {person}


def test_an_account_is_linked_once_and_to_the_record_that_is_kept(pm):
    kept = PersonFactory(email="kept@example.org")
    PersonFactory(email="gone@example.org", merged_into=kept)
    account = UserFactory(email="gone@example.org")
    kept.refresh_from_db()
    assert kept.user == account
    other = PersonFactory(email="other@example.org")
    account.email = "other@example.org"
    account.save()
    other.refresh_from_db()
    assert other.user is None


def test_an_erased_record_is_linked_to_nobody():
    person = PersonFactory(email="x@example.org", erased_at=NOW)
    UserFactory(email="x@example.org")
    person.refresh_from_db()
    assert person.user is None


def test_signing_in_costs_no_look_at_people(django_assert_num_queries):
    user = UserFactory()
    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])


@pytest.mark.parametrize("how", ["account", "address", "into own", "of own"])
def test_nobody_sees_their_own_placement_whichever_record_it_is_on(how):
    user = AdministratorFactory(email="me@example.org")
    own = PersonFactory(email="me@example.org")
    person = {
        "account": lambda: own,
        "address": lambda: own,
        "into own": lambda: PersonFactory(merged_into=own),
        "of own": PersonFactory,
    }[how]()
    if how == "account":
        user.refresh_from_db()
        User.objects.filter(pk=user.pk).update(email="new@example.org")
        user.refresh_from_db()
        Person.objects.filter(pk=own.pk).update(user=user)
    if how == "of own":
        Person.objects.filter(pk=own.pk).update(merged_into=person)
    PlacementFactory(person=person)
    PlacementFactory()
    assert person in Person.objects.being(user)
    assert Placement.objects.seen_by(user).count() == 1


def test_an_account_goes_and_what_it_did_stays():
    user = UserFactory()
    person = PersonFactory(user=user)
    MoveFactory(by=user, person=person)
    TouchpointFactory(by=user, person=person)
    SnoozeFactory(by=user, person=person)
    merge = merge_people(kept=person, gone=PersonFactory(), by=None, now=NOW)
    PersonMerge.objects.filter(pk=merge.pk).update(by=user)
    note_read(by=AdministratorFactory(), product_id=None, person_id=person.pk, what="x", now=NOW)
    user.delete()
    person.refresh_from_db()
    assert person.user is None
    assert person.touchpoints.get().by is None
    assert person.merges.get().by is None


def test_departments_go_once_nobody_belongs_to_them():
    used, counted, free = (Department.objects.create(name=name) for name in "abc")
    PersonFactory(department=used)
    HeadCountFactory(department=counted)
    remove_unused(Department.objects.all())
    assert set(Department.objects.all()) == {used, counted}
    assert free.name == "c"


# --- The list ------------------------------------------------------------------------------------


def words_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_the_list_holds_the_facts_and_nothing_of_maps(client, pm):
    person = services.create_person(fields=DANA, by=pm, now=NOW)
    gone = PersonFactory(name="Merged", merged_into=person)
    PersonFactory(name="Erased", erased_at=NOW)
    plain = open_page(client, LIST)
    assert "1 person" in plain.text
    for words in ("Dana Okoye", "dana@example.org", "COO", "Operations", "Executive"):
        assert words in plain.text
    assert gone.name not in plain.text
    assert "Erased" not in plain.text
    PlacementFactory(person=person, product=pm.memberships.get().product)
    assert difference(plain, open_page(client, LIST)) == ""


def test_the_list_is_searched_and_filtered_by_its_address(client, pm):
    dana = services.create_person(fields=DANA, by=pm, now=NOW)
    PersonFactory(name="Evan", audience="technical")
    for query in ("q=okoye+coo", f"department={dana.department_id}", "audience=executive"):
        text = open_page(client, f"{LIST}?{query}").text
        assert "1 person" in text
        assert "Evan" not in text
    assert "Nobody fits" in open_page(client, f"{LIST}?q=nobody").text
    assert "Evan" in open_page(client, f"{LIST}?department=999&audience=x").text


def test_the_empty_list_says_what_to_do(client, pm):
    page = open_page(client, LIST)
    assert "Nobody here yet" in page.text
    assert page.soup.select_one(f'a[href="{NEW}"]')


def test_searching_swaps_what_reloading_shows(client, pm):
    for name in ("Dana", "Evan"):
        PersonFactory(name=name)
    page = send_form(client, open_page(client, LIST), "#filters", q="dana")
    assert "Evan" not in str(page.part("#results"))
    assert difference(page, open_page(client, page.url)) == ""


def test_pages_follow_one_another_by_key_and_lose_nobody(client, pm):
    for number in range(120):
        PersonFactory(name=f"Same {number % 3}")
    seen, url = [], LIST
    while url:
        page = open_page(client, url)
        seen.append([row["href"] for row in page.soup.select("tbody th a")])
        following = page.soup.select_one("a[rel=next]")
        url = LIST + following["href"] if following else ""
    assert [len(rows) for rows in seen] == [50, 50, 20]
    assert len({row for rows in seen for row in rows}) == 120
    before = page.soup.select_one("a[rel=prev]")["href"]
    back = open_page(client, LIST + before)
    assert [row["href"] for row in back.soup.select("tbody th a")] == seen[1]
    assert "120 people" in back.text


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "\0"])
def test_a_cursor_without_sense_is_the_first_page(client, pm, cursor):
    PersonFactory(name="Dana")
    assert "Dana" in words_of(client.get(LIST, {"after": cursor}))


@pytest.mark.parametrize("amount", [1, 300])
def test_the_list_costs_as_much_for_three_hundred(client, pm, amount):
    for number in range(amount):
        department = Department.objects.get_or_create(name=f"D{number % 7}")[0]
        PersonFactory(name=f"P{number % 250}", department=department)
    client.get("/profile/")
    with CaptureQueriesContext(connection) as captured:
        client.get(LIST)
    names = 1 if amount > 1 else 0  # of those that look alike
    assert len(captured) == 5 + names


def test_the_file_holds_what_the_same_address_finds_and_no_formulas(client, pm):
    services.create_person(fields=DANA | {"role": "=cmd()"}, by=pm, now=NOW)
    PersonFactory(name="Evan")
    response = client.get("/stakeholders/people.csv?q=okoye")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {
            "Name": "Dana Okoye", "E-mail": "dana@example.org", "Role": "'=cmd()",
            "Department": "Operations", "Reads best": "Executive", "Time zone": "Europe/Zurich",
            "Language": "de",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("url", [LIST, "/stakeholders/people.csv", NEW])
def test_the_directory_is_for_those_who_have_a_map_to_look_at(client, url):
    client.force_login(UserFactory())
    assert client.get(url).status_code == 403
    client.logout()
    assert client.get(url).status_code == 302


def test_no_browser_keeps_a_page_of_the_directory(client, pm):
    person = PersonFactory()
    for url in (LIST, "/stakeholders/people.csv", NEW, edit_url(person)):
        response = client.get(url)
        assert response["Cache-Control"] == "private, no-store"
        assert "ETag" not in response


# --- Forms ---------------------------------------------------------------------------------------


def test_entering_somebody_by_the_form(client, pm):
    Department.objects.create(name="Operations")
    page = open_page(client, NEW)
    offered = [option["value"] for option in page.soup.select("#departments option")]
    assert offered == ["Operations"]
    token = page.soup.select_one("[name=token]")["value"]
    for _ in range(2):
        response = client.post(NEW, DANA | {"token": token})
        person = Person.objects.get()
        assert response["Location"] == person.get_absolute_url()
    assert columns(person) == DANA


def test_what_is_wrong_is_said_and_what_was_typed_stays(client, pm):
    PersonFactory(name="Dan", email="dana@example.org")
    response = client.post(NEW, DANA)
    assert response.status_code == 422
    page = parse(response.content.decode())
    text = words_of(response)
    assert "There is already a person with the address dana@example.org: Dan." in text
    assert page.select_one("[name=role]")["value"] == "COO"
    assert page.select_one("[name=department]")["value"] == "Operations"
    response = client.post(NEW, {"name": "", "email": "no", "time_zone": "Mars/Base"})
    assert response.status_code == 422
    text = words_of(response)
    assert "Name is missing." in text
    assert "Enter a valid email address." in text
    assert Person.objects.count() == 1


def test_an_address_that_no_mail_can_carry_is_refused(client, pm):
    response = client.post(NEW, DANA | {"email": "a b@example.org"})
    assert response.status_code == 422
    assert not Person.objects.exists()


def test_changing_somebody_by_the_form(client, pm):
    person = PersonFactory(name="Old", role="Was")
    page = open_page(client, edit_url(person))
    assert page.soup.select_one("[name=role]")["value"] == "Was"
    response = client.post(edit_url(person), DANA | {"version": "1"})
    assert response["Location"] == person.get_absolute_url()
    assert columns(person) == DANA


def test_whoever_saves_second_reads_the_other_and_keeps_their_typing(client, pm):
    person = PersonFactory(name="Theirs", role="R")
    Person.objects.filter(pk=person.pk).update(version=2)
    response = client.post(edit_url(person), DANA | {"version": "1"})
    assert response.status_code == 409
    page = parse(response.content.decode())
    assert "saved now “Theirs”, you typed “Dana Okoye”" in words_of(response)
    assert page.select_one("[name=name]")["value"] == "Dana Okoye"
    version = page.select_one("[name=version]")["value"]
    assert client.post(edit_url(person), DANA | {"version": version}).status_code == 302
    assert columns(person) == DANA


def test_a_record_that_is_gone_is_not_found(client, pm):
    gone = [
        PersonFactory(merged_into=PersonFactory()).pk, PersonFactory(erased_at=NOW).pk,
        9_999, 10**25,
    ]  # fmt: skip
    for pk in gone:
        assert client.get(f"/stakeholders/people/{pk}/edit/").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["\u202egpj.exe", "\0x", "<script>alert(1)</script>", "{{7*7}}", "=1+1", "😀" * 119],
)
def test_strings_that_break_things_are_text(client, pm, text):
    data = DANA | {"name": f"N{text}", "role": text, "department": text}
    assert client.post(NEW, data).status_code == 302
    page = open_page(client, LIST)
    assert not page.soup.select("main script")
    assert "49" not in page.soup.select_one("tbody").text
    assert client.get(LIST, {"q": text}).status_code == 200
