"""`zhupei explain`: the catalogue of errors, for people."""

import re
from difflib import get_close_matches

import click

from zhupei_cli.shell.arguments import CODE
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.errors import ZhupeiError

from ..shared.options import list_options
from ..shared.output import Column, Out, Row, show, show_sheet

LIST = (
    Column("code", "代码"),
    Column("group_label", "类别"),
    Column("exit", "退出码"),
    Column("message", "含义"),
)
#: By the digit after E.
_GROUPS = {
    "0": "文件和单元格",
    "1": "人员",
    "2": "报名规则",
    "3": "找不到",
    "4": "状态和名额",
    "5": "数据库",
    "6": "占用和权限",
    "7": "历年记录、异议、考务、照片和通知",
    "8": "使用中补充的情形",
    "9": "其他",
}
SHEET = (
    Column("code", "代码"),
    Column("message", "含义"),
    Column("cause", "原因"),
    Column("hint", "怎么办"),
    Column("exit", "退出码"),
)


@click.command()
@click.argument("code", required=False, type=CODE)
@list_options
def explain(code: str | None, out: Out) -> None:
    """解释错误代码：含义、原因、怎么办；不写 CODE 则列出全部代码。

    \b
    例：zhupei explain E501
        zhupei explain -f json
    """
    if code is None:
        show([_entry(known) for known in CATALOGUE], LIST, out)
    else:
        show_sheet(_entry(_known(code)), SHEET, out)


def _known(code: str) -> str:
    wanted = f"E{code}" if code.isdigit() else code.upper()
    if wanted not in CATALOGUE:
        near = get_close_matches(wanted, CATALOGUE, n=1)
        raise ZhupeiError("E390", code=code, nearest=f"您是不是要查 {near[0]}？" if near else "")
    return wanted


def _entry(code: str) -> Row:
    entry = CATALOGUE[code]
    return {
        "code": code,
        "group_label": _GROUPS[code[1]],
        "message": _readable(entry.message),
        "cause": entry.cause,
        "hint": entry.cure or _said(_readable(entry.hint)),
        "exit": entry.exit,
    }


def _said(hint: str) -> str:
    """Return a hint, and words for one that only the case can give."""
    return "照提示改正" if hint == "…" else hint


def _readable(template: str) -> str:
    """Return a sentence of the catalogue with dots where names and values go."""
    # Braces that are doubled stand for themselves.
    return re.sub(
        r"(\{\{|\}\})|\{.*?\}", lambda one: one[0][0] if one[1] else "…", template.replace("{nearest}", "")
    )
