"""`zhupei exam allot` and `list`: seats and tickets."""

import click
from sqlalchemy.orm import Session

from zhupei_cli.model import Batch
from zhupei_cli.rules.exam.allotment import By
from zhupei_cli.rules.proof.audit import Finding
from zhupei_cli.services.applications import listing
from zhupei_cli.services.exams import candidates
from zhupei_cli.services.exams.allotting import Allotted, allot_seats, draw_seed
from zhupei_cli.services.exams.listing import list_seats
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, Whole, Word
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import sentence
from zhupei_cli.words.vocabulary import ALLOT_BY

from ..shared.options import F, batch_option, list_options, pass_settings, reveal_option, yes_option
from ..shared.output import Column, Out, show
from ..shared.writing import Deed, writing

#: Ticket numbers that a remark names.
_SHOWN = 5

LIST = (
    Column("ticket", "准考证号"),
    Column("application_no", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("site_label", "考点"),
    Column("room", "考场"),
    Column("seat", "座位号"),
    Column("specialty_label", "报名专业"),
    Column("base_label", "第一志愿基地"),
)


def where_options(command: F) -> F:
    """Add --site and --room."""
    site = click.option(
        "--site", "sites", type=CODE, multiple=True, metavar="CODE", help="只要这个考点（编号），可写多次"
    )
    room = click.option(
        "--room", "rooms", type=CODE, multiple=True, metavar="CODE", help="只要这个考场（编号），可写多次"
    )
    return site(room(command))


@click.command("allot")
@batch_option
@click.option(
    "--by",
    "how",
    type=Word(ALLOT_BY),
    help="哪些人在一起：mixed 混合；specialty、base 同专业、同第一志愿基地的相连；"
    "city 到第一志愿基地所在地市的考点。不写则与上次一样，第一次为 mixed",
)
@click.option("--seed", type=Whole(0, 2**31), metavar="N", help="随机种子：同一种子，结果相同；不写则随机")
@click.option("--again", is_flag=True, help="收回全部座位，重新安排（会先问）")
@yes_option
@writing
def allot(deed: Deed, *, batch: str | None, how: By | None, seed: int | None, again: bool) -> None:
    """给审核通过而没有座位的考生安排座位和准考证号；已有座位的人不动。

    考场按编号依次坐满，前后左右尽量不同专业、不同院校。座位不够时一个也不安排。
    报名结束以后、锁定以前运行；后来通过审核的，再运行一次，补到空座。

    \b
    例：zhupei exam allot
        zhupei exam allot --by city --seed 2026
    """

    # Drawn before anybody is asked: what they agree to is what is done.
    drawn = draw_seed() if seed is None else seed

    def act(session: Session, found: Batch) -> Allotted:
        done = allot_seats(session, found, how=how, seed=drawn, again=again, by=deed.by)
        if done["moved"]:
            words = (
                f"批次 {done['batch']} 有 {done['moved']} 人要换座位、换准考证号，已印的准考证作废，继续吗？"
            )
            deed.require(words, _doubts(done))
        return done

    done = deed.in_batch(batch, act)
    deed.tell(done, _sentence(done))
    if reused := done["reused"]:
        first = "、".join(reused[:_SHOWN]) + (" 等" if len(reused) > _SHOWN else "")
        deed.note(f"提醒：{len(reused)} 个准考证号原来是别人的（{first}），已印的旧准考证作废")
    if done["seated"]:
        deed.note(f"种子 {done['seed']}：加 --seed {done['seed']} 可得到同样的结果")
        deed.next(f"zhupei exam tickets --all --batch {done['batch']} -o 准考证", "印制准考证")


def _doubts(done: Allotted) -> list[Finding]:
    if not done["marked"]:
        return []
    return [Finding("E746", sentence("E746", {"count": done["marked"]}))]


def _sentence(done: Allotted) -> str:
    if not (done["seated"] or done["released"]):
        return f"没有要安排的人：{done['candidates']} 名考生都有座位"
    moved = f"（其中 {done['moved']} 人换座）" if done["moved"] else ""
    released = f"，收回不再参加的 {done['released']} 个座位" if done["released"] else ""
    rest = f"共用考场 {done['rooms']} 个，还有空座 {done['free']} 个"
    return f"已安排 {done['seated']} 人{moved}，原有 {done['kept']} 人不动{released}；{rest}"


@click.command("list")
@batch_option
@where_options
@reveal_option
@list_options
@pass_settings
def list_(
    settings: Settings,
    *,
    batch: str | None,
    sites: tuple[str, ...],
    rooms: tuple[str, ...],
    reveal: bool,
    out: Out,
) -> None:
    """列出考生的座位和准考证号，按考场和座位。

    \b
    例：zhupei exam list --site 01 -o 座位.xlsx
    """
    with transaction(settings.database_url, read_only=not reveal) as session:
        found = lookup.find_batch(session, batch)
        rows = list_seats(session, found, candidates.Wanted((), sites, rooms), reveal=reveal)
        unseated, way = candidates.count_unseated(session, found), candidates.way_to_seats(found)
        if reveal:
            listing.record_reveal(session, found, by=settings.acting(), what="exam list", rows=len(rows))
    show(rows, LIST, out)
    if unseated:
        note(settings, f"另有 {unseated} 名考生没有座位：{way.removeprefix('先运行 ')}")
