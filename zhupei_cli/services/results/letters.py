"""Letters of admission: who gets one, and what stands on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Run, Snapshot
from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.letter import Letter, Letters
from zhupei_cli.rules.batch.letter_numbers import letter_number
from zhupei_cli.rules.batch.times import written_day, written_time
from zhupei_cli.rules.people.masking import mask_id
from zhupei_cli.rules.proof.letter_codes import LetterCode, read_code
from zhupei_cli.services.applications.printing import NotPrinted, printable, require_characters
from zhupei_cli.services.applications.store import CURRENT_SNAPSHOT, find_stored
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.services.records.import_ledger import EVENT_ROWS
from zhupei_cli.services.records.lookup import base_names, settings_of, specialty_names
from zhupei_cli.services.results.result_lists import FINAL, committed_run, require_status
from zhupei_cli.store.bulk import in_chunks
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, VIA, AdmissionStatus

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_RUN: Table = _TABLES[Run.__tablename__]
_SNAPSHOT: Table = _TABLES[Snapshot.__tablename__]
_ADMITTED = (AdmissionStatus.ADMITTED, AdmissionStatus.REPORTED)
_ADMITTED_PEOPLE: Final = (
    select(
        *_ADMISSION.c["base_code", "specialty_code"],
        *_APPLICATION.c["application_no", "train_years"],
        *_SNAPSHOT.c["name", "id_number"],
    )
    .select_from(_ADMISSION)
    .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
    .join(_SNAPSHOT, CURRENT_SNAPSHOT)
    .where(_ADMISSION.c.status.in_(_ADMITTED))
)
#: Bytes drawn for each letter.
_LOT: Final = 6


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose letters: these numbers, or everybody of these bases; of the whole batch with neither.

    With `run` those alone who have their seat by this committed run.
    """

    numbers: Sequence[str] = ()
    bases: Sequence[str] = ()
    run: int | None = None


def prepare_letters(
    session: Session, batch: Batch, chosen: Chosen, *, by: Acting, fonts: FontSet
) -> tuple[dict[str, Letters], NotPrinted]:
    """Return base → letters in the order of specialty and number, and record that they leave.

    ID numbers are whole. Who has a character that the fonts lack is left out, and returned with the E091.
    Raises E487 before `batch finalize`, E304 for an unknown number, E488 for one who is not admitted, E812
    for one whom another run admitted, E090 when the fonts lack what stands on every letter.
    """
    require_status(batch, FINAL, "录取通知书")
    settings = settings_of(session, batch)
    found = _letters(session, batch, chosen, pattern=settings.get("letter_no", ""))
    for number in sorted({*chosen.numbers} - {one.number for _, one in found}):
        raise _without_letter(session, batch, number, chosen.run)
    common = _common(batch, settings, by)
    require_characters(common.text, fonts)
    kept, refused = printable([one for _, one in found], fonts)
    numbers = {one.number for one in kept}
    by_base: dict[str, list[Letter]] = {}
    for base, one in found:
        if one.number in numbers:
            by_base.setdefault(base, []).append(one)
    _record(session, batch, kept, by=by)
    return {base: replace(common, letters=some) for base, some in by_base.items()}, refused


def _common(batch: Batch, settings: Mapping[str, str], by: Acting) -> Letters:
    """Return what stands on every letter."""
    return Letters(
        letters=(),
        batch=batch.name,
        year=batch.year,
        made_on=written_day(by.today),
        until="" if batch.checkin_until is None else written_time(batch.checkin_until),
        place=settings.get("checkin_place", ""),
        contact=settings.get("contact", ""),
        authority=settings.get("authority", ""),
    )


def _record(session: Session, batch: Batch, letters: Iterable[Letter], *, by: Acting) -> None:
    # By its digest a letter can be told from one that was never printed.
    digests = ((one.number, read_code(one.code).digest) for one in letters)
    changes = [
        Change("export.letters", batch.code, batch.id, data={"letters": dict(chunk), "rows": len(chunk)})
        for chunk in in_chunks(digests, EVENT_ROWS)
    ]
    if changes:
        record(session, by, changes)


def _letters(session: Session, batch: Batch, chosen: Chosen, *, pattern: str) -> list[tuple[str, Letter]]:
    statement = _ADMITTED_PEOPLE.where(_ADMISSION.c.batch_id == batch.id)
    if chosen.numbers:
        statement = statement.where(_APPLICATION.c.application_no.in_(chosen.numbers))
    if chosen.run is not None:
        statement = statement.where(_ADMISSION.c.run_id == committed_run(session, batch, chosen.run).id)
    if chosen.bases:
        statement = statement.where(_ADMISSION.c.base_code.in_(chosen.bases))
    bases, specialties = base_names(session).labels, specialty_names(session).labels
    found = []
    for base, specialty, number, years, name, id_number in sorted(map(tuple, session.execute(statement))):
        letter_no = letter_number(
            pattern, year=batch.year, batch=batch.code, base=base, application_no=number
        )
        place = bases[base], specialties[specialty]
        code = LetterCode(number, name, mask_id(id_number), base, specialty, token_hex(_LOT))
        found.append((base, Letter(number, name, id_number, *place, f"{years} 年", letter_no, code.text)))
    return found


def _without_letter(session: Session, batch: Batch, number: str, run: int | None) -> ZhupeiError:
    """Return why somebody has none: E488 not admitted, E812 not by this run; raises E304."""
    stored = find_stored(session, batch, number)
    statement = (
        select(*_ADMISSION.c["status", "via"], _RUN.c.number)
        .outerjoin(_RUN, _RUN.c.id == _ADMISSION.c.run_id)
        .where(_ADMISSION.c.application_id == stored.id)
    )
    row = session.execute(statement).one_or_none()
    if row is not None and row.status in _ADMITTED:
        by_run = row.number is not None and row.via not in ("place", "preplaced")
        how = f"由第 {row.number} 次录取计算录取" if by_run else f"是{VIA.label(row.via)}的"
        return ZhupeiError("E812", application_no=number, how=how, run=run)
    status = "没有录取结果" if row is None else ADMISSION_STATUS.label(row.status)
    return ZhupeiError("E488", application_no=number, status=status)
