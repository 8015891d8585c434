"""`zhupei trainee edit`, `education`, `work`: one person's profile (指南 二.2)."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.applications import people_lists
from zhupei_cli.services.applications.correcting import LIVE, submitted_of
from zhupei_cli.services.people import fields, people
from zhupei_cli.services.people.people import EDUCATION_PART, WORK_PART, Edited, EntryPart
from zhupei_cli.services.people.photos import read_photo
from zhupei_cli.services.reference import employers
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import FileName, Whole
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading

from ..shared.asking import agree, ask_change, field_options, given_of, prompt
from ..shared.findings import tell
from ..shared.formats import shown
from ..shared.naming import who_argument
from ..shared.options import can_ask, format_options, pass_settings, yes_option
from ..shared.output import Column, Out, show
from ..shared.writing import Deed, writing

EDUCATIONS = (
    Column("id", "编号"),
    Column("level_label", "学历"),
    Column("school", "院校"),
    Column("major", "专业"),
    Column("graduated_on", "毕业时间"),
    Column("full_time", "是否全日制"),
    Column("degree_label", "学位"),
    Column("degree_type_label", "学位类型"),
)
WORKS = (
    Column("id", "编号"),
    Column("employer_name", "单位名称"),
    Column("employer_uscc", "统一社会信用代码"),
    Column("department", "科室"),
    Column("position", "职务"),
    Column("from_date", "起始"),
    Column("to_date", "终止"),
)


@click.command()
@who_argument
@field_options(fields.EDITED_PERSON)
@click.option("--photo", type=FileName(), metavar="FILE", help="照片，JPG 或 PNG，不超过 1 MB")
@click.option("--no-photo", is_flag=True, help="删除照片")
@click.option("--reason", metavar="REASON", help="修改的原因；修改姓名时必填")
@writing
def edit(
    deed: Deed,
    who: str,
    *,
    photo: Path | None,
    no_photo: bool,
    reason: str | None,
    **words: str | None,
) -> None:
    """修改基本信息、联系信息、医师资格和照片。

    WHO 是证件号码或其后四位、用户名、报名号或姓名。各项的写法与报名信息工作簿相同，填“清空”则清除。
    什么也不写时在终端中逐项询问。已提交的报名不受影响：报名以提交时的内容为准。

    \b
    例：zhupei trainee edit wang1999 --mobile 13800000000 --ethnicity 汉族
        zhupei trainee edit wang1999 --name 王晓明 --reason 户籍更名
        zhupei trainee edit wang1999 --photo 照片.jpg
    """
    given = given_of(words)
    if not (given or photo or no_photo):
        if not can_ask(deed.settings):
            raise click.UsageError("没有写要修改的内容，例如 --mobile。", click.get_current_context())
        given, reason = _asked(deed.settings, who, reason)
    if photo and no_photo:
        raise click.UsageError("--photo 和 --no-photo 只能用一个。", click.get_current_context())
    picture = None if photo is None else read_photo(photo)

    def change(session: Session) -> tuple[Edited, Sequence[str]]:
        edited = people.edit_person(
            session, who, given, by=deed.by, reason=reason, photo=picture, drop_photo=no_photo
        )
        return edited, submitted_of(session, edited.trainee_id)

    edited, sent = deed.do(change)
    _show(deed, edited, "已保存")
    # What is printed has the photo of now, as whoever is called has the phone of now.
    if not {name.rpartition(".")[2] for name in edited.fields} <= {*LIVE, "photo"}:
        for number in sent:
            correct = f"zhupei apply correct {number} 项目 内容 --reason 原因"
            deed.note(f"已提交的报名 {number} 仍是提交时的内容；一并更正用 {correct}")


def _asked(settings: Settings, who: str, reason: str | None) -> tuple[dict[str, str], str | None]:
    """Ask for each field as `register` does, with what is stored now, masked; Enter keeps it."""
    with reading(settings.database_url) as session:
        stored = people_lists.show_person(session, who)
    note(settings, f"修改 {stored['name']}（{stored['id_number']}）的信息：回车不变，填“清空”则清除")
    given = {}
    for column in fields.EDITED_PERSON:
        now = shown(stored.get(f"{column.key}_label", stored.get(column.key))) or "空"
        if word := ask_change(column, now):
            given[column.key] = word
    if "name" in given and not reason:
        reason = prompt("修改姓名的原因")
    if given and not agree(f"保存 {len(given)} 项修改？", default=True):
        raise click.Abort
    return given, reason


def _show(deed: Deed, edited: Edited, done: str) -> None:
    words = "、".join(dict.fromkeys(people_lists.field_labels(edited.fields)))
    sentence = f"{done} {edited.name}：{words}" if words else f"{edited.name}：没有变化"
    deed.tell(edited.as_json(), sentence)
    for fault in () if deed.as_json else edited.warnings:
        tell(deed.settings, fault)
    if edited.missing:
        deed.note(f"还缺 ●：{'、'.join(edited.missing)}")


def _add(deed: Deed, who: str, part: EntryPart, words: dict[str, str | None]) -> None:
    given = given_of(words)

    def add(session: Session) -> tuple[Edited, bool]:
        completed, known = employers.completed_work(session, given) if part is WORK_PART else (given, True)
        return people.add_entry(session, who, part, completed, by=deed.by), known

    edited, known = deed.do(add)
    _show(deed, edited, "已保存")
    if not known:
        note(deed.settings, f"单位库中没有“{given['employer_name']}”，按所写的名称保存")


def _remove(deed: Deed, who: str, part: EntryPart, number: int) -> None:
    def remove(session: Session) -> Edited:
        removed = people.remove_entry(session, who, part, number, by=deed.by)
        deed.require(f"删除编号 {number} 的{part.label}？")
        return removed

    edited = deed.do(remove)
    _show(deed, edited, "已删除")


@click.group()
def education() -> None:
    """教育经历：添加、列出、删除。"""


@education.command("add")
@who_argument
@field_options(fields.EDITED_EDUCATION, required=True)
@writing
def add_education(deed: Deed, who: str, **words: str | None) -> None:
    """添加一段教育经历；学历和院校都相同的，改为修改那一段。

    \b
    例：zhupei trainee education add wang1999 --level 本科 --school 郑州大学 \\
            --major 临床医学 --graduated-on 2026-06-30 --full-time 是
    """
    _add(deed, who, EDUCATION_PART, words)


@education.command("list")
@who_argument
@format_options
@pass_settings
def list_educations(settings: Settings, who: str, *, out: Out) -> None:
    """列出一个学员的教育经历。

    \b
    例：zhupei trainee education list wang1999
    """
    with reading(settings.database_url) as session:
        rows = people_lists.list_entries(session, who, EDUCATION_PART)
    show(rows, EDUCATIONS, out)


@education.command("remove")
@who_argument
@click.argument("number", type=Whole(1), metavar="ID")
@yes_option
@writing
def remove_education(deed: Deed, who: str, number: int) -> None:
    """删除一段教育经历；ID 是 education list 中的编号。

    \b
    例：zhupei trainee education remove wang1999 3 --yes
    """
    _remove(deed, who, EDUCATION_PART, number)


@click.group()
def work() -> None:
    """工作经历：添加、列出、删除。"""


@work.command("add")
@who_argument
@field_options(fields.EDITED_WORK, required=True)
@writing
def add_work(deed: Deed, who: str, **words: str | None) -> None:
    """添加一段工作经历；没有终止时间的是现工作单位。

    单位库中有的补上统一社会信用代码，没有的按所写的名称保存；先用 employer search 查找。

    \b
    例：zhupei trainee work add wang1999 --employer-name 郑州第一医院
    """
    _add(deed, who, WORK_PART, words)


@work.command("list")
@who_argument
@format_options
@pass_settings
def list_works(settings: Settings, who: str, *, out: Out) -> None:
    """列出一个学员的工作经历。

    \b
    例：zhupei trainee work list wang1999
    """
    with reading(settings.database_url) as session:
        rows = people_lists.list_entries(session, who, WORK_PART)
    show(rows, WORKS, out)


@work.command("remove")
@who_argument
@click.argument("number", type=Whole(1), metavar="ID")
@yes_option
@writing
def remove_work(deed: Deed, who: str, number: int) -> None:
    """删除一段工作经历；ID 是 work list 中的编号。

    \b
    例：zhupei trainee work remove wang1999 3 --yes
    """
    _remove(deed, who, WORK_PART, number)
