"""The first way in."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


def run(**options: str) -> str:
    out = io.StringIO()
    call_command("create_administrator", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def terminal(monkeypatch):
    def answer(inputs: list[str], passwords: list[str]) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _: inputs.pop(0))
        monkeypatch.setattr("getpass.getpass", lambda _: passwords.pop(0))

    return answer


@pytest.mark.django_db
def test_without_a_terminal_it_prints_a_link_that_sets_the_password(client, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    out = run(email="ines@example.org", name="Ines")
    link = out.split("http://testserver")[1].strip()
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a whole new password"})
    assert client.get("/people/").status_code == 200


@pytest.mark.django_db
def test_at_a_terminal_it_asks(terminal, capsys):
    terminal(["ines@example.org", "Ines"], ["short", "a whole new password"])
    run()
    ines = User.objects.get()
    assert ines.is_administrator
    assert ines.check_password("a whole new password")
    assert "at least 12 characters" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options", [{"email": "nonsense", "name": "Ines"}, {"email": "ines@example.org", "name": ""}]
)
@pytest.mark.django_db
def test_what_is_missing_is_named(monkeypatch, options):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="Give"):
        run(**options)
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_an_address_that_is_taken_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    run(email="ines@example.org", name="Ines")
    with pytest.raises(CommandError, match="already"):
        run(email="INES@example.org", name="Ines")
