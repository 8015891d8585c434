"""Whether everything around the program is as it should be: what `zhupei doctor` looks at."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from zhupei_cli.acting import CST
from zhupei_cli.model import Event
from zhupei_cli.services.records import event_times
from zhupei_cli.services.upkeep.databases import database_info
from zhupei_cli.settings import Settings
from zhupei_cli.store.engine import HEAD, parse_url, reading
from zhupei_cli.store.engines.addresses import shown_url
from zhupei_cli.store.engines.backend import Check, State
from zhupei_cli.store.engines.choosing import backend_of, every_backend
from zhupei_cli.store.failures import translated
from zhupei_cli.words.catalogue import CATALOGUE
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import CodeTable

__all__ = ["STATE", "Check", "State", "diagnose", "extras"]

STATE: Final = CodeTable("检查结果", {State.OK: "正常", State.WARNING: "注意", State.BAD: "异常"})


def diagnose(settings: Settings) -> Iterator[Check]:
    """Yield what is found of the program, the database, printing and the clock."""
    yield _python()
    yield from _database(settings)
    yield from extras(settings.database_url.partition(":")[0].partition("+")[0])
    yield from _fonts(settings)
    yield _zone(settings.clock())


def _python() -> Check:
    from importlib.metadata import version

    found = f"Python {sys.version.split()[0]}，zhupei {version('zhupei')}，{sys.platform}"
    return Check("程序", found)


# -- the database ----------------------------------------------------------------------------------


def _database(settings: Settings) -> Iterator[Check]:
    url = settings.database_url
    try:
        parsed = parse_url(url)
        backend = backend_of(parsed)
        yield from backend.place_checks(parsed)
        info = database_info(url)
        yield Check("数据库", f"{info['server']}，{info['database']}")
        if info["version"] is None:
            raise ZhupeiError("E509", database=shown_url(url))
        if info["version"] != HEAD:
            code = "E503" if info["version"] < HEAD else "E504"
            raise ZhupeiError(code, version=info["version"], head=HEAD)
        yield Check("数据库版本", f"{HEAD}，与程序相符")
        with translated():
            yield from backend.running_checks(parsed)
        yield from _future(url, settings.clock())
    except ZhupeiError as error:
        yield Check("数据库", error.message, State.BAD, error.hint)


def _future(url: str, now: datetime) -> Iterator[Check]:
    """Look whether something was written later than now: then this clock, or another one, is wrong."""
    with reading(url, bases=True) as session:
        last = session.execute(select(func.max(Event.at))).scalar()
        back = event_times.set_back(session)
    if last is not None and last > now + timedelta(minutes=5):
        cure = "核对这台电脑的日期和时间"
        yield Check("时钟", "数据库里有比现在更晚的操作记录", State.BAD, cure)
    if back is not None:
        entry = CATALOGUE[back.code]
        yield Check("时钟", entry.message.format_map(back.values), State.WARNING, entry.hint)


# -- what printing and servers need ----------------------------------------------------------------


def extras(driver: str) -> Iterator[Check]:
    """Yield whether the parts that are not installed with the program itself are there.

    `driver` is the kind of database the address names, known or not.
    """
    missing = _missing(("typst", "fontTools", "pylopdf_fonts_zh_cn", "noto_cjk_sans_otc"))
    cure = 'pip install "zhupei[print]"'
    yield _extra("打印组件", missing, "打印报名表和通知书时", cure=cure, needed=False)
    for name, backend in every_backend():
        if backend.COMPONENT is not None:
            module, extra = backend.COMPONENT
            cure, purpose = f'pip install "zhupei[{extra}]"', f"使用 {backend.NAME} 时"
            missing = _missing((module,))
            yield _extra(f"{backend.NAME} 组件", missing, purpose, cure=cure, needed=driver == name)


def _extra(name: str, missing: Sequence[str], purpose: str, *, cure: str, needed: bool) -> Check:
    if not missing:
        return Check(name, "已安装")
    state = State.BAD if needed else State.WARNING
    return Check(name, f"没有安装（{purpose}才需要）：{'、'.join(missing)}", state, cure)


def _missing(modules: Sequence[str]) -> list[str]:
    from importlib.util import find_spec

    return [module for module in modules if find_spec(module) is None]


def _fonts(settings: Settings) -> Iterator[Check]:
    if _missing(("typst", "fontTools")):
        return
    from zhupei_cli.printing.fonts import find_fonts

    try:
        fonts = find_fonts(settings.fonts)
    except ZhupeiError as error:
        yield Check("字体", error.message, State.WARNING, error.hint)
        return
    lacking = fonts.missing("住院医师规范化培训")
    if lacking:
        yield Check("字体", "没有中文字形", State.BAD, "用 ZHUPEI_FONTS 指定有中文字体的文件夹")
    else:
        yield Check("字体", "、".join(fonts.families[:3]))
    if fonts.unreadable:
        names = "、".join(path.name for path in fonts.unreadable[:3])
        told = f"{len(fonts.unreadable)} 个文件读不出：{names}"
        yield Check("字体", told, State.WARNING, "换成完好的字体文件，或从文件夹中移走")


def _zone(now: datetime) -> Check:
    local = now.astimezone()
    shown = f"{now.astimezone(CST):%Y-%m-%d %H:%M:%S}（北京时间）"
    if local.utcoffset() == CST.utcoffset(None):
        return Check("时间", shown)
    cure = "不影响使用；输入和显示的时间都按北京时间"
    return Check("时间", f"{shown}，这台电脑用的是 UTC{local:%z}", State.WARNING, cure)
