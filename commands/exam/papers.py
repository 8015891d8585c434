"""`zhupei exam tickets` and `sheets`: what is printed for the exam days."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from sqlalchemy.orm import Session

from zhupei_cli.files import name_of_part, refuse_existing, replacing, safe_name, together
from zhupei_cli.model import Batch
from zhupei_cli.printing.exam_sheets import ExamPaper, render_sheets
from zhupei_cli.printing.fonts import FontSet, find_fonts
from zhupei_cli.printing.ticket import Ticket, Tickets, render_tickets
from zhupei_cli.printing.typesetting import Picture
from zhupei_cli.services.exams import candidates, papers
from zhupei_cli.sheets.kinds.columns import Choices
from zhupei_cli.sheets.kinds.workbook_kinds import SCORE
from zhupei_cli.sheets.writing.template import BlankForm, write_template
from zhupei_cli.shell.arguments import CODE, Word
from zhupei_cli.words.errors import Fault, ZhupeiError
from zhupei_cli.words.vocabulary import EXAM_PAPER, EXAM_PART

from ..shared.naming import numbered
from ..shared.options import batch_option, into_options
from ..shared.prints import font_option, kind_of_file, show_prints, stored_pictures
from ..shared.writing import Deed, writing
from .allot import where_options

_PAPERS: Final[dict[str, ExamPaper]] = {"door": "door", "desk": "desk", "sign": "sign"}


@click.command("tickets")
@click.argument("numbers", nargs=-1, metavar="[NO…]", type=CODE)
@numbered("numbers")
@where_options
@click.option("--all", "every", is_flag=True, help="全部考场")
@into_options(".pdf 文件：全部印在一个文件里；文件夹：每个考场一个文件")
@font_option
@writing
def tickets(
    deed: Deed,
    numbers: tuple[str, ...],
    *,
    batch: str | None,
    sites: tuple[str, ...],
    rooms: tuple[str, ...],
    every: bool,
    target: Path,
    more_fonts: tuple[Path, ...],
    force: bool,
) -> None:
    """印制准考证（PDF，每人一页 A4），有照片、考场、座位号和考生须知。

    证件号码是完整的，印制会留下记录。考试时间（exam_time）、考生须知（exam_rules）、发文单位
    （authority）和联系方式（contact）取自批次的设置，用 batch edit --set 修改。

    \b
    例：zhupei exam tickets --all -o 准考证
        zhupei exam tickets HN2026-0000001 -o 准考证.pdf
    """
    _require_one(bool(numbers), bool(sites or rooms), every)
    kind_of_file(target, ("pdf",))
    fonts = find_fonts(deed.settings.fonts, more_fonts)
    wanted = candidates.Wanted(numbers, sites, rooms)

    def prepare(session: Session, found: Batch) -> tuple[papers.Printed, dict[Path, Tickets]]:
        printed = papers.prepare_tickets(session, found, wanted, by=deed.by, fonts=fonts)
        files = _files(printed, target)
        for path in files:
            refuse_existing(path, force=force)
        return printed, files

    printed, files = deed.in_batch(batch, prepare)
    # The event is stored by now: no ticket leaves the database without one.
    damaged: list[tuple[str, Fault]] = []
    written = list(files) if deed.dry_run else []
    with together():
        for path, some in () if deed.dry_run else files.items():
            pdf, left_out = _rendered(deed, some, fonts)
            damaged += left_out
            if pdf is not None:
                with replacing(path, force=force) as beside:
                    beside.write_bytes(pdf)
                written.append(path)
    count = sum(len(some.tickets) for some in files.values()) - len(damaged)
    summary = {
        "tickets": count,
        "without_photo": printed.without_photo,
        "files": [str(path) for path in written],
    }
    where = f"，存放在 {target}" if count else ""
    photos = f"（{printed.without_photo} 人没有照片）" if printed.without_photo else ""
    show_prints(deed, summary, f"印制 {count} 份准考证{photos}{where}", [*printed.refused, *damaged])


def _rendered(deed: Deed, some: Tickets, fonts: FontSet) -> tuple[bytes | None, list[tuple[str, Fault]]]:
    """Return the PDF, and who is left out because their photo is damaged; None when nobody is left.

    Pages are set in one run: photos are looked at only when it stopped, for it takes as long as the printing.
    """
    try:
        return render_tickets(some, _photos(deed, some.tickets), fonts=fonts), []
    except ZhupeiError as error:
        left_out = {}
        if error.code == "E089":
            left_out = papers.with_damaged_photo(some.tickets, _photos(deed, some.tickets))
        if not left_out:
            raise
    whole = [one for one in some.tickets if one.number not in left_out]
    pdf = render_tickets(replace(some, tickets=whole), _photos(deed, whole), fonts=fonts) if whole else None
    return pdf, list(left_out.items())


def _photos(deed: Deed, some: Iterable[Ticket]) -> Iterator[Picture]:
    return stored_pictures(deed, (one.photo for one in some))


def _require_one(*given: bool) -> None:
    if given.count(True) == 1:
        return
    names = [name for name, one in zip(("报名号", "--site/--room", "--all"), given, strict=True) if one]
    words = "请写报名号，或用 --site、--room，或用 --all"
    conflict = f"{' 和 '.join(names)} 不能同时用：" if names else ""
    raise click.UsageError(f"{conflict}{words}。", click.get_current_context())


def _files(printed: papers.Printed, target: Path) -> dict[Path, Tickets]:
    if target.suffix.lower() == ".pdf":
        parts = list(printed.rooms.values())
        whole = [one for part in parts for one in part.tickets]
        return {target: replace(parts[0], tickets=whole)} if parts else {}
    return {
        target / safe_name(f"{site}_{room}_准考证.pdf"): part for (site, room), part in printed.rooms.items()
    }


@click.command("sheets")
@batch_option
@where_options
@click.option(
    "--only",
    "chosen",
    multiple=True,
    type=Word(EXAM_PAPER),
    help="只要这几样：door 门贴、desk 桌贴、sign 签到表、book 签到登记表（工作簿），可写多次",
)
@click.option(
    "--part",
    type=Word(EXAM_PART),
    default="written",
    show_default=True,
    help="签到登记表登记哪一科的缺考：笔试、技能、面试",
)
@into_options("写入这个文件夹，每个考点一份", metavar="DIR")
@font_option
@writing
def sheets(
    deed: Deed,
    *,
    batch: str | None,
    sites: tuple[str, ...],
    rooms: tuple[str, ...],
    chosen: tuple[str, ...],
    part: str,
    target: Path,
    more_fonts: tuple[Path, ...],
    force: bool,
) -> None:
    """印制门贴、桌贴和签到表（PDF，A4，按考场分页），写出签到登记表（工作簿）。

    签到登记表的“缺考”一栏勾 √，用 admit scores import 导入即为缺考。证件号码遮盖。

    \b
    例：zhupei exam sheets -o 考务
        zhupei exam sheets --site 01 --only 签到表 -o 考务
    """
    kinds = chosen or tuple(EXAM_PAPER.labels)
    printing = any(kind in _PAPERS for kind in kinds)
    fonts = find_fonts(deed.settings.fonts, more_fonts) if printing else None
    wanted = candidates.Wanted((), sites, rooms)

    def prepare(session: Session, found: Batch) -> tuple[papers.Sheets, str]:
        made = papers.prepare_sheets(session, found, wanted, by=deed.by, fonts=fonts)
        for one in made.sites:
            for kind in kinds:
                refuse_existing(_path(target, one, kind), force=force)
        return made, found.code

    made, code = deed.in_batch(batch, prepare)
    files = [
        (one, kind, _path(target, one, kind))
        for one in made.sites
        for kind in kinds
        if one.rooms or kind == "book"
    ]
    with together():
        for one, kind, path in () if deed.dry_run else files:
            with replacing(path, force=force) as beside:
                if kind == "book":
                    write_template(beside, [_book(made, one, part)], Choices())
                elif fonts is not None:
                    pdf = render_sheets(
                        _PAPERS[kind], one.rooms, batch=made.batch, time=made.time, fonts=fonts
                    )
                    beside.write_bytes(pdf)
    summary = {
        "people": made.people,
        "rooms": made.rooms,
        "sites": len(made.sites),
        "files": [str(path) for *_, path in files],
    }
    sentence = f"印制 {len(made.sites)} 个考点、{made.rooms} 个考场、{made.people} 人的材料"
    sentence += f"，存放在 {target}" if files else ""
    show_prints(deed, summary, sentence, made.refused)
    if "book" in kinds and files:
        deed.next(f"zhupei admit scores import --batch {code} {target}/*_签到登记表.xlsx", "考后登记缺考")


def _path(target: Path, one: papers.SiteSheets, kind: str) -> Path:
    ending = "xlsx" if kind == "book" else "pdf"
    return target / name_of_part(one.site.code, one.site.name, EXAM_PAPER.label(kind), ending)


def _book(made: papers.Sheets, one: papers.SiteSheets, part: str) -> BlankForm:
    keys: Sequence[str] = ("room", "seat", "ticket", "name", "specialty", f"{part}_missed")
    columns = {column.key: column for column in SCORE.columns}
    title = f"{made.batch} {one.site.name} 签到登记表"
    return BlankForm(SCORE, title, tuple(columns[key] for key in keys), one.rows, frozen=2, apart="room")
