"""`zhupei trainee check`, `standing`, `history`: what people lack, and what was over the years."""

import click

from zhupei_cli.services.applications import gaps, people_history, people_lists, years
from zhupei_cli.services.kinds.event_words import action_label, state_label
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading

from ..shared.naming import who_argument
from ..shared.options import format_options, pass_settings
from ..shared.output import FINDINGS, Column, Out, show, show_sheet

FOUND = (
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("application_no", "报名号"),
    Column("severity_label", "程度"),
    Column("code", "代码"),
    Column("message", "问题"),
    Column("years", "历年记录"),
)
HISTORY = (
    Column("at", "时间"),
    Column("who", "经办人"),
    Column("action_label", "事项"),
    Column("subject_label", "对象"),
    Column("change", "变化"),
    Column("reason", "原因"),
)
STANDING = (
    Column("year", "年份"),
    Column("what", "批次或记录"),
    Column("application_no", "报名号"),
    Column("detail", "情况"),
)
#: What a check of a password found.
_CHECKED = {"wrong": "不对", "locked": "不对，已锁定", "right": "正确"}


@click.command("check")
@click.argument("who", required=False, metavar="[WHO]", type=NAME)
@click.option(
    "--batch",
    type=CODE,
    metavar="CODE",
    help="只查这个批次：未提交、退回修改的报名，连同志愿和身份规则；已提交的只查历年记录",
)
@format_options
@pass_settings
def check(settings: Settings, who: str | None, *, batch: str | None, out: Out) -> None:
    """检查学员信息：缺少的必填项、互相矛盾的内容；有错误时退出码 3。写 WHO 只查一个人。

    诚信名单上的、还在培训的、曾退培的也列出，照还能报名的批次的规则，没有这样的批次时照今年；
    没有报名、也没有写 WHO 的人只提醒诚信名单。

    \b
    例：zhupei trainee check
        zhupei trainee check 王小明
        zhupei trainee check --batch HN2026 -o 待补.xlsx
    """
    with reading(settings.database_url) as session:
        found = None if batch is None else lookup.find_batch(session, batch)
        rows = list(gaps.check_people(session, by=settings.acting(), batch=found, who=who))
    labels = {"error": "错误", "warning": "提醒"}
    # Of earlier years nearly nobody has any.
    columns = FOUND if any(row.get("years") for row in rows) else FOUND[:-1]
    show([{**row, "severity_label": labels[row["severity"]]} for row in rows], columns, out)
    if any(row["severity"] == "error" for row in rows):
        click.get_current_context().exit(FINDINGS)


@click.command("standing")
@who_argument
@format_options
@pass_settings
def standing(settings: Settings, who: str, *, out: Out) -> None:
    """一个学员的历年记录：每个批次的报名、录取、报到、退培，以及诚信记录。

    WHO 是证件号码或其后四位、用户名、报名号或姓名。没有公布的录取不显示。

    \b
    例：zhupei trainee standing 王小明
    """
    with reading(settings.database_url) as session:
        row = years.standing(session, who)
    if out.format.startswith("json"):
        show_sheet(row, STANDING, out)
        return
    note(settings, f"{row['name']} {row['id_number']}")
    show(row["years"], STANDING, out)


@click.command("history")
@who_argument
@format_options
@pass_settings
def history(settings: Settings, who: str, *, out: Out) -> None:
    """列出对一个学员做过的全部操作：注册、导入、修改、报名、审核、录取。

    WHO 是证件号码或其后四位、用户名、报名号或姓名。

    \b
    例：zhupei trainee history wang1999
    """
    with reading(settings.database_url) as session:
        rows = people_history.history(session, who)
    show([_told(row) for row in rows], HISTORY, out)


def _told(row: people_history.Happening) -> dict[str, object]:
    states = (state_label(row["action"], state) for state in (row["before"], row["after"]))
    words = [_CHECKED.get(word, word) for word in states if word]
    change = " → ".join(words) or "、".join(dict.fromkeys(people_lists.field_labels(row["fields"])))
    subject = "学员" if row["subject"].startswith("trainee ") else row["subject"].replace("import ", "导入 ")
    action = action_label(row["action"])
    return {**row, "action_label": action, "subject_label": subject, "change": change}
