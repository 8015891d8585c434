"""The handbook: its whole season is played, and every word it prints compared."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import gettempdir

import pytest
from sqlalchemy import update

from tests.handbook import HANDBOOK, REFERENCE, TOP, in_a_folder, reference, replayed
from tests.report_world import draw, store, store_second_batch
from zhupei_cli.model import Batch
from zhupei_cli.store.engine import transaction


def test_the_transcripts_are_what_the_commands_print(home: Path) -> None:
    text = HANDBOOK.read_text("utf-8")
    with in_a_folder(home):
        found = [(step.line, step.command, step.output, output) for step, output in replayed(text)]
    assert len(found) > 40
    assert [one for one in found if one[2] != one[3]] == []


def test_the_reference_names_every_command() -> None:
    found = REFERENCE.search(HANDBOOK.read_text("utf-8"))
    assert found is not None
    assert found[2] == reference()


def test_nothing_in_the_handbook_is_whole_that_is_personal() -> None:
    text = HANDBOOK.read_text("utf-8")
    assert re.findall(r"410101\d{11}[\dX]", text) == []
    assert re.findall(r"(?<![0-9a-f])1[3-9]\d{9}(?![0-9a-f])", text) == []


def test_no_folder_of_this_machine() -> None:
    text = HANDBOOK.read_text("utf-8")
    assert [folder for folder in (Path.home(), Path(gettempdir()), TOP) if f"{folder}/" in text] == []


def test_the_installation_names_the_file_of_this_version() -> None:
    files = set(re.findall(r"zhupei-\S+?\.whl", HANDBOOK.read_text("utf-8")))
    assert files == {f"zhupei-{version('zhupei')}-py3-none-any.whl"}


def cron_line() -> str:
    """Return the command of the handbook's cron line, without its five fields."""
    found = re.search(r"^30 2 \* \* \*\s+(.+)$", HANDBOOK.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform == "win32", reason="there is no cron")
def test_the_cron_line_as_printed_works_the_whole_year(database: str, home: Path) -> None:
    with transaction(database) as session:
        store(session, draw(1, people=30), status="publicity")
    store_second_batch(database)
    served, program = home / "srv", home / "zhupei"
    served.mkdir()
    Path(database.removeprefix("sqlite:///")).rename(served / "zhupei.sqlite")
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "from zhupei_cli.shell.cli import main; main()" "$@"\n'
    )
    program.chmod(0o755)
    line = cron_line().replace("/srv/zhupei", str(served)).replace("/usr/local/bin/zhupei", str(program))

    def night() -> set[str]:
        """Run the line as cron does, with next to nothing around it; return whose reports are there."""
        ran = subprocess.run(
            ["/bin/sh", "-c", line], env={}, cwd="/", capture_output=True, text=True, timeout=60
        )
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
        return {path.name[0] for path in (served / "日报").glob("*.html")}

    assert night() == {"R", "S"}
    for code, left in (("R", {"S"}), ("S", set[str]())):
        with transaction(f"sqlite:///{served / 'zhupei.sqlite'}") as session:
            session.execute(update(Batch).where(Batch.code == code).values(status="archived"))
        for path in (served / "日报").glob("*.html"):
            path.unlink()
        assert night() == left
