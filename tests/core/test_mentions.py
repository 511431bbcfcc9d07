"""Names and addresses as patterns: what is found, what is not, and the same in both languages."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from core.mentions import Mentions

DANA = Mentions.of(["Dana Reyes", "Zoë  O'Brien-Müller", "李雷"], ["dana@x.org"])
GONE, SLUG = "an erased person", "erased-person"
CASES = [
    ("Dana Reyes", GONE),
    ("DANA  reyes!", f"{GONE}!"),
    ("Dana\nReyes", GONE),
    ("Reyes, Dana", GONE),
    ("(Dana Reyes)", f"({GONE})"),
    ("Dana Reyesson and Jordana Reyes", "Dana Reyesson and Jordana Reyes"),
    ("Dana alone, and Reyes", "Dana alone, and Reyes"),
    ("ZOË O'BRIEN-MÜLLER’s", f"{GONE}’s"),
    ("我见过李雷了", f"我见过{GONE}了"),
    ("dana@x.org, Dana@X.ORG.", f"{GONE}, {GONE}."),
    ("jor.dana@x.org, dana@x.org.uk, dana@x.orgs", "jor.dana@x.org, dana@x.org.uk, dana@x.orgs"),
    ("/people/dana-reyes/edit", f"/people/{SLUG}/edit"),
    ("?q=dana%40x.org", f"?q={SLUG}"),
    ("zoe-obrien-muller", SLUG),
    ("nobody", "nobody"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_is_found(text, after):
    assert DANA.hidden(text) == after
    assert DANA.are_in(text) is (text != after)


@pytest.mark.django_db
def test_postgresql_finds_the_same():
    texts = [text for text, _ in CASES]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT core_anonymous(one, %s, %s), one ~* %s OR one ~* %s, to_jsonb(one)::text ~* %s"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS given(one, no) ORDER BY no",
            [DANA.words, DANA.slugs, DANA.words, DANA.slugs, DANA.inside_json, texts],
        )
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == [after for _, after in CASES]
    assert [row[1] for row in rows] == [text != after for text, after in CASES]
    missed = [text for (text, after), row in zip(CASES, rows, strict=True)
              if text != after and not row[2]]  # fmt: skip
    assert missed == []


@pytest.mark.django_db
def test_every_text_of_a_json_is_looked_at():
    value = {"Dana Reyes": [1, None, True, {"x": "Reyes, Dana\nand dana@x.org"}], "y": [], "z": {}}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT core_anonymous(%s::jsonb, %s, %s)", [json.dumps(value), DANA.words, DANA.slugs]
        )
        found = cursor.fetchone()[0]
    wanted = {GONE: [1, None, True, {"x": f"{GONE}\nand {GONE}"}], "y": [], "z": {}}
    assert (found if isinstance(found, dict) else json.loads(found)) == wanted


def test_addresses_are_found_with_any_sign_between():
    one = Mentions.of(["Dana Reyes", "May"], ["dana@x.org"])
    for text in ("a/dana-reyes", "a/dana_reyes", "a/Dana.Reyes", "may-desk", "mailto:dana@x.org"):
        assert SLUG in one.hidden(text, is_address=True)
    for text in ("a/dana-reyeses", "mayday", "dismay"):
        assert one.hidden(text, is_address=True) == text
    assert one.hidden("may-desk") == f"{GONE}-desk"


def test_nothing_to_look_for_finds_nothing():
    nobody = Mentions.of(["", " ", "x"], [""])
    for text in ("", "x", "a\nb", "$."):
        assert nobody.hidden(text) == text
        assert nobody.hidden(text, is_address=True) == text
        assert not nobody.are_in(text)


def test_an_excerpt_shows_what_stands_around():
    text = "a " * 60 + "Dana Reyes" + " b" * 60
    excerpt = DANA.excerpt(text)
    assert excerpt.startswith("…") and excerpt.endswith("…")
    assert "a Dana Reyes b" in excerpt
    assert len(excerpt) < 100
    assert DANA.excerpt("nobody") == ""


@given(st.text(min_size=2, max_size=30), st.text(max_size=30))
def test_any_name_makes_a_pattern(name, text):
    one = Mentions.of([name], [])
    for pattern in (one.words, one.slugs, one.addresses, one.inside_json):
        re.compile(pattern)
    hidden = one.hidden(f"{text} {name} {text}")
    assert isinstance(hidden, str)
    if name.split() and len(" ".join(name.split())) > 1:
        assert one.are_in(f"\n{' '.join(name.split())}\n")
