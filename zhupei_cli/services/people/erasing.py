"""Erasing a person (个人信息保护法 第四十七条): what the office need not keep any more goes for good.

Somebody who never applied is deleted. Of somebody who did, once every batch is over, the decisions stay and
the person goes from them: names, numbers, papers, schools, the images that imports keep.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, TypedDict

from sqlalchemy import Row, Table, delete, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import (
    Account,
    Admission,
    Application,
    Base,
    Batch,
    Education,
    ImportRow,
    ImportRun,
    Notice,
    Preplaced,
    Snapshot,
    Trainee,
    Work,
)
from zhupei_cli.model import TraineePhoto as Photo
from zhupei_cli.services.people import conduct, photos
from zhupei_cli.services.people.people import subject_of
from zhupei_cli.services.people.profiles import PERSON_COLUMNS, Profile, content_of, profile_digest
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, BATCH_STATUS, AdmissionStatus, BatchStatus

#: What stands where a name stood.
ERASED: Final = "已删除"

_TRAINEE: Table = Trainee.metadata.tables["trainee"]
_NOTICE: Table = Notice.metadata.tables[Notice.__tablename__]
_PREPLACED: Table = Preplaced.metadata.tables[Preplaced.__tablename__]
_SNAPSHOT: Table = Snapshot.metadata.tables["snapshot"]
_OVER: Final = (BatchStatus.ARCHIVED, BatchStatus.CANCELLED)
#: Rows that are nobody's once the person is gone.
_OWNED: Final[tuple[type[Base], ...]] = (Account, Photo, Education, Work)


class Erased(TypedDict):
    """How many applications keep their decisions; `deleted` says that nothing is left of the person."""

    applications: int
    deleted: bool


def erase_person(session: Session, who: str, *, by: Acting, reason: str) -> Erased:
    """Erase the person `who` names; return how many applications keep their decisions.

    Raises E310 or E312 as `find_person` does, E198 while one of the batches they applied to is not
    over, E698 while a record of conduct of theirs is not lifted, E816 while a training goes on.
    """
    profile = find_person(session, who)
    assert profile.id is not None
    session.execute(select(_TRAINEE.c.id).where(_TRAINEE.c.id == profile.id).with_for_update())
    applied = session.execute(
        select(Application.id, Application.application_no, Batch.code, Batch.status)
        .join(Batch, Batch.id == Application.batch_id)
        .where(Application.trainee_id == profile.id)
        .order_by(Application.id)
    ).all()
    for _, number, batch, status in applied:
        if status not in _OVER:
            label = BATCH_STATUS.label(status)
            raise ZhupeiError("E198", application_no=number, batch=batch, status=label)
    ids = [id_ for id_, *_ in applied]
    _require_no_seat(session, profile, ids, year=by.today.year)
    conduct.require_lifted(session, profile, ids)
    left = Profile(profile.id, {"id_type": profile.person["id_type"], **_nobody(profile.id)})
    data = {
        "applications": len(applied),
        "numbers": [number for _, number, *_ in applied],
        "digest": profile_digest(left) if applied else None,
    }
    (seq,) = record(session, by, [Change("trainee.erase", subject_of(profile.id), reason=reason, data=data)])
    had_photo = photos.photo_of(session, profile.id) is not None
    for model in _OWNED:
        owned: Table = model.metadata.tables[model.__tablename__]
        session.execute(delete(owned).where(owned.c.trainee_id == profile.id))
    if had_photo:
        photos.record_photos(session, [(subject_of(profile.id), None)], by=by)
    personal = ImportRow.entity.in_(("trainee", Photo.__tablename__))
    images = update(ImportRow).where(personal, ImportRow.key == str(profile.id))
    session.execute(images.values(before=None))
    conduct.erase(session, profile, ids, _nobody(profile.id), by=by)
    if applied:
        _silence(session, ids)
        _depersonalise(session, profile.id, ids, by=by, seq=seq)
    else:
        session.execute(delete(_TRAINEE).where(_TRAINEE.c.id == profile.id))
    return {"applications": len(applied), "deleted": not applied}


def _require_no_seat(session: Session, profile: Profile, ids: list[int], *, year: int) -> None:
    """Raise E816 for who holds a seat whose training is not over: nobody would know them the next time."""
    statement = (
        select(Application.application_no, Application.train_years, Batch.code, Batch.year, Admission.status)
        .join(Application, Application.id == Admission.application_id)
        .join(Batch, Batch.id == Admission.batch_id)
        .where(Admission.application_id.in_(ids), Admission.live_key.is_not(None))
        .order_by(Admission.application_id)
    )
    for row in session.execute(statement):
        if (until := row.year + row.train_years) >= year:
            raise ZhupeiError(
                "E816",
                name=profile.person["name"],
                batch=row.code,
                number=row.application_no,
                status=ADMISSION_STATUS.label(row.status),
                until=until,
                verb="quit" if row.status == AdmissionStatus.REPORTED else "decline",
            )


def _nobody(trainee_id: int) -> dict[str, str]:
    return {"name": ERASED, "id_number": f"{ERASED}-{trainee_id}"}


def _silence(session: Session, applications: list[int]) -> None:
    """Take out what was told to whoever applied, and where they study beside a seat given before any run."""
    for table, values in (
        (_NOTICE, ("recipient", "content", "answer")),
        (_PREPLACED, ("university", "tutor")),
    ):
        theirs = table.c.application_id.in_(applications)
        session.execute(update(table).where(theirs).values(dict.fromkeys(values)))
    given = select(ImportRun.id).where(ImportRun.kind == "preplace")
    images = update(ImportRow).where(ImportRow.entity == "admission", ImportRow.import_id.in_(given))
    session.execute(images.where(ImportRow.key.in_(map(str, applications))).values(before=None))


def _depersonalise(
    session: Session, trainee_id: int, applications: list[int], *, by: Acting, seq: int
) -> None:
    nobody = _nobody(trainee_id)
    blank: dict[str, object] = dict.fromkeys(set(PERSON_COLUMNS) - {"id_type", *nobody})
    session.execute(
        update(_TRAINEE)
        .where(_TRAINEE.c.id == trainee_id)
        .values(**blank, **nobody, updated_at=by.at, touched_by=seq)
    )
    session.execute(update(Application).where(Application.id.in_(applications)).values(order_oriented=None))
    rows = session.execute(select(_SNAPSHOT).where(_SNAPSHOT.c.application_id.in_(applications))).all()
    for row in rows:  # a person's, so a handful
        this = (_SNAPSHOT.c.application_id == row.application_id, _SNAPSHOT.c.version == row.version)
        session.execute(update(_SNAPSHOT).where(*this).values(_of_nobody(row, nobody)))


def _of_nobody(row: Row[*tuple[object, ...]], nobody: Mapping[str, str]) -> dict[str, object]:
    """Return what a snapshot keeps: the years, for the counts, and nothing of the person."""
    return {
        **nobody,
        "school": ERASED,
        "major": ERASED,
        "birth_date": date(row.birth_date.year, 1, 1),
        "graduated_on": date(row.graduated_on.year, 1, 1),
        "content": content_of(Profile(None, {"id_type": row.id_type, **nobody})),
    }
