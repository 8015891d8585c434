"""`zhupei trainee import`: people and their applications from workbooks."""

from functools import partial
from typing import Any

import click
from sqlalchemy.orm import Session

from zhupei_cli.rules.people.plain_words import require_reason
from zhupei_cli.services.applications.importing.case import Options
from zhupei_cli.services.applications.importing.groups import STOWING, prepare
from zhupei_cli.services.kinds.trainee import TRAINEE_IMPORT
from zhupei_cli.services.records import lookup
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.sheet_titles import question_titles
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.shell.arguments import Word
from zhupei_cli.words.vocabulary import IMPORT_MODE

from ..shared.importing import Import, importing
from ..shared.options import batch_option, batch_was_named
from ..shared.progress import Progress


@click.command("import")
@batch_option
@click.option("--submit", is_flag=True, help="导入后直接提交合格的报名")
@click.option("--profile-only", is_flag=True, help="只导入个人信息，不看报名各列")
@click.option(
    "--mode",
    type=Word(IMPORT_MODE),
    default="upsert",
    show_default=True,
    help="upsert 新增或更新，insert 只新增，update 只更新",
)
@click.option("--all-or-nothing", is_flag=True, help="有一行不合格就全部不导入")
@click.option("--late", is_flag=True, help="报名时间以外由省级补录入，须写原因")
@click.option("--reason", help="补录入的原因")
@importing(several=True, errors=True)
def import_(taking: Import, *, batch: str | None, late: bool, reason: str | None, **chosen: Any) -> None:
    """从工作簿导入学员和报名（报名信息，另有教育经历、工作经历两个可选的工作表）。

    合格的行导入；不合格的行连同原因写入 原文件_未通过.xlsx（退出码 3），改好后可再导入。
    同一文件再导入一次不会有任何变化；已提交的报名不会被改动。

    \b
    例：zhupei trainee import 报名信息.xlsx --batch HN2026 --submit
        zhupei trainee import a.xlsx b.xlsx --dry-run
    """
    if late and not (reason or "").strip():
        raise click.UsageError("--late 须同时用 --reason 写明原因。", click.get_current_context())
    require_reason(reason if late else None)
    options = Options(**chosen, late_reason=reason if late else None)
    optional = workbook_kinds.APPLICATION_KEYS if options.profile_only else ()
    with Progress(taking.settings) as progress:

        def act(session: Session, reading: Reading) -> Imported:
            found = None if options.profile_only else lookup.find_batch(session, batch)
            if found is not None:
                question_titles(session, reading, found, named=batch_was_named())
            watch = partial(progress.watch, what="检查并写入", unit="人", then="写入数据库")
            outcome = TRAINEE_IMPORT.take(
                session, reading, batch=found, by=taking.by, options=options, watch=watch
            )
            progress.phase("核对变化" if taking.dry_run else "保存")
            return outcome

        progress.phase("读取工作簿")
        prepared = partial(prepare, today=taking.by.today)
        done = taking.take(TRAINEE_IMPORT, act, optional=optional, prepare=prepared, stowing=STOWING)
    outcome = taking.show(done, batch=batch, of_batch=not options.profile_only)
    if options.submit and outcome.import_id is not None:
        taking.next("zhupei review import 审核意见.xlsx", "导入基地的审核意见")
