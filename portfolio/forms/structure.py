"""The forms of what products hang on: portfolios, teams, business functions."""

from __future__ import annotations

from django import forms

from core.forms import ParagraphField, TextField


class PortfolioForm(forms.Form):
    """A portfolio."""

    name = TextField(label="Name", max_length=120)
    description = ParagraphField(label="What it is for", max_length=2000, required=False)


class TeamForm(forms.Form):
    """A team."""

    name = TextField(label="Name", max_length=120)


class FunctionForm(forms.Form):
    """A business function."""

    name = TextField(label="Name", max_length=80)
