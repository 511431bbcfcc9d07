"""Which columns of a file mean what: chosen on its preview, or written as TOML."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import organisation
from core.htmx import swaps
from core.toasts import add_toast
from imports import presenters, selectors, services
from imports.enums import RunState
from imports.forms import TextForm, add_series, drop_series, posted_series
from imports.models import ImportRun, SavedMapping
from imports.policies import ImportRequest
from imports.rules.headers import PLACES
from imports.services import NameTaken, WrongState
from imports.views.desk import Desk, open_desk
from imports.views.requests import GET_OR_POST, elsewhere, run_crumbs, to_work

SAMPLE = 8
PAGE = "imports:run_mapping"


@require_http_methods(GET_OR_POST)
def run_mapping(request: ImportRequest, run_id: int) -> HttpResponse:
    """The columns of the file, what each means, and the values that come of it."""
    run = request.import_run
    try:
        if request.POST.get("do") == "back":
            services.back_to_mapping(run_id=run.pk, by=request.user, now=timezone.now())
            return redirect(PAGE, run.pk)
        return _answer(request, run) if run.state == RunState.MAPPING else redirect(run)
    except WrongState as refused:
        return elsewhere(request, refused)


def _answer(request: ImportRequest, run: ImportRun) -> HttpResponse:
    """The page for what was asked: columns, text, or a change of the form alone."""
    do, desk = request.POST.get("do", ""), open_desk(run, request.POST)
    if do == "use":
        return _use(request, desk)
    if request.GET.get("as") == "toml":
        return _text_page(request, desk)
    if do.startswith(("add", "family-", "remove-")):
        shown = _with_other_series(request.POST, desk, do)
        return _page(request, desk, desk.form(shown=shown))
    return _columns_page(request, desk)


def _columns_page(request: ImportRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _page(request, desk, desk.form())
    form = desk.form(request.POST)
    if form.is_valid() and (text := desk.text_of(form)):
        answer = _go_on(request, desk, form, text)
        if answer is not None:
            return answer
        if form.is_good:
            desk = open_desk(desk.run)
            form = desk.form()
    return _page(request, desk, form)


def _text_page(request: ImportRequest, desk: Desk) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = TextForm(data, kind=desk.kind, initial=_text_shown(desk))
    if data is not None and form.is_valid():
        answer = _go_on(request, desk, form, form.cleaned_data["text"])
        if answer is not None:
            return answer
        if form.is_good:
            desk = open_desk(desk.run)
            form = TextForm(kind=desk.kind, initial=_text_shown(desk))
    return _page(request, desk, form, template="imports/run_toml.html")


def _text_shown(desk: Desk) -> dict[str, str]:
    return {"text": desk.text, "name": str(desk.run.saved_mapping or desk.base.name)}


def _go_on(request: ImportRequest, desk: Desk, form: Any, text: str) -> HttpResponse | None:
    """Do what the button says with a mapping that can be used; None: show the page with it."""
    run, do, now = desk.run, request.POST.get("do", ""), timezone.now()
    saved = desk.saved_as(text)
    if do == "check":
        services.set_mapping(
            run_id=run.pk, text=text, saved_mapping=saved, by=request.user, now=now
        )
        return to_work(run)
    if do == "save":
        kept = _save(request, desk, form, text)
        if kept is None:
            return None
        text, saved = kept.text, kept
    desk.run = services.keep_mapping(
        run_id=run.pk, text=text, saved_mapping=saved, by=request.user, now=now
    )
    return redirect(request.get_full_path()) if do == "save" else None


def _save(request: ImportRequest, desk: Desk, form: Any, text: str) -> SavedMapping | None:
    """Keep the mapping under a name; None, with the reason beside the name, where it can't be."""
    name = form.cleaned_data["name"]
    if not name:
        form.add_error("name", "Enter a name to save it under.")
        return None
    try:
        saved = services.save_mapping(
            name=name,
            kind=desk.kind.key,
            text=desk.named(text, name),
            by=request.user,
            now=timezone.now(),
        )
    except NameTaken as error:
        form.add_error("name", f"{error} Choose another name.")
        return None
    add_toast(request, f"The mapping is saved as {saved}. The next file needs no telling.")
    return saved


def _use(request: ImportRequest, desk: Desk) -> HttpResponse:
    """Begin with a mapping that was saved before."""
    wanted = request.POST.get("saved", "")
    found = selectors.mappings_for(request.user, desk.kind.key)
    is_key = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
    saved = found.filter(pk=int(wanted)).first() if is_key else None
    if saved is not None:
        services.keep_mapping(
            run_id=desk.run.pk,
            text=saved.text,
            saved_mapping=saved,
            by=request.user,
            now=timezone.now(),
        )
    return redirect(PAGE, desk.run.pk)


def _with_other_series(data: QueryDict, desk: Desk, do: str) -> QueryDict:
    """The form with a family of columns more or less, everything else as typed."""
    what, _, number = do.partition("-")
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if what == "remove":
        return drop_series(data, place)
    families = desk.families()
    if what == "family" and 0 <= place < len(families):
        return add_series(data, value=families[place].pattern)
    return add_series(data)


def _page(
    request: ImportRequest, desk: Desk, form: Any, *, template: str = "imports/run_mapping.html"
) -> HttpResponse:
    is_wrong = form.is_bound and not form.is_good
    context = {
        "run": desk.run,
        "desk": desk,
        "form": form,
        "problems": form.summary if form.is_bound else [],
        "places": [f"{{{place}}}" for place in PLACES],
        "newest": max(posted_series(request.POST), default=-1) + 1,
        "is_swap": swaps(request, "mapping"),
        **_around(request, desk),
        **(_values(desk) if not is_wrong else {}),
    }
    if swaps(request, "values"):
        template = "imports/values.html"
    part = "#mapping" if context["is_swap"] else ""
    return render(request, f"{template}{part}", context, status=422 if is_wrong else 200)


def _around(request: ImportRequest, desk: Desk) -> dict[str, Any]:
    """What stands around the questions: the file, other mappings, the way here."""
    earlier = selectors.same_file(request.user, desk.run)
    is_text = request.GET.get("as") == "toml"
    return {
        "desk_words": presenters.file_words(desk.run, len(desk.columns.names)),
        "subject_title": desk.kind.spec.subject.capitalize(),
        "columns": presenters.column_lines(desk.columns),
        "families": desk.families(),
        "saved": selectors.mappings_for(request.user, desk.kind.key),
        "before": presenters.before_words(earlier, organisation().time_zone) if earlier else "",
        "is_text": is_text,
        "tabs": _tabs(desk, is_text=is_text),
        "crumbs": run_crumbs(desk.run, ("Columns", "")),
    }


def _values(desk: Desk) -> dict[str, Any]:
    """What the first records yield."""
    sample = desk.sample(SAMPLE)
    return {
        "sample": sample,
        "sample_words": presenters.sample_words(sample),
        "has_values": presenters.has_values(sample),
        "subjects": desk.subjects(SAMPLE),
        "lines": presenters.sample_lines(sample.lines, desk.labels),
    }


def _tabs(desk: Desk, *, is_text: bool) -> list[dict[str, Any]]:
    url = reverse(PAGE, args=[desk.run.pk])
    return [
        {"label": "Choose columns", "url": url, "is_current": not is_text},
        {"label": "As TOML", "url": f"{url}?as=toml", "is_current": is_text},
    ]
