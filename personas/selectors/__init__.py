"""Reads over personas, goals and how well products serve them."""

from personas.selectors.audiences import (
    AudiencePlan,
    Counted,
    audience_plans,
    audiences_of,
    personas_without,
)
from personas.selectors.coverage import Coverage, GoalRow, Judged, coverage
from personas.selectors.files import FiledGoal, FiledPersona, persona_file
from personas.selectors.goals import CoverageFilters, Goals, Options, all_goals
from personas.selectors.history import (
    audience_count_history,
    audience_history,
    fit_history,
    last_change,
    persona_history,
)
from personas.selectors.overlaps import (
    Duplicate,
    Duplicates,
    SharedPersona,
    SharedPersonas,
    possible_duplicates,
    possible_shared_personas,
)
from personas.selectors.personas import (
    Dependants,
    GoalPortrait,
    Portrait,
    department_names,
    dependants_of,
    dependants_of_goal,
    people_of,
    personas_with_counts,
    portrait,
    suggested_rhythm_of,
    work_of,
)
from personas.selectors.products import (
    OpenCell,
    Served,
    goals_without,
    open_cell,
    served_by,
)
from personas.selectors.releases import (
    persona_choices,
    personas_of_releases,
    release_mentions,
)

__all__ = [
    "AudiencePlan",
    "Counted",
    "Coverage",
    "CoverageFilters",
    "Dependants",
    "Duplicate",
    "Duplicates",
    "FiledGoal",
    "FiledPersona",
    "GoalPortrait",
    "GoalRow",
    "Goals",
    "Judged",
    "OpenCell",
    "Options",
    "Portrait",
    "Served",
    "SharedPersona",
    "SharedPersonas",
    "all_goals",
    "audience_count_history",
    "audience_history",
    "audience_plans",
    "audiences_of",
    "coverage",
    "department_names",
    "dependants_of",
    "dependants_of_goal",
    "fit_history",
    "goals_without",
    "last_change",
    "open_cell",
    "people_of",
    "persona_choices",
    "persona_file",
    "persona_history",
    "personas_of_releases",
    "personas_with_counts",
    "personas_without",
    "portrait",
    "possible_duplicates",
    "possible_shared_personas",
    "release_mentions",
    "served_by",
    "suggested_rhythm_of",
    "work_of",
]
