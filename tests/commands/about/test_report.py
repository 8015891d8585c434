"""report from the shell: what it writes, what it says, how it ends when somebody else is at it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, text, update

from commands.about.report import report
from tests.conftest import NOW, OPERATOR, Ran, Run
from tests.report_world import draw, store, store_second_batch
from zhupei_cli import files
from zhupei_cli.model import Admission, Batch, Night, Plan
from zhupei_cli.shell.cli import cli
from zhupei_cli.store.engine import transaction

DAY = "2026-06-05"
NAMES = [f"R_日报_{DAY}.html", f"R_日报_{DAY}.xlsx"]


@pytest.fixture
def shell(zhupei: Run, database: str) -> Run:
    """Run commands on a database with a published batch."""
    with transaction(database) as session:
        store(session, draw(1), status="publicity")

    def run(*args: str | Path, **kwargs: object) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    return run


def nightly_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".lock"))


def test_a_night(shell: Run, database: str, tmp_path: Path) -> None:
    folder = tmp_path / "日报"
    ran = shell("report", "nightly", "-o", folder)
    pages = "、".join(str(folder / name) for name in NAMES)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"日报已写好：{pages}，异常 ")
    assert nightly_files(folder) == [*NAMES, "nightly.log"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    log = (folder / "nightly.log").read_text("utf-8").splitlines()
    assert [line.split()[2][:5] for line in log] == ["日报：开始", "日报已写好"]
    with transaction(database) as session:
        data, who = session.execute(text("SELECT data, who FROM event WHERE action = 'report.nightly'")).one()
        kept = session.execute(text("SELECT figures FROM night")).scalar_one()
    assert [file["name"] for file in json.loads(data)["files"]] == NAMES
    assert who == OPERATOR
    summary = json.loads(shell("report", "summary", "--json").out)
    assert {row["figure"]: row["count"] for row in summary} == json.loads(kept)


def test_quiet_is_silent_and_check_tells(shell: Run, tmp_path: Path) -> None:
    assert shell("-q", "report", "nightly", "-o", tmp_path / "a") == Ran(0, "", "")
    assert shell("-q", "report", "nightly", "-o", tmp_path / "a", "--check") == Ran(3, "", "")
    assert shell("-q", "report", "anomalies", "--check").code == 3
    assert shell("-q", "report", "anomalies").code == 0


def test_what_scripts_read(shell: Run, tmp_path: Path) -> None:
    ran = shell("report", "nightly", "-o", tmp_path / "a", "--json")
    summary = json.loads(ran.out)
    assert ran.err == ""
    assert (summary["batch"], summary["day"], summary["files"], summary["mailed"]) == ("R", DAY, NAMES, [])
    funnel = json.loads(shell("report", "funnel", "--json").out)
    assert [row["stage"] for row in funnel] == [
        *("registered", "filled", "submitted", "approved", "scored", "admitted", "reported")
    ]
    assert {row["stage"]: row["count"] for row in funnel} == {
        key: summary["figures"][key] for key in (row["stage"] for row in funnel)
    }
    assert len(json.loads(shell("report", "anomalies", "--json").out)) == summary["anomalies"]


def test_a_dry_run_leaves_nothing(shell: Run, database: str, tmp_path: Path) -> None:
    ran = shell("report", "nightly", "-o", tmp_path / "a", "-n")
    assert (ran.code, ran.err[:8]) == (0, "试做（不写文件）"[:8])
    assert not (tmp_path / "a").exists()
    with transaction(database) as session:
        assert session.execute(text("SELECT count(*) FROM night")).scalar() == 0


def at(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.fixture
def on(database: str, home: Path) -> Run:
    """Run a command at an instant."""
    del home  # for its environment

    def run(moment: datetime, *args: str | Path) -> Ran:
        arguments = ["--database", database, "--operator", OPERATOR, *map(str, args)]
        result = CliRunner().invoke(cli, arguments, obj=lambda: moment)
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.mark.usefixtures("shell")
def test_changes_are_since_the_day_before(on: Run, database: str, tmp_path: Path) -> None:
    folder = tmp_path / "日报"
    assert on(at(5), "report", "nightly", "-o", folder).code == 0
    with transaction(database) as session:
        session.execute(text("UPDATE application SET status = 'returned' WHERE status = 'rejected'"))
    assert on(at(6), "report", "nightly", "-o", folder).code == 0
    # A second run of the same night compares with the night before, not with the first one.
    assert on(at(6, 3), "report", "nightly", "-o", folder).code == 0
    rows = {row["figure"]: row for row in json.loads(on(at(6, 4), "report", "summary", "--json").out)}
    assert rows["rejected"]["change"] == -rows["rejected"]["before"] < 0
    assert rows["returned"]["change"] == rows["rejected"]["before"]
    assert rows["plan"]["change"] == 0
    assert {row["since"] for row in rows.values()} == {DAY}
    page = (folder / "R_日报_2026-06-06.html").read_text("utf-8")
    assert f"增减与 {DAY} 的日报相比" in page
    assert f">−{rows['rejected']['before']}<" in page
    assert len(nightly_files(folder)) == 5


@pytest.mark.sqlite
@pytest.mark.usefixtures("shell")
def test_old_nights_go_and_nothing_else(on: Run, tmp_path: Path) -> None:
    folder = tmp_path / "日报"
    for day in range(1, 6):
        on(at(day), "report", "nightly", "-o", folder)
    (folder / "S_日报_2026-06-01.html").touch()
    (folder / "R_日报_2026-06-01.html.bak").touch()
    ran = on(at(6), "report", "nightly", "-o", folder, "--keep", "2", "--json")
    assert len(json.loads(ran.out)["removed"]) == 8
    left = {
        name[5:15] for name in nightly_files(folder) if name.startswith("R_") and not name.endswith(".bak")
    }
    assert left == {"2026-06-05", "2026-06-06"}
    assert (folder / "S_日报_2026-06-01.html").exists()
    assert (folder / "R_日报_2026-06-01.html.bak").exists()


BOTH = [f"{code}_日报_{DAY}.{ending}" for code in "RS" for ending in ("html", "xlsx")]


def test_every_batch_under_way_has_its_report(shell: Run, database: str, tmp_path: Path) -> None:
    store_second_batch(database)
    folder = tmp_path / "日报"
    ran = shell("report", "nightly", "-o", folder)
    assert (ran.code, ran.err.partition("，")[0]) == (
        0,
        f"日报已写好：{'、'.join(str(folder / name) for name in BOTH)}",
    )
    assert nightly_files(folder) == [*BOTH, "nightly.log"]
    summary = json.loads(shell("report", "nightly", "-o", folder, "--json").out)
    assert (summary["batch"], summary["figures"], summary["files"]) == (None, None, BOTH)
    assert [one["batch"] for one in summary["reports"]] == ["R", "S"]
    assert summary["anomalies"] == sum(one["anomalies"] for one in summary["reports"]) > 0
    one = json.loads(shell("report", "nightly", "-o", folder, "--batch", "S", "--json").out)
    assert (one["batch"], one["files"], one["figures"]) == ("S", BOTH[2:], summary["reports"][1]["figures"])
    with transaction(database) as session:
        nights = session.execute(text("SELECT batch_id FROM night ORDER BY batch_id")).scalars().all()
    assert nights == [1, 2]


@pytest.mark.usefixtures("shell")
def test_old_nights_go_batch_by_batch(on: Run, database: str, tmp_path: Path) -> None:
    store_second_batch(database)
    folder = tmp_path / "日报"
    assert on(at(5), "report", "nightly", "-o", folder).code == 0
    ran = on(at(6), "report", "nightly", "-o", folder, "--keep", "1", "--json")
    assert sorted(json.loads(ran.out)["removed"]) == sorted(BOTH)


def test_without_a_batch_under_way(zhupei: Run, database: str, tmp_path: Path) -> None:
    command = ("--database", database, "report", "nightly", "-o", tmp_path / "日报", "--check")
    assert zhupei(*command) == Ran(0, "", "没有进行中的批次，没有日报可写\n")
    assert zhupei("-q", *command) == Ran(0, "", "")
    summary = json.loads(zhupei(*command, "--json").out)
    assert (summary["batch"], summary["files"], summary["reports"], summary["anomalies"]) == (None, [], [], 0)
    assert nightly_files(tmp_path / "日报") == ["nightly.log"]


@pytest.mark.sqlite
def test_two_at_once(shell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhupei_cli.commands.about.report_now.PATIENCE", 0.3)
    with files.alone(tmp_path / "a", seconds=0):
        ran = shell("report", "nightly", "-o", tmp_path / "a")
    assert ran.code == 6
    assert ran.err.startswith(f"错误 [E610]：文件夹 {tmp_path / 'a'} 正被另一个日报程序使用")
    assert nightly_files(tmp_path / "a") == ["nightly.log"]
    assert "错误 [E610]" in (tmp_path / "a" / "nightly.log").read_text("utf-8")
    assert shell("report", "nightly", "-o", tmp_path / "a").code == 0


@pytest.mark.sqlite
def test_what_a_killed_run_left_is_swept(shell: Run, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / ".zhupei-nightly-x1.html").touch()
    (folder / ".zhupei-other.xlsx").touch()
    shell("report", "nightly", "-o", folder)
    assert sorted(path.name for path in folder.glob(".zhupei*")) == [".zhupei-other.xlsx"]


@pytest.mark.sqlite
def test_both_files_or_neither(shell: Run, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    shell("report", "nightly", "-o", folder)
    page = folder / NAMES[0]
    before = page.read_bytes()
    (folder / NAMES[1]).unlink()
    (folder / NAMES[1]).mkdir()  # where the workbook should go is something that cannot be replaced
    ran = shell("report", "nightly", "-o", folder)
    assert (ran.code, ran.err[:9]) == (1, "错误 [E003]")
    assert page.read_bytes() == before
    assert [path for path in folder.iterdir() if path.name.startswith(".zhupei")] == []


@pytest.mark.sqlite
def test_the_workbook(shell: Run, tmp_path: Path) -> None:
    shell("report", "nightly", "-o", tmp_path / "a")
    book = openpyxl.load_workbook(tmp_path / "a" / NAMES[1])
    assert book.sheetnames == [
        *("概览", "每日报名", "待办", "按专业", "按基地", "按人群", "按毕业院校", "分数和录取", "分数线"),
    ]
    figures = json.loads(shell("report", "summary", "--json").out)
    overview = [[cell.value for cell in row[:2]] for row in book["概览"].iter_rows(min_row=5, max_row=21)]
    assert overview == [[row["figure_label"], row["count"]] for row in figures]
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
        assert sheet.oddFooter.left.text.startswith("存证：第 ")
    drawn = {sheet.title for sheet in book if sheet._charts}
    assert drawn == {"概览", "每日报名", "按专业", "按人群", "分数和录取"}
    # Small tables share a sheet, so that they share a page.
    titles = [row[0].value for row in book["按人群"].iter_rows() if str(row[0].value).startswith("按")]
    assert titles == ["按个人身份", "按生源类型", "按最高学位", "按第一志愿所在地市"]
    waiting = [row[0].value for row in book["待办"].iter_rows()]
    top = waiting.index("异常", waiting.index("异常") + 1) + 1
    assert book["待办"].print_title_rows == f"${top}:${top}", "the headings of the long table"
    heading = {cell.value: cell.alignment.indent for cell in book["待办"][top] if cell.value}
    assert heading == {"异常": 0, "对象": 0, "数量": 0, "说明": 1}, "数量 stands right, 说明 left beside it"
    lines = [row[0].value for row in book["分数线"].iter_rows()]
    places = lines[lines.index("基地编号") + 1 :]
    assert places and all(isinstance(code, str) for code in places)
    marks = book["分数和录取"]
    beside = [cell.value for cell in marks[4]]
    assert beside == ["分数段", "笔试", "技能", "面试", "总成绩", None, "结果", "人数", "占比"]
    first = marks._charts[0].ser[0].val.numRef.f
    assert (first, marks["A7"].value) == ("分数和录取!$B$7:$B$15", "60 以下"), "drawn are ranges of marks"


@pytest.mark.sqlite
def test_a_folder_that_cannot_be(shell: Run, tmp_path: Path) -> None:
    (tmp_path / "文件").touch()
    folder = tmp_path / "文件" / "日报"
    assert shell("-q", "report", "nightly", "-o", folder) == Ran(
        1,
        "",
        f"错误 [E003]：不能写入 {folder}：路径中有一段不是文件夹\n"
        "怎么办：请检查文件夹是否存在、是否有写权限、磁盘是否已满\n",
    )


@pytest.mark.sqlite
def test_names_are_text_on_the_page(shell: Run, database: str, tmp_path: Path) -> None:
    with transaction(database) as session:
        session.execute(text("UPDATE base SET name = '<script>alert(1)</script>' WHERE code = 'B1'"))
        session.execute(text("UPDATE snapshot SET school = '=1+1' WHERE version = 2"))
    shell("report", "nightly", "-o", tmp_path / "a")
    page = (tmp_path / "a" / NAMES[0]).read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    cell = openpyxl.load_workbook(tmp_path / "a" / NAMES[1])["按毕业院校"]["A5"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.sqlite
def test_the_log_turns_over(shell: Run, tmp_path: Path) -> None:
    log = tmp_path / "我的.log"
    log.write_text("x" * 1_000_000)
    (tmp_path / "我的.log.1").write_text("older")
    assert shell("--log-file", log, "report", "nightly", "-o", tmp_path / "a").code == 0
    assert len(log.read_text("utf-8").splitlines()) == 2
    assert (tmp_path / "我的.log.1").stat().st_size == 1_000_000
    assert (tmp_path / "我的.log.2").read_text() == "older"
    assert nightly_files(tmp_path / "a") == NAMES


def test_an_overdue_review_is_told(shell: Run, database: str) -> None:
    with transaction(database) as session:
        session.execute(update(Batch).values(review_until=NOW - timedelta(days=1)))
    rows = json.loads(shell("report", "anomalies", "--json").out)
    assert {row["kind"] for row in rows} >= {"overdue", "gaps", "duplicates", "planless"}
    assert all(row["message"] for row in rows)
    assert "138000" not in "".join(row["message"] for row in rows), "no phone number"


#: Every report, and beside them the screens that show the plan.
REPORTS = (
    "report nightly --batch R -o 日报",
    "report summary --batch R",
    "report funnel --batch R",
    "report anomalies --batch R",
    "report compliance --json",
    "report trend --by base --json",
    "report trend --by base --of admitted --json",
    "report pivot --batch R --rows 第一志愿基地 --columns 个人身份 --values admitted",
    "report frame --batch R -o 底表.csv",
    "batch show R --json",
    "batch list --json",
    "batch plan list --batch R --json",
    "export vacancies --batch R --json",
    "status R --json",
)


def test_every_report_is_walked() -> None:
    assert {words.split()[1] for words in REPORTS if words.startswith("report")} == set(report.lazy)


@pytest.mark.parametrize("status", ["closed", "locked", "committed"])
def test_no_report_tells_of_seats_before_publication(
    zhupei: Run, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    """Seats may be given before any run: a batch with them says what it says without them."""
    with transaction(database) as session:
        store(session, draw(1), status=status)
    store_second_batch(database)

    def told(name: str) -> dict[str, tuple[Ran, list[str]]]:
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        found = {}
        for words in REPORTS:
            before = set(Path().rglob("*.*"))
            ran = zhupei("--database", database, *words.split())
            new = sorted(set(Path().rglob("*.*")) - before)
            texts = [path.read_text("utf-8") for path in new if path.suffix in (".html", ".csv")]
            found[words] = (ran, [re.sub("存证：.*", "", one) for one in texts])
        return found

    seated = told("有")
    with transaction(database) as session:
        session.execute(delete(Admission))
        session.execute(delete(Night))
        session.execute(update(Plan).values(taken_own=0, taken_entrusted=0, taken_social=0))
    empty = told("无")
    assert {words for words, said in empty.items() if said != seated[words]} == set()
    assert {words for words, (ran, _) in empty.items() if ran.code not in (0, 3)} == set()
