"""`zhupei export letters`: 录取通知书 as PDF or .docx."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import name_of_part, refuse_existing, replacing, together
from zhupei_cli.model.batch import Batch
from zhupei_cli.printing.fonts import find_fonts
from zhupei_cli.printing.letter import Letters, render_letters
from zhupei_cli.printing.letter_docx import docx_letters
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.admission.stages import unsigned
from zhupei_cli.services.records import lookup
from zhupei_cli.services.results.letters import Chosen, prepare_letters
from zhupei_cli.shell.arguments import CODE, NAME, Whole, Word
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import LETTER_FORMAT

from ..shared.naming import numbered
from ..shared.options import into_options
from ..shared.prints import font_option, kind_of_file, show_prints
from ..shared.writing import Deed, writing


@click.command("letters")
@click.argument("numbers", nargs=-1, metavar="[NO…]", type=CODE)
@numbered("numbers")
@click.option(
    "--base", "bases", type=NAME, multiple=True, metavar="CODE", help="这些基地（编号或名称），可写多个"
)
@click.option("--all", "every", is_flag=True, help="全部基地")
@click.option("--run", metavar="RUN", type=Whole(1), help="只印这一次录取计算（递补、再次调剂）录取的人")
@click.option(
    "-f",
    "--format",
    "file_format",
    type=Word(LETTER_FORMAT),
    metavar="FORMAT",
    help="pdf，或 docx（还要改的用 Word、WPS 打开）；不写则由后缀决定，文件夹里是 pdf",
)
@into_options(".pdf 或 .docx 文件：全部印在一个文件里；文件夹：每个基地一个文件")
@font_option
@writing
def letters(
    deed: Deed,
    numbers: tuple[str, ...],
    *,
    batch: str | None,
    bases: tuple[str, ...],
    every: bool,
    run: int | None,
    file_format: str | None,
    target: Path,
    more_fonts: tuple[Path, ...],
    force: bool,
) -> None:
    """印制录取通知书（PDF 或 docx，每人一页 A4）：已录取、已报到的人；正式录取以后才能印。

    证件号码是完整的，会留下记录。报到截止时间（checkin_until）、发文单位（authority）、
    文号（letter_no）、报到地点（checkin_place）和联系方式（contact）取自批次的设置，
    用 batch edit --set 修改。左下角的二维码用 zhupei verify --letter 核对。字体里没有的字不会
    印成空白：这些人列出来，其余的照印（退出码 3）。

    \b
    例：zhupei export letters --all -o 通知书
        zhupei export letters HN2026-0000001 -o 通知书.pdf
        zhupei export letters --run 2 -o 递补通知书
    """
    if [bool(numbers), bool(bases), every].count(True) != 1 and (run is None or numbers):
        raise click.UsageError("请写报名号，或用 --base、--all，三者选一。", click.get_current_context())
    kind = _kind(target, file_format)
    fonts = find_fonts(deed.settings.fonts, more_fonts)

    doubts: list[Finding] = []

    def prepare(session: Session, found: Batch) -> tuple[dict[Path, Letters], Sequence[tuple[str, Fault]]]:
        doubts[:] = unsigned(session, found)
        chosen = Chosen(numbers, [lookup.find_base(session, base) for base in bases], run)
        by_base, refused = prepare_letters(session, found, chosen, by=deed.by, fonts=fonts)
        names = lookup.base_names(session).names
        some = list(by_base.values())
        if kind_of_file(target, tuple(LETTER_FORMAT.labels)):
            whole = [one for part in some for one in part.letters]
            files = {target: replace(some[0], letters=whole)} if some else {}
        else:
            files = {
                target / name_of_part(base, names[base], "录取通知书", kind): part
                for base, part in by_base.items()
            }
        for path in files:
            refuse_existing(path, force=force)
        return files, refused

    files, refused = deed.in_batch(batch, prepare)
    # The event is stored by now: no letter leaves the database without one.
    with together():
        for path, part in () if deed.dry_run else files.items():
            with replacing(path, force=force) as beside:
                beside.write_bytes(
                    docx_letters(part) if kind == "docx" else render_letters(part, fonts=fonts)
                )
    count = sum(len(part.letters) for part in files.values())
    summary = {"letters": count, "files": [str(path) for path in files]}
    where = f"，存放在 {target}" if count else ""
    show_prints(deed, summary, f"印制 {count} 份录取通知书{where}", refused, doubts)


def _kind(target: Path, asked: str | None) -> str:
    """Return pdf or docx; a usage error for a file of another kind, or one that is not as asked."""
    kind = kind_of_file(target, tuple(LETTER_FORMAT.labels))
    if kind and asked not in (None, kind):
        words = f"文件名 {target.name!r} 应以 .{asked} 结尾，或写文件夹。"
        raise click.UsageError(words, click.get_current_context())
    return kind or asked or "pdf"
