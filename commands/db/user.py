"""`zhupei db user`: logins of PostgreSQL, one a person."""

import os

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.people.accounts import require_password
from zhupei_cli.services.upkeep import logins
from zhupei_cli.services.upkeep.roles import require_server
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME
from zhupei_cli.store.engine import transaction
from zhupei_cli.store.walls import LoginKind

from ..shared.asking import new_password, password_option
from ..shared.options import list_options, pass_settings, yes_option
from ..shared.output import FINDINGS, Column, Out, show
from ..shared.writing import Deed, writing

LOGINS = (
    Column("login", "账号"),
    Column("kind_label", "角色"),
    Column("base", "基地编号"),
    Column("base_label", "基地名称"),
    Column("problem", "问题"),
)


@click.group("user")
def user() -> None:
    """登录账号（PostgreSQL）：新建、查看、删除。"""


@user.command("add")
@click.argument("login", metavar="LOGIN")
@click.option("--base", type=NAME, metavar="BASE", help="这个基地（编号或名称）的账号")
@click.option("--province", is_flag=True, help="省级账号")
@click.option("--auditor", is_flag=True, help="审计账号：只能查看，证件号码等是遮盖的")
@password_option
@writing
def add(
    deed: Deed,
    login: str,
    *,
    base: str | None,
    province: bool,
    auditor: bool,
    from_stdin: bool,
) -> None:
    """新建登录账号；密码在终端询问，或用 --password-stdin，或用环境变量 ZHUPEI_NEW_PASSWORD。

    \b
    例：zhupei db user add zhangsan --base 4101001
        zhupei db user add lisi --auditor --password-stdin < 密码.txt
    """
    if bool(base) + province + auditor != 1:
        raise click.UsageError("请用 --base、--province、--auditor 中的一个。", click.get_current_context())
    kind = LoginKind.BASE if base else LoginKind.PROVINCE if province else LoginKind.AUDITOR
    password = _password(deed.settings, from_stdin=from_stdin)
    require_server(deed.settings.database_url)
    made = deed.do(
        lambda session: logins.add_login(session, login, kind, base=base, password=password, by=deed.by)
    )
    whose = f"{logins.LOGIN_LABELS[kind]}{' ' + made['base_label'] if made['base_label'] else ''}"
    sentence = f"{'可以新建' if deed.dry_run else '已新建'}登录账号 {login}（{whose}）"
    deed.tell_plainly(made, sentence)


def _password(settings: Settings, *, from_stdin: bool) -> str:
    given = None if from_stdin else os.environ.get("ZHUPEI_NEW_PASSWORD")
    return require_password(given) if given else new_password(settings, from_stdin=from_stdin)


@user.command("list")
@list_options
@pass_settings
def list_(settings: Settings, *, out: Out) -> None:
    """列出登录账号、角色和基地；有问题的列出原因，退出码 3。

    \b
    例：zhupei db user list
    """
    require_server(settings.database_url)
    with transaction(settings.database_url, read_only=True) as session:
        rows = logins.list_logins(session)
    show(rows, LOGINS, out)
    if any(row["problem"] for row in rows):
        click.get_current_context().exit(FINDINGS)


@user.command("remove")
@click.argument("login", metavar="LOGIN")
@yes_option
@writing
def remove(deed: Deed, login: str) -> None:
    """删除登录账号；它做过的事仍记在它名下。

    \b
    例：zhupei db user remove zhangsan --yes
    """
    require_server(deed.settings.database_url)

    def drop(session: Session) -> logins.LoginMade:
        gone = logins.remove_login(session, login, by=deed.by)
        deed.require(f"删除登录账号 {login}？")
        return gone

    gone = deed.do(drop)
    sentence = f"{'可以删除' if deed.dry_run else '已删除'}登录账号 {login}"
    deed.tell_plainly(gone, sentence)
