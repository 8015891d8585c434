"""`zhupei admit place | revoke | decline | quit | reinstate`: what people decide one by one after a run."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.lifecycle import ADMISSION
from zhupei_cli.services.admission import by_hand, give_up
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME
from zhupei_cli.shell.days import DAY
from zhupei_cli.shell.logfile import note, warn
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.errors import ZhupeiError, sentence
from zhupei_cli.words.vocabulary import ADMISSION_STATUS, BATCH_STATUS

from ..shared.consent import Consent, with_doubts
from ..shared.done import tried
from ..shared.naming import numbered
from ..shared.options import F, dry_run_option, json_option, pass_settings, repeatable, yes_option
from ..shared.output import FINDINGS, next_step, show_summary


@click.command("place")
@click.argument("number", metavar="NO", type=CODE)
@click.argument("base", metavar="BASE", type=NAME)
@click.argument("specialty", metavar="SPECIALTY", type=NAME)
@click.option("--reason", required=True, help="安排的原因")
@numbered("number")
@dry_run_option
@json_option
@yes_option
@pass_settings
def place(
    settings: Settings,
    number: str,
    base: str,
    specialty: str,
    *,
    reason: str,
    batch: str | None,
    dry_run: bool,
    as_json: bool,
    yes: bool,
) -> None:
    """把一名未录取的考生安排到有空缺的岗位，成为拟录取；正式录取前可用。

    没有总成绩、低于分数线、越过名次在前的人、本人没有填报也不能调剂时先列出并提问，
    不在终端中须加 --yes。照成绩排名递补用 zhupei admit run --round refill。
    已放弃、被取消的须先恢复资格。正式录取后安排的直接成为已录取；已有补录批次时，空缺由补录批次招收。

    \b
    例：zhupei admit place HN2026-0000007 4101001 0100 --reason 递补
    """
    consent = Consent(settings, given=yes or dry_run, as_json=as_json)

    @repeatable
    def act() -> dict[str, object]:
        with transaction(settings.database_url, dry_run=dry_run) as session:
            found = lookup.find_batch(session, batch)
            seat = lookup.find_base(session, base), lookup.find_specialty(session, specialty)
            done = by_hand.place(session, found, number, seat, reason=reason, by=settings.acting())
            if done["doubts"]:
                consent.require(f"把 {_placed(done)}，继续吗？", done["doubts"])
            return done

    try:
        placed = consent.of(act)
    except ZhupeiError as refusal:
        if refusal.code != "E085":
            raise
        # Nobody to ask: it is not a wrong command line, but an act that is not allowed without consent.
        raise ZhupeiError("E688", **refusal.values) from refusal
    sentence = tried(_placed(placed), dry_run=dry_run)
    show_summary(settings, with_doubts(placed) | {"dry_run": dry_run}, sentence, as_json=as_json)


def _placed(done: dict[str, Any]) -> str:
    label = ADMISSION_STATUS.label(done["status"])
    return f"{done['application_no']} {label}到 {done['base_label']} 的 {done['specialty_label']}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the acts on several numbers share."""

    settings: Settings
    numbers: tuple[str, ...]
    batch: str | None
    reason: str
    skip_bad: bool
    dry_run: bool
    as_json: bool
    yes: bool

    def consent(self) -> Consent:
        """Return who is asked: people; of what nothing leads back from, programs too."""
        return Consent(self.settings, given=self.yes or self.dry_run, as_json=self.as_json, people=True)


#: Of whom a question says the name; of more people the first ones.
_NAMED = 5
_SHARED = ("batch", "reason", "skip_bad", "dry_run", "as_json", "yes")


def _deciding(command: F) -> F:
    """Give an act its numbers and options as one `asked: Asked`."""

    @functools.wraps(command)
    def with_asked(settings: Settings, numbers: tuple[str, ...], **given: Any) -> Any:
        return command(Asked(settings, numbers, **{key: given.pop(key) for key in _SHARED}), **given)

    decided = pass_settings(repeatable(with_asked))
    for option in (
        yes_option,
        json_option,
        dry_run_option,
        click.option("--skip-bad", is_flag=True, help="只处理能处理的，其余列出原因（退出码 3）"),
        click.option("--reason", required=True, help="原因"),
        numbered("numbers"),
        click.argument("numbers", nargs=-1, required=True, metavar="NO…", type=CODE),
    ):
        decided = option(decided)
    return decided  # type: ignore[return-value]


@click.command("revoke")
@_deciding
def revoke(asked: Asked) -> None:
    """取消录取，名额立即空出；公示期异议成立时用。

    批次归档以后不能再恢复资格：先列出是谁并提问，不在终端中须加 --yes。

    \b
    例：zhupei admit revoke HN2026-0000003 --reason 资格不符
    """
    _decide(asked, "revoke")


@click.command("decline")
@_deciding
def decline(asked: Asked) -> None:
    """登记本人放弃录取，名额立即空出。

    批次归档以后不能再恢复资格：先列出是谁并提问，不在终端中须加 --yes。

    \b
    例：zhupei admit decline HN2026-0000003 HN2026-0000009 --reason 本人书面放弃
    """
    _decide(asked, "decline")


@click.command("quit")
@click.option("--on", type=DAY, metavar="DATE", help="离开的日期；不写为今天")
@click.option("--default", is_flag=True, help="违约退培：同时产生待确认的诚信记录")
@click.option("--undo", is_flag=True, help="登记有误：恢复为已报到，名额须还空着")
@_deciding
def quit_(asked: Asked, *, on: date | None, default: bool, undo: bool) -> None:
    """登记已报到的人退培，名额立即空出；在本批次不再是考生。

    在终端中先列出是谁、在哪个岗位并提问。登记错了、名额还没有给别人的，用 --undo 撤销。
    违约退培的诚信记录由批次设置 bar.default_years 定年限，用 trainee bar activate 确认后生效。

    \b
    例：zhupei admit quit HN2026-0000003 --reason 本人申请退培
        zhupei admit quit HN2026-0000003 --default --reason 未履行协议
        zhupei admit quit HN2026-0000003 --undo --reason 登记错了人
    """
    settings = asked.settings
    if undo:
        if on is not None or default:
            click.get_current_context().fail("--undo 不与 --on、--default 同用。")
        _undo(asked)
        return
    consent = asked.consent()

    def act() -> tuple[list[dict[str, object]], list[give_up.Refused], int]:
        with transaction(settings.database_url, dry_run=asked.dry_run) as session:
            batch = lookup.find_batch(session, asked.batch)
            found = give_up.quit_training(
                *(session, batch, asked.numbers),
                reason=asked.reason,
                by=settings.acting(),
                on=on,
                default=default,
                skip_bad=asked.skip_bad,
            )
            if left := [str(one["application_no"]) for one in found[0]]:
                consent.require(_leaving(give_up.whereabouts(session, batch, left), default=default))
            return found

    done, refused, new = consent.of(act)
    _tell(asked, "quit", done, refused, {"bars": new})
    if new and not (asked.as_json or asked.dry_run):
        next_step(
            settings, "zhupei trainee bar list --state pending", f"查看待确认的诚信记录（新增 {new} 条）"
        )


def _leaving(people: Sequence[str], *, default: bool) -> str:
    what = ADMISSION.verbs["quit"].label if not default else "违约退培"
    return f"登记{what}：{_named(people)}，名额立即空出、在本批次不再是考生，继续吗？"


def _for_good(batch: Batch, what: str, people: Sequence[str]) -> str:
    label = BATCH_STATUS.label(batch.status)
    return f"{what}：{_named(people)}，批次 {batch.code} {label}，以后不能再恢复资格，继续吗？"


def _named(people: Sequence[str]) -> str:
    return "、".join(people[:_NAMED]) + (f"等 {len(people)} 人" if len(people) > _NAMED else "")


def _undo(asked: Asked) -> None:
    settings = asked.settings
    with transaction(settings.database_url, dry_run=asked.dry_run) as session:
        batch = lookup.find_batch(session, asked.batch)
        done, refused, bars = give_up.take_back_quit(
            *(session, batch, asked.numbers),
            reason=asked.reason,
            by=settings.acting(),
            skip_bad=asked.skip_bad,
        )
    _tell(asked, "stay", done, refused, {"bars_in_force": bars})
    for bar in () if asked.as_json else bars:
        told = sentence("E496", {"bar": bar})
        warn(settings, f"提醒 [E496]：{told}")


@click.command("reinstate")
@_deciding
def reinstate(asked: Asked) -> None:
    """恢复放弃、被取消或未报到者的录取资格，成为未录取；名额不随之恢复。

    \b
    例：zhupei admit reinstate HN2026-0000003 --reason 异议不成立
    """
    settings = asked.settings
    with transaction(settings.database_url, dry_run=asked.dry_run) as session:
        batch = lookup.find_batch(session, asked.batch)
        done, refused, bars = give_up.reinstate(
            *(session, batch, asked.numbers),
            reason=asked.reason,
            by=settings.acting(),
            skip_bad=asked.skip_bad,
        )
    _tell(asked, "reinstate", done, refused, {"bars_in_force": list(bars)})
    for bar, kind in () if asked.as_json else bars.items():
        told = sentence("E428", {"bar": bar, "kind": kind})
        warn(settings, f"提醒 [E428]：{told}")


def _decide(asked: Asked, verb: str) -> None:
    settings, consent = asked.settings, asked.consent()

    def act() -> tuple[list[dict[str, Any]], list[give_up.Refused]]:
        with transaction(settings.database_url, dry_run=asked.dry_run) as session:
            batch = lookup.find_batch(session, asked.batch)
            found = give_up.decide_admissions(
                *(session, batch, verb, asked.numbers),
                reason=asked.reason,
                by=settings.acting(),
                skip_bad=asked.skip_bad,
            )
            left = [str(one["application_no"]) for one in found[0]]
            if left and batch.status not in give_up.WHEN["reinstate"]:
                people = give_up.whereabouts(session, batch, left)
                consent.require(_for_good(batch, ADMISSION.verbs[verb].label, people), lasting=True)
            return found

    done, refused = consent.of(act)
    _tell(asked, verb, done, refused)


def _tell(
    asked: Asked,
    verb: str,
    done: Sequence[dict[str, object]],
    refused: Sequence[give_up.Refused],
    more: Mapping[str, object] | None = None,
) -> None:
    settings = asked.settings
    refusals = [{"application_no": no, "code": fault.code, "message": fault.message} for no, fault in refused]
    summary = {"decided": len(done), "admissions": done, "refused": refusals, **(more or {})}
    summary["dry_run"] = asked.dry_run
    same = len(dict.fromkeys(asked.numbers)) - len(done) - len(refused)
    standing = f"，另有 {same} 人已经是这样，不必再做" if same else ""
    sentence = tried(f"{ADMISSION.verbs[verb].label}：{len(done)} 人{standing}", dry_run=asked.dry_run)
    show_summary(settings, summary, sentence, as_json=asked.as_json)
    for one in () if asked.as_json else refusals:
        note(settings, f"错误 [{one['code']}] {one['application_no']}：{one['message']}")
    if refused:
        click.get_current_context().exit(FINDINGS)
