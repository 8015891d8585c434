"""`zhupei verify`: a sealed batch, checked without any database."""

from pathlib import Path

import click

from zhupei_cli.services.results.sealed_files import verify_file
from zhupei_cli.settings import Settings
from zhupei_cli.shell.logfile import note

from ..shared.options import json_option, pass_settings
from ..shared.output import FINDINGS, show_summary


@click.command("verify")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--seal", metavar="HEX", help="封存号（至少前 16 位），核对文件是否就是当时封存的那一份")
@json_option
@pass_settings
def verify(settings: Settings, file: Path, *, seal: str | None, as_json: bool) -> None:
    """核对封存的批次文件，不需要数据库：重新计算每次录取，核对结果、名额和操作记录。

    有不符时退出码为 3。文件里没有个人信息。

    \b
    例：zhupei verify HN2026_封存.zip
        zhupei verify HN2026_封存.zip --seal 9f2c4a61d07be35c
    """
    if seal is not None and not (
        16 <= len(seal) <= 64 and all(digit in "0123456789abcdefABCDEF" for digit in seal)
    ):
        raise click.UsageError("--seal 应为封存号的 16 至 64 位十六进制数字。", click.get_current_context())
    found = verify_file(file, seal=seal)
    summary = {
        "ok": not found.findings,
        "batch": found.batch,
        "seal": found.seal,
        "sealed_at": found.sealed_at,
        "findings": [finding._asdict() for finding in found.findings],
    }
    sentence = f"批次 {found.batch}（{found.name}），封存号 {found.seal[:16]}：{{}}".format(
        f"有 {len(found.findings)} 处不符" if found.findings else "全部相符"
    )
    show_summary(settings, summary, sentence, as_json=as_json)
    for finding in () if as_json else found.findings:
        note(settings, f"错误 [{finding.code}]：{finding.message}")
    if found.findings:
        click.get_current_context().exit(FINDINGS)
