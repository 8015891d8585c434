"""`zhupei apply print`: the 报名表 as PDF (指南 二.4)."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import refuse_existing, replacing, together
from zhupei_cli.model.batch import Batch
from zhupei_cli.printing.fonts import find_fonts
from zhupei_cli.printing.form import FormPage, render_forms
from zhupei_cli.services.applications import printing
from zhupei_cli.services.applications.listing import Filter
from zhupei_cli.services.records import lookup
from zhupei_cli.shell.arguments import CODE, NAME

from ..shared.naming import numbered
from ..shared.options import into_options
from ..shared.prints import font_option, kind_of_file, show_prints, stored_pictures
from ..shared.writing import Deed, writing


@click.command("print")
@click.argument("numbers", nargs=-1, metavar="NO…", type=CODE)
@numbered("numbers")
@click.option("--base", type=NAME, help="第一志愿是这个基地的全部报名（编号或名称）")
@click.option("--all", "every", is_flag=True, help="本批次全部报名（已撤回的除外）")
@into_options(".pdf 文件：全部印在一个文件里；文件夹：每人一个文件")
@font_option
@writing
def print_(
    deed: Deed,
    numbers: tuple[str, ...],
    *,
    batch: str | None,
    base: str | None,
    every: bool,
    target: Path,
    more_fonts: tuple[Path, ...],
    force: bool,
) -> None:
    """打印报名表（PDF，每人一页 A4）；未提交的印有“未提交”字样。

    证件号码是完整的，打印会留下记录。字体里没有的字不会印成空白：这些人列出来，
    其余的照印（退出码 3）；可用 --font、环境变量 ZHUPEI_FONTS 或配置项 fonts 指定字体。

    \b
    例：zhupei apply print HN2026-0000001 -o 报名表.pdf
        zhupei apply print --base 4101001 -o 报名表
    """
    if [bool(numbers), bool(base), every].count(True) != 1:
        raise click.UsageError("请写报名号，或用 --base、--all，三者选一。", click.get_current_context())
    kind = kind_of_file(target, ("pdf",))
    fonts = find_fonts(deed.settings.fonts, more_fonts)

    def prepare(session: Session, found: Batch) -> tuple[printing.Forms, dict[Path, Sequence[FormPage]]]:
        code = lookup.find_base(session, base) if base else None
        chosen = Filter(numbers=numbers, base=code)
        forms = printing.prepare_forms(session, found, chosen, by=deed.by, fonts=fonts)
        pages: dict[Path, Sequence[FormPage]] = {target: forms.pages} if forms.pages else {}
        if not kind:
            pages = {target / f"{page.number}_报名表.pdf": [page] for page in forms.pages}
        for path in pages:
            refuse_existing(path, force=force)
        return forms, pages

    forms, pages = deed.in_batch(batch, prepare)
    # The event is stored by now: no form leaves the database without one.
    with together():
        for path, some in () if deed.dry_run else pages.items():
            with replacing(path, force=force) as beside:
                photos = stored_pictures(deed, (page.photo for page in some))
                pdf = render_forms(some, photos, title=forms.title, contact=forms.contact, fonts=fonts)
                beside.write_bytes(pdf)
    count = len(forms.pages)
    summary = {"forms": count, "files": [str(path) for path in pages]}
    where = f"，存放在 {target}" if count else ""
    show_prints(deed, summary, f"打印 {count} 份报名表{where}", forms.refused)
