"""Words of the command line made clean, as cells are: one type for each kind of word.

`TEXT` is what every option and argument is that asks for nothing narrower.
"""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from zhupei_cli.words.vocabulary import CodeTable

#: What a chat window puts around a number or a name, and behind it.
_AROUND: Final = "“”‘’「」『』\"'`"
_BEHIND: Final = "。，、；：,;"


class _Text(click.types.StringParamType):
    """Text without what nobody sees; bytes of another encoding than that of the terminal are refused."""

    name = "文字"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        # --reason REASON: one language in all pages, and more than TEXT would say.
        return None if isinstance(param, click.Argument) else param.opts[-1].lstrip("-").upper()

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        word = super().convert(value, param, ctx)
        if not word.isascii() and any("\ud800" <= char <= "\udfff" for char in word):
            # To guess which encoding it was could name another person.
            self.fail("文字的编码与终端不同（多半是 GBK），不能识别；请在 UTF-8 终端中输入。", param, ctx)
        return self.mended(word)

    def mended(self, word: str) -> str:
        """Return the word as it was meant."""
        from zhupei_cli.sheets.kinds.cells import text

        return text(word)


class _Name(_Text):
    """A code or a name of a base, a specialty or a person, as it was copied from somewhere; never blank.

    `--base "$BASE"` without a BASE means one base, and would be taken for none named: for all of them, or for
    the province itself.
    """

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        word = super().convert(value, param, ctx)
        if not word and param is not None:  # to a question an empty answer may be one
            self.fail("是空的，没有写编号或名称。", param, ctx)
        return word

    def mended(self, word: str) -> str:
        text = super().mended(word)
        while text[:1] in _AROUND or text[-1:] in _AROUND + _BEHIND:
            if not text:
                break
            text = text.lstrip(_AROUND).rstrip(_AROUND + _BEHIND).strip()
        return text


class _PersonName(_Name):
    """A name of a person, or a part of one: 张　三 is 张三."""

    def mended(self, word: str) -> str:
        from zhupei_cli.sheets.kinds.parsers import person_name

        return person_name(super().mended(word))


class _Code(_Name):
    """A number or a code: no spaces, nothing in full width, every dash a hyphen."""

    def mended(self, word: str) -> str:
        from zhupei_cli.rules.people.written_numbers import written

        return written(super().mended(word))


class _Setting(_Text):
    """KEY=VALUE; of a list that was pasted each line is one of its parts."""

    def mended(self, word: str) -> str:
        key, equals, value = word.partition("=")
        if key.strip() in _LISTS:
            value = "|".join(line.strip() for line in value.splitlines() if line.strip())
        return super().mended(f"{key}{equals}{value}")


#: Settings that hold several texts, as codes and as people call them.
_LISTS: Final = ("exam_rules", "考生须知")


class _Reason(_Text):
    """Why something is done, which is kept for good."""

    def mended(self, word: str) -> str:
        from zhupei_cli.rules.people.plain_words import require_reason

        reason = super().mended(word)
        require_reason(reason)
        return reason

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        reason = super().convert(value, param, ctx)
        if not reason:
            # Kept for good it would say nothing, as if somebody had given one.
            from zhupei_cli.words.errors import ZhupeiError

            raise ZhupeiError("E404", what="--reason 是空白的，")
        return reason


TEXT: Final = _Text()
REASON: Final = _Reason()
SETTING: Final = _Setting()
NAME: Final = _Name()
PERSON_NAME: Final = _PersonName()
CODE: Final = _Code()


#: What `-` is read as; the file of that name, which people write ./-, is another Path.
STDOUT: Final = Path("-")


class FileName(click.Path):
    """The name of a file or a folder, as a Path; `-`, which means a standard stream elsewhere, is none.

    Only what writes text may take it for stdout (`or_stdout`): a workbook on a screen serves nobody, and a
    file of that name is lost among the options. Nor is a blank one, of a variable that is not set: it would
    be the folder somebody stands in. `~` is home where no shell made it so: behind `=`, and in crontabs.
    """

    def __init__(self, *, or_stdout: bool = False, **how: bool) -> None:
        super().__init__(path_type=Path, **how)
        self._or_stdout = or_stdout

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            self.fail("文件名是空白的（脚本里的变量可能没有值），请写文件名。", param, ctx)
        if str(value) != "-":
            from zhupei_cli.config_file import at_home

            return super().convert(at_home(os.fsdecode(value)), param, ctx)
        if not self._or_stdout:
            self.fail("这里不能用标准输入或标准输出（-），请写文件名。", param, ctx)
        return STDOUT


class WrittenName(FileName):
    """The name of a file to be written, which says by its ending what the file is."""

    def __init__(self, ending: str = ".xlsx") -> None:
        super().__init__(dir_okay=False)
        self._ending = ending

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = super().convert(value, param, ctx)
        if path.suffix.lower() != self._ending:
            self.fail(f"文件名 {path.name!r} 应以 {self._ending} 结尾。", param, ctx)
        return path


#: The largest number of every database.
_MOST: Final = 2**63 - 1


class Whole(click.IntRange):
    """A whole number within bounds, which are told in words."""

    name = "整数"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        word: Any = CODE.mended(str(value))
        number = int(click.INT.convert(word, param, ctx))
        if abs(number) > _MOST:
            self.fail(f"{word} 太大。", param, ctx)
        if self.min is not None and number < self.min and self.max is None:
            self.fail(f"{number} 太小，应不小于 {self.min}。", param, ctx)
        if not (self.min or 0) <= number <= (number if self.max is None else self.max):
            self.fail(f"{number} 不在 {self._describe_range()} 之间。", param, ctx)
        return number

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return "N"

    def _describe_range(self) -> str:
        """Return what the page of a command says of the bounds."""
        return "" if self.max is None else f"{self.min} 到 {self.max}"


class Word(click.Choice[str]):
    """One code of a table, written as it is, by its label or by another spelling of workbooks."""

    def __init__(self, table: "CodeTable") -> None:
        # Numbers say nothing: people choose from the labels.
        bare = all(code.isdigit() for code in table.labels)
        super().__init__(list(table.labels.values() if bare else table.labels))
        self._table = table

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = self._table.parse(NAME.mended(str(value)))
        if found is None:
            labels = self._table.labels.items()
            known = "、".join(label if code.isdigit() else f"{code}（{label}）" for code, label in labels)
            self.fail(f"{value!r} 不在可选范围内，可选：{known}。", param, ctx)
        return found


class Words(_Text):
    """Several codes of a table with commas between; the command gets a tuple."""

    def __init__(self, table: "CodeTable") -> None:
        self._word = Word(table)
        self.choices = self._word.choices

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        words = [word for word in re.split("[,，、;；]", super().convert(value, param, ctx)) if word.strip()]
        if not words:
            self.fail("这里是空的，请写一个或几个代码。", param, ctx)
        return tuple(self._word.convert(word, param, ctx) for word in words)


def clean_arguments(command: click.Command) -> None:
    """Make every parameter of a command that takes any text take it clean."""
    for param in command.params:
        if param.type is click.STRING:
            param.type = REASON if param.name == "reason" else TEXT
