"""Bases and specialties, taken in from workbooks."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.people import write_book
from tests.services.imported import reading_of
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Event, ImportRow, ImportRun, TrainingBase
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import read_workbooks
from zhupei_cli.services.reference.lists import (
    import_bases,
    import_specialties,
    load_default_specialties,
)
from zhupei_cli.services.reference.views import list_bases, list_specialties, show_base
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.store.engine import reading, transaction

Row = Mapping[str, Any]
Take = Callable[..., tuple[Imported, list[tuple[int, str, str]]]]


def _base(number: int = 1, **changes: Any) -> dict[str, Any]:
    row = {
        "code": f"410100{number}",
        "name": f"第{number}医院",
        "aliases": f"{number}院",
        "level": "三级甲等",
        "city": "郑州",
        "contact_name": "王芳",
        "contact_phone": "13800000000",
    }
    return {**row, **changes}


@pytest.fixture
def take(database: str, tmp_path: Path, by: Acting) -> Take:
    """Import rows of 基地 and return the outcome with its problems as (row, column, code)."""

    def run(*rows: Row) -> tuple[Imported, list[tuple[int, str, str]]]:
        sheet = read_workbooks(
            [write_book(tmp_path / "基地.xlsx", [(workbook_kinds.BASE, rows)])], workbook_kinds.BASE
        )
        with transaction(database) as session:
            outcome = import_bases(session, sheet, by=by)
        return outcome, [(one.row, one.column, one.code) for one in sheet.problems]

    return run


def _counts(outcome: Imported) -> dict[str, int]:
    return {name: count for name, count in asdict(outcome.counts).items() if count}


def _stored(database: str) -> dict[str, dict[str, Any]]:
    with reading(database) as session:
        table = TrainingBase.metadata.tables["base"]
        return {row["code"]: dict(row) for row in session.execute(select(table)).mappings()}


def test_rows_become_bases(take: Take, database: str) -> None:
    outcome, problems = take(
        _base(aliases="一院、郑一；第1医院", city="郑州市", uscc="12410000MB00000010"),
        _base(2, city="130100"),
    )
    assert (_counts(outcome), problems) == ({"rows": 2, "inserted": 2}, [])
    assert _stored(database)["4101001"] == {
        "code": "4101001",
        "name": "第1医院",
        "aliases": "一院|郑一",
        "level": "三级甲等",
        "city": "410100",
        "uscc": "12410000MB00000010",
        "contact_name": "王芳",
        "contact_phone": "13800000000",
        "status": "enabled",
        **dict.fromkeys(("main_code", "is_joint", "institution")),
    }
    assert _stored(database)["4101002"]["city"] == "130100"


def test_the_same_file_again_changes_nothing(take: Take, database: str) -> None:
    take(_base(), _base(2))
    before = _stored(database)
    outcome, problems = take(_base(), _base(2))
    assert (outcome.import_id, _counts(outcome), problems) == (None, {"rows": 2, "unchanged": 2}, [])
    assert _stored(database) == before
    with reading(database) as session:
        assert session.execute(select(ImportRun.kind).order_by(ImportRun.id)).scalars().all() == [
            "specialty",
            "base",
        ]


def test_blank_keeps_and_a_word_erases(take: Take, database: str) -> None:
    take(_base())
    outcome, _ = take({"code": "4101001", "name": "第1医院", "city": "郑州", "contact_phone": "清空"})
    assert _counts(outcome) == {"rows": 1, "updated": 1}
    assert _stored(database)["4101001"]["contact_phone"] is None
    assert _stored(database)["4101001"]["contact_name"] == "王芳"


def test_what_stood_there_before_is_kept_for_undoing(take: Take, database: str) -> None:
    take(_base())
    outcome, _ = take(_base(level="三级乙等"), _base(2))
    with reading(database) as session:
        rows = session.execute(
            select(ImportRow.entity, ImportRow.key, ImportRow.action, ImportRow.before).where(
                ImportRow.import_id == outcome.import_id
            )
        ).all()
    (inserted, updated) = sorted(rows, key=lambda row: row.action)
    assert tuple(inserted) == ("base", "4101002", "inserted", None)
    assert tuple(updated)[:3] == ("base", "4101001", "updated")
    assert '"level":"三级甲等"' in updated.before


@pytest.mark.parametrize("code", ["..", ".", "a/b", "-n", "a.", ".a", "CON", "nul.x", "lpt1", "甲*"])
def test_a_code_must_do_as_the_name_of_a_file(take: Take, code: str) -> None:
    _, problems = take(_base(1, code=code))
    assert problems == [(2, "基地编号", "E052")]


def test_every_problem_of_every_row_is_found_and_good_rows_go_in(take: Take, database: str) -> None:
    outcome, problems = take(
        _base(1, city="某市", uscc="123", contact_phone="电话"),
        _base(2, code="41/02", name="长" * 101),
        _base(3, name="清空"),
        {"code": "4101004", "city": "郑州"},
        _base(5),
        _base(6, uscc="12410000MB00000011"),
    )
    assert problems == [
        (2, "联系电话", "E011"),
        (2, "所在地市", "E053"),
        (2, "统一社会信用代码", "E054"),
        (3, "基地编号", "E052"),
        (3, "基地名称", "E155"),
        (4, "基地名称", "E051"),
        (5, "基地名称", "E023"),
        (7, "统一社会信用代码", "E055"),
    ]
    assert _counts(outcome) == {"rows": 6, "inserted": 2, "rejected": 4, "warned": 1}
    assert not outcome.ok
    assert _stored(database).keys() == {"4101005", "4101006"}


def test_a_city_or_credit_code_that_cannot_be(take: Take) -> None:
    _, problems = take(_base(1, city="某市", uscc="123"))
    assert problems == [(2, "所在地市", "E053"), (2, "统一社会信用代码", "E054")]


def test_twins_are_both_refused_each_naming_the_other(take: Take, database: str) -> None:
    outcome, problems = take(_base(1), _base(1, level="二级"), _base(2))
    assert problems == [(2, "", "E050"), (3, "", "E050")]
    assert _stored(database).keys() == {"4101002"}
    assert _counts(outcome) == {"rows": 3, "inserted": 1, "rejected": 2}


def test_a_code_that_is_erased_is_no_code(take: Take) -> None:
    _, problems = take(_base(1, code="清空"), _base(2, code="清空"))
    assert problems == [(2, "基地编号", "E051"), (3, "基地编号", "E051")]


def test_a_name_or_credit_code_has_one_owner(take: Take, database: str) -> None:
    take(_base(1, uscc="12410000MB00000010"))
    _, problems = take(
        _base(2, name="第1 医院"),
        _base(3, uscc="12410000MB00000010"),
        _base(4, name="同名"),
        _base(5, name="同名"),
    )
    assert problems == [
        (2, "基地名称", "E056"),
        (3, "统一社会信用代码", "E056"),
        (4, "基地名称", "E056"),
        (5, "基地名称", "E056"),
    ]
    assert _stored(database).keys() == {"4101001"}


def test_an_alias_that_names_two_is_a_warning(take: Take) -> None:
    outcome, problems = take(_base(1, aliases="人民医院"), _base(2, aliases="人民医院"))
    assert problems == [(2, "别名", "E057"), (3, "别名", "E057")]
    assert _counts(outcome) == {"rows": 2, "inserted": 2, "warned": 2}


def test_a_sheet_without_its_columns_takes_nothing(database: str, tmp_path: Path, by: Acting) -> None:
    path = write_book(
        tmp_path / "专业.xlsx", [(workbook_kinds.SPECIALTY, [{"code": "9900", "name": "新专业"}])]
    )
    sheet = read_workbooks([path], workbook_kinds.BASE)
    with transaction(database) as session:
        outcome = import_bases(session, sheet, by=by)
    assert (outcome.ok, outcome.import_id) == (False, None)


def test_a_hundred_bases_take_as_many_statements_as_one(take: Take) -> None:
    with statements() as few:
        take(_base(1))
    with statements() as many:
        take(*(_base(number) for number in range(2, 102)))
    assert len(many) == len(few)


def test_every_import_leaves_its_events(take: Take, database: str) -> None:
    outcome, _ = take(_base(1), _base(2))
    with reading(database) as session:
        events = session.execute(select(Event.action, Event.subject, Event.who, Event.data)).all()[-3:]
    assert [tuple(event)[:3] for event in events] == [
        ("base.import", f"import {outcome.import_id}", "测试员"),
        ("base.write", "4101001", "测试员"),
        ("import.rows", f"import {outcome.import_id}", "测试员"),
    ]
    assert '"keys":["4101001","4101002"]' in events[1].data


def test_phones_are_masked_unless_somebody_answers_for_it(take: Take, database: str, by: Acting) -> None:
    take(_base())
    with reading(database) as session:
        (row,) = list_bases(session)
    assert row == {
        "code": "4101001",
        "name": "第1医院",
        "aliases": "1院",
        "level": "三级甲等",
        "city": "410100",
        "city_label": "郑州市",
        "uscc": None,
        "contact_name": "王芳",
        "contact_phone": "138****0000",
        "main_base": None,
        "main_base_label": None,
        "is_joint": False,
        "institution": None,
        "status": "enabled",
        "status_label": "启用",
    }
    with transaction(database) as session:
        (row,) = list_bases(session, reveal_by=by)
    assert row["contact_phone"] == "13800000000"
    with reading(database) as session:
        last = session.execute(select(Event.action, Event.data).order_by(Event.seq.desc()).limit(1)).one()
    assert tuple(last) == ("base.reveal", '{"rows":1}')
    with transaction(database) as session:
        again = {**row, "code": "4101777", "name": "另一家医院"}
        import_bases(
            session,
            reading_of((workbook_kinds.BASE, [{key: again[key] for key in ("code", "name", "city")}])),
            by=by,
        )
        assert len(list_bases(session, reveal_by=by)) == 2
        assert show_base(session, "4101777", reveal_by=by)["name"] == "另一家医院"
        told = session.execute(select(Event.data).where(Event.action == "base.reveal").order_by(Event.seq))
        assert told.scalars().all()[-2:] == ['{"rows":2}', '{"rows":1}']


def test_the_default_catalogue_is_there_once(database: str, by: Acting) -> None:
    with transaction(database) as session:
        again = load_default_specialties(session, by=by)
        rows = list_specialties(session)
    assert (again.import_id, _counts(again)) == (None, {"rows": 37, "unchanged": 37})
    assert len(rows) == 37
    assert rows[1] == {"code": "0200", "name": "儿科", "category": "西医", "is_shortage": True, "aliases": ""}


def test_the_province_may_change_the_catalogue(database: str, tmp_path: Path, by: Acting) -> None:
    rows = [
        {"code": "0200", "name": "儿科", "category": "西医", "is_shortage": "否"},
        {"code": "9900", "name": "新专业", "category": "西医", "is_shortage": "紧缺", "aliases": "新"},
    ]
    sheet = read_workbooks(
        [write_book(tmp_path / "专业.xlsx", [(workbook_kinds.SPECIALTY, rows)])], workbook_kinds.SPECIALTY
    )
    with transaction(database) as session:
        outcome = import_specialties(session, sheet, by=by)
        found = {row["code"]: row for row in list_specialties(session)}
    assert (_counts(outcome), sheet.problems) == ({"rows": 2, "inserted": 1, "updated": 1}, [])
    assert found["0200"]["is_shortage"] is False
    assert found["9900"] == {
        "code": "9900",
        "name": "新专业",
        "category": "西医",
        "is_shortage": True,
        "aliases": "新",
    }


def test_codes_that_differ_by_case_alone_are_refused(take: Take) -> None:
    assert _counts(take(_base(code="ZZ01"))[0])["inserted"] == 1
    outcome, problems = take(
        _base(2, code="zz01"), _base(3, code="Y2"), _base(4, code="y2"), _base(5, code="Y3")
    )
    assert _counts(outcome) == {"rows": 4, "inserted": 1, "rejected": 3}
    assert problems == [(row, "基地编号", "E685") for row in (2, 3, 4)]
    # An entry that is there already may be written again.
    assert take(_base(code="ZZ01", name="改名医院"))[1] == []
