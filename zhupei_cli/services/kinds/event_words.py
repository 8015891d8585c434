"""What events are called in Chinese, for whoever reads them."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from zhupei_cli.rules.batch.lifecycle import ADMISSION, APPLICATION, BATCH
from zhupei_cli.rules.proof.digests import EventData
from zhupei_cli.rules.proof.explanation_words import seat_notes
from zhupei_cli.words.vocabulary import BAR_STATE, OBJECTION_STATE, CodeTable

_WORDS: Final[Mapping[str, str]] = {
    "account.check": "核对密码",
    "account.open": "建立账号",
    "account.reset": "重设密码",
    "admission.commit": "确定拟录取",
    "admission.decline": "登记放弃录取",
    "admission.finalize": "正式录取",
    "admission.no_show": "登记未报到",
    "admission.place": "安排到空缺岗位",
    "admission.quit": "登记退培",
    "admission.reinstate": "恢复录取资格",
    "admission.report": "登记报到",
    "admission.revoke": "取消录取",
    "admission.run": "计算录取",
    "admission.uncommit": "撤销拟录取",
    "admission.stay": "撤销退培登记",
    "admission.unplace": "撤销预先安排的名额",
    "application.correct": "更正报名",
    "application.edit": "修改报名",
    "application.import": "导入报名",
    "application.new": "新建报名",
    "application.print": "打印报名表",
    "application.submit": "提交报名",
    "application.withdraw": "撤回报名",
    "bar.activate": "诚信记录生效",
    "bar.add": "登记诚信记录",
    "bar.arise": "产生待确认的诚信记录",
    "bar.correct": "更正诚信记录的姓名、号码",
    "bar.erase": "清除诚信记录中的个人信息",
    "bar.export": "导出诚信名单",
    "bar.lift": "解除诚信记录",
    "base.edit": "修改基地",
    "base.reveal": "查看完整信息",
    "base.status": "启用或停用基地",
    "batch.create": "新建批次",
    "batch.edit": "修改批次",
    "batch.seal": "封存批次",
    "checkin.export": "写出报到表",
    "exam.allot": "安排座位",
    "exam.group_sheets": "印制复试签到表",
    "exam.sheets": "印制门贴、桌贴和签到表",
    "exam.tickets": "印制准考证",
    "exam_seat.write": "写入座位",
    "export.applicants": "导出报名信息",
    "export.frame": "导出含个人信息的报名底表",
    "export.letters": "印制录取通知书",
    "export.register": "导出学员登记表",
    "export.roster": "导出录取名单",
    "import.rows": "导入写入的行",
    "import.undo": "撤销导入",
    "import.undo.rows": "撤销导入的各行",
    "login.add": "新建登录账号",
    "login.remove": "删除登录账号",
    "notice.email": "发出邮件通知",
    "notice.workbook": "写出短信通知",
    "objection.add": "登记异议",
    "objection.answer": "答复异议",
    "objection.assign": "交办异议",
    "objection.close": "办结异议",
    "objection.erase": "清除异议中的个人信息",
    "objection.export": "导出异议登记表",
    "photo.export": "导出照片",
    "plan.set": "修改招收计划",
    "report.mail": "寄出日报",
    "report.nightly": "生成日报",
    "reveal": "查看完整信息",
    "review.approve": "审核通过",
    "review.export": "导出审核工作簿",
    "review.reject": "审核不通过",
    "review.return": "退回修改",
    "review.revoke": "撤销审核",
    "specialty.write": "写入专业目录",
    "trainee.edit": "修改学员信息",
    "trainee.education.add": "添加教育经历",
    "trainee.education.remove": "删除教育经历",
    "trainee.erase": "清除个人信息",
    "trainee.register": "注册账号",
    "trainee.reveal": "查看完整信息",
    "trainee.work.add": "添加工作经历",
    "trainee.work.remove": "删除工作经历",
    "trainee.write": "写入学员信息",
}


#: What moves from state to state has the words of its table.
_TABLES: Final = {"batch": BATCH, "application": APPLICATION, "review": APPLICATION, "admission": ADMISSION}


@cache
def _of_imports() -> Mapping[str, str]:
    # All kinds know half the program: lists of people do not wait for it.
    from zhupei_cli.services.kinds.register import KINDS, PARTS

    return {
        **{f"{entity}.write": f"写入{part.label}" for entity, part in PARTS.items()},
        **{f"{key}.import": f"导入{kind.label}" for key, kind in KINDS.items()},
    }


#: States of things that have no table of verbs.
_STATES: Final[Mapping[str, CodeTable]] = {"bar": BAR_STATE, "objection": OBJECTION_STATE}
_SUBJECTS: Final[Mapping[str, str]] = {
    "bar": "诚信记录",
    "base": "基地",
    "import": "导入",
    "objection": "异议",
    "trainee": "学员",
}


def action_label(action: str) -> str:
    """Return the Chinese for an event's action; the action itself where there is none."""
    what, _, verb = action.partition(".")
    table = _TABLES.get(what)
    if action not in _WORDS and table is not None and verb in table.verbs:
        return table.verbs[verb].label
    return _WORDS.get(action) or _of_imports().get(action, action)


#: What people call a whole group of actions.
_GROUPS: Final[Mapping[str, str]] = {
    "批次": "batch",
    "报名": "application",
    "审核": "review",
    "录取": "admission",
    "诚信": "bar",
    "异议": "objection",
    "通知": "notice",
    "考务": "exam",
    "学员": "trainee",
    "账号": "account",
    "招收计划": "plan",
    "基地": "base",
    "导出": "export",
    "日报": "report",
}


def actions_of(word: str) -> frozenset[str]:
    """Return the actions, and groups of actions, that a word means, be it a label or a part of one."""
    labels = known_actions()
    groups = {action[:at] for action in labels for at, sign in enumerate(action) if sign == "."}
    if word in labels or word in groups:
        return frozenset((word,))
    named = {_GROUPS[word]} if word in _GROUPS else set()
    exact = {action for action, label in labels.items() if label == word}
    return frozenset(named | (exact or {action for action, label in labels.items() if word in label}))


def known_actions() -> Mapping[str, str]:
    """Return every action there is with its label."""
    verbs = {f"{what}.{verb}" for what, table in _TABLES.items() for verb in table.verbs}
    return {action: action_label(action) for action in (*_WORDS, *verbs, *_of_imports())}


def note_of(action: str, subject: str | None, data: EventData | None) -> str | None:
    """Return what an event says beside its states.

    Of a seat whose it was, what was agreed to; of many rows how many, as its subject is the first of them.
    """
    if data is None:
        return None
    if not action.startswith("admission."):
        many = data.get("numbers") or data.get("keys") or ()
        return f"等 {len(many)} 项" if len(many) > 1 and subject in many else None
    left = f"{data['on']} 离开" if data.get("on") else None
    default = "违约" if data.get("default") else None
    return "，".join(one for one in (*seat_notes(data), left, default) if one) or None


def state_label(action: str, state: str | None) -> str | None:
    """Return the Chinese for a state an event moved from or to; any other text as it is."""
    what = action.partition(".")[0]
    labels = _STATES.get(what) or (_TABLES[what].labels if what in _TABLES else None)
    return state if state is None or labels is None else labels.labels.get(state, state)


def subject_label(subject: str | None) -> str | None:
    """Return the Chinese for what an event is about; numbers and codes are as they are."""
    what, _, number = (subject or "").partition(" ")
    return f"{_SUBJECTS[what]} {number}".strip() if what in _SUBJECTS else subject
