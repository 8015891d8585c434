"""`zhupei export roster`: who is admitted, a workbook or a page for each base."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.printing.fonts import find_fonts
from zhupei_cli.services.records import base_login, lookup
from zhupei_cli.services.results import rosters
from zhupei_cli.services.results import year as year_lists
from zhupei_cli.services.results.roster_passwords import read_passwords, with_passwords, write_passwords
from zhupei_cli.services.results.rosters import WantedRosters
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME, FileName, Whole, Word, WrittenName
from zhupei_cli.words.vocabulary import ROSTER_FORMAT

from ..shared.asking import workbook_password
from ..shared.options import batch_option, whole_year, year_option
from ..shared.prints import font_option
from ..shared.progress import Progress
from ..shared.writing import Deed, writing


@click.command("roster")
@click.argument("more", nargs=-1, metavar="[CODE…]", type=NAME)
@batch_option
@click.option(
    "--base", "bases", type=NAME, multiple=True, metavar="CODE", help="这些基地（编号或名称），可写多个"
)
@click.option("--all", "every", is_flag=True, help="招收计划中的全部基地")
@click.option(
    "--run",
    metavar="RUN",
    type=Whole(1),
    help="还没有确定的一次录取计算（省级）；已确定的递补、再次调剂只列它录取的人",
)
@year_option
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    metavar="DIR",
    type=FileName(file_okay=False),
    help="写入这个文件夹",
)
@click.option("--force", is_flag=True, help="覆盖已有文件")
@click.option(
    "-f",
    "--format",
    "file_format",
    type=Word(ROSTER_FORMAT),
    default="xlsx",
    metavar="FORMAT",
    help="xlsx 工作簿（默认）；pdf 打印用：各专业接排，页数最少",
)
@font_option
@click.option(
    "--passwords",
    "list_of",
    metavar="FILE",
    type=WrittenName(".csv"),
    help="名单加密，每个基地一个密码，记在这个 .csv 里：有的沿用，没有的新定",
)
@click.option("--password-stdin", "from_stdin", is_flag=True, help="名单加密，都用标准输入的这一个密码")
@writing
def roster(
    deed: Deed,
    more: tuple[str, ...],
    *,
    batch: str | None,
    bases: tuple[str, ...],
    every: bool,
    run: int | None,
    year: int | None,
    folder: Path,
    force: bool,
    file_format: str,
    more_fonts: tuple[Path, ...],
    list_of: Path | None,
    from_stdin: bool,
) -> None:
    """每个基地导出一份录取名单，工作簿或 PDF；正式录取前为拟录取名单。

    \b
    例：zhupei export roster --all -o 名单
        zhupei export roster --base 4101001 4101002 -o 名单
        zhupei export roster --all --run 2 -o 递补名单
        zhupei export roster --all --year 2026 -o 年度名单
        zhupei export roster --all --passwords 密码.csv -o 名单
        zhupei export roster --all -f pdf -o 名单_打印
    """
    words = (*bases, *more)
    which = click.UsageError("请用 --base 写基地，或用 --all，二者选一。", click.get_current_context())
    if words and every:
        raise which
    whole_year(year, run=run)
    fonts = find_fonts(deed.settings.fonts, more_fonts) if file_format == "pdf" else None
    if fonts is not None and (list_of is not None or from_stdin):
        raise click.UsageError("PDF 不能加密，密码只用于工作簿。", click.get_current_context())
    names: dict[str, str] = {}
    words_for = _passwords(list_of, from_stdin=from_stdin, settings=deed.settings)

    def prepare(session: Session) -> rosters.Targets:
        codes = base_login.acting_bases(session, words)
        names.update(lookup.base_names(session).labels)
        if not codes and not every:
            raise which
        wanted = WantedRosters(folder, codes or None, run, force=force, fonts=fonts)
        if year is None:
            found = lookup.find_batch(session, batch)
            base_login.prepare_roster(session, found, run=run, whole=not deed.dry_run)
            return rosters.prepare_rosters(session, found, wanted, by=deed.by)
        batches = year_lists.batches_of(session, year, base_login.told_states(session))
        for one in batches:
            base_login.prepare_roster(session, one, run=None, whole=not deed.dry_run)
        return rosters.prepare_year(session, year, batches, wanted, by=deed.by)

    targets = deed.do(prepare, bases=True)
    # The event is stored by now: no list leaves the database without one.
    passwords = words_for([one.base_code for _, one in targets])
    if not deed.dry_run:
        if list_of is not None:
            # Before the rosters: what nobody can open would be of no use.
            write_passwords(list_of, passwords, names)
        with Progress(deed.settings) as progress:
            written = progress.watch(targets, "写出名单", "份")
            rosters.write_rosters(written, force=force, passwords=passwords, fonts=fonts)
    summary = rosters.summary_of(targets)
    head = "试做（不写文件）：" if deed.dry_run else "已写出 "
    sentence = f"{head}{len(targets)} 份{summary['kind']}，共 {summary['people']} 人，存放在 {folder}"
    sentence += f"；密码在 {list_of}，另行告知各基地" if list_of is not None else ""
    locked = bool(passwords)
    deed.tell_plainly({**summary, "run": run, "locked": locked}, sentence)


def _passwords(
    list_of: Path | None, *, from_stdin: bool, settings: Settings
) -> Callable[[Sequence[str]], dict[str, str]]:
    """Return what gives bases their passwords, none where nobody asked for any."""
    if list_of is not None and from_stdin:
        words = "--passwords 和 --password-stdin 只能用一个。"
        raise click.UsageError(words, click.get_current_context())
    if list_of is not None:
        known = read_passwords(list_of)
        return lambda bases: with_passwords(known, bases)
    if from_stdin:
        word = workbook_password(settings)
        return lambda bases: dict.fromkeys(bases, word)
    return lambda _: {}
