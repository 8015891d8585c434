"""When an import happens, and what is known before its rows are read."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.conftest import NOW, OPERATOR, Run
from tests.people import open_batch, person, write_people
from zhupei_cli.model import ImportRun
from zhupei_cli.shell.cli import cli
from zhupei_cli.store.engine import reading, transaction


def test_an_import_happens_when_its_turn_has_come(database: str, home: Path) -> None:
    with transaction(database) as session:
        open_batch(session)
    write_people(home / "报名信息.xlsx", [person(1)])
    hours = count()
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(NOW + timedelta(hours=next(hours)))
        return asked[-1]

    words = ["--database", database, "--operator", OPERATOR, "trainee", "import", "报名信息.xlsx"]
    assert CliRunner().invoke(cli, words, obj=clock).exit_code == 0
    with reading(database) as session:
        made = session.execute(select(ImportRun.made_at).order_by(ImportRun.id.desc())).scalars().first()
    # What is asked before is for the rows' own checks, which may take minutes, and wait for others.
    assert made in asked[1:]


@pytest.mark.sqlite
@pytest.mark.parametrize(("reason", "code"), [("造\ue000字", "E661"), ("长" * 501, "E660")])
def test_a_reason_that_cannot_be_kept_is_told_before_any_row(
    zhupei: Run, database: str, home: Path, reason: str, code: str
) -> None:
    with transaction(database) as session:
        open_batch(session)
    write_people(home / "报名信息.xlsx", [person(1, mobile="x")])
    ran = zhupei("--database", database, "trainee", "import", "报名信息.xlsx", "--late", "--reason", reason)
    assert (ran.code != 0, f"[{code}]" in ran.err, "未通过" in ran.err) == (True, True, False)
