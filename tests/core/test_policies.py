"""The table of policies: read strictly, complete, without dead entries."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404

from core import policies
from core.policies import (
    ObjectKind,
    allows,
    find_object,
    policy_problems,
    read_policies,
    register_object,
    register_policy,
    routes,
)


@pytest.fixture
def table(tmp_path):
    def write(text: str):
        path = tmp_path / "policies.yaml"
        path.write_text(text)
        return read_policies(path)

    return write


def test_the_table_is_flat(table):
    assert table('"health:board": signed_in\nhelp: public\n') == {
        "health:board": "signed_in",
        "help": "public",
    }


@pytest.mark.parametrize("text", ["", "- a\n", "a: [b]\n", "a: 1\n", "1: a\n"])
def test_anything_but_texts_is_refused(table, text):
    with pytest.raises(ImproperlyConfigured):
        table(text)


def test_a_name_that_stands_twice_is_refused(table):
    with pytest.raises(ImproperlyConfigured, match="twice: help"):
        table("help: public\nhelp: signed_in\n")


def test_a_route_without_an_entry_is_found():
    kept = {name: key for name, key in policies.policies().items() if name != "account_login"}
    assert "The route 'account_login' has no policy." in [p.msg for p in policy_problems(kept)]


def test_a_dead_entry_is_found():
    extended = {**policies.policies(), "ghost": "public"}
    assert "There is no route 'ghost'." in [p.msg for p in policy_problems(extended)]


def test_a_key_that_nobody_answers_is_found():
    changed = {**policies.policies(), "account_login": "product.fly"}
    found = [problem.id for problem in policy_problems(changed)]
    assert "core.E003" in found


def test_a_route_that_hides_its_object_is_found(monkeypatch):
    monkeypatch.setitem(policies._kinds, "mail", ObjectKind("mail", lambda *_: None, "slug"))
    changed = {**policies.policies(), "dev_mail_detail": "mail.read"}
    assert "core.E004" in [problem.id for problem in policy_problems(changed)]


def test_every_route_has_a_name_of_its_own():
    names = [route.name for route in routes()]
    assert None not in names
    assert len(names) == len(set(names))


def test_a_key_without_a_predicate_says_no():
    assert not allows("nobody.knows", object())


def test_one_kind_has_one_loader(monkeypatch):
    monkeypatch.setattr(policies, "_kinds", {})
    register_object("thing", len)
    register_object("thing", len)
    with pytest.raises(ValueError, match="thing"):
        register_object("thing", repr)


def test_a_loader_that_finds_nothing_means_404():
    with pytest.raises(Http404):
        find_object(ObjectKind("thing", lambda user, value: None, "slug"), None, "x")


def test_a_predicate_may_take_one_argument_or_two():
    register_policy("test.one", lambda user: user == "ines")
    register_policy("test.two", lambda user, thing: thing == "hers")
    assert allows("test.one", "ines", "anything")
    assert allows("test.two", "ines", "hers")
    assert not allows("test.two", "ines", None)
