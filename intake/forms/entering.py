"""A request that a member of the team enters for somebody."""

from __future__ import annotations

from intake.forms.asking import AskForm

WHO = ("name", "email", "department")
WHAT = ("goal", "today", "times", "per", "minutes", "people", "tried", "solution", "is_private")


class EnterForm(AskForm):
    """Who asked, and what they said; their e-mail may be unknown."""

    field_order = (*WHO, *WHAT)
    fieldsets = (("Who asked", WHO), ("What they said", WHAT))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, names=(*WHO, *WHAT), **kwargs)  # type: ignore[arg-type]  # passed on
        self.fields["name"].label = "Their name"
        self.fields["email"].label = "Their e-mail"
        self.fields["email"].help_text = "To tell them what becomes of it."
        self.fields["email"].required = False
        self.fields["department"].label = "Their department"
        self.fields["today"].required = False
        labels = {
            "goal": "What are they trying to get done?",
            "tried": "What have they tried?",
            "solution": "Have they thought of a solution?",
        }
        for name, label in labels.items():
            self.fields[name].label = label
