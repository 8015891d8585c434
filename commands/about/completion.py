"""`zhupei completion`: the script that teaches a shell what Tab means."""

import click
from click.shell_completion import ShellComplete, get_completion_class

SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """输出命令行补全脚本，按 Tab 补全命令、选项、批次、基地、专业、报名号和录取计算编号。

    SHELL 是 bash、zsh、fish 或 powershell。把脚本存进文件，让 shell 启动时读它；
    bash 和 zsh 也可在 ~/.bashrc 或 ~/.zshrc 里写 eval "$(zhupei completion bash)"。

    \b
    例：zhupei completion bash >> ~/.bashrc
        zhupei completion zsh > ~/.zfunc/_zhupei
        zhupei completion fish > ~/.config/fish/completions/zhupei.fish
        zhupei completion powershell >> $PROFILE
    """
    kind: type[ShellComplete] | None = get_completion_class(shell)
    assert kind is not None
    # Not its own `source`: for bash that runs the bash on the path to ask for its version.
    maker = kind(ctx.find_root().command, {}, "zhupei", "_ZHUPEI_COMPLETE")
    script = ShellComplete.source(maker)
    click.echo((_in_utf8(script) if shell == "powershell" else script).encode(), nl=False)


def _in_utf8(script: str) -> str:
    """Let PowerShell read the answer as UTF-8; it would take the code page of the console (936)."""
    before, call, after = script.partition("    try {\n")
    return (
        f"{before}    $prev_encoding = [Console]::OutputEncoding\n"
        f"    [Console]::OutputEncoding = [System.Text.Encoding]::UTF8\n{call}"
        + after.replace(
            "} finally {\n", "} finally {\n        [Console]::OutputEncoding = $prev_encoding\n", 1
        )
    )
