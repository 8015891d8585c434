"""`zhupei db roles`: roles and row security on PostgreSQL."""

import click

from zhupei_cli.services.upkeep import roles
from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import transaction

from ..shared.options import format_options, pass_settings
from ..shared.output import FINDINGS, Column, Out, show
from ..shared.writing import Deed, writing

STATE = (
    Column("kind_label", "内容"),
    Column("name", "名称"),
    Column("role", "角色"),
    Column("holds", "权限"),
    Column("state_label", "状态"),
)
TABLES = (
    Column("table", "表"),
    Column("province", "省级"),
    Column("base", "基地"),
    Column("auditor", "审计"),
    Column("row_security", "行级安全"),
)


@click.group("roles")
def roles_() -> None:
    """角色和行级安全（PostgreSQL）：设置、查看。"""


@roles_.command("apply")
@writing
def apply(deed: Deed) -> None:
    """设置角色、权限和行级安全；可重复运行，升级数据库后须再运行一次。

    由数据库的所有者或超级用户运行，在一个事务中完成。

    \b
    例：zhupei db roles apply
    """
    roles.require_server(deed.settings.database_url)
    changed = deed.do(roles.apply_roles)
    sentence = f"{'可以设置' if deed.dry_run else '已设置'}角色和行级安全，改动 {len(changed)} 项"
    deed.tell_plainly({"changed": len(changed)}, sentence)
    if changed:
        deed.next("zhupei db user add 账号 --base 基地编号", "给各基地建立登录账号", in_json=True)


@roles_.command("show")
@click.option("--all", "every", is_flag=True, help="逐项列出：权限、策略、所有者、定义")
@format_options
@pass_settings
def show_(settings: Settings, *, every: bool, out: Out) -> None:
    """查看各角色对各表的权限；与应有的不同时逐项列出，退出码 3。JSON、CSV、xlsx 总是逐项列出。

    \b
    例：zhupei db roles show
    """
    roles.require_server(settings.database_url)
    # Comparing applies the scripts and takes them back: there is no second list of what must be there.
    with transaction(settings.database_url, dry_run=True) as session:
        rows = roles.compare_roles(session)
    different = [row for row in rows if row["state"] != "ok"]
    if out.format != "table" or every:
        show(rows, STATE, out)
    else:
        show(different or roles.by_table(rows), STATE if different else TABLES, out)
    if different:
        note(settings, f"有 {len(different)} 项与应有的不同，用 zhupei db roles apply 恢复")
        click.get_current_context().exit(FINDINGS)
