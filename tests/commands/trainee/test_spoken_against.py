"""Barred, in training, left, cleared: refused, told or passed in each place, however strict the batch is."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.conftest import Ran, Run
from tests.people import id_number, person, write_people
from tests.people_over_years import BARRED, CLEARED, FREE, LEFT, TRAINING, Call, store_years
from zhupei_cli.acting import Acting
from zhupei_cli.model import Application, Batch, Trainee
from zhupei_cli.store.engine import reading, transaction

#: Somebody of 往届毕业生 who graduates in the batch's year.
ODD = 29
#: What speaks against each, and the rule that says so.
AGAINST: Mapping[int, tuple[str, str] | None] = {
    BARRED: ("E690", "person.barred"),
    TRAINING: ("E691", "person.in_training"),
    LEFT: ("E692", "person.retraining"),
    ODD: ("E693", "source.fresh"),
    CLEARED: None,
    FREE: None,
}
CODES = {one[0] for one in AGAINST.values() if one}
BATCH = ("--batch", "HN2026")
Verdicts = dict[int, str | None]


@pytest.fixture
def office(database: str, zhupei: Run, tmp_path: Path, by: Acting) -> Call:
    def call(*args: str | Path) -> Ran:
        return zhupei("--database", database, *args)

    store_years(database, call, tmp_path, by)
    return call


def _rows() -> list[dict[str, Any]]:
    return [person(one, source_type="往届毕业生" if one == ODD else "应届毕业生") for one in AGAINST]


def _severity(problems: Iterable[Mapping[str, Any]]) -> str | None:
    """Return how grave what is said of somebody is; None when nothing speaks against them."""
    said = {one["severity"] for one in problems if one["code"] in CODES}
    return "error" if "error" in said else "warning" if said else None


def _json(ran: Ran) -> Any:
    assert ran.code in (0, 3), ran.err
    return json.loads(ran.out)


def _strict(office: Call, severity: str) -> None:
    for one in AGAINST.values():
        if one is not None:
            assert office("batch", "edit", "HN2026", "--set", f"severity.{one[1]}={severity}").code == 0


def _numbers(database: str) -> dict[int, str]:
    with reading(database) as session:
        columns = select(Trainee.id_number, Application.application_no)
        found = dict(session.execute(columns.join(Application, Application.trainee_id == Trainee.id)).all())
    return {one: found[id_number(one)] for one in AGAINST}


def _imported(office: Call, book: Path) -> Verdicts:
    said = _json(office("trainee", "import", book, *BATCH, "-n", "--json"))["problems"]
    return {one: _severity(row for row in said if row["row"] == at) for at, one in enumerate(AGAINST, 2)}


def _entered(office: Call) -> Verdicts:
    """By command, one by one; nothing is kept."""
    form = ("--identity", "social", "--train-years", "3", "--specialty", "0100", "--choice1", "4101001")
    verdicts: Verdicts = {}
    for one in AGAINST:
        source = "往届毕业生" if one == ODD else "应届毕业生"
        more = ("--person", id_number(one), "--source-type", source, "--adjust", "-n", "--json")
        ran = office("apply", "new", *BATCH, *form, *more)
        verdicts[one] = _severity(_json(ran)["problems"])
        assert (ran.code == 3) == (verdicts[one] == "error")
    return verdicts


def _checked(office: Call, numbers: Mapping[int, str]) -> Verdicts:
    said = _json(office("trainee", "check", *BATCH, "--json"))
    return {one: _severity(row for row in said if row["application_no"] == no) for one, no in numbers.items()}


def _known(office: Call) -> tuple[Verdicts, Verdicts]:
    """Without a batch: each of them asked about, and in the list of everybody."""
    alone = {one: _json(office("trainee", "check", id_number(one), "--json")) for one in AGAINST}
    all_ = _json(office("trainee", "check", "--json"))
    masked = {one: f"{id_number(one)[:4]}**********{id_number(one)[-4:]}" for one in AGAINST}
    listed = {one: _severity(row for row in all_ if row["id_number"] == masked[one]) for one in AGAINST}
    return {one: _severity(said) for one, said in alone.items()}, listed


def _submitted(office: Call, numbers: Mapping[int, str]) -> Verdicts:
    done = _json(office("apply", "submit", *numbers.values(), "--skip-bad", "-n", "--json"))
    said = [*done["refused"], *done["warnings"]]
    verdicts = {
        one: _severity(row for row in said if row["application_no"] == no) for one, no in numbers.items()
    }
    assert set(done["submitted"]) == {numbers[one] for one in numbers if verdicts[one] != "error"}
    return verdicts


def _reviewed(office: Call, numbers: Mapping[int, str]) -> Verdicts:
    return {
        one: _severity(_json(office("review", "show", no, "--json"))["findings"])
        for one, no in numbers.items()
    }


def _not_approved(office: Call, numbers: Mapping[int, str]) -> set[str]:
    """Return who may not be approved any more; nothing is kept."""
    done = _json(office("review", "approve", *numbers.values(), "--skip-bad", "-n", "--json"))
    assert {one["code"] for one in done["refused"]} <= {"E425"}
    return {one["application_no"] for one in done["refused"]}


def _odd(office: Call, numbers: Mapping[int, str]) -> set[int]:
    said = {
        row["subject"]
        for row in _json(office("report", "anomalies", *BATCH, "--json"))
        if row["kind"] in ("past", "sources")
    }
    return {one for one, no in numbers.items() if no in said}


def test_each_is_refused_told_or_passed_in_each_place(office: Call, database: str, tmp_path: Path) -> None:
    book = write_people(tmp_path / "报名.xlsx", _rows())

    def meant(severity: str) -> Verdicts:
        said = None if severity == "off" else severity
        return {one: said if against else None for one, against in AGAINST.items()}

    for severity in ("error", "warning", "off"):
        _strict(office, severity)
        assert _imported(office, book) == meant(severity), severity
        assert _entered(office) == meant(severity), severity
        # Without a form there is no 生源类型. Nobody applied: of everybody only who is barred is told.
        alone, listed = _known(office)
        assert alone == meant(severity) | {ODD: None}, severity
        there = _json(office("trainee", "check", id_number(TRAINING), *BATCH, "--json"))
        assert _severity(there) == meant(severity)[TRAINING], severity
        barred = None if severity == "off" else "warning"
        assert listed == dict.fromkeys(AGAINST) | {BARRED: barred}, severity
    # Nothing speaks against anybody now: all have a draft, and are looked at under stricter rules.
    assert office("trainee", "import", book, *BATCH).code == 0
    numbers = _numbers(database)
    for severity in ("error", "warning", "off"):
        _strict(office, severity)
        assert _checked(office, numbers) == meant(severity), severity
        assert _known(office) == (meant(severity) | {ODD: None},) * 2, severity
        assert _submitted(office, numbers) == meant(severity), severity
    assert office("apply", "submit", *numbers.values()).code == 0
    for severity in ("error", "warning", "off"):
        _strict(office, severity)
        assert _reviewed(office, numbers) == meant(severity), severity
        # What was submitted nobody changes: of the form nothing is said any more.
        assert _checked(office, numbers) == meant(severity) | {ODD: None}, severity
        forbidden = {no for one, no in numbers.items() if severity == "error" and AGAINST[one] and one != ODD}
        assert _not_approved(office, numbers) == forbidden, severity
        assert _odd(office, numbers) == {one for one, said in meant(severity).items() if said}, severity
    # No batch takes applications any more: what this year's would say.
    with transaction(database) as session:
        session.execute(update(Batch).where(Batch.code == "HN2026").values(status="locked"))
    assert _known(office)[0] == meant("error") | {LEFT: "warning", ODD: None}
    # The workbook that bases review by has their years in words.
    assert office("review", "export", "--all", *BATCH, "-o", tmp_path / "审核").code == 0
    _assert_told(tmp_path / "审核")


def _assert_told(folder: Path) -> None:
    import openpyxl

    (path,) = [one for one in folder.iterdir() if one.name.startswith("4101001")]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    lines = [[cell or "" for cell in line] for line in sheet.iter_rows(values_only=True)]
    at = next(number for number, line in enumerate(lines) if "历年记录" in line)
    told = {str(cell) for line in lines[at + 1 :] for cell in [line[lines[at].index("历年记录")]] if cell}
    assert {word for word in ("已报到", "已退培", "作弊") if any(word in one for one in told)} == {
        *("已报到", "已退培", "作弊")
    }


@pytest.mark.sqlite
@pytest.mark.usefixtures("office")
def test_the_dialogue_says_so_before_it_asks_for_a_form(database: str) -> None:
    pexpect = pytest.importorskip("pexpect")
    with transaction(database) as session:
        # The program on a terminal has the real clock.
        session.execute(
            update(Batch).where(Batch.code == "HN2026").values(apply_from=datetime(2020, 1, 1, tzinfo=UTC))
        )
    environ = {**os.environ, "ZHUPEI_DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)}
    program = "from zhupei_cli.shell.cli import main; main()"
    said = {}
    for one in (BARRED, TRAINING, LEFT, CLEARED, FREE):
        words = ["-c", program, "apply", "new", *BATCH, "--person", id_number(one), "--identity", "social"]
        child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=30, env=environ)
        asked = child.expect_exact(["以上信息正确吗？", pexpect.EOF]) == 0
        seen = child.before
        if asked:
            child.sendline("n")
            child.expect(pexpect.EOF)
        child.close()
        said[one] = (asked, child.exitstatus, [code for code in sorted(CODES) if code in seen])
    assert said == {
        BARRED: (False, 3, ["E690"]),
        TRAINING: (False, 3, ["E691"]),
        LEFT: (True, 130, ["E692"]),
        CLEARED: (True, 130, []),
        FREE: (True, 130, []),
    }
