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
    "E307": Entry(2, "没有指明批次（可选：{batches}）", "加 --batch 批次编号，或设置环境变量 ZHUPEI_BATCH", "只有恰好一个进行中的批次时才能省略 --batch。"),
    # -- E4xx state and quota ------------------------------------------------------------------
    # -- E5xx database -------------------------------------------------------------------------
    "E501": Entry(6, "数据库不存在：{database}", "先运行 zhupei db init 建库，或用 --database 指向已有数据库", "为避免拼错路径时悄悄建出空库，只有 db init 会创建数据库。"),
    "E502": Entry(2, "数据库地址不对：{database}", "例如 sqlite:///zhupei.sqlite 或 postgresql+psycopg://用户@主机/库名", "地址的写法不对，或缺少对应的驱动。"),
    "E503": Entry(6, "数据库版本 {version} 低于程序需要的 {head}", "先运行 zhupei db upgrade 升级数据库", "程序已更新，数据库还是旧结构。"),
    "E504": Entry(6, "数据库版本 {version} 比程序的 {head} 新", "请升级程序后再用", "数据库由更新的程序建立或升级过。"),
    "E505": Entry(6, "数据库已损坏，或不是本程序的数据库：{detail}", "不要再写入，请从备份恢复", "文件内容被破坏，或给错了文件。"),
    "E506": Entry(6, "磁盘读写失败：{detail}", "请检查磁盘空间和权限后重试；没有写入任何内容", "磁盘已满、只读或出现故障。"),
    "E507": Entry(6, "连不上数据库：{detail}", "请检查数据库服务、地址、用户名和密码", "服务未启动、网络不通或登录失败。"),
    "E508": Entry(5, "数据库已存在：{database}", "直接使用即可；要升级用 zhupei db upgrade", "db init 只建新库，不会覆盖已有数据。"),
    # -- E6xx lock and permission --------------------------------------------------------------
    "E601": Entry(6, "数据库正忙，等了 30 秒仍被别的程序占用", "稍后再试；没有写入任何内容", "另一个命令正在写入同一个数据库。"),
    "E602": Entry(6, "数据库是只读的", "请检查文件和文件夹的写权限", "当前用户没有写权限，或介质只读。"),
    # -- E9xx unforeseen -----------------------------------------------------------------------
    "E901": Entry(1, "程序出错：{detail}", "加 --debug 重新运行可看到详细位置，请把输出发给技术支持", "没有预料到的错误，多半是程序缺陷。"),
}
