"""One prepared database and its workbooks, and a line for every command of the program."""

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.builders import store_world, worked_example
from tests.conftest import NOW, OPERATOR
from tests.exam_world import take_rooms
from tests.people import id_number, open_batch, person, write_book
from tests.pictures import picture
from tests.services.imported import reading_of, take_in
from zhupei_cli.acting import Acting
from zhupei_cli.services.admission import admissions, stages
from zhupei_cli.services.admission.preplacing.giving import import_preplaced
from zhupei_cli.services.exams.allotting import allot_seats
from zhupei_cli.services.marks.exam_groups import import_groups
from zhupei_cli.services.records.lookup import find_batch
from zhupei_cli.services.results.sealing import seal_batch
from zhupei_cli.services.reviews import decisions as reviews
from zhupei_cli.sheets.kinds import workbook_kinds
from zhupei_cli.sheets.kinds.columns import Kind
from zhupei_cli.sheets.kinds.exam_kinds import EXAM_GROUP
from zhupei_cli.store.backup import back_up
from zhupei_cli.store.counters import take
from zhupei_cli.store.engine import transaction
from zhupei_cli.words.vocabulary import Decision

_BY: Final = Acting(OPERATOR, NOW)
_PEOPLE: Final = [person(at) for at in range(300, 306)]

#: By the words that lead to a command: what else is typed. {home} is the folder of the workbooks and
#: of what is written, {url} the database.
LINES: Final = {
    "db backup": "{home}/备份.sqlite",
    "db check": "",
    "db copy": "{url} sqlite:///{home}/复制.sqlite",
    "db info": "",
    "db init": "--database sqlite:///{home}/新.sqlite",
    "db restore": "{home}/旧备份.sqlite --yes",
    "db roles apply": "",
    "db roles show": "",
    "db upgrade": "",
    "db user add": "zhangsan --province --password-stdin",
    "db user list": "",
    "db user remove": "zhangsan --yes",
    "base disable": "4101002 --reason 停办",
    "base edit": "4101001 --level 三级",
    "base enable": "4101001",
    "base import": "{home}/基地.xlsx",
    "base list": "--reveal -o {home}/基地名单.xlsx",
    "base show": "4101001 --reveal",
    "base specialty import": "{home}/专业.xlsx",
    "base specialty list": "-o {home}/专业名单.csv",
    "base specialty template": "-o {home}/专业模板.xlsx",
    "base template": "-o {home}/基地模板.xlsx",
    "batch create": "HN2030 --name 新批次 --year 2030 --apply-from 2030-06-01 --apply-until 2030-06-30",
    "batch list": "-o {home}/批次.json",
    "batch show": "HN2025",
    "batch edit": "HN2025 --name 改名",
    "batch plan import": "{home}/计划.xlsx --batch HN2025",
    "batch plan list": "--batch HN2025 -o {home}/计划名单.xlsx",
    "batch plan resume": "4101001 0100 --batch HN2025",
    "batch plan set": "4101001 0100 12 --batch HN2025",
    "batch plan stop": "4101001 0100 --batch HN2025",
    "batch plan template": "--wide -o {home}/计划模板.xlsx",
    "batch open": "HN2025",
    "batch extend": "HN2025 --apply-until 2026-07-30",
    "batch close": "HN2025 --yes",
    "batch reopen": "HN2025",
    "batch lock": "HN2025 --reason 到期 --yes",
    "batch unlock": "L --reason 补录 --yes",
    "batch publish": "L --yes",
    "batch finalize": "L --yes",
    "batch seal": "T -o {home}/T.zhupei",
    "batch archive": "T --yes",
    "batch cancel": "HN2025 --reason 作废 --yes",
    "trainee template": "--batch HN2025 -o {home}/报名模板.xlsx",
    "trainee import": "{home}/人员.xlsx --batch HN2025",
    "trainee register": "--name 张三丰 --id-number {new} --mobile 13800000000 --username zsf "
    "--password-stdin",
    "trainee password check": "{who} --password-stdin",
    "trainee password reset": "{who} --username wangyi --password-stdin",
    "trainee edit": "{who} --mobile 13900000001",
    "trainee education add": "{who} --level 本科 --school 河南大学 "
    "--major 临床医学 --graduated-on 2020-06 --full-time 是",
    "trainee education list": "{who} -o {home}/学历.csv",
    "trainee education remove": "{who} 1 --yes",
    "trainee work add": "{who} --employer-name 某医院 --from-date 2020-01",
    "trainee work list": "{who}",
    "trainee work remove": "{who} 1 --yes",
    "trainee employer import": "{home}/单位.xlsx",
    "trainee employer search": "医院",
    "trainee employer template": "-o {home}/单位模板.xlsx",
    "trainee list": "--reveal -o {home}/学员.xlsx",
    "trainee show": "{who} --reveal",
    "trainee check": "{who}",
    "trainee standing": "{who}",
    "trainee bar activate": "1 --reason 核定 --yes",
    "trainee bar add": "{who} --kind cheating --years 3 --reason 代考",
    "trainee bar export": "-o {home}/诚信名单.xlsx",
    "trainee bar import": "{home}/诚信.xlsx",
    "trainee bar lift": "1 --reason 查明无误 --yes",
    "trainee bar list": "-o {home}/诚信名单.csv",
    "trainee bar template": "-o {home}/诚信模板.xlsx",
    "objection add": "T-0000003 --text 工作经历不实",
    "objection answer": "1 --text 属实 --yes",
    "objection assign": "1 --to 科教处 --yes",
    "objection close": "1 --outcome 不成立 --reason 属实 --yes",
    "objection export": "--batch T -o {home}/异议登记表.xlsx",
    "objection list": "--batch T -o {home}/异议.csv",
    "trainee history": "{who}",
    "trainee photo export": "--batch T -o {home}/照片夹",
    "trainee photo import": "{home}/照片.zip",
    "trainee erase": "{who} --reason 本人申请 --yes",
    "apply new": "--person {who} --batch T --late --reason 补录 --identity 社会人 --source-type 应届毕业生 "
    "--specialty 内科 --choice1 4101001 --train-years 3 --no-adjust",
    "apply edit": "HN2025-0000005 --choice1 4101002",
    "apply submit": "--all-ready --batch HN2025 --yes",
    "apply withdraw": "HN2025-0000001 --yes",
    "apply correct": "HN2025-0000001 毕业院校 河南大学 --reason 更正",
    "apply list": "--batch HN2025 -o {home}/报名.jsonl",
    "apply show": "HN2025-0000001 --reveal",
    "apply status": "HN2025-0000001",
    "apply print": "HN2025-0000001 -o {home}/报名表.pdf",
    "apply stats": "--batch HN2025",
    "review queue": "--batch HN2025 -o {home}/待审.xlsx",
    "review show": "HN2025-0000001",
    "review approve": "HN2025-0000001",
    "review reject": "HN2025-0000001 --reason 材料不全",
    "review return": "HN2025-0000001 --reason 材料不全",
    "review revoke": "HN2025-0000002 --reason 有误",
    "review export": "--all --batch HN2025 -o {home}/审核",
    "review import": "{home}/审核.xlsx --batch HN2025",
    "review log": "HN2025-0000002",
    "admit scores bands": "--batch L",
    "admit scores import": "{home}/成绩.xlsx --batch HN2025",
    "admit scores list": "--batch L --reveal -o {home}/成绩单.xlsx",
    "admit scores template": "--batch HN2025 -o {home}/成绩模板.xlsx",
    "admit check": "--batch L",
    "admit run": "--batch L",
    "admit runs": "--batch L",
    "admit show": "1 --batch L",
    "admit list": "--batch L --run 1 -o {home}/录取.csv",
    "admit explain": "L-0000001 --run 1",
    "admit compare": "1 1 --batch L",
    "admit what-if": "--batch L --rule stable",
    "admit verify": "1 --batch L",
    "admit commit": "1 --batch L --yes",
    "admit uncommit": "--batch L --reason 有误 --yes",
    "admit place": "T-0000003 A 0100 --reason 补位",
    "admit revoke": "T-0000001 --reason 有误 --yes",
    "admit decline": "T-0000001 --reason 本人放弃",
    "admit quit": "T-0000002 --reason 本人申请",
    "admit reinstate": "T-0000001 --reason 有误",
    "admit checkin import": "{home}/报到.xlsx --batch T",
    "admit checkin template": "--batch T -o {home}/报到模板.xlsx",
    "admit preplace import": "{home}/安排.xlsx --batch L",
    "admit preplace list": "--batch L --reveal -o {home}/安排名单.xlsx",
    "admit preplace template": "--batch L -o {home}/安排模板.xlsx",
    "admit preplace undo": "L-0000005 --reason 重来 --yes",
    "exam allot": "--batch E --again --seed 2 --yes",
    "exam groups import": "{home}/复试.xlsx --batch E",
    "exam groups list": "--batch E -o {home}/复试名单.csv",
    "exam groups sheets": "--batch E -o {home}/复试签到表.pdf",
    "exam groups template": "-o {home}/复试模板.xlsx",
    "exam list": "--batch E --reveal -o {home}/座位.xlsx",
    "exam sheets": "--batch E -o {home}/考务",
    "exam sites import": "{home}/考场.xlsx --batch E",
    "exam sites list": "--batch E -o {home}/考场名单.csv",
    "exam sites template": "-o {home}/考场模板.xlsx",
    "exam tickets": "--all --batch E -o {home}/准考证.pdf",
    "notice export": "--event 拟录取 --batch E -o {home}/短信.xlsx",
    "notice list": "--batch E -o {home}/通知.xlsx",
    "notice send": "--event 考试 --batch E -n",
    "imports list": "",
    "imports show": "1",
    "imports undo": "4 --reason 有误 --yes",
    "audit log": "-o {home}/记录.csv",
    "audit verify": "",
    "export roster": "--all --batch T -o {home}/名单",
    "export public": "--batch T -o {home}/公示.xlsx",
    "export ranking": "--batch T -o {home}/排名.xlsx",
    "export unadmitted": "--batch T -o {home}/未录取.xlsx",
    "export vacancies": "--batch T -o {home}/空缺.xlsx",
    "export applicants": "--batch HN2025 -o {home}/导出.xlsx",
    "export register": "--batch T -o {home}/登记.xlsx",
    "export letters": "--all --batch T -o {home}/通知书.pdf",
    "verify": "{home}/旧封存.zhupei",
    "report compliance": "-o {home}/合规.xlsx",
    "report frame": "--batch HN2025 --reveal -o {home}/底表.csv",
    "report pivot": "--rows identity --columns year --values applied -o {home}/透视.xlsx",
    "report trend": "--by base -o {home}/趋势.xlsx",
    "report anomalies": "--batch HN2025",
    "report funnel": "--batch HN2025",
    "report nightly": "--batch HN2025 -o {home}/日报",
    "report summary": "--batch HN2025",
    "demo": "{home}/演示",
    "status": "HN2025",
    "doctor": "",
    "config list": "",
    "config path": "",
    "explain": "E601",
    "completion": "bash",
    "help": "db",
}


def fill(url: str, home: Path) -> None:
    """Store batches in every state that matters, and write the workbooks and files that LINES name."""
    with transaction(url) as session:
        batch = store_world(session, worked_example(), code="T", told=True)
        admissions.run_admission(session, batch, by=_BY)
        admissions.commit_run(session, batch, 1, by=_BY)
        stages.move_batch(session, batch, "publish", by=_BY)
        stages.finalize_batch(session, batch, by=_BY)
        take(session, "batch", 1)  # the number that the next one has
        open_batch(session, code="HN2025")
        inputs = worked_example()
        others = tuple(one._replace(no=f"L{one.no[1:]}") for one in inputs.candidates)
        locked = store_world(session, replace(inputs, candidates=others), code="L")
        seat = {"application_no": "L-0000005", "place_base": "C", "place_specialty": "0100"}
        import_preplaced(session, reading_of((workbook_kinds.PREPLACE, [seat])), batch=locked, by=_BY)
        admissions.run_admission(session, locked, by=_BY)
        others = tuple(one._replace(no=f"E{one.no[1:]}") for one in inputs.candidates)
        closed = store_world(session, replace(inputs, candidates=others), code="E", status="closed")
        take_rooms(session, closed, by=_BY)
        allot_seats(session, closed, how=None, seed=1, again=False, by=_BY)
        meeting = {"group": "一组", "day": "2026-07-10", "clock": "08:30", "place": "一号楼"}
        rows = [{"application_no": "E-0000001", **meeting}]
        import_groups(session, reading_of((EXAM_GROUP, rows)), batch=closed, by=_BY)
    with transaction(url) as session:
        for rows, submit in ((_PEOPLE[:4], True), (_PEOPLE[4:], False)):
            take_in(session, reading_of((workbook_kinds.PERSON, rows)), by=_BY, batch="HN2025", submit=submit)
        chosen = [reviews.Verdict("HN2025-0000002", Decision.APPROVE)]
        reviews.decide(session, find_batch(session, "HN2025"), chosen, by=_BY)
    write_files(url, home)


def write_files(url: str, home: Path) -> None:
    """Write what LINES read: workbooks with a row that is refused, a backup, a sealed batch."""
    refused = {"name": "?", "code": "4203", "city": "郑州市"}
    person_row, number = person(310), "HN2025-0000003"
    books: Sequence[tuple[str, Kind, list[dict[str, Any]]]] = (
        (
            "基地",
            workbook_kinds.BASE,
            [{"code": "4202", "name": "县医院", "city": "郑州市"}, refused | {"city": "无"}],
        ),
        (
            "专业",
            workbook_kinds.SPECIALTY,
            [{"code": "7700", "name": "新专科", "category": "西医"}, {"code": "7701"}],
        ),
        (
            "诚信",
            workbook_kinds.BAR,
            [person_row | {"kind": "作弊", "from_date": "2026-06-01"}, {"name": "?"}],
        ),
        (
            "考场",
            workbook_kinds.EXAM_ROOM,
            [{"site": "01", "room": "009", "seats": "30"}, {"site": "09", "room": "001", "seats": "30"}],
        ),
        (
            "复试",
            workbook_kinds.EXAM_GROUP,
            [
                {"application_no": "E-0000001", "group": "内科一组", "day": "2026-07-10"}
                | {"clock": "08:30", "place": "示教室"},
                {"application_no": "无", "group": "内科一组"},
            ],
        ),
        ("计划", workbook_kinds.PLAN, [{"base": "4101001", "specialty": "0100", "quota": 9}, {"base": "无"}]),
        ("人员", workbook_kinds.PERSON, [person_row, person(311, id_number="1")]),
        ("单位", workbook_kinds.EMPLOYER, [{"name": "某卫生院"}, {"name": "坏", "uscc": "1"}]),
        (
            "审核",
            workbook_kinds.REVIEW,
            [{"application_no": number, "decision": "通过"}, {"application_no": "无"}],
        ),
        (
            "成绩",
            workbook_kinds.SCORE,
            [{"application_no": number, "written": "80"}, {"application_no": number[:-1]}],
        ),
        (
            "报到",
            workbook_kinds.CHECK_IN,
            [{"application_no": "T-0000001", "checked_in": "是"}, {"application_no": "无"}],
        ),
        (
            "安排",
            workbook_kinds.PREPLACE,
            [
                {"application_no": "L-0000004", "place_base": "B", "place_specialty": "0100"},
                {"place_base": "B"},
            ],
        ),
    )
    for name, kind, rows in books:
        write_book(home / f"{name}.xlsx", [(kind, rows)])
    with zipfile.ZipFile(home / "照片.zip", "w") as package:
        package.writestr("T-0000001.jpg", picture())
        package.writestr("没有号码.jpg", picture())
    back_up(url, home / "旧备份.sqlite")
    with transaction(url) as session:
        seal_batch(session, find_batch(session, "T"), home / "旧封存.zhupei", by=_BY)


WHO: Final = id_number(300)
NEW: Final = id_number(399)
