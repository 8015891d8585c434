"""`zhupei trainee`: people. Accounts, profiles, employers and lists are in files of their own."""

from functools import partial
from typing import Any

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.applications.intake_cases import Options, prepare
from zhupei_cli.services.kinds.trainee import TRAINEE_IMPORT
from zhupei_cli.services.records import lookup
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.sheet_titles import question_titles
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.shell.arguments import Word
from zhupei_cli.shell.lazy import LazyGroup
from zhupei_cli.words.vocabulary import IMPORT_MODE

from ..shared.importing import Import, importing
from ..shared.options import batch_option, batch_was_named
from ..shared.progress import Progress

_HERE = "zhupei_cli.commands.trainee.group"
_ACCOUNT, _PROFILE = "zhupei_cli.commands.trainee.account", "zhupei_cli.commands.trainee.profile"
_EMPLOYER, _LISTS = "zhupei_cli.commands.trainee.employer", "zhupei_cli.commands.trainee.lists"


@click.group(
    cls=LazyGroup,
    lazy={
        "template": ("zhupei_cli.commands.trainee.template:template", "写出报名信息的空白模板"),
        "import": (f"{_HERE}:import_", "从工作簿导入学员和报名"),
        "register": (f"{_ACCOUNT}:register", "注册学员账号"),
        "password": (f"{_ACCOUNT}:password", "账号密码：重设、核对"),
        "edit": (f"{_PROFILE}:edit", "修改基本信息、联系信息、医师资格和照片"),
        "education": (f"{_PROFILE}:education", "教育经历：添加、列出、删除"),
        "work": (f"{_PROFILE}:work", "工作经历：添加、列出、删除"),
        "employer": (f"{_EMPLOYER}:employer", "单位库：查找、模板、导入"),
        "photo": ("zhupei_cli.commands.trainee.photo:photo", "照片：成批导入、导出"),
        "list": (f"{_LISTS}:list_", "列出学员"),
        "show": (f"{_LISTS}:show_", "查看一个学员的全部信息和还缺的内容"),
        "check": (f"{_LISTS}:check", "检查学员信息是否齐全、一致"),
        "standing": (f"{_LISTS}:standing", "一个学员历年的报名、录取、退培和诚信记录"),
        "bar": ("zhupei_cli.commands.trainee.bar:bar", "诚信记录：导入、登记、确认、解除"),
        "history": (f"{_LISTS}:history", "列出对一个学员做过的全部操作"),
        "erase": ("zhupei_cli.commands.trainee.erase:erase", "删除一个学员的个人信息"),
    },
)
def trainee() -> None:
    """学员：模板、从工作簿导入、账号、个人信息。"""


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
    options = Options(**chosen, late_reason=reason if late else None)
    optional = workbook_kinds.APPLICATION_KEYS if options.profile_only else ()
    by = taking.by
    with Progress(taking.settings) as progress:

        def act(session: Session, reading: Reading) -> Imported:
            found = None if options.profile_only else lookup.find_batch(session, batch)
            if found is not None:
                question_titles(session, reading, found, named=batch_was_named())
            watch = partial(progress.watch, what="检查", unit="人", then="写入数据库")
            outcome = TRAINEE_IMPORT.take(session, reading, batch=found, by=by, options=options, watch=watch)
            progress.phase("核对变化" if taking.dry_run else "保存")
            return outcome

        progress.phase("读取工作簿")
        done = taking.take(TRAINEE_IMPORT, act, optional=optional, prepare=partial(prepare, today=by.today))
    outcome = taking.show(done, batch=batch, of_batch=not options.profile_only)
    if options.submit and outcome.import_id is not None:
        taking.next("zhupei review import 审核意见.xlsx", "导入基地的审核意见")
