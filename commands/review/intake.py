"""`zhupei review import`: decisions from workbooks."""

import click
from sqlalchemy.orm import Session

from zhupei_cli.services.kinds.review import REVIEW_IMPORT
from zhupei_cli.services.records import base_login, lookup
from zhupei_cli.services.records.import_ledger import Imported
from zhupei_cli.services.records.workbooks import Reading
from zhupei_cli.shell.arguments import NAME

from ..shared.importing import Import, importing
from ..shared.options import batch_option


@click.command("import")
@batch_option
@click.option("--base", type=NAME, help="以这个基地的身份导入（只能审核第一志愿是本基地的报名）")
@importing(several=True)
def import_(taking: Import, *, batch: str | None, base: str | None) -> None:
    """从工作簿导入审核意见（报名号、审核结果、原因）。

    已作过同样决定的行不变；与已有决定不同的行列为错误，不会覆盖。

    \b
    例：zhupei review import 审核意见.xlsx --base 4101001
    """

    def act(session: Session, reading: Reading) -> Imported:
        found, acting = lookup.find_batch(session, batch), base_login.acting_base(session, base)
        return REVIEW_IMPORT.take(session, reading, batch=found, by=taking.by, base=acting)

    taking.show(taking.take(REVIEW_IMPORT, act, bases=True))
