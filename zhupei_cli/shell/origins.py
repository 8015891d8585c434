"""What is said before a command begins: whose name and which database it uses, and who says so."""

from collections.abc import Mapping
from typing import Any

from zhupei_cli.settings import Settings, origins, useless_variables
from zhupei_cli.shell.logfile import note

_TOLD = {"database": "数据库", "operator": "经办人"}


def say_origins(settings: Settings, given: Mapping[str, Any], *, environ: Mapping[str, str]) -> None:
    """Say which variables nothing reads and, with --verbose, where database and operator come from."""
    for name in useless_variables(environ):
        note(settings, f"提醒：没有环境变量 {name} 这一项，未使用；可用的见 zhupei config --help")
    if not settings.verbose:
        return
    from zhupei_cli.store.engine import shown

    for one in origins(given, environ=environ):
        if one.key in _TOLD:
            value = shown(one.value) if one.key == "database" else one.value
            note(settings, f"{_TOLD[one.key]}：{value}（{one.where or '默认'}）")
