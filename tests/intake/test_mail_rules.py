"""What is read out of a mail: the sender's own words, whatever stands around them."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.mail_words import own_words, subject_words, text_of_html
from intake.rules.messages import Unreadable, read_message
from tests.intake.mails import AUTOMATIC, HOSTILE, mail, with_file

OURS = "I print it.\n\nThen I ring."


@pytest.mark.parametrize(
    "below",
    [
        "",
        "\n-- \nAnna Smith\nStore 12",
        "\n--\nAnna",
        "\nSent from my phone",
        "\nOn Mon, 23 Nov 2026 at 12:00, Ben <ben@example.com> wrote:\n> Hello\n>> Hi",
        "\nOn Mon, 23 Nov 2026 at 12:00, Ben Longname\n<ben@example.com>\nwrote:\n\n> Hello",
        "\nOn 23 Nov 2026, Ben wrote:\n\nHello unquoted",
        "\nAm 23.11.2026 um 12:00 schrieb Ben:\n> Hallo",
        "\n-----Original Message-----\nFrom: Ben\nHello",
        "\nFrom: Ben <ben@example.com>\nSent: Monday\nTo: Anna\n\nHello",
    ],
)
def test_only_their_own_words_stay(below):
    assert own_words(OURS + below) == OURS


def test_what_stands_between_and_below_quotations_stays():
    said = "On 23 Nov 2026, Ben wrote:\n> How often?\nTwice a day.\n> Where?\nIn store 12."
    assert own_words(said) == "Twice a day.\nIn store 12."


def test_what_only_looks_like_it_stays():
    for text in (
        "On Mondays I wrote:\na list",
        "From: the store to: the hall",
        "a --\n-- b",
        "First\n--\n" + "More\n" * 12 + "Last",
        "Sent from my desk\nevery day",
        "From: Ben\nSent: Monday\n\nHanded on with nothing above",
    ):
        assert own_words(text) == text.strip()


def test_a_page_becomes_words_without_anything_behind_them():
    page = (
        "<html><head><title>No</title><style>p{}</style></head><body><p>I print &lt;it&gt; &amp;"
        "\nring</p><img src='https://example.org/x.png'><script>x()</script><div>Twice</div>"
        "<blockquote>Theirs</blockquote></body></html>"
    )
    assert own_words(text_of_html(page)).split() == ["I", "print", "<it>", "&", "ring", "Twice"]


def test_subjects_lose_their_marks():
    assert subject_words("Re: FW: AW: Rosters: late") == "Rosters: late"
    assert subject_words("Reports are late") == "Reports are late"


def test_a_mail_is_read():
    read = read_message(mail("Wörter\n-- \nAnna\n", subject="Re: Dienstpläne für März"))
    assert (read.sender, read.name) == ("anna@example.com", "Anna Smith")
    assert (read.subject, read.text) == ("Dienstpläne für März", "Wörter")
    assert (read.identity, read.has_files, read.is_automatic) == ("<one@example.com>", False, False)


def test_the_page_counts_only_where_the_plain_part_says_nothing():
    assert read_message(mail("Plain", html="<p>Page</p>")).text == "Plain"
    assert read_message(mail(" \n", html="<p>Page</p>")).text == "Page"


def test_files_are_seen():
    assert read_message(with_file()).has_files
    assert not read_message(mail("x", html="<p>x</p>")).has_files


def test_without_a_key_the_same_words_are_the_same_mail():
    first, again, other = (read_message(mail(text, key="")) for text in ("a", "a", "b"))
    assert first.identity == again.identity != other.identity


@pytest.mark.parametrize("name", sorted(set(AUTOMATIC) - {"our own"}))
def test_what_a_machine_sent_is_told(name):
    assert read_message(AUTOMATIC[name]).is_automatic


def test_no_is_what_a_person_may_say():
    assert not read_message(
        mail(Auto_Submitted="no", Return_Path="<anna@example.com>")
    ).is_automatic


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_or_refused_in_two_seconds(name):
    begin = time.process_time()
    with contextlib.suppress(Unreadable):
        read = read_message(HOSTILE[name])
        f"{read.identity}{read.sender}{read.name}{read.subject}{read.text}".encode()
    assert time.process_time() - begin < 2


@given(st.binary(max_size=300), st.sampled_from(sorted(HOSTILE)), st.integers(0, 400))
def test_nothing_but_a_refusal_comes_of_any_bytes(noise, name, at):
    whole = HOSTILE[name][:2000]
    with contextlib.suppress(Unreadable):
        read_message(whole[:at] + noise + whole[at:])


@given(st.text(alphabet="On 1wrote:>-\n ", max_size=120))
def test_cutting_adds_nothing(text):
    assert set(own_words(text).splitlines()) <= {line.rstrip() for line in text.splitlines()} | {
        line.strip() for line in text.splitlines()
    }
