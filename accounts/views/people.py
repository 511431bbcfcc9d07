"""Pages about people: the administrators' list, one's own profile, the ways in and out."""

from __future__ import annotations

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.confirming import confirmed
from accounts.enums import Density, Role
from accounts.forms import InviteForm, PersonFilterForm, PersonForm, ProfileForm
from accounts.holdings import hand_over_url, holdings_of
from accounts.models import User
from accounts.policies import user_of
from accounts.selectors import people, ready_demo_people
from accounts.viewers import house_zone
from core.audit import model_history
from core.formats import short_day
from core.history import HistoryEntry
from core.htmx import swaps
from core.middleware import local_path
from core.paging import list_page
from core.periods import local_date
from core.toasts import add_toast

BACKEND = "accounts.adapters.AuthenticationBackend"
LAST_ADMINISTRATOR = "This is the last administrator. Make somebody else one first."


@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Everyone with an account, by name."""
    form = PersonFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = people(wanted.get("q", ""), wanted.get("state", ""))
    page = list_page(found, request, noun="person", plural="people")
    template = "accounts/person_list.html" + ("#results" if swaps(request, "results") else "")
    return render(
        request, template, {"form": form, "page": page, "is_filtered": any(wanted.values())}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed(when=lambda request: request.POST.get("role") != Role.EMPLOYEE)
def person_invite(request: HttpRequest) -> HttpResponse:
    """Give somebody an account and send them the link to it."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.invite_user(
                **form.cleaned_data, by=user_of(request), now=timezone.now()
            )
        except services.EmailTakenError:
            form.add_error("email", "There is already an account with this e-mail address.")
        else:
            messages.success(request, f"{user.name} is invited. A mail is on its way.")
            return redirect("accounts:person_list")
    texts = {"title": "Invite somebody", "submit_label": "Send invitation"}
    return _form_page(request, "accounts/person_invite.html", form, _crumbs(), **texts)


@require_safe
def person_detail(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account: what it may do, what it holds, what became of it."""
    person = get_object_or_404(User, pk=user_id)
    context = {
        "person": person,
        "crumbs": [*_crumbs(), (person.name, "")],
        "facts": _facts(person, house_zone(request.user)),
        "holdings": holdings_of(person),
        "hand_over_url": hand_over_url(person),
        "history": _history(person),
    }
    return render(request, "accounts/person_detail.html", context)


def _history(person: User) -> list[HistoryEntry]:
    """What administrators changed; that somebody ended their sessions is theirs to know."""
    entries = model_history(
        User,
        Q(pgh_obj_id=person.pk),
        subject=lambda row: row.name,
        limit=20,
        leave_out={"session_epoch"},
    )
    return [entry for entry in entries if entry.changes]


def _facts(person: User, zone: str) -> list[tuple[str, object]]:
    last = local_date(person.last_login, zone) if person.last_login else None
    facts: list[tuple[str, object]] = [
        ("E-mail", person.email),
        ("Role", person.get_role_display()),
        ("Time zone", person.time_zone or "The organisation's"),
        ("Account since", short_day(local_date(person.created_at, zone))),
        ("Last signed in", short_day(last) if last else "never"),
    ]
    return facts


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def person_edit(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change somebody's name, role or zone."""
    person = get_object_or_404(User, pk=user_id)
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_user(
                user_id=user_id, fields=form.cleaned_data, by=user_of(request), now=timezone.now()
            )
        except services.LastAdministratorError:
            form.add_error("role", LAST_ADMINISTRATOR)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:person_detail", user_id)
    texts = {"title": f"Edit {person.name}", "submit_label": "Save"}
    return _form_page(request, "components/form_page.html", form, _crumbs(person), **texts)


@require_http_methods(["GET", "HEAD", "POST"])
def person_deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take the way in from somebody, after telling what they hold."""
    person = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return _deactivation_page(request, person)
    try:
        services.deactivate_user(user_id=user_id, by=user_of(request), now=timezone.now())
    except services.OwnAccountError:
        messages.error(request, "Nobody deactivates their own account. Ask another administrator.")
    except services.LastAdministratorError:
        messages.error(request, LAST_ADMINISTRATOR)
    else:
        undo_url = reverse("accounts:person_reactivate", args=[user_id])
        add_toast(request, f"{person.name} can't sign in any more.", undo_url=undo_url)
    return redirect("accounts:person_detail", user_id)


def _deactivation_page(request: HttpRequest, person: User) -> HttpResponse:
    context = {
        "person": person,
        "title": f"Deactivate {person.name}",
        "confirm_label": "Deactivate",
        "danger": True,
        "cancel_url": person.get_absolute_url(),
        "crumbs": [*_crumbs(person), ("Deactivate", "")],
        "holdings": holdings_of(person),
        "hand_over_url": hand_over_url(person),
    }
    return render(request, "accounts/person_deactivate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let somebody in again."""
    person = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        context = {
            "title": f"Reactivate {person.name}",
            "lede": "They can sign in again, with the password and the role they had.",
            "confirm_label": "Reactivate",
            "cancel_url": person.get_absolute_url(),
            "crumbs": [*_crumbs(person), ("Reactivate", "")],
        }
        return render(request, "components/confirm_page.html", context)
    services.reactivate_user(user_id=user_id, by=user_of(request), now=timezone.now())
    messages.success(request, f"{person.name} can sign in again.")
    return redirect("accounts:person_detail", user_id)


@require_POST
def person_resend(request: HttpRequest, user_id: int) -> HttpResponse:
    """Send a fresh link to somebody who has not used the first one."""
    get_object_or_404(User, pk=user_id)
    try:
        user = services.resend_invitation(user_id=user_id, by=user_of(request), now=timezone.now())
    except services.NotInvitedError:
        messages.error(request, "There is no invitation to send again.")
    else:
        messages.success(request, f"A new invitation to {user.email} is on its way.")
    return redirect("accounts:person_detail", user_id)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """What people decide about themselves."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        services.update_profile(fields=form.cleaned_data, by=user_of(request), now=timezone.now())
        messages.success(request, "Saved.")
        return redirect("accounts:profile")
    texts = {"title": "Your profile", "submit_label": "Save"}
    return _form_page(request, "accounts/profile.html", form, [], **texts)


@require_POST
def density(request: HttpRequest) -> HttpResponse:
    """How high rows of lists are; then back to where one was. Anything else changes nothing."""
    wanted = request.POST.get("density", "")
    if wanted in Density.values:
        fields = {"density": wanted}
        services.update_profile(fields=fields, by=user_of(request), now=timezone.now())
    return redirect(local_path(request, request.headers.get("Referer", "")) or "accounts:profile")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponseBase:
    """End all sessions of one's account, this one too."""
    services.sign_out_everywhere(by=user_of(request), now=timezone.now())
    return sign_out(request)


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """allauth's, and the browser forgets what it kept of the pages."""
    response: HttpResponseBase = allauth.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def change_password(request: HttpRequest) -> HttpResponseBase:
    """allauth's; for people who have none (in the demo) a word instead."""
    if not user_of(request).has_usable_password():
        return _no_password(request)
    response: HttpResponseBase = allauth.password_change(request)
    return response


def reauthenticate(request: HttpRequest) -> HttpResponseBase:
    """allauth's: the password once more, then on to what it is needed for (`confirming.py`)."""
    if not user_of(request).has_usable_password():
        return _no_password(request)
    response: HttpResponseBase = allauth.reauthenticate(request)
    return response


def _no_password(request: HttpRequest) -> HttpResponse:
    messages.info(request, "This account has no password: it is signed in to by a click.")
    return redirect("accounts:profile")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Five ready people, one click each. Exists in demo mode only (policy `demo`)."""
    ready = ready_demo_people()
    if request.method != "POST":
        return render(request, "accounts/demo_sign_in.html", {"people": ready})
    chosen = {str(person.pk): person for person, _ in ready}.get(request.POST.get("person", ""))
    if chosen is None:
        messages.error(request, "That person is not part of the demo.")
        return redirect("accounts:demo_sign_in")
    login(request, chosen, backend=BACKEND)
    return redirect(settings.LOGIN_REDIRECT_URL)


def _crumbs(person: User | None = None) -> list[tuple[str, str]]:
    """The way back to the list, or to one person's page."""
    way = [("People", reverse("accounts:person_list"))]
    return [*way, (person.name, person.get_absolute_url())] if person else way


def _form_page(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    way: list[tuple[str, str]],
    **texts: str,
) -> HttpResponse:
    """A page around a form; 422 when the form was sent and has errors. `way` leads back."""
    context = {"form": form, "crumbs": [*way, (texts["title"], "")] if way else [], **texts}
    context["cancel_url"] = way[-1][1] if way else ""
    return render(request, template, context, status=422 if form.errors else 200)
