"""The settings of a batch in Chinese: what they are called, what their values say, and back."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from zhupei_cli.words.vocabulary import (
    ADJUST_SCOPE,
    IDENTITY,
    NOTICE_EVENT,
    SEVERITY,
    TIE_KEY,
    YES_NO,
    CodeTable,
)

#: What people call each setting; what has no name here is called by its key.
SETTING_LABELS: Final[dict[str, str]] = {
    "weights": "成绩权重",
    "tie_keys": "同分排序",
    "min_score": "最低分",
    "adjust_scope": "调剂范围",
    "reserve.social_share": "社会招收保留比例",
    "order_specialties": "订单定向可报的专业",
    "identities": "招收的个人身份",
    "same_specialty": "两个志愿须同一专业",
    "grad_years": "择业期年数",
    "source_types": "生源类型",
    "severity.own.employer_is_base": "规则：本单位的工作单位是基地",
    "severity.own.choice1_is_employer": "规则：本单位的第一志愿是本单位",
    "severity.social.grad_years": "规则：社会招收在择业期内",
    "severity.social.full_time": "规则：社会招收为全日制",
    "severity.social.degree": "规则：社会招收为本科以上",
    "severity.social.no_employer": "规则：社会招收没有工作单位",
    "severity.entrusted.employer": "规则：委托培养有工作单位",
    "severity.entrusted.not_choice1": "规则：委托培养不在本单位",
    "severity.postgrad.in_study": "规则：在读专硕尚未毕业",
    "severity.postgrad.degree_type": "规则：在读专硕为专业型学位",
    "severity.postgrad.level": "规则：在读专硕为硕士",
    "severity.medical_major": "规则：所学专业是医学类",
    "severity.specialty_category": "规则：所学专业与报名专业同类",
    "severity.train_years": "规则：培训年限与学位相符",
    "severity.source.fresh": "规则：生源类型与毕业年份相符",
    "severity.order.specialty": "规则：订单定向只报全科",
    "severity.order.base": "规则：订单定向的第一志愿是协议的基地",
    "severity.order.employer": "规则：订单定向有工作单位",
    "severity.order.source": "规则：生源类型与是否订单定向一致",
    "severity.person.barred": "规则：没有生效的诚信记录",
    "severity.person.in_training": "规则：不在以前年度的培训中",
    "severity.person.retraining": "规则：不曾退培或逾期未结业",
    "bar.no_show_years": "无故未报到的限制年数",
    "bar.default_years": "违约退培的限制年数",
    "contact": "技术支持",
    "authority": "发文单位",
    "letter_no": "通知书文号",
    "checkin_place": "报到地点",
    "train_from": "培训开始时间",
    "ticket": "准考证号",
    "exam_time": "考试时间",
    "exam_rules": "考生须知",
    "photo_pixels": "照片像素",
    "photo_kb": "照片大小",
    **{f"notice.{event}": f"通知：{label}" for event, label in NOTICE_EVENT.labels.items()},
}
_RULE: Final = "severity."
_NOTICE: Final = "notice."


def label_of(key: str) -> str:
    """Return what people call a setting."""
    return SETTING_LABELS.get(key, key)


def in_codes(key: str, text: str) -> str:
    """Return a value with Chinese words in place of codes as it is stored; other words stay as they are."""
    if key in ("weights", "tie_keys"):
        return re.sub("[^,，、=＝]+", lambda found: _code(TIE_KEY, found[0]), text).replace("、", ",")
    if key == "identities":
        return ",".join(_code(IDENTITY, word.strip()) for word in re.split("[,，、]", text))
    return _code(SEVERITY, text) if key.startswith(_RULE) else text


def _code(table: CodeTable, word: str) -> str:
    return table.parse(word) or word


def setting_in_words(key: str, text: str) -> str:
    """Return a stored value as people read it."""
    if key.startswith(_RULE):
        return SEVERITY.labels.get(text, text)
    if key.startswith(_NOTICE):
        return text or "通常的文字"
    return _WORDS[key](text) if key in _WORDS else text


def _said(table: CodeTable, word: str) -> str:
    return table.labels.get(table.parse(word) or "", word)


def _weights(text: str) -> str:
    pairs = (one.partition("=") for one in text.split(","))
    return "，".join(f"{_said(TIE_KEY, name)} {weight}" for name, _, weight in pairs)


def _tie_keys(text: str) -> str:
    return "、".join(_said(TIE_KEY, one) for one in text.split(",")) if text else "不排序"


def _share(text: str) -> str:
    # A batch of before the setting has no text of it.
    return f"计划人数的 {Decimal(text):.0%}" if text and Decimal(text) else "不保留"


_WORDS: Final[Mapping[str, Callable[[str], str]]] = {
    "weights": _weights,
    "tie_keys": _tie_keys,
    "min_score": lambda text: text or "不设",
    "adjust_scope": lambda text: _said(ADJUST_SCOPE, text),
    "reserve.social_share": _share,
    "identities": lambda text: "、".join(_said(IDENTITY, one) for one in text.split(",")),
    "same_specialty": lambda text: _said(YES_NO, text),
}
