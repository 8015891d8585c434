"""`zhupei admit`: marks, runs and the result (录取). Each command's module is loaded when it is called."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.admit"


@click.group(
    cls=LazyGroup,
    lazy={
        "scores": (f"{_HERE}.scores:scores", "成绩：模板、导入、查看、分数段"),
        "preplace": (f"{_HERE}.preplace:preplace", "预先安排：计算以前给在读专硕等安排名额"),
        "check": (f"{_HERE}.compute:check", "计算前检查：考生、成绩、岗位是否齐全"),
        "run": (f"{_HERE}.compute:run", "计算录取，结果编号保存"),
        "runs": (f"{_HERE}.results:runs_", "列出全部录取计算"),
        "show": (f"{_HERE}.results:show_", "查看一次录取计算"),
        "list": (f"{_HERE}.results:list_", "列出每名考生的录取结果"),
        "explain": (f"{_HERE}.views:explain", "说明一名考生或一个岗位的录取结果"),
        "compare": (f"{_HERE}.sides:compare", "比较几次录取计算"),
        "what-if": (f"{_HERE}.sides:what_if", "假设规则、计划或分数线变了，结果会怎样"),
        "verify": (f"{_HERE}.results:verify", "按保存的输入重新计算并核对"),
        "commit": (f"{_HERE}.commit:commit", "把一次录取计算确定为拟录取结果"),
        "uncommit": (f"{_HERE}.commit:uncommit", "公示前撤销拟录取结果"),
        "place": (f"{_HERE}.acts:place", "把一名考生安排到空缺岗位"),
        "revoke": (f"{_HERE}.acts:revoke", "取消录取"),
        "decline": (f"{_HERE}.acts:decline", "登记放弃录取"),
        "quit": (f"{_HERE}.acts:quit_", "登记退培"),
        "reinstate": (f"{_HERE}.acts:reinstate", "恢复录取资格"),
        "checkin": (f"{_HERE}.checkin:checkin", "报到：写出报到表、导入"),
    },
)
def admit() -> None:
    """成绩和录取：导入成绩，计算、查看、确定录取结果。"""
