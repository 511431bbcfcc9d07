"""Every write of the personas app: verb first, keyword-only, atomic, told by whom and when."""

from core.versions import Conflict
from personas.services.audiences import remove_audience, set_audience
from personas.services.evidence import add_evidence, remove_evidence
from personas.services.fits import judge_fit
from personas.services.overlaps import (
    dismiss_duplicate,
    dismiss_shared_persona,
    speak_of_duplicate,
    speak_of_shared_persona,
)
from personas.services.people import remove_head_count, set_head_count
from personas.services.personas import (
    EDITABLE,
    NameTaken,
    create_persona,
    delete_persona,
    update_persona,
)
from personas.services.releases import set_release_personas
from personas.services.work import (
    add_goal,
    add_task,
    change_goal,
    change_task,
    delete_goal,
    delete_task,
)

__all__ = [
    "EDITABLE",
    "Conflict",
    "NameTaken",
    "add_evidence",
    "add_goal",
    "add_task",
    "change_goal",
    "change_task",
    "create_persona",
    "delete_goal",
    "delete_persona",
    "delete_task",
    "dismiss_duplicate",
    "dismiss_shared_persona",
    "judge_fit",
    "remove_audience",
    "remove_evidence",
    "remove_head_count",
    "set_audience",
    "set_head_count",
    "set_release_personas",
    "speak_of_duplicate",
    "speak_of_shared_persona",
    "update_persona",
]
