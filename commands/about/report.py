"""`zhupei report`: the group alone, so that figures over years do not import the nightly report."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_NOW = "zhupei_cli.commands.about.report_now"
_YEARS = "zhupei_cli.commands.about.report_years"


@click.group(
    cls=LazyGroup,
    lazy={
        "nightly": (
            f"{_NOW}:nightly",
            "生成日报：每个进行中的批次一份网页、一份工作簿，同一天再次运行则替换",
        ),
        "summary": (f"{_NOW}:summary", "列出各项汇总数字，以及和上一份日报相比的增减"),
        "funnel": (f"{_NOW}:funnel", "列出各步的人数：注册、填报、提交、审核通过、有成绩、录取、报到"),
        "anomalies": (
            f"{_NOW}:anomalies",
            "列出异常：超计划录取、审核逾期、个人信息不全、疑似重复报名、基地没有计划",
        ),
        "compliance": (
            f"{_YEARS}:compliance",
            "列出各基地历年的合规指标：完成率、社会和委培占比、紧缺、全科、连续为零的专业",
        ),
        "trend": (f"{_YEARS}:trend", "列出历年的变化：每组每个指标一行，一年一列，另有增减和占比"),
        "pivot": (f"{_YEARS}:pivot", "列出透视表：报名底表的任意列作行和列，人数或分数作值"),
        "frame": (
            f"{_YEARS}:frame",
            "写出批次的报名底表：一行一份报名，供笔记本和统计软件使用，不含个人信息",
        ),
    },
)
def report() -> None:
    """日报：每晚自动生成的报告；屏幕上的汇总、进度和异常；历年的合规、趋势和透视。"""
