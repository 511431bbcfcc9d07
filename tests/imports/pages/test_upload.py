"""The list of imports, and the file that begins one."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from imports import services
from imports.models import ImportRun
from tests.factories.accounts import UserFactory
from tests.factories.imports import NOW
from tests.htmx import open_page, parse
from tests.imports.figures import MAPPING, WIDE, figures_kind, run_in, upload_run
from tests.imports.pages.asking import mapping_url, send_file

pytestmark = pytest.mark.django_db


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
