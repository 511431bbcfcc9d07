"""Personas out of files: what a line makes, what is refused, the way round, and taking it back."""

from __future__ import annotations

import datetime as dt
import io
from itertools import product as combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Department
from activity.models import Event
from core.exports import write_csv
from core.forms import clean_text
from imports import services as imports
from imports.kinds import Undo
from imports.models import ImportedObject, RefusedValue
from imports.rules.guess import guess_mapping
from imports.rules.toml import mapping_text
from personas import presenters, selectors
from personas import services as writing
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task
from personas.rules.files import LABELS, guarded, unguarded
from personas.services.loading import PERSONAS
from personas.services.loading.lines import NO_SUCH_COLUMN
from personas.services.loading.rows import COLUMNS
from tests.factories.personas import (
    NOW,
    TODAY,
    EvidenceFactory,
    FitFactory,
    GoalFactory,
    HeadCountFactory,
    PersonaFactory,
    TaskFactory,
)
from tests.factories.portfolio import (
    AdministratorFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=3)


def exported(user=None):
    """The file that an administrator downloads."""
    found = selectors.persona_file(user or AdministratorFactory())
    text = io.StringIO()
    write_csv(text, presenters.PERSONAS_HEAD, presenters.persona_rows(found, with_champions=True))
    return text.getvalue()


def load(path, text, *, by=None, now=LATER, **options):
    """Import a file with the mapping that its headers give."""
    file = path / "personas.csv"
    file.write_bytes(text.encode("utf-8-sig"))
    header = text.split("\r\n")[0].split(",")
    mapping = mapping_text(guess_mapping(header, [], PERSONAS.spec), PERSONAS.spec)
    return imports.run_in_foreground(
        kind="personas", path=file, mapping_text=mapping, by=by, now=now, **options
    )


def lines_of(*lines):
    """A file with a line for each dictionary."""
    text = io.StringIO()
    write_csv(
        text, presenters.PERSONAS_HEAD, [[line.get(key, "") for key in LABELS] for line in lines]
    )
    return text.getvalue()


def refused(run):
    rows = RefusedValue.objects.filter(run=run).order_by("line", "pk")
    return list(rows.values_list("line", "column", "raw", "reason"))


def counts(run):
    return {
        tally["key"]: (tally["new"], tally["changed"], tally["unchanged"])
        for tally in run.outcome["tallies"]
        if tally["key"] and any((tally["new"], tally["changed"], tally["unchanged"]))
    }


def state():
    """Every row that an import may write, without the instants at which it was touched."""
    columns = {model: ("pk", *names) for model, names in COLUMNS.items()}
    rows = {
        model.__name__: list(model._default_manager.order_by("pk").values_list(*names))
        for model, names in columns.items()
    }
    return rows | {"Department": list(Department.objects.order_by("pk").values_list("name"))}


def empty():
    Persona.objects.all().delete()
    Department.objects.all().delete()


@pytest.fixture
def malcolm():
    """A persona with something of everything, in texts that a spreadsheet would spoil."""
    persona = PersonaFactory(
        name="Malcolm",
        tagline="=SUM(A1)",
        rhythm=0,
        pains="One, two;\nthree “four”\n\nfive",
        critical_moment="'@home",
        champion=PersonFactory(email="Kofi@example.com"),
    )
    HeadCountFactory(persona=persona, department__name="Zoo", head_count=3)
    HeadCountFactory(persona=persona, department__name="archive", head_count=0)
    EvidenceFactory(persona=persona, what="-3 days", source="field, notes")
    for _ in range(2):  # the same story twice is two goals all the way round
        goal = GoalFactory(persona=persona, when="goods run low", want="order once", so_that="")
        TaskFactory(goal=goal, name="Mail", minutes=0.1, times_a_month=1 / 3)
        TaskFactory(goal=goal, name="Mail", minutes=20, is_planned=False)
    FitFactory(goal=goal, product__slug="desk", level=0, evidence="Seen\nin three stores")
    PersonaFactory(name="zoe")
    return persona


def test_the_way_round_is_exact(malcolm, tmp_path):
    file = exported()
    before = {name: len(rows) for name, rows in state().items()}
    empty()
    run = load(tmp_path, file)
    assert refused(run) == []
    assert exported() == file
    assert {name: len(rows) for name, rows in state().items()} == before
    assert Persona.objects.get(name="Malcolm").champion.email == "Kofi@example.com"
    assert Task.objects.filter(times_a_month=1 / 3).count() == 2


texts = st.text(st.sampled_from("aé'=+-@|%\",; \n\tß漢"), min_size=1, max_size=12).filter(
    lambda text: clean_text(text) != ""
)


@given(name=texts, pains=texts, when=texts, minutes=st.floats(1e-9, 10_000))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_way_round_is_exact_whatever_was_typed(tmp_path, name, pains, when, minutes):
    empty()
    goal = GoalFactory(
        persona__name=clean_text(name),
        persona__pains=clean_text(pains, keep_lines=True),
        when=clean_text(when),
    )
    TaskFactory(goal=goal, name=clean_text(pains), minutes=minutes)
    file = exported()
    empty()
    run = load(tmp_path, file)
    assert (refused(run), exported()) == ([], file)
    assert Task.objects.get().minutes == minutes


@given(st.text())
def test_an_apostrophe_comes_back(text):
    text = clean_text(text)
    cell = io.StringIO()
    write_csv(cell, ["x"], [[guarded(text)]])
    written = next(iter(io.StringIO(cell.getvalue().split("\r\n", 1)[1]).readlines()), "")
    raw = written.rstrip("\r\n")
    if raw.startswith('"'):
        raw = raw[1:-1].replace('""', '"')
    assert unguarded(raw) == text


def test_the_same_file_again_changes_nothing(malcolm, tmp_path):
    file, before = exported(), state()
    stamp = Persona.objects.get(name="Malcolm").updated_at
    run = load(tmp_path, file)
    assert state() == before
    assert counts(run) == {
        "persona": (0, 0, 2), "people": (0, 0, 2), "evidence": (0, 0, 1),
        "goal": (0, 0, 2), "task": (0, 0, 4), "fit": (0, 0, 1),
    }  # fmt: skip
    assert Persona.objects.get(name="Malcolm").updated_at == stamp
    assert ImportedObject.objects.filter(run=run).count() == 0


def test_only_what_is_said_and_differs_is_changed(malcolm, tmp_path):
    run = load(
        tmp_path,
        lines_of(
            {"record": "persona", "persona": "MALCOLM", "tagline": "New line"},
            {"record": "goal", "persona": "Malcolm", "goal": "x", "when": "goods run low",
             "want": "order once", "kind": "Social: how others see it"},
            {"record": "task", "persona": "Malcolm", "goal": "x", "task": "Mail", "minutes": "7",
             "times_a_month": "2"},
        ),
    )  # fmt: skip
    malcolm.refresh_from_db()
    assert (malcolm.name, malcolm.tagline, malcolm.rhythm) == ("Malcolm", "New line", 0)
    assert (malcolm.version, malcolm.updated_at) == (2, LATER)
    first = malcolm.goals.order_by("pk")[0]
    assert (first.kind, first.version) == ("social", 2)
    assert [one.minutes for one in first.tasks.order_by("pk")] == [7, 20]
    assert counts(run) == {"persona": (0, 1, 0), "goal": (0, 1, 0), "task": (0, 1, 0)}
    told = Event.objects.filter(subject_type="personas.persona", data__has_key="import").get()
    assert (told.verb, told.subject_label) == ("changed the persona", "Malcolm")


def test_no_demographic_column_is_taken_and_it_is_told(tmp_path):
    run = load(tmp_path, "Record,Persona,Age,Gender\r\npersona,Malcolm,54,m\r\n")
    assert refused(run) == [
        (1, "Age", "Age", NO_SUCH_COLUMN),
        (1, "Gender", "Gender", NO_SUCH_COLUMN),
    ]
    assert Persona.objects.get().name == "Malcolm"
    words = " ".join(field.key + field.label for field in PERSONAS.spec.fields).lower()
    assert not any(word in words for word in ("age,", "gender", "birth", "sex", "income"))


GOAL = {"record": "goal", "persona": "A", "goal": "1", "when": "w", "want": "x"}
TASK = {"record": "task", "goal": "1", "task": "T", "minutes": "1", "times_a_month": "1"}
PEOPLE = {"record": "people", "department": "D", "people": "1", "day": "2026-01-01"}


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ({"record": "animal"}, "Record", "A line is one of: persona, people, evidence, goal, "),
        ({**GOAL, "persona": ""}, "Persona", "This is empty."),
        ({**GOAL, "persona": "Nobody"}, "Persona", "There is no persona with this name, neither"),
        ({**GOAL, "want": ""}, "I want to", "This is empty."),
        ({**GOAL, "kind": "rude"}, "Kind", "This is none of: functional, emotional, social."),
        ({**GOAL, "minutes": "5"}, "Minutes", "A line of this kind says nothing here."),
        ({"record": "persona", "persona": "A" * 81}, "Persona", "This is longer than 80 "),
        ({"record": "persona", "rhythm": "101"}, "Rhythm", "This is not a whole number from 0"),
        ({"record": "persona", "champion": "no@where"}, "Champion", "We can't find a colleague"),
        ({**PEOPLE, "people": "-1"}, "People", "This is not a whole number from 0 to 10,000,000."),
        ({**PEOPLE, "day": "1999-12-31"}, "Day", "This is not a day from 2000-01-01 to 2028-"),
        ({"record": "evidence", "evidence": "E", "day": "2026-11-25"}, "Day", "This is not a day"),
        ({**TASK, "goal": "9"}, "Goal", "No goal line of this persona has this number."),
        ({**TASK, "minutes": "0"}, "Minutes", "This is not a number above 0, up to 10,000."),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_column(line, column, reason, tmp_path):
    PersonaFactory(name="A")
    run = load(tmp_path, lines_of({"persona": "A", **line}))
    ((_, where, _, why),) = refused(run)
    assert where == column
    assert why.startswith(reason)


def test_a_fit_of_a_product_that_one_may_not_change_is_refused(tmp_path):
    mine, theirs = ProductFactory(slug="mine"), ProductFactory(slug="theirs")
    dana = PersonFactory()
    MembershipFactory(user=dana, product=mine, role="manager")
    fit = {"record": "fit", "persona": "A", "goal": "1", "fit": "3", "day": "2026-11-01"}
    run = load(
        tmp_path,
        lines_of(
            {**fit, "product": "theirs"},
            {**fit, "product": "mine", "evidence": "Seen."},
            GOAL,
            {"record": "persona", "persona": "A"},
        ),
        by=dana,
    )
    assert [(row[0], row[1], row[2]) for row in refused(run)] == [(2, "Product", "theirs")]
    assert Fit.objects.get().product == mine
    assert not theirs.fits.exists()


def test_two_lines_that_say_different_things_of_one_are_told(tmp_path):
    run = load(
        tmp_path,
        lines_of(
            {"record": "persona", "persona": "A", "tagline": "one"},
            {"record": "persona", "persona": "a", "tagline": "two"},
            {"record": "persona", "persona": "A", "tagline": "one"},
            GOAL,
            {**GOAL, "want": "other"},
        ),
    )
    assert Persona.objects.get().tagline == "one"
    assert [(row[0], row[3]) for row in refused(run)] == [
        (3, "The file says something else of it above."),
        (6, "Another goal of this persona has this number already."),
    ]


def test_who_may_import():
    dana = PersonFactory()
    assert not PERSONAS.may_use(dana)
    MembershipFactory(user=dana, role="manager")
    assert PERSONAS.may_use(dana)
    assert PERSONAS.may_use(AdministratorFactory())


def test_a_check_leaves_nothing(tmp_path, malcolm):
    file, before = exported(), state()
    run = load(tmp_path, file.replace("order once", "order twice"), dry_run=True)
    assert counts(run)["goal"] == (2, 0, 0)
    assert state() == before


# --- Taking it back -----------------------------------------------------------------------


def take_back(run, by=None):
    return PERSONAS.undo(Undo(run_id=run.pk, by=by, now=LATER, report=lambda *_: None))


def test_an_undo_is_exact(tmp_path, malcolm):
    before = state()
    file = exported()
    for old, new in (
        ("order once", "order twice"),
        ("zoe", "Zoë"),
        ("Zoo", "Zoo 2"),
        ("Mail", "Call"),
    ):
        file = file.replace(old, new)
    run = load(tmp_path, file.replace("field, notes", "diary").replace(",0,'=SUM", ",1,'=SUM"))
    assert state() != before
    undone = take_back(run)
    assert (undone.kept, state()) == ([], before)


def test_changes_are_restored_to_the_letter(tmp_path, malcolm):
    before, file = state(), exported()
    changed = lines_of(
        {"record": "persona", "persona": "Malcolm", "tagline": "x", "rhythm": "9"},
        {"record": "people", "persona": "Malcolm", "department": "ZOO", "people": "9",
         "day": "2026-01-01"},
    )  # fmt: skip
    run = load(tmp_path, changed)
    assert exported() != file
    take_back(run)
    assert (state(), exported()) == (before, file)


def test_what_has_changed_since_stays_and_is_told(tmp_path):
    file = lines_of(
        {"record": "persona", "persona": "A"},
        {"record": "persona", "persona": "B"},
        GOAL,
        {"record": "people", "persona": "B", "department": "D", "people": "4", "day": "2026-01-01"},
    )
    run = load(tmp_path, file)
    goal = Goal.objects.get()
    TaskFactory(goal=goal)  # somebody's own
    HeadCountFactory(department=Department.objects.get(name="D"))
    undone = take_back(run)
    assert set(undone.kept) == {
        (str(goal), "It has tasks of its own now."),
        ("A", "It has goals of its own now."),
        ("D", "It has head-counts of its own now."),
    }
    assert not Persona.objects.filter(name="B").exists()
    assert {one.key: one.changed for one in undone.tallies} == {
        "persona": 1, "people": 1, "evidence": 0, "goal": 0, "task": 0, "fit": 0,
    }  # fmt: skip


def test_a_later_edit_is_not_taken_back(tmp_path, malcolm):
    run = load(tmp_path, lines_of({"record": "persona", "persona": "Malcolm", "tagline": "x"}))
    by = AdministratorFactory()
    writing.update_persona(
        persona_id=malcolm.pk, version=2, fields={"pains": "Mine"}, by=by, now=LATER
    )
    assert take_back(run).kept == [("Malcolm", "It has been changed since.")]
    malcolm.refresh_from_db()
    assert (malcolm.tagline, malcolm.pains) == ("x", "Mine")


def test_rights_that_are_gone_leave_a_judgement(tmp_path):
    product = ProductFactory(slug="mine")
    dana = PersonFactory()
    membership = MembershipFactory(user=dana, product=product, role="manager")
    goal = GoalFactory(persona__name="A", when="w", want="x", so_that="")
    FitFactory(goal=goal, product=product, level=1)
    fit = {"record": "fit", "persona": "A", "goal": "1", "product": "mine", "fit": "4"}
    run = load(tmp_path, lines_of(GOAL, {**fit, "day": "2026-11-01"}), by=dana)
    assert Fit.objects.get().level == 4
    membership.delete()
    assert len(take_back(run, by=dana).kept) == 1
    assert Fit.objects.get().level == 4
    take_back(run, by=AdministratorFactory())
    assert Fit.objects.get().level == 1


def test_the_export_names_no_hidden_product_and_no_address_to_readers(client, malcolm):
    FitFactory(goal=malcolm.goals.first(), product__slug="secret", product__visibility="team")
    client.force_login(PersonFactory())
    text = client.get("/personas.csv").content.decode("utf-8-sig")
    assert "secret" not in text
    assert "Kofi@example.com" not in text
    assert "desk" in text
    client.force_login(AdministratorFactory())
    assert "secret" in client.get("/personas.csv").content.decode("utf-8-sig")


@pytest.mark.parametrize("amount", [1, 3])
def test_the_file_costs_the_same_for_many(django_assert_num_queries, amount):
    user = AdministratorFactory()
    for _ in range(amount):
        goal = FitFactory().goal
        for _ in range(amount):
            TaskFactory(goal=goal)
            HeadCountFactory(persona=goal.persona)
            EvidenceFactory(persona=goal.persona)
    with django_assert_num_queries(6):
        assert len(list(selectors.persona_file(user))) == amount


def test_a_load_costs_the_same_for_many(tmp_path, django_assert_max_num_queries):
    names = [f"P{number}" for number in range(30)]
    lines = [{"record": "persona", "persona": name} for name in names]
    lines += [{**GOAL, "persona": name, "goal": n} for name, n in combinations(names, (1, 2))]
    for place, line in enumerate(lines[30:]):
        line["want"] = f"want {place}"
    with django_assert_max_num_queries(60):
        load(tmp_path, lines_of(*lines))
    assert (Persona.objects.count(), Goal.objects.count()) == (30, 60)
    assert PersonaHeadCount.objects.count() == PersonaEvidence.objects.count() == 0
    assert TODAY
