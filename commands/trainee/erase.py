"""`zhupei trainee erase`: a person's data goes for good."""

from typing import Any

import click

from zhupei_cli.services.people.erasing import erase_person
from zhupei_cli.services.people.whom import find_person
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import transaction

from ..shared.consent import Consent
from ..shared.done import tried
from ..shared.naming import who_argument
from ..shared.options import dry_run_option, json_option, pass_settings, yes_option
from ..shared.output import show_summary


@click.command("erase")
@who_argument
@click.option("--reason", metavar="REASON", required=True, help="删除的原因，例如 本人申请")
@yes_option
@dry_run_option
@json_option
@pass_settings
def erase(settings: Settings, who: str, *, reason: str, yes: bool, dry_run: bool, as_json: bool) -> None:
    """删除一个学员的个人信息，不能恢复；WHO 是证件号码或其后四位、用户名、报名号或姓名。

    没有报过名的全部删除；报过名的，所有批次归档或取消以后才能删除，审核和录取的结果保留，
    其中不再有姓名、证件号码等个人信息。备份里的信息不受影响。

    \b
    例：zhupei trainee erase wang1999 --reason 本人申请
    """
    consent = Consent(settings, given=yes or dry_run, as_json=as_json)

    def act() -> tuple[dict[str, Any], str]:
        with transaction(settings.database_url, dry_run=dry_run) as session:
            name = find_person(session, who).person["name"]
            erased = erase_person(session, who, by=settings.acting(), reason=reason)
            left = "" if erased["deleted"] else f"，保留 {erased['applications']} 份报名的审核和录取结果"
            consent.require(f"删除 {name} 的个人信息{left}。删除后不能恢复，继续吗？")
            return erased, left

    summary, kept = consent.of(act)
    sentence = tried(f"已删除个人信息{kept}", dry_run=dry_run)
    show_summary(settings, {**summary, "dry_run": dry_run}, sentence, as_json=as_json)
