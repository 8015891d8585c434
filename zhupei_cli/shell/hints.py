"""Commands that messages name, made to mean the batch that is worked on: whoever types one must hit it.

Every message for people passes here on its way out. A batch that was left out on the command line can be
left out of the next one too; one that was named is named again, unless it is the only one that can be meant.
"""

import re
from typing import Final

import click

from zhupei_cli.settings import Settings
from zhupei_cli.shell.outline import Outline, Param, load_outline

_META: Final = "zhupei.batch"
_MENTION: Final = re.compile(r"zhupei (?P<words>[a-z][a-z-]*(?: [a-z][a-z-]*)*)")
#: What follows a command: nothing that a sentence goes on with.
_TOKEN: Final = re.compile(r" (?P<word>[^\s；，。、）（“”：]+)")
#: Words that stand for what people type in their place.
_PLACEHOLDERS: Final = frozenset(
    (
        *("报名号", "证件号码", "基地", "基地编号", "专业", "编号", "导入编号", "账号"),
        *("人数", "保留人数", "类别", "年限", "项目", "内容", "姓名", "邮箱"),
        *("原地址", "新地址", "备份文件"),
    )
)
#: Which batches they speak of without being told: all that are live.
_OF_ALL: Final = frozenset(("status", "report nightly"))
_ASCII: Final = re.compile("[!-~]")


def name_batch(code: str | None) -> None:
    """Keep the batch that the running command was told, so that what it hints at is told the same."""
    context = click.get_current_context(silent=True)
    if context is not None and code:
        context.meta[_META] = code


def completed(settings: Settings, text: str) -> str:
    """Return a message whose commands name the batch of the running one, where they would mean another."""
    context = click.get_current_context(silent=True)
    code = context and context.meta.get(_META)
    if context is None or not code or "zhupei " not in text:
        return text
    told = in_batch(text, code)
    return text if told == text or _goes_without_saying(settings, code) else told


def _goes_without_saying(settings: Settings, code: str) -> bool:
    if settings.batch:
        return settings.batch == code
    from zhupei_cli.services.records.lookup import live_batches
    from zhupei_cli.store.engine import reading
    from zhupei_cli.words.errors import ZhupeiError

    try:
        with reading(settings.database_url, bases=True) as session:
            return [batch.code for batch in live_batches(session)] == [code]
    except ZhupeiError:  # what cannot be looked up is better said
        return False


def in_batch(text: str, code: str) -> str:
    """Return `text` with the batch behind every command in it that takes one and does not say which."""
    outline = load_outline()
    pieces, done = [], 0
    for found in _MENTION.finditer(text):
        path = _command(outline, found["words"])
        if path is None:
            continue
        at = found.start("words") + len(path)
        end, said = _end_of(text, at, outline[path]["params"])
        if not said and _takes_batch(outline, path):
            words = (
                f" {code}"
                if path.startswith("batch ") and _names(outline[path]["params"]) == ["code"]
                else ""
            )
            pieces += [text[done:end], words or f" --batch {code}"]
            done = end
    return "".join([*pieces, text[done:]])


def _command(outline: Outline, words: str) -> str | None:
    """Return the longest command that a sentence names."""
    parts = words.split(" ")
    paths = (" ".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((path for path in paths if path in outline and "commands" not in outline[path]), None)


def _takes_batch(outline: Outline, path: str) -> bool:
    helps = (one["help"] for one in outline[path]["params"] if "--batch" in one.get("opts", ()))
    return path not in _OF_ALL and any(text.startswith("批次编号") for text in helps)


def _names(params: list[Param]) -> list[str]:
    return [one["name"] for one in params if "name" in one]


def _end_of(text: str, at: int, params: list[Param]) -> tuple[int, bool]:
    """Return where a command with its words ends, and whether they say the batch: as such or by a number."""
    arguments = _names(params)
    many = {one["name"] for one in params if "name" in one and one.get("nargs") == -1}
    options = {name: one for one in params for name in one.get("opts", ())}
    numbered = "报名号自带批次" in options.get("--batch", {}).get("help", "")
    said = False
    while found := _TOKEN.match(text, at):
        word = found["word"]
        if word == "--help":
            return found.end(), True
        if word.startswith("-"):
            said = said or word == "--batch"
            at = found.end()
            value = None if options.get(word, {}).get("flag", word not in options) else _TOKEN.match(text, at)
            at = value.end() if value else at
        elif arguments and (word in _PLACEHOLDERS or _ASCII.search(word)):
            said = said or numbered or arguments == ["code"]
            arguments = arguments if arguments[0] in many else arguments[1:]
            at = found.end()
        else:
            break
    return at, said
