"""Every word of the field: its code, its label, the spellings people use."""

import subprocess
import sys

import pytest

from zhupei_cli.words import codes, vocabulary
from zhupei_cli.words.vocabulary import CodeTable, flag, flag_label

TABLES = [
    value for module in (vocabulary, codes) for value in vars(module).values() if isinstance(value, CodeTable)
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_label_and_code_means_itself(table: CodeTable) -> None:
    labels = table.labels
    assert {code: table.parse(label) for code, label in labels.items()} == {code: code for code in labels}
    assert {code: table.parse(code) for code in labels} == {code: code for code in labels}
    hidden = {codes.GENDER.name: labels.keys() - {"1", "2"}, vocabulary.IDENTITY.name: {"postgrad"}}
    offered = [code for code in labels if code not in hidden.get(table.name, ())]
    assert list(table.words()) == [table.label(code) for code in offered]


def test_states_read_as_the_guide_has_them() -> None:
    assert vocabulary.APPLICATION_STATUS.labels == {
        "draft": "未提交",
        "submitted": "已提交",
        "returned": "退回修改",
        "approved": "基地审核通过",
        "rejected": "审核不通过",
        "withdrawn": "已撤回",
    }
    assert vocabulary.ADMISSION_STATUS.labels == {
        "proposed": "拟录取",
        "not_admitted": "未录取",
        "admitted": "已录取",
        "declined": "放弃录取",
        "revoked": "取消录取",
        "reported": "已报到",
        "no_show": "未报到",
        "quit": "已退培",
    }
    assert vocabulary.IDENTITY.labels == {
        "own": "本单位住院医师",
        "social": "面向社会招收住院医师",
        "entrusted": "外单位委托培养住院医师",
        "postgrad": "在读专硕",
    }


@pytest.mark.parametrize(
    ("table", "spelling", "code"),
    [
        (vocabulary.IDENTITY, "社会人", "social"),
        (vocabulary.IDENTITY, "行业人", "social"),
        (vocabulary.IDENTITY, "委培", "entrusted"),
        (vocabulary.IDENTITY, "委培人", "entrusted"),
        (vocabulary.IDENTITY, "委培单位人", "entrusted"),
        (vocabulary.IDENTITY, "四证合一", "postgrad"),
        (vocabulary.IDENTITY, "本单位", "own"),
        (vocabulary.IDENTITY, "本单位人", "own"),
        (vocabulary.IDENTITY, "单位人", None),
        (vocabulary.IDENTITY, "", None),
        (vocabulary.REVIEW_ANSWER, "审核通过", "approve"),
        (vocabulary.REVIEW_ANSWER, "撤销审核", None),
        (vocabulary.FRESH, "应届毕业生", "1"),
        (vocabulary.FRESH, "是", None),
        (codes.GENDER, "男性", "1"),
        (codes.ETHNICITY, "汉", "01"),
        (codes.ETHNICITY, "基诺族", "56"),
        (codes.ETHNICITY, "汗族", None),
        (codes.POLITICAL, "党员", "01"),
        (codes.POLITICAL, "团员", "03"),
        (codes.LEVEL, "大学本科", "21"),
        (codes.LEVEL, "硕士研究生", "14"),
        (codes.LEVEL, "研究生", None),
        (codes.DEGREE, "医学学士", "4"),
        (codes.DEGREE, "临床医学硕士专业学位", "3"),
        (codes.DEGREE, "无学位", "0"),
        (codes.DEGREE_TYPE, "专硕", "professional"),
        (codes.DEGREE_TYPE, "科学学位", "academic"),
        (codes.ID_TYPE, "身份证", "id_card"),
        (codes.ID_TYPE, "台胞证", "taiwan_pass"),
        (codes.CITY, "驻马店", "411700"),
        (codes.CITY, "河南省济源市", "419001"),
        (codes.PROVINCE, "河南", "41"),
    ],
)
def test_spellings(table: CodeTable, spelling: str, code: str | None) -> None:
    assert table.parse(spelling) == code


def test_width_spaces_and_case_do_not_matter() -> None:
    assert codes.LEVEL.parse(" 大学　本科\n") == "21"
    assert flag(vocabulary.YES_NO, "Ｙ") is True
    assert flag(vocabulary.YES_NO, "NO") is False


def test_yes_and_no() -> None:
    words = ["是", "否", "Y", "N", "1", "0", "有", "无", "也许"]
    assert [flag(vocabulary.YES_NO, word) for word in words] == [True, False] * 4 + [None]
    assert flag(vocabulary.FULL_TIME, "非全日制") is False
    assert (flag_label(vocabulary.FRESH, True), flag_label(vocabulary.FRESH, False)) == ("应届", "往届")


def test_national_lists_are_whole() -> None:
    assert len(codes.ETHNICITY.labels) == 56 + 2
    assert [codes.ETHNICITY.parse(word) for word in ("汉", "基诺族", "其他", "穿青人", "外国血统")] == [
        *("01", "56", "97", "97", "98"),
    ]
    assert list(codes.POLITICAL.labels) == [f"{number:02d}" for number in range(1, 14)]
    assert len(codes.CITY.labels) == 18
    assert list(codes.LEVEL_RANK) == list(codes.LEVEL.labels)


def test_importing_the_words_imports_nothing_heavy() -> None:
    program = (
        "import sys, zhupei_cli.words.codes; print(*({'csv', 'sqlalchemy', 'click'} & set(sys.modules)))"
    )
    run = [sys.executable, "-c", program]
    found = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
    assert found == []
