"""`zhupei export register`: the columns are data, and what they lack is told with the person."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.builders import store_world, worked_example
from tests.conftest import Ran, Run
from zhupei_cli.model import Specialty
from zhupei_cli.services.results import register_columns, register_cures, register_export
from zhupei_cli.services.results.register_columns import cell_of
from zhupei_cli.store.engine import transaction

Call = Callable[..., Ran]
NATIONAL = ("export", "register", "--columns", "national")


@pytest.fixture
def call(database: str, zhupei: Run) -> Call:
    """The worked example as batch T, finally admitted."""
    with transaction(database) as session:
        store_world(session, worked_example())
        session.execute(update(Specialty).where(Specialty.code == "0100").values(name="内科"))

    def run(*args: str | Path, code: int = 0) -> Ran:
        ran = zhupei("--database", database, *args)
        assert ran.code == code, ran.err
        return ran

    for step in (("admit", "run"), ("admit", "commit", "1"), ("batch", "publish", "-y")):
        run(*step)
    run("batch", "finalize", "-y")
    return run


def test_the_national_columns_are_whole() -> None:
    words = register_columns.load_words()
    fields = register_columns.load_fields(Path("national"), register_export.REGISTER_KEYS, words)
    assert len(fields) == len({one.heading for one in fields}) == 49
    row = {"employer_level": "三级甲等", "identity": "在读专硕", "train_years": "3", "has_employer": "是"}
    told = {one.heading: cell_of(row, one, words) for one in fields}
    assert [told[name] for name in ("医院级别", "医院等次", "学员类型", "培训年限核定")] == [
        *("三级", "甲等", "在校专硕", "三年")
    ]
    # What has no counterpart stays as it is, and is told.
    assert cell_of({"employer_level": "省级"}, fields[40], words) == "省级"
    whole = {one.field: "是" for one in fields if one.field} | {"application_no": "1", "base": "A"}
    whole |= row | {"id_type": "居民身份证", "joint_level": "二甲"}
    whole |= {f"{level}_degree_type": "专业型" for level in ("master", "doctor")}
    assert list(register_columns.lacking_fields([whole], fields, words)) == []
    (found,) = register_columns.lacking_fields(
        [whole | {"employer_level": "省级", "train_from": ""}], fields[40:41], words
    )
    assert (found["column"], found["code"]) == ("医院级别", "E716")


def test_each_cure_names_what_can_be_typed(call: Call) -> None:
    fields = register_columns.load_fields(
        Path("national"), register_export.REGISTER_KEYS, register_columns.load_words()
    )
    row = {"application_no": "T-0000001", "joint_base": "A"}
    cures = {one.field: register_cures.cure_of(one.field, row) for one in fields if one.field}
    typed = {field: cure.split()[1:] for field, cure in cures.items() if cure.startswith("zhupei ")}
    corrected = [words[3] for words in typed.values() if words[:2] == ["apply", "correct"]]
    assert len(corrected) == 28 and {"本科学位", "硕士学位类型", "毕业院校"} <= {*corrected}
    # All are items of a correction: what is refused is the number.
    pairs = [word for heading in {*corrected} for word in (heading, "内容")]
    assert "E304" in call("apply", "correct", "T-0000009", *pairs, "--reason", "x", code=4).err
    assert typed["mobile"] == ["trainee", "edit", "T-0000001", "--mobile", "内容"]
    assert typed["joint_level"] == ["base", "edit", "A", "--level", "内容"]
    for words in (typed["mobile"], typed["joint_level"]):
        asked = call(*words[:2], "--help").out
        assert words[3] in asked
    # What nobody can type in is never empty, or told of the batch.
    rest = {field for field, cure in cures.items() if cure == "补全这个人或基地的信息"}
    assert rest == {
        *("main_base_name", "specialty_name", "year", "train_from", "=否"),
        *("is_master", "is_doctor", "is_joint"),
    }


def test_every_cell_that_lacks_is_told_with_its_person(call: Call, tmp_path: Path) -> None:
    ran = call(*NATIONAL, "--check", "--json", code=3)
    told = json.loads(ran.out)
    assert told["ok"] is False and "处问题\n" in ran.err
    first = [one for one in told["findings"] if one["application_no"] == "T-0000001"]
    assert {one["code"] for one in first} == {"E779"}
    # What the batch says is told once, with what to type.
    (unset,) = [one for one in told["findings"] if one["code"] == "E758"]
    assert (unset["application_no"], unset["column"]) == ("", "实际培训开始时间")
    assert "批次 T 没有设定培训开始时间，4 人的" in unset["message"]
    assert "zhupei batch edit T --set train_from=" in unset["message"]
    assert ran.err.endswith("另有 1 处由批次的设置填写\n")
    # A check lets nothing leave: the rows do, and say so.
    call("batch", "edit", "T", "--set", "train_from=2026-09")
    assert "实际培训开始时间" not in call(*NATIONAL, "--check", code=3).out
    rows = json.loads(call(*NATIONAL, "--json").out)
    assert (len(rows), rows[0]["实际培训开始时间"], rows[0]["是否为对口支援计划住院医师"]) == (
        4,
        "2026-09",
        "否",
    )
    actions = json.loads(call("audit", "log", "--json").out)
    assert sum(one["action"] == "export.register" for one in actions) == 1
    # Columns of somebody else's: with words of their own, and all that is wanted is there.
    columns, words = tmp_path / "列.csv", tmp_path / "词.csv"
    columns.write_text("列名,字段,必填,词表\n姓名,name,是,\n类型,identity,是,我的\n", "utf-8")
    words.write_text("词表,值,写作\n我的,面向社会招收住院医师,S\n", "utf-8")
    ours = ("export", "register", "--columns", columns, "--words", words)
    ran = call(*ours, "--check")
    assert (ran.out, ran.err) == ("", "4 人的必填各列都有内容\n")
    assert json.loads(call(*ours, "--json").out)[0]["类型"] == "S"
    # A platform may name two columns alike, as the national one does: both stay, in JSON numbered.
    columns.write_text("列名,字段\n类别,name\n类别,identity\n", "utf-8")
    first = json.loads(call(*ours, "--json").out)[0]
    assert list(first) == ["类别", "类别（2）"] and first["类别（2）"] == "面向社会招收住院医师"
    assert call(*ours, "-f", "csv").out.splitlines()[0] == "类别,类别"


@pytest.mark.parametrize(
    "text",
    [
        "列名,字段,必填\n姓名,name,有\n",
        "列名,字段,必填,词表\n姓名,name,是,无\n",
        "列名,字段,别的\n姓名,name,\n",
    ],
)
def test_columns_that_cannot_be(call: Call, tmp_path: Path, text: str) -> None:
    columns = tmp_path / "列.csv"
    columns.write_text(text, "utf-8")
    assert call("export", "register", "--columns", columns, code=2).err.startswith("错误 [E063]")
