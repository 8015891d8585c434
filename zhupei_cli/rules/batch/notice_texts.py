"""Texts of notices (通知): what a batch says on each event, and what its words stand for."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import jinja2

_PERSON: Final = ("姓名", "报名号", "批次", "年度")
_OFFICE: Final = ("发文单位", "联系方式")
_SEAT: Final = ("基地", "专业")
#: By event: what its text may name beside the person and the office.
_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "approved": _SEAT,
    "returned": (*_SEAT, "原因"),
    "exam": ("准考证号", "考点", "考点地址", "考场", "座位号", "考试时间"),
    "interview": ("组别", "日期", "时间", "地点"),
    "proposed": (*_SEAT, "公示截止"),
    "refilled": (*_SEAT, "公示截止", "报到截止", "报到地点"),
    "admitted": (*_SEAT, "报到截止", "报到地点"),
    "checkin": (*_SEAT, "报到截止", "报到地点"),
}
_COME: Final = (
    "请{% if 报到截止 %}于{{ 报到截止 }}前{% endif %}到"
    "{% if 报到地点 %}{{ 报到地点 }}{% else %}培训基地{% endif %}报到，逾期视为放弃。"
)
_TEXTS: Final = {
    "approved": "{{ 姓名 }}，你报名的{{ 批次 }}（{{ 报名号 }}）已通过{{ 基地 }}审核。",
    "returned": "{{ 姓名 }}，你报名的{{ 批次 }}（{{ 报名号 }}）被退回修改，原因：{{ 原因 }}。请改好再提交。",
    "exam": "{{ 姓名 }}，{{ 批次 }}准考证号{{ 准考证号 }}，考点{{ 考点 }}，考场{{ 考场 }}，座位号{{ 座位号 }}"
    "{% if 考试时间 %}，考试时间{{ 考试时间 }}{% endif %}。请带准考证和身份证件参加考试。",
    "interview": "{{ 姓名 }}，请于{{ 日期 }} {{ 时间 }}到{{ 地点 }}参加{{ 批次 }}复试（{{ 组别 }}），"
    "带身份证件。",
    "proposed": "{{ 姓名 }}，{{ 批次 }}拟录取你到{{ 基地 }}{{ 专业 }}专业"
    "{% if 公示截止 %}，公示到{{ 公示截止 }}{% endif %}。",
    "refilled": "{{ 姓名 }}，{{ 批次 }}递补录取你到{{ 基地 }}{{ 专业 }}专业。",
    "admitted": "{{ 姓名 }}，{{ 批次 }}已录取你到{{ 基地 }}{{ 专业 }}专业。" + _COME,
    "checkin": "{{ 姓名 }}，你已被{{ 基地 }}{{ 专业 }}专业录取，还没有报到。" + _COME,
}
#: What a batch says that has no texts of its own.
DEFAULTS: Final[Mapping[str, str]] = {
    event: text + "{% if 联系方式 %}咨询：{{ 联系方式 }}。{% endif %}" for event, text in _TEXTS.items()
}
#: Texts name what they say, and ask whether it is there; loops and sums could fill the memory.
_PARTS: Final = frozenset(
    ("Template", "Output", "TemplateData", "Name", "If", "CondExpr", "Compare", "Operand", "Const", "And")
) | {"Or", "Not"}


def text_names(event: str) -> tuple[str, ...]:
    """Return what the text of an event may name."""
    return (*_PERSON, *_NAMED[event], *_OFFICE)


def require_text(event: str, text: str) -> None:
    """Raise ValueError unless `text` is empty, or says something and names only what it may of this event."""
    import jinja2
    from jinja2 import meta, nodes

    try:
        tree = _environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        raise ValueError(text) from error
    parts = {type(node).__name__ for node in tree.find_all(nodes.Node)} | {type(tree).__name__}
    if parts - _PARTS or meta.find_undeclared_variables(tree) - {*text_names(event)}:
        raise ValueError(text)
    if text and not _environment().from_string(text).render(dict.fromkeys(text_names(event), "甲")).strip():
        raise ValueError(text)


@cache
def names_in(event: str, text: str) -> frozenset[str]:
    """Return what a text names, said to everybody or not. Raises ValueError as `require_text`."""
    from jinja2 import meta

    require_text(event, text)
    return frozenset(meta.find_undeclared_variables(_environment().parse(text)))


def fill_in(event: str, text: str, values: Mapping[str, str]) -> str:
    """Return the text for one person, on one line; what has no value stands for nothing.

    Raises ValueError as `require_text`.
    """
    given = {name: values.get(name, "") for name in text_names(event)}
    return " ".join(_template(event, text).render(given).split())


@cache
def _template(event: str, text: str) -> "jinja2.Template":
    require_text(event, text)
    return _environment().from_string(text)


@cache
def _environment() -> "jinja2.Environment":
    # Who may set a text of the batch need not be who may run programs here.
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined)
