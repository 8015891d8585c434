"""What the commands that tell people share: the event, and the first texts as they will read."""

from collections.abc import Callable, Sequence
from typing import Final

import click

from zhupei_cli.rules.people.masking import masked_text
from zhupei_cli.services.notices.telling import NoticeMessage, longest
from zhupei_cli.shell.arguments import Word
from zhupei_cli.words.vocabulary import NOTICE_EVENT

from ..shared.options import F
from ..shared.writing import Deed

#: Texts that are shown before they are sent.
_SHOWN: Final = 3


def event_option(command: F) -> F:
    """Add --event, which must be given."""
    words = "、".join(f"{code} {label}" for code, label in NOTICE_EVENT.labels.items())
    return click.option(
        "--event", required=True, type=Word(NOTICE_EVENT), metavar="EVENT", help=f"通知什么：{words}"
    )(command)


def previewed(
    messages: Sequence[NoticeMessage], masked: Callable[[NoticeMessage], str]
) -> list[dict[str, str | None]]:
    """Return the first texts, recipients masked."""
    return [
        {"application_no": one.number, "to": masked(one), "content": masked_text(one.content)}
        for one in messages[:_SHOWN]
    ]


def show_preview(
    deed: Deed,
    messages: Sequence[NoticeMessage],
    masked: Callable[[NoticeMessage], str],
    *,
    batch: str,
    event: str,
) -> None:
    """Show people the first texts, and how long the longest one is."""
    for one in previewed(messages, masked):
        deed.note(f"  {one['to']}：{one['content']}")
    if messages:
        change = f"zhupei batch edit {batch} --set notice.{event}=内容"
        deed.note(f"  最长的一条 {longest(messages)} 字；改内容：{change}")


def note_past(deed: Deed, past: int, *, batch: str) -> None:
    """Say how many were called to nothing, for its day is past: they need another one."""
    if past:
        deed.note(
            f"{past} 人的复试日期已经过去，没有通知；要重新安排的，在锁定以前改好分组再导入："
            f"zhupei exam groups list --batch {batch} --reveal -o 复试分组.xlsx"
        )
