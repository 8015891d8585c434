"""Whom people mean: by ID number, username, application number, name, the last four of the number."""

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from zhupei_cli.model import Account, Application, Batch, Trainee
from zhupei_cli.rules.people.characters import HAN
from zhupei_cli.rules.people.idcard import mend
from zhupei_cli.rules.people.masking import mask_id, mask_phone
from zhupei_cli.rules.people.written_numbers import written
from zhupei_cli.services.people.profiles import Profile, load_profiles, load_profiles_by_id
from zhupei_cli.services.records.lookup import batch_of_numbers, is_number
from zhupei_cli.sheets.kinds.cells import code
from zhupei_cli.sheets.kinds.parsers import person_name
from zhupei_cli.words.codes import ID_TYPE
from zhupei_cli.words.errors import ZhupeiError

#: How one of several is picked: 编号:17, the number a list of them shows.
NUMBER: Final = "编号"
_TAIL: Final = re.compile(r"[0-9]{3}[0-9X]")
#: What may be a part of somebody's name.
_NAME: Final = re.compile(rf"[{HAN}·]+")
#: People that a part of a name may mean, of whom a message tells.
_OFFERED: Final = 5
#: People of one name that a message still lists.
_LISTED: Final = 20


def find_person(session: Session, who: str) -> Profile:
    """Return the person `who` names: an ID number or its last four, `paper:number`, a username, an
    application number, a name, `编号:N`.

    Raises E310 when there is nobody, E312 when papers of two kinds have the number, E319 with the list when
    several have the name or the last four.
    """
    paper, colon, number = who.strip().replace("：", ":").rpartition(":")
    number = mend(number)
    if colon and paper == NUMBER:
        return _only(session, Trainee.id == int(number) if number.isdecimal() else None, who)
    id_type = ID_TYPE.parse(paper) if colon else None
    found = load_profiles(session, [number])
    people = [one for one in found.values() if not colon or one.person["id_type"] == id_type]
    if len(people) > 1:
        raise ZhupeiError("E312", number=mask_id(number))
    if people:
        return people[0]
    return _only(session, None if colon else _meant(session, who), who)


def _meant(session: Session, who: str) -> ColumnElement[bool] | None:
    """Return the condition on people that a word is, when it is no ID number."""
    owner = select(Account.trainee_id).where(Account.username == code(who).lower())
    if trainee := session.execute(owner).scalar():
        return Trainee.id == trainee
    if is_number(word := spelt(who)):
        _, (number,) = batch_of_numbers(session, (word,), typed=None, default=None)
        return Trainee.id.in_(select(Application.trainee_id).where(Application.application_no == number))
    if _TAIL.fullmatch(tail := mend(who)):
        return Trainee.id_number.endswith(tail)
    return Trainee.name == person_name(who)


def _only(session: Session, condition: ColumnElement[bool] | None, who: str) -> Profile:
    ids = []
    if condition is not None:
        ids = list(session.execute(select(Trainee.id).where(condition).order_by(Trainee.id)).scalars())
    if len(ids) == 1:
        (profile,) = load_profiles_by_id(session, ids).values()
        return profile
    if not ids:
        raise ZhupeiError("E310", who=shown_who(who.strip()), alike=_alike(session, who))
    people = choices(session, ids[:_LISTED])
    words = "；".join(f"{NUMBER}:{one} {about}" for one, about in people.items())
    more = f"；另有 {len(ids) - _LISTED} 人" if len(ids) > _LISTED else ""
    raise ZhupeiError("E319", who=who.strip(), count=len(ids), people=words + more, example=ids[0], ids=ids)


def _alike(session: Session, who: str) -> str:
    """Return whom a part of a name may mean, as a message goes on with it; nothing for what is no name."""
    word = person_name(who)
    if not _NAME.fullmatch(word):
        return ""
    statement = select(Trainee.id).where(Trainee.name.contains(word, autoescape=True)).order_by(Trainee.id)
    ids = list(session.execute(statement.limit(_OFFERED)).scalars())
    people = "、".join(f"{NUMBER}:{one} {about}" for one, about in choices(session, ids).items())
    return f"；姓名中有“{word}”的：{people}" if people else ""


def choices(session: Session, ids: list[int]) -> dict[int, str]:
    """Return what tells people apart, masked, by the number that picks one."""
    statement = select(Application.trainee_id, Application.application_no).order_by(Application.id)
    numbers: dict[int, list[str]] = {}
    for one, number in session.execute(statement.where(Application.trainee_id.in_(ids))):
        numbers.setdefault(one, []).append(number)
    stored = load_profiles_by_id(session, ids)
    return {one: _told(stored[one].person, numbers.get(one, [])) for one in ids}


def _told(person: Mapping[str, str], numbers: list[str]) -> str:
    phone = mask_phone(person["mobile"]) if person.get("mobile") else ""
    return " ".join(filter(None, (person["name"], mask_id(person["id_number"]), phone, *numbers)))


def spelt(word: str) -> str:
    """Return a word as an application number would be written."""
    return written(word)


def shown_who(who: str) -> str:
    """Return a word that may be an ID number as it may be printed."""
    return mask_id(who) if sum(map(str.isdigit, who)) > 5 and not is_number(spelt(who)) else who


def find_number(session: Session, who: str, *, batch: str | None) -> str:
    """Return the number of the application a person is meant by: that to `batch`, else the only live one.

    Raises E320 when there is none, E321 when there are several; what `find_person` raises.
    """
    profile = find_person(session, who)
    statement = (
        select(Application.application_no, Application.live_key, Batch.code)
        .join(Batch, Batch.id == Application.batch_id)
        .where(Application.trainee_id == profile.id)
        .order_by(Application.id)
    )
    rows = session.execute(statement).all()
    name = profile.person["name"]
    if batch is not None:
        rows = [row for row in rows if row.code.casefold() == batch.casefold()]
    if not rows:
        where = f"批次 {batch}" if batch else ""
        raise ZhupeiError("E320", name=name, batch=where, number=profile.id)
    found = [row for row in rows if row.live_key is not None] or rows
    if len(found) > 1:
        numbers = "、".join(row.application_no for row in found)
        raise ZhupeiError("E321", name=name, count=len(found), numbers=numbers)
    return str(found[0].application_no)
