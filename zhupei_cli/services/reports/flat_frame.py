"""The flat frame: one row an application, with all that figures over years are counted from.

Pandas is imported where a frame is made. Whatever belongs to admission is empty before publication.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import ColumnElement, FromClause, Row, Table, literal, select
from sqlalchemy.orm import Session, aliased

from zhupei_cli.model import Admission, Application, Batch, Choice, Snapshot, Trainee, TrainingBase
from zhupei_cli.rules.batch.lifecycle import PUBLISHED, SEATED
from zhupei_cli.words import codes
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
    *(ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED),
    *(ApplicationStatus.APPROVED, ApplicationStatus.REJECTED),
)
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
    *(
        FrameColumn("choice1_base", "第一志愿基地", "category"),
        FrameColumn("choice1_specialty", "第一志愿专业", "category"),
    ),
    FrameColumn("choice1_city", "第一志愿所在地市", "category", codes.CITY.labels),
    *(
        FrameColumn("choice2_base", "第二志愿基地", "category"),
        FrameColumn("choice2_specialty", "第二志愿专业", "category"),
    ),
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
    "graduated": ("snapshot", _S.c.graduated_on),
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


def frame_of(session: Session, batches: Sequence[Batch], keys: Sequence[str] = OPEN_KEYS) -> "DataFrame":
    """Return the applications of `batches` as a pandas DataFrame with the columns `keys`, dtypes as stated.

    Drafts and withdrawn applications are rows too: `applied` says who counts. `admitted` is whoever holds a
    seat now; a seat that was given up is in `admission` alone.
    """
    cities = {row.code: row.city for row in session.execute(select(_BASE.c.code, _BASE.c.city))}
    filled = {key: _filling(key, cities) for key in keys}
    sizes = []
    for batch in batches:
        size, read = 0, _read(batch, keys)
        # What several columns of the frame come from is read once.
        places = {column: at for at, column in enumerate(dict.fromkeys(name for _, name in read.values()))}
        for piece in _pieces(session, batch, read):
            size += len(piece)
            columns = list(zip(*piece, strict=True))
            for key in keys:
                source = read.get(key)
                filled[key].extend([None] * len(piece) if source is None else columns[places[source[1]]])
        sizes.append((batch, size))
    return _assembled(filled, sizes)


def _read(batch: Batch, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return what columns of the frame are read from, table and column; those of no column are left out."""
    hidden = batch.status not in PUBLISHED
    found = {key: _FROM.get(key, ("", None)) for key in keys if key not in _OF_BATCH}
    return {
        key: (table, str(_A.c[key] if column is None else column))
        for key, (table, column) in found.items()
        if not (hidden and table == "admission")
    }


def _pieces(
    session: Session, batch: Batch, read: Mapping[str, tuple[str, str]]
) -> Iterator[Sequence[Row[*tuple[object, ...]]]]:
    by_name = {str(column): column for _, column in _FROM.values()} | {str(one): one for one in _A.c}
    columns = [by_name[name] for name in dict.fromkeys(name for _, name in read.values())]
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


class _Said(dict[Hashable, object]):
    """What a function says of the few values there are, asked once of each."""

    def __init__(self, value: _Value) -> None:
        self._value = value

    def __missing__(self, key: Hashable) -> object:
        self[key] = self._value(key)
        return self[key]


class _Filling:
    """A column in the making: categories become small numbers at once, so that no text is kept twice."""

    def __init__(self, kind: Dtype, value: _Value | None) -> None:
        self.kind, self._value = kind, value
        self._said = None if value is None else _Said(value)
        self.values: list[object] = []
        self._codes: dict[str | None, int] = {None: -1}
        self._next = count()

    def extend(self, values: Iterable[Any]) -> None:
        if self.kind == "category":
            known = self._codes
            if fresh := set(values) - known.keys():
                for one in sorted(fresh):
                    known[one] = next(self._next)
            self.values.extend(map(known.__getitem__, values))
        else:
            self.values.extend(values if self._said is None else map(self._said.__getitem__, values))

    def series(self) -> "ExtensionArray":
        """Return the pandas array."""
        import pandas as pd

        if self.kind != "category":
            return pd.Series(self.values, dtype=self.kind).array
        labels = [code for code in self._codes if code is not None]
        numbers = pd.Series(self.values, dtype="int32").to_numpy()
        found = pd.Categorical.from_codes(numbers, labels)
        if self._value is None:
            return found.reorder_categories(sorted(labels)) if labels else found
        # Bases become cities: several of them the same one.
        return pd.Series(found).map(self._value).astype("category").array


def _filling(key: str, cities: Mapping[str, str]) -> _Filling:
    column = BY_KEY[key]
    values: Mapping[str, _Value] = {
        "city": lambda base: cities.get(base),
        "choice1_city": lambda base: cities.get(base),
        "graduated": lambda day: None if day is None else day.year,
        "total": lambda total: None if total is None else total / 100,
        "applied": lambda status: status in COUNTED,
        "approved": lambda status: status == ApplicationStatus.APPROVED,
        "admitted": lambda status: status in SEATED,
        "reported": lambda status: status == AdmissionStatus.REPORTED,
    }
    return _Filling(column.kind, values.get(key))


def _assembled(filled: Mapping[str, _Filling], sizes: Sequence[tuple[Batch, int]]) -> "DataFrame":
    import pandas as pd

    whole = sum(size for _, size in sizes)
    columns: dict[str, ExtensionArray] = {}
    for key, filling in filled.items():
        if key not in _OF_BATCH:
            columns[key] = filling.series()
            continue
        said = pd.Series([_said(batch, key) for batch, _ in sizes], dtype=filling.kind)
        columns[key] = said.repeat([size for _, size in sizes]).array
    return pd.DataFrame(columns, index=pd.RangeIndex(whole))


def _said(batch: Batch, key: str) -> str | int:
    if key == "round":
        return "main" if batch.parent_id is None else "supplement"
    return batch.code if key == "batch" else batch.year
