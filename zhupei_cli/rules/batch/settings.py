"""The settings of a batch: what each may say, what it says by default, and how long it may change."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal

from zhupei_cli.rules.admission.reserves import read_share
from zhupei_cli.rules.admission.scores import TIE_KEYS, Weights, parse_tie_keys, parse_weights
from zhupei_cli.rules.batch import notice_texts
from zhupei_cli.rules.batch.letter_numbers import read_pattern
from zhupei_cli.rules.batch.setting_words import in_codes
from zhupei_cli.rules.eligibility.check import RULES
from zhupei_cli.rules.exam import ticket_numbers
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import (
    ADJUST_SCOPE,
    NOTICE_EVENT,
    SEVERITY,
    SOURCE_TYPES,
    YES_NO,
    Identity,
    flag,
)

#: How long something may change: the keys of phases.CHANGEABLE.
Phase = Literal["structure", "parameters", "always"]

#: How severe a batch may make an identity rule.
_LEVELS: Final = ("error", "warning", "off")

_WORDS: Final = (
    "source_types",
    "order_specialties",
    "contact",
    "authority",
    "letter_no",
    "checkin_place",
    "exam_time",
    "exam_rules",
    *(f"notice.{event}" for event in NOTICE_EVENT.labels),
)
_SEVERITY: Final = "severity."
_NOTICE: Final = "notice."
_MARK: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?")
#: The longest text the database keeps of one setting, and of one source type.
_LONGEST, _LONGEST_SOURCE_TYPE = 500, 40


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key, default text, phase, what to write there, and the reader of its text.

    `read` raises ValueError, or an error of its own, for a text that is no value of this setting; so does
    `check`, which is asked only when somebody sets it.
    """

    key: str
    default: str
    phase: Phase
    expected: str
    read: Callable[[str], Any]
    check: Callable[[str], object] = str


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """All settings of a batch as values. `min_score` is in hundredths of a mark."""

    weights: Weights
    tie_keys: tuple[str, ...]
    min_score: int | None
    adjust_scope: str
    same_specialty: bool
    grad_years: int
    source_types: tuple[str, ...]
    severities: Mapping[str, str]
    contact: str
    authority: str
    letter_no: str
    checkin_place: str
    train_from: str
    reserve_social_share: Decimal
    order_specialties: tuple[str, ...]
    identities: tuple[str, ...]
    ticket: str
    exam_time: str
    exam_rules: str
    photo_pixels: tuple[int, int] | None
    photo_kb: tuple[int, int] | None
    bar_no_show_years: int
    bar_default_years: int
    notices: Mapping[str, str]
    """event → the text people are told"""


def read_mark(text: str) -> int:
    """Return a mark of 0 to 100 with at most two decimals in hundredths; ValueError when it is none."""
    found = _MARK.fullmatch(text)
    mark = -1 if found is None else int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if not 0 <= mark <= 10_000:
        raise ValueError(text)
    return mark


def _line(text: str) -> int | None:
    return read_mark(text) if text else None


def _scope(text: str) -> str:
    found = ADJUST_SCOPE.parse(text)
    if found is None:
        raise ValueError(text)
    return found


def _yes_no(text: str) -> bool:
    found = flag(YES_NO, text)
    if found is None:
        raise ValueError(text)
    return found


def _years(text: str) -> int:
    years = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= years <= 50:
        raise ValueError(text)
    return years


def _bar_years(text: str) -> int:
    years = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= years <= 50:
        raise ValueError(text)
    return years


def _two_numbers(text: str, between: str) -> tuple[int, int] | None:
    found = re.fullmatch(rf"([0-9]{{1,5}})\s*{between}\s*([0-9]{{1,5}})", text)
    if text and found is None:
        raise ValueError(text)
    return None if found is None else (int(found[1]), int(found[2]))


def _pixels(text: str) -> tuple[int, int] | None:
    return _two_numbers(text, "[xX×*]")


def _kilobytes(text: str) -> tuple[int, int] | None:
    found = _two_numbers(text, "[-~]")
    if found is not None and found[0] > found[1]:
        raise ValueError(text)
    return found


def _month(text: str) -> str:
    if text and not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise ValueError(text)
    return text


def _listed_names(text: str) -> tuple[str, ...]:
    names = tuple(word.strip() for word in re.split("[,，、]", text))
    if not all(names):
        raise ValueError(text)
    return names


def _source_types(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in re.split("[,，、]", text))
    if not all(words) or len(set(words)) < len(words) or max(map(len, words)) > _LONGEST_SOURCE_TYPE:
        raise ValueError(text)
    return words


def _identities(text: str) -> tuple[str, ...]:
    found = tuple(text.split(","))
    if not set(found) <= set(Identity) or len(set(found)) < len(found):
        raise ValueError(text)
    return found


def _severity(text: str) -> str:
    if text not in _LEVELS:
        raise ValueError(text)
    return text


_LEVELS_SAID: Final = f"可选：{'、'.join(f'{code}（{SEVERITY.label(code)}）' for code in _LEVELS)}"
SETTINGS: Final = {
    setting.key: setting
    for setting in (
        Setting(
            "weights", str(Weights()), "parameters", "例如 written=0.4,skill=0.4,interview=0.2", parse_weights
        ),
        Setting("tie_keys", ",".join(TIE_KEYS), "parameters", "例如 written,skill,interview", parse_tie_keys),
        Setting("min_score", "", "parameters", "0 至 100，最多两位小数；留空表示不设", _line),
        Setting(
            "adjust_scope", "specialty", "parameters", "specialty（本专业）或 category（同类别）", _scope
        ),
        Setting(
            "reserve.social_share",
            "0",
            "parameters",
            "0 至 1，最多两位小数，例如 0.3：每个岗位的计划人数按此比例为面向社会招收保留；0 为不保留",
            read_share,
        ),
        Setting(
            "identities",
            ",".join((Identity.OWN, Identity.SOCIAL, Identity.ENTRUSTED)),
            "structure",
            "本批次招收的个人身份，用逗号隔开，可选 own、social、entrusted、postgrad（在读专硕）",
            _identities,
        ),
        Setting(
            "order_specialties",
            "0700,助理全科",
            "parameters",
            "订单定向学生可报、可调剂的专业，代码或名称，用逗号隔开",
            _listed_names,
        ),
        Setting("same_specialty", "true", "structure", "true 或 false", _yes_no),
        Setting("grad_years", "3", "parameters", "择业期年数，1 至 50", _years),
        Setting(
            "source_types", ",".join(SOURCE_TYPES), "structure", "各类型用逗号隔开，不重复", _source_types
        ),
        *(
            Setting(
                f"severity.{name}",
                rule.default,
                "parameters",
                _LEVELS_SAID,
                _severity,
            )
            for name, rule in RULES.items()
        ),
        Setting(
            "bar.no_show_years",
            "0",
            "always",
            "登记未报到后产生待确认的诚信记录，年数；0 为不产生",
            _bar_years,
        ),
        Setting(
            "bar.default_years", "5", "always", "违约退培后产生待确认的诚信记录，年数；0 为不产生", _bar_years
        ),
        Setting("contact", "", "always", "技术支持和咨询的联系方式，一行文字", str),
        Setting("authority", "", "always", "发文单位，印在公示名单和录取通知书的落款处", str),
        Setting(
            "letter_no",
            "",
            "always",
            "通知书的文号，例如 豫住培录〔{year}〕{number:05}号；可用 {year} {batch} {base}，须有 {number}",
            read_pattern,
        ),
        Setting("checkin_place", "", "always", "报到地点，印在录取通知书上；留空则以培训基地通知为准", str),
        Setting("train_from", "", "always", "培训开始的年月，例如 2026-09；登记表用", _month),
        Setting(
            "ticket",
            ticket_numbers.DEFAULT,
            "always",
            "准考证号，例如 {year}{site}{room}{seat}；可用 {year} {batch} {site} {room} {seat}，"
            "须有 {room} 和 {seat}，此外只能有字母、数字和 -；{seat:03} 补足 3 位",
            ticket_numbers.read_ticket_pattern,
        ),
        Setting("exam_time", "", "always", "考试时间，印在准考证和签到表上，一行文字", str),
        # 江苏等省报名系统的照片要求。
        Setting("photo_pixels", "413x626", "always", "照片的宽和高，像素；留空则不核对", _pixels),
        Setting("photo_kb", "150-300", "always", "照片的大小，KB，从几到几；留空则不核对", _kilobytes),
        Setting("exam_rules", "", "always", "考生须知，印在准考证上，各条用 | 隔开；留空则用通常的几条", str),
        *(
            Setting(
                f"{_NOTICE}{event}",
                "",
                "always",
                f"通知（{label}）的内容，一行文字，留空则用通常的文字；可用 {{{{ 姓名 }}}} 这样的名称："
                f"{'、'.join(notice_texts.text_names(event))}；{{% if 名称 %}}…{{% endif %}} 只在有内容时写",
                str,
                partial(notice_texts.require_text, event),
            )
            for event, label in NOTICE_EVENT.labels.items()
        ),
    )
}


def setting_of(key: str, also: Iterable[str] = ()) -> Setting:
    """Return the setting `key` names; E270 with the nearest keys, those of `also` too."""
    if key not in SETTINGS:
        raise ZhupeiError("E270", key=key, near="、".join(_near(key, [*SETTINGS, *also])))
    return SETTINGS[key]


def _near(key: str, known: Sequence[str]) -> Sequence[str]:
    from difflib import get_close_matches

    for family in (_SEVERITY, _NOTICE):
        if key.startswith(family):
            return [one for one in known if one.startswith(family)]
    return get_close_matches(key, known, n=3, cutoff=0.6) or known


def checked(key: str, text: str, *, also: Iterable[str] = ()) -> str:
    """Return the text to store for a setting; E270 for an unknown key, E271 for what it cannot say."""
    setting = setting_of(key, also)
    # Full-width commas and digits are what a Chinese keyboard gives; words for people stay as they are.
    plain = (text if key in _WORDS else unicodedata.normalize("NFKC", in_codes(key, text))).strip()
    if len(plain) > _LONGEST:
        expected = f"太长：{len(plain)} 字，最多 {_LONGEST} 字"
        raise ZhupeiError("E271", key=key, value=f"{text[:20]}……", expected=expected)
    if not plain.isprintable():
        raise ZhupeiError("E271", key=key, value=text[:40], expected=setting.expected)
    try:
        setting.read(plain)
        setting.check(plain)
    except ValueError as error:
        raise ZhupeiError("E271", key=key, value=text, expected=setting.expected) from error
    return plain


def defaults() -> dict[str, str]:
    """Return every key with its default text."""
    return {key: setting.default for key, setting in SETTINGS.items()}


def parse(settings: Mapping[str, str]) -> BatchSettings:
    """Read stored settings, key → text; a key that is not stored has its default."""
    found = {key: setting.read(settings.get(key, setting.default)) for key, setting in SETTINGS.items()}
    plain = {
        key.replace(".", "_"): value
        for key, value in found.items()
        if not key.startswith((_SEVERITY, _NOTICE))
    }
    return BatchSettings(
        **plain,
        severities={rule: found[f"{_SEVERITY}{rule}"] for rule in RULES},
        notices={event: found[f"{_NOTICE}{event}"] or text for event, text in notice_texts.DEFAULTS.items()},
    )
