"""`zhupei export`: lists that leave the office. Each command's module is loaded when it is called."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.export"


@click.group(
    cls=LazyGroup,
    lazy={
        "roster": (f"{_HERE}.roster:roster", "录取名单：每个基地一份工作簿或 PDF"),
        "public": (f"{_HERE}.lists:public", "拟录取公示名单，证件号码遮盖"),
        "ranking": (f"{_HERE}.lists:ranking", "各岗位的成绩排名和志愿最低分"),
        "unadmitted": (f"{_HERE}.lists:unadmitted", "未录取名单和原因"),
        "vacancies": (f"{_HERE}.vacancies:vacancies", "空缺名额"),
        "applicants": (f"{_HERE}.lists:applicants_", "报名信息，可原样再导入"),
        "register": (f"{_HERE}.register:register_", "学员登记表，照国家平台的格式"),
        "letters": (f"{_HERE}.letters:letters", "录取通知书：PDF 或 Word"),
    },
)
def export() -> None:
    """导出：录取名单、公示名单、排名、空缺名额、报名信息、登记表、通知书。"""
