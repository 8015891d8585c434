"""`zhupei imports undo`: an import taken back."""

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.undo import undoing
from zhupei_cli.shell.arguments import Whole

from ..shared.consent import with_doubts
from ..shared.options import (
    yes_option,
)
from ..shared.writing import Deed, writing


@click.command("undo")
@click.argument("import_id", metavar="ID", type=Whole(1))
@click.option("--reason", required=True, metavar="REASON", help="撤销的原因")
@yes_option
@writing
def undo(deed: Deed, import_id: int, *, reason: str) -> None:
    """撤销一次导入：新增的删除，更新的恢复原来的内容；用过的报名号不再使用。

    写入的内容此后有任何变动（修改、提交、审核、成绩、建立账号……）时拒绝撤销，什么也不改。

    \b
    例：zhupei imports undo 3 --reason 导错了文件
        zhupei imports undo 3 --reason 导错了文件 --dry-run
    """
    if not reason.strip():
        raise click.UsageError("--reason 须写明撤销的原因。", click.get_current_context())

    def act(session: Session) -> undoing.Undone:
        undone = undoing.undo(session, import_id, by=deed.by, reason=reason)
        counts = f"删除 {undone['deleted']} 条，恢复 {undone['restored']} 条"
        deed.require(f"撤销导入 {import_id}：{counts}，继续吗？", undone.get("doubts", ()))
        return undone

    done = deed.do(act)
    head = "试撤销（不保存）" if deed.dry_run else "已撤销"
    sentence = f"{head}：导入 {import_id}，删除 {done['deleted']} 条，恢复 {done['restored']} 条"
    told: dict[str, object] = with_doubts(done) if "doubts" in done else {**done}
    deed.tell_plainly(told, sentence)
    deed.next("zhupei imports list", "查看全部导入", in_json=True)
