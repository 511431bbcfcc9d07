"""People out of a file: who is entered, changed, refused, and taken back."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from accounts.models import Department
from core.audit import acting_as
from core.exports import write_csv
from imports.kinds import Undo, kind
from imports.models import ImportRun, UndoRefusal
from imports.readers import open_table
from imports.rules.guess import guess_mapping
from imports.rules.mapping import MappingRefused
from imports.rules.toml import mapping_text
from imports.services import work_on
from imports.services.counting import CountedRefusals
from stakeholders.models import Person, Placement
from stakeholders.presenters.people import PEOPLE_HEAD, people_rows
from stakeholders.selectors.people import PeopleFilters, people
from stakeholders.services.loading.records import Draft, Reader
from stakeholders.services.loading.upsert import load_people
from stakeholders.services.merges import merge_people
from tests.factories.accounts import UserFactory
from tests.factories.files import NOW, counts, refused, take, take_back
from tests.factories.personas import DepartmentFactory
from tests.factories.portfolio import MembershipFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory, TouchpointFactory
from tests.htmx import open_page, values_of

pytestmark = pytest.mark.django_db
HEAD = "mail,name,job,unit,words,zone,language\n"
MAPPING = (Path(__file__).parents[2] / "docs/mappings/people.toml").read_text(encoding="utf-8")
DANA = "dana@example.org,Dana Okoye,COO,Operations,Executive,europe/zurich,German\n"
LATER = NOW + dt.timedelta(days=3)
THEIRS = "It stays: it is the record of whoever imported it or takes it back."


def load(path, lines, **options):
    return take(path, "people", HEAD + lines, options.pop("mapping", MAPPING), **options)


def facts(**where):
    person = Person.objects.select_related("department").get(**where)
    department = person.department.name if person.department else ""
    return (
        person.email, person.name, person.role, department, person.audience, person.time_zone,
        person.locale,
    )  # fmt: skip


def rows():
    """Everybody, but for versions and the moment of the last change."""
    names = ("pk", "email", "name", "role", "department", "audience", "time_zone", "locale")
    return [*Person.objects.order_by("pk").values(*names, "user", "merged_into")]


def undone(run, by):
    """Undo as a person does: how many, and what was kept."""
    with acting_as(by, source="import", import_run=run.pk):
        found = kind("people").undo(Undo(run.pk, by, NOW, lambda *_: None))
    return found.tallies[0].changed, list(found.kept)


# --- In ------------------------------------------------------------------------------------------


def test_somebody_new_gets_what_the_file_says(tmp_path):
    account = UserFactory(email="DANA@example.org")
    run = load(tmp_path, DANA + "evan@example.org,Evan,,OPERATIONS,,,\n")
    assert facts(name="Dana Okoye") == (
        "dana@example.org", "Dana Okoye", "COO", "Operations", "executive", "Europe/Zurich", "de",
    )  # fmt: skip
    assert facts(name="Evan")[2:] == ("", "Operations", "technical", "", "")
    assert counts(run) == {"people": (2, 0, 0)}
    assert Person.objects.get(name="Dana Okoye").user == account
    assert Department.objects.count() == 1
    event = Person.objects.get(name="Evan").events.get()
    assert event.pgh_context.metadata["import_run"] == run.pk


def test_the_same_file_again_changes_nothing(tmp_path):
    load(tmp_path, DANA)
    before = list(Person.objects.values())
    again = load(tmp_path, DANA.replace("dana@", "DANA@"), now=LATER)
    assert list(Person.objects.values()) == before
    assert counts(again) == {"people": (0, 0, 1)}


def test_only_what_is_said_and_differs_is_changed(tmp_path):
    person = PersonFactory(email="dana@example.org", name="Dana", role="CEO", locale="fr")
    run = load(tmp_path, "dana@example.org,Dana,COO,,,,\n", now=LATER)
    assert facts() == ("dana@example.org", "Dana", "COO", "", "business", "", "fr")
    person.refresh_from_db()
    assert (person.version, person.updated_at) == (2, LATER)
    assert counts(run) == {"people": (0, 1, 0)}


def test_a_check_is_the_import_rolled_back(tmp_path):
    run = load(tmp_path, DANA, dry_run=True)
    assert counts(run) == {"people": (1, 0, 0)}
    assert not Person.objects.exists()
    assert not Department.objects.exists()


def test_bad_cells_are_refused_and_the_rest_is_kept(tmp_path):
    run = load(tmp_path, f"dana@example.org,Dana,{'x' * 121},{'y' * 121},loud,Mars,Klingon\n")
    assert facts() == ("dana@example.org", "Dana", "", "", "technical", "", "")
    assert refused(run) == [
        (2, "job", "x" * 121, "This is longer than 120 characters."),
        (2, "unit", "y" * 121, "This is longer than 120 characters."),
        (2, "words", "loud", "This is none of: business, technical, executive."),
        (2, "zone", "Mars", "This is not a time zone that we know, like Europe/Zurich."),
        (2, "language", "Klingon", "This is not a language that we know, like de or en-gb."),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not an address,Dana,,,,,", "This is not an e-mail address that mail can be sent to."),
        (",Dana,,,,,", "This line has no e-mail address."),
        ("\u200b,Dana,,,,,", "There is nothing to read here."),
        ("new@example.org,,,,,,", "Somebody new needs a name."),
        ("erased@example.org,X,,,,,", "This record was erased."),
        (f"{'x' * 250}@example.org,X,,,,,", "This is longer than 254 characters."),
    ],
)
def test_a_line_that_names_nobody_is_refused(line, reason, tmp_path):
    PersonFactory(email="erased@example.org", erased_at=NOW)
    run = load(tmp_path, f"{line}\n{DANA}")
    assert [one[3] for one in refused(run)] == [reason]
    assert Person.objects.filter(erased_at=None).get().name == "Dana Okoye"


def test_the_address_of_a_merged_record_means_the_one_kept(tmp_path):
    kept, gone = PersonFactory(name="Dana"), PersonFactory(email="old@example.org")
    merge_people(kept=kept, gone=gone, by=None, now=NOW)
    before = Person.objects.values().get(pk=gone.pk)
    run = load(tmp_path, "OLD@example.org,Dana O.,COO,,,,\n")
    kept.refresh_from_db()
    assert (kept.name, kept.role, kept.email) == ("Dana O.", "COO", kept.email)
    assert Person.objects.values().get(pk=gone.pk) == before
    assert counts(run) == {"people": (0, 1, 0)}


def test_of_two_lines_of_a_person_the_later_counts(tmp_path):
    run = load(tmp_path, DANA + "Dana@example.org,Dana Okoye,Chair,,,,\n")
    assert facts()[2:4] == ("Chair", "Operations")
    assert refused(run) == [(2, "job", "COO", "A later line gives this value.")]


def test_a_mapping_that_gives_what_can_not_be_is_refused(tmp_path):
    wrong = MAPPING.replace('"technical"', '"loud"')
    with pytest.raises(MappingRefused, match=r"\[person.new\] audience: This is none of"):
        load(tmp_path, DANA, mapping=wrong)


def test_our_own_export_comes_back_unharmed(tmp_path):
    load(tmp_path, DANA + "evan@example.org,=Evan,,,,,\n")
    before = rows()
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, PEOPLE_HEAD, people_rows(people(PeopleFilters())))
    spec = kind("people").spec
    mapping = mapping_text(guess_mapping(open_table(path).header, [], spec), spec)
    run = take(tmp_path, "people", path.read_text(), mapping)
    assert counts(run) == {"people": (0, 0, 2)}
    assert rows() == before


def test_the_command_takes_the_usual_headers(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("E-mail\tName\tRole\ndana@example.org\tDana\tCOO\n")
    out = StringIO()
    call_command("import_people", path, stdout=out)
    assert facts()[:3] == ("dana@example.org", "Dana", "COO")
    assert "People" in out.getvalue()


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("contributor", False)])
def test_whoever_has_a_map_may_import(role, may):
    user = MembershipFactory(role=role).user
    assert kind("people").may_use(user) is may


def test_a_file_comes_through_the_pages_of_imports(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user = MembershipFactory(role="manager").user
    client.force_login(user)
    file = SimpleUploadedFile("staff.csv", b"E-mail,Name\ndana@example.org,Dana\n")
    data = {"kind": "people", "file": file, "token": str(uuid4())}
    response = client.post("/imports/new/", data)
    page = open_page(client, response["Location"])
    if "mapping" not in response["Location"]:
        page = open_page(client, f"{response['Location']}mapping/")
    assert "Person" in page.text
    assert "dana@example.org" in page.text
    values = values_of(page.soup, page.soup.select_one("#mapping")) | {"do": "check"}
    assert client.post(page.url, values).status_code == 302
    run = ImportRun.objects.get()
    assert run.state == "checking"
    work_on(run_id=run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("ready", {"people": (1, 0, 0)})
    assert "brings 1 new entry" in open_page(client, f"/imports/{run.pk}/").text
    assert not Person.objects.exists()


@pytest.mark.parametrize("amount", [1, 300])
def test_an_import_costs_as_much_for_three_hundred(tmp_path, amount, django_assert_num_queries):
    run = load(tmp_path, DANA)
    lines = range(2, amount + 2)
    drafts = [Draft(n, f"p{n}@example.org", {"name": f"P {n}"}, {}) for n in lines]
    reader = Reader({}, CountedRefusals(run.refused))
    with django_assert_num_queries(7):
        load_people(drafts, reader=reader, defaults={}, run_id=run.pk, now=NOW)
    assert Person.objects.count() == amount + 1


# --- Undo ----------------------------------------------------------------------------------------


def test_an_undo_removes_and_restores_exactly(tmp_path):
    PersonFactory(email="dana@example.org", role="CEO", department=DepartmentFactory(), locale="fr")
    PersonFactory(email="same@example.org", name="Same")
    before, departments = rows(), set(Department.objects.all())
    run = load(tmp_path, DANA + "evan@example.org,Evan,,New,,,\nsame@example.org,Same,,,,,\n")
    assert rows() != before
    found = take_back(run, LATER)
    assert rows() == before
    assert set(Department.objects.all()) == departments
    assert (found.tallies[0].changed, list(found.kept)) == (2, [])
    assert Person.objects.get(email="dana@example.org").updated_at == LATER


def test_a_fact_that_was_changed_since_stays_and_is_told(tmp_path):
    person = PersonFactory(email="dana@example.org", name="Dana", role="CEO", locale="fr")
    run = load(tmp_path, DANA)
    Person.objects.filter(pk=person.pk).update(role="Chair", version=9)
    assert list(take_back(run).kept) == [
        ("Dana Okoye", "Role: this has been changed since."),
    ]
    assert facts() == ("dana@example.org", "Dana", "Chair", "", "business", "", "fr")


@pytest.mark.parametrize("what", ["placed", "told of", "edited", "merged", "erased"])
def test_somebody_new_about_whom_more_was_written_stays_and_is_told(tmp_path, what):
    run = load(tmp_path, DANA + "evan@example.org,Evan,,,,,\n")
    dana = Person.objects.get(name="Dana Okoye")
    reason = {
        "placed": "It has been changed since.",
        "told of": "It has been changed since.",
        "edited": "It has been changed since.",
        "merged": "It has been merged into another record since.",
        "erased": "It has been erased since.",
    }[what]
    if what == "placed":
        PlacementFactory(person=dana)
    elif what == "told of":
        TouchpointFactory(person=dana)
    elif what == "edited":
        Person.objects.filter(pk=dana.pk).update(version=2)
    elif what == "merged":
        merge_people(kept=PersonFactory(), gone=dana, by=None, now=NOW)
    else:
        Person.objects.filter(pk=dana.pk).update(erased_at=NOW)
    kept = list(take_back(run).kept)
    assert kept[0] == ("Dana Okoye", reason)
    assert kept[1:] == [("Operations", "Others belong to this department now.")]
    assert Person.objects.filter(pk=dana.pk).exists()
    assert not Person.objects.filter(name="Evan").exists()
    assert Placement.objects.count() == (what == "placed")


@pytest.mark.parametrize("is_placed", [True, False])
def test_taking_back_tells_nobody_whether_they_are_on_a_map(tmp_path, is_placed):
    by = MembershipFactory(role="manager", user__email="dana@example.org").user
    run = load(tmp_path, DANA, by=by)
    if is_placed:
        PlacementFactory(person=Person.objects.get())
    assert undone(run, by) == (
        0,
        [
            ("Dana Okoye", THEIRS),
            ("Operations", "Others belong to this department now."),
        ],
    )


@pytest.mark.parametrize("is_placed", [True, False])
@pytest.mark.parametrize("is_operator", [True, False])
def test_taking_back_for_others_tells_them_not_whether_they_are_on_a_map(
    tmp_path, is_placed, is_operator
):
    owner = MembershipFactory(role="manager", user__email="dana@example.org").user
    run = load(tmp_path, DANA, by=owner)
    if is_placed:
        PlacementFactory(person=Person.objects.get())
    by = None if is_operator else MembershipFactory(role="manager").user
    assert undone(run, by)[1][0] == ("Dana Okoye", THEIRS)
    assert Person.objects.exists()


@pytest.mark.parametrize("what", ["placed", "edited"])
def test_a_map_that_one_cannot_open_is_told_like_an_edit(tmp_path, what):
    by = MembershipFactory(role="manager").user
    run = load(tmp_path, "evan@example.org,Evan,,,,,\n", by=by)
    evan = Person.objects.get()
    if what == "placed":
        PlacementFactory(person=evan)
    else:
        Person.objects.filter(pk=evan.pk).update(version=2)
    assert undone(run, by) == (0, [("Evan", "It has been changed since.")])


def test_whoever_has_no_map_any_more_takes_nothing_back(tmp_path):
    membership = MembershipFactory(role="manager")
    run = load(tmp_path, DANA, by=membership.user)
    membership.delete()
    assert undone(run, membership.user) == (
        0,
        [("Dana Okoye", "You can no longer change the directory of people.")],
    )
    assert Person.objects.exists()
    assert not UndoRefusal.objects.exists()
