"""What people type about personas. Forms shape and check; services write."""

from personas.forms.audiences import AudienceForm
from personas.forms.overlaps import ReasonForm
from personas.forms.people import EvidenceForm, HeadCountForm
from personas.forms.personas import DeletionForm, PersonaForm, persona_initial
from personas.forms.releases import release_fields
from personas.forms.work import FitForm, GoalForm, TaskForm

__all__ = [
    "AudienceForm",
    "DeletionForm",
    "EvidenceForm",
    "FitForm",
    "GoalForm",
    "HeadCountForm",
    "PersonaForm",
    "ReasonForm",
    "TaskForm",
    "persona_initial",
    "release_fields",
]
