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
    "E003": Entry(1, "不能写入 {file}：{detail}", "请检查文件夹是否存在、是否有写权限、磁盘是否已满", "操作系统拒绝写入。"),
    "E081": Entry(4, "文件夹 {folder} 不存在", "请先建立文件夹，或换一个位置", "只写入已有的文件夹，以免拼错路径。"),
    "E082": Entry(1, "无法写入文件 {file}：{detail}", "请检查权限和磁盘空间；文件若在 Excel 中打开，请先关闭", "操作系统拒绝写入。"),
    # -- E1xx persons --------------------------------------------------------------------------
    "E110": Entry(3, "{id_type}号码 {number} 的格式不对", "应为{form}，请核对证件类型和号码", "护照、通行证等只核对号码的格式。"),
    "E111": Entry(3, "{id_type}号码 {number} 有 {length} 位，应为 18 位", "对照证件重新填写；Excel 中先把该列设为文本再填", "号码多填或漏填了字符。"),
    "E112": Entry(3, "{number} 是 15 位旧身份证号码", "请填 18 位的新号码", "15 位身份证自 2013 年起停止使用，没有校验位，不能可靠地换算。"),
    "E113": Entry(3, "{id_type}号码 {number} 开头的省份代码不存在", "请核对号码的前两位，或改正证件类型", "居民身份证号码的前两位是省级行政区划代码（GB/T 2260）。"),
    "E114": Entry(3, "{id_type}号码 {number} 中的出生日期不存在", "请核对号码的第 7 至 14 位", "号码的第 7 至 14 位是出生年月日，没有这样的日期。"),
    "E115": Entry(3, "{id_type}号码 {number} 中的出生日期在今天之后", "请核对号码的第 7 至 14 位", "号码的第 7 至 14 位是出生年月日，不可能在将来。"),
    "E116": Entry(3, "{id_type}号码 {number} 的校验位不符", "至少有一位写错，请对照证件重新填写", "最后一位由前 17 位算出（GB 11643，模 11-2），不符说明有字符写错或颠倒。"),
    "E117": Entry(3, "{id_type}号码 {number} 含有不应有的字符", "前 17 位只能是数字，最后一位是数字或 X", "号码中夹有字母、标点或相近的字符，例如把 0 写成 O。"),
    "E118": Entry(3, "{number} 是居住证号码，证件类型却是{id_type}", "把证件类型改为港澳台居民居住证", "以 81、82、83 开头的 18 位号码属于港澳台居民居住证。"),
    "E119": Entry(3, "{number} 不是{id_type}的号码", "居住证号码以 81、82 或 83 开头；若是身份证，请把证件类型改为居民身份证", "港澳台居民居住证号码以 810000、820000、830000 开头。"),
    "E150": Entry(3, "缺少 {label}", "请补填；标 ● 的项目提交前必须齐全", "报名信息的必填项没有填写，库中也没有。"),
    "E151": Entry(3, "{label}与身份证号码不一致", "以身份证为准改正，或留空由号码推出", "性别、出生日期由身份证号码决定。"),
    "E152": Entry(3, "最高学历是本科，但本科信息与毕业信息不一致", "两处填成一致，或只填毕业院校、毕业专业、毕业时间", "最高学历为本科时，本科各列与毕业各列说的是同一段经历。"),
    "E153": Entry(3, "填写了工作单位，但“是否有工作单位”不是“是”", "有工作单位填“是”，没有则清空工作单位", "两列互相矛盾，不能替人决定。"),
    "E154": Entry(3, "“是否有工作单位”为“是”，但没有填写工作单位", "请填写准确的单位名称", "有工作单位的人必须填写单位（指南 二.2 工作信息）。"),
    "E155": Entry(3, "内容太长：{found} 个字，最多 {length} 个字", "请缩短", "超出数据库字段长度，为避免被截断而拒绝。"),
    "E156": Entry(3, "出生日期 {value} 在今天之后", "请核对出生日期", "出生日期不可能在将来。"),
    "E157": Entry(3, "同一人 {number} 在本次导入中重复出现，另见 {others}", "只保留一行", "无法判断以哪一行为准，两行都不导入。"),
    "E158": Entry(3, "报名信息表和库中都没有证件号码 {number}", "先在报名信息表中填写此人", "教育经历、工作经历要附在已有的人名下。"),
    "E159": Entry(3, "{number} 已存在，insert 方式只新增", "改用 --mode upsert 或 --mode update", "导入方式限定为只新增。"),
    "E160": Entry(3, "{number} 不存在，update 方式只更新", "改用 --mode upsert 或 --mode insert", "导入方式限定为只更新。"),
    "E161": Entry(3, "姓名 {given} 与库中的 {stored} 不同", "核对证件号码和姓名；确需改名请用 zhupei trainee edit", "同一证件号码对应两个姓名，多半是号码或姓名写错，因此从不覆盖。"),
    "E162": Entry(3, "同一人在工作表 {sheet} 第 {row} 行有误，本行一并不导入", "改正那一行后一起导入", "一个人的各行要么全部导入，要么全部不导入。"),
    # -- E2xx application rules ----------------------------------------------------------------
    "E251": Entry(3, "缺少 {label}", "填报志愿时此项必填", "个人身份起的各列是报名内容，要么填齐，要么全部留空（只导入个人信息）。"),
    "E252": Entry(3, "填写了第二志愿专业，但没有第二志愿基地", "补填第二志愿基地，或清空第二志愿专业", "第二志愿由基地和专业组成。"),
    "E253": Entry(3, "生源类型 {value} 不在本批次的范围内", "可选：{choices}", "生源类型由批次设置决定。"),
    "E254": Entry(3, "培训年限 {value} 不对", "填 1、2 或 3", "住院医师规范化培训年限为 1 至 3 年。"),
    "E255": Entry(3, "第一志愿与第二志愿相同：{base}", "第二志愿换一个基地，或留空", "两个志愿必须不同。"),
    "E256": Entry(3, "本批次两个志愿须为同一专业", "清空第二志愿专业，或填成报名专业", "批次设置 same_specialty=true。"),
    "E257": Entry(3, "{base} 在本批次没有 {specialty} 的招收计划", "换一个志愿；zhupei batch plan list 查看招收计划", "志愿必须是招收计划中的岗位。"),
    "E258": Entry(3, "{base} 的 {specialty} 已停招", "换一个志愿", "停招的岗位不能填报。"),
    "E261": Entry(5, "{application_no}：审核不通过或退回修改必须写明原因", "加 --reason 原因，或填写原因列", "指南 二.5：审核不通过、退回修改均后附原因。"),
    # -- E3xx not found ------------------------------------------------------------------------
    "E301": Entry(4, "没有批次 {batch}", "{nearest}zhupei batch list 查看全部批次", "批次编号写错，或连接的不是同一个数据库。"),
    "E302": Entry(4, "没有培训基地 {base}", "{nearest}zhupei base list 查看全部基地", "基地编号或名称与基地库不一致。"),
    "E303": Entry(4, "没有专业 {specialty}", "{nearest}zhupei base specialty list 查看专业目录", "专业代码或名称与专业目录不一致。"),
    "E304": Entry(4, "没有报名号 {application_no}", "{nearest}zhupei apply list 查看报名号", "报名号写错，或不属于该批次。"),
    "E305": Entry(4, "批次 {batch} 没有第 {run} 次录取计算", "zhupei admit runs 查看全部录取计算", "录取计算编号写错，或已随解锁清除。"),
    "E306": Entry(4, "招收计划中没有 {base} 的 {specialty}", "zhupei batch plan list 查看招收计划", "该基地在本批次没有这个专业的招收计划。"),
    "E307": Entry(2, "没有指明批次（可选：{batches}）", "加 --batch 批次编号，或设置环境变量 ZHUPEI_BATCH", "只有恰好一个进行中的批次时才能省略 --batch。"),
    # -- E4xx state and quota ------------------------------------------------------------------
    "E430": Entry(2, "权重 {weights} 不对：{problem}", "写成 written=0.4,skill=0.4,interview=0.2，三项都是非负小数，合计正好是 1", "总成绩按权重精确计算，合计不等于 1 时名次没有意义。"),
    "E431": Entry(2, "同分排序项 {tie_keys} 不对：{problem}", "从 written,skill,interview,submitted_at 中选，每项至多一次，也可以留空", "同分时按所列各项依次比较，最后总是报名号。"),
    "E432": Entry(5, "不能按 score-first 录取：{count} 名考生有基地单独成绩，例如 {application_no}", "改用 --rule stable，或删去基地单独成绩", "平行志愿要求全体考生按同一份成绩排名。"),
    "E440": Entry(3, "{no}：结果有 {count} 行，应当正好一行", "录取结果不完整或重复，请重新运行 zhupei admit run", "每名考生在一次录取计算中正好有一行结果。"),
    "E441": Entry(3, "{base} 的 {specialty} 计划 {quota} 人，此前已占 {held} 人，本次又录取 {taken} 人", "名额超出计划，请重新运行 zhupei admit run", "本次录取人数不得超过剩余名额；此前已满的岗位不得再录取。"),
    "E442": Entry(3, "{base} 的 {specialty} 对 {identity} 上限 {limit} 人，此前已占 {held} 人，本次又录取 {taken} 人", "人数超出该身份上限，请重新运行 zhupei admit run", "岗位可以为本单位、委托培养、面向社会分别设上限。"),
    "E443": Entry(3, "{no} 不应由 {via} 录取到 {base} 的 {specialty}：{problem}", "请重新运行 zhupei admit run", "只有在招岗位、有总成绩、达到分数线，并且是本人志愿或调剂，才能录取。"),
    "E444": Entry(3, "{no} 应当优先于他人得到 {base} 的 {specialty}（第 {choice} 志愿）", "请重新运行 zhupei admit run", "岗位还有名额，或录取了排名在后的人，而此人没有得到更靠前的志愿。"),
    "E445": Entry(3, "{no} 不应调剂：{problem}", "请重新运行 zhupei admit run", "只调剂服从调剂、第一志愿基地有总成绩而没有录取到志愿的考生。"),
    "E446": Entry(3, "{no} 的调剂去向应为 {expected}，结果却是 {found}", "请重新运行 zhupei admit run", "调剂按排名逐人进行，并依次比较专业、紧缺、城市、空余名额、代码。"),
    "E447": Entry(3, "{no} 的 {field} 应为 {expected}，结果却是 {found}", "请重新运行 zhupei admit run", "结果行的总成绩、名次、原因与规则不一致。"),
    "E450": Entry(5, "批次 {batch} 现在不接受报名（{status}）", "报名要在批次开放且在报名时间内；确需补录入用 --late --reason 原因", "批次未开放、已关闭，或不在报名起止时间内。"),
    "E451": Entry(5, "批次 {batch} 现在不能审核（{status}）", "审核在批次开放后、锁定前进行", "锁定后审核结果即作为录取依据。"),
    "E452": Entry(5, "{application_no} 现在是 {status}，不能审核", "只有已提交的报名可以审核；要改变已作的决定，先用 zhupei review revoke", "审核决定不会被覆盖。"),
    "E453": Entry(5, "{application_no} 已提交，本行与提交的内容不同：{fields}", "提交后不能修改；确有错误用 zhupei apply correct", "指南 二.3：信息提交后将无法修改。"),
    "E454": Entry(5, "{application_no} 不能提交：{problem}", "改正后再提交；多个报名号时可加 --skip-bad 只提交合格的", "资料不全、志愿不符合招收计划或身份规则，或状态不允许。"),
    "E455": Entry(5, "{application_no} 现在是 {status}，不能提交", "只有未提交和退回修改的报名可以提交", "已提交的报名不能再次提交。"),
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
