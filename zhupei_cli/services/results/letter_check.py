"""Checking the code of a letter (二维码): against the database, or against a sealed batch alone."""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Admission, Application, Event
from zhupei_cli.rules.proof.letter_codes import LetterCode, read_code
from zhupei_cli.services.results.sealing import ADMISSIONS, EVENTS, MANIFEST, part_lines
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, AdmissionStatus

_TABLES = Admission.metadata.tables
_ADMISSION: Table = _TABLES[Admission.__tablename__]
_APPLICATION: Table = _TABLES[Application.__tablename__]
_EVENT: Table = _TABLES[Event.__tablename__]
_PRINTED: Final = "export.letters"
#: Who may come with a letter.
_GOOD: Final = (AdmissionStatus.ADMITTED, AdmissionStatus.REPORTED)
#: Where somebody stands: status, base, specialty.
_Standing = tuple[str, str | None, str | None]


def read_letter(text: str) -> LetterCode:
    """Return the code that a camera read from a letter; E783 when it is none."""
    try:
        return read_code(text)
    except ValueError as error:
        raise ZhupeiError("E783", value=text[:40]) from error


def check_stored(session: Session, code: LetterCode) -> str:
    """Return the state somebody with this letter has now, in words.

    Raises E784 when no such letter was printed, E785 when it does not hold any more.
    """
    batch = code.number.rpartition("-")[0]
    statement = select(_EVENT.c.data).where(_EVENT.c.action == _PRINTED, _EVENT.c.subject == batch)
    standing = session.execute(
        select(*_ADMISSION.c["status", "base_code", "specialty_code"])
        .join(_APPLICATION, _APPLICATION.c.id == _ADMISSION.c.application_id)
        .where(_APPLICATION.c.application_no == code.number)
    ).one_or_none()
    return _checked(code, session.execute(statement).scalars(), None if standing is None else tuple(standing))


def check_sealed(path: Path, code: LetterCode) -> str:
    """Return the state somebody with this letter had when the batch was sealed; raises as `check_stored`.

    The file was found sound before. E784 also for a batch that is not the letter's.
    """
    with zipfile.ZipFile(path) as package:
        batch = json.loads(package.read(MANIFEST))["batch"]["code"]
        events = (one["data"] for one in part_lines(package, EVENTS) if one["action"] == _PRINTED)
        seats = {
            one["no"]: (one["status"], one["base"], one["specialty"])
            for one in part_lines(package, ADMISSIONS)
            if one["no"] == code.number
        }
        printed = list(events) if code.number.rpartition("-")[0] == batch else []
    return _checked(code, printed, seats.get(code.number))


def _checked(code: LetterCode, printed: Iterable[str | None], standing: _Standing | None) -> str:
    told = (json.loads(data).get("letters", {}) for data in printed if data)
    if all(letters.get(code.number) != code.digest for letters in told):
        raise ZhupeiError("E784", application_no=code.number)
    status, *place = standing or ("", None, None)
    label = ADMISSION_STATUS.labels.get(status, "没有录取结果")
    if status not in _GOOD or tuple(place) != (code.base, code.specialty):
        raise ZhupeiError("E785", application_no=code.number, status=label)
    return label
