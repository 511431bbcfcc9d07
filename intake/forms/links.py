"""Shared links, and the switch for all of them."""

from __future__ import annotations

from django import forms

from core.forms import KnownDayField, TextField, WholeField


class LinkForm(forms.Form):
    """Who it is for, and how much may come by it. `token`: which form was sent."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    label = TextField(
        label="Who it is for", max_length=120, help_text="Drivers without an account, visitors."
    )
    a_day = WholeField(
        label="Requests a day",
        lowest=1,
        highest=1000,
        initial=50,
        help_text="More than that has to wait for the next day.",
    )
    expires_on = KnownDayField(
        label="Until", required=False, help_text="The last day it works. Empty: until you end it."
    )


class GuestForm(forms.Form):
    """One switch for the whole organisation."""

    allows_guests = forms.BooleanField(
        label="Take requests from people without an account",
        required=False,
        help_text="By links that product managers make and hand round. Off: no link works.",
    )
