"""The flat frame: one row an application, with all that figures over years are counted from.

Pandas is imported where a frame is made. Whatever belongs to admission is empty before publication.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import ColumnElement, FromClause, Row, String, Table, literal, select, type_coerce
from sqlalchemy.orm import Session, aliased

from zhupei_cli.model import Admission, Application, Batch, Choice, Snapshot, Trainee, TrainingBase
from zhupei_cli.rules.batch.lifecycle import PUBLISHED, SEATED
from zhupei_cli.words import codes
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import (
    ADMISSION_STATUS,
    APPLICATION_STATUS,
    IDENTITY,
    VIA,
    AdmissionStatus,
    ApplicationStatus,
)

if TYPE_CHECKING:
    from pandas import DataFrame
    from pandas.api.extensions import ExtensionArray


Dtype = Literal["category", "string", "Int64", "boolean", "Float64", "datetime64[s]"]

COUNTED: Final = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.RETURNED,
    ApplicationStatus.APPROVED,
    ApplicationStatus.REJECTED,
)
#: What becomes of people at the check-in or after it.
AFTER_CHECKIN: Final = (AdmissionStatus.REPORTED, AdmissionStatus.NO_SHOW, AdmissionStatus.QUIT)
ROUNDS: Final = {"main": "主批次", "supplement": "补录"}
#: Rows that are read at once: the texts of a hundred thousand would weigh more than their frame.
_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class FrameColumn:
    """A column of the frame: heading, dtype, the labels of its codes; `personal` ones must be asked for."""

    key: str
    heading: str
    kind: Dtype
    labels: Mapping[str, str] | None = None
    personal: bool = False


_PLACES = (
    FrameColumn("choice1_base", "第一志愿基地", "category"),
    FrameColumn("choice1_specialty", "第一志愿专业", "category"),
    FrameColumn("choice1_city", "第一志愿所在地市", "category", codes.CITY.labels),
    FrameColumn("choice2_base", "第二志愿基地", "category"),
    FrameColumn("choice2_specialty", "第二志愿专业", "category"),
)
FRAME_COLUMNS: Final = (
    FrameColumn("batch", "批次", "category"),
    FrameColumn("year", "年份", "Int64"),
    FrameColumn("round", "主批次或补录", "category", ROUNDS),
    FrameColumn("application_no", "报名号", "string"),
    FrameColumn("status", "报名状态", "category", APPLICATION_STATUS.labels),
    FrameColumn("identity", "个人身份", "category", IDENTITY.labels),
    FrameColumn("source", "生源类型", "category"),
    FrameColumn("train_years", "培训年限", "Int64"),
    FrameColumn("accept_adjust", "是否服从调剂", "boolean"),
    FrameColumn("submitted_on", "首次提交日期", "datetime64[s]"),
    FrameColumn("level", "最高学历", "category", codes.LEVEL.labels),
    FrameColumn("school", "毕业院校", "category"),
    FrameColumn("degree", "最高学位", "category", codes.DEGREE.labels),
    FrameColumn("graduated", "毕业年份", "Int64"),
    *_PLACES,
    FrameColumn("admission", "录取状态", "category", ADMISSION_STATUS.labels),
    FrameColumn("base", "录取基地", "category"),
    FrameColumn("specialty", "录取专业", "category"),
    FrameColumn("city", "录取所在地市", "category", codes.CITY.labels),
    FrameColumn("via", "录取志愿", "category", VIA.labels),
    FrameColumn("total", "总成绩", "Float64"),
    FrameColumn("applied", "报名", "boolean"),
    FrameColumn("approved", "审核通过", "boolean"),
    FrameColumn("admitted", "录取", "boolean"),
    FrameColumn("reported", "报到", "boolean"),
    FrameColumn("name", "姓名", "string", personal=True),
    FrameColumn("id_number", "证件号码", "string", personal=True),
    FrameColumn("birth_date", "出生日期", "datetime64[s]", personal=True),
    FrameColumn("mobile", "手机号码", "string", personal=True),
)
BY_KEY: Final = {column.key: column for column in FRAME_COLUMNS}
OPEN_KEYS: Final = tuple(column.key for column in FRAME_COLUMNS if not column.personal)
PERSONAL_KEYS: Final = tuple(column.key for column in FRAME_COLUMNS if column.personal)

_TABLES = Application.metadata.tables
_A: Table = _TABLES[Application.__tablename__]
_FIRST, _SECOND = (aliased(_TABLES[Choice.__tablename__], name=f"choice{number}") for number in (1, 2))
_S: Table = _TABLES[Snapshot.__tablename__]
_D: Table = _TABLES[Admission.__tablename__]
_T: Table = _TABLES[Trainee.__tablename__]
_BASE: Table = _TABLES[TrainingBase.__tablename__]

#: Where the columns that are more than the application's own come from.
_FROM: Final[Mapping[str, tuple[str, ColumnElement[object]]]] = {
    "level": ("snapshot", _S.c.level),
    "school": ("snapshot", _S.c.school),
    "degree": ("snapshot", _S.c.degree),
    # As the database has it, a year first: to make days of them takes as long as to read them.
    "graduated": ("snapshot", type_coerce(_S.c.graduated_on, String)),
    "name": ("snapshot", _S.c.name),
    "id_number": ("snapshot", _S.c.id_number),
    "birth_date": ("snapshot", _S.c.birth_date),
    "mobile": ("trainee", _T.c.mobile),
    "choice1_base": ("first", _FIRST.c.base_code),
    "choice1_specialty": ("first", _FIRST.c.specialty_code),
    "choice1_city": ("first", _FIRST.c.base_code),
    "choice2_base": ("second", _SECOND.c.base_code),
    "choice2_specialty": ("second", _SECOND.c.specialty_code),
    "admission": ("admission", _D.c.status),
    "base": ("admission", _D.c.base_code),
    "specialty": ("admission", _D.c.specialty_code),
    "city": ("admission", _D.c.base_code),
    "via": ("admission", _D.c.via),
    "total": ("admission", _D.c.total),
    "admitted": ("admission", _D.c.status),
    "reported": ("admission", _D.c.status),
    "applied": ("", _A.c.status),
    "approved": ("", _A.c.status),
    "source": ("", _A.c.source_type),
}
_JOINS: Final = {
    "snapshot": (_S, (_S.c.application_id == _A.c.id) & (_S.c.version == _A.c.snapshot_version)),
    "trainee": (_T, _T.c.id == _A.c.trainee_id),
    "first": (_FIRST, (_FIRST.c.application_id == _A.c.id) & (_FIRST.c.number == 1)),
    "second": (_SECOND, (_SECOND.c.application_id == _A.c.id) & (_SECOND.c.number == 2)),
    "admission": (_D, _D.c.application_id == _A.c.id),
}


def _require_pandas() -> None:
    try:
        import pandas  # noqa: F401
    except ImportError as error:
        raise ZhupeiError("E719") from error


def frame_of(session: Session, batches: Sequence[Batch], keys: Sequence[str] = OPEN_KEYS) -> "DataFrame":
    """Return the applications of `batches` as a pandas DataFrame with the columns `keys`, dtypes as stated.

    Drafts and withdrawn applications are rows too: `applied` says who counts. `admitted` is whoever holds a
    seat now; a seat that was given up is in `admission` alone. Raises E719 without pandas.
    """
    _require_pandas()
    cities = {row.code: row.city for row in session.execute(select(_BASE.c.code, _BASE.c.city))}
    # What several columns of the frame come from is read and kept once.
    kept = {
        _source(key): _Texts() if BY_KEY[key].kind == "string" else _Coded()
        for key in keys
        if key not in _OF_BATCH
    }
    sizes = []
    for batch in batches:
        size, read = 0, _read(batch, keys)
        for piece in _pieces(session, batch, read):
            size += len(piece)
            columns = dict(zip(read, zip(*piece, strict=True), strict=False))
            for source, values in kept.items():
                values.extend(columns.get(source) or [None] * len(piece))
        sizes.append((batch, size))
    return _assembled(keys, kept, _values(cities), sizes)


def _source(key: str) -> str:
    """Return the name of the column that a column of the frame is read from."""
    table, column = _FROM.get(key, ("", None))
    return f"{table} {_A.c[key] if column is None else column}"


def _read(batch: Batch, keys: Sequence[str]) -> dict[str, tuple[str, ColumnElement[object]]]:
    """Return the columns that are read, with their tables; those that may not show yet are left out."""
    hidden = batch.status not in PUBLISHED
    found = {_source(key): _FROM.get(key, ("", None)) for key in keys if key not in _OF_BATCH}
    plain = {_source(key): _A.c[key] for key in keys if key not in _OF_BATCH and key not in _FROM}
    return {
        source: (table, plain[source] if column is None else column)
        for source, (table, column) in found.items()
        if not (hidden and table == "admission")
    }


def _pieces(
    session: Session, batch: Batch, read: Mapping[str, tuple[str, ColumnElement[object]]]
) -> Iterator[Sequence[Row[*tuple[object, ...]]]]:
    columns = [column for _, column in read.values()]
    source: FromClause = _A
    for table in dict.fromkeys(table for table, _ in read.values() if table):
        source = source.outerjoin(*_JOINS[table])
    ids = session.execute(select(_A.c.id).where(_A.c.batch_id == batch.id).order_by(_A.c.id)).scalars().all()
    # By ranges of the key, in which the rows lie in order: to sort them whole takes a third of the time. The
    # sum keeps the planner from going by the index of batches after all.
    statement = select(*columns or [literal(1)]).select_from(source).where(_A.c.batch_id + 0 == batch.id)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        piece = statement.where(_A.c.id.between(some[0], some[-1])).order_by(_A.c.id)
        yield session.execute(piece).all()


_OF_BATCH: Final = ("batch", "year", "round")


#: What a column of the frame says of a value that is read. Any: texts, days, marks, each in its own column.
_Value = Callable[[Any], object]


class _Texts:
    """A column whose texts are all different."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def extend(self, values: Iterable[object]) -> None:
        self.values.extend(values)

    def array(self, kind: Dtype, _value: _Value | None) -> "ExtensionArray":
        """Return the pandas array."""
        import pandas as pd

        return pd.Series(self.values, dtype=kind).array


class _Coded:
    """A column as small numbers, so that no value is kept or worked out twice; nothing is -1."""

    def __init__(self) -> None:
        self._known: defaultdict[object, int] = defaultdict(count().__next__, {None: -1})
        self._numbers = array("i")

    def extend(self, values: Iterable[object]) -> None:
        self._numbers.extend(map(self._known.__getitem__, values))

    def array(self, kind: Dtype, value: _Value | None) -> "ExtensionArray":
        """Return the pandas array of what `value` says of each value, the value itself without one."""
        import numpy as np
        import pandas as pd

        numbers = np.frombuffer(self._numbers, dtype="int32") if self._numbers else np.empty(0, "int32")
        # In the order of the numbers, what nothing means at the end: -1 takes that.
        said = [code if value is None else value(code) for code in [*list(self._known)[1:], None]]
        if kind != "category":
            return pd.Series(said, dtype=kind).array.take(numbers)
        # Several values may mean the same: bases become cities.
        labels = sorted({str(label) for label in said if label is not None})
        places: dict[object, int] = {label: at for at, label in enumerate(labels)}
        which = np.array([places.get(label, -1) for label in said], dtype="int32")
        return pd.Categorical.from_codes(which[numbers], labels)


def _values(cities: Mapping[str, str]) -> Mapping[str, _Value]:
    """Return what columns say of the value they are read from."""
    return {
        "city": cities.get,
        "choice1_city": cities.get,
        "graduated": lambda day: None if day is None else int(day[:4]),
        "total": lambda total: None if total is None else total / 100,
        "applied": lambda status: status in COUNTED,
        "approved": lambda status: status == ApplicationStatus.APPROVED,
        "admitted": lambda status: status in SEATED,
        "reported": lambda status: status == AdmissionStatus.REPORTED,
    }


def _assembled(
    keys: Sequence[str],
    kept: Mapping[str, _Texts | _Coded],
    values: Mapping[str, _Value],
    sizes: Sequence[tuple[Batch, int]],
) -> "DataFrame":
    import pandas as pd

    whole = sum(size for _, size in sizes)
    columns: dict[str, ExtensionArray] = {}
    for key in keys:
        kind = BY_KEY[key].kind
        if key not in _OF_BATCH:
            columns[key] = kept[_source(key)].array(kind, values.get(key))
            continue
        said = pd.Series([_said(batch, key) for batch, _ in sizes], dtype=kind)
        columns[key] = said.repeat([size for _, size in sizes]).array
    return pd.DataFrame(columns, index=pd.RangeIndex(whole))


def _said(batch: Batch, key: str) -> str | int:
    if key == "round":
        return "main" if batch.parent_id is None else "supplement"
    return batch.code if key == "batch" else batch.year
