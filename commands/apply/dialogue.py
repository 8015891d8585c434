"""The five steps of 指南 二.3, asked one by one on a terminal; everything is said on stderr."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from zhupei_cli.display import display_width, harmless, padded
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.rules.people.fields import FieldValues
from zhupei_cli.rules.people.identities import definitions
from zhupei_cli.services.applications import drafts, open_places
from zhupei_cli.services.applications.form_checks import Checks, load_checks
from zhupei_cli.services.applications.people_lists import show_person
from zhupei_cli.services.batches.batch_views import list_batches
from zhupei_cli.services.people import whom
from zhupei_cli.services.records import lookup
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import NAME, Whole
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.errors import Fault
from zhupei_cli.words.vocabulary import IDENTITY, TRAIN_YEARS, YES_NO, BatchStatus, flag, flag_label

from ..shared.asking import agree, pick, prompt
from ..shared.findings import tell
from ..shared.formats import shown
from ..shared.naming import picked
from ..shared.output import FINDINGS
from ..shared.person_sheet import person_lines, person_sheet

#: What `trainee show` has and nobody has to confirm.
_LEFT_OUT = ("account", "applications", "missing")
#: Names one list shows; a longer one asks for more of the name.
_SHOWN = 30


_WHO = "证件号码或用户名（也可写姓名、报名号、证件号码后四位）"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the questions are about, read before any of them is asked: no lock waits for an answer."""

    checks: Checks
    person: FieldValues
    #: What other years say against the person.
    against: Sequence[Fault]


def ask(
    settings: Settings, *, batch: str | None, person: str | None, given: Mapping[str, str], late: bool
) -> tuple[str, str, dict[str, str]]:
    """Return batch code, person and form; what is given already is not asked.

    Raises click.Abort when somebody says no or the profile lacks something; ends with exit 3 for who
    may not apply because of other years.
    """
    _say("第一步 选择批次")
    batch = batch or _ask_batch(settings, late=late)
    person = picked(settings, person or prompt(_WHO, type=NAME))
    desk = _read_desk(settings, batch, person)
    _tell_against(settings, desk)
    form = dict(given)
    _say("第二步 选择个人身份")
    if "identity" not in form:
        form["identity"] = _ask_identity(desk.checks)
    _say("第三步 确认个人信息")
    _confirm_profile(settings, desk, person)
    _say("第四步 补充报名信息")
    if "source_type" not in form:
        types = desk.checks.settings.source_types
        form["source_type"] = pick("生源类型", [(one, one) for one in types])
    if "train_years" not in form:
        years = Whole(TRAIN_YEARS[0], TRAIN_YEARS[-1])
        form["train_years"] = str(prompt("培训年限（年）", type=years, default=TRAIN_YEARS[-1]))
    _say("第五步 填写志愿")
    _ask_choices(form, desk.checks)
    if not agree("确认并返回（保存为未提交）？", default=True):
        raise click.Abort
    return batch, person, form


def _say(text: str) -> None:
    click.echo(harmless(text), err=True)


def _ask_batch(settings: Settings, *, late: bool) -> str:
    with reading(settings.database_url) as session:
        rows = list_batches(session, by=settings.acting(), open_only=not late)
    taking = (BatchStatus.OPEN, BatchStatus.CLOSED)
    options = [
        (row["batch"], f"{row['batch']} {row['name']}，报名截止 {show_time(row['apply_until'])}")
        for row in rows
        if row["status"] in taking
    ]
    if not options:
        raise click.UsageError("现在没有可以报名的批次。", click.get_current_context())
    return pick("批次", options, default=1 if len(options) == 1 else None)


def _read_desk(settings: Settings, batch: str, person: str) -> Desk:
    with reading(settings.database_url) as session:
        found = lookup.find_batch(session, batch)
        profile = whom.find_person(session, person)
        drafts.require_free(session, found, profile)
        against = drafts.spoken_against(session, found, profile)
        return Desk(load_checks(session, found), show_person(session, person), against)


def _tell_against(settings: Settings, desk: Desk) -> None:
    """Say what other years say before anything is asked; who may not apply is not asked for a form."""
    for fault in desk.against:
        tell(settings, fault)
    if drafts.is_refused(list(desk.against)):
        _say("本人不能报名这个批次，没有保存")
        click.get_current_context().exit(FINDINGS)


def _ask_identity(checks: Checks) -> str:
    meanings, offered = definitions(checks.year, checks.settings.grad_years), checks.settings.identities
    options = [
        (code, f"{IDENTITY.label(code)}：{text}") for code, text in meanings.items() if code in offered
    ]
    return pick("个人身份", options, read=IDENTITY.parse)


def _confirm_profile(settings: Settings, desk: Desk, who: str) -> None:
    _show_profile(desk.person)
    if desk.person["missing"]:
        _say(f"缺少必填项 ●：{'、'.join(desk.person['missing'])}")
        _say("请先用 zhupei trainee edit、education add、work add 补全，再报名")
        raise click.Abort
    while (right := flag(YES_NO, answer := prompt(_CONFIRM, default="是", show_default=False))) is None:
        if answer not in _WHOLE:
            _say("请回答 是（y）、否（n）或 w")
            continue
        # To be read back on the phone; who looked is written down.
        with transaction(settings.database_url) as session:
            _show_profile(show_person(session, who, reveal_by=settings.acting()))
    if not right:
        _say("请先用 zhupei trainee edit 修改，再报名")
        raise click.Abort


_CONFIRM = "以上信息正确吗？ [Y/n，w 显示完整的号码和地址以便核对，会留下记录]"
_WHOLE = ("w", "W", "完整", "全部")


def _show_profile(person: Mapping[str, object]) -> None:
    columns = [column for column in person_sheet(dict(person)) if column.key not in _LEFT_OUT]
    width = max(display_width(column.heading) for column in columns)
    lines = person_lines(dict(person))
    for key, heading in columns:
        _say(f"  {padded(heading, width)}  {shown(lines[key])}".rstrip())


def _ask_choices(form: dict[str, str], checks: Checks) -> None:
    if "specialty" not in form:
        form["specialty"] = (
            _search("报名专业", open_places.open_specialties(checks), checks.specialties) or ""
        )
    specialty = checks.specialties.find(form["specialty"])
    bases = open_places.open_bases(checks, specialty)
    if "choice1_base" not in form:
        form["choice1_base"] = _search("第一志愿", bases, checks.bases) or ""
    if "choice2_base" not in form:
        _ask_second(form, checks, specialty)
    if "accept_adjust" not in form:
        form["accept_adjust"] = flag_label(YES_NO, agree("是否服从调剂？"))


def _ask_second(form: dict[str, str], checks: Checks, specialty: str | None) -> None:
    same = checks.settings.same_specialty
    offered = open_places.open_bases(checks, specialty if same else None)
    first = checks.bases.find(form["choice1_base"])
    if same:
        offered.pop(first or "", None)
    second = _search("第二志愿", offered, checks.bases, optional=True)
    if second is None:
        return
    form["choice2_base"] = second
    if not same:
        open_ = open_places.open_specialties(checks, second)
        form["choice2_specialty"] = _search("第二志愿专业", open_, checks.specialties) or ""


def _search(
    label: str, offered: Mapping[str, str], names: lookup.Names, *, optional: bool = False
) -> str | None:
    """Ask for a code by part of it or of its name until one is left; None when there is none."""
    hint = "回车不填" if optional else "回车列出全部"
    while offered:
        word = prompt(f"{label}（代码或名称的一部分，{hint}）", type=NAME, default="", show_default=False)
        if not word and optional:
            return None
        found = open_places.matching(word, offered, names)
        if len(found) == 1:
            ((code, name),) = found.items()
            _say(f"  {label}：{code} {name}")
            return code
        _show_found(found)
    return None


def _show_found(found: Mapping[str, str]) -> None:
    for code, name in list(found.items())[:_SHOWN]:
        _say(f"  {code} {name}")
    if len(found) > _SHOWN:
        _say(f"  还有 {len(found) - _SHOWN} 个，请写得更具体")
    if not found:
        _say("  招收计划中没有，换一个词")
