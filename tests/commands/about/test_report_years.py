"""report compliance, trend, pivot, frame from the shell."""

import json
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.conftest import Ran, Run
from tests.years_world import draw, store
from zhupei_cli.rules.batch.compliance_lines import read_lines
from zhupei_cli.services.reports import pivots
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import IDENTITY

_PIVOT = ("report", "pivot", "--rows", "identity", "--columns", "admission", "--values", "applied")


@pytest.fixture
def shell(zhupei: Run, database: str) -> Run:
    """Run commands on three years."""
    with transaction(database) as session:
        store(session, draw(1))

    def run(*args: str | Path, **kwargs: object) -> Ran:
        return zhupei("--database", database, *args, **kwargs)

    return run


def test_the_help_of_pivot_lists_its_columns(zhupei: Run) -> None:
    told = "".join(line.strip() for line in zhupei("report", "pivot", "--help").out.splitlines()).replace(
        " ", ""
    )
    for key, label in pivots.DIMENSIONS.labels.items():
        assert f"{key}{label}" in told
    assert "id_number" not in told


def test_what_scripts_and_people_get(shell: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = shell("report", "trend", "--by", "基地", "--of", "录取,fill_rate", "--json")
    rows = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert list(rows[0]) == [
        *("by", "key", "label", "of", "of_label", "y2024", "y2025", "y2026"),
        *("change", "change_rate", "share"),
    ]
    table = shell("report", "trend", "--by", "base", "--of", "fill_rate").out.splitlines()
    assert table[0].split() == ["代码", "基地", "指标", "2024", "2025", "2026", "增减", "增减率", "占比"]
    assert table[2].split()[3].endswith("%")
    pivot = json.loads(
        shell(
            *("report", "pivot", "--rows", "identity", "--columns", "year", "--values", "applied"),
            *("--years", "3", "--where", "choice1_base=基地B1", "--json"),
        ).out
    )
    assert list(pivot[-1]) == [
        "identity",
        "identity_label",
        *(f"applied_{year}" for year in (2024, 2025, 2026)),
        "applied_all",
    ]
    assert (pivot[-1]["identity"], pivot[-1]["identity_label"]) == (None, "合计")
    judged = shell("report", "compliance", "--check")
    assert judged.code == 3
    waiting, short, *_ = judged.err.splitlines()
    assert waiting == "没有计入 2026 年的 Y26T：结果还没有公示"
    assert short.startswith(("未达标：B1 基地B1 ", "预警：B1 基地B1 "))
    judged = shell("-q", "report", "compliance", "--json")
    listed = shell("-q", "report", "compliance", "-f", "csv", "--columns", "value,line")
    one = next(row for row in json.loads(judged.out) if row["item"] == "open_share")
    assert (f"{one['value']},0.6" in listed.out.splitlines(), one["line"]) == (True, 60.0)

    for name, *words in (
        ("合规", "compliance"),
        ("趋势", "trend", "--by", "specialty", "--of", "admitted,fill_rate,lowest_total"),
        ("透视", "pivot", "--rows", "base", "--columns", "identity", "--values", "admitted", "--years", "2"),
    ):
        book = tmp_path / f"{name}.xlsx"
        assert shell("report", *words, "-o", book).code == 0
        sheets = openpyxl.load_workbook(book).worksheets
        assert len(sheets[0]._charts) == 1
        assert {(sheet.page_setup.paperSize, sheet.page_setup.orientation) for sheet in sheets} == {
            (9, "landscape")
        }

    assert shell("report", "frame", "--batch", "Y25", "-o", tmp_path / "底表.parquet").code == 0
    for name in ("底表.csv", "底表.xlsx"):
        assert shell("report", "frame", "--batch", "Y25", "-o", tmp_path / name).code == 0
    frame = pd.read_parquet(tmp_path / "底表.parquet")
    sheet = openpyxl.load_workbook(tmp_path / "底表.xlsx").worksheets[0]
    first = dict(zip(*((cell.value for cell in row) for row in list(sheet.rows)[:2]), strict=True))
    assert first["个人身份"] == IDENTITY.label(frame["identity"][0])
    assert (first["报名"], first["主批次或补录"]) == ("是" if frame["applied"][0] else "否", "主批次")
    both = shell(*_PIVOT, "--batch", "Y25", "--years", "2")
    assert (both.code, "只能写一个" in both.err) == (2, True)
    school = shell("report", "trend", "--by", "school").out.splitlines()[0].split()
    assert school[:2] == ["毕业院校", "指标"], "its code is its name"
    assert "id_number" not in frame.columns and len(pd.read_csv(tmp_path / "底表.csv")) == len(frame)
    again = shell("report", "frame", "--batch", "Y25", "-o", tmp_path / "底表.csv")
    assert again.code == 5
    blank = json.loads(shell(*_PIVOT, "--years", "1", "--json").out)[-1]
    assert "applied_blank" in blank and "applied_未填" not in blank
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert shell("report", "trend", "--by", "base").err.splitlines()[0].startswith("错误 [E719]：")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    without = shell("report", "frame", "--batch", "Y25", "-o", tmp_path / "无.parquet")
    assert (without.code, without.err.splitlines()[0]) == (2, "错误 [E724]：没有安装写 Parquet 的组件")


HEADING = "指标,名称,权重,达标线,预警线,方向,年数,专业"


def test_the_lines_of_the_province(shell: Run, tmp_path: Path) -> None:
    own = tmp_path / "本省.csv"
    (tmp_path / "zhupei.toml").write_text('compliance = "本省.csv"\n', "utf-8")
    # As Excel saves it on a Chinese system, with a column of the province's own.
    own.write_text(f"备注,{HEADING}\n,general_rate,全科,2,0,,不低于,1,全科、0100\n", "gb18030")
    rows = json.loads(shell("report", "compliance", "--check", "--json").out)
    assert {(row["item"], row["item_label"], row["verdict"], row["points"]) for row in rows} == {
        ("general_rate", "全科", "met", 2.0)
    }
    assert "0700 全科、0100 内科录取" in rows[0]["rows"]
    # Shown and not judged: that is not well either.
    own.write_text(f"{HEADING}\nfill_rate,完成率,2,,,不低于,1,\n", "utf-8-sig")
    nothing = shell("report", "compliance", "--check")
    assert (nothing.code, nothing.err.splitlines()[-1][:9]) == (3, "没有一项可以判定：")
    assert shell("report", "compliance").code == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("fill_rate,完成率,多,0,,不低于,1,", "权重 '多' 应为数字"),
        ("general_rate,全科,1,90,85,不低于,1,0700 9999", "没有专业 '9999'，写代码或名称"),
        ("general_rate,全科,1,90,85,不低于,1,", "general_rate 要写专业的代码或名称"),
        ("fill_rate,完成率,1,90,85,不低于,1,0700", "专业只在 general_rate 一行写"),
        ("fill_rate,完成率,1,6000,,不低于,1,", "达标线 6000 超过 100"),
        ("fill_rate,完成率,1,90,95,不低于,1,", "预警线 95 高于达标线 90"),
        ("over_capacity,超,1,5,2,不高于,3,", "预警线 2 低于达标线 5"),
        ("fill_rate,,1,90,,不低于,1,", "名称没有填"),
    ],
)
def test_wrong_lines_are_refused(line: str, problem: str) -> None:
    known = {"0700": "0700"}
    with pytest.raises(ZhupeiError) as error:
        read_lines(f"{HEADING}\n\n{line}\n", "本省.csv", known.get)
    assert (error.value.code, error.value.values["row"]) == ("E723", 3)
    assert str(error.value.values["problem"]).startswith(problem)


def test_the_shipped_lines_are_written_to_be_edited(shell: Run, tmp_path: Path) -> None:
    assert shell("report", "compliance", "--template", "-o", tmp_path / "本省.csv").code == 0
    (tmp_path / "zhupei.toml").write_text('compliance = "本省.csv"\n', "utf-8")
    own = shell("report", "compliance", "--json")
    (tmp_path / "zhupei.toml").unlink()
    assert own == shell("report", "compliance", "--json")
    assert shell("report", "compliance", "--template").out.splitlines()[0] == HEADING
