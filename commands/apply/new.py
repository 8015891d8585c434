"""`zhupei apply new` and `edit`: the five steps of 指南 二.3 by options; asked in `apply_dialogue`."""

import functools

import click
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.rules.people.fields import FORM_LABELS
from zhupei_cli.services.applications import drafts
from zhupei_cli.services.applications.drafts import Entered
from zhupei_cli.services.applications.form_checks import REQUIRED
from zhupei_cli.services.people import whom
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.words.vocabulary import YES_NO, flag_label

from ..shared.asking import require_options
from ..shared.findings import as_json_rows, tell
from ..shared.naming import numbered
from ..shared.options import (
    F,
    batch_option,
    can_ask,
    late_options,
)
from ..shared.writing import Deed, writing

#: The option that says each part of a form.
_OPTIONS = {
    "person": "--person",
    "identity": "--identity",
    "source_type": "--source-type",
    "train_years": "--train-years",
    "specialty": "--specialty",
    "choice1_base": "--choice1",
    "choice2_base": "--choice2",
    "choice2_specialty": "--choice2-specialty",
    "accept_adjust": "--adjust 或 --no-adjust",
}


def _form_options(command: F) -> F:
    """Add the options of a form; the command gets what was typed as `given`, by key of FORM_LABELS."""

    @functools.wraps(command)
    def with_form(*args: object, adjust: bool | None, **kwargs: object) -> object:
        typed = {key: kwargs.pop(key) for key in FORM_LABELS if key != "accept_adjust"}
        typed["accept_adjust"] = None if adjust is None else flag_label(YES_NO, adjust)
        given = {key: word for key, word in typed.items() if word is not None}
        return command(*args, given=given, **kwargs)

    for option in reversed(
        (
            click.option(
                "--identity",
                metavar="IDENTITY",
                help="个人身份：own、social、entrusted、postgrad，或中文名称",
            ),
            click.option("--source-type", metavar="TYPE", help="生源类型，例如 应届毕业生"),
            click.option("--train-years", metavar="N", help="培训年限：1、2 或 3"),
            click.option("--specialty", type=NAME, metavar="SPECIALTY", help="报名专业（代码或名称）"),
            click.option(
                "--choice1", "choice1_base", type=NAME, metavar="BASE", help="第一志愿基地（编号或名称）"
            ),
            click.option(
                "--choice2",
                "choice2_base",
                type=NAME,
                metavar="BASE",
                help="第二志愿基地；修改时 清空 表示去掉",
            ),
            click.option(
                "--choice2-specialty",
                type=NAME,
                metavar="SPECIALTY",
                help="第二志愿专业；不写即与报名专业相同",
            ),
            click.option("--adjust/--no-adjust", "adjust", default=None, help="是否服从调剂"),
        )
    ):
        with_form = option(with_form)
    return with_form  # type: ignore[return-value]


@click.command("new")
@click.option("--person", metavar="ID", help="学员的证件号码或用户名")
@batch_option
@_form_options
@late_options
@writing
def new(
    deed: Deed,
    *,
    person: str | None,
    batch: str | None,
    given: dict[str, str],
    late_reason: str | None,
) -> None:
    """新建报名，保存为未提交；没有写全的项目在终端中按操作指南的五步逐项提问。

    \b
    例：zhupei apply new
        zhupei apply new --person zhangsan --identity social --train-years 3 \\
          --source-type 应届毕业生 --specialty 内科 --choice1 4101001 --adjust
    """
    missing = [key for key in REQUIRED if key not in given]
    missing = missing if person else ["person", *missing]
    if missing and can_ask(deed.settings):
        from .dialogue import ask

        batch, person, given = ask(
            deed.settings, batch=batch, person=person, given=given, late=bool(late_reason)
        )
    elif missing:
        require_options([_OPTIONS[key] for key in missing])

    def enter(session: Session, found: Batch) -> Entered:
        profile = whom.find_person(session, person or "")
        return drafts.enter(session, found, profile, given, by=deed.by, late_reason=late_reason)

    _show_entered(deed, deed.in_batch(batch, enter), "已保存报名 {}（未提交）")


@click.command("edit")
@click.argument("number", metavar="NO", type=CODE)
@numbered("number")
@_form_options
@late_options
@writing
def edit(
    deed: Deed,
    number: str,
    *,
    batch: str | None,
    given: dict[str, str],
    late_reason: str | None,
) -> None:
    """修改未提交或退回修改的报名，没有写的项目不变；已提交的不能修改。

    \b
    例：zhupei apply edit HN2026-0000001 --choice2 洛阳中心医院
    """
    if not given:
        raise click.UsageError("没有要修改的项目，例如 --choice2 4103001。", click.get_current_context())
    entered = deed.in_batch(
        batch,
        lambda session, found: drafts.edit(
            session, found, number, given, by=deed.by, late_reason=late_reason
        ),
    )
    labels = "、".join(FORM_LABELS[key] for key in entered.changed)
    _show_entered(deed, entered, f"已修改报名 {{}}：{labels}" if labels else "报名 {} 没有变化")


def _show_entered(deed: Deed, entered: Entered, sentence: str) -> None:
    number = entered.application_no
    refused = number is None
    summary = {
        "ok": not refused,
        # The number of a trial belongs to nobody.
        "application_no": None if deed.dry_run else number,
        "changed": list(entered.changed),
        "problems": [row for _, row in as_json_rows(("", fault) for fault in entered.findings)],
    }
    errors = sum(1 for fault in entered.findings if fault.severity == "error")
    if refused:
        sentence = f"没有保存：{errors} 处不符合要求"
    deed.tell(summary, sentence.format(number))
    for fault in () if deed.as_json else entered.findings:
        tell(deed.settings, fault)
    deed.end(found=refused)
    deed.next(f"zhupei apply submit {number}", "提交；提交后将无法修改", in_json=True)
