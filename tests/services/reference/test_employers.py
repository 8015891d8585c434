"""The directory of employers: imported, searched, used by work entries."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.people import write_book
from zhupei_cli.acting import Acting
from zhupei_cli.model import Employer, Event, ImportRow
from zhupei_cli.services.kinds.employer import import_employers
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reference import employers
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import transaction

#: A code whose check character is right, and one where it is not.
CODE, ODD = "12410000415800000T", "12410000415800000X"
ROWS = [
    {"name": "郑州市中心医院", "uscc": CODE, "level": "三级甲等", "city": "郑州", "is_medical": "是"},
    {"name": "河南省人民医院（南院区）", "city": "410100"},
    {"name": "新郑市人民医院"},
]


@pytest.fixture
def take(database: str, tmp_path: Path, by: Acting) -> Any:
    """Import rows of 单位 and return (inserted, updated, unchanged, rejected) with the problems' codes."""

    def run(*rows: dict[str, Any]) -> tuple[tuple[int, ...], list[str]]:
        reading = read_workbooks(
            [write_book(tmp_path / "单位.xlsx", [(workbook_kinds.EMPLOYER, rows)])], workbook_kinds.EMPLOYER
        )
        with transaction(database) as session:
            counts = import_employers(session, reading, by=by).counts
        numbers = (counts.inserted, counts.updated, counts.unchanged, counts.rejected)
        return numbers, [problem.code for problem in reading.problems]

    return run


def stored(database: str) -> list[tuple[Any, ...]]:
    with transaction(database, read_only=True) as session:
        rows = session.execute(select(Employer.__table__).order_by(Employer.id))
        return [tuple(row)[:6] for row in rows]


def test_employers_are_known_by_name(take: Any, database: str) -> None:
    assert take(*ROWS) == ((3, 0, 0, 0), [])
    assert stored(database) == [
        (1, "郑州市中心医院", CODE, "三级甲等", "郑州市", True),
        (2, "河南省人民医院（南院区）", None, None, "郑州市", None),
        (3, "新郑市人民医院", None, None, None, None),
    ]
    assert take(*ROWS) == ((0, 0, 3, 0), [])
    assert take({"name": "河南省人民医院(南院区)", "level": "三级", "city": "清空"}, {"name": "新医院"}) == (
        (1, 1, 0, 0),
        [],
    )
    assert stored(database)[1:] == [
        (2, "河南省人民医院(南院区)", None, "三级", None, None),
        (3, "新郑市人民医院", None, None, None, None),
        (4, "新医院", None, None, None, None),
    ]
    with transaction(database, read_only=True) as session:
        undo = session.execute(
            select(ImportRow.entity, ImportRow.key, ImportRow.action).where(ImportRow.entity == "employer")
        )
        assert len(undo.all()) == 5
        actions = session.execute(select(Event.action).order_by(Event.seq.desc()).limit(3)).scalars().all()
        assert actions == ["import.rows", "employer.write", "employer.import"]


def test_bad_rows_stay_out(take: Any, database: str) -> None:
    rows = [
        {"name": "甲医院"},
        {"name": "甲 医院"},
        {"name": "乙医院", "uscc": "1241"},
        {"name": "丙医院", "uscc": ODD},
        {"level": "三级"},
        {"name": "清空"},
        {"name": "丁" * 101},
    ]
    assert take(*rows) == ((1, 0, 0, 6), ["E050", "E050", "E054", "E055", "E023", "E051", "E155"])
    assert [row[1] for row in stored(database)] == ["丙医院"]


@pytest.mark.parametrize(
    ("keyword", "names"),
    [
        ("人民医院", ["新郑市人民医院", "河南省人民医院（南院区）"]),
        ("新郑", ["新郑市人民医院"]),
        ("医院 南院", ["河南省人民医院（南院区）"]),
        ("郑", ["郑州市中心医院", "新郑市人民医院"]),
        (CODE.lower(), ["郑州市中心医院"]),
        ("%", []),
        (" ", []),
    ],
)
def test_a_keyword_may_stand_anywhere(take: Any, database: str, keyword: str, names: list[str]) -> None:
    take(*ROWS)
    with transaction(database, read_only=True) as session:
        assert [row["name"] for row in employers.search(session, keyword, limit=9)] == names
        assert len(employers.search(session, "医院", limit=2)) == 2


def test_a_work_entry_takes_name_and_code_of_the_directory(take: Any, database: str) -> None:
    take(*ROWS)
    with transaction(database, read_only=True) as session:
        given = {"employer_name": "郑州市 中心医院", "department": "内科"}
        full = {"employer_name": "郑州市中心医院", "employer_uscc": CODE, "department": "内科"}
        assert employers.completed_work(session, given) == (full, True)
        typed = {"employer_name": "郑州市中心医院", "employer_uscc": ODD}
        assert employers.completed_work(session, typed) == (typed, True)
        free = {"employer_name": "某诊所"}
        assert employers.completed_work(session, free) == (free, False)
