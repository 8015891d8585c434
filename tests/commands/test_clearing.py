"""清空 in every column of every kind: it erases, or is a problem of the row; it never ends the program."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from tests.people import SPECIALTIES, open_batch, person, write_book, write_people
from zhupei_cli.acting import Acting
from zhupei_cli.rules.people.fields import FORM_LABELS
from zhupei_cli.services.admission import admissions, stages
from zhupei_cli.services.applications.form_checks import REQUIRED
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import transaction

CLEAR = "清空"


@pytest.fixture
def shell(zhupei: Run, database: str, by: Acting) -> Run:
    """A batch that is open, the worked example, final, and the same, closed."""
    with transaction(database) as session:
        open_batch(session, code="HN2025")
        batch = store_world(session, worked_example())
        admissions.run_admission(session, batch, by=by)
        admissions.commit_run(session, batch, 1, by=by)
        stages.move_batch(session, batch, "publish", by=by)
        stages.finalize_batch(session, batch, by=by)
        take(session, "batch", 1)  # the number of HN2025
        others = tuple(one._replace(no=f"E{one.no[1:]}") for one in worked_example().candidates)
        store_world(session, replace(worked_example(), candidates=others), code="E", status="closed")

    def run(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    return run


def _cleared(kind: Kind, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one of the rows for each column, with 清空 in it."""
    columns = [column for column in kind.columns if not column.ignored]
    return [row | {column.key: CLEAR} for column, row in zip(columns, rows, strict=False)]


def test_a_form_loses_its_second_choice_and_nothing_it_needs(shell: Run, home: Path) -> None:
    people = [person(at + 300, choice2_specialty="内科") for at in range(2 * len(FORM_LABELS))]
    assert shell("trainee", "import", write_people(home / "人员.xlsx", people), "--batch", "HN2025").code == 0
    # Half of them are known, half are new.
    new = [person(at + 500) for at in range(len(FORM_LABELS))]
    rows = [
        one | {key: CLEAR}
        for key, one in zip([*FORM_LABELS] * 2, [*people[: len(FORM_LABELS)], *new], strict=True)
    ]
    ran = shell("trainee", "import", write_people(home / "清空.xlsx", rows), "--batch", "HN2025")
    refused = [line for line in ran.err.splitlines() if "[E051]" in line]
    assert ran.code == 3, ran.err
    assert len(refused) == 2 * len(REQUIRED)
    assert all("不能清空" in line for line in refused)
    listed = shell(
        "apply", "list", "--batch", "HN2025", "-f", "csv", "--columns", "choice1_base,choice2_base"
    )
    assert sum(line.endswith(",") for line in listed.out.splitlines()) == 2, "the known one and the new one"


_MEETING = {"group": "一组", "day": "2026-07-10", "clock": "08:30", "place": "一号楼"}
PERSONS = [person(at + 100) for at in range(60)]
BOOKS: tuple[tuple[Kind, tuple[str, ...], list[dict[str, Any]]], ...] = (
    (workbook_kinds.PERSON, ("trainee", "import", "--batch", "HN2025"), PERSONS),
    (
        workbook_kinds.EDUCATION,
        ("trainee", "import", "--batch", "HN2025"),
        [
            {**one, "level": "本科", "school": f"河南大学{at}", "full_time": "是", "graduated_on": "2020-06"}
            for at, one in enumerate([PERSONS[0]] * 9)
        ],
    ),
    (
        workbook_kinds.WORK,
        ("trainee", "import", "--batch", "HN2025"),
        [{**PERSONS[1], "employer_name": f"医院{at}", "from_date": "2020-01"} for at in range(9)],
    ),
    (
        workbook_kinds.BASE,
        ("base", "import"),
        [{"code": f"420{at}", "name": f"县医院{chr(0x4E00 + at)}", "city": "郑州市"} for at in range(12)],
    ),
    (
        workbook_kinds.SPECIALTY,
        ("base", "specialty", "import"),
        [{"code": f"77{at}", "name": f"专科{chr(0x4E00 + at)}", "category": "西医"} for at in range(9)],
    ),
    (
        workbook_kinds.PLAN,
        ("batch", "plan", "import", "--batch", "HN2025"),
        [
            {"base": base, "specialty": one, "quota": 5}
            for base in ("4101001", "4101002", "4103001")
            for one in SPECIALTIES
        ],
    ),
    (
        workbook_kinds.EMPLOYER,
        ("trainee", "employer", "import"),
        [{"name": f"卫生院{chr(0x4E00 + at)}"} for at in range(9)],
    ),
    (
        workbook_kinds.BAR,
        ("trainee", "bar", "import"),
        [{**one, "kind": "作弊", "from_date": "2026-06-01", "reason": "代考"} for one in PERSONS[10:17]],
    ),
    (
        workbook_kinds.EXAM_ROOM,
        ("exam", "sites", "import", "--batch", "E"),
        [
            {"site": f"1{at}", "site_name": f"考点{chr(0x4E00 + at)}", "room": "001", "seats": "30"}
            for at in range(8)
        ],
    ),
    (
        workbook_kinds.EXAM_GROUP,
        ("exam", "groups", "import", "--batch", "E"),
        [{"application_no": f"E-000000{at}", **_MEETING} for at in (1, 2, 3, 4, 5, 1, 2, 3)],
    ),
    (
        workbook_kinds.PREPLACE,
        ("admit", "preplace", "import", "--batch", "E"),
        [
            {"application_no": f"E-000000{at % 5 + 1}", "place_base": "B", "place_specialty": "0100"}
            for at in range(7)
        ],
    ),
    (
        workbook_kinds.CHECK_IN,
        ("admit", "checkin", "import", "--batch", "T"),
        [{"application_no": f"T-000000{at}", "checked_in": "是"} for at in (1, 2, 4, 5, 1)],
    ),
)


def test_no_kind_ends_the_program(shell: Run, home: Path) -> None:
    for number, (kind, command, rows) in enumerate(BOOKS):
        sheets = [(kind, _cleared(kind, rows))]
        if kind in (workbook_kinds.EDUCATION, workbook_kinds.WORK):
            sheets.insert(0, (workbook_kinds.PERSON, PERSONS[:2]))
        for tried in ("--dry-run", "--json"):
            ran = shell(*command, write_book(home / f"{number}.xlsx", sheets), tried)
            assert ran.code in (0, 3), (kind.key, ran.err)
            assert "Special" not in ran.out + ran.err


def test_what_cannot_be_cleared_is_told(shell: Run, home: Path) -> None:
    """清空 that takes nothing away is a problem of its row: nobody may think that it did."""
    known = {"level": "硕士", "degree": "硕士", "degree_type": "专业型", "has_employer": "是"}
    known |= {"employer_name": "某医院", "bachelor_school": "河南大学", "bachelor_major": "临床医学"}
    people = [person(at + 400, **known) for at in range(2)]
    book = write_people(home / "人员.xlsx", people)
    assert shell("trainee", "import", book, "--batch", "HN2025", "--profile-only").code == 0
    rows = [
        people[0] | {"employer_name": CLEAR},
        people[1] | {"bachelor_school": CLEAR, "bachelor_major": CLEAR},
    ]
    ran = shell("trainee", "import", write_people(home / "清空.xlsx", rows), "--batch", "HN2025", "-n")
    assert ran.code == 3
    assert [code for line in ran.err.splitlines() for code in ("E136", "E137") if code in line] == [
        "E136",
        "E137",
    ]
    bars = [{**people[0], "id_type": CLEAR, "kind": "作弊", "from_date": "2026-06-01", "reason": "代考"}]
    ran = shell("trainee", "bar", "import", write_book(home / "诚信.xlsx", [(workbook_kinds.BAR, bars)]))
    assert (ran.code, "“证件类型”不能清空" in ran.err) == (3, True)
    joint = {"code": "4299", "name": "协同医院", "city": "郑州市", "main_code": "4101001"}
    for is_joint, code in (("是", 0), (CLEAR, 3)):
        row = joint | {"is_joint": is_joint}
        ran = shell("base", "import", write_book(home / "基地.xlsx", [(workbook_kinds.BASE, [row])]))
        assert ran.code == code, ran.err
    assert "“是否协同”不能清空" in ran.err


def test_a_bachelor_without_its_school_is_the_one_there_is(shell: Run, home: Path) -> None:
    known = person(400, level="硕士", bachelor_school="河南大学", bachelor_major="临床医学")
    book = write_people(home / "人员.xlsx", [known])
    assert shell("trainee", "import", book, "--batch", "HN2025", "--profile-only").code == 0
    rows = [
        known | {"bachelor_school": None, "bachelor_major": "口腔医学"},
        person(401, level="硕士", bachelor_major="中医学"),
    ]
    ran = shell(
        "trainee", "import", write_people(home / "又.xlsx", rows), "--batch", "HN2025", "--profile-only"
    )
    assert ran.code == 3
    assert "缺少 本科院校" in ran.err
    listed = shell("trainee", "education", "list", known["id_number"], "-f", "csv")
    assert "河南大学,口腔医学" in listed.out


def test_a_reason_that_is_cleared_is_none(shell: Run, home: Path) -> None:
    book = write_people(home / "人员.xlsx", [person(at + 300) for at in range(5)])
    assert shell("trainee", "import", book, "--batch", "HN2025", "--submit").code == 0
    rows = _cleared(
        workbook_kinds.REVIEW,
        [
            {"application_no": f"HN2025-000000{at + 1}", "decision": "不通过", "reason": "材料不全"}
            for at in range(4)
        ],
    )
    ran = shell(
        "review",
        "import",
        write_book(home / "审核.xlsx", [(workbook_kinds.REVIEW, rows)]),
        "--batch",
        "HN2025",
    )
    assert ran.code == 3
    assert [line.partition("[")[2][:4] for line in ran.err.splitlines() if "[E" in line] == ["E051"] * 4
    marks = _cleared(
        workbook_kinds.SCORE,
        [{"application_no": f"HN2025-000000{at % 5 + 1}", "written": "80"} for at in range(7)],
    )
    ran = shell(
        "admit",
        "scores",
        "import",
        write_book(home / "成绩.xlsx", [(workbook_kinds.SCORE, marks)]),
        "--batch",
        "HN2025",
    )
    assert ran.code == 3
    assert "Special" not in ran.err
