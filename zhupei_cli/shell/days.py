"""Days on the command line, written in any way offices write them."""

from datetime import date
from typing import Final

import click

from zhupei_cli.sheets.kinds import parsers
from zhupei_cli.sheets.kinds.cells import Unreadable


class _Day(click.ParamType[date]):
    """A whole day."""

    name = "日期"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return parsers.whole_day(str(value))
        except Unreadable:
            self.fail(f"{value!r} 不是日期，例如 2026-06-20。", param, ctx)


DAY: Final = _Day()
