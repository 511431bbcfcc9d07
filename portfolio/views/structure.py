"""Portfolios, teams and business functions: what products hang on."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from core.policies import allows
from core.toasts import add_toast
from portfolio.forms import FunctionForm, PortfolioForm, TeamForm, taken
from portfolio.models import BusinessFunction, Product, Team
from portfolio.policies import PortfolioRequest
from portfolio.selectors import (
    function_list,
    leads_of,
    portfolio_list,
    portfolio_products,
    team_list,
)
from portfolio.services import (
    NameTaken,
    create_function,
    create_portfolio,
    create_team,
    update_function,
    update_portfolio,
    update_team,
)

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def portfolios(request: SignedInRequest) -> HttpResponse:
    """All portfolios."""
    context = {
        "portfolios": portfolio_list(request.user),
        "may_write": allows("administrator", request.user),
    }
    return render(request, "portfolio/portfolio_list.html", context)


@require_safe
def portfolio_detail(request: PortfolioRequest, slug: str) -> HttpResponse:
    """A portfolio, its leads and its products."""
    portfolio = request.portfolio
    context = {
        "portfolio": portfolio,
        "products": portfolio_products(portfolio, request.user),
        "leads": leads_of(portfolio),
        "may_edit": allows("portfolio.manage", request.user, portfolio),
        "may_set_leads": allows("administrator", request.user),
        "may_create": allows("product.create", request.user),
        "crumbs": [("Portfolios", reverse("portfolio:portfolio_list")), (portfolio.name, "")],
    }
    return render(request, "portfolio/portfolio_detail.html", context)


@require_http_methods(GET_OR_POST)
def portfolio_create(request: SignedInRequest) -> HttpResponse:
    """A new portfolio."""
    form = PortfolioForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_portfolio(**form.cleaned_data, by=request.user, now=timezone.now())
        except NameTaken as error:
            form.add_error("name", taken(error))
        else:
            add_toast(request, f"{made} is ready for products.")
            # The first one was made on the way to the first product.
            return redirect(made if Product.objects.exists() else "portfolio:product_create")
    crumbs = [("Portfolios", reverse("portfolio:portfolio_list")), ("New", "")]
    return _form_page(request, form, "New portfolio", "Add portfolio", crumbs)


@require_http_methods(GET_OR_POST)
def portfolio_edit(request: PortfolioRequest, slug: str) -> HttpResponse:
    """Rename or describe a portfolio; its address stays."""
    portfolio = request.portfolio
    initial = {"name": portfolio.name, "description": portfolio.description}
    form = PortfolioForm(request.POST or None, initial=initial)
    crumbs = [(portfolio.name, portfolio.get_absolute_url()), ("Edit", "")]
    title = f"Edit {portfolio.name}"
    if request.method == "POST" and form.is_valid():
        try:
            update_portfolio(
                portfolio=portfolio, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except NameTaken as error:
            form.add_error("name", taken(error))
        else:
            add_toast(request, f"{portfolio} is saved.")
            return redirect(portfolio)
    return _form_page(request, form, title, "Save changes", crumbs)


@require_safe
def teams(request: SignedInRequest) -> HttpResponse:
    """All teams."""
    context = {"teams": team_list(request.user), "may_write": allows("administrator", request.user)}
    return render(request, "portfolio/team_list.html", context)


@require_http_methods(GET_OR_POST)
def team_create(request: SignedInRequest) -> HttpResponse:
    """A new team."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_team(**form.cleaned_data, by=request.user, now=timezone.now())
        except NameTaken as error:
            form.add_error("name", taken(error))
        else:
            add_toast(request, f"{form.cleaned_data['name']} is a team now.")
            return redirect("portfolio:team_list")
    crumbs = [("Teams", reverse("portfolio:team_list")), ("New", "")]
    return _form_page(request, form, "New team", "Add team", crumbs)


@require_http_methods(GET_OR_POST)
def team_edit(request: SignedInRequest, team_id: int) -> HttpResponse:
    """Rename a team."""
    team = get_object_or_404(Team, pk=team_id)
    form = TeamForm(request.POST or None, initial={"name": team.name})
    crumbs = [("Teams", reverse("portfolio:team_list")), (team.name, "")]
    title = f"Rename {team.name}"
    if request.method == "POST" and form.is_valid():
        try:
            update_team(team=team, **form.cleaned_data, by=request.user, now=timezone.now())
        except NameTaken as error:
            form.add_error("name", taken(error))
        else:
            add_toast(request, f"{team} is saved.")
            return redirect("portfolio:team_list")
    return _form_page(request, form, title, "Save changes", crumbs)


@require_safe
def functions(request: SignedInRequest) -> HttpResponse:
    """All business functions, those without a product too: an empty one is a question."""
    context = {
        "functions": function_list(request.user),
        "may_write": allows("administrator", request.user),
    }
    return render(request, "portfolio/function_list.html", context)


@require_http_methods(GET_OR_POST)
def function_create(request: SignedInRequest) -> HttpResponse:
    """A new business function."""
    form = FunctionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_function(**form.cleaned_data, by=request.user, now=timezone.now())
        except NameTaken as error:
            form.add_error("name", taken(error))
        else:
            add_toast(request, f"{form.cleaned_data['name']} is a function now.")
            return redirect("portfolio:function_list")
    crumbs = [("Functions", reverse("portfolio:function_list")), ("New", "")]
    return _form_page(request, form, "New business function", "Add function", crumbs)


@require_http_methods(GET_OR_POST)
def function_edit(request: SignedInRequest, function_id: int) -> HttpResponse:
    """Rename a business function."""
    function = get_object_or_404(BusinessFunction, pk=function_id)
    form = FunctionForm(request.POST or None, initial={"name": function.name})
    crumbs = [("Functions", reverse("portfolio:function_list")), (function.name, "")]
    title = f"Rename {function.name}"
    if request.method == "POST" and form.is_valid():
        try:
            update_function(
                function=function, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except NameTaken as error:
            form.add_error("name", taken(error))
        else:
            add_toast(request, f"{function} is saved.")
            return redirect("portfolio:function_list")
    return _form_page(request, form, title, "Save changes", crumbs)


Crumbs = list[tuple[str, str]]


def _form_page(
    request: SignedInRequest,
    form: PortfolioForm | TeamForm | FunctionForm,
    title: str,
    submit_label: str,
    crumbs: Crumbs,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "submit_label": submit_label,
        "cancel_url": next(url for _, url in crumbs if url),
        "crumbs": crumbs,
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)
