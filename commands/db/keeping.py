"""`zhupei db backup|restore|copy|check`: keeping a database safe and whole."""

from functools import partial
from pathlib import Path

import click

from zhupei_cli.services.upkeep import copying, databases, invariants
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import FileName
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, shown_url
from zhupei_cli.words.errors import ZhupeiError

from ..shared.consent import confirm
from ..shared.options import can_ask, format_options, pass_settings, yes_option
from ..shared.output import FINDINGS, Out, show_checked
from ..shared.writing import Deed, writing

FILE = click.argument("file", metavar="FILE", type=FileName(dir_okay=False))


@click.command()
@FILE
@click.option("--force", is_flag=True, help="覆盖已有文件")
@writing
def backup(deed: Deed, *, file: Path, force: bool) -> None:
    """备份数据库到文件 FILE；别人正在使用时也可以备份。

    OceanBase 的备份是一个 SQLite 文件，可以直接打开查看，也可以恢复成文件数据库。

    \b
    例：zhupei db backup 备份-20260605.sqlite
        zhupei --database postgresql+psycopg://用户@主机/库名 \\
          db backup 备份-20260605.dump
    """
    summary = databases.back_up_database(deed.settings.database_url, file, force=force, dry_run=deed.dry_run)
    size = "" if deed.dry_run else f"（{summary['bytes']:,} 字节）"
    sentence = f"已备份到 {file}{size}；内含完整的个人信息，请妥善保管"
    done = "试做（不保存）：能备份" if deed.dry_run else sentence
    deed.tell_plainly(summary, done)


@click.command()
@FILE
@yes_option
@click.option("--force", is_flag=True, help="等于 --yes")
@writing
def restore(deed: Deed, *, file: Path, force: bool) -> None:
    """用备份文件 FILE 恢复数据库；不完整的备份会被拒绝，数据库保持原样。

    恢复到新的数据库，或（加 --yes）替换原有的全部内容。

    \b
    例：zhupei --database sqlite:///恢复.sqlite db restore 备份-20260605.sqlite
    """
    if not file.exists():
        raise ZhupeiError("E001", file=file)
    url = deed.settings.database_url
    restored = partial(databases.restore_database, file, url, dry_run=deed.dry_run)
    try:
        summary = restored(replace=deed.yes or force)
    except ZhupeiError as error:
        if error.code != "E519" or not can_ask(deed.settings):
            raise
        stands = _content(url)
        comes = _content(f"sqlite:///{file}") if is_sqlite(file) else f"{file.stat().st_size:,} 字节"
        question = f"用 {file}（{comes}）替换数据库 {shown_url(url)}（{stands}）的全部内容吗？"
        confirm(question, deed.settings, yes=False)
        summary = restored(replace=True)
    verb = "可以恢复" if deed.dry_run else "已恢复"
    deed.tell_plainly(summary, f"{verb}数据库 {summary['database']}")
    deed.next("zhupei db check", "检查恢复的内容", in_json=True)


def is_sqlite(file: Path) -> bool:
    """Return whether a backup is a database of its own, that can be looked into."""
    with file.open("rb") as opened:
        return opened.read(15) == b"SQLite format 3"


def _content(url: str) -> str:
    """Return what a database holds, as a question says it: one that cannot be read may be replaced too."""
    try:
        tables = databases.database_info(url)["tables"]
    except ZhupeiError:
        return "内容读不出"
    if not tables:
        return "内容不明"
    words = {"batch": "批次 {:,} 个", "trainee": "学员 {:,} 人", "application": "报名 {:,} 份"}
    return "，".join(text.format(tables[name]) for name, text in words.items())


@click.command("copy")
@click.argument("source", metavar="FROM_URL", type=click.UNPROCESSED)
@click.argument("target", metavar="TO_URL", type=click.UNPROCESSED)
@writing
def copy_(deed: Deed, *, source: str, target: str) -> None:
    """把整个数据库从 FROM_URL 复制到 TO_URL，并逐表核对；SQLite、PostgreSQL、OceanBase 之间可以互相复制。

    TO_URL 是还没有的文件，或服务器上的空数据库。操作记录一并复制；服务器上的角色和账号须另行设置。

    \b
    例：zhupei db copy sqlite:///zhupei.sqlite \\
          postgresql+psycopg://用户@主机/库名
    """
    summary = copying.copy_database(source, target, dry_run=deed.dry_run)
    verb = "可以复制" if deed.dry_run else "已复制"
    sentence = (
        f"{verb} {len(summary['tables'])} 个表、{summary['rows']:,} 行到 {summary['target']}，逐表核对一致"
    )
    deed.tell_plainly(summary, sentence)


@click.command()
@click.option("--deep", is_flag=True, help="再把每一行与操作记录里的摘要逐一比对；十万人约需一分钟")
@format_options
@pass_settings
def check(settings: Settings, *, deep: bool, out: Out) -> None:
    """检查数据库是否完好：文件、表结构、名额、状态、编号、操作记录链和登录账号；发现问题时退出码为 3。

    加 --deep 能发现绕过程序的改动：录取、成绩、志愿、快照、计划、参数、审核、通知、账号、导入与操作记录不符。

    \b
    例：zhupei db check
        zhupei db check --deep --json
    """
    with reading(settings.database_url) as session:
        found = invariants.check_database(session, deep=deep)
    findings = [finding._asdict() for finding in found]
    show_checked(findings, out)
    if not findings:
        note(settings, "数据库完好，没有发现问题")
        return
    note(settings, f"发现 {len(findings)} 处问题")
    click.get_current_context().exit(FINDINGS)
