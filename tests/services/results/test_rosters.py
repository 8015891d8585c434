"""Rosters of exactly the admitted, read back with openpyxl."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from tests.builders import drawn_world, store_world, worked_example
from tests.people import id_number
from tests.statements import statements
from zhupei_cli.acting import Acting
from zhupei_cli.model import Admission, Application, Batch, Event, Score, Snapshot, Trainee
from zhupei_cli.printing.fonts import find_fonts
from zhupei_cli.rules.admission.run import Inputs, Place
from zhupei_cli.services.admission import admissions
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.results import rosters
from zhupei_cli.services.results.rosters import Targets, WantedRosters
from zhupei_cli.sheets.kinds.roster_columns import ROSTER_COLUMNS
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError

Row = dict[str, Any]


def _season(database: str, inputs: Inputs, by: Acting, *, commit: bool = True) -> None:
    with transaction(database) as session:
        batch = store_world(session, inputs)
        admissions.run_admission(session, batch, by=by)
        if commit:
            admissions.commit_run(session, batch, 1, by=by)


def _export(database: str, by: Acting, folder: Path, **options: Any) -> Targets:
    with transaction(database) as session:
        wanted = WantedRosters(folder, **options)
        targets = rosters.prepare_rosters(session, find_batch(session, "T"), wanted, by=by)
    rosters.write_rosters(targets, force=wanted.force, fonts=wanted.fonts)
    return targets


def _read(path: Path) -> dict[str, list[Row]]:
    """Return the people of each sheet by heading."""
    headings = [column.heading for column in ROSTER_COLUMNS]
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book.worksheets[1:]:
        rows = list(sheet.iter_rows(values_only=True))
        at = rows.index(tuple(headings))
        found[sheet.title] = [dict(zip(headings, row, strict=True)) for row in rows[at + 1 :]]
    return found


def _people(folder: Path) -> list[tuple[str, str]]:
    """Return (base, application number) of everybody on the rosters of a folder."""
    return sorted(
        (path.name.split("_")[0], row["报名号"])
        for path in folder.iterdir()
        for rows in _read(path).values()
        for row in rows
    )


def _admitted(database: str) -> list[tuple[str, str]]:
    with transaction(database, read_only=True) as session:
        rows = session.execute(
            select(Admission.base_code, Application.application_no)
            .join(Application, Application.id == Admission.application_id)
            .where(Admission.live_key.is_not(None))
        )
        return sorted((base, number) for base, number in rows if base)


def test_rosters_hold_exactly_the_admitted(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, drawn_world(120, bases=5, specialties=3), by)
    targets = _export(database, by, tmp_path / "out")
    assert len(targets) == 5
    assert _people(tmp_path / "out") == _admitted(database)
    assert len(_admitted(database)) > 50


def test_a_row_tells_what_was_submitted_and_todays_phone(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by)
    with transaction(database) as session:
        session.add(
            Score(
                application_id=1,
                record="A",
                base_code="A",
                written=None,
                skill=8888,
                interview=1,
                written_absent=False,
                skill_absent=False,
                interview_absent=False,
                touched_by=0,
            )
        )
        session.execute(update(Trainee).values(mobile="13900000001", name="改名"))
        session.add(_second_snapshot(session.get_one(Snapshot, (2, 1))))
        session.execute(update(Application).where(Application.id == 2).values(snapshot_version=2))
    ((path, _),) = _export(database, by, tmp_path, bases=["A"])
    assert path == tmp_path / "A_基地A_拟录取名单.xlsx"
    ((title, (first, second)),) = _read(path).items()
    assert title.startswith("0100 ")
    assert first == {
        "序号": 1,
        "报名号": "T-0000001",
        "专业代码": "0100",
        "专业": title[5:],
        "姓名": "考生1",
        "性别": "女",
        "证件号码": id_number(1),
        "个人身份": "面向社会招收住院医师",
        "毕业院校": "郑州大学",
        "毕业专业": "临床医学",
        "最高学历": "本科",
        "学位": "学士",
        "毕业时间": "2026-06-30",
        "培训年限": 3,
        "笔试": None,
        "技能": 88.88,
        "面试": 0.01,
        "总成绩": 90,
        "名次": 1,
        "录取志愿": "第一志愿",
        "联系电话": "13900000001",
        "备注": None,
    }
    assert (second["姓名"], second["笔试"], second["名次"]) == ("更正后", 80, 2)


def _second_snapshot(first: Snapshot) -> Snapshot:
    kept = {column.name: getattr(first, column.name) for column in Snapshot.__table__.columns}
    return Snapshot(**{**kept, "version": 2, "name": "更正后"})


def test_a_base_without_anybody_still_gets_its_workbook(database: str, tmp_path: Path, by: Acting) -> None:
    example = worked_example()
    _season(database, replace(example, places=(*example.places, Place("D", "0100", 3, 9900))), by)
    targets = _export(database, by, tmp_path / "out")
    names = ["A_基地A", "B_基地B", "C_基地C", "D_基地D"]
    assert [path.name for path, _ in targets] == [f"{name}_拟录取名单.xlsx" for name in names]
    last = targets[-1][0]
    assert [len(rows) for rows in _read(last).values()] == [0]
    summary = openpyxl.load_workbook(last)["汇总"]
    assert [row[2:5] for row in summary.iter_rows(values_only=True)][-1] == (3, 0, 3)


@pytest.mark.parametrize(("status", "kind"), [("publicity", "拟录取名单"), ("final", "录取名单")])
def test_provisional_until_the_batch_is_final(
    database: str, tmp_path: Path, by: Acting, status: str, kind: str
) -> None:
    _season(database, worked_example(), by)
    with transaction(database) as session:
        session.execute(update(Batch).values(status=status))
    ((path, roster),) = _export(database, by, tmp_path, bases=["C"])
    assert path.name == f"C_基地C_{kind}.xlsx"
    assert openpyxl.load_workbook(path)["汇总"]["A1"].value == f"T 招收{kind}"
    assert roster.made_on == date(2026, 6, 5)


def test_a_run_can_be_looked_at_before_it_is_the_result(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by, commit=False)
    with pytest.raises(ZhupeiError) as refused:
        _export(database, by, tmp_path / "out")
    assert (refused.value.code, refused.value.exit_code) == ("E464", 5)
    _export(database, by, tmp_path / "out", run=1)
    assert _people(tmp_path / "out") == [
        ("A", "T-0000001"),
        ("A", "T-0000002"),
        ("B", "T-0000004"),
        ("C", "T-0000005"),
    ]
    with pytest.raises(ZhupeiError, match="E305"):
        _export(database, by, tmp_path / "out", run=2)


def test_the_number_of_the_result_means_the_result(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by)
    with transaction(database) as session:
        session.execute(
            update(Admission).where(Admission.application_id == 5).values(status="declined", live_key=None)
        )
    _export(database, by, tmp_path / "out", run=1)
    assert _people(tmp_path / "out") == _admitted(database)
    assert ("C", "T-0000005") not in _admitted(database)


def test_no_file_is_written_when_one_is_there(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by)
    old = tmp_path / "C_基地C_拟录取名单.xlsx"
    old.write_bytes(b"old")
    with pytest.raises(ZhupeiError) as refused:
        _export(database, by, tmp_path)
    assert (refused.value.code, refused.value.exit_code) == ("E002", 5)
    assert list(tmp_path.glob("*.xlsx")) == [old]
    with transaction(database, read_only=True) as session:
        assert session.scalars(select(Event.seq).where(Event.action == "export.roster")).all() == []
    _export(database, by, tmp_path, force=True)
    assert len(_people_of(old)) == 1


def _people_of(path: Path) -> list[Row]:
    return [row for rows in _read(path).values() for row in rows]


def test_somebody_who_cannot_be_listed_stops_the_export(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by)
    with transaction(database) as session:
        session.execute(delete(Snapshot).where(Snapshot.application_id == 4))
    with pytest.raises(ZhupeiError) as refused:
        _export(database, by, tmp_path / "out")
    assert (refused.value.code, refused.value.exit_code) == ("E466", 3)
    assert refused.value.message == "名单与录取结果不一致：缺 1 人，多 0 人，例如 T-0000004"
    assert not (tmp_path / "out").exists()


def test_a_base_outside_the_plan_is_named(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by)
    with pytest.raises(ZhupeiError) as refused:
        _export(database, by, tmp_path, bases=["A", "Z"])
    assert (refused.value.code, refused.value.exit_code) == ("E308", 4)


def test_the_export_is_an_event_and_sealed_by_it(database: str, tmp_path: Path, by: Acting) -> None:
    _season(database, worked_example(), by)
    ((_, roster),) = _export(database, by, tmp_path, bases=["A"])
    with transaction(database, read_only=True) as session:
        table = Event.metadata.tables["event"]
        event = session.execute(select(table).order_by(table.c.seq.desc()).limit(1)).one()
    assert (event.action, event.subject, event.who) == ("export.roster", "T", by.who)
    assert event.data == '{"bases":["A"],"people":2,"provisional":true,"run":null}'
    assert roster.seal == f"存证：第 {event.seq} 号 {event.hash[:16]}"


def test_in_the_order_of_merit_and_by_adjustment_after_equal_totals(
    database: str, tmp_path: Path, by: Acting
) -> None:
    _season(database, drawn_world(200), by)
    targets = _export(database, by, tmp_path)
    lists = [rows for path, _ in targets for rows in _read(path).values()]
    for rows in lists:
        assert [row["序号"] for row in rows] == list(range(1, len(rows) + 1))
        keys = [(-row["总成绩"], row["名次"] or 9999, row["报名号"]) for row in rows]
        assert keys == sorted(keys)
    assert {row["录取志愿"] for rows in lists for row in rows} == {"第一志愿", "第二志愿", "调剂"}


def test_statements_do_not_grow_with_people(
    new_database: Callable[[], str], tmp_path: Path, by: Acting
) -> None:
    counts = []
    for people in (50, 500):
        database = new_database()
        _season(database, drawn_world(people), by)
        with statements() as seen, transaction(database) as session:
            wanted = WantedRosters(tmp_path / str(people))
            rosters.prepare_rosters(session, find_batch(session, "T"), wanted, by=by)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_on_paper_specialties_follow_each_other(database: str, tmp_path: Path, by: Acting) -> None:
    """Everybody, on fewer pages; what is the same in all rows is said once; no list lacks somebody."""
    _season(database, drawn_world(120, bases=2, specialties=6), by)
    fonts = find_fonts(None)
    targets = _export(database, by, tmp_path / "纸", fonts=fonts)
    assert [path.suffix for path, _ in targets] == [".pdf", ".pdf"]
    for path, roster in targets:
        pages = [page.extract_text() for page in PdfReader(path).pages]
        text = "\n".join(pages)
        numbers = [str(row[1]) for place in roster.specialties for row in place.rows]
        assert sorted(re.findall(r"T-\d{7}", text)) == sorted(numbers)
        assert len(pages) < len([place for place in roster.specialties if place.rows])
        assert text.count("专业代码") == 0
        assert "以下各人相同：" in pages[0]
        assert pages[0].count("培训年限") == 1
        admitted = sum(len(place.rows) for place in roster.specialties)
        assert f"录取 {admitted} 人" in text.replace("\n", "").rpartition("合计：")[2]
    with transaction(database) as session:
        session.execute(update(Snapshot).values(name="王\U00030000"))
    with pytest.raises(ZhupeiError) as caught:
        _export(database, by, tmp_path / "缺", fonts=fonts)
    assert caught.value.code == "E749"
    assert not (tmp_path / "缺").exists()
