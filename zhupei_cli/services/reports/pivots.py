"""A pivot table over the flat frame: any of its columns against any other."""

from collections.abc import Mapping, Sequence
from math import floor
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.lifecycle import PUBLISHED
from zhupei_cli.services.records.lookup import base_names, nearest, specialty_names
from zhupei_cli.services.reports.flat_frame import AFTER_CHECKIN, BY_KEY, FRAME_COLUMNS, frame_of
from zhupei_cli.services.reports.trends import labels_of
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import CodeTable

if TYPE_CHECKING:
    from pandas import DataFrame


#: What may stand in rows, columns and conditions: everything that makes groups.
DIMENSIONS: Final = CodeTable(
    "列",
    {
        column.key: column.heading
        for column in FRAME_COLUMNS
        if not column.personal
        and (column.kind == "category" or column.key in ("year", "train_years", "graduated"))
    },
)
VALUES: Final = CodeTable(
    "指标",
    {
        "applied": "报名",
        "approved": "审核通过",
        "admitted": "录取",
        "reported": "报到",
        "lowest_total": "最低分",
        "mean_total": "平均分",
        "highest_total": "最高分",
    },
)
_MARKS: Final = {"lowest_total": "min", "mean_total": "mean", "highest_total": "max"}
#: The group of whoever has nothing there, and what it is called.
_BLANK: Final = "blank"
_BLANK_LABEL: Final = "未填"
_BLANKS: Final = (_BLANK, _BLANK_LABEL)
_OF_ADMISSION: Final = ("admitted", "reported", *_MARKS)

Heading = tuple[str, str]
#: Codes of a group with their labels, and its figures. Any: which keys there are is asked for.
PivotRow = dict[str, Any]
#: The codes of a group, a column each: texts or years (hence Any); None in that of the whole.
_Group = tuple[Any, ...]


#: What is read whatever is asked for.
_ALWAYS: Final = ("batch", "admission", "applied", "approved", "admitted", "reported", "via", "total")


def pivot(
    session: Session,
    batches: Sequence[Batch],
    *,
    rows: Sequence[str],
    columns: str,
    values: Sequence[str],
    where: Mapping[str, Sequence[str]],
) -> tuple[list[Heading], list[PivotRow]]:
    """Return the value columns (key, heading), and a row for each group of `rows` and for the whole.

    Marks are those of the seated, placings by hand left out. `where` keeps the rows whose column is one of
    the words, codes or names; E722 for a word that is none. What is admission's is None where nothing is
    published, check-ins where none has begun.
    """
    wanted = dict.fromkeys((*rows, columns, *where, *_ALWAYS))
    frame = frame_of(session, batches, list(wanted))
    told = _told(frame, batches)
    for key, words in where.items():
        found_codes = _codes(session, frame, key, words)
        frame = frame[frame[key].isin(found_codes) | (frame[key].isna() & (_BLANK in found_codes))]
    groups = list(dict.fromkeys((*rows, columns)))
    frame = frame.assign(
        **{key: frame[key].astype("object").where(frame[key].notna(), _BLANK) for key in groups}
    )
    across = sorted(frame.loc[frame["applied"], columns].unique(), key=str)
    labels = {key: {**labels_of(session, key), _BLANK: _BLANK_LABEL} for key in groups}
    headings: list[Heading] = []
    found: dict[_Group, dict[str, float | int]] = {}
    for value in values:
        counted, source, how = _counted(frame, value)
        headings += [
            (f"{value}_{one}", f"{VALUES.label(value)}·{labels[columns].get(one, one)}") for one in across
        ]
        headings.append((f"{value}_all", f"{VALUES.label(value)}·合计"))
        if counted.empty:
            continue
        wide = counted.pivot_table(index=list(rows), columns=columns, values=source, aggfunc=how)
        for one in wide.columns:
            for at, cell in wide[one].dropna().items():
                found.setdefault(_tuple(at), {})[f"{value}_{one}"] = _plain(value, cell)
        for at, cell in counted.groupby(list(rows))[source].agg(how).items():
            found.setdefault(_tuple(at), {})[f"{value}_all"] = _plain(value, cell)
        whole = found.setdefault((None,) * len(rows), {})
        for one, cell in counted.groupby(columns)[source].agg(how).items():
            whole[f"{value}_{one}"] = _plain(value, cell)
        whole[f"{value}_all"] = _plain(value, counted[source].agg(how))
    for value in values:
        if value in _OF_ADMISSION:
            batches_told = told["reported" if value == "reported" else "admitted"]
            _hide(found, frame.assign(seen=frame["batch"].isin(batches_told)), value, rows, columns)
    return headings, [
        _row(at, rows, labels, headings, found[at])
        for at in sorted(found, key=lambda at: (at[0] is None, list(map(str, at))))
    ]


def _told(frame: "DataFrame", batches: Sequence[Batch]) -> Mapping[str, set[str]]:
    """Return which batches tell of admission, and which of the check-in."""
    begun = set(frame.loc[frame["admission"].isin(AFTER_CHECKIN), "batch"].unique())
    return {"admitted": {one.code for one in batches if one.status in PUBLISHED}, "reported": begun}


def _hide(
    found: Mapping[_Group, PivotRow],
    frame: "DataFrame",
    value: str,
    rows: Sequence[str],
    columns: str,
) -> None:
    """Leave cells empty, not nought, where nobody of those who applied is `seen` to have a result."""
    applied = frame[frame["applied"]]
    across = applied.groupby(columns)["seen"].any()
    down = {_tuple(at): seen for at, seen in applied.groupby(list(rows))["seen"].any().items()}
    each = applied.groupby([*rows, columns])["seen"].any().to_dict()
    for at, row in found.items():
        whole = at[0] is None
        told = bool(across.any()) if whole else down.get(at, True)
        for one, any_ in across.items():
            if not (any_ and (whole or each.get((*at, one), True))):
                row[f"{value}_{one}"] = None
        if not told:
            row[f"{value}_all"] = None


def _counted(frame: "DataFrame", value: str) -> tuple["DataFrame", str, str]:
    if value in _MARKS:
        seated = frame["admitted"] & ~frame["via"].isin(("place", "preplaced")) & frame["total"].notna()
        return frame[seated], "total", _MARKS[value]
    return frame[frame[value]], value, "sum"


def _tuple(at: object) -> _Group:
    return at if isinstance(at, tuple) else (at,)


def _plain(value: str, cell: float) -> float | int:
    # Half a hundredth goes up, as totals do; what is not quite one is the noise of dividing.
    return floor(round(float(cell) * 100, 6) + 0.5) / 100 if value in _MARKS else int(cell)


def _row(
    at: _Group,
    rows: Sequence[str],
    labels: Mapping[str, Mapping[str, str]],
    headings: Sequence[Heading],
    cells: Mapping[str, float | int],
) -> PivotRow:
    said: PivotRow = {}
    for number, (key, code) in enumerate(zip(rows, at, strict=True)):
        whole = "合计" if number == 0 else ""
        said |= {key: code, f"{key}_label": whole if code is None else labels[key].get(code, code)}
    nothing = {key: None if key.startswith(tuple(_MARKS)) else 0 for key, _ in headings}
    return said | nothing | dict(cells)


def _codes(session: Session, frame: "DataFrame", key: str, words: Sequence[str]) -> Sequence[object]:
    """Return what the words of a condition mean: codes of the column, whichever way they were written.

    A word with commas is one word where the column knows it, else several.
    """
    heading = BY_KEY[key].heading
    if BY_KEY[key].kind == "Int64":
        return _numbers(heading, words)
    labels = labels_of(session, key)
    known: dict[str, str] = {label: code for code, label in labels.items()}
    known |= {code: code for code in (*labels, *frame[key].dropna().unique())}
    known |= dict.fromkeys(_BLANKS, _BLANK)
    names = base_names(session) if key.endswith("base") else specialty_names(session)
    named = names.find if key.endswith(("base", "specialty")) else known.get
    found = []
    for word in words:
        for part in [word] if known.get(word) or named(word) else _parted(word):
            code = known.get(part) or named(part)
            if code is None:
                near = nearest(part, list(known))
                raise ZhupeiError("E722", column=heading, value=part, nearest=near)
            found.append(code)
    return found


def _numbers(heading: str, words: Sequence[str]) -> list[object]:
    parts = [one for word in words for one in _parted(word)]
    if wrong := [word for word in parts if not word.isdecimal() and word not in _BLANKS]:
        raise ZhupeiError("E722", column=heading, value=wrong[0], nearest="应为数字")
    return [_BLANK if word in _BLANKS else int(word) for word in parts]


def _parted(word: str) -> list[str]:
    return [one.strip() for one in word.replace("，", ",").split(",") if one.strip()]
