"""`zhupei db`: the database itself."""

import click

from zhupei_cli.services.upkeep import databases
from zhupei_cli.settings import Settings

from ..shared.options import format_options, pass_settings
from ..shared.output import Column, Out, next_step, show_sheet
from ..shared.writing import Deed, writing
from .keeping import backup, check, copy_, restore
from .roles import roles_
from .user import user

INFO = (
    Column("database", "数据库"),
    Column("server", "类型"),
    Column("version", "数据库版本"),
    Column("head", "程序需要的版本"),
    Column("batches", "批次"),
    Column("rows", "总行数"),
    Column("size", "大小（字节）"),
)


@click.group()
def db() -> None:
    """数据库：新建、升级、备份、恢复、复制、检查；服务器上的角色和登录账号。"""


db.add_command(backup)
db.add_command(restore)
db.add_command(copy_)
db.add_command(check)
db.add_command(roles_)
db.add_command(user)


@db.command("init")
@writing
def init(deed: Deed) -> None:
    """新建数据库，并装入默认的专业目录；已有的数据库不会被覆盖。

    \b
    例：zhupei db init
        zhupei --database sqlite:///招收.sqlite db init
    """
    summary = databases.init_database(deed.settings.database_url, by=deed.by, dry_run=deed.dry_run)
    done = f"{'可以新建' if deed.dry_run else '已新建'}数据库 {summary['database']}"
    deed.tell_plainly(summary, done)
    deed.next("zhupei base import 基地.xlsx", "导入培训基地", in_json=True)


@db.command("upgrade")
@writing
def upgrade(deed: Deed) -> None:
    """把数据库升级到程序需要的版本；升级前请先备份。

    \b
    例：zhupei db upgrade
    """
    summary = databases.upgrade_database(deed.settings.database_url, dry_run=deed.dry_run)
    if summary["before"] == summary["version"]:
        sentence = f"数据库已是最新版本 {summary['version']}，不必升级"
    else:
        sentence = f"{'可以' if deed.dry_run else '已'}从版本 {summary['before']} 升级到 {summary['version']}"
        if "steps" in summary:
            sentence += f"；这种数据库的改动逐步生效，不能撤回：{'，'.join(summary['steps'])}"
    deed.tell_plainly(summary, sentence)
    # A migration may take away views that stand on a column it changes.
    if summary["before"] != summary["version"] and databases.has_walls(deed.settings.database_url):
        next_step(deed.settings, "zhupei db roles apply", "设置过角色和行级安全的，重新应用一次")


@db.command("info")
@format_options
@pass_settings
def info(settings: Settings, *, out: Out) -> None:
    """查看数据库的位置、版本、行数和大小；密码从不显示。

    \b
    例：zhupei db info --json
    """
    show_sheet(databases.database_info(settings.database_url), INFO, out)
