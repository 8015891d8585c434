"""`zhupei notice`: telling people (通知)."""

import click

from zhupei_cli.services.notices.listing import list_notices
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import Word
from zhupei_cli.shell.lazy import LazyGroup
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import NOTICE_EVENT, NOTICE_STATE

from ..shared.options import batch_option, list_options, pass_settings
from ..shared.output import Column, Out, show

LIST = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("event_label", "事项"),
    Column("way_label", "方式"),
    Column("recipient", "发往"),
    Column("state_label", "状态"),
    Column("told_at", "时间"),
    Column("answer", "拒收原因"),
    Column("content", "内容"),
)


@click.group(
    cls=LazyGroup,
    lazy={
        "list": ("zhupei_cli.commands.notice.group:list_", "列出通知过谁、什么事、什么时候"),
        "export": ("zhupei_cli.commands.notice.export:export", "写出要发短信的工作簿：手机号、姓名、内容"),
        "send": ("zhupei_cli.commands.notice.send:send", "用邮件通知，可续发，不重复"),
    },
)
def notice() -> None:
    """通知：审核结果、考试、复试、拟录取、录取和报到提醒，短信工作簿或邮件。"""


@click.command("list")
@batch_option
@click.option("--event", type=Word(NOTICE_EVENT), help="只列这一事项的")
@click.option("--state", type=Word(NOTICE_STATE), help="只列发送中、已发或拒收的")
@list_options
@pass_settings
def list_(settings: Settings, *, batch: str | None, event: str | None, state: str | None, out: Out) -> None:
    """列出通知过谁、什么事、什么时候；手机号和邮箱遮盖。

    \b
    例：zhupei notice list --event 拟录取
        zhupei notice list --state 拒收
    """
    with reading(settings.database_url) as session:
        rows = list_notices(session, lookup.find_batch(session, batch), event=event, state=state)
    show(rows, LIST, out)
