"""The forms of portfolio. They shape and check; services write."""

from portfolio.forms.needed import (
    EndForm,
    EntryForm,
    NeededForm,
    RiskEndForm,
    RiskForm,
    needed_initial,
    risk_initial,
)
from portfolio.forms.people import (
    HandOverForm,
    LeadForm,
    MembershipForm,
    NewMemberForm,
)
from portfolio.forms.products import DeletionForm, ProductForm, product_initial, taken
from portfolio.forms.releases import ReleaseForm, release_initial
from portfolio.forms.structure import FunctionForm, PortfolioForm, TeamForm
from portfolio.forms.views import SavedViewForm, view_initial

__all__ = [
    "DeletionForm",
    "EndForm",
    "EntryForm",
    "FunctionForm",
    "HandOverForm",
    "LeadForm",
    "MembershipForm",
    "NeededForm",
    "NewMemberForm",
    "PortfolioForm",
    "ProductForm",
    "ReleaseForm",
    "RiskEndForm",
    "RiskForm",
    "SavedViewForm",
    "TeamForm",
    "needed_initial",
    "product_initial",
    "release_initial",
    "risk_initial",
    "taken",
    "view_initial",
]
