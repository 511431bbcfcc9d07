"""Who works on a product."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.policies import allows
from core.toasts import add_toast
from portfolio.forms import MembershipForm, NewMemberForm
from portfolio.models import Membership, Product
from portfolio.policies import ProductRequest
from portfolio.presenters import member_lines, product_context, product_crumbs
from portfolio.selectors import colleagues_of, find_product, members_of
from portfolio.services import CannotSignIn, remove_member, set_member

GET_OR_POST = ["GET", "HEAD", "POST"]
UNDO_SALT = "portfolio.membership"
UNDO_SECONDS = 24 * 60 * 60


@require_safe
def product_members(request: ProductRequest, slug: str) -> HttpResponse:
    """Members, what they are to the product, and the form that adds one."""
    return _members_page(request, NewMemberForm(product=request.product))


@require_http_methods(["POST"])
def membership_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Add a colleague; with `?undo=` put somebody back who was just removed."""
    if "undo" in request.GET:
        return _put_back(request)
    form = NewMemberForm(request.POST, product=request.product)
    if not form.is_valid():
        return _members_page(request, form)
    person: User = form.cleaned_data.pop("person")
    set_member(
        product=request.product, user=person, by=request.user, now=timezone.now(),
        **form.cleaned_data,
    )  # fmt: skip
    add_toast(request, f"{person} is a member.", undo_url=_removal(request.product, person))
    return redirect("portfolio:product_members", request.product.slug)


@require_http_methods(GET_OR_POST)
def membership_edit(request: ProductRequest, slug: str, user_id: int) -> HttpResponse:
    """Change what a member is to the product."""
    member = _member(request.product, user_id)
    before = _facts(member)
    form = MembershipForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        set_member(
            product=request.product, user=member.user, by=request.user, now=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
        undo_url = _undo(request.product, member.user_id, before)
        return _done(request, f"{member.user} is changed.", undo_url)
    context = {
        "form": form,
        "title": f"{member.user} in {request.product}",
        "submit_label": "Save changes",
        "cancel_url": reverse("portfolio:product_members", args=[request.product.slug]),
        "crumbs": product_crumbs(request.product, str(member.user)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


@require_http_methods(GET_OR_POST)
def membership_delete(request: ProductRequest, slug: str, user_id: int) -> HttpResponse:
    """Remove a member; the toast's Undo puts them back as they were."""
    member = _member(request.product, user_id)
    if request.method == "POST":
        remove_member(
            product=request.product, user=member.user, by=request.user, now=timezone.now()
        )
        undo_url = _undo(request.product, member.user_id, _facts(member))
        return _done(request, f"{member.user} is no longer a member.", undo_url)
    context = {
        "form": None,
        "title": f"Remove {member.user}",
        "lede": f"{member.user} will no longer work on {request.product}.",
        "confirm_label": "Remove",
        "cancel_url": reverse("portfolio:product_members", args=[request.product.slug]),
        "crumbs": product_crumbs(request.product, "Remove a member"),
    }
    return render(request, "components/confirm_page.html", context)


def _members_page(request: ProductRequest, form: NewMemberForm) -> HttpResponse:
    context = {
        **product_context(request, request.product, "members"),
        "members": member_lines(members_of(request.product)),
        "form": form,
        "people": colleagues_of(request.product),
    }
    status = 422 if form.is_bound else 200
    return render(request, "portfolio/product_members.html", context, status=status)


def _member(product: Product, user_id: int) -> Membership:
    members = Membership.objects.select_related("user")
    return get_object_or_404(members, product=product, user_id=user_id)


def _facts(member: Membership) -> dict[str, Any]:
    return {
        "role": member.role,
        "shape": member.shape,
        "stakeholder_grant": member.stakeholder_grant,
    }


def _undo(product: Product, user_id: int, facts: dict[str, Any]) -> str:
    """An address whose POST restores exactly this; signed, so nobody can write their own."""
    value = signing.dumps([product.pk, user_id, facts], salt=UNDO_SALT)
    return f"{reverse('portfolio:membership_create', args=[product.slug])}?undo={value}"


def _removal(product: Product, person: User) -> str:
    return reverse("portfolio:membership_delete", args=[product.slug, person.pk])


def _put_back(request: ProductRequest) -> HttpResponse:
    try:
        person, facts = _signed(request)
        set_member(
            product=request.product, user=person, by=request.user, now=timezone.now(), **facts
        )
    except (signing.BadSignature, User.DoesNotExist, CannotSignIn):
        add_toast(request, "This can no longer be undone.", level=messages.ERROR)
    else:
        add_toast(request, f"{person} is as before.")
    return redirect("portfolio:product_members", request.product.slug)


def _signed(request: ProductRequest) -> tuple[User, dict[str, Any]]:
    """Whom to put back as what.

    Raises:
        BadSignature: not written by us, too old, or of another product.
        User.DoesNotExist: the account is gone.
    """
    value = request.GET["undo"]
    product_id, user_id, facts = signing.loads(value, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    if product_id != request.product.pk:
        raise signing.BadSignature("of another product")
    return User.objects.get(pk=user_id), facts


def _done(request: ProductRequest, words: str, undo_url: str) -> HttpResponse:
    """Back to the members, unless that was the person's own last right to see them."""
    try:
        product = find_product(request.user, request.product.slug)
    except Product.DoesNotExist:
        add_toast(request, words)
        return redirect("portfolio:product_list")
    if not allows("product.manage", request.user, product):
        add_toast(request, words)
        return redirect(product)
    add_toast(request, words, undo_url=undo_url)
    return redirect("portfolio:product_members", product.slug)
