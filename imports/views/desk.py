"""What lies on the table while the columns of a file are chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, QueryDict

from core.forms import clean_text
from imports import kinds, presenters, selectors
from imports.forms import ColumnsForm, columns_named
from imports.models import ImportRun, SavedMapping
from imports.rules.guess import families, guess_mapping
from imports.rules.mapping import FileFormat, Mapping, MappingRefused
from imports.rules.toml import mapping_text

MOST_LINES = 100
MOST_FAMILIES = 50  # to offer; each is looked for in every header


@dataclass(slots=True)
class Desk:
    """A run that waits for its columns, its file as far as it has been looked at, and `base`, the
    mapping so far: kept, or guessed.
    """

    run: ImportRun
    kind: kinds.ImportKind
    columns: selectors.Columns
    base: Mapping
    options: tuple[tuple[str, str], ...]

    @property
    def labels(self) -> dict[str, str]:
        """The names of the series that there may be."""
        return dict(self.options)

    @property
    def text(self) -> str:
        """The mapping so far, as TOML."""
        return self.run.mapping or mapping_text(self.base, self.kind.spec)

    def form(self, data: QueryDict | None = None, *, shown: QueryDict | None = None) -> ColumnsForm:
        """The questions, as the mapping so far answers them, or as they were answered."""
        return ColumnsForm(
            data,
            spec=self.kind.spec,
            names=self.columns.names,
            base=self.base,
            options=self.options,
            shown=shown,
            name=str(self.run.saved_mapping or self.base.name),
        )

    def text_of(self, form: ColumnsForm) -> str:
        """The mapping that the form says; empty, with the problems in the form, where it can't be
        used. Where it says the same, the text stays as it was written, with its comments.
        """
        mapping = form.as_mapping()
        if self.run.mapping and mapping == self.base:
            return self.run.mapping
        text = mapping_text(mapping, self.kind.spec)
        try:
            self.kind.read_mapping(text)
        except MappingRefused as refused:
            form.add_problems(refused.problems)
            return ""
        return text

    def named(self, text: str, name: str) -> str:
        """The mapping with the name that it is saved under."""
        mapping = self.kind.read_mapping(text)
        if mapping.name == name:
            return text
        return mapping_text(replace(mapping, name=name, kind=self.kind.key), self.kind.spec)

    def saved_as(self, text: str) -> SavedMapping | None:
        """The saved mapping that this text still is."""
        saved = self.run.saved_mapping
        return saved if saved is not None and saved.text == text else None

    def families(self) -> list[presenters.FamilyLine]:
        """Header patterns that find more than one column."""
        found = [
            (family.pattern, columns_named(family.pattern, self.columns.names))
            for family in families(self.columns.names)[:MOST_FAMILIES]
        ]
        return presenters.family_lines(one for one in found if len(one[1]) > 1)

    def sample(self, limit: int) -> selectors.Sample:
        """What the first records yield with the mapping so far."""
        return selectors.sample(self.run, self.base, limit)

    def subjects(self, limit: int) -> presenters.SubjectTable | None:
        """The first records by their fields, where there is nothing else to show of them."""
        spec = self.kind.spec
        return (
            None
            if spec.series
            else (presenters.subject_table(self.columns, self.base, spec, limit))
        )


def open_desk(run: ImportRun, data: QueryDict | None = None) -> Desk:
    """Look at the file, and take the mapping so far, or a guess. What `data` says of the line of
    the header and of the sheet counts already: it decides which columns there are.

    Raises:
        Http404: the app that knew this kind of file is gone.
    """
    try:
        kind = kinds.kind(run.kind)
    except KeyError:
        raise Http404("No such kind of file.") from None
    kept, options = _kept(run, kind), tuple(kind.series_options())
    written = _written(kept.file if kept else FileFormat(), data)
    columns = selectors.columns_of(run, written)
    base = kept or guess_mapping(columns.header, columns.rows, kind.spec, options)
    return Desk(run, kind, columns, replace(base, file=written), options)


def _written(file: FileFormat, data: QueryDict | None) -> FileFormat:
    if data is None or "header_line" not in data:
        return file
    line = data.get("header_line", "").strip()
    is_line = line.isascii() and line.isdigit() and 0 < int(line[:4]) <= MOST_LINES
    sheet = clean_text(data.get("sheet", ""))
    return replace(file, header_line=int(line) if is_line else file.header_line, sheet=sheet)


def _kept(run: ImportRun, kind: kinds.ImportKind) -> Mapping | None:
    try:
        return kind.read_mapping(run.mapping) if run.mapping else None
    except MappingRefused:
        return None  # written for an older version of ours


def first_lines(run: ImportRun, limit: int) -> list[presenters.SampleLine]:
    """What the first records of a checked file become; nothing where nobody can tell any more."""
    try:
        desk = open_desk(run)
    except Http404:
        return []
    return presenters.sample_lines(desk.sample(limit).lines, desk.labels)
