"""The field's words: codes as they are stored, labels as people read them, spellings met in workbooks."""

import unicodedata
from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from typing import Final


class BatchStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"
    COMMITTED = "committed"
    PUBLICITY = "publicity"
    FINAL = "final"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class ApplicationStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AdmissionStatus(StrEnum):
    PROPOSED = "proposed"
    NOT_ADMITTED = "not_admitted"
    ADMITTED = "admitted"
    DECLINED = "declined"
    REVOKED = "revoked"
    REPORTED = "reported"
    NO_SHOW = "no_show"
    QUIT = "quit"


class Decision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"
    REVOKE = "revoke"


class Identity(StrEnum):
    OWN = "own"
    SOCIAL = "social"
    ENTRUSTED = "entrusted"
    POSTGRAD = "postgrad"


class IdType(StrEnum):
    ID_CARD = "id_card"
    HK_MACAO_PASS = "hk_macao_pass"
    TAIWAN_PASS = "taiwan_pass"
    RESIDENCE_PERMIT = "residence_permit"
    PERMANENT_RESIDENCE = "permanent_residence"
    PASSPORT = "passport"


class Rule(StrEnum):
    CHOICE_FIRST = "choice-first"
    SCORE_FIRST = "score-first"
    STABLE = "stable"


class Outcome(StrEnum):
    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"


class CodeTable:
    """A closed list of codes with labels and the other spellings people use for them."""

    def __init__(
        self,
        name: str,
        labels: Mapping[str, str],
        aliases: Mapping[str, str] | None = None,
        *,
        unoffered: Container[str] = (),
    ) -> None:
        """Take code → label and alias → code; the order of `labels` is the order people see.

        Codes that are `unoffered` are read and shown, but not among the words people choose from.
        """
        self._offered = [label for code, label in labels.items() if code not in unoffered]
        self.name: Final = name
        self.labels: Final = {str(code): label for code, label in labels.items()}
        self._codes = {word: str(code) for word, code in (aliases or {}).items()}
        self._codes.update({label: code for code, label in self.labels.items()})
        self._codes.update({code: code for code in self.labels})

    def parse(self, text: str) -> str | None:
        """Return the code for a code, label or known spelling; None when the word is not known.

        Full-width characters, spaces and the case of letters do not matter.
        """
        return self._codes.get(text) or self._codes.get(_plain(text))

    def label(self, code: str) -> str:
        """Return the label of `code`; KeyError when it is no code of this table."""
        return self.labels[code]

    def words(self) -> Iterable[str]:
        """Return the labels in their order, as a drop-down offers them."""
        return self._offered


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def spellings(code: str, words: str) -> dict[str, str]:
    """Return the aliases of `code` from its words, written with spaces between."""
    return dict.fromkeys(words.split(), code)


# -- states -----------------------------------------------------------------------------------

BATCH_STATUS: Final = CodeTable(
    "批次状态",
    {
        BatchStatus.DRAFT: "筹备中",
        BatchStatus.OPEN: "报名中",
        BatchStatus.CLOSED: "报名结束",
        BatchStatus.LOCKED: "已锁定",
        BatchStatus.COMMITTED: "已定拟录取",
        BatchStatus.PUBLICITY: "公示中",
        BatchStatus.FINAL: "已正式录取",
        BatchStatus.ARCHIVED: "已归档",
        BatchStatus.CANCELLED: "已取消",
    },
)
APPLICATION_STATUS: Final = CodeTable(
    "报名状态",
    {
        ApplicationStatus.DRAFT: "未提交",
        ApplicationStatus.SUBMITTED: "已提交",
        ApplicationStatus.RETURNED: "退回修改",
        ApplicationStatus.APPROVED: "基地审核通过",
        ApplicationStatus.REJECTED: "审核不通过",
        ApplicationStatus.WITHDRAWN: "已撤回",
    },
)
ADMISSION_STATUS: Final = CodeTable(
    "录取状态",
    {
        AdmissionStatus.PROPOSED: "拟录取",
        AdmissionStatus.NOT_ADMITTED: "未录取",
        AdmissionStatus.ADMITTED: "已录取",
        AdmissionStatus.DECLINED: "放弃录取",
        AdmissionStatus.REVOKED: "取消录取",
        AdmissionStatus.REPORTED: "已报到",
        AdmissionStatus.NO_SHOW: "未报到",
        AdmissionStatus.QUIT: "已退培",
    },
)

# -- the account ------------------------------------------------------------------------------

#: 业务 and 角色 of an account (指南 二.1); this database knows one of each.
BUSINESS: Final = CodeTable("业务", {"residency": "住院医师规范化培训"})
ROLE: Final = CodeTable("角色", {"trainee": "学员"})

# -- the application --------------------------------------------------------------------------

IDENTITY: Final = CodeTable(
    "个人身份",
    {
        Identity.OWN: "本单位住院医师",
        Identity.SOCIAL: "面向社会招收住院医师",
        Identity.ENTRUSTED: "外单位委托培养住院医师",
        Identity.POSTGRAD: "在读专硕",
    },
    {
        **spellings(Identity.OWN, "本单位 本单位人 本单位人员"),
        **spellings(Identity.SOCIAL, "社会人 行业人 社会招收 面向社会 面向社会招收 社会招收住院医师"),
        **spellings(Identity.ENTRUSTED, "委培 委培人 委培单位人 委托培养 外单位委托培养 委托培养住院医师"),
        **spellings(Identity.POSTGRAD, "在校专硕 专硕 四证合一 在读专业硕士 专业学位硕士研究生"),
    },
    # Only some batches take them: their setting `identities` says which.
    unoffered={Identity.POSTGRAD},
)
#: Words that could mean two of the identities: a problem that lists all three, never a guess.
AMBIGUOUS_IDENTITIES: Final = frozenset({"单位人"})

DECISION: Final = CodeTable(
    "审核决定",
    {
        Decision.APPROVE: "通过",
        Decision.REJECT: "不通过",
        Decision.RETURN: "退回修改",
        Decision.REVOKE: "撤销审核",
    },
)
#: What a reviewing base may answer in 审核结果; taking a decision back is not among it.
REVIEW_ANSWER: Final = CodeTable(
    "审核结果",
    {code: DECISION.label(code) for code in (Decision.APPROVE, Decision.REJECT, Decision.RETURN)},
    {
        **spellings(Decision.APPROVE, "审核通过 基地审核通过"),
        **spellings(Decision.REJECT, "审核不通过 基地审核不通过 未通过"),
        **spellings(Decision.RETURN, "退回"),
    },
)
SOURCE_TYPES: Final = ("应届毕业生", "往届毕业生", "农村订单定向", "在读专硕", "其他")
TRAIN_YEARS: Final = (1, 2, 3)

# -- admission --------------------------------------------------------------------------------

RULE: Final = CodeTable(
    "录取规则", {Rule.CHOICE_FIRST: "志愿优先", Rule.SCORE_FIRST: "分数优先", Rule.STABLE: "稳定匹配"}
)
OUTCOME: Final = CodeTable("录取结果", {Outcome.ADMITTED: "录取", Outcome.NOT_ADMITTED: "未录取"})
VIA: Final = CodeTable(
    "录取志愿",
    {
        "choice1": "第一志愿",
        "choice2": "第二志愿",
        "adjust": "调剂",
        "place": "个别安排",
        "preplaced": "预先安排",
    },
)
NOT_ADMITTED: Final = CodeTable(
    "未录取原因",
    {
        "absent": "缺考或成绩不全",
        "below_line": "未达最低分数线",
        "no_vacancy": "服从调剂但无空缺岗位",
        "full": "所报志愿已录满",
    },
)
#: Where somebody stands who gave a seat up, or lost it.
DECIDED_ON: Final = (
    AdmissionStatus.DECLINED,
    AdmissionStatus.REVOKED,
    AdmissionStatus.NO_SHOW,
    AdmissionStatus.QUIT,
)
#: Why somebody has no seat now: the reason of the newest run, what happened since, or what they decided.
WITHOUT_SEAT: Final = CodeTable(
    "没有名额的原因",
    {
        **NOT_ADMITTED.labels,
        "vacant": "现有空缺名额可以递补",
        "ceded": "空缺名额已转入补录",
        "placeable": "现有空缺名额可以个别安排",
        "returned": "空缺名额已转回原批次",
        "over": "批次已归档，空缺名额不再递补",
        "reinstated": "已恢复录取资格，没有名额",
        "elsewhere": "本年度已在别的批次录取",
        "left_out": "未参加此后的递补",
        **{status: ADMISSION_STATUS.label(status) for status in DECIDED_ON},
    },
)
#: What somebody agreed to when a place was given by hand, by the code of the doubt.
OVERRIDDEN: Final = CodeTable(
    "经同意越过的疑问",
    {
        "E419": "没有总成绩",
        "E420": "低于分数线",
        "E421": "名次在前的考生",
        "E423": "历年记录有碍",
        "E687": "没有填报这个岗位",
        "E728": "订单定向不可去的专业",
    },
)
ROUND: Final = CodeTable("录取轮次", {"main": "志愿录取", "adjust": "调剂录取", "refill": "递补"})
ADJUST_SCOPE: Final = CodeTable("调剂范围", {"specialty": "本专业", "category": "同类别专业"})
TIE_KEY: Final = CodeTable(
    "同分排序",
    {"written": "笔试", "skill": "技能", "interview": "面试", "submitted_at": "首次提交时间"},
    spellings("submitted_at", "提交时间 首次提交"),
)
#: How severe a batch makes a rule.
SEVERITY: Final = CodeTable(
    "规则的程度",
    {"error": "错误", "warning": "提醒", "off": "关闭"},
    {
        **spellings("error", "不允许 禁止 拒绝"),
        **spellings("warning", "警告 提示"),
        **spellings("off", "关 不检查 不查"),
    },
)
ENABLED: Final = CodeTable("基地状态", {"enabled": "启用", "disabled": "停用"})

# -- conduct and objections ---------------------------------------------------------------------

BAR_KIND: Final = CodeTable(
    "诚信记录的类别",
    {"default": "违约退培", "no_show": "无故未报到", "cheating": "作弊", "other": "其他"},
    {
        **spellings("default", "违约 退培"),
        **spellings("no_show", "未报到 无故不报到"),
        **spellings("cheating", "考试作弊 舞弊"),
    },
)
BAR_STATE: Final = CodeTable(
    "诚信记录的状态",
    {"pending": "待确认", "active": "生效", "lifted": "已解除"},
    {**spellings("active", "有效 已生效"), **spellings("lifted", "解除")},
)
OBJECTION_STATE: Final = CodeTable(
    "异议的状态",
    {"open": "待处理", "answered": "已答复", "closed": "已办结"},
    spellings("closed", "办结"),
)
UPHELD: Final = CodeTable(
    "异议的结论", {"1": "成立", "0": "不成立"}, {**spellings("1", "是"), **spellings("0", "否")}
)

ALLOT_BY: Final = CodeTable(
    "座位的安排",
    {"mixed": "混合", "specialty": "专业", "base": "基地", "city": "地市"},
    {
        **spellings("mixed", "随机 打乱 混编"),
        **spellings("specialty", "按专业"),
        **spellings("base", "按基地"),
        **spellings("city", "按地市 城市"),
    },
)

EXAM_PAPER: Final = CodeTable(
    "考务材料", {"door": "门贴", "desk": "桌贴", "sign": "签到表", "book": "签到登记表"}
)
EXAM_PART: Final = CodeTable("科目", {"written": "笔试", "skill": "技能", "interview": "面试"})

ROSTER_FORMAT: Final = CodeTable("名单的格式", {"xlsx": "工作簿", "pdf": "PDF"})
LETTER_FORMAT: Final = CodeTable(
    "通知书的格式", {"pdf": "PDF", "docx": "Word"}, spellings("docx", "doc WPS 文档")
)
NOTICE_EVENT: Final = CodeTable(
    "通知的事项",
    {
        "approved": "审核通过",
        "returned": "退回修改",
        "exam": "考试",
        "interview": "复试",
        "proposed": "拟录取",
        "refilled": "递补",
        "admitted": "正式录取",
        "checkin": "报到提醒",
    },
    {
        **spellings("approved", "通过 基地审核通过"),
        **spellings("returned", "退回"),
        **spellings("exam", "笔试 准考证"),
        **spellings("interview", "面试"),
        **spellings("refilled", "递补录取"),
        **spellings("admitted", "录取 已录取"),
        **spellings("checkin", "报到 check-in"),
    },
)
NOTICE_WAY: Final = CodeTable(
    "通知的方式", {"workbook": "短信", "email": "邮件"}, spellings("workbook", "工作簿 sms")
)
NOTICE_STATE: Final = CodeTable("通知的状态", {"sending": "发送中", "sent": "已发", "refused": "拒收"})

PHOTO_NAME: Final = CodeTable(
    "照片的文件名", {"application_no": "报名号", "id_number": "证件号码", "ticket": "准考证号"}
)

# -- the command line ---------------------------------------------------------------------------

IMPORT_MODE: Final = CodeTable(
    "导入方式",
    {"upsert": "新增或更新", "insert": "只新增", "update": "只更新"},
    {
        **spellings("upsert", "新增和更新 新增更新"),
        **spellings("insert", "新增 仅新增"),
        **spellings("update", "更新 修改 仅更新"),
    },
)
#: What keyboards and word processors make of a hyphen.
HYPHENS: Final = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣⁃─━"), "-")
OUTPUT_FORMAT: Final = CodeTable(
    "输出格式",
    {"table": "表格", "json": "JSON", "jsonl": "逐行 JSON", "csv": "CSV", "xlsx": "工作簿"},
    spellings("xlsx", "excel wps xls 电子表格") | spellings("table", "屏幕 txt"),
)

#: Of lists that are published: a page besides.
PAGE_FORMAT: Final = CodeTable(
    "输出格式",
    {**OUTPUT_FORMAT.labels, "html": "网页", "pdf": "PDF"},
    spellings("xlsx", "excel wps xls 电子表格") | spellings("table", "屏幕 txt") | spellings("html", "htm"),
)

# -- yes and no -------------------------------------------------------------------------------


def _flag(name: str, labels: tuple[str, str] = ("是", "否"), *, yes: str = "", no: str = "") -> CodeTable:
    aliases = spellings("1", f"是 有 y yes true √ {yes}") | spellings("0", f"否 无 没有 n no false × {no}")
    return CodeTable(name, {"1": labels[0], "0": labels[1]}, aliases)


YES_NO: Final = _flag("是否")
FULL_TIME: Final = _flag("是否全日制", yes="全日制", no="非全日制")
CONSENT: Final = _flag("是否服从调剂", yes="服从 服从调剂", no="不服从 不服从调剂")
PASSED: Final = _flag("是否通过", yes="通过 已通过", no="未通过 不通过")
#: Ticked or not; a cross may mean either.
MISSED: Final = CodeTable(
    "缺考",
    {"1": "√", "0": "否"},
    {**spellings("1", "是 缺考 缺 y yes true ✓ ✔ ☑"), **spellings("0", "到 到考 未缺考 n no false □")},
)
CHECKED_IN: Final = _flag("是否报到", yes="报到 已报到", no="未报到")
SHORTAGE: Final = _flag("紧缺", yes="紧缺", no="非紧缺")
#: 应届往届 asks which of two, so 是 answers nothing.
FRESH: Final = CodeTable(
    "应届往届",
    {"1": "应届", "0": "往届"},
    spellings("1", "应届生 应届毕业生 应届毕业") | spellings("0", "往届生 往届毕业生 往届毕业 历届 历届生"),
)


def flag(table: CodeTable, text: str) -> bool | None:
    """Return what `text` says in a yes-or-no table; None when the word is not known."""
    code = table.parse(text)
    return None if code is None else code == "1"


def flag_label(table: CodeTable, value: bool) -> str:
    """Return the word of a yes-or-no table for `value`."""
    return table.label("1" if value else "0")
