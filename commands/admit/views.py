"""`zhupei admit explain`: results looked at, nothing written."""

import click
from sqlalchemy.orm import Session

from zhupei_cli.display import harmless
from zhupei_cli.model import Batch
from zhupei_cli.rules.proof.explanation_rows import PlaceExplained
from zhupei_cli.services.admission import explaining, explaining_result
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME, Whole
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import IDENTITY

from ..shared.explained import explained_lines, facts_of
from ..shared.naming import numbered
from ..shared.options import F, format_options, pass_settings
from ..shared.output import Column, Out, show, show_sheet

STEPS = (
    Column("choice_label", "志愿"),
    Column("base_label", "基地"),
    Column("specialty_label", "专业"),
    Column("quota", "计划人数"),
    Column("line", "分数线"),
    Column("total", "总成绩"),
    Column("rank", "名次"),
    Column("cutoff", "志愿最低分"),
    Column("decided", "结果"),
)
RANKING = (
    Column("rank", "名次"),
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("identity_label", "个人身份"),
    Column("via_label", "志愿"),
    Column("total", "总成绩"),
    Column("result_label", "结果"),
    Column("round_label", "轮次"),
)


def run_option(command: F, *, otherwise: str = "已确定的结果，各轮合在一起") -> F:
    how = f"哪一次录取计算；不写则为{otherwise}，没有则为最近一次"
    return click.option("--run", "number", metavar="RUN", type=Whole(1), help=how)(command)


@click.command("explain")
@click.argument("no", metavar="[NO]", type=CODE, required=False)
@click.option(
    "--place", nargs=2, type=NAME, metavar="BASE SPECIALTY", help="改为说明一个岗位：全部排名和录取界线"
)
@run_option
@click.option("--now", is_flag=True, help="不用保存的输入，按现在的数据试算（不保存）")
@numbered("no")
@format_options
@pass_settings
def explain(
    settings: Settings,
    *,
    no: str | None,
    place: tuple[str, str] | None,
    number: int | None,
    now: bool,
    batch: str | None,
    out: Out,
) -> None:
    """说明一名考生每个志愿和调剂的结果是怎样来的，或一个岗位的全部排名。

    \b
    例：zhupei admit explain HN2026-0000001
        zhupei admit explain --place 4101001 内科 --run 2
    """
    if (no is None) == (place is None):
        raise click.UsageError(
            "请写报名号，或用 --place 写基地和专业，二者选一。", click.get_current_context()
        )
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        if place is not None:
            of_place = _place_explained(session, found, place, number=number, now=now)
        else:
            told = _explained(session, found, no or "", number=number, now=now)
    if place is not None:
        note(settings, _place_sentence(of_place))
        later = any(row.get("round_label") for row in of_place["ranking"])
        show(of_place["ranking"], RANKING if later else RANKING[:-1], out)
    elif out.path is None and out.format == "table":
        click.echo(harmless("\n".join(explained_lines(told))))
    elif out.format == "json":
        show_sheet(told, STEPS, out)
    else:
        show(told["steps"], STEPS, out)


def _explained(
    session: Session,
    batch: Batch,
    no: str,
    *,
    number: int | None,
    now: bool,
) -> explaining.Explained:
    if number is None and not now:
        return explaining_result.explain_standing(session, batch, no)
    return explaining.explain_candidate(session, batch, no, number=number, now=now)


def _place_explained(
    session: Session, batch: Batch, place: tuple[str, str], *, number: int | None, now: bool
) -> PlaceExplained:
    if number is None and not now:
        return explaining_result.explain_place_now(session, batch, *place)
    return explaining.explain_spot(session, batch, *place, number=number, now=now)


def _place_sentence(told: PlaceExplained) -> str:
    facts = [f"计划 {told['quota']} 人"]
    facts += [f"为{IDENTITY.label(who)}保留 {seats} 人" for who, seats in told["reserves"].items()]
    facts += [f"此前已占 {told['held']} 人"] if told["held"] else []
    facts += facts_of(told, line="分数线 {}")
    adjusted = f"（含调剂 {told['adjusted']} 人）" if told["adjusted"] else ""
    word = "录取" if told.get("rounds", 1) > 1 else "本次录取"
    facts += [f"{word} {told['admitted']} 人{adjusted}", *facts_of(told, cutoff="志愿最低分 {}")]
    stopped = "（停招）" if told["stopped"] else ""
    return f"{told['title']}：{told['base_label']} {told['specialty_label']}{stopped}，{'，'.join(facts)}"
