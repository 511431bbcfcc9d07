"""Fields that forgive, and forms that say what is wrong."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from core.forms import (
    DayField,
    NumberField,
    ParagraphField,
    TextField,
    clean_text,
    field_groups,
    parse_number,
)


class ProductForm(forms.Form):
    name = TextField(label="Name", help_text="What people call it.", max_length=10)
    mission = ParagraphField(label="Mission", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "Product"), ("b", "Service")], widget=forms.RadioSelect
    )
    guardrail = forms.BooleanField(label="Guardrail", required=False)
    value = NumberField(label="Value", required=False, max_value=100)
    day = DayField(label="Day", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class GroupedForm(ProductForm):
    fieldsets = (("What it is", ["name", "kind", "missing"]), ("Empty", []))


def soup(form: forms.Form) -> BeautifulSoup:
    return BeautifulSoup(str(form), "html.parser")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  two   words\t", "two words"),
        ("nul\x00 and \ud800 half", "nul and half"),
        ("\u202eevil\u2066", "evil"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("cafe\u0301", "café"),
        ("cafe\u200b\u0301", "café"),
        ("one\vtwo\x85three", "one two three"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("one\r\ntwo", "one two"),
        ("日本語", "日本語"),
    ],
)
def test_text_is_taken_as_meant(typed, meant):
    assert clean_text(typed) == meant


def test_paragraphs_keep_their_lines():
    assert clean_text(" a \r\n\r\n\r\n\r\n b\u2028c ", keep_lines=True) == "a\n\nb\nc"


@given(st.text())
def test_cleaning_twice_changes_nothing_and_postgresql_takes_it(text):
    once = clean_text(text, keep_lines=True)
    assert clean_text(once, keep_lines=True) == once
    assert "\x00" not in once
    once.encode()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", 12),
        ("12,400", 12400),
        ("1,234,567.5", 1234567.5),
        ("12 400", 12400),
        ("12\u202f400", 12400),
        ("−3.5", -3.5),
        ("–3", -3),
        ("71 %", 71),
        ("£4.20", 4.2),
        ("１２．５", 12.5),
        (".5", 0.5),
        ("+7", 7),
    ],
)
def test_numbers_as_people_write_them(typed, meant):
    assert parse_number(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,5", "12,40", "1.2.3", "nan", "inf", "1e5", "--1", "9" * 400, "1,2345"]
)
def test_what_might_mean_two_things_is_refused(typed):
    with pytest.raises(ValueError, match=r"Not a number|Too large"):
        parse_number(typed)


def test_fields_clean_before_they_measure():
    form = ProductForm(
        {"name": "\u200b12345\u200b67890 ", "kind": "a", "value": "71 %", "day": "3/4/2026"}
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == "1234567890"
    assert form.cleaned_data["value"] == 71
    assert form.cleaned_data["day"] == date(2026, 4, 3)
    assert form.cleaned_data["mission"] == ""


def test_an_empty_number_is_no_number_and_limits_hold():
    assert ProductForm({"name": "x", "kind": "a", "value": " "}).fields["value"].clean(" ") is None
    form = ProductForm({"name": "x", "kind": "a", "value": "101"})
    assert list(form.errors) == ["value"]


def test_a_field_names_its_hint_and_its_error():
    page = soup(ProductForm({"name": "", "value": "many"}))
    control = page.find(id="id_name")
    assert control["aria-describedby"] == "id_name_helptext id_name_error"
    assert control["aria-invalid"] == "true"
    assert "required" not in control.attrs
    assert page.find(id="id_name_helptext").text == "What people call it."
    assert page.find(id="id_name_error").text.split() == ["Error:", "Name", "is", "missing."]
    assert "Enter a number" in page.find(id="id_value_error").text
    assert page.find("label", attrs={"for": "id_name"}).text == "Name"


def test_optional_fields_say_so_and_boxes_do_not():
    page = soup(ProductForm())
    assert page.find("label", attrs={"for": "id_mission"}).text == "Mission (optional)"
    assert page.find("label", attrs={"for": "id_guardrail"}).text == "Guardrail"
    assert "*" not in page.text


def test_choices_are_a_group_with_a_legend():
    group = soup(ProductForm()).find("fieldset")
    assert group.legend.text == "Kind"
    assert [label.text.strip() for label in group.find_all("label")] == ["Product", "Service"]


def test_every_field_is_drawn_once_also_when_grouped():
    for form in (ProductForm(), GroupedForm()):
        names = [control["name"] for control in soup(form).find_all(["input", "textarea"])]
        assert sorted(set(names)) == sorted(form.fields)
        assert names.count("name") == names.count("token") == 1
    assert [(g.legend, [f.name for f in g.fields]) for g in field_groups(GroupedForm())] == [
        ("What it is", ["name", "kind"]),
        ("", ["mission", "guardrail", "value", "day"]),
    ]
