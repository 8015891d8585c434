"""`zhupei trainee erase`: a person's data goes for good."""

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.people.erasing import Erased, erase_person
from zhupei_cli.services.people.whom import find_person

from ..shared.naming import who_argument
from ..shared.options import yes_option
from ..shared.writing import Deed, writing


@click.command("erase")
@who_argument
@click.option("--reason", metavar="REASON", required=True, help="删除的原因，例如 本人申请")
@yes_option
@writing
def erase(deed: Deed, who: str, *, reason: str) -> None:
    """删除一个学员的个人信息，不能恢复；WHO 是证件号码或其后四位、用户名、报名号或姓名。

    没有报过名的全部删除；报过名的，所有批次归档或取消以后才能删除，审核和录取的结果保留，
    其中不再有姓名、证件号码等个人信息。有名额、培训没有结束的不能删除。备份里的信息不受影响。

    \b
    例：zhupei trainee erase wang1999 --reason 本人申请
    """

    def remove(session: Session) -> tuple[Erased, str]:
        name = find_person(session, who).person["name"]
        erased = erase_person(session, who, by=deed.by, reason=reason)
        left = "" if erased["deleted"] else f"，保留 {erased['applications']} 份报名的审核和录取结果"
        deed.require(f"删除 {name} 的个人信息{left}。删除后不能恢复，继续吗？")
        return erased, left

    summary, kept = deed.do(remove)
    deed.tell(summary, f"已删除个人信息{kept}")
