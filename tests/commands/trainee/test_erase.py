"""`zhupei trainee erase`: afterwards nothing in the database names the person."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table, select, update

from tests.conftest import Ran, Run
from tests.people import open_batch, person, write_book, write_people
from zhupei_cli.model import Application, Base, Batch, Trainee
from zhupei_cli.services.upkeep.invariants import check_database
from zhupei_cli.sheets.kinds import workbook_kinds as kinds
from zhupei_cli.store.engine import reading, transaction

PERSON = person(1)
NUMBER = PERSON["id_number"]
ERASE = ("trainee", "erase", NUMBER, "--reason", "本人申请")


@pytest.fixture
def call(database: str, zhupei: Run, tmp_path: Path) -> Callable[..., Ran]:
    with transaction(database) as session:
        open_batch(session)
    paths = [write_people(tmp_path / f"{at}.xlsx", [person(at)]) for at in (1, 2)]

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    assert run("trainee", "import", paths[0], "--submit").code == 0
    assert run("trainee", "import", paths[1], "--profile-only").code == 0
    return run


def _everything(database: str) -> str:
    metadata: MetaData = Base.metadata
    tables: list[Table] = metadata.sorted_tables
    with reading(database) as session:
        return "\n".join(str(tuple(row)) for table in tables for row in session.execute(select(table)))


def test_not_while_a_batch_goes_on(call: Callable[..., Ran], database: str) -> None:
    before = _everything(database)
    assert call(*ERASE, "--yes") == Ran(
        5,
        "",
        "错误 [E198]：HN2026-0000001 所在的批次 HN2026 现为“报名中”，不能删除此人的个人信息\n"
        "怎么办：批次归档或取消以后再删除；zhupei status HN2026 查看批次所处的阶段\n",
    )
    assert _everything(database) == before


def test_the_decisions_stay_and_the_person_goes(call: Callable[..., Ran], database: str) -> None:
    call("trainee", "edit", NUMBER, "--mobile", "13800009999")
    with transaction(database) as session:
        session.execute(update(Batch).values(status="archived"))
    named = [PERSON[key] for key in ("id_number", "name", "mobile", "address", "email", "school")]
    assert all(word in _everything(database) for word in named)
    assert call(*ERASE).code == 2  # nobody to ask
    assert call(*ERASE, "-n").err == "试做（不保存）：可以删除个人信息，保留 1 份报名的审核和录取结果\n"
    assert call(*ERASE, "--yes") == Ran(0, "", "已删除个人信息，保留 1 份报名的审核和录取结果\n")
    with transaction(database) as session:  # the other person went to the same school
        session.execute(update(Trainee).where(Trainee.id == 2).values(name="乙"))
    assert call("trainee", "erase", person(2)["id_number"], "--reason", "本人申请", "--yes").code == 0
    left = _everything(database)
    assert [word for word in (*named, "13800009999") if word in left] == []
    with reading(database) as session:
        assert session.execute(select(Application.status)).scalars().all() == ["submitted"]
    assert call(*ERASE, "--yes").code == 4


def test_who_never_applied_is_deleted(call: Callable[..., Ran], database: str) -> None:
    number = person(2)["id_number"]
    assert call("trainee", "erase", number, "--reason", "重复登记", "--yes") == Ran(0, "", "已删除个人信息\n")
    assert number not in _everything(database)
    with reading(database) as session:
        assert session.execute(select(Trainee.id)).scalars().all() == [1]


def test_what_imports_keep_of_records_and_seats_before_a_run_goes_too(
    call: Callable[..., Ran], database: str, tmp_path: Path
) -> None:
    no, words = "HN2026-0000001", ("代考被查处", "替人考试", "协和医学院", "张教授", "李教授")
    bar = {"id_number": NUMBER, "name": PERSON["name"], "kind": "作弊", "from_date": "2020-01-01"}
    for years, reason in ((5, words[0]), (3, words[1])):
        book = write_book(
            tmp_path / f"{NUMBER}_{years}.xlsx", [(kinds.BAR, [{**bar, "years": years, "reason": reason}])]
        )
        assert call("trainee", "bar", "import", book).code == 0
    assert call("review", "approve", no).code == call("batch", "close", "HN2026", "--yes").code == 0
    seat = {"application_no": no, "place_base": "4101001", "place_specialty": "2800"}
    for tutor in words[3:]:
        rows = [{**seat, "university": words[2], "tutor": tutor}]
        book = write_book(tmp_path / "专硕.xlsx", [(kinds.PREPLACE, rows)])
        assert call("admit", "preplace", "import", book).code == 0
    assert [word for word in words if word not in _everything(database)] == []
    assert call("trainee", "bar", "lift", "1", "--reason", "期满").code == 0
    with transaction(database) as session:  # and the training is over
        session.execute(update(Batch).values(status="archived", year=2020))

    def found() -> set[str]:
        with reading(database) as session:
            return {f"{one.code} {one.message}" for one in check_database(session, deep=True)}

    before = found()
    assert call(*ERASE, "--yes").code == 0
    left = _everything(database)
    assert [word for word in (NUMBER, PERSON["name"], *words) if word in left] == []
    assert {one for one in found() - before if "导入" in one or "诚信" in one} == set()
