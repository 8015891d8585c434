"""Names of people: one spelling of each, and what cannot be one or is an odd one.

Workbooks, the command line, the dialogue and corrections all ask here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from zhupei_cli.rules.people.characters import HAN, one_form
from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.words.errors import Fault, Severity


class CellDoubt(NamedTuple):
    """What is the matter with a value that was read: a code of the catalogue, and its values."""

    code: str
    severity: Severity
    values: Mapping[str, object]


# The dot in names like 阿依古丽·买买提 is U+00B7; keyboards offer all of these.
_DOTS: Final = re.compile(rf"[•‧・･．∙⋅]|(?<=[{HAN}]) ?\. ?(?=[{HAN}])")
_BETWEEN_HAN: Final = re.compile(rf"(?<=[{HAN}·]) (?=[{HAN}·])")
_HAN: Final = re.compile(rf"[{HAN}·]+")
_FAMILIES: Final = "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾]"
#: More than a name, which must not be closed up to one: 张三 男, 张三 汉族, 张三 李四.
_BEHIND: Final = re.compile(
    rf"[{HAN}·]{{2,}} (?:男|女|[{HAN}]{{1,4}}族)|{_FAMILIES}[{HAN}]{{1,2}} {_FAMILIES}[{HAN}]{{1,2}}"
)

_PLACEHOLDERS = (
    "无名 无名氏 佚名 合计 总计 小计 共计 备注 注 说明 填表说明 填报说明 注意事项 "
    "填表人 制表人 填报人 经办人 审核人 复核人 负责人 日期 填表日期 制表日期 单位 盖章 公章 "
    "清空 无 没有 暂无 不详 不明 未知 未填 未填写 待定 待补 待填 空 空白 同上 略 姓名 名字 联系人 紧急联系人 "
    "测试 测试用 测试员 测试人 测试数据 试试 示例 样例 例 学员 学生 本人 匿名 先生 女士 小姐 "
    "xxx xx test n/a unknown noname undefined"
)
#: What stands where no name is known.
_NO_NAMES: Final = frozenset(_PLACEHOLDERS.split())
#: A number behind the name, or two names: 张三 0371-66666666, 张三/李四.
_MORE: Final = re.compile(r"\d{4}|\w\s*[/／、;；|]\s*\w")
# What programs write for nothing, and what people put behind a family name. Some people are called so.
_ODD_WORDS: Final = frozenset(("na", "nan", "nil", "none", "null"))
_TITLES: Final = ("先生", "女士", "小姐", "老师", "医生", "同学", "主任")
_ENTITY: Final = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);?|</?[a-z]+ ?/?>", re.IGNORECASE)
_LONGEST: Final = 30
#: What other words are damaged to, and what stands there for nothing.
_BROKEN: Final = re.compile(rf"#{{3,}}|[?？]{{2,}}|(?<=[{HAN}])[?？]|\ufffd")
_NO_WORDS: Final = frozenset(
    ("无", "没有", "暂无", "不详", "未知", "未填", "待补", "同上", "略", "空", "〃", "0")
)
#: What is left of lost characters read once more, and of memory nobody wrote to.
_WRECKS: Final = re.compile("锟斤拷?|斤拷|烫烫烫?|屯屯屯?|锘挎?")
_WRECKED: Final = "斤烫屯锘"
#: Characters that GBK makes of the byte a Han character begins with in UTF-8.
_MISREAD: Final = frozenset(
    bytes((lead, trail)).decode("gbk", "replace")[0]
    for lead in range(0xE3, 0xEA)
    for trail in range(0x40, 0xFF)
)

#: Names that are their own spelling and that nothing is the matter with: one look at nearly all of them.
COMMON: Final = re.compile(
    rf"(?![{''.join(sorted(_MISREAD))}])(?!(?:{'|'.join(sorted(filter(str.isalpha, _NO_NAMES)))})$)"
    rf"[^\0-\u4dff{_WRECKED}\ua000-\U0010ffff]{{2,4}}(?<!{'|'.join(_TITLES)})(?<!某)"
)


def read_name(word: str) -> str:
    """Return a name in its one spelling: 张　三 is 张三, and the dot within a name is always the same."""
    if COMMON.fullmatch(word):  # as nearly all are
        return word
    word = one_form(word).removeprefix("'")  # what Excel has people type before a text
    if word.isalpha() or _BEHIND.fullmatch(word):
        return word
    return _BETWEEN_HAN.sub("", _DOTS.sub("·", word))


def doubt_of(name: str) -> CellDoubt | None:
    """Return the first thing that is the matter with a name, as `read_name` gives it."""
    if COMMON.fullmatch(name):
        return None
    for code, severity, look in _LOOKS:
        if found := look(name):
            # A phone or an ID number behind the name is nobody's to read in a list of problems.
            return CellDoubt(code, severity, {"value": masked_text(name), "what": masked_text(found)})
    return None


def contact_doubt(name: str) -> CellDoubt | None:
    """Return the same about whom to call: two people, or one with a number behind, are told and taken."""
    doubt = doubt_of(name)
    if doubt is not None and doubt.code == "E122" and (_MORE.search(name) or _BEHIND.fullmatch(name)):
        return CellDoubt("E124", "warning", {"value": masked_text(name), "what": "不止一个人的姓名"})
    return doubt


def word_doubt(word: str) -> CellDoubt | None:
    """Return what is odd about a word that is no name, as of a school: damaged, or standing for nothing."""
    found = _BROKEN.search(word)
    code = _entity(word)  # AT&T is none
    what = f"“{found[0]}”" if found else _wreck(word) or (code if code.endswith((";", ">")) else "")
    if not what and word in _NO_WORDS:
        what = f"占位的“{word}”"
    return CellDoubt("E135", "warning", {"what": what}) if what else None


def damage_of(name: str) -> CellDoubt | None:
    """Return what cannot be right about a name that may be less than one: 王老师, whom a base names."""
    # Two people, or one with a number behind, may well answer for a base.
    doubt = None if _MORE.search(name) or _BEHIND.fullmatch(name) else doubt_of(name)
    return doubt if doubt is not None and doubt.severity == "error" else None


def _lost(name: str) -> str:
    return "、".join(dict.fromkeys(map(_named, filter(_is_lost, name))))


def _is_lost(char: str) -> bool:
    # What a code page makes of a character it has not; what no font has; a column too narrow; a mask.
    return char in "?？\ufffd#＃*＊□■〓" or unicodedata.category(char) == "Co" or "\u2e80" <= char <= "\u2fdf"


def _wreck(name: str) -> str:
    found = _WRECKS.search(name)
    return f"“{found[0]}”" if found else ""


def _named(char: str) -> str:
    private = unicodedata.category(char) == "Co" or "\u2e80" <= char <= "\u2fdf" or char == "\ufffd"
    return f"U+{ord(char):04X}" if private else f"“{char}”"


def _entity(name: str) -> str:
    found = _ENTITY.search(name)
    return found[0] if found else ""


def _no_name(name: str) -> str:
    wrong = (
        name.casefold().rstrip(":：") in _NO_NAMES or not any(map(str.isalpha, name)) or _MORE.search(name)
    )
    return name if wrong or _BEHIND.fullmatch(name) else ""


def _misread(*encodings: str) -> Callable[[str], str]:
    """Return the look for UTF-8 that was read in another encoding: what its bytes say."""

    def look(name: str) -> str:
        for encoding in encodings:
            try:
                # A no-break space among the bytes is a space by now.
                said = name.replace(" ", "\xa0").encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            if said != name and any(map(_HAN.fullmatch, said)):
                return said
        return ""

    return look


def _digits(name: str) -> str:
    return "、".join(dict.fromkeys(f"“{char}”" for char in name if char.isdigit()))


_PLAIN: Final = re.compile(rf"[{HAN}A-Za-z\u00c0-\u024f\u1e00-\u1eff·.'’\- ]+")


def _odd_characters(name: str) -> str:
    return "、".join(dict.fromkeys(f"“{char}”" for char in name if not _PLAIN.fullmatch(char)))


def _mixed(name: str) -> str:
    han, latin = re.search(f"[{HAN}]", name), re.search("[A-Za-z]", name)
    return "汉字和字母" if han and latin else ""


def _odd_word(name: str) -> str:
    if name.casefold() in _ODD_WORDS:
        return "像是程序填的空值"
    if name.endswith("某"):
        return "像是隐去了名字"
    return "带有称呼" if len(name) > 2 and name.endswith(_TITLES) else ""


def _length(name: str) -> str:
    return "只有一个字" if len(name) == 1 else "太长" if len(name) > _LONGEST else ""


_read_in_gbk: Final = _misread("gbk")
#: In this order: code, severity, and what finds the matter. What cannot be right is an error.
_LOOKS: Final[tuple[tuple[str, Severity, Callable[[str], str]], ...]] = (
    ("E121", "error", _entity),
    ("E120", "error", _lost),
    ("E120", "error", _wreck),
    ("E122", "error", _no_name),
    ("E123", "error", _misread("cp1252", "latin-1")),
    ("E123", "warning", _read_in_gbk),
    ("E124", "warning", _digits),
    ("E124", "warning", _odd_characters),
    ("E124", "warning", _mixed),
    ("E124", "warning", _odd_word),
    ("E124", "warning", _length),
)


def other_name(given: str, stored: str | None, *, by: str) -> Fault:
    """Return the fault (E161) of a row that has another name than whoever it was found as, by its `by`."""
    cure = f"核对{by}和姓名；确需改名的：zhupei trainee edit {by} --name 姓名 --reason 原因"
    if by == "准考证号":  # seats may have been allotted anew: a new name would be somebody else's
        cure = f"这个准考证号现在是 {stored} 的；核对准考证号和姓名，重新安排过座位的用新的准考证号"
    return Fault("E161", "name", values={"given": given, "stored": stored, "cure": cure})
