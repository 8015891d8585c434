"""`zhupei config`: which settings hold, and where each comes from."""

import os
from functools import partial
from typing import Any

import click

from zhupei_cli.config_file import KEYS
from zhupei_cli.settings import Origin, candidates, origins
from zhupei_cli.store.engine import shown_url

from ..shared.options import bare_settings, format_options, list_options
from ..shared.output import Column, Out, Row, show

_ORIGINS = {"option": "选项", "environment": "环境变量", "file": "配置文件", "default": "默认"}
_WORDS = {
    "database": "数据库地址",
    "operator": "经办人",
    "batch": "省略 --batch 时的批次",
    "quiet": "不显示提示",
    "verbose": "显示更多提示",
    "no_input": "从不提问",
    "no_color": "不用颜色",
    "log_file": "日志文件",
    "fonts": "打印用的字体文件夹",
    "compliance": "合规达标线",
    "mail": "寄送报告的邮件服务器",
}
LIST = (
    Column("key", "设置项"),
    Column("meaning", "含义"),
    Column("value", "值"),
    Column("origin_label", "来自"),
    Column("where", "何处"),
)
FILES = (Column("path", "文件"), Column("meaning", "含义"), Column("exists", "存在"))


@click.group("config")
def config() -> None:
    """配置：每一项的值和来源，配置文件的位置。

    依次看选项、环境变量、当前文件夹（没有则最近的上级文件夹）的 zhupei.toml、用户配置文件夹的
    zhupei.toml，最后是默认值。文件里的相对路径从该文件所在的文件夹算起。

    环境变量有 ZHUPEI_DATABASE_URL、ZHUPEI_OPERATOR、ZHUPEI_BATCH、ZHUPEI_FONTS、ZHUPEI_NO_INPUT、
    NO_COLOR，和两个密码 ZHUPEI_MAIL_PASSWORD、ZHUPEI_NEW_PASSWORD。
    """


@config.command("list")
@list_options
@click.pass_context
def list_(ctx: click.Context, out: Out) -> None:
    """列出每一项设置的值和来源；数据库密码从不显示。

    \b
    例：zhupei config list
        zhupei config list --json
    """
    show([_row(one) for one in origins(_given(ctx), environ=os.environ)], LIST, out)


@config.command("path")
@partial(format_options, settings=bare_settings)
@click.pass_context
def path_(ctx: click.Context, out: Out) -> None:
    """列出读取哪些配置文件，前面的优先；没有的可以自己新建。

    \b
    例：zhupei config path
    """
    named = _given(ctx).get("config")
    meanings = ["--config 指定"] if named else ["当前文件夹或最近的上级", "用户配置文件夹"]
    rows = [
        {"path": str(path.absolute()), "meaning": meaning, "exists": path.is_file()}
        for path, meaning in zip(candidates(named), meanings, strict=True)
    ]
    show(rows, FILES, out)


def _given(ctx: click.Context) -> dict[str, Any]:
    return {key: value for key, value in ctx.find_root().params.items() if key in (*KEYS, "config")}


def _row(one: Origin) -> Row:
    value = one.value
    if one.key == "database":
        value = shown_url(value)
    elif isinstance(value, dict):
        value = "，".join(f"{key} {shown_item(item)}" for key, item in value.items())
    return {
        "key": one.key,
        "meaning": _WORDS[one.key],
        "value": value,
        "origin": one.kind,
        "origin_label": _ORIGINS[one.kind],
        "where": one.where,
    }


def shown_item(item: object) -> str:
    """Return one value of a table of the configuration as text."""
    return "、".join(map(str, item)) if isinstance(item, list) else str(item)
