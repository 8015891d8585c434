"""`zhupei verify`: a sealed batch, checked without any database, and the codes on letters."""

from datetime import datetime
from pathlib import Path

import click

from zhupei_cli.display import harmless
from zhupei_cli.rules.proof.letter_codes import LetterCode
from zhupei_cli.services.results.letter_check import check_sealed, check_stored, read_letter
from zhupei_cli.services.results.sealed_explaining import explain_sealed
from zhupei_cli.services.results.sealed_files import verify_file
from zhupei_cli.settings import Settings
from zhupei_cli.shell.arguments import CODE, NAME, FileName
from zhupei_cli.shell.logfile import log, note, warn
from zhupei_cli.store.engine import reading

from ..shared.explained import sealed_lines
from ..shared.formats import shown
from ..shared.options import format_options, pass_settings
from ..shared.output import FINDINGS, Column, Out, next_step, show_checked, show_sheet

_LETTER = (
    Column("number", "报名号"),
    Column("name", "姓名"),
    Column("id_number", "证件号码"),
    Column("base", "基地编号"),
    Column("specialty", "专业代码"),
    Column("status_label", "状态"),
)


@click.command("verify")
@click.argument("file", required=False, metavar="[FILE]", type=FileName())
@click.option("--seal", metavar="HEX", help="封存号（至少前 16 位），核对文件是否就是当时封存的那一份")
@click.option("--explain", "no", metavar="NO", type=CODE, help="说明一名考生的名次、分数线和志愿最低分")
@click.option("--letter", metavar="WORDS", type=NAME, help="核对录取通知书的二维码：扫码得到的整段文字")
@format_options
@pass_settings
def verify(
    settings: Settings,
    file: Path | None,
    *,
    seal: str | None,
    no: str | None,
    letter: str | None,
    out: Out,
) -> None:
    """核对封存的批次文件，不需要数据库：重新计算每次录取，核对结果、名额和操作记录。

    有不符时退出码为 3，此时不作 --explain 的说明。文件里没有个人信息，基地和专业只有编号。不给 --seal
    只能核对文件内部是否自相矛盾，整个重做的文件看不出来，所以会提示“未核对封存号”。

    --letter 核对一份录取通知书是不是这里印的、现在还算不算数：写了 FILE 用封存的文件，不写用数据库。

    \b
    例：zhupei verify HN2026_封存.zip
        zhupei verify HN2026_封存.zip --seal 9f2c4a61d07be35c
        zhupei verify HN2026_封存.zip --explain HN2026-0000003
        zhupei verify --letter 'zhupei:1|HN2026-0000003|…'
    """
    as_json = out.format.startswith("json")
    if file is None:
        if letter is None or seal is not None or no is not None:
            raise click.UsageError("请写封存的文件，或用 --letter。", click.get_current_context())
        code = read_letter(letter)
        with reading(settings.database_url) as session:
            state = check_stored(session, code)
        letter_now = {key: value for key, value in code._asdict().items() if key != "lot"}
        letter_now["status_label"] = state
        if as_json:
            show_checked((), out, letter=letter_now)
        elif out.path is not None or out.format != "table":
            show_sheet(letter_now, _LETTER, out)
        if not as_json:
            _tell_letter(settings, code, state)
        return
    if (no is not None or letter is not None) and not as_json and (out.path or out.format != "table"):
        raise click.UsageError(
            "--explain 和 --letter 的结果写不成表，请加 --json。", click.get_current_context()
        )
    if seal is not None and not (
        16 <= len(seal) <= 64 and all(digit in "0123456789abcdefABCDEF" for digit in seal)
    ):
        raise click.UsageError("--seal 应为封存号的 16 至 64 位十六进制数字。", click.get_current_context())
    given = None if letter is None else read_letter(letter)
    found = verify_file(file, seal=seal)
    told = explain_sealed(file, no) if no is not None and not found.findings else None
    findings, sealed_at = [finding._asdict() for finding in found.findings], _instant(found.sealed_at)
    more: dict[str, object] = {
        "seal_checked": seal is not None,
        "batch": found.batch,
        "seal": found.seal,
        "sealed_at": sealed_at,
    }
    if no is not None:
        more["explanation"] = told
    state = "" if given is None or found.findings else check_sealed(file, given)
    if given is not None:
        more["letter"] = {"status_label": state or None, "as_of": sealed_at}
    sentence = f"批次 {found.batch}（{found.name}），封存号 {found.seal[:16]}：{{}}".format(
        f"有 {len(found.findings)} 处不符"
        if found.findings
        else "全部相符"
        if seal is not None
        else "内部相符；未核对封存号"
    )
    show_checked(findings, out, **more)
    if as_json:
        log(settings, sentence)
    else:
        # Who wants no notes is told as well that nobody compared the number: exit 0 alone would pass for it.
        (note if seal is not None or found.findings else warn)(settings, sentence)
        if told is not None:
            click.echo(harmless("\n".join(sealed_lines(told))))
        if seal is None:
            # Whoever makes a whole file anew makes one that agrees with itself.
            next_step(settings, f"zhupei verify {file} --seal 公示的封存号", "核对是不是当时封存的那一份")
    if found.findings:
        click.get_current_context().exit(FINDINGS)
    if given is not None and not as_json:
        _tell_letter(settings, given, f"封存时（{shown(sealed_at)}）为{state}")
        words = "封存以后放弃、取消录取或换了岗位的，文件里看不出来"
        note(settings, f"{words}；现在是否有效，在省级的数据库上用 zhupei verify --letter 核对（不写文件）")


def _tell_letter(settings: Settings, code: LetterCode, state: str) -> None:
    place = f"{code.base} {code.specialty}"
    words = f"通知书相符：{code.number} {code.name} {code.id_number}，基地和专业 {place}，{state}"
    note(settings, f"{words}；请与纸上的姓名和证件号码对照")


def _instant(word: str) -> datetime | str:
    """Return when a file was sealed, which is shown in the time of China; a broken one says anything."""
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        return word
