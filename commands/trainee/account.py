"""`zhupei trainee register` and `password`: accounts (指南 二.1)."""

import click

from zhupei_cli.rules.people.idcard import WITH_FACTS
from zhupei_cli.services.people import accounts, fields
from zhupei_cli.services.people.accounts import Opened
from zhupei_cli.settings import Settings
from zhupei_cli.sheets.kinds.columns import Column
from zhupei_cli.shell.logfile import note
from zhupei_cli.store.engine import reading, transaction
from zhupei_cli.words.codes import ID_TYPE
from zhupei_cli.words.vocabulary import IdType

from ..shared.asking import (
    ask,
    ask_field,
    field_options,
    given_of,
    given_password,
    new_password,
    option_name,
    password_option,
    require_options,
)
from ..shared.findings import tell
from ..shared.naming import who_argument
from ..shared.options import can_ask, json_option, pass_settings
from ..shared.output import show_summary
from ..shared.writing import Deed, writing


@click.command()
@field_options(fields.REGISTER)
@click.option("--username", metavar="NAME", help="用户名：字母开头，4 至 32 个字母、数字和 . _ -")
@password_option
@writing
def register(
    deed: Deed,
    *,
    username: str | None,
    from_stdin: bool,
    **words: str | None,
) -> None:
    """注册学员账号：先验证个人信息，再设置用户名和密码。

    没有写的各项在终端中逐项询问，密码不显示；不是在终端中运行时须全部写明，密码用 --password-stdin。
    证件号码已存在的不能注册。

    \b
    例：zhupei trainee register
        zhupei trainee register --name 王小明 --id-number 410101199901010018 \\
            --mobile 13800000000 --username wang1999 --password-stdin < 密码.txt
    """
    given = given_of(words)
    settings = deed.settings
    if can_ask(settings) and not from_stdin:
        given = _asked(settings, given)
    else:
        required = [column for column in fields.REGISTER if column.required and column.key not in given]
        missing = [*map(option_name, required), *([] if username else ["--username"])]
        require_options(missing + ([] if from_stdin else ["--password-stdin"]))
    with reading(settings.database_url) as session:
        accounts.examine_registration(session, given, by=settings.acting())
    note(settings, "验证通过")
    for fault in accounts.remarks(given):
        tell(settings, fault)
    name = username or ask("用户名", lambda word: _free(settings, word))
    password = new_password(settings, from_stdin=from_stdin)
    opened = deed.do(
        lambda session: accounts.register_trainee(
            session, given, username=name, password=password, by=deed.by
        )
    )
    _show(deed, opened, "注册完成")
    deed.next(f"zhupei trainee edit {opened.username} …", "补全个人信息", in_json=True)


def _asked(settings: Settings, given: dict[str, str]) -> dict[str, str]:
    """Ask for what was not given; for sex and birth date only where the paper does not tell them."""
    answers = dict(given)
    for column in fields.REGISTER:
        if column.key not in answers and (column.required or column.key == "id_type" or _asks(answers)):
            answers[column.key] = _answer(settings, column, answers)
    return answers


def _answer(settings: Settings, column: Column, answers: dict[str, str]) -> str:
    if column.key == "id_type":
        return ask_field(column, ID_TYPE.label(IdType.ID_CARD))
    if column.key != "id_number":
        return ask_field(column)
    id_type = ID_TYPE.parse(answers["id_type"]) or IdType.ID_CARD
    return ask(column.heading, lambda word: accounts.require_number(id_type, word, by=settings.acting()))


def _asks(answers: dict[str, str]) -> bool:
    return ID_TYPE.parse(answers.get("id_type", IdType.ID_CARD)) not in WITH_FACTS


def _free(settings: Settings, word: str) -> str:
    with reading(settings.database_url) as session:
        return accounts.require_username(session, word)


def _show(deed: Deed, opened: Opened, done: str) -> None:
    shown = opened.as_json()
    sentence = (
        f"{done}：{shown['name']}（{shown['id_number']}），用户名 {shown['username']}；"
        f"业务 {shown['business_label']} 已开通，角色 {shown['role_label']}"
    )
    deed.tell(shown, sentence)


@click.group()
def password() -> None:
    """账号密码：重设、核对。"""


@password.command()
@who_argument
@click.option("--username", metavar="NAME", help="还没有账号时必填：同时建立账号")
@password_option
@writing
def reset(deed: Deed, who: str, *, username: str | None, from_stdin: bool) -> None:
    """重设密码并解除锁定；导入的学员第一次设置密码时建立账号。

    WHO 是证件号码或其后四位、用户名、报名号或姓名。密码在终端中询问，或用 --password-stdin。

    \b
    例：zhupei trainee password reset wang1999
        zhupei trainee password reset 410101199901010018 --username wang1999
    """
    new = new_password(deed.settings, from_stdin=from_stdin)
    opened = deed.do(
        lambda session: accounts.reset_password(session, who, new, by=deed.by, username=username)
    )
    _show(deed, opened, "已建立账号" if opened.new else "已重设密码")


@password.command()
@who_argument
@password_option
@json_option
@pass_settings
def check(settings: Settings, who: str, *, from_stdin: bool, as_json: bool) -> None:
    """核对密码；连续 5 次不对锁定 15 分钟。

    WHO 是证件号码或其后四位、用户名、报名号或姓名。密码对则退出码 0，不对或已锁定则 5。

    \b
    例：zhupei trainee password check wang1999
    """
    word = given_password(settings, from_stdin=from_stdin)
    with transaction(settings.database_url) as session:
        checked = accounts.check_password(session, who, word, by=settings.acting())
    # Only now: an error inside the transaction would undo the count of wrong passwords.
    checked.require()
    summary = {"ok": True, "username": checked.username}
    show_summary(settings, summary, f"密码正确：{checked.username}", as_json=as_json)
