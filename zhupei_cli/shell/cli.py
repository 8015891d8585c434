"""The program: its groups, its global options, and how it ends.

Whatever `zhupei --help` does not need is imported where it is used.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import click

from zhupei_cli.shell.advice import refuse_dashes
from zhupei_cli.shell.anywhere import program_options
from zhupei_cli.shell.help import speak_chinese
from zhupei_cli.shell.lazy import LazyGroup
from zhupei_cli.shell.streams import flushed, plain_streams

if TYPE_CHECKING:
    from zhupei_cli.acting import Clock
    from zhupei_cli.settings import Settings

speak_chinese()

#: In the order of a season; only the summary is here, so that help imports no command.
COMMANDS = {
    "db": ("zhupei_cli.commands.db.group:db", "建立、升级、查看数据库"),
    "base": ("zhupei_cli.commands.base.group:base", "培训基地和专业目录"),
    "batch": ("zhupei_cli.commands.batch.group:batch", "招收批次和招收计划"),
    "trainee": ("zhupei_cli.commands.trainee.group:trainee", "学员账号和个人信息"),
    "apply": ("zhupei_cli.commands.apply.group:apply", "报名的填写、提交、撤回、状态和统计"),
    "review": ("zhupei_cli.commands.review.group:review", "基地审核"),
    "exam": ("zhupei_cli.commands.exam.group:exam", "考务：考场、座位、准考证、签到"),
    "admit": ("zhupei_cli.commands.admit.group:admit", "成绩和录取"),
    "objection": ("zhupei_cli.commands.admit.objection:objection", "公示异议：登记、交办、答复、办结"),
    "notice": ("zhupei_cli.commands.notice.group:notice", "通知：短信工作簿、邮件，谁也不重复"),
    "imports": ("zhupei_cli.commands.imports.group:imports", "导入记录：查看、撤销"),
    "audit": ("zhupei_cli.commands.about.audit:audit", "操作记录：查看、核对"),
    "export": ("zhupei_cli.commands.export.group:export", "录取名单、空缺名额等的导出"),
    "verify": ("zhupei_cli.commands.about.verify:verify", "核对封存的批次文件，不需要数据库"),
    "report": ("zhupei_cli.commands.about.report:report", "日报、汇总、进度和异常，历年的合规和趋势"),
    "demo": ("zhupei_cli.commands.about.demo:demo", "用虚构数据演示全部流程"),
    "status": ("zhupei_cli.commands.about.status:status", "批次进行到哪一步，下一步做什么"),
    "doctor": ("zhupei_cli.commands.about.doctor:doctor", "检查运行环境、数据库和配置"),
    "config": ("zhupei_cli.commands.about.config:config", "查看配置的来源"),
    "explain": ("zhupei_cli.commands.about.explain:explain", "解释错误代码的原因和处理办法"),
    "completion": ("zhupei_cli.commands.about.completion:completion", "输出 Tab 补全脚本"),
    "help": ("zhupei_cli.commands.about.help_:help_", "显示一个命令的用法"),
}


class Program(LazyGroup):
    """The top group: every way it can end is a line for people and an exit code for scripts."""

    # Any: whatever Click gives it.
    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        kwargs.update(standalone_mode=False, prog_name="zhupei")
        argv = args[0] if args else kwargs.get("args")
        if "_ZHUPEI_COMPLETE" in os.environ:
            from zhupei_cli.shell.outline import complete

            sys.exit(complete())
        plain_streams()
        try:
            refuse_dashes(sys.argv[1:] if argv is None else argv)
            # What a command returns means nothing; an int is the code given to `ctx.exit`.
            code = super().main(*args, **kwargs)
            if failed := flushed():
                raise failed
        except Exception as error:
            from zhupei_cli.shell.failures import told

            code = told(error, sys.argv[1:] if argv is None else argv)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(
    cls=Program,
    params=program_options(),
    name="zhupei",
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="这些选项写在命令前后都可以。zhupei 命令 --help 查看一个命令的用法；"
    "第一次使用可先运行 zhupei demo。",
)
@click.pass_context
def cli(ctx: click.Context, /, **given: object) -> None:
    """住院医师规范化培训招收工具：批次、报名、审核、录取、名单。"""
    # The parameters of the context, not `given`: what stands behind a command comes to be there.
    ctx.obj = _settings(ctx.params, ctx.obj)
    ctx.with_resource(_ending(ctx.obj))
    if given["no_color"] or os.environ.get("NO_COLOR"):
        ctx.color = False


def _settings(given: dict[str, Any], clock: "Clock | None") -> Callable[[], "Settings"]:
    """Return what looks the settings up once a command asks: help works with a broken configuration."""

    @cache
    def settings() -> "Settings":
        from zhupei_cli.acting import system_clock
        from zhupei_cli.settings import candidates, load, useless_variables

        found = load(given, environ=os.environ, clock=clock or system_clock)
        if any(name.is_file() for name in candidates(given.get("config"))):
            from zhupei_cli.shell.origins import say_redirected

            say_redirected(found, given, environ=os.environ)
        if found.verbose or useless_variables(os.environ):
            from zhupei_cli.shell.origins import say_origins

            say_origins(found, given, environ=os.environ)
        return found

    return settings


def _kept() -> int:
    """Return how often this process has kept changes; who has not loaded the store has kept none."""
    store = sys.modules.get("zhupei_cli.store.engine")
    return 0 if store is None else len(store.KEPT)


@contextmanager
def _ending(settings: Callable[[], "Settings"]) -> Iterator[None]:
    """Write into the log file what stops a command, and let its cure name the batch."""
    before = _kept()
    try:
        yield
    except KeyboardInterrupt:
        if _kept() > before:
            from zhupei_cli.words.errors import ZhupeiError

            raise ZhupeiError("E796") from None
        raise
    except Exception as error:
        from zhupei_cli.shell.failures import ending

        ending(settings, error)
        raise


def main() -> NoReturn:
    """Run the program on the command line it was started with."""
    # A command lives for seconds, makes hundreds of thousands of rows and hardly a cycle: looking for
    # cycles costs a tenth of a list and a third of an admission run.
    gc.disable()
    cli.main()
