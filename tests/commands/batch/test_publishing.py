"""`zhupei batch publish` at a terminal: what lists and letters would lack is asked for first."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.builders import store_world, worked_example
from zhupei_cli.acting import Acting
from zhupei_cli.services.admission.admissions import commit_run, run_admission
from zhupei_cli.services.records.lookup import find_batch, settings_of
from zhupei_cli.store.engine import reading, transaction

pexpect = pytest.importorskip("pexpect")
PROGRAM = "from zhupei_cli.shell.cli import main; main()"


@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_publishing_asks_for_what_lists_would_lack(database: str, home: Path, by: Acting) -> None:
    with transaction(database) as session:
        batch = store_world(session, worked_example())
        run_admission(session, batch, by=by)
        commit_run(session, batch, 1, by=by)
    environ = {**os.environ, "ZHUPEI_DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = ["-c", PROGRAM, "batch", "publish", "T"]
    child = pexpect.spawn(
        sys.executable, words, encoding="utf-8", timeout=20, env=environ, cwd=home, dimensions=(60, 200)
    )
    for label, answer in (("发文单位", "某省卫生健康委员会"), ("技术支持", ""), ("报到地点", "各基地科教科")):
        child.expect(label)
        child.expect("按回车")
        child.sendline(answer)
    child.expect("还没有设置技术支持")
    child.expect("继续吗")
    time.sleep(1.1)  # people take their time: nothing has changed by then
    child.sendline("y")
    child.expect("公示中")
    child.expect(pexpect.EOF)
    with reading(database) as session:
        said = settings_of(session, find_batch(session, "T"))
    assert [said.get(key) for key in ("authority", "contact", "checkin_place")] == [
        "某省卫生健康委员会",
        None,
        "各基地科教科",
    ]
