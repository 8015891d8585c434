"""`zhupei base edit`, `enable`, `disable`: one base changed."""

import click

from zhupei_cli.services.reference import bases
from zhupei_cli.shell.arguments import NAME
from zhupei_cli.shell.logfile import note

from ..shared.asking import field_options, given_of
from ..shared.writing import Deed, writing


@click.command("edit")
@click.argument("code", metavar="CODE", type=NAME)
@field_options(bases.BASE_FIELDS)
@click.option("--reason", metavar="REASON", help="修改的原因")
@writing
def edit(deed: Deed, code: str, *, reason: str | None, **words: str | None) -> None:
    """修改一个培训基地：CODE 是基地编号或名称；基地编号不能改。

    各项的写法与基地工作簿相同，填“清空”则清除。

    \b
    例：zhupei base edit 4101001 --contact-phone 13800000000
        zhupei base edit 4101001 --aliases 郑大一附院、一附院
    """
    given = given_of(words)
    if not given:
        raise click.UsageError("没有写要修改的内容，例如 --name。", click.get_current_context())
    row, warnings = deed.do(lambda session: bases.edit_base(session, code, given, by=deed.by, reason=reason))
    deed.tell(row, f"{'可以保存' if deed.dry_run else '已保存'} {row['code']} {row['name']}")
    for fault in warnings:
        note(deed.settings, f"提醒 [{fault.code}]：{fault.message}")


def _set_enabled(deed: Deed, code: str, *, enabled: bool, reason: str | None) -> None:
    row = deed.do(
        lambda session: bases.set_enabled(session, code, enabled=enabled, by=deed.by, reason=reason)
    )
    deed.tell(
        row, f"{row['code']} {row['name']}：{row['status_label']}{'' if row['changed'] else '，没有变化'}"
    )
    # Each is a base of its own, with places of its own; nothing of it is stopped with the main base.
    if row["joint_bases"] and not enabled:
        told = "、".join(row["joint_bases"])
        cure = "不再招收的也停用（zhupei base disable），换主基地的改主基地编号（zhupei base edit）"
        note(deed.settings, f"提醒：{row['name']}的协同单位还在使用：{told}；{cure}")


@click.command("enable")
@click.argument("code", metavar="CODE", type=NAME)
@click.option("--reason", metavar="REASON", help="恢复使用的原因")
@writing
def enable(deed: Deed, code: str, *, reason: str | None) -> None:
    """恢复使用一个停用的培训基地。

    \b
    例：zhupei base enable 4101001
    """
    _set_enabled(deed, code, enabled=True, reason=reason)


@click.command("disable")
@click.argument("code", metavar="CODE", type=NAME)
@click.option("--reason", metavar="REASON", help="停用的原因")
@writing
def disable(deed: Deed, code: str, *, reason: str | None) -> None:
    """停用一个培训基地：不再列入任何批次的招收计划；已有的报名和录取不受影响。

    正在进行的批次里还有招收岗位时不能停用，先用 zhupei batch plan stop 停招。

    \b
    例：zhupei base disable 4101001 --reason 资格终止
    """
    _set_enabled(deed, code, enabled=False, reason=reason)
