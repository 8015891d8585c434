"""What is said before a command begins: whose name and which database it uses, and who says so."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from zhupei_cli.settings import Settings, candidates, origins, useless_variables
from zhupei_cli.shell.logfile import note, warn

_TOLD = {"database": "数据库", "operator": "经办人"}


def say_redirected(settings: Settings, given: Mapping[str, Any], *, environ: Mapping[str, str]) -> None:
    """Say once of each zhupei.toml of the folder somebody stands in that it names the database or the mail.

    A folder that came from elsewhere may hold one: what is typed there would go to others.
    """
    file = candidates(given.get("config"))[0]
    # Not the quiet of the settings: the file that is told of may ask for it.
    if given.get("quiet") or given.get("config") or not file.is_file():
        return
    said = _said_before()
    for what in _redirected(file, given, environ):
        mark = sha256(f"{file.absolute()} {what}".encode("utf-8", "replace")).hexdigest()
        if mark not in said:
            warn(settings, f"提醒：{file.absolute()} 指定了{what}（以后不再提醒）")
            _remember(mark)


def _redirected(file: Path, given: Mapping[str, object], environ: Mapping[str, str]) -> Iterator[str]:
    from zhupei_cli.store.engine import shown_url

    for one in origins(given, environ=environ):
        if one.kind == "file" and one.where == str(file) and one.key == "database":
            yield f"数据库 {shown_url(one.value)}"
        elif one.kind == "file" and one.where == str(file) and one.key == "mail":
            yield f"邮件服务器 {one.value.get('host')}"


def _known() -> Path:
    from platformdirs import user_data_path

    return Path(user_data_path("zhupei", appauthor=False) / "known_configs.txt")


def _said_before() -> list[str]:
    with suppress(OSError, UnicodeDecodeError):
        return _known().read_text("ascii").split()
    return []


def _remember(mark: str) -> None:
    with suppress(OSError):  # then it is said again
        _known().parent.mkdir(parents=True, exist_ok=True)
        with _known().open("a", encoding="ascii") as file:
            file.write(f"{mark}\n")


def say_origins(settings: Settings, given: Mapping[str, object], *, environ: Mapping[str, str]) -> None:
    """Say which variables nothing reads and, with --verbose, where database and operator come from."""
    for name in useless_variables(environ):
        note(settings, f"提醒：没有环境变量 {name} 这一项，未使用；可用的见 zhupei config --help")
    if not settings.verbose:
        return
    from zhupei_cli.store.engine import shown_url

    for one in origins(given, environ=environ):
        if one.key in _TOLD:
            value = shown_url(one.value) if one.key == "database" else one.value
            note(settings, f"{_TOLD[one.key]}：{value}（{one.where or '默认'}）")
