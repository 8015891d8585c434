"""What goes from records of conduct and objections once a person is erased."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, or_, select, update
from sqlalchemy.orm import Session

from zhupei_cli.acting import Acting
from zhupei_cli.model import Bar, ImportRow, Objection
from zhupei_cli.rules.proof.digests import named_digest
from zhupei_cli.services.people.profiles import Profile
from zhupei_cli.services.records.events import Change, record
from zhupei_cli.words.errors import ZhupeiError

_BAR: Table = Bar.metadata.tables[Bar.__tablename__]
_OBJECTION: Table = Bar.metadata.tables[Objection.__tablename__]
_ROW: Table = Bar.metadata.tables[ImportRow.__tablename__]
_ERASED: Final = "已删除"


def require_lifted(session: Session, profile: Profile, applications: Sequence[int]) -> None:
    """Raise E698 while a record of conduct of the person is not lifted."""
    theirs = _theirs(profile, applications)
    waiting = select(_BAR.c.id).where(theirs, _BAR.c.state != "lifted").order_by(_BAR.c.id)
    if found := session.execute(waiting).scalars().all():
        bars = "、".join(map(str, found))
        raise ZhupeiError("E698", name=profile.person["name"], bars=bars)


def _theirs(profile: Profile, applications: Sequence[int]) -> ColumnElement[bool]:
    """Say which records are theirs: of their paper, or arisen from their applications under another."""
    return or_(_of_paper(profile), _BAR.c.application_id.in_(applications))


def _of_paper(profile: Profile) -> ColumnElement[bool]:
    id_type, number = profile.key
    return and_(_BAR.c.id_type == id_type, _BAR.c.id_number == number)


def erase(
    session: Session,
    profile: Profile,
    applications: Sequence[int],
    nobody: Mapping[str, str],
    *,
    by: Acting,
) -> None:
    """Take the person out of what speaks of them: lifted records, objections about their applications."""
    columns = (_BAR.c.id, _of_paper(profile).label("of_paper"))
    for id_, of_paper in session.execute(select(*columns).where(_theirs(profile, applications))).all():
        # Two of one kind and day, of different numbers, are not one.
        number = nobody["id_number"] if of_paper else f"{nobody['id_number']}-{id_}"
        values = {**nobody, "id_number": number, "reason": None, "source": None}
        _overwrite(session, _BAR, (_BAR.c.id == id_,), values, by=by)
        images = update(_ROW).where(_ROW.c.entity == _BAR.name, _ROW.c.key == str(id_))
        session.execute(images.values(before=None))
    about = _OBJECTION.c.application_id.in_(applications)
    silent = {"signed": None, "content": _ERASED, "answer": None, "reason": None}
    _overwrite(session, _OBJECTION, (about,), silent, by=by)


def _overwrite(
    session: Session,
    table: Table,
    whose: Iterable[ColumnElement[bool]],
    values: Mapping[str, str | None],
    *,
    by: Acting,
) -> None:
    """Write the values over those of the rows, with an event for each."""
    rows = session.execute(select(table).where(*whose)).mappings().all()
    changes = []
    for row in rows:
        data = {"digest": named_digest({**row, **values})}
        name = table.name
        changes.append(Change(f"{name}.erase", f"{name} {row['id']}", row.get("batch_id"), data=data))
    record(session, by, changes)
    ids = [row["id"] for row in rows]
    session.execute(update(table).where(table.c.id.in_(ids)).values(**values))
