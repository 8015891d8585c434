"""The columns of a register as data: what each is called and holds, what it must not lack, its words.

A file of columns is a CSV with the headings 列名 字段 必填 词表, the last two if they are wanted. 字段 is one
of the fields of a register, `=text` for what is the same for everybody, or nothing. 必填 is 是, or the field
that says of whom: where it is 是. 词表 names a list of data/register-words.csv: what our words are called on
the other platform. `national` are 49 columns of the national kind: headings, and what must be
filled, as a sheet that published systems of the kind export; no document of the platform itself.
"""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple, TypedDict

from zhupei_cli.rules.batch.setting_words import label_of
from zhupei_cli.services.results.register_cures import OF_BATCH, cure_of
from zhupei_cli.words.errors import ZhupeiError, sentence

NATIONAL: Final = "national"
_HEADINGS: Final = ("列名", "字段", "必填", "词表")
_YES: Final = "是"

#: What one person's row says, by field.
_Texts = Mapping[str, str]
#: List → our word → theirs.
_Words = Mapping[str, Mapping[str, str]]


class RegisterField(NamedTuple):
    """One column of a register; `needed` is 是, a field or nothing, `words` a list or nothing."""

    heading: str
    field: str
    needed: str = ""
    words: str = ""


class Lack(TypedDict):
    """One cell that the other platform will not take, and whose it is."""

    application_no: str
    name: str
    base: str
    column: str
    code: str
    message: str


def load_fields(path: Path | None, known: Collection[str], words: _Words) -> list[RegisterField]:
    """Read the columns from `path`, `national`, or the program's own without one.

    Raises E001, and E063 for a field that is not `known`, or a list that is none of `words`.
    """
    if path is None or (str(path) == NATIONAL and not path.exists()):
        name = "register.csv" if path is None else f"register-{NATIONAL}.csv"
        text = (files("zhupei_cli") / "data" / name).read_text("utf-8")
    elif path.is_file():
        name, text = path.name, _decoded(path)
    else:
        raise ZhupeiError("E001", file=path)
    rows = [[cell.strip() for cell in line] for line in csv.reader(text.splitlines()) if any(line)]
    head = tuple(rows[0]) if rows else ()
    if len(rows) < 2 or head != _HEADINGS[: max(2, len(head))]:
        raise _unfit(name, "第一行应为 列名,字段 或 列名,字段,必填,词表，以下每行一列", known)
    return [_field(name, number, row, known, words) for number, row in enumerate(rows[1:], 2)]


def _field(
    file: str, number: int, row: Sequence[str], known: Collection[str], words: _Words
) -> RegisterField:
    one = RegisterField(*(*row, "", "", "")[:4])
    problem = None
    if not one.heading:
        problem = "没有列名"
    elif one.field and not one.field.startswith("=") and one.field not in known:
        problem = f"没有这个字段“{one.field}”"
    elif one.needed not in ("", _YES) and one.needed not in known:
        problem = f"必填写“是”、留空或一个字段，不能是“{one.needed}”"
    elif one.words and one.words not in words:
        problem = f"没有这个词表“{one.words}”，可用：{'、'.join(words)}"
    if problem:
        raise _unfit(file, f"第 {number} 行{problem}", known)
    return one


def load_words(path: Path | None = None) -> dict[str, dict[str, str]]:
    """Read the lists of words of the program, and those of `path`, which go before; E001 and E063."""
    name = "register-words.csv"
    texts = [(name, (files("zhupei_cli") / "data" / name).read_text("utf-8"))]
    if path is not None:
        if not path.is_file():
            raise ZhupeiError("E001", file=path)
        texts.append((path.name, _decoded(path)))
    found: dict[str, dict[str, str]] = {}
    for file, text in texts:
        head, *rows = [line for line in csv.reader(text.splitlines()) if any(line)] or [[]]
        if [cell.strip() for cell in head] != ["词表", "值", "写作"] or any(len(row) != 3 for row in rows):
            raise _unfit(file, "第一行应为 词表,值,写作，以下每行一个词", ())
        for list_, ours, theirs in rows:
            found.setdefault(list_.strip(), {})[ours.strip()] = theirs.strip()
    return found


def _decoded(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unfit(path.name, "不是 UTF-8 编码", ()) from error


def _unfit(file: str, problem: str, known: Iterable[str]) -> ZhupeiError:
    return ZhupeiError("E063", file=file, problem=problem, fields=" ".join(sorted(known)) or "见 --help")


def register_keys(columns: Iterable[RegisterField]) -> list[str]:
    """Return the headings as keys: one that stands again is numbered, 医疗卫生机构类别（2）."""
    counts: Counter[str] = Counter()
    keys = []
    for heading in [one.heading for one in columns]:
        counts[heading] += 1
        keys.append(heading if counts[heading] == 1 else f"{heading}（{counts[heading]}）")
    return keys


def cell_of(row: _Texts, column: RegisterField, words: _Words) -> str:
    """Return what a person's cell says; a word without a counterpart stays as it is."""
    if column.field.startswith("="):
        return column.field[1:]
    text = row.get(column.field, "")
    return words[column.words].get(text, text) if column.words else text


def lacking_fields(rows: Iterable[_Texts], columns: Sequence[RegisterField], words: _Words) -> Iterator[Lack]:
    """Yield every cell that must be filled and is not (E779), and every word without a counterpart (E716).

    What a setting of the batch fills is told once for each batch (E758), before all people.
    """
    rows = list(rows)
    for column in columns:
        if column.field in OF_BATCH:
            yield from _unset(rows, column)
    for row in rows:
        for column in columns:
            text = cell_of(row, column, words)
            if not text and _needs(row, column) and column.field not in OF_BATCH:
                yield _lack("E779", row, column, cure=cure_of(column.field, row))
            elif text and column.words and text not in words[column.words].values():
                yield _lack("E716", row, column, value=text)


def _unset(rows: Iterable[_Texts], column: RegisterField) -> Iterator[Lack]:
    lacks = Counter(row["batch"] for row in rows if not row.get(column.field) and _needs(row, column))
    for batch, count in lacks.items():
        told = {"batch": batch, "count": count, "key": column.field, "label": label_of(column.field)}
        nobody = {"application_no": "", "name": "", "base": ""}
        yield _lack("E758", nobody, column, **told)


def _needs(row: _Texts, column: RegisterField) -> bool:
    return column.needed == _YES or (column.needed != "" and row.get(column.needed) == _YES)


def _lack(code: str, row: _Texts, column: RegisterField, **told: object) -> Lack:
    values = {"name": row["name"], "column": column.heading, "words": column.words, **told}
    return {
        "application_no": row["application_no"],
        "name": row["name"],
        "base": row["base"],
        "column": column.heading,
        "code": code,
        "message": sentence(code, values),
    }
