"""`zhupei apply`: applications."""

from typing import Any

import click

from zhupei_cli.services import listing, lookup, submitting
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import transaction
from zhupei_cli.vocabulary import ApplicationStatus

from ._options import (
    batch_option,
    dry_run_option,
    format_options,
    json_option,
    pass_settings,
    reveal_option,
)
from ._output import FINDINGS, Column, Out, note, show, show_sheet, show_summary

LIST = (
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("identity_label", "个人身份"),
    Column("specialty_label", "报名专业"),
    Column("choice1_base_label", "第一志愿"),
    Column("choice2_base_label", "第二志愿"),
    Column("accept_adjust", "服从调剂"),
    Column("status_label", "状态"),
)
SHEET = (
    *LIST[:4],
    Column("source_type", "生源类型"),
    Column("train_years", "培训年限"),
    *LIST[4:7],
    Column("choice2_specialty_label", "第二志愿专业"),
    *LIST[7:],
    Column("submitted_at", "提交时间"),
    Column("person_lines", "个人信息"),
    Column("education_lines", "教育经历"),
    Column("work_lines", "工作经历"),
    Column("review_lines", "审核记录"),
)


@click.group()
def apply() -> None:
    """报名：查看、提交。"""


@apply.command("list")
@batch_option
@click.option("--status", "statuses", metavar="STATUS,…", help="只看这些状态，例如 draft,returned")
@click.option("--base", help="只看第一志愿是这个基地的（编号或名称）")
@click.option("--specialty", help="只看报这个专业的（代码或名称）")
@click.option("--limit", type=click.IntRange(1), help="最多列出多少行")
@click.option("--unpublished", is_flag=True, help="公示前也显示录取状态（省级）")
@reveal_option
@format_options
@pass_settings
def list_(
    settings: Settings,
    *,
    batch: str | None,
    statuses: str | None,
    base: str | None,
    specialty: str | None,
    limit: int | None,
    unpublished: bool,
    reveal: bool,
    out: Out,
) -> None:
    """列出报名，按报名号排列；证件号码默认遮盖。

    \b
    例：zhupei apply list --status draft,returned
        zhupei apply list --base 4101001 -o 报名.xlsx
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        chosen = listing.Filter(
            statuses=_statuses(statuses),
            base=base and lookup.find_base(session, base),
            specialty=specialty and lookup.find_specialty(session, specialty),
            limit=limit,
        )
        rows = listing.list_applications(session, found, chosen, reveal=reveal, unpublished=unpublished)
        if reveal:
            listing.record_reveal(session, found, by=settings.acting(), what="apply list", rows=len(rows))
    show(rows, LIST, out)


def _statuses(text: str | None) -> tuple[str, ...]:
    words = tuple(word.strip() for word in (text or "").split(",") if word.strip())
    for word in words:
        if word not in list(ApplicationStatus):
            known = "、".join(ApplicationStatus)
            raise click.UsageError(f"不认识状态 {word!r}，可用 {known}。", click.get_current_context())
    return words


@apply.command("show")
@click.argument("number", metavar="NO")
@batch_option
@reveal_option
@format_options
@pass_settings
def show_(settings: Settings, number: str, *, batch: str | None, reveal: bool, out: Out) -> None:
    """查看一份报名：志愿、个人信息、教育和工作经历、审核记录。

    \b
    例：zhupei apply show HN2026-0000001
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        row = listing.show_application(session, found, number, reveal=reveal)
        if reveal:
            listing.record_reveal(session, found, by=settings.acting(), what=number, rows=1)
    show_sheet(row if out.format.startswith("json") else _as_lines(row), SHEET, out)


def _as_lines(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its lists as texts, for a sheet people read."""
    person = row["profile"]
    educations = [
        f"{one['level_label']} {one['school']} {one.get('major') or ''} {one.get('graduated_on') or ''}"
        for one in row["educations"]
    ]
    reviews = [f"{one['decision_label']} {one['reason'] or ''}".strip() for one in row["reviews"]]
    contact = [person.get(key) or "" for key in ("mobile", "email", "address")]
    works = [one["employer_name"] for one in row["works"]]
    lines = {"person_lines": contact, "education_lines": educations, "work_lines": works}
    return {**row, **lines, "review_lines": reviews}


@apply.command("submit")
@click.argument("numbers", nargs=-1, metavar="NO…")
@batch_option
@click.option("--all-ready", is_flag=True, help="提交全部资料齐全的未提交、退回修改的报名")
@click.option("--skip-bad", is_flag=True, help="只提交合格的，其余列出原因（退出码 3）")
@dry_run_option
@json_option
@pass_settings
def submit(
    settings: Settings,
    numbers: tuple[str, ...],
    *,
    batch: str | None,
    all_ready: bool,
    skip_bad: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """提交报名；提交后不能修改，除非基地退回。

    \b
    例：zhupei apply submit HN2026-0000001 HN2026-0000002
        zhupei apply submit --all-ready
    """
    if bool(numbers) == all_ready:
        raise click.UsageError("请写报名号，或用 --all-ready，二者选一。", click.get_current_context())
    with transaction(settings.database_url, dry_run=dry_run) as session:
        found = lookup.find_batch(session, batch)
        chosen = submitting.ready_numbers(session, found) if all_ready else numbers
        done, refused, warned = submitting.submit(
            session, found, chosen, by=settings.acting(), skip_bad=skip_bad or all_ready
        )
    summary = {
        "submitted": done,
        "refused": [
            {"application_no": number, "code": one.code, "message": one.message} for number, one in refused
        ],
        "warnings": [
            {"application_no": number, "code": one.code, "message": one.message} for number, one in warned
        ],
    }
    show_summary(
        settings,
        summary,
        f"已提交 {len(done)} 份报名，未提交 {len({n for n, _ in refused})} 份",
        as_json=as_json,
    )
    for number, fault in () if as_json else refused:
        note(settings, f"错误 [{fault.code}] {number}：{fault.message}")
    if refused and not all_ready:
        click.get_current_context().exit(FINDINGS)
