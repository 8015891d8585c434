"""`zhupei trainee list`, `show`: people as they are stored."""

import click

from zhupei_cli.services.applications import people_lists
from zhupei_cli.services.applications.people_lists import PeopleFilter
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME, PERSON_NAME
from zhupei_cli.store.engine import transaction

from ..shared.naming import who_argument
from ..shared.options import format_options, list_options, pass_settings, reveal_option
from ..shared.output import Column, Out, show, show_sheet
from ..shared.person_sheet import person_lines, person_sheet

LIST = (
    Column("name", "姓名"),
    Column("id_type_label", "证件类型"),
    Column("id_number", "证件号码"),
    Column("gender_label", "性别"),
    Column("mobile", "手机号码"),
    Column("level_label", "最高学历"),
    Column("school", "毕业院校"),
    Column("employer_name", "工作单位"),
    Column("username", "用户名"),
    Column("missing", "缺少项"),
)


@click.command("list")
@click.option("--name", type=PERSON_NAME, help="姓名含有这几个字")
@click.option("--school", type=NAME, metavar="NAME", help="任一段教育经历的院校含有这几个字")
@click.option("--account/--no-account", default=None, help="只列有账号的／没有账号的")
@reveal_option
@list_options
@pass_settings
def list_(
    settings: Settings,
    *,
    name: str | None,
    school: str | None,
    account: bool | None,
    reveal: bool,
    out: Out,
) -> None:
    """列出学员；证件号码和电话默认遮盖，最后一列是缺几项必填内容。

    \b
    例：zhupei trainee list --school 郑州大学
        zhupei trainee list --no-account -o 没有账号.xlsx
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        rows = people_lists.list_people(
            session,
            PeopleFilter(name, school, account, out.most),
            reveal_by=settings.acting() if reveal else None,
        )
    show(rows, LIST, out)


@click.command("show")
@who_argument
@reveal_option
@format_options
@pass_settings
def show_(settings: Settings, who: str, *, reveal: bool, out: Out) -> None:
    """查看一个学员的全部信息，以及提交报名前还缺什么（●）。

    WHO 是证件号码或其后四位、用户名、报名号或姓名。

    \b
    例：zhupei trainee show wang1999
        zhupei trainee show 410101199901010018 --reveal
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        row = people_lists.show_person(session, who, reveal_by=settings.acting() if reveal else None)
    show_sheet(row if out.format.startswith("json") else person_lines(row), person_sheet(row), out)
