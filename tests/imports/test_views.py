"""The pages of imports: from the file to the board, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from imports import services
from imports.models import ImportRun, RefusedValue, RunProgress, SavedMapping
from tests.factories.accounts import UserFactory
from tests.factories.imports import NOW
from tests.htmx import difference, open_page, parse, send, values_of
from tests.imports.figures import LONG, MAPPING, WIDE, figures_kind, run_in, upload_run

pytestmark = pytest.mark.django_db

STATES = (
    "mapping", "checking", "ready", "publishing", "done", "undoing", "undone", "cancelled",
    "failed",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    with figures_kind(), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def person() -> User:
    return UserFactory(name="Dana Reyes")


@pytest.fixture
def client(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def send_file(
    client: Client, content: bytes = WIDE, name: str = "services.csv", **more: Any
) -> Any:
    data = {"kind": "figures", "token": str(uuid4()), "file": SimpleUploadedFile(name, content)}
    return client.post("/imports/new/", {**data, **more})


def mapping_url(run: ImportRun) -> str:
    return f"/imports/{run.pk}/mapping/"


def answers(**more: Any) -> dict[str, Any]:
    """The questions of the mapping page as MAPPING answers them."""
    return {
        "shape": "wide", "field_address": "column:Slug", "field_name": "column:Service",
        "field_stage": "new", "field_stage_value": "growth", "decimal": ".", "thousands": ",",
        "currency": "£, €, $", "unknown": "-", "header_line": "1", "series": ["0"],
        "series_0-key": "volume", "series_0-how": "value",
        "series_0-value": "Total Q{quarter} {year}", "series_0-year_starts": "1",
        "series_0-year_named": "end", "series_0-option_target": "-10 %", **more,
    }  # fmt: skip


# --- The list ----------------------------------------------------------------------------------


def test_the_empty_list_says_what_it_is_and_has_one_action(client: Client) -> None:
    page = open_page(client, "/imports/")
    assert "Nothing has been imported yet" in page.text
    assert [a["href"] for a in page.soup.select("main .button-primary")] == ["/imports/new/"]


def test_who_may_import_nothing_is_told_so(client: Client) -> None:
    with figures_kind(may_use=lambda user: False):
        page = open_page(client, "/imports/")
        assert "You do not work on one yet" in page.text
        assert page.soup.select("main .button") == []
        assert client.get("/imports/new/").status_code == 403


def test_the_list_shows_own_imports_and_all_of_them_to_administrators(
    client: Client, person: User
) -> None:
    mine, theirs = run_in("done", by=person), run_in("ready")
    text = open_page(client, "/imports/").text
    assert "Imported" in text
    assert "3 rows: 7 new, 2 refused" in text
    assert "Ready to import" not in text
    assert client.get(theirs.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(role="administrator"))
    text = open_page(client, "/imports/").text
    assert "Ready to import" in text
    assert "Dana Reyes" in text
    assert client.get(mine.get_absolute_url()).status_code == 200


def test_a_long_list_has_pages(client: Client, person: User) -> None:
    for number in range(26):
        upload_run(by=person, name=f"file-{number}.csv")
    assert "1 to 25 of 26 imports" in open_page(client, "/imports/").text
    assert len(open_page(client, "/imports/?page=2").soup.select("#rows tr")) == 1


# --- The file ----------------------------------------------------------------------------------


def test_a_file_becomes_an_import_that_waits_for_its_columns(client: Client, person: User) -> None:
    response = send_file(client)
    run = ImportRun.objects.get()
    assert (response.status_code, response.url) == (302, mapping_url(run))
    assert (run.file_name, run.state, run.by, run.kind) == (
        "services.csv", "mapping", person, "figures",
    )  # fmt: skip
    assert run.path.read_bytes() == WIDE


def test_a_double_click_makes_one_import(client: Client) -> None:
    token = str(uuid4())
    first, second = (send_file(client, token=token) for _ in range(2))
    assert first.url == second.url
    assert ImportRun.objects.count() == 1


def test_with_a_saved_mapping_the_file_is_checked_at_once(client: Client, person: User) -> None:
    saved = services.save_mapping(name="Ours", kind="figures", text=MAPPING, by=person, now=NOW)
    response = send_file(client, saved_mapping=saved.pk)
    run = ImportRun.objects.get()
    assert response.url == run.get_absolute_url()
    assert (run.state, run.saved_mapping, run.mapping) == ("checking", saved, MAPPING)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("services.pdf", b"%PDF", "Choose a CSV, TSV or XLSX file"),
        ("services.csv", b"", "This file is empty"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_the_field(
    client: Client, name: str, content: bytes, words: str
) -> None:
    response = send_file(client, content, name)
    page = parse(response.content.decode())
    assert response.status_code == 422
    assert words in page.select_one(".field-error").text
    assert page.title.text.startswith("Error: ")
    assert not ImportRun.objects.exists()


def test_no_file_at_all_is_a_problem_with_the_file(client: Client) -> None:
    response = client.post("/imports/new/", {"kind": "figures"})
    assert response.status_code == 422
    assert b"Choose the file that you want to import." in response.content


def test_a_file_over_the_limit_is_refused_in_words_and_kept_nowhere(
    client: Client, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 100_000
    response = send_file(client, b"x" * 200_000)
    assert response.status_code == 413
    page = parse(response.content.decode())
    assert "larger than 97.7" in page.select_one(".field-error").text
    assert page.select_one("[name=kind][value=figures]").has_attr("checked")
    assert not ImportRun.objects.exists()


def test_where_another_answer_is_wrong_the_file_is_not_asked_for_twice(
    client: Client, person: User
) -> None:
    response = send_file(client, saved_mapping="999999")
    page = parse(response.content.decode())
    assert response.status_code == 422
    assert "services.csv has arrived and is kept" in " ".join(page.text.split())
    kept = page.select_one("[name=kept]")["value"]
    again = client.post("/imports/new/", {"kind": "figures", "kept": kept, "token": uuid4()})
    run = ImportRun.objects.get()
    assert again.url == mapping_url(run)
    assert (run.path.read_bytes(), run.file_name) == (WIDE, "services.csv")


def test_a_note_of_a_kept_file_that_is_none_of_ours_counts_as_none(client: Client) -> None:
    response = client.post("/imports/new/", {"kind": "figures", "kept": "../../etc/passwd:x:y"})
    assert response.status_code == 422
    assert not ImportRun.objects.exists()


def test_a_kept_file_is_its_own_persons_alone(client: Client) -> None:
    page = parse(send_file(client, saved_mapping="999999").content.decode())
    kept = page.select_one("[name=kept]")["value"]
    client.force_login(UserFactory())
    assert client.post("/imports/new/", {"kind": "figures", "kept": kept}).status_code == 422
    assert not ImportRun.objects.exists()


def test_a_file_that_was_imported_before_says_so(client: Client, person: User) -> None:
    run_in("done", by=person)
    response = send_file(client)
    assert "imported on 20 Nov 2026 by Dana Reyes" in open_page(client, response.url).text


# --- Columns -----------------------------------------------------------------------------------


def test_the_first_look_shows_the_columns_and_a_guess(client: Client, person: User) -> None:
    page = open_page(client, mapping_url(upload_run(by=person)))
    columns = [one.text for one in page.soup.select(".column-list strong")]
    assert columns == [
        "Slug", "Service", "Total Q1 2017", "Total Q2 2017", "Cost Q1 2017", "Department",
    ]  # fmt: skip
    assert "1,200, 1,300" not in page.text
    chosen = page.soup.select_one("[name=field_name] option[selected]")
    assert chosen["value"] == "column:Service"
    assert "Total Q{quarter} {year}" in page.text


def test_seeing_the_values_keeps_the_mapping_and_changes_nothing_else(
    client: Client, person: User
) -> None:
    run = upload_run(by=person)
    response = client.post(mapping_url(run), answers(do="see"))
    assert response.status_code == 200
    text = " ".join(parse(response.content.decode()).select_one("#values").text.split())
    assert "1,300 1,300 30 Jun 2017" in text
    assert "refused" in text and "unknown" in text
    run.refresh_from_db()
    assert run.state == "mapping"
    assert 'metric = "volume"' in run.mapping


def test_the_swapped_desk_equals_the_reloaded_page(client: Client, person: User) -> None:
    run = upload_run(by=person)
    page = open_page(client, mapping_url(run))
    button = page.soup.select_one("button[value=see][hx-post]")
    page = send(client, page, button, "post", mapping_url(run), answers(do="see"))
    assert difference(page, open_page(client, mapping_url(run))) == ""


def test_the_values_alone_are_swapped_when_an_answer_changes(client: Client, person: User) -> None:
    run = upload_run(by=person)
    page = open_page(client, mapping_url(run))
    values = page.soup.select_one("#values")
    page = send(client, page, values, "post", mapping_url(run), answers())
    reloaded = open_page(client, mapping_url(run))
    assert page.part("#values") == reloaded.part("#values")
    assert "1,300" in page.soup.select_one("#values").text


def test_families_of_columns_come_and_go_with_everything_typed(
    client: Client, person: User
) -> None:
    run = upload_run(by=person)
    page = parse(client.post(mapping_url(run), answers(do="add")).content.decode())
    assert len(page.select(".series")) == 2
    assert page.select_one("[name='series_0-value']")["value"] == "Total Q{quarter} {year}"
    assert page.select_one("[name='field_stage_value']")["value"] == "growth"
    page = parse(client.post(mapping_url(run), answers(do="remove-0")).content.decode())
    assert page.select(".series") == []
    page = parse(client.post(mapping_url(run), answers(do="family-0")).content.decode())
    assert page.select_one("[name='series_1-value']")["value"] == "Total Q{quarter} {year}"
    run.refresh_from_db()
    assert run.mapping == ""


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"field_name": ""}, "id_field_name", "choose the column that holds it"),
        ({"series_0-key": ""}, "id_series_0-key", "Metric is missing"),
        ({"series_0-value": ""}, "id_series_0-value", "say what they are called"),
        ({"series_0-value": "Total"}, "id_series_0-value", "names no year"),
        ({"series_0-value": "Sum {year}"}, "id_series_0-value", "no column with such a name"),
        ({"series_0-how": "ratio"}, "id_series_0-part", "say what they are called"),
        ({"header_line": "first"}, "id_header_line", "whole number from 1 to 100"),
        ({"field_stage_value": ""}, "id_field_stage_value", "enter the value"),
    ],
)
def test_problems_stand_beside_their_fields(
    client: Client, person: User, wrong: dict[str, str], field: str, words: str
) -> None:
    run = upload_run(by=person)
    response = client.post(mapping_url(run), answers(do="check", **wrong))
    page = parse(response.content.decode())
    assert response.status_code == 422
    link = page.select_one(f".error-summary a[href='#{field}']")
    assert words in link.text
    beside = page.find(id=field).find_parent(class_=["field", "source"])
    assert words in beside.select_one(".field-error").text
    run.refresh_from_db()
    assert (run.state, run.mapping) == ("mapping", "")


def test_check_the_file_hands_it_to_the_worker(client: Client, person: User) -> None:
    run = upload_run(by=person)
    response = client.post(mapping_url(run), answers(do="check"))
    assert response.url == run.get_absolute_url()
    run.refresh_from_db()
    assert run.state == "checking"
    again = client.post(mapping_url(run), answers(do="check"))
    assert again.url == run.get_absolute_url()


def test_form_and_toml_say_the_same_and_lose_nothing(client: Client, person: User) -> None:
    run = upload_run(by=person)
    url = f"{mapping_url(run)}?as=toml"
    assert client.post(url, {"text": MAPPING, "do": "see"}).status_code == 200
    client.post(mapping_url(run), answers(do="see"))
    run.refresh_from_db()
    assert run.mapping == MAPPING  # with its comment: the form said the same
    odd = (
        MAPPING.replace("target", 'year_starts = "Oct"\ntarget').replace(
            "[product.new]",
            'portfolio = { column = "Department" }\n[product.new]\nportfolio = "Sea"',
        )
        + '\n[file]\nencoding = "utf-8"\n'
    )
    client.post(url, {"text": odd, "do": "see"})
    page = open_page(client, mapping_url(run))
    form = page.soup.select_one("#mapping")
    client.post(mapping_url(run), {**values_of(page.soup, form), "do": "see", "name": "x"})
    run.refresh_from_db()
    assert run.mapping == odd
    changed = {**values_of(page.soup, form), "do": "see", "series_0-option_target": "5"}
    client.post(mapping_url(run), changed)
    run.refresh_from_db()
    assert 'encoding = "utf-8"' in run.mapping
    assert 'portfolio = "Sea"' in run.mapping
    assert "target = 5" in run.mapping


def test_a_mapping_that_is_none_keeps_what_was_typed(client: Client, person: User) -> None:
    run = upload_run(by=person)
    text = 'shape = "wide"\n[product]\nname = "Service"\nb&d = 1\n'
    response = client.post(f"{mapping_url(run)}?as=toml", {"text": text, "do": "check"})
    page = parse(response.content.decode())
    assert response.status_code == 422
    assert page.select_one("textarea").text.strip() == text.strip()
    assert "TOML" in page.select_one(".error-summary").text


def test_a_mapping_is_saved_and_used_again(client: Client, person: User) -> None:
    run = upload_run(by=person)
    assert client.post(mapping_url(run), answers(do="save")).status_code == 422
    response = client.post(mapping_url(run), answers(do="save", name="Sea services"))
    saved = SavedMapping.objects.get()
    assert response.url == mapping_url(run)
    assert (saved.name, saved.kind, saved.created_by) == ("Sea services", "figures", person)
    assert 'name = "Sea services"' in saved.text
    other = upload_run(by=person)
    client.post(mapping_url(other), {"do": "use", "saved": saved.pk})
    other.refresh_from_db()
    assert (other.mapping, other.saved_mapping) == (saved.text, saved)
    page = open_page(client, mapping_url(other))
    assert page.soup.select_one("[name='series_0-value']")["value"] == "Total Q{quarter} {year}"


def test_somebody_elses_name_is_taken(client: Client, person: User) -> None:
    services.save_mapping(name="Ours", kind="figures", text=MAPPING, by=UserFactory(), now=NOW)
    run = upload_run(by=person)
    response = client.post(mapping_url(run), answers(do="save", name="ours"))
    assert response.status_code == 422
    assert b"There is already a mapping called Ours" in response.content


def test_a_long_file_needs_no_telling(client: Client, person: User) -> None:
    run = upload_run(LONG, by=person, name="values.csv")
    page = open_page(client, mapping_url(run))
    form = values_of(page.soup, page.soup.select_one("#mapping"))
    assert form["shape"] == ["long"]
    assert form["long_date"] == ["column:date"]
    assert "31 Mar 2017" in page.soup.select_one("#values").text
    response = client.post(mapping_url(run), {**form, "do": "check"})
    assert response.url == run.get_absolute_url()


# --- One import --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_page(client: Client, person: User, state: str) -> None:
    run = run_in(state, by=person)
    before = ImportRun.objects.filter(pk=run.pk).values().get()
    page = open_page(client, run.get_absolute_url())
    assert run.get_state_display() in page.text
    assert ImportRun.objects.filter(pk=run.pk).values().get() == before
    polls = page.soup.select_one("#run").has_attr("hx-get")
    assert polls == (state in ("checking", "publishing", "undoing"))


@pytest.mark.parametrize("state", STATES)
def test_the_polled_part_equals_the_reloaded_page(client: Client, person: User, state: str) -> None:
    at_work = run_in("publishing", by=person)
    page = open_page(client, at_work.get_absolute_url())
    part = page.soup.select_one("#run")
    ImportRun.objects.filter(pk=at_work.pk).delete()
    run = run_in(state, by=person)
    for text in page.soup.find_all(attrs={"hx-get": True}):
        text["hx-get"] = run.get_absolute_url()
    page.url = run.get_absolute_url()
    page = send(client, page, part, "get", run.get_absolute_url(), {})
    assert page.part("#run") == open_page(client, run.get_absolute_url()).part("#run")


def test_progress_is_told_by_rows(client: Client, person: User) -> None:
    run = run_in("checking", by=person)
    RunProgress.objects.filter(run=run).update(
        step="Reading the file", rows_done=1200, rows_total=4000
    )
    page = open_page(client, run.get_absolute_url())
    bar = page.soup.select_one("progress")
    assert (bar["value"], bar["max"]) == ("1200", "4000")
    assert "1,200 of 4,000 rows" in page.text
    assert page.soup.select_one("[role=status]").text == "Reading the file"


def test_ready_says_what_will_happen(client: Client, person: User) -> None:
    page = open_page(client, run_in("ready", by=person).get_absolute_url())
    assert "Nothing is changed yet" in page.text
    rows = [[c.text.strip() for c in row.select("th, td")]
            for row in page.soup.select("#tallies ~ .table-wrap tbody tr")]  # fmt: skip
    assert rows == [["Products", "3", "0", "0", "0"], ["Volume", "4", "0", "0", "2"]]
    assert "Volume: unknown" in page.text
    assert [b.text for b in page.soup.select(".page-actions button")] == [
        "Cancel", "Change the columns", "Import",
    ]  # fmt: skip
    assert "30 Jun 2017" in page.text


def test_done_leads_to_the_board_of_the_last_day_and_can_be_undone(
    client: Client, person: User
) -> None:
    run = run_in("done", by=person)
    page = open_page(client, run.get_absolute_url())
    assert page.soup.select_one("a.button-primary")["href"] == "/?as_of=2017-06-30"
    assert "until 20 Dec 2026" in page.text
    assert page.soup.select_one(f"a[href='/imports/{run.pk}/undo/']")
    with time_machine.travel("2026-12-21T12:00:00Z", tick=False):
        client.logout()
        client.force_login(person)
        page = open_page(client, run.get_absolute_url())
        assert not page.soup.select_one(f"a[href='/imports/{run.pk}/undo/']")
        assert client.get(f"/imports/{run.pk}/undo/").status_code == 302


def test_failed_says_why_and_what_to_do(client: Client, person: User) -> None:
    text = open_page(client, run_in("failed", by=person).get_absolute_url()).text
    assert "no longer stored" in text
    assert "What to do" in text


def test_undone_says_what_was_left(client: Client, person: User) -> None:
    text = open_page(client, run_in("undone", by=person).get_absolute_url()).text
    assert "What was taken back" in text
    assert "Dana Reyes has changed it" in text


def test_import_undo_and_double_clicks(client: Client, person: User) -> None:
    run = run_in("ready", by=person)
    url = run.get_absolute_url()
    assert [client.post(f"{url}start/").url for _ in range(2)] == [url, url]
    services.work_on(run_id=run.pk, now=timezone.now())
    assert client.post(f"{url}start/").url == url
    run.refresh_from_db()
    assert run.state == "done"
    text = open_page(client, f"{url}undo/").text
    assert "Products: 3 that came with it go again." in text
    assert [client.post(f"{url}undo/").url for _ in range(2)] == [url, url]
    run.refresh_from_db()
    assert run.state == "undoing"


def test_cancel_leaves_nothing(client: Client, person: User) -> None:
    run = run_in("ready", by=person)
    client.post(f"{run.get_absolute_url()}cancel/")
    run.refresh_from_db()
    assert (run.state, run.file) == ("cancelled", "")
    assert not RefusedValue.objects.exists()
    again = client.post(f"{run.get_absolute_url()}cancel/", follow=True)
    assert "This import is cancelled." in parse(again.content.decode()).text


def test_change_the_columns_goes_back(client: Client, person: User) -> None:
    run = run_in("ready", by=person)
    response = client.post(mapping_url(run), {"do": "back"})
    assert response.url == mapping_url(run)
    page = open_page(client, mapping_url(run))
    assert page.soup.select_one("[name='series_0-option_target']")["value"] == "-10 %"


@pytest.mark.parametrize("path", ["start/", "cancel/"])
def test_what_writes_is_posted(client: Client, person: User, path: str) -> None:
    run = run_in("ready", by=person)
    assert client.get(run.get_absolute_url() + path).status_code == 405


# --- Refused values ----------------------------------------------------------------------------


def test_refused_values_as_page_and_csv_are_the_same(client: Client, person: User) -> None:
    run = run_in("done", by=person)
    page = open_page(client, f"{run.get_absolute_url()}refused/")
    rows = [[c.text.strip() for c in row.select("td")] for row in page.soup.select("tbody tr")]
    assert rows == [
        ["6", "Total Q1 2017", "-", "unknown"],
        ["7", "Total Q1 2017", "about ten", "This is not a number."],
    ]
    response = client.get(f"{run.get_absolute_url()[:-1]}/refused.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").split("\r\n")
    assert lines == [
        "Line,Column,Text,Reason",
        "6,Total Q1 2017,'-,unknown",
        "7,Total Q1 2017,about ten,This is not a number.",
        "",
    ]
    assert 'filename="servicescsv-refused.csv"' in response["Content-Disposition"]


def test_refused_values_can_be_narrowed_and_paged(client: Client, person: User) -> None:
    run = run_in("done", by=person)
    RefusedValue.objects.bulk_create(
        RefusedValue(run=run, line=n, column="C", series="cost", raw=str(n), reason="odd")
        for n in range(10, 75)
    )
    url = f"{run.get_absolute_url()}refused/"
    page = open_page(client, url)
    assert len(page.soup.select("tbody tr")) == 50
    older = page.soup.select_one(".pagination [rel=next]")["href"]
    assert len(open_page(client, older).soup.select("tbody tr")) == 17
    page = open_page(client, f"{url}?reason=unknown")
    assert len(page.soup.select("tbody tr")) == 1
    assert page.soup.select_one(".chip-accent")["aria-current"] == "true"
    page = open_page(client, f"{url}?series=cost&reason=unknown")
    assert "None of these" in page.text
    assert open_page(client, f"{url}?after=nonsense&reason=%00").url


# --- Mappings ----------------------------------------------------------------------------------


def test_a_mapping_is_pasted_or_dropped(client: Client, person: User) -> None:
    data = {"kind": "figures", "name": "Pasted", "text": MAPPING}
    assert client.post("/imports/mappings/new/", data).status_code == 302
    dropped = SimpleUploadedFile("m.toml", MAPPING.replace("\n", "\r\n").encode("utf-8-sig"))
    data = {"kind": "figures", "name": "Dropped", "file": dropped}
    assert client.post("/imports/mappings/new/", data).status_code == 302
    assert {one.text for one in SavedMapping.objects.all()} == {MAPPING}
    data = {"kind": "figures", "name": "pasted", "text": MAPPING}
    response = client.post("/imports/mappings/new/", data)
    assert response.status_code == 422
    assert b"There is already a mapping called Pasted." in response.content


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": ""}, "Paste a mapping, or choose its file."),
        ({"text": "a = "}, "TOML"),
        ({"text": MAPPING, "name": ""}, "Name is missing."),
        ({"file": SimpleUploadedFile("m.toml", b"\xff\xfe")}, "no text in UTF-8"),
        ({"kind": "nonsense", "text": MAPPING}, "not one of"),
    ],
)
def test_a_mapping_that_is_wrong_says_what(client: Client, typed: Any, words: str) -> None:
    data = {"kind": "figures", "name": "New", "text": "", **typed}
    response = client.post("/imports/mappings/new/", data)
    assert response.status_code == 422
    assert words in parse(response.content.decode()).select_one(".error-summary").text


def test_who_made_a_mapping_may_change_and_delete_it(client: Client, person: User) -> None:
    saved = services.save_mapping(name="Ours", kind="figures", text=MAPPING, by=person, now=NOW)
    url = saved.get_absolute_url()
    run = upload_run(by=person)
    client.post(mapping_url(run), {"do": "use", "saved": saved.pk})
    assert "used by 1 import" in open_page(client, url).text
    text = MAPPING.replace("growth", "pilot")
    assert client.post(f"{url}edit/", {"name": "Theirs", "text": text}).url == url
    saved.refresh_from_db()
    assert (saved.name, saved.text) == ("Theirs", text)
    bad = client.post(f"{url}edit/", {"name": "Theirs", "text": "nonsense"})
    assert bad.status_code == 422
    download = client.get(f"{url[:-1]}.toml")
    assert download.content.decode() == text
    assert download["Content-Disposition"] == 'attachment; filename="theirs.toml"'
    assert "Files can no longer be read with it." in open_page(client, f"{url}delete/").text
    assert client.post(f"{url}delete/").url == "/imports/mappings/"
    assert not SavedMapping.objects.exists()
    run.refresh_from_db()
    assert run.mapping == MAPPING


def test_others_read_a_mapping_and_leave_it_alone(client: Client) -> None:
    saved = services.save_mapping(
        name="Ours", kind="figures", text=MAPPING, by=UserFactory(), now=NOW
    )
    url = saved.get_absolute_url()
    page = open_page(client, url)
    assert "Ours, since 2017" in page.soup.select_one("pre").text
    assert page.soup.select(f"main a[href^='{url}']") == []
    assert client.post(f"{url}edit/", {"name": "Mine", "text": MAPPING}).status_code == 403
    assert client.post(f"{url}delete/").status_code == 403
    assert SavedMapping.objects.get().name == "Ours"


def test_no_mapping_yet(client: Client) -> None:
    page = open_page(client, "/imports/mappings/")
    assert "No mapping is saved yet" in page.text
    assert client.get("/imports/mappings/999999/").status_code == 404
