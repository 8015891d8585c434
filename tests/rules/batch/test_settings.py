"""The settings of a batch."""

from decimal import Decimal

import pytest

from zhupei_cli.rules.admission.scores import Weights
from zhupei_cli.rules.batch import notice_texts
from zhupei_cli.rules.batch.phases import CHANGEABLE
from zhupei_cli.rules.batch.setting_words import SETTING_LABELS, setting_in_words
from zhupei_cli.rules.batch.settings import SETTINGS, BatchSettings, checked, defaults, parse, read_mark
from zhupei_cli.rules.eligibility.check import RULES
from zhupei_cli.words.errors import ZhupeiError

DEFAULTS = BatchSettings(
    weights=Weights("0.4", "0.4", "0.2"),
    tie_keys=("written", "skill", "interview", "submitted_at"),
    min_score=None,
    adjust_scope="specialty",
    same_specialty=True,
    grad_years=3,
    source_types=("应届毕业生", "往届毕业生", "农村订单定向", "在读专硕", "其他"),
    severities={name: rule.default for name, rule in RULES.items()},
    contact="",
    authority="",
    letter_no="",
    checkin_place="",
    reserve_social_share=Decimal(0),
    train_from="",
    order_specialties=("0700", "助理全科"),
    identities=("own", "social", "entrusted"),
    ticket="{year}{site}{room}{seat}",
    exam_time="",
    exam_rules="",
    photo_pixels=(413, 626),
    photo_kb=(150, 300),
    bar_no_show_years=0,
    bar_default_years=5,
    notices=notice_texts.DEFAULTS,
)


def test_a_batch_that_says_nothing_has_the_defaults() -> None:
    assert parse({}) == parse(defaults()) == DEFAULTS


def test_every_default_is_a_value_of_its_own_setting() -> None:
    assert {key: checked(key, setting.default) for key, setting in SETTINGS.items()} == defaults()


def test_every_setting_has_a_phase_the_lifecycle_knows() -> None:
    assert {setting.phase for setting in SETTINGS.values()} <= CHANGEABLE.keys()


@pytest.mark.parametrize(
    ("key", "text", "stored"),
    [
        ("weights", "written=1", "written=1"),
        ("reserve.social_share", " ０.３ ", "0.3"),
        ("identities", "社会招收、在读专硕", "social,postgrad"),
        ("weights", "笔试=0.4，技能＝0.4、面试=0.2", "written=0.4,skill=0.4,interview=0.2"),
        ("tie_keys", "技能、笔试，提交时间", "skill,written,submitted_at"),
        ("severity.train_years", "警告", "warning"),
        ("severity.train_years", " 关闭 ", "off"),
        ("weights", " written＝0.5，skill＝0.5 ", "written=0.5,skill=0.5"),
        ("tie_keys", "", ""),
        ("tie_keys", "skill,written", "skill,written"),
        ("min_score", "６０.5", "60.5"),
        ("min_score", "", ""),
        ("adjust_scope", "同类别专业", "同类别专业"),
        ("same_specialty", "false", "false"),
        ("grad_years", "2", "2"),
        ("source_types", "应届（含规培）、其他", "应届（含规培）、其他"),
        ("severity.medical_major", "off", "off"),
        ("ticket", "{year}-{site}{room:03}｛seat｝", "{year}-{site}{room:03}{seat}"),
        ("photo_pixels", "２９５×413", "295×413"),
        ("photo_kb", "", ""),
        ("contact", "0371-00000000（工作日）", "0371-00000000（工作日）"),
    ],
)
def test_what_may_be_written(key: str, text: str, stored: str) -> None:
    assert checked(key, text) == stored
    parse({key: stored})


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("weight", "written=1", "E270"),
        ("severity.medical", "off", "E270"),
        ("weights", "written=0.5", "E430"),
        ("tie_keys", "written,written", "E431"),
        ("min_score", "100.01", "E271"),
        ("min_score", "60.555", "E271"),
        ("min_score", "-1", "E271"),
        ("adjust_scope", "全省", "E271"),
        ("same_specialty", "也许", "E271"),
        ("grad_years", "0", "E271"),
        ("grad_years", "三", "E271"),
        ("source_types", "甲,,乙", "E271"),
        ("source_types", "甲,甲", "E271"),
        ("source_types", "甲" * 41, "E271"),
        ("severity.train_years", "fatal", "E271"),
        ("photo_pixels", "413", "E271"),
        ("photo_kb", "300-150", "E271"),
        ("ticket", "{seat}", "E271"),
        ("contact", "0371\n0372", "E271"),
        ("contact", "0" * 501, "E271"),
    ],
)
def test_what_may_not_be_written(key: str, text: str, code: str) -> None:
    with pytest.raises(ZhupeiError) as caught:
        checked(key, text)
    assert (caught.value.code, caught.value.exit_code) == (code, 2)


def test_what_is_too_long_is_told_how_long_it_may_be() -> None:
    with pytest.raises(ZhupeiError) as caught:
        checked("notice.approved", "甲" * 5_000)
    assert (caught.value.code, caught.value.hint) == ("E271", "太长：5000 字，最多 500 字")


def test_a_mistyped_key_is_offered_the_nearest() -> None:
    with pytest.raises(ZhupeiError) as caught:
        checked("min_scor", "60")
    assert caught.value.message == "没有设置项 min_scor"
    assert caught.value.hint == "可用的设置项：min_score"


def test_all_keys_are_offered_where_none_is_near_and_all_rules_for_a_rule() -> None:
    def offered(key: str) -> list[str]:
        with pytest.raises(ZhupeiError) as caught:
            checked(key, "1", also=("review_until",))
        return caught.value.hint.removeprefix("可用的设置项：").split("、")

    assert offered("规矩") == [*SETTINGS, "review_until"]
    assert offered("severity.x") == [key for key in SETTINGS if key.startswith("severity.")]
    assert offered("review_untill") == ["review_until"]


def test_every_setting_has_its_chinese_words() -> None:
    assert [key for key in SETTING_LABELS if key not in SETTINGS] == []
    assert setting_in_words("weights", "written=0.5,skill=0.5") == "笔试 0.5，技能 0.5"
    assert setting_in_words("tie_keys", "skill,submitted_at") == "技能、首次提交时间"
    assert (setting_in_words("tie_keys", ""), setting_in_words("min_score", "")) == ("不排序", "不设")
    assert (setting_in_words("same_specialty", "true"), setting_in_words("severity.train_years", "off")) == (
        "是",
        "关闭",
    )


def test_texts_become_values() -> None:
    found = parse(
        {
            "min_score": "60.5",
            "adjust_scope": "同类别专业",
            "same_specialty": "否",
            "source_types": "应届，往届、其他",
            "severity.train_years": "off",
        }
    )
    assert (found.min_score, found.adjust_scope, found.same_specialty) == (6050, "category", False)
    assert found.source_types == ("应届", "往届", "其他")
    assert found.severities == DEFAULTS.severities | {"train_years": "off"}  # type: ignore[operator]


@pytest.mark.parametrize(("text", "mark"), [("0", 0), ("100", 10_000), ("85.5", 8550), ("85.05", 8505)])
def test_marks_are_hundredths(text: str, mark: int) -> None:
    assert read_mark(text) == mark
