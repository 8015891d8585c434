"""The catalogue of errors: every code with its exit, sentence, cure and cause.

E0xx files and cells · E1xx persons · E2xx application rules · E3xx not found · E4xx state and quota ·
E5xx database · E6xx lock and permission · E9xx unforeseen. Exits are those of the command contract:
2 usage, 3 findings, 4 not found, 5 not allowed now, 6 database.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """`message` and `hint` are format strings over the error's values; `cause` is for `zhupei explain`."""

    exit: int
    message: str
    hint: str
    cause: str = ""


CATALOGUE: dict[str, Entry] = {
    # -- E0xx files and cells ------------------------------------------------------------------
    "E001": Entry(4, "找不到文件 {file}", "请核对文件名和所在文件夹", "给出的路径上没有这个文件。"),
    "E002": Entry(5, "文件 {file} 已存在", "换一个文件名，或加 --force 覆盖", "为避免覆盖已有文件，默认拒绝写入。"),
    # -- E1xx persons --------------------------------------------------------------------------
    # -- E2xx application rules ----------------------------------------------------------------
    # -- E3xx not found ------------------------------------------------------------------------
    "E301": Entry(4, "没有批次 {batch}", "{nearest}zhupei batch list 查看全部批次", "批次编号写错，或连接的不是同一个数据库。"),
    "E302": Entry(4, "没有培训基地 {base}", "{nearest}zhupei base list 查看全部基地", "基地编号或名称与基地库不一致。"),
    "E303": Entry(4, "没有专业 {specialty}", "{nearest}zhupei base specialty list 查看专业目录", "专业代码或名称与专业目录不一致。"),
    "E304": Entry(4, "没有报名号 {application_no}", "{nearest}zhupei apply list 查看报名号", "报名号写错，或不属于该批次。"),
    "E305": Entry(4, "批次 {batch} 没有第 {run} 次录取计算", "zhupei admit runs 查看全部录取计算", "录取计算编号写错，或已随解锁清除。"),
    "E306": Entry(4, "招收计划中没有 {base} 的 {specialty}", "zhupei batch plan list 查看招收计划", "该基地在本批次没有这个专业的招收计划。"),
    # -- E4xx state and quota ------------------------------------------------------------------
    # -- E5xx database -------------------------------------------------------------------------
    "E501": Entry(6, "数据库不存在：{database}", "先运行 zhupei db init 建库，或用 --database 指向已有数据库", "为避免拼错路径时悄悄建出空库，只有 db init 会创建数据库。"),
    # -- E6xx lock and permission --------------------------------------------------------------
    # -- E9xx unforeseen -----------------------------------------------------------------------
    "E901": Entry(1, "程序出错：{detail}", "加 --debug 重新运行可看到详细位置，请把输出发给技术支持", "没有预料到的错误，多半是程序缺陷。"),
}
