"""The register of importable kinds: complete, and known wherever people meet a kind."""

from collections import Counter

from zhupei_cli.services.kinds.event_words import action_label
from zhupei_cli.services.kinds.register import ENTITY, KIND, KINDS, PARTS
from zhupei_cli.services.proof.witnesses import WITNESSED, WITNESSES
from zhupei_cli.services.undo.field_words import field_label
from zhupei_cli.sheets.kinds import workbook_kinds


def test_every_sheet_of_the_contract_is_read_by_one_kind() -> None:
    read = Counter(id(sheet) for kind in KINDS.values() for sheet in kind.sheets)
    assert read == Counter(id(sheet) for sheet in workbook_kinds.ALL)


def test_every_kind_and_table_has_its_words() -> None:
    assert {key: action_label(f"{key}.import") for key in KINDS} == {
        "base": "导入基地",
        "specialty": "导入专业目录",
        "employer": "导入单位",
        "plan": "导入招收计划",
        "trainee": "导入学员和报名",
        "review": "导入审核意见",
        "score": "导入成绩",
        "checkin": "导入报到",
        "preplace": "导入专硕安排",
        "bar": "导入诚信名单",
        "exam_room": "导入考场",
        "exam_group": "导入复试分组",
        "photo": "导入照片",
    }
    assert {
        entity: action_label(f"{entity}.write") for entity in ("plan", "bar", "specialty", "trainee")
    } == {
        "plan": "写入招收计划",
        "bar": "写入诚信记录",
        "specialty": "写入专业目录",
        "trainee": "写入学员信息",
    }
    assert list(KIND.labels) == list(KINDS)
    assert dict(ENTITY.labels) == {entity: part.label for entity, part in PARTS.items()}


def test_fields_of_every_table_have_headings() -> None:
    assert {name: field_label(f"bar.{name}") for name in ("until", "reason")} == {
        "until": "截止日期",
        "reason": "原因",
    }
    assert (field_label("preplace.university"), field_label("preplace.tutor")) == ("培养高校", "导师")
    named = {name: field_label(name) for name in ("exam_site.name", "exam_site.city", "exam_room.seats")}
    assert named == {"exam_site.name": "考点名称", "exam_site.city": "所在地市", "exam_room.seats": "座位数"}
    assert (field_label("base.city"), field_label("admission.status")) == ("所在地市", "录取状态")


def test_what_is_put_back_is_witnessed_or_told_in_full() -> None:
    unproven = {entity for entity, part in PARTS.items() if part.witnesses is None}
    assert unproven == {"admission"}
    assert WITNESSES.keys() == {*PARTS, "objection", "exam_seat", "notice", "night", "account"} - unproven
    assert (WITNESSED["objection"], WITNESSED["exam_seat"]) == ("异议", "座位")
