"""The steps of a batch: `zhupei batch open`, `close`, `lock` and the others."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import click
from click.core import ParameterSource
from sqlalchemy.orm import Session

from zhupei_cli.model.batch import Batch
from zhupei_cli.rules.batch.lifecycle import BATCH, stands
from zhupei_cli.rules.batch.setting_words import label_of
from zhupei_cli.rules.batch.settings import SETTINGS, checked
from zhupei_cli.services.admission import stages
from zhupei_cli.services.admission.stages import Moved
from zhupei_cli.services.batches.batches import edit_batch
from zhupei_cli.services.records import lookup
from zhupei_cli.services.records.lookup import settings_of
from zhupei_cli.store.engine import reading
from zhupei_cli.words.vocabulary import APPLICATION_STATUS, BATCH_STATUS

from ..shared.asking import ask
from ..shared.consent import with_doubts
from ..shared.done import tell_gave_up, tell_sitting_out
from ..shared.formats import shown
from ..shared.options import batch_argument, can_ask, yes_option
from ..shared.writing import Deed, writing

#: What steps report besides the state, as people read it.
_DETAILS = {
    "seats": "计划招收 {} 人",
    "applications": "报名 {}",
    "candidates": "参加录取 {} 人",
    "sitting_out": "本年度已录取、不参加 {} 人",
    "gave_up": "此前已放弃或被取消、不参加 {} 人",
    "unsent": "未提交 {} 份（不能再提交）",
    "returned_count": "退回修改 {} 份（还没有改好再交）",
    "waiting": "待审核 {} 份",
    "unreviewed": "未审核 {} 份",
    "runs_dropped": "删除录取计算 {} 次",
    "proposed": "拟录取 {} 人",
    "not_admitted": "未录取 {} 人",
    "admitted": "正式录取 {} 人",
    "reported_count": "已报到 {} 人",
    "no_show_count": "未报到 {} 人",
    "admitted_count": "没有登记报到 {} 人",
    "publicity_until": "公示截止 {}",
}

#: Details that are not worth a word where there is nobody.
_IF_ANY = frozenset(("sitting_out", "gave_up", "unsent", "returned_count", "waiting"))

Take = Callable[..., Moved]


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is said before a step, and which results of it make it worth a question (none: any).

    `named` wants the batch named on the command line: a default is too easily another one.
    """

    warning: str
    when: tuple[str, ...] = ()
    named: bool = False

    def about(self, moved: Moved) -> bool:
        return not self.when or any(moved.get(key) for key in self.when)


def _step(verb: str, take: Take, text: str, *, asking: _Asking | None = None) -> click.Command:
    """Make the command of one step."""

    named = asking is not None and asking.named

    @partial(batch_argument, metavar="CODE" if named else "[CODE]")
    @click.option("--reason", help="原因，随记录保存")
    @writing
    @yes_option
    def run(deed: Deed, *, batch: str | None, reason: str | None) -> None:
        if named:
            _require_name(verb)
        given = _said_now(deed, batch) if verb == "publish" else {}

        def step(session: Session, found: Batch) -> Moved:
            if stands(BATCH, found.status, verb):
                return _standing(found.code, found.status)
            if given:
                edit_batch(session, found, given, by=deed.by)
            moved = take(session, found, by=deed.by, reason=reason)
            if asking is not None and asking.about(moved):
                deed.require(_question(verb, found.name, moved, asking), moved.get("doubts", ()))
            return moved

        moved = deed.in_batch(batch, step)
        _tell(deed, moved)
        if moved["before"] != moved["status"]:
            deed.next_in(moved["batch"], most=1)

    return click.command(help=text)(run)


def _said_now(deed: Deed, batch: str | None) -> dict[str, str]:
    """Ask at a terminal for what lists and letters would lack; nothing where somebody said not to ask."""
    if deed.yes or deed.dry_run or deed.as_json or not can_ask(deed.settings):
        return {}
    with reading(deed.settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        known = settings_of(session, found)
        if found.status not in BATCH.verbs["publish"].moves:
            return {}
    given: dict[str, str] = {}
    for key in stages.ON_PAPER:
        if not known.get(key):
            question = f"{label_of(key)}（{SETTINGS[key].expected}；不写按回车）"
            reads = partial(_read_or_nothing, key)
            word = ask(question, reads, default="", show_default=False)
            given |= {key: word} if word else {}
    return given


def _read_or_nothing(key: str, text: str) -> str:
    return text and checked(key, text)


def _require_name(verb: str) -> None:
    here = click.get_current_context()
    if all(here.get_parameter_source(name) is not ParameterSource.COMMANDLINE for name in ("code", "batch")):
        label = BATCH.verbs[verb].label
        raise click.UsageError(f"{label}须写明批次编号（CODE），不按默认的批次处理。", here)


def _standing(code: str, status: str) -> Moved:
    label = BATCH_STATUS.label(status)
    return {"batch": code, "before": status, "status": status, "status_label": label}


def _question(verb: str, name: str, moved: Moved, asking: _Asking) -> str:
    counts = "，".join(_counts(moved))
    return f"{BATCH.verbs[verb].label}批次 {moved['batch']}（{name}）：{counts}。{asking.warning}，继续吗？"


def _counts(moved: Moved) -> list[str]:
    return [
        words.format(_counted(value))
        for key, words in _DETAILS.items()
        if (value := moved.get(key)) is not None and (value or key not in _IF_ANY)
    ]


def _counted(value: object) -> str:
    if not isinstance(value, dict):
        return shown(value)
    named = "，".join(
        f"{label} {value[key]}" for key, label in APPLICATION_STATUS.labels.items() if key in value
    )
    return f"{sum(value.values())} 份（{named}）" if named else "0 份"


def _tell(deed: Deed, moved: Moved) -> None:
    head = "可以" if deed.dry_run else "已"
    path = f"{head}由“{BATCH_STATUS.label(moved['before'])}”变为“{moved['status_label']}”"
    if moved["before"] == moved["status"]:
        path = f"现为“{moved['status_label']}”，不必再做"
    sentence = "，".join((f"批次 {moved['batch']} {path}", *_counts(moved)))
    deed.tell_plainly(with_doubts(moved), sentence)
    if not deed.as_json:
        tell_sitting_out(deed.settings, moved.get("sitting_out", 0), moved["batch"])
        tell_gave_up(deed.settings, moved.get("gave_up", 0), moved["batch"])


open_ = _step(
    "open",
    stages.open_batch,
    """开放报名；须已有招收计划，报名截止时间未过。

    \b
    例：zhupei batch open HN2026
    """,
)
close = _step(
    "close",
    stages.close_batch,
    """结束报名；基地可以继续审核。说明还有多少份没有提交、退回修改、没有审核。

    \b
    例：zhupei batch close HN2026
    """,
)
reopen = _step(
    "reopen",
    stages.reopen_batch,
    """重新开放报名；报名截止时间已过的用 extend。

    \b
    例：zhupei batch reopen HN2026 --reason 补报
    """,
)
lock = _step(
    "lock",
    stages.lock_batch,
    """锁定批次：报名和审核到此为止，审核通过的参加录取。

    还有未审核的报名时拒绝锁定，除非写明 --reason。
    admit check 有疑问（例如有人没有成绩）时先提问，不在终端中须加 --yes。

    \b
    例：zhupei batch lock HN2026
    """,
    asking=_Asking("锁定后不能再导入成绩", when=("doubts",)),
)
unlock = _step(
    "unlock",
    stages.unlock_batch,
    """解除锁定，回到报名结束；已有的录取计算会被删除，先提问，不在终端中须加 --yes。

    \b
    例：zhupei batch unlock HN2026 --yes
    """,
    asking=_Asking("删除的录取计算不能恢复", when=("runs_dropped",)),
)
publish = _step(
    "publish",
    stages.publish_batch,
    """公示拟录取名单；从此学员能看到录取状态，不能再撤销拟录取。

    发文单位、联系方式、报到地点还空着的，在终端中先问（不写按回车）；不提问时只提醒。
    再说明人数和公示截止时间并提问，不在终端中须加 --yes。

    \b
    例：zhupei batch publish HN2026 --yes
    """,
    asking=_Asking("公示后学员能看到录取状态，不能再撤销拟录取"),
)
finalize = _step(
    "finalize",
    stages.finalize_batch,
    """正式录取：拟录取的全部成为已录取，不能退回。

    还有没有办结的异议时拒绝，除非写明 --reason。
    先说明人数和公示期是否已满并提问，不在终端中须加 --yes。

    \b
    例：zhupei batch finalize HN2026 --yes
    """,
    asking=_Asking("正式录取后不能退回公示"),
)
archive = _step(
    "archive",
    stages.archive_batch,
    """归档；归档的批次不再改动。须写明批次编号。

    先说明还有谁没有登记报到并提问，不在终端中须加 --yes。

    \b
    例：zhupei batch archive HN2026 --yes
    """,
    asking=_Asking("归档后不能再改动", named=True),
)
cancel = _step(
    "cancel",
    stages.cancel_batch,
    """取消批次；只有筹备中和报名中的批次可以取消，取消后不能恢复。须写明批次编号。

    先说明已有多少报名并提问，不在终端中须加 --yes。

    \b
    例：zhupei batch cancel HN2026 --reason 计划调整 --yes
    """,
    asking=_Asking("取消后不能恢复", named=True),
)


@click.command("extend")
@batch_argument
@click.option("--apply-until", "until", required=True, metavar="TIME", help="新的报名截止时间")
@click.option("--reason", help="原因，随记录保存")
@writing
@yes_option
def extend(deed: Deed, *, batch: str | None, until: str, reason: str | None) -> None:
    """延长报名时间；报名已结束的批次会重新开放。

    \b
    例：zhupei batch extend HN2026 --apply-until 2026-06-25
    """

    def extend(session: Session, found: Batch) -> Moved:
        return stages.extend_batch(session, found, until, by=deed.by, reason=reason)

    _tell(deed, deed.in_batch(batch, extend))
