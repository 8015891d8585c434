"""What an import changes, field by field: from the images it keeps and from what stands there after it.

Call it in the transaction of the import, which a trial run then takes back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Application, Base
from zhupei_cli.rules.admission.scores import COMPONENTS, Mark
from zhupei_cli.rules.people.fields import FORM_LABELS
from zhupei_cli.services.applications import store
from zhupei_cli.services.applications.drafts import form_cells
from zhupei_cli.services.applications.store import Form
from zhupei_cli.services.batches.plans import TERMS
from zhupei_cli.services.marks.score_marks import mark_columns, marks_of
from zhupei_cli.services.people import profiles
from zhupei_cli.services.people.profiles import Profile, profile_of
from zhupei_cli.services.records.row_stamps import STAMPS
from zhupei_cli.services.undo.field_words import Words, field_label
from zhupei_cli.services.undo.import_rows import ENTITY, Written, find_import, load_rows, texts
from zhupei_cli.services.undo.source_lines import places
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import rows_of

_TABLES: Final = Base.metadata.tables
_APPLICATION: Table = _TABLES[Application.__tablename__]

#: What of a new entry a line about it says.
_NAMED_BY: Final = {"education": "school", "work": "employer_name"}

#: field, old value, new value; an entry that is new is one value
Difference = tuple[str, object, object]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One field that an import changes, or one thing it adds (`field` is empty then)."""

    file: str
    sheet: str
    row: int
    entity: str
    entity_label: str
    name: str
    action: str
    field: str = ""
    field_label: str = ""
    old: str = ""
    new: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the change as `changes` of an import's summary has it."""
        return asdict(self)


def row_changes(session: Session, import_id: int, lines: Iterable[Line]) -> list[RowChange]:
    """Return what the import did, in the order of its lines; personal values are masked."""
    run = find_import(session, import_id)
    written = load_rows(session, run)
    called, found, words = texts(session, written), places(session, written, lines), Words(session)
    changed: dict[Written, list[Difference]] = {}
    for entity, differ in _DIFFERING.items():
        group = [row for row in written if row.entity == entity and row.action == "updated"]
        if group:
            changed |= differ(session, group, run.batch_id)
    changes = []
    for row in written:
        head = (row.entity, ENTITY.label(row.entity), called[row], row.action)
        if row.action == "inserted":
            changes.append(RowChange(*_where(found[row]), *head))
        for field, old, new in changed.get(row, ()):
            shown = (field_label(field), words.text(field, old), words.text(field, new))
            changes.append(RowChange(*_where(found[row], field, new), *head, field, *shown))
    return sorted(changes, key=lambda one: (one.file, one.sheet, one.row, one.entity))


def _where(lines: Sequence[Line], field: str = "", new: Any = None) -> tuple[str, str, int]:
    """Return the line that says so: of several about a person, the one whose cell has the new value."""
    key = _NAMED_BY.get(field, field.rpartition(".")[2])
    said = new[key] if field in _NAMED_BY else new
    saying = (line for line in lines if said is not None and line.values.get(key) == said)
    line = next(saying, None) or next(iter(lines), None)
    return ("", "", 0) if line is None else (line.file, line.sheet, line.number)


Differing = dict[Written, list[Difference]]


def _compared(
    prefix: str, names: Iterable[str], before: Mapping[str, object], after: Mapping[str, object]
) -> list[Difference]:
    return [
        (f"{prefix}{name}", before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _people(session: Session, rows: Sequence[Written], _batch: int | None) -> Differing:
    after = profiles.load_profiles_by_id(session, [row.id for row in rows])
    return {row: _of_profile(profile_of(row.before or ""), after[row.id]) for row in rows}


def _of_profile(before: Profile, after: Profile) -> list[Difference]:
    found = _compared("", profiles.PERSON, before.person, after.person)
    for part, columns in (("education", profiles.EDUCATION), ("work", profiles.WORK)):
        stored = {entry["id"]: entry for entry in getattr(before, f"{part}s")}
        for entry in getattr(after, f"{part}s"):
            if entry["id"] in stored:
                found += _compared(f"{part}.", columns, stored[entry["id"]], entry)
            else:  # nothing takes an entry out but a person
                found.append((part, None, entry))
    return found


def _applications(session: Session, rows: Sequence[Written], _batch: int | None) -> Differing:
    columns = ("id", "status", "identity", "source_type", "train_years", "accept_adjust")
    ids = [row.id for row in rows]
    statement = select(*(_APPLICATION.c[name] for name in columns))
    stored = {row.id: row for row in rows_of(session, statement, _APPLICATION.c.id, ids)}
    choices = store.load_choices(session, ids)
    found = {}
    for row in rows:
        now, image = stored[row.id], row.image
        found[row] = _compared("application.", ("status",), image, {"status": now.status})
        if "form" in image:
            old = form_cells(_form(image["form"][:4], image["form"][4]))
            new = form_cells(_form(now[2:], choices[row.id]))
            found[row] += _compared("", FORM_LABELS, old, new)
    return found


def _form(values: Sequence[Any], choices: Iterable[Sequence[str]]) -> Form:
    identity, source_type, train_years, accept_adjust = values
    chosen = tuple((base, specialty) for base, specialty in choices)
    return Form(identity, source_type, train_years, accept_adjust, chosen)


def _marks(session: Session, rows: Sequence[Written], _batch: int | None) -> Differing:
    table = _TABLES["score"]
    statement = select(table.c.application_id, table.c.record, *mark_columns(table))
    stored = rows_of(session, statement, table.c.application_id, {row.id for row in rows})
    after = {f"{id_}/{of}": _named(marks_of(values)) for id_, of, *values in stored}
    return {row: _compared("score.", COMPONENTS, _named(row.image["marks"]), after[row.key]) for row in rows}


def _named(marks: Sequence[Mark]) -> dict[str, Mark]:
    return dict(zip(COMPONENTS, marks, strict=True))


def _admissions(session: Session, rows: Sequence[Written], _batch: int | None) -> Differing:
    table, names = _TABLES["admission"], ("status", "reason")
    statement = select(table.c.application_id, *(table.c[name] for name in names))
    stored = rows_of(session, statement, table.c.application_id, [row.id for row in rows])
    after = {row.application_id: dict(row._mapping) for row in stored}
    return {
        row: _compared(
            "admission.", names, dict(zip(STAMPS["admission"], row.image, strict=True)), after[row.id]
        )
        for row in rows
    }


def _places(session: Session, rows: Sequence[Written], batch_id: int | None) -> Differing:
    table = _TABLES["plan"]
    stored = session.execute(select(table).where(table.c.batch_id == batch_id)).mappings()
    after = {f"{row['base_code']}/{row['specialty_code']}": dict(row) for row in stored}
    return {row: _compared("plan.", TERMS, row.image, after[row.key]) for row in rows}


def _reference(session: Session, rows: Sequence[Written], _batch: int | None) -> Differing:
    entity = rows[0].entity
    table = _TABLES[entity]
    key = "id" if "id" in table.c else "code"
    keys = [table.c[key].type.python_type(row.key) for row in rows]
    stored = rows_of(session, select(table), table.c[key], keys)
    after = {str(row._mapping[key]): dict(row._mapping) for row in stored}
    names = [column.name for column in table.columns if column.name != key]
    return {row: _compared(f"{entity}.", names, row.image, after[row.key]) for row in rows}


_DIFFERING: Final[Mapping[str, Callable[[Session, Sequence[Written], int | None], Differing]]] = {
    "trainee": _people,
    "application": _applications,
    "score": _marks,
    "admission": _admissions,
    "plan": _places,
    "base": _reference,
    "specialty": _reference,
    "employer": _reference,
    "bar": _reference,
}
