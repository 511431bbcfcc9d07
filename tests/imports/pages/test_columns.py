"""What the columns of a file mean, told on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from imports import services
from imports.models import SavedMapping
from tests.factories.accounts import UserFactory
from tests.factories.imports import NOW
from tests.htmx import difference, open_page, parse, send, values_of
from tests.imports.figures import LONG, MAPPING, upload_run
from tests.imports.pages.asking import answers, mapping_url

pytestmark = pytest.mark.django_db


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
