"""学员和报名: people, in a file of their own, and their applications."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import ExamGroup, ExamSeat, ImportRun, Notice, Score
from zhupei_cli.rules.people.fields import FORM_LABELS
from zhupei_cli.services.applications.drafts import form_cells
from zhupei_cli.services.applications.importing.intake import import_trainees
from zhupei_cli.services.applications.importing.saying import said_at
from zhupei_cli.services.applications.store import ASKED, Form, form_digest, load_choices
from zhupei_cli.services.kinds.parts.applied import (
    APPLICATION_TABLE,
    applied_called,
    applied_keys,
    statuses_of,
)
from zhupei_cli.services.kinds.parts.kind import (
    Difference,
    Differing,
    Found,
    ImportKind,
    Keys,
    Moves,
    Part,
    Witness,
    compared_fields,
)
from zhupei_cli.services.kinds.parts.later import overwritten, told_in
from zhupei_cli.services.kinds.parts.written import (
    MODEL_TABLES,
    Image,
    Written,
    delete_of,
    halves,
    new_of,
    witnessed_rows,
)
from zhupei_cli.services.kinds.person import PEOPLE
from zhupei_cli.services.records.row_stamps import STAMPS, unstamped
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.taking.lines import Line
from zhupei_cli.store.bulk import delete_rows, in_chunks, insert_rows, rows_of, update_rows
from zhupei_cli.words.vocabulary import APPLICATION_STATUS, BatchStatus

_NOTICE: Table = MODEL_TABLES[Notice.__tablename__]
_SNAPSHOT: Table = MODEL_TABLES["snapshot"]
#: What may stand of an application that nobody wrote since: its approval can have been taken back.
_RESTING: Final = tuple(MODEL_TABLES[one.__tablename__] for one in (Score, ExamSeat, ExamGroup))


def _compared(session: Session, _run: ImportRun, rows: Sequence[Written]) -> Differing:
    ids = [row.id for row in rows]
    statement = select(*(APPLICATION_TABLE.c[name] for name in ("id", "status", *ASKED)))
    stored = {row.id: row for row in rows_of(session, statement, APPLICATION_TABLE.c.id, ids)}
    choices = load_choices(session, ids)
    found = {}
    for row in rows:
        now, image = stored[row.id], row.image
        found[row] = compared_fields("application.", ("status",), image, {"status": now.status})
        if "form" in image:
            old = form_cells(_form(image["form"][:-1], image["form"][-1]))
            new = form_cells(_form(now[2:], choices[row.id]))
            found[row] += compared_fields("", FORM_LABELS, old, new)
    return found


def _form(values: Sequence[object], choices: Iterable[Sequence[str]]) -> Form:
    return Form._make((*values, tuple((base, specialty) for base, specialty in choices)))


def _put_back(session: Session, run: ImportRun, rows: Sequence[Written]) -> Moves:
    statuses, sides = statuses_of(session, rows), halves(rows)
    for name in ("snapshot", "choice"):
        delete_of(session, name, "application_id", sides.new)
    delete_of(session, "application", "id", sides.new)
    _put_forms_back(session, run, sides.changed)
    moves: Moves = {row: (statuses[row.id], None) for row in sides.new}
    return moves | {row: (statuses[row.id], image["status"]) for row, image in sides.changed}


def _put_forms_back(session: Session, run: ImportRun, changed: Sequence[tuple[Written, Image]]) -> None:
    stamps = {row.id: unstamped("application", image["stamp"]) for row, image in changed}
    # A snapshot taken by the import is the newest one: nothing has happened since.
    version = STAMPS["application"].index("snapshot_version")
    statement = select(_SNAPSHOT.c.application_id, _SNAPSHOT.c.version)
    stored = rows_of(session, statement, _SNAPSHOT.c.application_id, stamps)
    newer = [(id_, number) for id_, number in stored if number > (stamps[id_][version] or 0)]
    columns = (*ASKED, "status", *STAMPS["application"])
    values = [(row.id, *image["form"][:-1], image["status"], *stamps[row.id]) for row, image in changed]
    update_rows(session, APPLICATION_TABLE, ("id",), columns, values)
    delete_rows(session, _SNAPSHOT, ("application_id", "version"), newer)
    delete_of(session, "choice", "application_id", (row for row, _ in changed))
    choices = [
        (row.id, number, run.batch_id, base, specialty)
        for row, image in changed
        for number, (base, specialty) in enumerate(image["form"][-1], 1)
    ]
    columns = ("application_id", "number", "batch_id", "base_code", "specialty_code")
    insert_rows(session, MODEL_TABLES["choice"], columns, choices)


def _blocked(session: Session, run: ImportRun, rows: Sequence[Written]) -> Found:
    """Find applications that were written since, and new ones with marks, a seat, a group or a notice."""
    yield from overwritten(session, APPLICATION_TABLE, rows, run.event_seq)
    new = new_of(rows)
    for table in _RESTING:
        statement = select(table.c.application_id, table.c.touched_by)
        for id_, seq in rows_of(session, statement, table.c.application_id, new):
            yield new[id_], seq
    of_them = select(_NOTICE.c.id).where(_NOTICE.c.application_id == APPLICATION_TABLE.c.id)
    told = select(*APPLICATION_TABLE.c["id", "application_no"]).where(of_them.exists())
    numbers = {row.application_no: new[row.id] for row in rows_of(session, told, APPLICATION_TABLE.c.id, new)}
    when = told_in(session, "notice", {*numbers}, after=run.event_seq)
    yield from ((row, when.get(number)) for number, row in numbers.items())


def _witnesses(session: Session, keys: Keys) -> Iterator[Witness]:
    names = ("id", "application_no", "batch_id", "trainee_id", *ASKED)
    statement = select(*(APPLICATION_TABLE.c[name] for name in names))
    for chunk in in_chunks(witnessed_rows(session, statement, APPLICATION_TABLE.c.id, keys)):
        choices = load_choices(session, [row.id for row in chunk])
        for row in chunk:
            form = _form(row[-len(ASKED) :], choices.get(row.id, ()))
            yield row.batch_id, row.application_no, form_digest(row.trainee_id, form)


#: What of a new entry a line about it says.
_NAMED_BY: Final = {"education": "school", "work": "employer_name"}


def _source(lines: Sequence[Line], one: Difference | None) -> Line | None:
    """Return the line that says what differs: only of an education or a work can it be one of several."""
    main = next((line for line in lines if line.kind == workbook_kinds.PERSON.key), None)
    if one is not None and one.of is not None:
        name = _NAMED_BY.get(one.field, one.field.rpartition(".")[2])
        further = [line for line in lines if line is not main]
        if (found := said_at(one.of, name, main, further)) is not None:
            return found[0]
    return main or next(iter(lines), None)


FORM_PART: Final = Part(
    entity="application",
    label="报名",
    called=applied_called,
    keys=applied_keys,
    compared=_compared,
    put_back=_put_back,
    blocked=_blocked,
    witnesses=_witnesses,
    of_batch=True,
    when=(BatchStatus.OPEN, BatchStatus.CLOSED),
    coded={"application.status": APPLICATION_STATUS},
    headings={"application.status": "报名状态"},
)
TRAINEE_IMPORT: Final[ImportKind] = ImportKind(
    key="trainee",
    label="学员和报名",
    sheets=(workbook_kinds.PERSON, workbook_kinds.EDUCATION, workbook_kinds.WORK),
    take=import_trainees,
    parts=(FORM_PART, PEOPLE),
    line_keys=lambda _session: lambda line: [("person", line.values["id_number"].strip().upper())],
    source=_source,
)
